package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.TestHost.Ran;
import io.mailtide.testkit.ClosedPort;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.FaultProxy.Direction;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong with users, servers and disks: said in a line or two, with its exit code, and
 * nothing lost.
 */
class BadInputTest {
  private static final int MESSAGES = 40;
  private static final int LARGE = 20_000;

  private static Dovecot dovecot;

  @TempDir
  Path home = Path.of("");

  @BeforeAll
  static void start() {
    dovecot = Dovecot.builder().user("ann", "secret-word").start();
    try (var inbox = dovecot.fill("ann", "INBOX")) {
      for (int i = 0; i < MESSAGES; i++) {
        inbox.add(
            message(i).getBytes(StandardCharsets.US_ASCII),
            List.of(),
            Instant.ofEpochSecond(1_000_000_000L + i));
      }
    }
  }

  @AfterAll
  static void stop() {
    dovecot.close();
  }

  private static String message(int number) {
    return "From: ann@example.org\nSubject: " + number + "\n\n"
        + (number + " text\n").repeat(LARGE / 10);
  }

  /**
   * One line that says all, besides what progress and summary say; no trace of our insides, and no
   * secret.
   */
  private static void failed(Ran ran, int code, String... parts) {
    assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(code);
    assertThat(ran.err()).contains(parts).doesNotContain("Exception", "\tat ", "secret-word");
    assertThat(ran.err().lines().filter(line -> !line.startsWith("warning: ")).count())
        .as(ran.err())
        .isBetween(1L, 2L);
    assertThat(ran.out()).doesNotContain("secret-word");
  }

  /** After the cause is gone, a run makes it good, and every message is there once. */
  private void recovers(TestHost host) throws IOException {
    var ran = host.run("sync");
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    assertThat(delivered()).isEqualTo(expected());
    assertThat(files()).hasSize(MESSAGES);
  }

  private static Set<String> expected() {
    return IntStream.range(0, MESSAGES).mapToObj(BadInputTest::message).collect(Collectors.toSet());
  }

  private Set<String> delivered() throws IOException {
    return files().stream().map(BadInputTest::read).collect(Collectors.toSet());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> files() throws IOException {
    if (Files.notExists(home.resolve("Mail"))) {
      return List.of();
    }
    try (var files = Files.walk(home.resolve("Mail"))) {
      return files
          .filter(file -> file.toString().contains("/cur/") || file.toString().contains("/new/"))
          .toList();
    }
  }

  private TestHost host() {
    return TestHost.in(home);
  }

  @Test
  void noConfiguration() {
    failed(host().run("sync"), 2, ".config/mailtide/config.toml: there is no configuration here");
  }

  @Test
  void unknownKey() {
    failed(
        host().store(1, "hots = \"x\"").run("sync"),
        2,
        "config.toml:9:1: ",
        "hots",
        "did you mean");
  }

  @Test
  void wrongType() {
    failed(
        host().store(1, "max-connections = \"many\"").run("sync"),
        2,
        "config.toml:9:",
        "max-connections");
  }

  @Test
  void unknownStore() {
    failed(
        host().store(1).run("sync", "wrok"), 2, "no store or group `wrok`", "did you mean `work`?");
  }

  @Test
  void wrongPassword() throws IOException {
    var file = home.resolve(".config/mailtide/config.toml");
    host().store(dovecot.port());
    Files.writeString(file, Files.readString(file).replace("secret-word", "wrong"));
    failed(host().run("sync"), 3, "work: ", "signing in", "ann");
    recovers(host().store(dovecot.port()));
  }

  @Test
  void closedPort() throws IOException {
    try (var port = new ClosedPort()) {
      failed(
          host().store(port.number()).run("sync"),
          4,
          "work: connecting to 127.0.0.1",
          String.valueOf(port.number()),
          "refused");
    }
  }

  @Test
  void nameThatDoesNotResolve() throws IOException {
    var file = home.resolve(".config/mailtide/config.toml");
    host().store(dovecot.port(), "allow-plaintext = true");
    Files.writeString(file, Files.readString(file).replace("127.0.0.1", "no-such-host..invalid"));
    failed(host().run("sync"), 4, "no-such-host..invalid");
  }

  @Test
  void certificateNotTrusted() throws IOException {
    var keys = Files.createDirectory(home.resolve("keys"));
    var leaf = new TestCertificates(keys).leaf(TestCertificates.Kind.SELF_SIGNED);
    try (var server = Dovecot.builder()
        .user("ann", "secret-word")
        .tls(leaf.certificate(), leaf.key())
        .start()) {
      host().store(server.tlsPort());
      var file = home.resolve(".config/mailtide/config.toml");
      Files.writeString(file, Files.readString(file).replace("\"none\"", "\"implicit\""));
      failed(host().run("sync"), 4, "work: ", "certificate", leaf.fingerprint());
      assertThat(server.log()).doesNotContain("Login");
    }
  }

  @Test
  void connectionDroppedInsideALiteral() throws IOException {
    try (var proxy = FaultProxy.before("127.0.0.1", dovecot.port())) {
      proxy.cutAfter(Direction.TO_CLIENT, LARGE / 2);
      var host = host().store(proxy.port());
      failed(host.run("sync", "--folder", "INBOX"), 4, "work");
      assertThat(delivered()).isSubsetOf(expected());
      proxy.heal();
      recovers(host);
    }
  }

  @Test
  void serverThatAnswersRubbish() throws IOException {
    ScriptedPeer.Script rubbish =
        peer -> peer.send("220 mail.example.org ESMTP\r\n\u0000\u0001 what?\r\n");
    try (var peer = ScriptedPeer.playing(rubbish)) {
      failed(host().store(peer.port()).run("sync"), 4, "work: ");
    }
  }

  @Test
  void targetIsNoDirectory() throws IOException {
    Files.writeString(home.resolve("Mail"), "not a directory");
    var mail = home.resolve("Mail").toString();
    failed(host().store(dovecot.port()).run("sync"), 2, "work: ", mail, "not a directory");
    Files.delete(home.resolve("Mail"));
    recovers(host());
  }

  /** Permissions do not hold root back, so this is where not even root may write. */
  @Test
  void targetNotWritable() throws IOException {
    var file = home.resolve(".config/mailtide/config.toml");
    host().store(dovecot.port());
    Files.writeString(file, Files.readString(file).replace("~/Mail", "/sys/Mail"));
    failed(host().run("sync"), 5, "work: ", "/sys/Mail");
    recovers(host().store(dovecot.port()));
  }

  @Test
  void diskFull() throws IOException {
    var disk = new FullDisk(5 * LARGE);
    var host = host().store(dovecot.port()).with(disk::under);
    failed(
        host.run("sync"),
        5,
        "work",
        "writing a message: No space left on device. Make room and run again.");
    assertThat(delivered()).isSubsetOf(expected());
    disk.giveRoom();
    recovers(host);
  }

  @Test
  void stateDamaged() throws IOException {
    var host = host().store(dovecot.port());
    recovers(host);
    var state = state();
    var kept = Files.readAllBytes(state);
    Files.write(state, new byte[4096], StandardOpenOption.TRUNCATE_EXISTING);
    failed(host.run("sync"), 5, "work: ", state.toString());
    assertThat(host.run("status").code()).isEqualTo(5);
    assertThat(host.run("status").out()).contains("the state cannot be read");
    Files.write(state, kept);
    recovers(host);
  }

  @Test
  void stateOfANewerVersion() throws IOException, SQLException {
    var host = host().store(dovecot.port());
    recovers(host);
    try (var database = DriverManager.getConnection("jdbc:sqlite:" + state());
        var statement = database.createStatement()) {
      statement.execute("PRAGMA user_version = 999");
    }
    failed(host.run("sync"), 5, "work: ", "newer");
    assertThat(files()).hasSize(MESSAGES);
  }

  private Path state() throws IOException {
    try (var files = Files.list(home.resolve(".local/state/mailtide"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".sqlite"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void twoRunsOnOneStoreAtOnce() throws Exception {
    try (var proxy = FaultProxy.before("127.0.0.1", dovecot.port())) {
      proxy.stallAfter(Direction.TO_CLIENT, 2 * LARGE);
      var host = host().store(proxy.port());
      var first = CompletableFuture.supplyAsync(() -> host.run("sync"));
      proxy.awaitStall();
      failed(
          host.run("sync"),
          5,
          "work: locking the store work: another run of Mailtide is synchronising it");
      proxy.resume();
      assertThat(first.get().code()).as(first.get().err()).isZero();
      assertThat(delivered()).isEqualTo(expected());
      assertThat(files()).hasSize(MESSAGES);
    }
  }
}

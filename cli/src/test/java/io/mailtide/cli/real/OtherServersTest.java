package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.real.LocalMail.Kept;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.ImapServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Cyrus and Courier do otherwise than Dovecot. */
@Execution(ExecutionMode.CONCURRENT)
class OtherServersTest {
  private static final String CHANGED = "Subject: V\u00e4ter\n\nfirst\rlast\r\n";

  @TempDir
  Path directory;

  static List<Supplier<ImapServer>> servers() {
    return List.of(ImapServer::cyrus, ImapServer::prefixedCyrus, ImapServer::courier);
  }

  private static void put(Path folder, String name, String message) throws IOException {
    Files.write(
        folder.resolve("cur").resolve(name + ":2,S"),
        message.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static List<String> far(ImapServer server, String folder) {
    try (var talk = server.talk("ann")) {
      return LocalMail.far(talk, server.mailbox(folder)).stream()
          .map(Kept::sha256)
          .toList();
    }
  }

  private static List<String> near(Path folder) throws IOException {
    return LocalMail.near(folder).stream().map(Kept::sha256).toList();
  }

  /** Cyrus takes no message with NUL bytes, and none without a header. */
  @Test
  void refusedMessages_areInTheLedger_andBlockNoOther() throws Exception {
    try (var server = ImapServer.cyrus()) {
      var program = Program.at(server.port(), directory);
      assertThat(program.run("sync").exit()).isZero();
      var inbox = program.mail().resolve("INBOX");
      var good = Corpus.messages().stream()
          .filter(message -> server.keeps(message.wire()))
          .limit(5)
          .toList();
      for (int index = 0; index < good.size(); index++) {
        Files.write(
            inbox.resolve("cur/1.good" + index + ".x:2,S"), good.get(index).stored());
      }
      put(inbox, "1.good0-nul.x", "Subject: a\n\n\0\n");
      put(inbox, "1.good1-none.x", "no header\n");

      var run = program.run("--json", "sync");
      assertThat(run.exit()).as("%s", run).isEqualTo(1);
      assertThat(run.number("sent")).isEqualTo(good.size());
      assertThat(run.number("failed")).isEqualTo(2);
      var status = program.run("--json", "status");
      assertThat(status.out())
          .contains("1.good0-nul.x", "1.good1-none.x")
          .contains("NUL characters", "invalid header")
          .contains("it holds NUL bytes");
      assertThat(far(server, "INBOX")).hasSize(good.size());
      assertThat(near(inbox)).hasSize(good.size() + 2).containsAll(far(server, "INBOX"));

      assertThat(program.run("--json", "sync").number("sent")).isZero();
      put(inbox, "1.later.x", "Subject: later\n\n");
      assertThat(program.run("--json", "sync").number("sent")).isEqualTo(1);
    }
  }

  /** It is known by its UID, and as different as the server made it. */
  @ParameterizedTest
  @MethodSource("servers")
  void aMessageThatTheServerChanges_isNeitherChangedHere_norDoubled(Supplier<ImapServer> start)
      throws Exception {
    try (var server = start.get()) {
      var program = Program.at(server.port(), directory);
      assertThat(program.run("sync").exit()).isZero();
      var inbox = program.mail().resolve("INBOX");
      var changed = server.mailbox("A").equals("A") ? "Subject: V\u00e4ter\n\n" : CHANGED;
      var other = Files.createDirectories(inbox.resolveSibling("Other"));
      for (var part : Set.of("cur", "new", "tmp")) {
        Files.createDirectory(other.resolve(part));
      }
      put(inbox, "1.changed.x", changed);
      assertThat(program.run("--json", "sync").number("sent")).isEqualTo(1);
      assertThat(near(inbox)).hasSize(1).isNotEqualTo(far(server, "INBOX"));
      var here = near(inbox);
      assertThat(program.run("--json", "sync").number("copied")).isZero();

      Files.move(inbox.resolve("cur/1.changed.x:2,S"), other.resolve("cur/1.changed.x:2,S"));
      for (int run = 0; run < 2; run++) {
        var ended = program.run("--json", "sync");
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(far(server, "INBOX")).isEmpty();
        assertThat(far(server, "Other")).hasSize(1);
        assertThat(near(inbox)).isEmpty();
        assertThat(near(other)).isEqualTo(here);
      }
    }
  }

  /** Cyrus puts an X for each byte of a header that is not ASCII. */
  @Test
  void aMessageThatTheServerChanged_isKnownAgainWithoutTheState() throws Exception {
    try (var server = ImapServer.cyrus()) {
      var program = Program.at(server.port(), directory);
      assertThat(program.run("sync").exit()).isZero();
      var inbox = program.mail().resolve("INBOX");
      put(inbox, "1.changed.x", "Message-ID: <1@x>\nSubject: V\u00e4ter\n\n");
      assertThat(program.run("--json", "sync").number("sent")).isEqualTo(1);
      delete(directory.resolve("state"));
      var again = program.run("--json", "sync");
      assertThat(again.exit()).as("%s", again).isZero();
      assertThat(again.number("copied") + again.number("sent")).isZero();
      assertThat(near(inbox)).hasSize(1);
      assertThat(far(server, "INBOX")).hasSize(1);
    }
  }

  /** Cyrus tells which messages are the same (OBJECTID): what is in four folders comes once. */
  @Test
  void aMessageInManyFolders_isFetchedOnce() throws Exception {
    try (var server = ImapServer.cyrus()) {
      var message = ("Subject: large\r\n\r\n" + "0123456789\r\n".repeat(50_000))
          .getBytes(StandardCharsets.US_ASCII);
      var others = List.of("A", "B", "C");
      try (var talk = server.talk("ann")) {
        talk.append("INBOX", message, "", Instant.parse("2003-02-01T04:05:06Z"));
        talk.send("SELECT INBOX");
        for (var folder : others) {
          talk.send("CREATE " + folder);
          talk.send("COPY 1 " + folder);
        }
      }
      var program = Program.at(server.port(), directory);
      var run = program.run("--json", "sync");
      assertThat(run.number("copied")).isEqualTo(4);
      assertThat(run.number("bytesIn")).isBetween((long) message.length, 2L * message.length);
      for (var folder : others) {
        assertThat(near(program.mail().resolve(folder))).hasSize(1).isEqualTo(far(server, folder));
      }
    }
  }

  /** Cyrus removes no folder that has others below it. */
  @ParameterizedTest
  @MethodSource("servers")
  void aTreeRemovedHere_goesAtTheServer(Supplier<ImapServer> start) throws Exception {
    try (var server = start.get()) {
      var program = Program.at(server.port(), directory);
      try (var talk = server.talk("ann")) {
        for (var folder : List.of("A", "A/B", "A/B/C", "Stays")) {
          talk.send("CREATE \"" + server.mailbox(folder) + "\"");
        }
      }
      assertThat(program.run("sync").exit()).isZero();
      delete(program.mail().resolve("A"));
      var run = program.run("--json", "sync", "--allow-mass-delete");
      assertThat(run.exit()).as("%s", run).isZero();
      try (var talk = server.talk("ann")) {
        assertThat(talk.send("LIST \"\" *"))
            .hasSize(2)
            .anyMatch(answer -> answer.text().contains(server.mailbox("Stays")));
      }
      assertThat(program.mail().resolve("A")).doesNotExist();
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

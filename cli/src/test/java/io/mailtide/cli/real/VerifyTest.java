package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Damage done to a real Maildir behind the program's back, found and mended. */
@Execution(ExecutionMode.CONCURRENT)
class VerifyTest {
  private static final int MESSAGES = 60;

  @TempDir
  Path directory;

  @Test
  void damage_isFoundAsItIs_mended_andThenNothingIsLeft() throws Exception {
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann")) {
      var messages = Corpus.placed(1).subList(0, MESSAGES);
      for (var message : messages) {
        talk.append("INBOX", message.message().wire(), "\\Seen", message.arrived());
      }
      var program = Program.at(dovecot.port(), directory);
      assertThat(program.run("--json", "sync").exit()).isZero();
      var untouched = program.run("--json", "verify");
      assertThat(untouched.exit()).as("%s", untouched).isZero();
      assertThat(audit(untouched, "messagesHere")).isEqualTo(MESSAGES);
      assertThat(audit(untouched, "messagesThere")).isEqualTo(MESSAGES);

      var inbox = program.mail().resolve("INBOX");
      var files = files(inbox);
      var server = LocalMail.far(talk, "INBOX");
      flipLastByte(files.get(0));
      Files.delete(files.get(1));
      forget(files.get(1));
      Files.copy(files.get(2), inbox.resolve("cur").resolve("1.P1Q1.copy:2,S"));
      Files.move(files.get(3), Path.of(files.get(3) + "F"));

      var found = program.run("--json", "verify");
      assertThat(found.exit()).as("%s", found).isEqualTo(1);
      assertThat(findings(found))
          .containsExactlyInAnyOrder(
              "changed here false", "missing here false", "doubled here true", "flags here true");

      var repaired = program.run("--json", "verify", "--repair");
      assertThat(repaired.exit()).as("%s", repaired).isZero();
      assertThat(audit(repaired, "left")).isZero();
      var after = program.run("--json", "verify");
      assertThat(after.exit()).as("%s", after).isZero();
      assertThat(audit(after, "differences")).isZero();
      assertThat(audit(after, "messagesHere")).isEqualTo(MESSAGES + 1);
      assertThat(LocalMail.far(talk, "INBOX").stream().map(LocalMail.Kept::sha256))
          .containsAll(server.stream().map(LocalMail.Kept::sha256).toList());
      assertThat(LocalMail.near(inbox)).isEqualTo(LocalMail.far(talk, "INBOX"));
      assertThat(program.run("--json", "sync").number("copied")).isZero();
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder.resolve("cur"))) {
      return files.sorted().toList();
    }
  }

  /** As a bad disk does it: the file's time stays. */
  private static void flipLastByte(Path file) throws IOException {
    var time = Files.getLastModifiedTime(file);
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
  }

  private void forget(Path file) throws SQLException {
    var name = file.getFileName().toString();
    try (var state =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("state/work.sqlite"));
        var delete = state.prepareStatement("DELETE FROM message WHERE near = ?")) {
      delete.setString(1, name.substring(0, name.indexOf(":2,")));
      assertThat(delete.executeUpdate()).isEqualTo(1);
    }
  }

  private static List<String> findings(Program.Ended ended) {
    var found = new ArrayList<String>();
    var finding =
        Pattern.compile("\"event\":\"finding\".*\"kind\":\"([a-z-]+)\".*\"where\":\"([a-z]+)\""
            + ".*\"pending\":(true|false)");
    ended.out().lines().forEach(line -> {
      var matcher = finding.matcher(line);
      if (matcher.find()) {
        found.add(matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3));
      }
    });
    return found;
  }

  private static long audit(Program.Ended ended, String field) {
    var matcher =
        Pattern.compile("\"event\":\"audit\".*\"" + field + "\":(\\d+)").matcher(ended.out());
    assertThat(matcher.find()).as("%s", ended).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}

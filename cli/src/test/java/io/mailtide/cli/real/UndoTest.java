package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the server's user removed comes back by {@code mailtide undo}. */
@Execution(ExecutionMode.CONCURRENT)
class UndoTest {
  private static final int MESSAGES = 3;

  @TempDir
  Path directory;

  @Test
  void aMessageRemovedAtTheServer_isRestored_andSentAgain() throws Exception {
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann")) {
      for (var message : Corpus.messages().subList(0, MESSAGES)) {
        talk.append("INBOX", message.wire(), "\\Seen todo", Instant.ofEpochSecond(1_000_000_000));
      }
      var all = LocalMail.far(talk, "INBOX");
      var program = Program.at(dovecot.port(), directory);
      assertThat(program.run("--json", "sync").number("copied")).isEqualTo(MESSAGES);
      talk.send("SELECT INBOX");
      talk.send("UID STORE 2 +FLAGS.SILENT (\\Deleted)");
      talk.send("EXPUNGE");
      assertThat(program.run("--json", "sync").number("removed")).isEqualTo(1);
      assertThat(LocalMail.near(program.mail().resolve("INBOX"))).hasSize(MESSAGES - 1);

      var listed = program.run("undo");
      assertThat(listed.exit()).as(listed.toString()).isZero();
      assertThat(listed.out()).startsWith("work: 1 message removed;").contains("  INBOX  ");
      var undone = program.run("undo", "work", "--restore-all");
      assertThat(undone.exit()).as(undone.toString()).isZero();
      assertThat(LocalMail.near(program.mail().resolve("INBOX"))).isEqualTo(all);

      var sent = program.run("--json", "sync");
      assertThat(sent.exit()).as(sent.toString()).isZero();
      assertThat(sent.number("sent")).isEqualTo(1);
      assertThat(LocalMail.far(talk, "INBOX")).isEqualTo(all);
      assertThat(program.run("--json", "sync").number("sent")).isZero();
    }
  }
}

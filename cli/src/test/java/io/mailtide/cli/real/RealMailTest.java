package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.real.Program.Ended;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class RealMailTest {
  private static final String PLAIN = "IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN UIDPLUS";
  private static final String CONDSTORE =
      PLAIN + " ENABLE CONDSTORE LIST-EXTENDED LIST-STATUS ESEARCH";
  private static final int ROUND_TRIPS_MAX = 8;

  @TempDir
  Path directory;

  private static void assertSame(Program program, Dovecot dovecot, List<String> folders)
      throws IOException {
    try (var talk = dovecot.talk("ann")) {
      for (var folder : folders) {
        assertThat(LocalMail.near(program.mail().resolve(folder)))
            .as(folder)
            .isEqualTo(LocalMail.far(talk, folder));
      }
    }
  }

  private static void assertDone(Ended ended) {
    assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
  }

  @Test
  void allRealMessages_areByteExact_withFlagsAndTimes_andASecondRunDoesNothing() throws Exception {
    try (var dovecot = Dovecot.start()) {
      Corpus.fill(dovecot, "ann", Corpus.placed(1));
      var program = Program.at(dovecot.port(), directory);
      var first = program.run("--json", "sync");
      assertDone(first);
      assertThat(first.number("copied")).isEqualTo(Corpus.SIZE);
      assertSame(program, dovecot, Corpus.FOLDERS);

      var second = program.run("--json", "sync");
      assertDone(second);
      assertThat(second.number("copied")).isZero();
      assertThat(second.number("roundTrips")).isLessThanOrEqualTo(ROUND_TRIPS_MAX);
      assertThat(second.number("bytesIn")).isLessThan(5_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", CONDSTORE, PLAIN})
  void changes_follow_whateverTheServerCan(String capability) throws Exception {
    var builder = Dovecot.builder().user("ann", "secret");
    try (var dovecot =
        capability.isEmpty() ? builder.start() : builder.capability(capability).start()) {
      Corpus.fill(dovecot, "ann", Corpus.placed(2).subList(0, 800));
      var program = Program.at(dovecot.port(), directory);
      assertDone(program.run("sync"));
      assertSame(program, dovecot, Corpus.FOLDERS);
      var folder = Corpus.FOLDERS.getFirst();
      try (var talk = dovecot.talk("ann")) {
        talk.send("SELECT \"" + folder + "\"");
        talk.send("UID STORE 1:5 +FLAGS.SILENT (\\Flagged $Junk newword)");
        talk.send("UID STORE 6:9 FLAGS.SILENT ()");
        talk.send("UID STORE 10:14 +FLAGS.SILENT (\\Deleted)");
        talk.send("EXPUNGE");
        talk.send("CREATE \"Fresh/Deep\"");
        talk.append(
            "Fresh/Deep",
            Corpus.messages().getFirst().wire(),
            "\\Seen",
            Instant.ofEpochSecond(1_500_000_000));
        talk.append(
            folder, Corpus.messages().get(1).wire(), "", Instant.ofEpochSecond(1_500_000_001));
      }
      var run = program.run("--json", "sync");
      assertDone(run);
      assertThat(run.number("copied")).isEqualTo(2);
      assertThat(run.number("removed")).isEqualTo(5);
      assertSame(program, dovecot, Corpus.FOLDERS);
      assertSame(program, dovecot, List.of("Fresh/Deep"));
      assertThat(program.run("--json", "sync").number("copied")).isZero();
    }
  }

  @Test
  void aHundredThousandMessages_fitInTheHeap(@TempDir(factory = InMemory.class) Path memory)
      throws Exception {
    try (var dovecot = Dovecot.builder().user("ann", "secret").within(memory).start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 100_000, 600, 3);
      var program = Program.at(dovecot.port(), memory);
      var run = program.run("--json", "sync");
      assertDone(run);
      assertThat(run.number("copied")).isEqualTo(100_000);
      assertSame(program, dovecot, List.of("INBOX"));
      assertThat(program.run("--json", "sync").number("copied")).isZero();
    }
  }

  @Test
  void aMessageOfAHundredMegabytes_fitsInTheHeap() throws Exception {
    try (var dovecot = Dovecot.start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 1, 100 << 20, 4);
      var program = Program.at(dovecot.port(), directory);
      assertDone(program.run("sync"));
      assertSame(program, dovecot, List.of("INBOX"));
    }
  }
}

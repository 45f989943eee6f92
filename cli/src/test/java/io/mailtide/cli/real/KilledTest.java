package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * {@code kill -9} at random moments of real runs against a real server, with changes in between.
 */
@Execution(ExecutionMode.CONCURRENT)
class KilledTest {
  private static final int KILLS = 15;
  private static final int MESSAGES = 3_000;
  private static final int LONGEST_MILLIS = 2_500;

  /** Within this no run comes to its end, wherever. */
  private static final int SHORTEST_MILLIS = 50;

  @TempDir
  Path directory;

  @Test
  void killedAtRandomMoments_theNextRunEndsAsIfNothingHadHappened() throws Exception {
    var seed = Long.getLong("kill.seed", 1);
    var random = new Random(seed);
    var messages = Corpus.placed(seed);
    try (var dovecot = Dovecot.start()) {
      Corpus.fill(dovecot, "ann", messages.subList(0, MESSAGES));
      var program = Program.at(dovecot.port(), directory);
      var longest = LONGEST_MILLIS;
      var killed = 0;
      for (var round = 0; killed < KILLS; round++) {
        var process = program.start("sync");
        var millis = random.nextInt(SHORTEST_MILLIS, longest);
        if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
          // A run with little to do on a fast machine: be quicker the next time.
          longest = Math.max(SHORTEST_MILLIS + 1, longest * 4 / 5);
        } else {
          process.destroyForcibly().waitFor();
          longest = Math.min(LONGEST_MILLIS, longest * 5 / 4);
          killed++;
        }
        try (var talk = dovecot.talk("ann")) {
          var folder = Corpus.FOLDERS.get(random.nextInt(Corpus.FOLDERS.size()));
          var name = LocalMail.onTheWire(folder);
          talk.send("SELECT \"%s\"".formatted(name.replace("\"", "\\\"")));
          var uid = 1 + random.nextInt(300);
          talk.send("UID STORE %d +FLAGS.SILENT (\\Flagged)".formatted(uid));
          talk.send("UID STORE %d +FLAGS.SILENT (\\Deleted)".formatted(uid + 1));
          talk.send("EXPUNGE");
          var next = messages.get(MESSAGES + round);
          talk.append(name, next.message().wire(), "\\Seen", next.arrived());
        }
      }
      var last = program.run("--json", "sync");
      assertThat(last.exit()).as("seed %d: %s", seed, last).isZero();
      try (var talk = dovecot.talk("ann")) {
        for (var folder : Corpus.FOLDERS) {
          assertThat(LocalMail.near(program.mail().resolve(folder)))
              .as("seed %d, folder %s", seed, folder)
              .isEqualTo(LocalMail.far(talk, folder));
        }
      }
      assertThat(program.run("--json", "sync").number("copied")).isZero();
    }
  }
}

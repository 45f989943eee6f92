package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Random edits on both sides of a real account, round after round, held against a model. */
@Execution(ExecutionMode.CONCURRENT)
class TwoWayTest {
  private static final int ROUNDS = 20;
  private static final int FOLDERS = 10;
  private static final int EDITS = 15;

  @TempDir
  Path directory;

  @Test
  void dovecot() throws Exception {
    try (var server = Dovecot.start()) {
      rounds(server);
    }
  }

  @Test
  void dovecot_thatIsAnOldServer() throws Exception {
    try (var server = Dovecot.builder()
        .user("ann", "secret")
        .capability("IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN NAMESPACE")
        .start()) {
      rounds(server);
    }
  }

  @Test
  void cyrus() throws Exception {
    try (var server = ImapServer.cyrus()) {
      rounds(server);
    }
  }

  @Test
  void courier() throws Exception {
    try (var server = ImapServer.courier()) {
      rounds(server);
    }
  }

  private void rounds(ImapServer server) throws Exception {
    var seed = Long.getLong("twoway.seed", 1);
    var random = new Random(seed);
    var program = Program.at(server.port(), directory);
    var sides = new TwoSides(random, program.mail(), server, Corpus.messages());
    try (var talk = server.talk("ann")) {
      sides.create(talk, "INBOX");
      for (var i = 1; i < FOLDERS; i++) {
        sides.create(talk, "Folder" + i);
      }
    }
    synchronise(program, sides, server, seed);
    for (var round = 1; round <= ROUNDS; round++) {
      sides.nextRound();
      try (var talk = server.talk("ann")) {
        if (round % 5 == 0) {
          sides.rename(talk, "Renamed" + round);
        }
        for (var edit = 0; edit < EDITS; edit++) {
          sides.edit(talk);
        }
      }
      synchronise(program, sides, server, seed);
      if (round % 5 == 0) {
        var again = program.run("--json", "sync");
        assertThat(again.number("copied") + again.number("sent") + again.number("flagged"))
            .as("a second run: %s", again)
            .isZero();
      }
    }
  }

  private static void synchronise(Program program, TwoSides sides, ImapServer server, long seed)
      throws IOException, InterruptedException {
    var ended = program.run("--json", "sync", "--allow-mass-delete");
    assertThat(ended.exit()).as("seed %d: %s", seed, ended).isZero();
    try (var talk = server.talk("ann")) {
      for (var folder : sides.folders()) {
        var model = sides.held(folder);
        assertThat(LocalMail.far(talk, server.mailbox(folder)))
            .as("seed %d, %s at the server", seed, folder)
            .isEqualTo(model);
        assertThat(LocalMail.near(program.mail().resolve(folder)))
            .as("seed %d, %s here", seed, folder)
            .isEqualTo(model);
      }
    }
  }
}

package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Request;
import io.mailtide.engine.send.Outbox.Retry;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.OnMemoryDisk;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong with servers and lines while mail is sent, and what is known afterwards. */
class OutboxTroublesTest {
  private static final Reports NEVER =
      new Reports(List.of("NEVER"), Optional.empty(), Optional.empty());

  private final OutboxWorld world;

  OutboxTroublesTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new OutboxWorld(directory);
  }

  private void submit(int count) throws FaultException {
    for (var number = 1; number <= count; number++) {
      world.submit(message(number), "bob@example.net");
    }
  }

  /** Does that at each of these calls for one message, known by its body. */
  private Hook killing(String call, Kind kind, Reach reach) {
    var submits = new int[1];
    return made -> {
      submits[0] += made.equals("TRANSPORT submit") ? 1 : 0;
      if (submits[0] == 1 && made.equals(call)) {
        throw new FaultException(Fault.of(kind, reach, "talking to the server", "gone", "Look."));
      }
    };
  }

  @Test
  void aMessageThatKillsItsConnection_neverKeepsTheOthers() throws FaultException {
    submit(3);
    world.hook = killing("TRANSPORT committing", Kind.NETWORK, Reach.REPLICA);
    var outcome = world.flush();
    assertThat(world.delivered()).containsExactly("2", "3");
    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.left()).isEqualTo(1);
    assertThat(world.only().tries()).isEqualTo(1);
    assertThat(world.faults).singleElement().extracting(Fault::said).isEqualTo("gone");
    world.hook = OutboxWorld.QUIET;
    world.flush();
    assertThat(world.delivered()).containsExactly("2", "3", "1");
  }

  @Test
  void aLineThatIsDown_isTheLinesFault_andNoMessages() throws FaultException {
    submit(3);
    world.hook = OutboxWorld.failing(Kind.NETWORK, 9, "TRANSPORT committing");
    var outcome = world.flush();
    assertThat(outcome.failures()).singleElement().extracting(Fault::kind).isEqualTo(Kind.NETWORK);
    assertThat(outcome.left()).isEqualTo(3);
    assertThat(world.waiting())
        .extracting(Outgoing::tries)
        .as("but two in a row must not be the first for ever")
        .containsExactly(1, 1, 0);
    assertThat(world.waiting())
        .extracting(waiting -> waiting.trouble().orElseThrow().said())
        .containsOnly("lost");
    world.hook = OutboxWorld.QUIET;
    world.flush();
    assertThat(world.delivered()).as("at once, and in order").containsExactly("1", "2", "3");
  }

  @Test
  void whatWasPutOffWhileTheClockWasAhead_doesNotWaitForThatDay() throws FaultException {
    submit(1);
    var today = world.now;
    world.now = today.plus(Duration.ofDays(365));
    world.server.say("bob@example.net", Verdict.DEFERRED);
    world.flush();
    world.flush();
    assertThat(world.only().nextTry()).isAfter(world.now);
    world.server.say("bob@example.net", Verdict.TAKEN);
    world.now = today;
    world.flush(new Request(Retry.NONE, List.of(), true));
    assertThat(world.planned).hasSize(1);
    assertThat(world.flush().sent()).isEqualTo(1);
  }

  @Test
  void twoThatBreakEveryConnection_keepTheOthersBackForOneMoreRun() throws FaultException {
    submit(3);
    var hook = OutboxWorld.failing(Kind.NETWORK, 4, "TRANSPORT submit");
    for (var run = 0; run < 2; run++) {
      world.hook = hook;
      assertThat(world.flush().failures()).hasSize(1);
    }
    assertThat(world.delivered()).isEmpty();
    world.flush();
    assertThat(world.delivered()).as("while the two wait").containsExactly("3");
  }

  @Test
  void signInRefused_isSaid_andAllWaits() throws FaultException {
    submit(2);
    world.hook = OutboxWorld.failing(Kind.SIGN_IN, 1, "TRANSPORT open");
    var outcome = world.flush();
    assertThat(outcome.failures()).singleElement().satisfies(fault -> {
      assertThat(fault.kind()).isEqualTo(Kind.SIGN_IN);
      assertThat(fault.next()).endsWith("What waits in the Outbox is sent by a later run.");
    });
    assertThat(world.waiting()).extracting(Outgoing::state).containsOnly(State.QUEUED);
  }

  @ParameterizedTest
  @CsvSource({"PT10M, PT10M", "P3D, P1D"})
  void aServerThatAsksToBeLeftAlone_isLeftAloneThatLong_andADayAtMost(
      Duration asked, Duration waited) throws FaultException {
    submit(1);
    world.hook = call -> {
      if (call.equals("TRANSPORT open")) {
        throw new FaultException(
            Fault.of(Kind.THROTTLED, Reach.REPLICA, "signing in", "slow down", "")
                .pausing(asked));
      }
    };
    assertThat(world.flush().failures()).hasSize(1);
    world.hook = OutboxWorld.QUIET;
    world.flush();
    assertThat(world.delivered()).isEmpty();
    world.now = world.now.plus(waited);
    world.flush();
    assertThat(world.delivered()).containsExactly("1");
  }

  @Test
  void aMessageTheServerWouldNotTake_isHeld_andTheRestGoes() throws FaultException {
    submit(2);
    world.hook = killing("TRANSPORT submit", Kind.REFUSED, Reach.MESSAGE);
    assertThat(world.flush().failures()).isEmpty();
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.only().trouble().orElseThrow().next()).contains("mailtide send --retry 1");
    assertThat(world.delivered()).containsExactly("2");
  }

  @Test
  void aReplyThatIsLost_isDoubt_andTheMessageIsNeverSentAgainUnasked() throws FaultException {
    submit(2);
    world.hook = killing("TRANSPORT answer", Kind.NETWORK, Reach.REPLICA);
    var outcome = world.flush();
    assertThat(world.delivered()).containsExactly("1", "2");
    assertThat(outcome.left()).isEqualTo(1);
    assertThat(world.only().state()).isEqualTo(State.IN_DOUBT);
    assertThat(world.faults).singleElement().satisfies(fault -> {
      assertThat(fault.kind()).isEqualTo(Kind.IN_DOUBT);
      assertThat(fault.said()).isEqualTo("gone");
      assertThat(fault.next()).contains("--retry 1", "--drop 1");
    });
    world.hook = OutboxWorld.QUIET;
    for (var run = 0; run < 3; run++) {
      world.now = world.now.plus(Duration.ofDays(2));
      assertThat(world.flush().left()).isEqualTo(1);
    }
    assertThat(world.delivered()).containsExactly("1", "2");
    world.flush(OutboxWorld.retry(1));
    assertThat(world.delivered()).containsExactly("1", "2", "1");
  }

  @Test
  void aServerThatNeverAnswers_putsTwoInDoubt_notAll() throws FaultException {
    submit(5);
    world.hook = OutboxWorld.failing(Kind.TIMEOUT, 9, "TRANSPORT answer");
    assertThat(world.flush().failures()).hasSize(1);
    assertThat(world.waiting())
        .extracting(Outgoing::state)
        .containsExactly(State.IN_DOUBT, State.IN_DOUBT, State.QUEUED, State.QUEUED, State.QUEUED);
  }

  @Test
  void filingThatFails_isTold_andTriedAgain_andNothingIsSentTwice() throws FaultException {
    submit(1);
    world.hook = OutboxWorld.failing(Kind.DISK_FULL, 1, "LOCAL stage");
    var outcome = world.flush();
    assertThat(outcome.failures()).singleElement().satisfies(fault -> {
      assertThat(fault.kind()).isEqualTo(Kind.DISK_FULL);
      assertThat(fault.next()).contains("are not sent again");
    });
    assertThat(world.flush().left()).isZero();
    assertThat(world.sent()).hasSize(1);
    assertThat(world.delivered()).hasSize(1);
  }

  @Test
  void aStagedCopyThatIsClearedAway_isMadeAgain() throws FaultException {
    submit(1);
    var cleared = new boolean[1];
    world.hook = call -> {
      if (call.equals("LOCAL publish")
          && !world.local.staged(Outbox.SENT).isEmpty()
          && !cleared[0]) {
        cleared[0] = true;
        world.local.drop(Outbox.SENT);
        world.local.create(Outbox.SENT);
      }
    };
    world.flush();
    world.flush();
    assertThat(cleared[0]).isTrue();
    assertThat(world.sent()).hasSize(1);
  }

  @Test
  void whileTheOutboxIsSent_anotherFlushIsBusy() throws FaultException {
    submit(1);
    var other = new ArrayList<Fault>();
    world.hook = call -> {
      if (call.equals("TRANSPORT answer")) {
        var outcome = Outbox.flush(world.job(), Request.FLUSH, new Quiet());
        other.addAll(outcome.failures());
        assertThat(world.waiting()).extracting(Outgoing::state).containsOnly(State.SUBMITTING);
      }
    };
    world.flush();
    assertThat(other).extracting(Fault::kind).containsExactly(Kind.BUSY);
  }

  private static final class Quiet implements Outbox.Listener {
    @Override
    public void handled(Outgoing message) {}

    @Override
    public void progress(Progress progress) {}

    @Override
    public void fault(Fault fault) {}
  }

  private void inTheState(String... statements) throws SQLException {
    try (var connection = DriverManager.getConnection(
            "jdbc:sqlite:" + world.directory.resolve("_outbox.sqlite"));
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Before there was a word on what reports bring back, and on what they name it by. */
  @Test
  void aStateOfTheFirstFormat_isLookedInto_andTakenOver() throws Exception {
    world.submit(OutboxWorld.submission(message(1), NEVER, "bob@example.net"));
    inTheState(
        "ALTER TABLE outgoing DROP COLUMN ret",
        "ALTER TABLE outgoing DROP COLUMN envid",
        "PRAGMA user_version=1");
    assertThat(world.only().envelope().reports()).isEqualTo(NEVER);
    var wanted = new Reports(List.of(), Optional.of(Returned.FULL), Optional.of("7"));
    world.submit(OutboxWorld.submission(message(2), wanted, "bob@example.net"));
    assertThat(world.flush().sent()).isEqualTo(2);
    assertThat(world.server.delivered())
        .extracting(delivered -> delivered.envelope().reports())
        .containsExactly(NEVER, wanted);
  }

  @Test
  void aStateOfANewerVersion_isRefused() throws Exception {
    submit(1);
    inTheState("PRAGMA user_version=99");
    assertThat(world.flush().failures()).extracting(Fault::kind).containsExactly(Kind.STATE_NEWER);
    var refused = catchThrowableOfType(
        FaultException.class, () -> world.submit(message(2), "bob@example.net"));
    assertThat(refused.fault().kind()).isEqualTo(Kind.STATE_NEWER);
    assertThat(world.local.staged(Outbox.FOLDER)).isEmpty();
  }
}

package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.OnMemoryDisk;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that end between messages, and what is recorded while they last. */
class OutboxConnectionTest {
  private final OutboxWorld world;

  OutboxConnectionTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new OutboxWorld(directory);
  }

  private void submit(int count) throws FaultException {
    for (var number = 1; number <= count; number++) {
      world.submit(message(number), "bob@example.net");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, true", "1, false", "2, true", "2, false"})
  void aServerThatTakesFewMessagesAConnection_getsAllInOrder(long few, boolean told)
      throws FaultException {
    world.server.limit(few, told);
    submit(5);
    var outcome = world.flush();
    assertThat(outcome.failures()).isEmpty();
    assertThat(world.faults).isEmpty();
    assertThat(world.delivered()).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void aServerThatClosesBehindEachRefusal_isLeftAlone() throws FaultException {
    world.server.limit(1, true);
    world.server.say("bob@example.net", Verdict.DEFERRED);
    submit(4);
    assertThat(world.flush().failures()).extracting(Fault::kind).containsExactly(Kind.THROTTLED);
    assertThat(world.waiting()).extracting(Outgoing::tries).containsExactly(1, 1, 0, 0);
  }

  @Test
  void signInWantedAtAMessage_stopsAtOnce_andBlamesNone() throws FaultException {
    submit(3);
    world.hook = OutboxWorld.failing(Kind.SIGN_IN, 1, "TRANSPORT submit");
    assertThat(world.flush().failures()).extracting(Fault::kind).containsExactly(Kind.SIGN_IN);
    assertThat(world.delivered()).isEmpty();
    assertThat(world.waiting()).extracting(Outgoing::tries).containsOnly(0);
  }

  /** Recorded later, it would be in doubt for what is recorded of another. */
  @Test
  void killedWhileTheMessageBeforeIsBlamed_theAnswerIsKnown() throws FaultException {
    submit(2);
    var submits = new AtomicInteger();
    var commits = new AtomicInteger(-1);
    world.hook = call -> {
      if (call.equals("TRANSPORT submit") && submits.incrementAndGet() == 1) {
        throw new FaultException(Fault.of(Kind.NETWORK, Reach.REPLICA, "talking", "gone", ""));
      }
      if (call.equals("TRANSPORT answer")) {
        commits.set(0);
      }
      if (call.equals("commit") && commits.get() >= 0 && commits.incrementAndGet() == 2) {
        throw new OutboxWorld.Killed();
      }
    };
    try {
      world.flush();
    } catch (OutboxWorld.Killed e) {
      world.hook = OutboxWorld.QUIET;
    }
    assertThat(world.waiting())
        .extracting(Outgoing::state)
        .containsExactly(State.QUEUED, State.SENT);
  }

  /** Whatever became of the lock. */
  @ParameterizedTest
  @CsvSource({"TRANSPORT committing, IN_DOUBT, 0", "TRANSPORT answer, IN_DOUBT, 1"})
  void whatAnotherRunHasDealtWith_isLeftAsThatSays(String at, State state, int taken)
      throws FaultException {
    submit(1);
    world.hook = call -> {
      if (call.equals(at)) {
        execute("UPDATE outgoing SET state = '" + state + "'");
      }
    };
    assertThat(world.flush().failures()).extracting(Fault::kind).containsExactly(Kind.BUSY);
    assertThat(world.delivered()).hasSize(taken);
    assertThat(world.only().state()).isEqualTo(state);
  }

  private void execute(String sql) {
    try (var connection = DriverManager.getConnection(
            "jdbc:sqlite:" + world.directory.resolve("_outbox.sqlite"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}

package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.crlf;
import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.OnMemoryDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What proves that a message in doubt was taken, and what does not. */
class OutboxProofTest {
  private static final String TRACE = "Received: from [127.0.0.1] by smtp.example.org\r\n";

  private final OutboxWorld world;
  private final MemoryStore far = new MemoryStore(Side.FAR);

  OutboxProofTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new OutboxWorld(directory);
  }

  @BeforeEach
  void aServerThatFilesCopies() {
    far.create(OutboxWorld.WORK_SENT);
    world.proofs = List.of(world.atWork());
    world.server.fileSentCopies();
  }

  /** Sends what is due; the answer is lost. */
  private void flushInDoubt() throws FaultException {
    world.hook = OutboxWorld.failing(Kind.NETWORK, 1, "TRANSPORT answer");
    world.flush();
    world.hook = OutboxWorld.QUIET;
    assertThat(world.waiting()).anyMatch(message -> message.state() == State.IN_DOUBT);
  }

  /** Far files a copy of message 1, which comes here. */
  private void copied(String trace, Instant arrived) {
    far.put(OutboxWorld.WORK_SENT, trace + crlf(message(1)), Flags.NONE, arrived);
    synchronise(far);
  }

  private void synchronise(MemoryStore far) {
    var outcome = Synchronizer.run(
        new Synchronizer.Job(
            "work",
            world.directory,
            () -> world.work.open(OutboxWorld.QUIET),
            () -> far.open(OutboxWorld.QUIET),
            _ -> true,
            Selection.ALL,
            true,
            true,
            new Allowed(true, Removals.CARRY_OUT, true, Removals.CARRY_OUT),
            false,
            false,
            false,
            Duration.ofDays(30),
            world.job().environment(),
            world.cancellation),
        new SyncListener() {
          @Override
          public void progress(Progress progress) {}

          @Override
          public void fault(Fault fault) {}
        });
    assertThat(outcome.failure()).isEmpty();
  }

  @Test
  void aCopyThatTheServerFiled_isProof() throws FaultException {
    world.submit(message(1), "bob@example.net");
    flushInDoubt();
    assertThat(world.flush().left()).as("it has not come here yet").isEqualTo(1);
    copied(TRACE, world.now);
    assertThat(world.flush().left()).isZero();
    assertThat(world.outbox()).isEmpty();
    assertThat(world.sent()).as("it is there already").isEmpty();
    assertThat(world.delivered()).hasSize(1);
  }

  @Test
  void whatIsProven_andRefusedBySome_isHeldForThemAlone_andInDoubtNoMore() throws FaultException {
    world.server.say("carol@example.net", Verdict.REFUSED);
    world.server.say("bob@example.net", Verdict.DEFERRED);
    world.submit(message(1), "bob@example.net", "carol@example.net");
    world.flush();
    world.server.say("bob@example.net", Verdict.TAKEN);
    flushInDoubt();
    copied(TRACE, world.now);
    world.flush();
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.only().trouble()).isEmpty();
  }

  @Test
  void aCopyOfWhatOthersTookBefore_isNoProof() throws FaultException {
    world.server.say("carol@example.net", Verdict.DEFERRED);
    world.submit(message(1), "bob@example.net", "carol@example.net");
    world.flush();
    flushInDoubt();
    copied(TRACE, world.now);
    assertThat(world.flush().left())
        .as("the server may have been slow to file it")
        .isEqualTo(1);
  }

  @Test
  void aCopyOfWhatWasInDoubtBefore_isNoProof() throws FaultException {
    world.submit(message(1), "bob@example.net");
    flushInDoubt();
    world.hook = OutboxWorld.failing(Kind.NETWORK, 1, "TRANSPORT answer");
    world.flush(OutboxWorld.retry(1));
    world.hook = OutboxWorld.QUIET;
    copied(TRACE, world.now);
    assertThat(world.flush().left()).isEqualTo(1);
  }

  @Test
  void aCopyOfAMessageHandedInBeforeWithTheSameId_isNoProof() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.flush();
    world.submit(message(1), "carol@example.net");
    flushInDoubt();
    copied(TRACE, world.now);
    assertThat(world.flush().left()).isEqualTo(1);
    assertThat(world.only().envelope().recipients()).containsExactly("carol@example.net");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X-Mailer: mutt\r\n"})
  void aCopyThatAMailProgramFiledAtTheServer_isNoProof(String more) throws FaultException {
    world.submit(message(1), "bob@example.net");
    flushInDoubt();
    copied(more, world.now);
    assertThat(world.flush().left()).isEqualTo(1);
  }

  @Test
  void aCopyOfAMessageThatHadATraceBefore_wantsOneMore() throws FaultException {
    var resent = TRACE.replace("\r", "") + message(1);
    world.submit(resent, "bob@example.net");
    flushInDoubt();
    copied(TRACE, world.now);
    assertThat(world.flush().left()).isEqualTo(1);
    copied(TRACE + TRACE, world.now);
    assertThat(world.flush().left()).isZero();
  }

  @Test
  void aCopyThatWasThereBefore_isNoProof() throws FaultException {
    world.submit(message(1), "bob@example.net");
    flushInDoubt();
    copied(TRACE, world.now.minus(Duration.ofHours(1)));
    assertThat(world.flush().left()).isEqualTo(1);
  }

  @Test
  void whereTheServerFilesNoCopies_thereIsNoProof() throws FaultException {
    world.server.fileNoCopies();
    world.submit(message(1), "bob@example.net");
    flushInDoubt();
    copied(TRACE, world.now);
    assertThat(world.flush().left()).isEqualTo(1);
  }

  @Test
  void aCopyThatAMailProgramFiledHere_isNoProof() throws FaultException {
    world.submit(message(1), "bob@example.net");
    flushInDoubt();
    world.work.put(OutboxWorld.WORK_SENT, crlf(message(1)), Flags.of("\\Seen"), world.now);
    assertThat(world.flush().left()).isEqualTo(1);
    synchronise(far);
    assertThat(far.mail(OutboxWorld.WORK_SENT)).hasSize(1);
    assertThat(world.flush().left()).as("also when it was uploaded").isEqualTo(1);
    assertThat(world.only().state()).isEqualTo(State.IN_DOUBT);
  }
}

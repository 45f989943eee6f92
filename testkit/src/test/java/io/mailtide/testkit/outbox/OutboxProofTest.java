package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.crlf;
import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import io.mailtide.engine.send.Outgoing.Recipient;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.OnMemoryDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
    assertThat(world.only().trouble()).map(Fault::kind).contains(Kind.REFUSED);
  }

  /** What the server had said of the others before the doubt still holds. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCopy_provesThoseAlone_whomTheServerHadAgreedTo(boolean killed) throws FaultException {
    world.server.say("carol@example.net", Verdict.DEFERRED);
    world.server.say("dave@example.net", Verdict.REFUSED);
    world.submit(message(1), "bob@example.net", "carol@example.net", "dave@example.net");
    if (killed) {
      world.hook = call -> {
        if (call.equals("TRANSPORT answer")) {
          throw new OutboxWorld.Killed();
        }
      };
      assertThatExceptionOfType(OutboxWorld.Killed.class).isThrownBy(world::flush);
      world.hook = OutboxWorld.QUIET;
    } else {
      flushInDoubt();
    }
    assertThat(world.only().recipients())
        .extracting(Recipient::verdict)
        .containsExactly(
            Optional.empty(), Optional.of(Verdict.DEFERRED), Optional.of(Verdict.REFUSED));
    copied(TRACE, world.now);
    world.flush();
    assertThat(world.only().state()).as("tried at once for carol").isEqualTo(State.QUEUED);
    world.server.say("carol@example.net", Verdict.TAKEN);
    world.now = world.now.plus(Duration.ofHours(1));
    world.flush();
    assertThat(world.only().state()).isEqualTo(State.HELD);
    world.server.say("dave@example.net", Verdict.TAKEN);
    assertThat(world.flush(OutboxWorld.retry(1)).left()).isZero();
    assertThat(world.server.delivered())
        .extracting(delivered -> delivered.envelope().recipients())
        .containsExactly(
            List.of("bob@example.net"), List.of("carol@example.net"), List.of("dave@example.net"));
  }

  @Test
  void whatIsProven_andDropped_isNotFiledOnceMore() throws FaultException {
    world.server.say("carol@example.net", Verdict.REFUSED);
    world.submit(message(1), "bob@example.net", "carol@example.net");
    flushInDoubt();
    copied(TRACE, world.now);
    world.flush();
    assertThat(world.only().trouble().orElseThrow().doing()).endsWith("to carol@example.net");
    world.flush(OutboxWorld.drop(1));
    assertThat(world.outbox()).isEmpty();
    assertThat(world.sent()).isEmpty();
  }

  /** What an earlier handover came to is no word on a later one. */
  @Test
  void whoWasDeferred_andThenAgreedTo_isProven() throws FaultException {
    world.server.say("bob@example.net", Verdict.DEFERRED);
    world.submit(message(1), "bob@example.net");
    world.flush();
    world.server.say("bob@example.net", Verdict.TAKEN);
    flushInDoubt();
    assertThat(world.only().recipients().getFirst().verdict()).isEmpty();
    copied(TRACE, world.now);
    assertThat(world.flush().left()).isZero();
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

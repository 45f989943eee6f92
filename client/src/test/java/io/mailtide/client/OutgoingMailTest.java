package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Side;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Submission;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.TransportProvider;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISync;
import io.mailtide.mapi.MAPISIB;
import io.mailtide.mapi.SyncFlag;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.outbox.MemoryMailServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Outbox as a session shows it, alone and before a store is synchronised. */
class OutgoingMailTest {
  private static final List<SendReceive.Want> PULL =
      List.of(SendReceive.Want.DOWNLOAD_HIERARCHY, SendReceive.Want.DOWNLOAD_CONTENTS);

  @TempDir
  private Path directory;

  private final MemoryStore local = new MemoryStore(Side.NEAR);
  private final MemoryStore near = new MemoryStore(Side.NEAR);
  private final MemoryStore far = new MemoryStore(Side.FAR);
  private final MemoryMailServer server = new MemoryMailServer();
  private MemoryStore.Hook hook = _ -> {};
  private final List<SyncEvent> events = new ArrayList<>();

  /** Sends to the server in memory. */
  private final class Provider implements TransportProvider {
    @Override
    public String type() {
      return "memory";
    }

    @Override
    public List<Settings.Setting> settings() {
      return List.of();
    }

    @Override
    public Transport open(Settings settings, ReplicaProvider.Context context)
        throws FaultException {
      return server.open(call -> hook.before(call));
    }
  }

  private Session session() {
    return session(Optional.of("work/Sent"));
  }

  private Session session(Optional<String> sentTo) {
    var settings = new StoreSettings("local", "the default store", Map.of(), Map.of());
    var store = MemoryProvider.store("work", near, far);
    return Session.open(new Profile(
        directory.resolve("config.toml"),
        directory.resolve("state"),
        Optional.of(new Profile.DefaultStore(
            new MemoryProvider(local, Side.NEAR, _ -> {}, _ -> {}), settings)),
        Map.of("work", store),
        Map.of(
            "work",
            new Profile.Transport(
                "work", new Provider(), settings, List.of("ann@example.org"), sentTo)),
        Map.of(),
        List.of()));
  }

  private static Submission message(int number) {
    var text = "From: ann@example.org\nSubject: " + number + "\n\nBody\n";
    return new Submission(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        false,
        List.of("bob@example.net"),
        false,
        Optional.empty(),
        Optional.empty(),
        Reports.USUAL);
  }

  private int sendReceive(Session session, SendReceive.Want... more) throws InterruptedException {
    var wants = EnumSet.of(SendReceive.Want.OUTGOING_MAIL, more);
    wants.addAll(PULL);
    return new SendReceive(session, new SendReceive.Request(List.of("work"), wants, List.of()))
        .run(events::add);
  }

  private <T extends SyncEvent> List<T> events(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void theOutboxIsSent_beforeTheStoreIsSynchronised() throws Exception {
    var session = session();
    session.outbox().submit(message(1));
    session.outbox().submit(message(2));
    far.put(FolderName.INBOX, "Subject: x\r\n\r\nx\r\n", Flags.NONE, Instant.EPOCH);
    assertThat(sendReceive(
            session, SendReceive.Want.UPLOAD_CONTENTS, SendReceive.Want.UPLOAD_HIERARCHY))
        .isZero();
    assertThat(server.delivered()).hasSize(2);
    assertThat(near.mail(FolderName.INBOX)).hasSize(1);
    assertThat(far.mail(Outbox.SENT)).as("uploaded by the same run").hasSize(2);
    for (var task : List.of("Outbox", "work")) {
      var positions = events(SyncProgress.class).stream()
          .filter(position -> position.store().equals(task))
          .toList();
      assertThat(positions.getFirst().phase()).isEqualTo(SyncEvent.Phase.WAITING);
      assertThat(positions).extracting(SyncProgress::messagesDone).isSorted();
      assertThat(positions).extracting(SyncProgress::index).isSorted();
      assertThat(positions.getLast().messagesDone())
          .isEqualTo(positions.getLast().messages());
    }
    assertThat(events(StoreDone.class))
        .extracting(StoreDone::store, StoreDone::sent)
        .containsExactly(Tuple.tuple("Outbox", 2L), Tuple.tuple("work", 2L));
    assertThat(events(OutgoingMail.Message.class))
        .extracting(OutgoingMail.Message::subject, OutgoingMail.Message::state)
        .containsSequence(Tuple.tuple("1", "sent"), Tuple.tuple("2", "sent"));
  }

  /** As clients of the contract ask for it: one request, which sends and then synchronises. */
  @Test
  void byTheContract_oneRequestSendsAndSynchronises() throws Exception {
    var session = session();
    session.outbox().submit(message(1));
    session.outbox().submit(message(2));
    var recorder = new Recorder();
    var flags = EnumSet.of(
        SyncFlag.SYNC_OUTGOING_MAIL, SyncFlag.SYNC_UPLOAD_CONTENTS, SyncFlag.SYNC_UPLOAD_HIERARCHY);
    var _ = session
        .openMsgStore("work")
        .queryInterface(IMAPISync.IID)
        .synchronizeInBackground(MAPISIB.of(flags, session, recorder));
    var told = recorder.toTheEnd();
    assertThat(told.getLast())
        .isInstanceOfSatisfying(
            Recorder.Told.End.class, end -> assertThat(end.result()).isEqualTo(HResult.S_OK));
    assertThat(told.stream()
            .filter(Recorder.Told.Position.class::isInstance)
            .map(call -> ((Recorder.Told.Position) call).index()))
        .isSorted();
    assertThat(server.delivered()).hasSize(2);
    assertThat(far.mail(Outbox.SENT)).hasSize(2);
  }

  @Test
  void aFlushThatFails_isTold_andDoesNotKeepTheStoreFromItsTurn() throws Exception {
    hook = call -> {
      throw new FaultException(Fault.of(
          Fault.Kind.SIGN_IN,
          Fault.Reach.REPLICA,
          "signing in to smtp.example.org as ann",
          "no",
          "Check the password."));
    };
    var session = session();
    session.outbox().submit(message(1));
    far.put(FolderName.INBOX, "Subject: x\r\n\r\nx\r\n", Flags.NONE, Instant.EPOCH);
    assertThat(sendReceive(session)).isEqualTo(Verdicts.SIGN_IN);
    assertThat(near.mail(FolderName.INBOX)).hasSize(1);
    assertThat(events(SyncError.class))
        .extracting(SyncError::text)
        .containsExactly("Outbox: signing in to smtp.example.org as ann: no. Check the password."
            + " What waits in the Outbox is sent by a later run.");
    assertThat(session.outbox().waiting()).hasSize(1);
  }

  @Test
  void aDryRun_sendsNothing_andSaysWhatWouldGo() throws Exception {
    var session = session();
    session.outbox().submit(message(1));
    sendReceive(session, SendReceive.Want.DRY_RUN);
    assertThat(events(SyncPlanned.class)).extracting(SyncPlanned::act).contains("send");
    assertThat(server.delivered()).isEmpty();
  }

  @Test
  void byItself_itTellsWhatBecameOfEachMessage() throws Exception {
    server.say("bob@example.net", Transport.Verdict.REFUSED);
    var session = session();
    session.outbox().submit(message(1));
    var sending = new Sending(session, Outbox.Request.FLUSH);
    assertThat(sending.run(events::add)).isEqualTo(Verdicts.IN_PART);
    assertThat(events(OutgoingMail.Message.class)).singleElement().satisfies(message -> {
      assertThat(message.state()).isEqualTo("held");
      assertThat(message.recipients().getFirst().verdict()).contains("refused");
      assertThat(message.trouble().orElseThrow().next()).contains("mailtide send --retry 1");
    });
    assertThat(events(StoreDone.class).getLast().store()).isEqualTo("Outbox");
    assertThat(events.getLast()).isInstanceOf(StoreDone.class);
  }

  @Test
  void twoFlushesOfASession_takeTurns() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    hook = call -> {
      begun.countDown();
      try {
        assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
    var session = session();
    session.outbox().submit(message(1));
    var request = Outbox.Request.FLUSH;
    var first = CompletableFuture.supplyAsync(() -> run(new Sending(session, request)));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    var second = CompletableFuture.supplyAsync(() -> run(new Sending(session, request)));
    goOn.countDown();
    assertThat(List.of(first.get(20, TimeUnit.SECONDS), second.get(20, TimeUnit.SECONDS)))
        .containsExactly(0, 0);
    assertThat(server.delivered()).hasSize(1);
  }

  private static int run(Sending sending) {
    try {
      return sending.run(_ -> {});
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whileAnotherProgramFlushes_itSaysSo() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    hook = call -> {
      begun.countDown();
      try {
        assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
    var request = Outbox.Request.FLUSH;
    session().outbox().submit(message(1));
    var first = CompletableFuture.supplyAsync(() -> run(new Sending(session(), request)));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(new Sending(session(), request).run(events::add)).isEqualTo(Verdicts.LOCAL);
    assertThat(events(SyncError.class))
        .singleElement()
        .extracting(SyncError::said)
        .isEqualTo("another run of Mailtide is at work on it");
    session().outbox().submit(message(2)); // needs no such lock
    goOn.countDown();
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(Verdicts.IN_PART);
  }

  @Test
  void withoutADefaultStore_thatIsSaid() {
    var session = Session.open(MemoryProvider.profile(directory));
    var failure =
        catchThrowableOfType(FaultException.class, () -> session.outbox().submit(message(1)));
    assertThat(Verdicts.result(failure.fault().kind())).isEqualTo(HResult.MAPI_E_UNCONFIGURED);
  }
}

package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailtide.client.SendReceive.Request;
import io.mailtide.client.SendReceive.Want;
import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.client.SyncRunner.Ended;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.MapiException;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendReceiveTest {
  private static final Set<Want> PULL = Set.of(Want.DOWNLOAD_HIERARCHY, Want.DOWNLOAD_CONTENTS);

  @TempDir
  private Path directory;

  private final List<SyncEvent> events = new ArrayList<>();

  /**
   * A session of stores, each with this many messages at its server, which is reached through the
   * gate.
   */
  private Session session(int messages, MemoryStore.Hook gate, String... names) {
    var stores = new ArrayList<Profile.Store>();
    for (var name : names) {
      var far = new MemoryStore(Side.FAR);
      for (int number = 0; number < messages; number++) {
        far.put(FolderName.INBOX, "Subject: " + number + "\r\n\r\n", Flags.NONE, Instant.EPOCH);
      }
      stores.add(MemoryProvider.store(
          name, new MemoryStore(Side.NEAR), new MemoryProvider(far, Side.FAR, gate, _ -> {})));
    }
    return Session.open(MemoryProvider.profile(directory, stores.toArray(Profile.Store[]::new)));
  }

  /** A session with one store, whose provider says no more than the contract has it say. */
  private Session plainSession(SyncRunner runner) {
    return plainSession(runner, "plain");
  }

  private Session plainSession(SyncRunner runner, String... names) {
    var stores = Stream.of(names)
        .map(name ->
            MemoryProvider.store(name, new MemoryStore(Side.NEAR), new MemoryStore(Side.FAR)))
        .toArray(Profile.Store[]::new);
    return new Session(MemoryProvider.profile(directory, stores), _ -> runner);
  }

  private static Request pull(String... names) {
    return new Request(List.of(names), PULL, List.of());
  }

  private List<StoreDone> ends() {
    return events.stream()
        .filter(StoreDone.class::isInstance)
        .map(StoreDone.class::cast)
        .toList();
  }

  @Test
  void run_hasTheStoresSynchroniseSideBySideAndTellsOneListenerInItsOwnThread() throws Exception {
    var both = new CyclicBarrier(2);
    var session = session(5, _ -> together(both), "home", "work");
    var threads = new ArrayList<Thread>();
    var exit = new SendReceive(session, pull("home", "work")).run(event -> {
      events.add(event);
      threads.add(Thread.currentThread());
    });
    assertThat(exit).isZero();
    assertThat(threads).containsOnly(Thread.currentThread());
    assertThat(ends())
        .extracting(StoreDone::store, StoreDone::exitCode, StoreDone::copied)
        .containsExactlyInAnyOrder(Tuple.tuple("home", 0, 5L), Tuple.tuple("work", 0, 5L));
    for (var name : List.of("home", "work")) {
      var own = events.stream().filter(event -> event.store().equals(name)).toList();
      assertThat(own.getLast()).isInstanceOf(StoreDone.class);
      assertThat(own.subList(0, own.size() - 1)).hasOnlyElementsOfType(SyncProgress.class);
      checkProgress(own.stream()
          .filter(SyncProgress.class::isInstance)
          .map(SyncProgress.class::cast)
          .toList());
    }
  }

  private static void together(CyclicBarrier both) {
    try {
      both.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void checkProgress(List<SyncProgress> all) {
    for (int at = 1; at < all.size(); at++) {
      var before = all.get(at - 1);
      var after = all.get(at);
      assertThat(after.index()).isBetween(before.index(), after.indexMax());
      assertThat(after.messagesDone()).isBetween(before.messagesDone(), after.messages());
      assertThat(after.step()).isNotEmpty();
    }
    var last = all.getLast();
    assertThat(last.index()).isEqualTo(last.indexMax()).isPositive();
    assertThat(last.messagesDone()).isEqualTo(5);
    assertThat(last.step()).isEqualTo("Done");
  }

  @Test
  void run_returnsTheExitCodeOfTheWorstStore() throws Exception {
    var session = session(
        1,
        _ -> {
          throw new FaultException(Fault.of(
              Fault.Kind.NETWORK, Fault.Reach.REPLICA, "connecting", "refused", "Try later."));
        },
        "work");
    var exit = new SendReceive(session, pull("work", "nowhere")).run(events::add);
    assertThat(exit).isEqualTo(Verdicts.NETWORK);
    assertThat(events)
        .filteredOn(SyncError.class::isInstance)
        .extracting(event -> ((SyncError) event).text())
        .containsExactlyInAnyOrder(
            "work: connecting: refused. Try later.",
            "nowhere: there is no store nowhere in " + directory.resolve("config.toml"));
    assertThat(ends())
        .extracting(done -> done.code().name())
        .containsExactlyInAnyOrder("MAPI_E_NETWORK_ERROR", "MAPI_E_NOT_FOUND");
  }

  @Test
  void run_withoutADirectionIsWrongUsage() throws Exception {
    var request = new Request(List.of("work"), Set.of(Want.FULL), List.of());
    assertThat(new SendReceive(session(0, _ -> {}, "work"), request).run(events::add))
        .isEqualTo(Verdicts.USAGE);
    assertThat(events.getLast())
        .isEqualTo(StoreDone.plain("work", HResult.MAPI_E_INVALID_PARAMETER));
  }

  @Test
  void run_carriesTheOptionsThatTheContractCannotCarry() throws Exception {
    var seen = new CompletableFuture<MailStore.Options>();
    var session = plainSession((_, options, _, _) -> {
      seen.complete(options);
      return new Ended(HResult.S_OK, Optional.empty());
    });
    var wants = Set.of(Want.DOWNLOAD_CONTENTS, Want.FULL, Want.ALLOW_MASS_DELETE);
    new SendReceive(session, new Request(List.of("plain"), wants, List.of("A*"))).run(events::add);
    assertThat(seen).isCompletedWithValue(new MailStore.Options(true, false, true, List.of("A*")));
  }

  @Test
  void run_understandsAStoreThatOnlySaysWhatTheContractHasItSay() throws Exception {
    var session = plainSession((_, _, reporter, _) -> {
      reporter.progress(() -> "Half", 1, 2, Optional.empty());
      reporter.error(HResult.MAPI_E_TIMEOUT, "plain: too slow", Optional.empty());
      return new Ended(HResult.MAPI_E_TIMEOUT, Optional.empty());
    });
    assertThat(new SendReceive(session, pull("plain")).run(events::add))
        .isEqualTo(Verdicts.NETWORK);
    assertThat(events)
        .containsExactlyInAnyOrder(
            SyncProgress.plain("plain").at("Half", 1, 2),
            SyncError.plain("plain", HResult.MAPI_E_TIMEOUT, "plain: too slow"),
            StoreDone.plain("plain", HResult.MAPI_E_TIMEOUT));
    assertThat(SyncProgress.plain("plain").phase()).isEqualTo(Phase.WORKING);
    assertThat(SyncError.plain("plain", HResult.S_OK, "plain: so").text()).isEqualTo("plain: so");
  }

  @Test
  void cancel_endsAllStores() throws Exception {
    var sendReceive = new SendReceive[1];
    var session = plainSession(
        (_, _, _, cancellation) -> {
          var stopped = new CompletableFuture<Void>();
          cancellation.onRequest(() -> stopped.complete(null));
          sendReceive[0].cancel();
          stopped.join();
          return new Ended(HResult.MAPI_E_USER_CANCEL, Optional.empty());
        },
        "home",
        "work");
    sendReceive[0] = new SendReceive(session, pull("home", "work"));
    assertThat(sendReceive[0].run(events::add)).isEqualTo(Verdicts.CANCELLED);
    assertThat(ends())
        .extracting(done -> done.code().name())
        .containsExactly("MAPI_E_USER_CANCEL", "MAPI_E_USER_CANCEL");
  }

  @Test
  void cancel_beforeTheRunEndsItToo() throws Exception {
    var release = new CompletableFuture<Void>();
    var session = plainSession((_, _, _, cancellation) -> {
      cancellation.onRequest(() -> release.complete(null));
      release.join();
      return new Ended(HResult.MAPI_E_USER_CANCEL, Optional.empty());
    });
    var sendReceive = new SendReceive(session, pull("plain"));
    sendReceive.cancel();
    assertThat(sendReceive.run(events::add)).isEqualTo(Verdicts.CANCELLED);
  }

  @Test
  void run_thatIsInterruptedCancelsTheStores() {
    var stopped = new CompletableFuture<Void>();
    var sendReceive = new SendReceive(plainSession(untilCancelled(stopped)), pull("plain"));
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> sendReceive.run(_ -> Thread.currentThread().interrupt()));
    stopped.join();
  }

  @Test
  void run_whoseListenerThrowsCancelsTheStores() {
    var stopped = new CompletableFuture<Void>();
    var sendReceive = new SendReceive(plainSession(untilCancelled(stopped)), pull("plain"));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> sendReceive.run(event -> {
          throw new IllegalStateException("no room for " + event);
        }));
    stopped.join();
  }

  /** Reports, then works until it is cancelled. */
  private static SyncRunner untilCancelled(CompletableFuture<Void> stopped) {
    return (_, _, reporter, cancellation) -> {
      reporter.progress(() -> "Working", 0, 1, Optional.empty());
      cancellation.onRequest(() -> stopped.complete(null));
      stopped.join();
      return new Ended(HResult.MAPI_E_USER_CANCEL, Optional.empty());
    };
  }

  @Test
  void openMsgStore_ofAnotherNameIsRefused() {
    assertThatExceptionOfType(MapiException.class)
        .isThrownBy(() -> session(0, _ -> {}, "work").openMsgStore("wrok"))
        .extracting(MapiException::result)
        .isEqualTo(HResult.MAPI_E_NOT_FOUND);
  }
}

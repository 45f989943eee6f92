package io.mailtide.client;

import static io.mailtide.mapi.SyncFlag.SYNC_DOWNLOAD_CONTENTS;
import static io.mailtide.mapi.SyncFlag.SYNC_DOWNLOAD_HIERARCHY;
import static io.mailtide.mapi.SyncFlag.SYNC_GLOBAL_HEADERS;
import static io.mailtide.mapi.SyncFlag.SYNC_ON_DEMAND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailtide.client.Recorder.Told;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISync;
import io.mailtide.mapi.IMsgStore;
import io.mailtide.mapi.IUnknown;
import io.mailtide.mapi.MAPISIB;
import io.mailtide.mapi.MapiException;
import io.mailtide.mapi.SyncDone;
import io.mailtide.mapi.SyncFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The rules of the IMAPISync contract; held against each provider by a subclass. */
abstract class ContractTest {
  private static final Set<SyncFlag> ALL = Set.of(SYNC_DOWNLOAD_HIERARCHY, SYNC_DOWNLOAD_CONTENTS);
  private static final Set<SyncFlag> CONTENTS = Set.of(SYNC_DOWNLOAD_CONTENTS);
  private static final Set<SyncFlag> HIERARCHY = Set.of(SYNC_DOWNLOAD_HIERARCHY);

  /** The provider's store, opened anew. */
  abstract MailStore open(MailStore.Options options);

  /** Waits for the provider's next run to begin, and holds it. */
  abstract Held next() throws InterruptedException;

  /** A run on hold, until its end is told. */
  record Held(Thread thread, CompletableFuture<Void> end) {
    void finish() {
      end.complete(null);
    }

    /** Lets it end in an error that nobody expects. */
    void crash() {
      end.completeExceptionally(new StackOverflowError("too deep"));
    }
  }

  /** Waits for the end of a request; a mistake must fail, not hang. */
  private static HResult ended(SyncDone event) throws InterruptedException {
    return event
        .await(Duration.ofMinutes(5))
        .orElseThrow(() -> new AssertionError("the event was not signalled"));
  }

  private MailStore open() {
    return open(MailStore.Options.NONE);
  }

  private static SyncDone start(IMsgStore store, Set<SyncFlag> flags, IUnknown callback)
      throws MapiException {
    return store
        .queryInterface(IMAPISync.IID)
        .synchronizeInBackground(MAPISIB.of(flags, _ -> store, callback));
  }

  @Test
  void queryInterface_onTheStoreGivesIMAPISyncAndBack() throws MapiException {
    IMsgStore store = open();
    var sync = store.queryInterface(IMAPISync.IID);
    assertThat(sync.queryInterface(IMsgStore.IID)).isSameAs(store);
  }

  @Test
  void request_returnsAtOnceAndTheWorkIsDoneInAThreadOfTheProviders() throws Exception {
    var recorder = new Recorder();
    var starting = new FutureTask<>(() -> start(open(), ALL, recorder));
    Thread.startVirtualThread(starting);
    var event = starting.get();
    var held = next();
    assertThat(event.isSignalled()).isFalse();
    assertThat(held.thread().isVirtual()).isFalse();
    assertThat(held.thread().isDaemon()).as("the program may end in mid-work").isFalse();
    assertThat(held.thread().getName()).isEqualTo("mailtide store work");
    held.finish();
    assertThat(ended(event)).isEqualTo(HResult.S_OK);
    assertThat(recorder.toTheEnd().getLast()).isEqualTo(new Told.End(event, HResult.S_OK, true));
  }

  @Test
  void request_thatIsNullOrHasNoCallbackIsRefused() {
    var sync = open();
    refused(HResult.MAPI_E_INVALID_PARAMETER, () -> sync.synchronizeInBackground(null));
    refused(HResult.MAPI_E_INTERFACE_NOT_SUPPORTED, () -> start(sync, ALL, new IUnknown() {}));
  }

  private static void refused(HResult result, ThrowingCallable call) {
    assertThatExceptionOfType(MapiException.class)
        .isThrownBy(call)
        .extracting(MapiException::result)
        .isEqualTo(result);
  }

  @Test
  void request_thatAsksForNoMoreThanTheRunningOneJoinsIt() throws Exception {
    var recorders = new ArrayList<Recorder>();
    var events = new ArrayList<SyncDone>();
    recorders.add(new Recorder());
    events.add(start(open(), ALL, recorders.getLast()));
    var held = next();
    for (var flags : List.of(ALL, CONTENTS, Set.of(SYNC_ON_DEMAND, SYNC_DOWNLOAD_HIERARCHY))) {
      recorders.add(new Recorder());
      events.add(start(open(), flags, recorders.getLast()));
    }
    held.finish();
    for (int number = 0; number < 4; number++) {
      assertThat(recorders.get(number).toTheEnd().getLast())
          .isEqualTo(new Told.End(events.get(number), HResult.S_OK, true));
    }
    // Had one of them not joined, it would have run before this one, and on hold.
    var later = start(open(), ALL, new Recorder());
    next().finish();
    assertThat(ended(later)).isEqualTo(HResult.S_OK);
    recorders.forEach(recorder -> assertThat(recorder.rest()).isEmpty());
  }

  @Test
  void request_thatJoinsIsToldTheRestOfTheProgress() throws Exception {
    start(open(), ALL, new Recorder());
    var held = next();
    var joined = new Recorder();
    start(open(), CONTENTS, joined);
    held.finish();
    assertThat(joined.toTheEnd()).anyMatch(Told.Position.class::isInstance);
  }

  @Test
  void request_thatAsksForMoreOrOtherwiseRunsAfterTheRunningOne() throws Exception {
    record Case(Set<SyncFlag> flags, MailStore.Options options) {}
    var cases = List.of(
        new Case(ALL, MailStore.Options.NONE),
        new Case(HIERARCHY, MailStore.Options.NONE),
        new Case(CONTENTS, new MailStore.Options(true, false, false, List.of())),
        new Case(CONTENTS, new MailStore.Options(false, false, true, List.of())),
        new Case(CONTENTS, new MailStore.Options(false, false, false, List.of("INBOX"))));
    for (var other : cases) {
      var first = start(open(), CONTENTS, new Recorder());
      var held = next();
      var second = start(open(other.options()), other.flags(), new Recorder());
      held.finish();
      assertThat(ended(first)).isEqualTo(HResult.S_OK);
      var heldNext = next();
      assertThat(second.isSignalled()).as("%s", other).isFalse();
      heldNext.finish();
      assertThat(ended(second)).isEqualTo(HResult.S_OK);
    }
  }

  @Test
  void request_forHeadersDoesNotJoinOneForBodies() throws Exception {
    start(open(), ALL, new Recorder());
    var held = next();
    var headers = new Recorder();
    var event = start(open(), Set.of(SYNC_DOWNLOAD_HIERARCHY, SYNC_GLOBAL_HEADERS), headers);
    held.finish();
    var heldNext = next();
    assertThat(event.isSignalled()).isFalse();
    heldNext.finish();
    assertThat(headers.result().failed()).isFalse();
  }

  @Test
  void request_onDemandOvertakesScheduledOnesThatWait() throws Exception {
    var other = new MailStore.Options(true, false, false, List.of());
    var onDemand = Set.of(SYNC_DOWNLOAD_HIERARCHY, SYNC_ON_DEMAND);
    var running = start(open(), CONTENTS, new Recorder());
    var held = next();
    var scheduled1 = start(open(other), HIERARCHY, new Recorder());
    var scheduled2 = start(open(other), CONTENTS, new Recorder());
    var onDemand1 = start(open(other), onDemand, new Recorder());
    var onDemand2 = start(open(other), onDemand, new Recorder());
    var order = List.of(running, onDemand1, onDemand2, scheduled1, scheduled2);
    for (int run = 0; run < order.size(); run++) {
      if (run > 0) {
        held = next();
      }
      assertThat(order.subList(run, order.size())).noneMatch(SyncDone::isSignalled);
      held.finish();
      assertThat(ended(order.get(run))).isEqualTo(HResult.S_OK);
    }
  }

  @Test
  void request_isRefusedWhenTooManyWait() throws Exception {
    var events = new ArrayList<SyncDone>();
    events.add(start(open(), CONTENTS, new Recorder()));
    var held = next();
    for (int waiting = 0; waiting < BackgroundSync.WAITING_MAX; waiting++) {
      events.add(start(open(), HIERARCHY, new Recorder()));
    }
    var late = new Recorder();
    refused(HResult.MAPI_E_BUSY, () -> start(open(), HIERARCHY, late));
    held.finish();
    for (int waiting = 0; waiting < BackgroundSync.WAITING_MAX; waiting++) {
      next().finish();
    }
    for (var event : events) {
      assertThat(ended(event)).isEqualTo(HResult.S_OK);
    }
    assertThat(late.rest()).isEmpty();
  }

  @Test
  void request_afterTheWorkerHasGoneIsServedToo() throws Exception {
    for (int time = 0; time < 3; time++) {
      var event = start(open(), ALL, new Recorder());
      var held = next();
      held.finish();
      assertThat(ended(event)).isEqualTo(HResult.S_OK);
      held.thread().join();
    }
  }

  @Test
  void crash_isReportedAndEndsTheRequestAndNoOther() throws Exception {
    var recorder = new Recorder();
    var crashed = start(open(), CONTENTS, recorder);
    var held = next();
    var other = start(open(), HIERARCHY, new Recorder());
    held.crash();
    var told = recorder.toTheEnd();
    assertThat(told.getLast()).isEqualTo(new Told.End(crashed, HResult.MAPI_E_CALL_FAILED, true));
    assertThat(told)
        .filteredOn(Told.Failure.class::isInstance)
        .singleElement()
        .extracting(call -> ((Told.Failure) call).result())
        .isEqualTo(HResult.MAPI_E_CALL_FAILED);
    next().finish();
    assertThat(ended(other)).isEqualTo(HResult.S_OK);
  }

  @Test
  void cancel_endsTheRunningRequestWithTheDocumentedCode() throws Exception {
    var store = open();
    var recorder = new Recorder();
    var event = start(store, ALL, recorder);
    var held = next();
    store.cancel();
    var after = start(open(), ALL, new Recorder());
    held.finish();
    assertThat(recorder.result()).isEqualTo(HResult.MAPI_E_USER_CANCEL);
    assertThat(ended(event)).isEqualTo(HResult.MAPI_E_USER_CANCEL);
    // A request does not join a run that is being cancelled.
    next().finish();
    assertThat(ended(after)).isEqualTo(HResult.S_OK);
  }

  @Test
  void cancel_endsAWaitingRequestAtOnceAndLeavesOthers() throws Exception {
    var running = start(open(), CONTENTS, new Recorder());
    var held = next();
    var store = open();
    var recorder = new Recorder();
    start(store, HIERARCHY, recorder);
    var stays = start(open(), HIERARCHY, new Recorder());
    store.cancel();
    assertThat(recorder.result()).isEqualTo(HResult.MAPI_E_USER_CANCEL);
    assertThat(running.isSignalled()).isFalse();
    held.finish();
    next().finish();
    assertThat(ended(running)).isEqualTo(HResult.S_OK);
    assertThat(ended(stays)).isEqualTo(HResult.S_OK);
  }

  @Test
  void cancel_byOneOfSeveralLeavesTheRunToTheOthers() throws Exception {
    var store = open();
    var recorder = new Recorder();
    start(store, CONTENTS, recorder);
    var held = next();
    var joined = start(open(), CONTENTS, new Recorder());
    store.cancel();
    assertThat(recorder.result()).isEqualTo(HResult.MAPI_E_USER_CANCEL);
    assertThat(joined.isSignalled()).isFalse();
    held.finish();
    assertThat(ended(joined)).isEqualTo(HResult.S_OK);
    assertThat(recorder.rest()).isEmpty();
  }

  @Test
  void callback_thatStallsForEverHoldsUpNothing() throws Exception {
    var release = new CountDownLatch(1);
    var stalling = new Recorder() {
      @Override
      void meanwhile(Told call) throws InterruptedException {
        release.await();
      }
    };
    for (int time = 0; time < 2; time++) {
      var event = start(open(), ALL, stalling);
      next().finish();
      assertThat(ended(event)).isEqualTo(HResult.S_OK);
    }
    release.countDown();
    stalling.toTheEnd();
    stalling.toTheEnd();
  }

  @Test
  void callback_thatThrowsHarmsNothing() throws Exception {
    var throwing = new Recorder() {
      @Override
      void meanwhile(Told call) {
        throw new IllegalStateException("a bug of the client's");
      }
    };
    var event = start(open(), ALL, throwing);
    var held = next();
    var joined = new Recorder();
    start(open(), ALL, joined);
    held.finish();
    assertThat(ended(event)).isEqualTo(HResult.S_OK);
    assertThat(throwing.result()).isEqualTo(HResult.S_OK);
    assertThat(joined.result()).isEqualTo(HResult.S_OK);
  }

  @Test
  void progress_endsAtItsEndWhenAllIsDone() throws Exception {
    var recorder = new Recorder();
    start(open(), ALL, recorder);
    next().finish();
    var told = recorder.toTheEnd();
    var last = told.get(told.size() - 2);
    assertThat(last)
        .matches(call ->
            call instanceof Told.Position at && at.index() == at.indexMax() && at.indexMax() > 0);
  }
}

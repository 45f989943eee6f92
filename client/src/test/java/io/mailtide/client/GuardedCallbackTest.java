package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.GuardedCallback.Limits;
import io.mailtide.client.Recorder.Told;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncDone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardedCallbackTest {
  /** No position after the first comes by itself, and no call is slow enough to be stalled. */
  private static final Limits UNHURRIED = new Limits(Duration.ofDays(1), Duration.ofDays(1), 100);

  private static final Limits UNLIMITED = new Limits(Duration.ZERO, Duration.ofDays(1), 1_000_000);

  private final BlockingQueue<LogRecord> logged = new LinkedBlockingQueue<>();
  private final Logger logger = Logger.getLogger(GuardedCallback.class.getName());
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord entry) {
      logged.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  };

  @BeforeEach
  void listenToTheLog() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void leaveTheLog() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  @Test
  void progress_neverFallsAndNeverPassesItsEnd() throws InterruptedException {
    for (int seed = 0; seed < 50; seed++) {
      var dice = new Random(seed);
      var recorder = new Recorder();
      var guarded = guarded(recorder, UNLIMITED);
      for (int call = 0; call < 200; call++) {
        progress(guarded, "step", dice.nextLong(120), dice.nextLong(100));
      }
      progress(guarded, "step", 200, 150);
      progress(guarded, "step", 10, 20);
      guarded.done(HResult.S_OK, Optional.empty());

      var last = new Told.Position(Optional.empty(), 0, 0);
      for (var told : recorder.toTheEnd()) {
        if (told instanceof Told.Position at) {
          assertThat(at.index()).as("seed %s", seed).isBetween(last.index(), at.indexMax());
          assertThat(at.indexMax()).as("seed %s", seed).isGreaterThanOrEqualTo(last.indexMax());
          last = at;
        }
      }
      assertThat(List.of(last.index(), last.indexMax())).isEqualTo(List.of(150L, 150L));
    }
  }

  @Test
  void progress_fitsInAnUnsignedLong32() throws InterruptedException {
    var recorder = new Recorder();
    var guarded = guarded(recorder, UNHURRIED);
    progress(guarded, "step", 1L << 40, 1L << 41);
    assertThat(recorder.next())
        .isEqualTo(new Told.Position(Optional.of("step"), 0xFFFF_FFFFL, 0xFFFF_FFFFL));
    guarded.done(HResult.S_OK, Optional.empty());
  }

  @Test
  void progress_isBoundInItsRateAndTheLatestWins() throws InterruptedException {
    var recorder = new Recorder();
    var guarded = guarded(recorder, UNHURRIED);
    progress(guarded, "first", 1, 1000);
    assertThat(recorder.next()).isEqualTo(new Told.Position(Optional.of("first"), 1, 1000));
    for (int at = 2; at <= 900; at++) {
      progress(guarded, "step " + at, at, 1000);
    }
    guarded.done(HResult.S_OK, Optional.empty());
    var rest = recorder.toTheEnd();
    assertThat(rest).hasSize(2);
    assertThat(rest.getFirst()).isEqualTo(new Told.Position(Optional.of("step 900"), 900, 1000));
  }

  @Test
  void progress_comesAgainWhenTheIntervalIsOver() throws InterruptedException {
    var recorder = new Recorder();
    var guarded = guarded(recorder, new Limits(Duration.ofMillis(1), Duration.ofDays(1), 100));
    for (int at = 1; at <= 3; at++) {
      progress(guarded, "step", at, 3);
      assertThat(recorder.next()).matches(told -> told instanceof Told.Position);
    }
    guarded.done(HResult.S_OK, Optional.empty());
  }

  @Test
  void progress_leavesTheTextOutWhileItIsTheSameStep() throws InterruptedException {
    var recorder = new Recorder();
    var guarded = guarded(recorder, UNLIMITED);
    var steps = new ArrayList<Optional<String>>();
    for (var step : List.of("a", "a", "b", "b", "a")) {
      progress(guarded, step, 0, 1);
      steps.add(recorder.next() instanceof Told.Position at ? at.step() : Optional.of("?"));
    }
    assertThat(steps)
        .containsExactly(
            Optional.of("a"),
            Optional.empty(),
            Optional.of("b"),
            Optional.empty(),
            Optional.of("a"));
    guarded.done(HResult.S_OK, Optional.empty());
  }

  @Test
  void error_doesNotWaitForThePositionsAndNoneIsLost() throws InterruptedException {
    var recorder = new Recorder();
    var guarded = guarded(recorder, UNHURRIED);
    progress(guarded, "step", 1, 10);
    recorder.next();
    progress(guarded, "step", 2, 10);
    for (int number = 0; number < 100; number++) {
      guarded.error(HResult.MAPI_E_TIMEOUT, "error " + number, Optional.empty());
    }
    for (int number = 0; number < 100; number++) {
      assertThat(recorder.next())
          .isEqualTo(new Told.Failure(HResult.MAPI_E_TIMEOUT, "error " + number));
    }
    guarded.done(HResult.S_OK, Optional.empty());
    assertThat(recorder.toTheEnd()).hasSize(2);
  }

  @Test
  void done_comesOnceAndLast() throws InterruptedException {
    var release = new CountDownLatch(1);
    var recorder = new Recorder() {
      @Override
      void meanwhile(Told call) throws InterruptedException {
        release.await();
      }
    };
    var event = new SyncDone();
    var guarded = new GuardedCallback("work", event, recorder, Optional.empty(), UNHURRIED);
    progress(guarded, "step", 1, 10);
    guarded.error(HResult.MAPI_E_TIMEOUT, "late", Optional.empty());
    guarded.done(HResult.MAPI_E_USER_CANCEL, Optional.empty());
    guarded.done(HResult.S_OK, Optional.empty());
    progress(guarded, "step", 2, 10);
    guarded.error(HResult.MAPI_E_TIMEOUT, "too late", Optional.empty());
    release.countDown();
    var told = recorder.toTheEnd();
    assertThat(told).hasSize(3).contains(new Told.Failure(HResult.MAPI_E_TIMEOUT, "late"));
    assertThat(told.getLast()).isEqualTo(new Told.End(event, HResult.MAPI_E_USER_CANCEL, false));
    assertThat(recorder.rest()).isEmpty();
  }

  @Test
  void calls_neverOverlap() throws InterruptedException {
    var recorder = new Recorder();
    var guarded = guarded(recorder, UNLIMITED);
    var threads = new ArrayList<Thread>();
    for (int number = 0; number < 8; number++) {
      threads.add(Thread.startVirtualThread(() -> {
        for (int at = 0; at < 500; at++) {
          progress(guarded, "step " + at, at, 500);
          guarded.error(HResult.MAPI_E_TIMEOUT, "error", Optional.empty());
        }
      }));
    }
    for (var thread : threads) {
      thread.join();
    }
    guarded.done(HResult.S_OK, Optional.empty());
    var errors = recorder.toTheEnd().stream().filter(Told.Failure.class::isInstance);
    assertThat(errors).hasSize(8 * 500);
    assertThat(recorder.overlapped()).isFalse();
  }

  @Test
  void calls_areMadeUnderNoLock() throws InterruptedException {
    var guarded = new GuardedCallback[1];
    var recorder = new Recorder() {
      @Override
      void meanwhile(Told call) throws InterruptedException {
        if (call instanceof Told.Position) {
          var other = Thread.startVirtualThread(
              () -> guarded[0].error(HResult.MAPI_E_TIMEOUT, "from inside", Optional.empty()));
          other.join();
        }
      }
    };
    guarded[0] = guarded(recorder, UNHURRIED);
    progress(guarded[0], "step", 1, 1);
    recorder.next();
    assertThat(recorder.next()).isEqualTo(new Told.Failure(HResult.MAPI_E_TIMEOUT, "from inside"));
    guarded[0].done(HResult.S_OK, Optional.empty());
  }

  @Test
  void callback_thatThrowsIsLoggedOnceAndToldOnlyOfTheEnd() throws InterruptedException {
    var recorder = new Recorder() {
      @Override
      void meanwhile(Told call) {
        throw new AssertionError("a bug of the client's");
      }
    };
    var guarded = guarded(recorder, UNLIMITED);
    guarded.error(HResult.MAPI_E_TIMEOUT, "first", Optional.empty());
    recorder.next();
    guarded.error(HResult.MAPI_E_TIMEOUT, "second", Optional.empty());
    progress(guarded, "step", 1, 1);
    guarded.done(HResult.S_OK, Optional.empty());
    assertThat(recorder.toTheEnd()).hasSize(1);
    assertThat(Recorder.arrived(logged).getMessage()).contains("work", "failed");
    assertThat(logged).isEmpty();
  }

  @Test
  void callback_thatThrowsWhenToldTheNumbersIsToldTheEndAllTheSame() throws InterruptedException {
    var recorder = new Recorder();
    IMailtideProgress throwing = _ -> {
      throw new IllegalStateException("a bug of the client's");
    };
    var event = new SyncDone();
    var guarded = new GuardedCallback("work", event, recorder, Optional.of(throwing), UNHURRIED);
    guarded.done(HResult.S_OK, Optional.of(StoreDone.plain("work", HResult.S_OK)));
    assertThat(recorder.toTheEnd()).containsExactly(new Told.End(event, HResult.S_OK, false));
    assertThat(Recorder.arrived(logged).getMessage()).contains("work", "failed");
  }

  @Test
  void callback_thatStallsHoldsUpNobodyAndIsLoggedOnce() throws InterruptedException {
    var release = new CountDownLatch(1);
    var recorder = new Recorder() {
      @Override
      void meanwhile(Told call) throws InterruptedException {
        release.await();
      }
    };
    var guarded = guarded(recorder, new Limits(Duration.ZERO, Duration.ofNanos(1), 3));
    progress(guarded, "step", 0, 10);
    recorder.next();
    for (int number = 0; number < 5; number++) {
      progress(guarded, "step", number, 10);
      guarded.error(HResult.MAPI_E_TIMEOUT, "error " + number, Optional.empty());
    }
    guarded.done(HResult.S_OK, Optional.empty());
    assertThat(Recorder.arrived(logged).getMessage()).contains("work", "does not return");

    release.countDown();
    var told = recorder.toTheEnd();
    assertThat(told.subList(0, 3))
        .extracting(call -> call instanceof Told.Failure failure ? failure.message() : "")
        .containsExactly("error 0", "error 1", "error 2");
    assertThat(told.get(3)).isEqualTo(new Told.Position(Optional.empty(), 4, 10));
    assertThat(told.get(4))
        .isEqualTo(new Told.Failure(
            HResult.MAPI_W_ERRORS_RETURNED,
            "work: 2 more errors came faster than they could be shown."));
    assertThat(told).hasSize(6);
    assertThat(logged).isEmpty();
  }

  @Test
  void callback_thatInterruptsItsThreadIsToldTheRest() throws InterruptedException {
    var recorder = new Recorder() {
      @Override
      void meanwhile(Told call) {
        Thread.currentThread().interrupt();
      }
    };
    var guarded = guarded(recorder, UNHURRIED);
    progress(guarded, "step", 1, 2);
    recorder.next();
    progress(guarded, "step", 2, 2);
    assertThat(recorder.next()).isEqualTo(new Told.Position(Optional.empty(), 2, 2));
    guarded.done(HResult.S_OK, Optional.empty());
    assertThat(recorder.toTheEnd()).hasSize(1);
  }

  private static GuardedCallback guarded(Recorder recorder, Limits limits) {
    return new GuardedCallback("work", new SyncDone(), recorder, Optional.empty(), limits);
  }

  private static void progress(GuardedCallback guarded, String step, long index, long indexMax) {
    guarded.progress(() -> step, index, indexMax, Optional.empty());
  }

  @Test
  void whereTheSystemGivesNoThread_theEndIsToldAllTheSame() throws InterruptedException {
    var recorder = new Recorder();
    var guarded =
        new GuardedCallback("work", new SyncDone(), recorder, Optional.empty(), UNLIMITED, _ -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    progress(guarded, "step", 1, 2);
    guarded.error(HResult.MAPI_E_NETWORK_ERROR, "lost", Optional.empty());
    guarded.done(HResult.S_OK, Optional.empty());
    assertThat(recorder.toTheEnd()).hasSize(3);
    assertThat(logged).hasSize(1);
  }
}

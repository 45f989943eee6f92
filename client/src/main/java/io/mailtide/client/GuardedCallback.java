package io.mailtide.client;

import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISyncProgressCallback;
import io.mailtide.mapi.SyncDone;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports on one request to a client's callback, and keeps the contract's rules whatever either
 * side does: calls never overlap, the position never falls and never passes its end, {@code done}
 * comes once and last.
 *
 * <p>The worker only leaves its news here. A thread of this callback's own, which lives from the
 * first news to the last, carries them over: of several positions the latest, a few times a second;
 * errors all and at once, as far as the buffer goes, beyond which they are counted. A callback that
 * stalls holds up that thread and nothing else. One that throws is called only once more, for
 * {@code done}. Either is logged once.
 */
final class GuardedCallback implements SyncRunner.Reporter {
  private static final Logger LOGGER = System.getLogger(GuardedCallback.class.getName());
  private static final long ULONG_MAX = 0xFFFF_FFFFL;

  private final String store;
  private final SyncDone event;
  private final IMAPISyncProgressCallback callback;
  private final Optional<IMailtideProgress> details;
  private final Limits limits;
  private final Executor starting;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  // Guarded by the lock.
  private final ArrayDeque<News.Detail> more = new ArrayDeque<>();
  private final ArrayDeque<News.Failure> errors = new ArrayDeque<>();
  private long errorsNotKept;
  private long index;
  private long indexMax;
  private @Nullable News position;
  private @Nullable News end;
  private boolean started;
  // Used by the delivering thread only.
  private String stepShown = "";
  private boolean threw;
  private long pauseNanos;
  // Written by whichever thread notices first.
  private volatile boolean logged;

  GuardedCallback(
      String store,
      SyncDone event,
      IMAPISyncProgressCallback callback,
      Optional<IMailtideProgress> details,
      Limits limits) {
    this(
        store,
        event,
        callback,
        details,
        limits,
        Thread.ofPlatform().daemon().name("mailtide reports " + store)::start);
  }

  /** @param starting starts the delivering thread */
  GuardedCallback(
      String store,
      SyncDone event,
      IMAPISyncProgressCallback callback,
      Optional<IMailtideProgress> details,
      Limits limits,
      Executor starting) {
    this.store = store;
    this.event = event;
    this.callback = callback;
    this.details = details;
    this.limits = limits;
    this.starting = starting;
  }

  /**
   * How far the patience goes.
   *
   * @param interval at least this long from one position to the next
   * @param patience a call that takes longer is stalled
   * @param errors how many errors wait for a slow callback
   */
  record Limits(Duration interval, Duration patience, int errors) {
    static final Limits USUAL = new Limits(Duration.ofMillis(100), Duration.ofSeconds(30), 1_000);
  }

  /** What a call of the callback brings. */
  private sealed interface News {
    record Position(Supplier<String> step, long index, long indexMax, Optional<SyncProgress> detail)
        implements News {}

    record Failure(HResult result, String text, Optional<SyncError> detail) implements News {}

    record Detail(SyncEvent event) implements News {}

    record End(HResult result, Optional<StoreDone> detail) implements News {}
  }

  @Override
  public void progress(Supplier<String> step, long at, long atMax, Optional<SyncProgress> detail) {
    lock.lock();
    try {
      if (end != null) {
        return;
      }
      indexMax = Math.min(ULONG_MAX, Math.max(indexMax, atMax));
      index = Math.min(indexMax, Math.max(index, at));
      var first = position == null;
      position = new News.Position(step, index, indexMax, detail);
      if (first) {
        wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /** {@inheritDoc} A plan or an Outbox is as long as it is: nothing of it is left out. */
  @Override
  public void detail(SyncEvent what) {
    lock.lock();
    try {
      if (end == null && details.isPresent()) {
        more.add(new News.Detail(what));
        wake();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void error(HResult result, String text, Optional<SyncError> detail) {
    lock.lock();
    try {
      if (end != null) {
        return;
      }
      if (errors.size() < limits.errors()) {
        errors.add(new News.Failure(result, text, detail));
        wake();
      } else {
        errorsNotKept++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The run is over for this request. Only the first call counts, and nothing counts after it. */
  void done(HResult result, Optional<StoreDone> detail) {
    boolean alone;
    lock.lock();
    try {
      if (end != null) {
        return;
      }
      end = new News.End(result, detail);
      wake();
      alone = !started;
    } finally {
      lock.unlock();
    }
    if (alone) {
      deliver();
    }
  }

  private void wake() {
    if (!started) {
      try {
        starting.execute(this::deliver);
        started = true;
      } catch (OutOfMemoryError e) {
        // The system gives no thread now. The next news tries again; the end comes without one.
        logOnce("has no thread to be told by", e);
      }
    }
    news.signal();
  }

  private void deliver() {
    News next;
    do {
      next = take();
      if (!threw || next instanceof News.End) {
        carry(next);
      }
      if (next instanceof News.Position) {
        pauseNanos = limits.interval().toNanos();
      }
    } while (!(next instanceof News.End));
  }

  /** Waits for the next news to carry. */
  private News take() {
    lock.lock();
    try {
      News next;
      while ((next = poll()) == null) {
        try {
          if (pauseNanos > 0) {
            pauseNanos = news.awaitNanos(pauseNanos);
          } else {
            news.await();
          }
        } catch (InterruptedException e) {
          // The callback has interrupted the thread that calls it: that is no reason to stop.
          pauseNanos = 0;
        }
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The news to carry next, if there are any; errors go first, and a position before its time only
   * at the end.
   */
  private @Nullable News poll() {
    News next = errors.poll();
    if (next == null) {
      next = more.poll();
    }
    if (next == null && (pauseNanos <= 0 || end != null)) {
      next = position;
      position = null;
    }
    if (next == null && end != null) {
      next = errorsNotKept > 0 ? notKept() : end;
      errorsNotKept = 0;
    }
    return next;
  }

  private News notKept() {
    return new News.Failure(
        HResult.MAPI_W_ERRORS_RETURNED,
        String.format(
            Locale.ROOT,
            "%s: %,d more errors came faster than they could be shown.",
            store,
            errorsNotKept),
        Optional.empty());
  }

  private void carry(News next) {
    var returned = new CompletableFuture<Void>();
    var _ = returned
        .orTimeout(limits.patience().toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((_, late) -> {
          if (late != null) {
            logOnce("does not return", null);
          }
        });
    try {
      call(next);
    } catch (Throwable fault) {
      // Whatever it is, it is the client's: the synchronisation
      // must not end of it, nor this thread before done.
      threw = true;
      logOnce("failed and is told only of the end", fault);
    } finally {
      returned.complete(null);
    }
  }

  private void call(News next) {
    switch (next) {
      case News.Position(var step, var at, var atMax, var detail) -> {
        detail.ifPresent(this::tell);
        var text = step.get();
        var newStep = text.equals(stepShown) ? Optional.<String>empty() : Optional.of(text);
        stepShown = text;
        callback.progress(newStep, at, atMax);
      }
      case News.Failure(var result, var text, var detail) -> {
        detail.ifPresent(this::tell);
        callback.error(result, text);
      }
      case News.Detail(var what) -> tell(what);
      case News.End(var result, var detail) -> {
        try {
          detail.ifPresent(this::tell);
        } finally {
          callback.done(event, result);
        }
      }
    }
  }

  private void tell(SyncEvent event) {
    details.ifPresent(object -> object.detail(event));
  }

  private void logOnce(String what, @Nullable Throwable fault) {
    if (!logged) {
      logged = true;
      LOGGER.log(Level.WARNING, "The progress callback of store " + store + " " + what, fault);
    }
  }
}

package io.mailtide.client;

import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISyncProgressCallback;
import io.mailtide.mapi.SyncDone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A callback that keeps what it is told, in order, and sees whether two calls overlap. */
class Recorder implements IMAPISyncProgressCallback {
  private final LinkedBlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final AtomicBoolean inside = new AtomicBoolean();
  private volatile boolean overlapped;

  /** One call. */
  sealed interface Told {
    record Position(Optional<String> step, long index, long indexMax) implements Told {}

    record Failure(HResult result, String message) implements Told {}

    /** The end; {@code signalled} tells whether the event was signalled when it was handed back. */
    record End(SyncDone event, HResult result, boolean signalled) implements Told {}
  }

  /** What the callback does besides; the thread is the one that delivers. */
  void meanwhile(Told call) throws InterruptedException {}

  @Override
  public final void progress(Optional<String> step, long index, long indexMax) {
    keep(new Told.Position(step, index, indexMax));
  }

  @Override
  public final void error(HResult result, String message) {
    keep(new Told.Failure(result, message));
  }

  @Override
  public final void done(SyncDone event, HResult result) {
    keep(new Told.End(event, result, event.isSignalled()));
  }

  private void keep(Told call) {
    overlapped |= !inside.compareAndSet(false, true);
    try {
      told.add(call);
      meanwhile(call);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      inside.set(false);
    }
  }

  boolean overlapped() {
    return overlapped;
  }

  /** Waits for what is sure to come; a mistake must fail, not hang. */
  static <T> T arrived(BlockingQueue<T> queue) throws InterruptedException {
    return Optional.ofNullable(queue.poll(5, TimeUnit.MINUTES))
        .orElseThrow(() -> new AssertionError("what was waited for did not come"));
  }

  /** Waits for the next call. */
  Told next() throws InterruptedException {
    return arrived(told);
  }

  /** Waits for the end; all calls up to it that were not taken yet. */
  List<Told> toTheEnd() throws InterruptedException {
    var all = new ArrayList<Told>();
    do {
      all.add(next());
    } while (!(all.getLast() instanceof Told.End));
    return all;
  }

  /** Waits for the end; its result. */
  HResult result() throws InterruptedException {
    return toTheEnd().getLast() instanceof Told.End end ? end.result() : HResult.S_OK;
  }

  /** What has come since the last look. */
  List<Told> rest() {
    var rest = new ArrayList<Told>();
    told.drainTo(rest);
    return rest;
  }
}

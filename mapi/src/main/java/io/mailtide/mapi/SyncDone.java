package io.mailtide.mapi;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The event that stands for the end of a synchronisation. The provider makes and signals it; the
 * client waits on it and closes it. Safe for use by several threads.
 *
 * <p>It is signalled before {@link IMAPISyncProgressCallback#done} is called, so that it fires
 * whatever the callback does. Who wants all reports to be in waits for that call instead.
 */
public final class SyncDone implements AutoCloseable {
  private final AtomicReference<@Nullable HResult> result = new AtomicReference<>();
  private final CountDownLatch signalled = new CountDownLatch(1);
  private final CompletableFuture<HResult> completion = new CompletableFuture<>();
  private volatile boolean closed;

  /** Signals the event: the provider's part. Only the first call counts. */
  public void signal(HResult outcome) {
    if (result.compareAndSet(null, outcome)) {
      signalled.countDown();
      // What hangs on the stage is the client's and may stall, so it runs in a thread of its own.
      completion.completeAsync(() -> outcome, Thread::startVirtualThread);
    }
  }

  /** Whether the work is over. */
  public boolean isSignalled() {
    return signalled.getCount() == 0;
  }

  /** How the work ended; absent until the event is signalled. */
  public Optional<HResult> result() {
    return isSignalled() ? Optional.ofNullable(result.get()) : Optional.empty();
  }

  /**
   * Waits until the work is over.
   *
   * @return how it ended
   * @throws IllegalStateException when the event was closed before it was signalled
   */
  public HResult await() throws InterruptedException {
    checkOpen();
    signalled.await();
    return result().orElseThrow();
  }

  /**
   * Waits until the work is over, but no longer than this.
   *
   * @return how it ended; absent when the time is up first
   * @throws IllegalStateException when the event was closed before it was signalled
   */
  public Optional<HResult> await(Duration limit) throws InterruptedException {
    checkOpen();
    return signalled.await(limit.toNanos(), TimeUnit.NANOSECONDS) ? result() : Optional.empty();
  }

  /**
   * The end as a stage, for those who do not want to wait; what hangs on it runs in threads of its
   * own.
   */
  public CompletionStage<HResult> completion() {
    return completion.minimalCompletionStage();
  }

  /** The client needs the event no more. Stops nothing; who waits already goes on waiting. */
  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed && !isSignalled()) {
      throw new IllegalStateException("waiting for an event that was closed");
    }
  }
}

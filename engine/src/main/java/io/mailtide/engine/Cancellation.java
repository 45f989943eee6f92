package io.mailtide.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A request to stop, made once by any thread and seen by all who hold it. Whoever blocks registers
 * how to be woken, for instance by closing a socket.
 */
public final class Cancellation {
  private final List<Runnable> wakers = new ArrayList<>();
  private volatile boolean requested;

  /** Asks to stop. Runs each registered waker once, in this thread; a second call does nothing. */
  public void request() {
    List<Runnable> toRun;
    synchronized (wakers) {
      if (requested) {
        return;
      }
      requested = true;
      toRun = List.copyOf(wakers);
      wakers.clear();
    }
    toRun.forEach(Runnable::run);
  }

  public boolean requested() {
    return requested;
  }

  /** Throws when a stop was asked for. */
  public void check() throws FaultException {
    if (requested) {
      throw new FaultException(fault());
    }
  }

  /** The fault that a cancelled run ends with. */
  public static Fault fault() {
    return Fault.of(
        Fault.Kind.CANCELLED,
        Fault.Reach.REPLICA,
        "synchronising",
        "cancelled",
        "Nothing is lost; the next run goes on where this one stopped.");
  }

  /**
   * Registers what wakes a blocked thread; runs it at once when the stop was already asked for.
   *
   * @return takes the registration back
   */
  public Registration onRequest(Runnable waker) {
    synchronized (wakers) {
      if (!requested) {
        wakers.add(waker);
        return () -> {
          synchronized (wakers) {
            wakers.remove(waker);
          }
        };
      }
    }
    waker.run();
    return () -> {};
  }

  /** A registration, until closed. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;

/** The machine's own clock and dice: the one place that may ask for them. */
public enum SystemEnvironment implements Environment {
  INSTANCE;

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public InstantSource monotonic() {
    return () -> Instant.EPOCH.plusNanos(System.nanoTime());
  }

  @Override
  public RandomGenerator random() {
    return Dice.SHARED;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  @Override
  public <T> Beside<T> beside(Task<T> task) {
    var begun = new Begun<>(task);
    begun.thread.start();
    return begun;
  }

  private static final class Begun<T> implements Beside<T> {
    private final FutureTask<T> future;
    private final Thread thread;

    Begun(Task<T> task) {
      future = new FutureTask<>(task::run);
      thread = Thread.ofPlatform().daemon().name("mailtide beside").unstarted(future);
    }

    @Override
    public T result() throws FaultException {
      close();
      if (future.state() == Future.State.SUCCESS) {
        return future.resultNow();
      }
      switch (future.exceptionNow()) {
        case FaultException fault -> throw fault;
        case RuntimeException defect -> throw defect;
        case Error defect -> throw defect;
        case Throwable other -> throw new IllegalStateException(other);
      }
    }

    @Override
    public boolean isOver() {
      return future.isDone();
    }

    @Override
    public void close() {
      var interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Seeded from the system when first needed. */
  private static final class Dice {
    static final SecureRandom SHARED = new SecureRandom();
  }
}

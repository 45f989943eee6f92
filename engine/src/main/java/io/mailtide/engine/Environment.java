package io.mailtide.engine;

import io.mailtide.engine.run.SystemEnvironment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Clock, dice, sleep, and what may go wrong at any moment: all that is not a function of its input.
 * The simulation brings its own.
 */
public interface Environment {
  /** The time of day. */
  InstantSource clock();

  /**
   * Time that only ever goes on, counted from no moment in particular: limits of waits are measured
   * by it, for the time of day may be set. Here it is that all the same.
   */
  default InstantSource monotonic() {
    return clock();
  }

  /** A source of random numbers, safe for use by several threads. */
  RandomGenerator random();

  /**
   * Waits.
   *
   * @throws InterruptedException when the thread was interrupted; the interrupt flag is then clear
   */
  void sleep(Duration duration) throws InterruptedException;

  /**
   * Passed before each commit of the state, in the run's thread. Nothing happens here but in a
   * simulation, which may fail the commit with a fault, or end the run as a kill would.
   */
  default void beforeCommit() throws FaultException {}

  /**
   * Begins a task in a thread of its own, where the environment has threads to give. Here, and so
   * in a simulation, it is done when its result is asked for.
   */
  default <T> Beside<T> beside(Task<T> task) {
    return new Beside<>() {
      @Override
      public T result() throws FaultException {
        return task.run();
      }

      @Override
      public boolean isOver() {
        return false;
      }

      @Override
      public void close() {}
    };
  }

  /** Something that comes to a result. */
  @FunctionalInterface
  interface Task<T> {
    T run() throws FaultException;
  }

  /** A task under way beside others. */
  interface Beside<T> extends AutoCloseable {
    /** Waits for it; to be called once. */
    T result() throws FaultException;

    /** Whether its result can be had without waiting. */
    boolean isOver();

    /** Waits until it is over, however it ended. */
    @Override
    void close();
  }

  /** The machine's own clock and dice. */
  static Environment system() {
    return SystemEnvironment.INSTANCE;
  }
}

package io.mailtide.engine;

import io.mailtide.engine.run.SystemEnvironment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Clock, dice and sleep: all that is not a function of its input. The simulation brings its own.
 */
public interface Environment {
  /** The time of day. */
  InstantSource clock();

  /** A source of random numbers, safe for use by several threads. */
  RandomGenerator random();

  /**
   * Waits.
   *
   * @throws InterruptedException when the thread was interrupted; the interrupt flag is then clear
   */
  void sleep(Duration duration) throws InterruptedException;

  /** The machine's own clock and dice. */
  static Environment system() {
    return SystemEnvironment.INSTANCE;
  }
}

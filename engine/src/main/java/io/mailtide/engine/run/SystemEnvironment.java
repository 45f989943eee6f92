package io.mailtide.engine.run;

import io.mailtide.engine.Environment;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The machine's own clock and dice: the one place that may ask for them. */
public enum SystemEnvironment implements Environment {
  INSTANCE;

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public RandomGenerator random() {
    return Dice.SHARED;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  /** Seeded from the system when first needed. */
  private static final class Dice {
    static final SecureRandom SHARED = new SecureRandom();
  }
}

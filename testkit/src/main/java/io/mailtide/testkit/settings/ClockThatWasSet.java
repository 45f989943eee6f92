package io.mailtide.testkit.settings;

import io.mailtide.engine.Environment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * An environment whose time of day never gets on, for it is set back again and again. From a moment
 * on, a day passes between two looks at the time that only goes on: who limits a wait by that waits
 * no longer.
 */
public final class ClockThatWasSet implements Environment {
  private final AtomicLong days = new AtomicLong();
  private volatile boolean passing;

  /** From now on days pass. */
  public void pass() {
    passing = true;
  }

  @Override
  public InstantSource clock() {
    return InstantSource.fixed(Instant.parse("2026-11-22T08:00:00Z"));
  }

  @Override
  public InstantSource monotonic() {
    return () -> Instant.EPOCH.plus(Duration.ofDays(passing ? days.incrementAndGet() : 0));
  }

  @Override
  public RandomGenerator random() {
    return Environment.system().random();
  }

  @Override
  public void sleep(Duration duration) {}
}

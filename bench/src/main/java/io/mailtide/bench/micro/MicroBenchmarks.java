package io.mailtide.bench.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs all of this package. */
public final class MicroBenchmarks {
  private static final int ITERATIONS = 5;

  private MicroBenchmarks() {}

  /**
   * Runs and prints: nanoseconds each, and bytes allocated.
   *
   * @param forks how many processes run each of them, one after the other
   * @throws IOException when one of them fails
   */
  public static void run(int forks) throws IOException {
    var options = new OptionsBuilder()
        .include(MicroBenchmarks.class.getPackageName())
        .mode(Mode.AverageTime)
        .timeUnit(TimeUnit.NANOSECONDS)
        .forks(forks)
        .warmupIterations(ITERATIONS)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(ITERATIONS)
        .measurementTime(TimeValue.seconds(1))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .build();
    try {
      new Runner(options).run();
    } catch (RunnerException e) {
      throw new IOException("a benchmark of single functions failed", e);
    }
  }
}

package io.mailtide.testkit.simulation;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The program behind {@code ./build simulate}: plays lives, says how far it is, and shows the first
 * that fails.
 */
public final class Main {
  private static final int TELL_EVERY_SECONDS = 10;

  private Main() {}

  /** Takes {@code --seeds N} (1,000) and {@code --seed S} (1), the first of them. */
  public static void main(String[] arguments) throws InterruptedException {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var seeds = 1_000L;
    var first = 1L;
    try {
      for (var i = 0; i < arguments.length; i += 2) {
        switch (arguments[i]) {
          case "--seeds" -> seeds = Long.parseLong(arguments[i + 1]);
          case "--seed" -> first = Long.parseLong(arguments[i + 1]);
          default -> throw new IllegalArgumentException(arguments[i]);
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      out.println("usage: ./build simulate [--seeds N] [--seed S]");
      System.exit(2);
    }
    System.exit(run(first, seeds, out) ? 0 : 1);
  }

  private static boolean run(long first, long seeds, PrintStream out) throws InterruptedException {
    out.println("simulating %,d lives from seed %d".formatted(seeds, first));
    var start = System.nanoTime();
    var campaign = new Campaign(first, seeds);
    try (var clock =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())) {
      var telling = clock.scheduleAtFixedRate(
          () -> out.println("  %,d of %,d".formatted(campaign.played(), seeds)),
          TELL_EVERY_SECONDS,
          TELL_EVERY_SECONDS,
          TimeUnit.SECONDS);
      var failure = campaign.run();
      telling.cancel(false);
      var seconds = (System.nanoTime() - start) / 1e9;
      failure.ifPresent(out::println);
      out.println("%,d lives, %,d calls and commits, in %.0f s; %s"
          .formatted(
              campaign.played(),
              campaign.events(),
              seconds,
              failure.isPresent() ? "one fails" : "nothing violated"));
      return failure.isEmpty();
    }
  }
}

package io.mailtide.testkit.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Plays many lives, as many at once as there are processors, and stops at the first that fails. */
public final class Campaign {
  private final long first;
  private final long seeds;
  private final AtomicLong next;
  private final AtomicLong played = new AtomicLong();
  private final AtomicLong events = new AtomicLong();
  private volatile boolean failed;

  /** Of so many seeds, from the first. */
  public Campaign(long first, long seeds) {
    this.first = first;
    this.seeds = seeds;
    next = new AtomicLong(first);
  }

  /** How many lives were played so far. Any thread may ask. */
  public long played() {
    return played.get();
  }

  /** How many calls and commits their runs made. */
  public long events() {
    return events.get();
  }

  /**
   * Plays them all.
   *
   * @return what to tell a person of the seed that failed; absent: none did
   */
  public Optional<String> run() throws InterruptedException {
    var workers = Runtime.getRuntime().availableProcessors();
    try (var threads = Executors.newFixedThreadPool(workers)) {
      var results = new ArrayList<Future<Optional<String>>>();
      for (var i = 0; i < workers; i++) {
        results.add(threads.submit(this::work));
      }
      Optional<String> failure = Optional.empty();
      for (var result : results) {
        failure = failure.or(() -> get(result));
      }
      return failure;
    }
  }

  private static Optional<String> get(Future<Optional<String>> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the simulation itself failed", e);
    }
  }

  private Optional<String> work() throws IOException {
    try (var states = new States()) {
      for (var seed = next.getAndIncrement();
          seed < first + seeds && !failed;
          seed = next.getAndIncrement()) {
        var life = Life.of(seed);
        var simulation = new Simulation(life, states);
        var failure = failureOf(simulation);
        events.addAndGet(simulation.events());
        played.incrementAndGet();
        if (failure.isPresent()) {
          failed = true;
          return Optional.of(report(life, failure.get(), states));
        }
      }
      return Optional.empty();
    }
  }

  /** Whatever goes wrong in a life is its failure, also what the engine did not expect. */
  static Optional<Throwable> failureOf(Simulation simulation) {
    try {
      simulation.play();
      return Optional.empty();
    } catch (Error | RuntimeException e) {
      return Optional.of(e);
    }
  }

  private static String report(Life life, Throwable failure, States states) {
    var shortest = new Shortening(states, failure).of(life);
    var simulation = new Simulation(shortest, states);
    var again = failureOf(simulation).orElse(failure);
    var trace = new StringWriter();
    if (!(again instanceof Violation)) {
      again.printStackTrace(new PrintWriter(trace));
    }
    var steps = new ArrayList<String>();
    shortest.steps().forEach(step -> steps.add("  " + step));
    return String.join(
        "\n",
        "Seed " + life.seed() + " fails: " + again.getMessage(),
        "Replay it with: ./build simulate --seeds 1 --seed " + life.seed(),
        "The shortest life that fails so, with " + shortest.server() + ":",
        String.join("\n", steps),
        "What happens in it:",
        String.join("\n", simulation.log()),
        "Then: " + again.getMessage(),
        trace.toString());
  }
}

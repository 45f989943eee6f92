package io.mailtide.testkit.simulation;

import java.util.ArrayList;
import java.util.List;

/** Shortens a life that fails, as long as it fails in the same way. */
final class Shortening {
  private static final int TRIES_MAX = 2_000;

  private final States states;
  private final String rule;
  private int tries;

  Shortening(States states, Throwable failure) {
    this.states = states;
    this.rule = rule(failure);
  }

  private static String rule(Throwable failure) {
    var message = String.valueOf(failure.getMessage());
    return failure instanceof Violation
        ? message.substring(0, message.indexOf(':'))
        : failure.getClass().getName();
  }

  /** The shortest life found that fails like this one. */
  Life of(Life life) {
    var shortest = life;
    for (var before = -1; before != size(shortest) && tries < TRIES_MAX; ) {
      before = size(shortest);
      shortest = withFewerSteps(shortest);
      shortest = withFewerTroubles(shortest);
    }
    for (var better : List.of(
        new Life.Server(true, true, true, 0),
        new Life.Server(
            true, true, shortest.server().keepsFlags(), shortest.server().sizeError()),
        new Life.Server(
            shortest.server().tracksChanges(), true, true, shortest.server().sizeError()))) {
      shortest = fails(shortest.with(better)) ? shortest.with(better) : shortest;
    }
    return shortest;
  }

  private static int size(Life life) {
    return life.steps().size()
        + life.steps().stream()
            .mapToInt(step -> step instanceof Step.Running run ? run.troubles().size() : 0)
            .sum();
  }

  private boolean fails(Life life) {
    tries++;
    return tries <= TRIES_MAX
        && Campaign.failureOf(new Simulation(life, states))
            .filter(failure -> rule(failure).equals(rule))
            .isPresent();
  }

  /** Drops halves, quarters and so on, down to single steps. */
  private Life withFewerSteps(Life life) {
    var shortest = life;
    for (var chunk = Math.max(1, life.steps().size() / 2); chunk >= 1; chunk /= 2) {
      for (var from = 0; from < shortest.steps().size(); ) {
        var fewer = new ArrayList<>(shortest.steps());
        fewer.subList(from, Math.min(fewer.size(), from + chunk)).clear();
        var candidate = shortest.with(fewer);
        if (fails(candidate)) {
          shortest = candidate;
        } else {
          from += chunk;
        }
      }
    }
    return shortest;
  }

  private Life withFewerTroubles(Life life) {
    var shortest = life;
    for (var i = 0; i < shortest.steps().size(); i++) {
      if (!(shortest.steps().get(i) instanceof Step.Running run)) {
        continue;
      }
      for (var j = 0; j < run.troubles().size(); ) {
        var fewer = new ArrayList<>(run.troubles());
        fewer.remove(j);
        var simpler = new Step.Running(
            run.direction(), run.pause(), run.full(), run.allowMassDelete(), List.copyOf(fewer));
        var steps = new ArrayList<>(shortest.steps());
        steps.set(i, simpler);
        var candidate = shortest.with(steps);
        if (fails(candidate)) {
          shortest = candidate;
          run = simpler;
        } else {
          j++;
        }
      }
    }
    return shortest;
  }
}

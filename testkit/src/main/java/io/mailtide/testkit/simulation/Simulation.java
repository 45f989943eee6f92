package io.mailtide.testkit.simulation;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.simulation.Step.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Plays a {@link Life}, and throws a {@link Violation} where something does not hold. */
final class Simulation {
  private static final int CALM_RUNS_MAX = 8;
  private static final Duration CALM_PAUSE = Duration.ofDays(2);

  private final Life life;
  private final Path directory;
  private final List<String> log = new ArrayList<>();
  private final World world;
  private final SplittableRandom power;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long events;

  /** @param directory where the state is kept; emptied first */
  Simulation(Life life, Path directory) {
    this.life = life;
    this.directory = directory;
    world = new World(life.server(), log);
    power = new SplittableRandom(life.seed());
  }

  /** What has happened, a line each. */
  List<String> log() {
    return log;
  }

  /** How many calls and commits there were in all runs. */
  long events() {
    return events;
  }

  void play() {
    loseState();
    for (var step : life.steps()) {
      switch (step) {
        case Step.Doing doing -> world.act(doing.act());
        case Step.LoseState _ -> {
          log.add("    the state is lost");
          loseState();
          world.far.tellAll();
          world.model.stateLost();
        }
        case Step.Running running -> run(running);
        case Step.Heal _ -> heal();
      }
    }
  }

  private void loseState() {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(Step.Running running) {
    log.add("  a run: %s%s%s"
        .formatted(
            running.direction(),
            running.full() ? ", full" : "",
            running.allowMassDelete() ? "" : ", held by the brake"));
    now = now.plus(running.pause());
    var events = new Events(world, running.direction(), running.troubles(), log);
    world.model.running(true);
    try {
      var outcome = synchronise(events, running);
      log.add("  ended: " + tell(outcome));
      world.model.running(false);
      if (outcome.failure().isPresent() || outcome.failed() > 0) {
        world.model.halfSeen();
      } else if (running.direction() == Direction.BOTH) {
        world.model.settle();
      }
    } catch (Events.Killed e) {
      world.model.running(false);
      world.model.halfSeen();
      if (e.byPowerCut) {
        world.near.cutPower(power);
      }
    }
    this.events += events.count();
    world.model.checkSafe();
  }

  private static String tell(Outcome outcome) {
    return "copied %d, sent %d, moved %d, flagged %d, removed %d, failed %d, waiting %d%s"
        .formatted(
            outcome.copied(),
            outcome.sent(),
            outcome.moved(),
            outcome.flagged(),
            outcome.removed(),
            outcome.failed(),
            outcome.withheld(),
            outcome
                .failure()
                .map(fault -> "; " + fault.doing() + ": " + fault.said())
                .orElse(""));
  }

  private Outcome synchronise(Events events, Step.Running running) {
    var direction = running.direction();
    var down = direction != Direction.PUSH;
    var up = direction != Direction.PULL;
    var job = new Job(
        "store",
        directory,
        () -> world.near.open(events),
        () -> world.far.open(events),
        _ -> true,
        Selection.ALL,
        down,
        up,
        new Allowed(down, down ? CARRY_OUT : WAIT, up, up ? CARRY_OUT : WAIT),
        running.full(),
        false,
        running.allowMassDelete(),
        Duration.ofDays(30),
        new Surroundings(events),
        new Cancellation());
    return Synchronizer.run(job, new Promises(log));
  }

  /** Quiet runs until nothing is left to do; then everything is checked. */
  private void heal() {
    log.add("  calm");
    var full = world.heal();
    var calm = new Step.Running(Direction.BOTH, CALM_PAUSE, false, true, List.of());
    if (full) {
      isQuiet(new Step.Running(Direction.BOTH, CALM_PAUSE, true, true, List.of()));
    }
    for (var runs = 1; !isQuiet(calm); runs++) {
      if (runs > CALM_RUNS_MAX) {
        throw new Violation("never ends", "after " + runs + " calm runs");
      }
    }
    world.checkSame();
    world.model.checkEnds();
    checkAgain(calm);
    world.model.settle();
  }

  private boolean isQuiet(Step.Running calm) {
    now = now.plus(calm.pause());
    var events = new Events(world, calm.direction(), List.of(), log);
    world.model.running(true);
    var outcome = synchronise(events, calm);
    world.model.running(false);
    this.events += events.count();
    log.add("  ended: " + tell(outcome));
    world.model.checkSafe();
    if (outcome.failure().isPresent()) {
      throw new Violation("fails though all is calm", outcome.failure().get().toString());
    }
    if (outcome.sent() != events.stored()) {
      throw new Violation("count", outcome.sent() + " sent, stored " + events.stored());
    }
    return done(outcome) + outcome.failed() == 0;
  }

  private static long done(Outcome outcome) {
    return outcome.copied()
        + outcome.sent()
        + outcome.moved()
        + outcome.flagged()
        + outcome.removed();
  }

  private void checkAgain(Step.Running calm) {
    now = now.plus(calm.pause());
    var fetched = world.far.fetched() + world.near.fetched();
    var events = new Events(world, calm.direction(), List.of(), log);
    var outcome = synchronise(events, calm);
    if (done(outcome) + outcome.withheld() + outcome.failed() > 0 || events.changes() > 0) {
      throw new Violation("a second run", tell(outcome) + ", changes " + events.changes());
    }
    if (world.far.fetched() + world.near.fetched() != fetched) {
      throw new Violation("a second run", "reads messages again");
    }
  }

  private final class Surroundings implements Environment {
    private final Events events;

    Surroundings(Events events) {
      this.events = events;
    }

    @Override
    public InstantSource clock() {
      return () -> now;
    }

    @Override
    public RandomGenerator random() {
      return power;
    }

    @Override
    public void sleep(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public void beforeCommit() throws FaultException {
      events.before("STATE commit");
    }
  }

  /** Holds progress to its promise: no number falls, none passes its total. */
  private static final class Promises implements SyncListener {
    private final List<String> log;
    private Progress last = new Progress(Phase.CONNECTING, Optional.empty(), 0, 0, 0, 0, 0, 0);

    Promises(List<String> log) {
      this.log = log;
    }

    @Override
    public void progress(Progress next) {
      var falls = next.foldersDone() < last.foldersDone()
          || next.folders() < last.folders()
          || next.messagesDone() < last.messagesDone()
          || next.messages() < last.messages()
          || next.bytesDone() < last.bytesDone()
          || next.bytes() < last.bytes();
      var passes = next.foldersDone() > next.folders()
          || next.messagesDone() > next.messages()
          || next.bytesDone() > next.bytes();
      if (falls || passes) {
        throw new Violation("progress", last + ", then " + next);
      }
      last = next;
    }

    @Override
    public void fault(Fault fault) {
      log.add("    says: " + fault.folder().map(name -> name + ": ").orElse("") + fault.doing()
          + ": " + fault.said());
    }
  }
}

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
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.engine.state.Connector;
import io.mailtide.testkit.simulation.Step.Direction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Plays a {@link Life}, and throws a {@link Violation} where something does not hold. */
final class Simulation {
  private static final int CALM_RUNS_MAX = 8;
  private static final Duration CALM_PAUSE = Duration.ofDays(2);

  private final Life life;
  private final States states;
  private final List<String> log = new ArrayList<>();
  private final World world;
  private final SplittableRandom power;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long events;

  /** @param states where the state is kept; cleared first */
  Simulation(Life life, States states) {
    this.life = life;
    this.states = states;
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
    states.clear();
    for (var step : life.steps()) {
      switch (step) {
        case Step.Doing doing -> world.act(doing.act());
        case Step.LoseState _ -> {
          log.add("    the state is lost");
          states.clear();
          world.tellAll();
          world.model.stateLost();
        }
        case Step.Running running -> run(running);
        case Step.Heal _ -> heal();
      }
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
    world.runs(running.direction());
    try {
      var outcome = synchronise(events, running);
      log.add("  ended: " + tell(outcome));
      world.model.running(false);
      if (outcome.failure().isPresent()
          || outcome.failed() > 0
          || events.refused()
          || overlooks(running)) {
        world.model.halfSeen();
      } else if (running.direction() == Direction.BOTH) {
        world.model.settle();
      }
    } catch (Events.Killed e) {
      world.model.running(false);
      world.model.halfSeen();
      if (e.byPowerCut) {
        world.cutPower(power);
      }
    }
    this.events += events.count();
    world.model.checkSafe();
  }

  /** Whether it goes one way, and so does not look into folders that are there on one side only. */
  private boolean overlooks(Step.Running running) {
    return running.direction() != Direction.BOTH
        && !world.near.folderNames().equals(world.far.folderNames());
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
        states.directory,
        () -> world.near.open(events),
        () -> world.far.open(events),
        FolderFilter.ALL,
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
    if (world.heal()) {
      runCalmly(true);
    }
    var calm = runCalmly(false);
    for (var runs = 1; calm.acts() > 0; calm = runCalmly(false)) {
      if (++runs > CALM_RUNS_MAX) {
        throw new Violation("never ends", "after " + CALM_RUNS_MAX + " calm runs");
      }
    }
    world.checkSame();
    world.model.checkEnds();
    if (!calm.isStill()) {
      var again = runCalmly(false);
      if (!again.isStill()) {
        throw new Violation("a second run", again.toString());
      }
    }
    world.model.settle();
  }

  /**
   * What a run did while all was calm.
   *
   * @param acts what it says of itself
   * @param changes calls that change a side
   * @param fetched messages that it read
   */
  private record Calm(long acts, long withheld, int changes, long fetched) {
    boolean isStill() {
      return acts + withheld + changes + fetched == 0;
    }
  }

  private Calm runCalmly(boolean full) {
    var running = new Step.Running(Direction.BOTH, CALM_PAUSE, full, true, List.of());
    now = now.plus(running.pause());
    var fetched = world.far.fetched() + world.near.fetched();
    var events = new Events(world, running.direction(), List.of(), log);
    world.model.running(true);
    var outcome = synchronise(events, running);
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
    return new Calm(
        outcome.copied()
            + outcome.sent()
            + outcome.moved()
            + outcome.flagged()
            + outcome.removed()
            + outcome.failed(),
        outcome.withheld(),
        events.changes(),
        world.far.fetched() + world.near.fetched() - fetched);
  }

  private final class Surroundings implements Environment, Connector {
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
    public Connection connect(String url, Properties settings) throws SQLException {
      return states.connect(url, settings);
    }

    @Override
    public void beforeCommit() throws FaultException {
      events.before("STATE commit");
    }
  }

  /**
   * Holds progress to its promise: no number falls, none passes its total, and how many folders
   * there are is known before they are compared (one always is there).
   */
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
      var unknown = next.phase() == Phase.COMPARING && next.folders() == 0;
      if (falls || passes || unknown) {
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

package io.mailtide.testkit.simulation;

import io.mailtide.engine.Side;
import io.mailtide.testkit.simulation.Step.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * All that happens to a store, as data: it can be played, printed and shortened.
 *
 * @param seed what it was made from; also the seed of the dice that power cuts throw
 */
record Life(long seed, Server server, List<Step> steps) {
  private static final int ROUNDS_MAX = 3;
  private static final int EDITS_MAX = 10;
  private static final int RUNS_MAX = 4;
  private static final int TROUBLES_MAX = 4;
  private static final int EARLY = 30;
  private static final int LATE = 250;
  private static final int CHOICES = 1 << 16;

  Life {
    steps = List.copyOf(steps);
  }

  /**
   * What the server is like, all its life.
   *
   * @param tracksChanges whether it can tell what changed since a checkpoint
   * @param tellsKeys whether it tells the keys of what is uploaded or moved
   * @param keepsFlags whether it keeps the flags that a message is uploaded with
   * @param sizeError by how much the sizes it states are wrong
   */
  record Server(boolean tracksChanges, boolean tellsKeys, boolean keepsFlags, long sizeError) {}

  /** The life that a seed stands for. */
  static Life of(long seed) {
    return new Dice(new SplittableRandom(seed)).life(seed);
  }

  Life with(List<Step> fewer) {
    return new Life(seed, server, fewer);
  }

  Life with(Server better) {
    return new Life(seed, better, steps);
  }

  private record Dice(SplittableRandom random) {
    boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    Life life(long seed) {
      var server = new Server(!oneIn(4), !oneIn(4), !oneIn(4), oneIn(6) ? 1_000 : 0);
      var direction = oneIn(5) ? Direction.PULL : oneIn(5) ? Direction.PUSH : Direction.BOTH;
      var steps = new ArrayList<Step>();
      for (var rounds = 1 + random.nextInt(ROUNDS_MAX); rounds > 0; rounds--) {
        round(steps, direction);
      }
      return new Life(seed, server, steps);
    }

    private void round(List<Step> steps, Direction usual) {
      for (var runs = random.nextInt(RUNS_MAX); runs >= 0; runs--) {
        for (var edits = random.nextInt(EDITS_MAX); edits > 0; edits--) {
          steps.add(oneIn(60) ? new Step.LoseState() : new Step.Doing(act()));
        }
        if (runs > 0) {
          steps.add(run(oneIn(4) ? Direction.BOTH : usual));
        }
      }
      steps.add(new Step.Heal());
    }

    private Step run(Direction direction) {
      var troubles = new ArrayList<Trouble>();
      for (var n = random.nextInt(TROUBLES_MAX); n > 0; n--) {
        troubles.add(trouble());
      }
      var pause = Duration.ofMinutes(oneIn(2) ? 1 : 60L * random.nextInt(72));
      return new Step.Running(direction, pause, oneIn(10), !oneIn(5), List.copyOf(troubles));
    }

    private Trouble trouble() {
      var at = 1 + random.nextInt(oneIn(3) ? EARLY : LATE);
      var kind = switch (random.nextInt(10)) {
        case 0, 1 -> Trouble.Kind.KILL;
        case 2, 3 -> Trouble.Kind.POWER_CUT;
        case 4, 5 -> Trouble.Kind.DISCONNECT;
        case 6 -> Trouble.Kind.DISK_FULL;
        case 7 -> Trouble.Kind.REFUSE;
        default -> Trouble.Kind.ACT;
      };
      var act = kind == Trouble.Kind.ACT ? Optional.of(act()) : Optional.<Act>empty();
      return new Trouble(at, kind, act);
    }

    private Act act() {
      var side = random.nextBoolean() ? Side.NEAR : Side.FAR;
      var kind = kind(random.nextInt(100));
      var serverAlone = kind.compareTo(Act.Kind.RENUMBER) >= 0;
      return new Act(
          serverAlone ? Side.FAR : side,
          kind,
          random.nextInt(CHOICES),
          random.nextInt(CHOICES),
          random.nextInt(CHOICES));
    }

    private static Act.Kind kind(int percent) {
      var left = percent;
      for (var kind : Act.Kind.values()) {
        left -= kind.percent;
        if (left < 0) {
          return kind;
        }
      }
      throw new IllegalArgumentException("more than 100 %: " + percent);
    }
  }
}

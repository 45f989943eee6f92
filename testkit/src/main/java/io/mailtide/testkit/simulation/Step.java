package io.mailtide.testkit.simulation;

import java.time.Duration;
import java.util.List;

/** A part of a {@link Life}. */
sealed interface Step {
  /** A user does something while no run is at work. */
  record Doing(Act act) implements Step {}

  /** The state is lost. */
  record LoseState() implements Step {}

  /**
   * A run.
   *
   * @param pause the time since the step before
   * @param full whether everything is compared, whatever the checkpoints say
   */
  record Running(
      Direction direction,
      Duration pause,
      boolean full,
      boolean allowMassDelete,
      List<Trouble> troubles)
      implements Step {}

  /** Quiet runs until nothing changes; then all is checked. */
  record Heal() implements Step {}

  /** Which way changes go in a run. */
  enum Direction {
    BOTH,
    PULL,
    PUSH
  }
}

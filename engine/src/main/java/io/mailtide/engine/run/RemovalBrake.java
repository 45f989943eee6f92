package io.mailtide.engine.run;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Side;
import io.mailtide.engine.plan.Brake;
import io.mailtide.engine.state.State;
import java.util.List;
import java.util.Optional;

/**
 * Holds back all removals from a side, where they are more than a run may do unasked; everything
 * else goes on.
 */
final class RemovalBrake {
  private final State state;
  private final boolean allowed;
  private Optional<Fault> fault = Optional.empty();

  /** @param allowed whether the user allowed it this time */
  RemovalBrake(State state, boolean allowed) {
    this.state = state;
    this.allowed = allowed;
  }

  /** What held removals back, if anything did. */
  Optional<Fault> fault() {
    return fault;
  }

  /** The plans without the removals that are too many. */
  List<FolderPlan> hold(List<FolderPlan> plans) throws FaultException {
    return hold(plans, Side.FAR, hold(plans, Side.NEAR, plans));
  }

  private List<FolderPlan> hold(List<FolderPlan> plans, Side side, List<FolderPlan> held)
      throws FaultException {
    var removals = plans.stream().mapToLong(plan -> plan.removals(side)).sum();
    if (removals == 0) {
      return held;
    }
    var known = state.messages();
    var worst = plans.stream()
        .filter(plan -> Brake.holds(plan.removals(side), plan.known()))
        .findFirst();
    if (allowed || (worst.isEmpty() && !Brake.holds(removals, known))) {
      return held;
    }
    var from = side == Side.NEAR ? "from the server" : "here";
    var said = worst
        .map(plan -> plan.removals(side) + " of the " + plan.known() + " messages in "
            + plan.folder().name() + " are gone " + from)
        .orElse(removals + " of all " + known + " messages are gone " + from);
    var braked = Fault.of(
        Kind.BRAKE,
        Reach.REPLICA,
        side == Side.NEAR ? "removing local messages" : "removing messages at the server",
        said,
        side == Side.NEAR
            ? "Nothing was removed here. If that is right, run again with --allow-mass-delete;"
                + " what is removed stays in the undo area for a while."
            : "Nothing was removed there. If that is right, run again with --allow-mass-delete;"
                + " else put the local messages back first.");
    fault = Optional.of(worst.map(plan -> braked.in(plan.folder().name())).orElse(braked));
    return held.stream().map(plan -> plan.withoutRemovals(side)).toList();
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.Side;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.plan.Brake;
import io.mailtide.engine.plan.Trio;
import io.mailtide.engine.state.Observations.Amount;
import io.mailtide.engine.state.State;
import io.mailtide.engine.state.State.Folder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a run will do in one folder.
 *
 * @param compared what was observed
 * @param steps changes to messages agreed on
 * @param toCopy far messages never agreed on, to be copied here
 * @param toSend near messages never agreed on, to be sent there
 * @param toComplete header-only copies, to be completed
 * @param nearWaits changes on the near side that wait for a run which may take them across
 * @param farWaits changes on the far side that wait so
 * @param known messages agreed on before
 * @param isHeld whether a side lacks the folder, and the other has messages there that are left out
 */
record FolderPlan(
    Compared compared,
    List<Step> steps,
    Amount toCopy,
    Amount toSend,
    Amount toComplete,
    long nearWaits,
    long farWaits,
    long known,
    boolean isHeld) {
  /**
   * A folder that a side lacks is not made there again while it holds here what was removed there;
   * what is new in it waits as long.
   */
  FolderPlan {
    var copies = compared.nearThere() || nearWaits == 0;
    var sends = compared.farThere() || farWaits == 0;
    farWaits += copies ? 0 : toCopy.messages();
    nearWaits += sends ? 0 : toSend.messages();
    toCopy = copies ? toCopy : Amount.NONE;
    toSend = sends ? toSend : Amount.NONE;
    isHeld = isHeld && nearWaits == 0 && farWaits == 0;
  }

  /**
   * A folder both of whose sides were observed.
   *
   * @param near how far the near side is observed, if it tells and stays as it is
   * @param far how far the far side is observed once all that was found is done; absent: must be
   *     observed again
   * @param nearThere whether the near side has the folder
   * @param farThere whether the far side has it
   */
  record Compared(
      Folder folder,
      Optional<Checkpoint> near,
      Optional<Checkpoint> far,
      boolean nearThere,
      boolean farThere) {}

  /** An action and what it was decided from. */
  record Step(Trio trio, Action action) {}

  Folder folder() {
    return compared.folder();
  }

  boolean there(Side side) {
    return side == Side.NEAR ? compared.nearThere() : compared.farThere();
  }

  long removals(Side side) {
    return steps.stream().filter(step -> isRemoval(step, side)).count();
  }

  private static boolean isRemoval(Step step, Side side) {
    return step.action() instanceof Action.Remove remove && remove.side() == side;
  }

  /**
   * The same without its removals from that side, which are then found again by the next run; and
   * so are flags that change meanwhile on what is to be removed.
   */
  FolderPlan withoutRemovals(Side side) {
    var others = steps.stream().filter(step -> !isRemoval(step, side)).toList();
    var changed = steps.stream()
        .filter(step -> isRemoval(step, side) && step.trio().part(side).hasChanged())
        .count();
    return with(others).waiting(side.other(), removals(side)).waiting(side, changed);
  }

  /** The same when its steps have been carried out. */
  FolderPlan withStepsDone() {
    return with(List.of());
  }

  /** Whether what is to be done tells the far side, or the state, what was seen to change near. */
  boolean restsOnNear() {
    return toSend.messages() > 0
        || steps.stream().anyMatch(step -> step.trio().near().hasChanged());
  }

  private FolderPlan with(List<Step> others) {
    return new FolderPlan(
        compared, others, toCopy, toSend, toComplete, nearWaits, farWaits, known, isHeld);
  }

  /** The same when more changes on that side wait. */
  FolderPlan waiting(Side side, long more) {
    return new FolderPlan(
        compared,
        steps,
        toCopy,
        toSend,
        toComplete,
        nearWaits + (side == Side.NEAR ? more : 0),
        farWaits + (side == Side.FAR ? more : 0),
        known,
        isHeld);
  }

  /** Whether the folder cannot be made again on that side: what was removed with it waits. */
  boolean cannotCome(Side side) {
    return !there(side) && (side == Side.NEAR ? nearWaits : farWaits) > 0;
  }

  /**
   * The same when a move out of it waits. The next run finds it again, and so it does flags that
   * change meanwhile on what is to be moved.
   */
  FolderPlan withoutLeaving(Action.Move late) {
    return withoutComing(late).waiting(late.side(), 1);
  }

  /** The same when a move into it waits. */
  FolderPlan withoutComing(Action.Move late) {
    return waiting(late.side().other(), 1);
  }

  /**
   * Whether the folder comes to that side, though it may lack there: for what is copied or held.
   */
  boolean comes(Side side) {
    return isHeld || (side == Side.NEAR ? toCopy : toSend).messages() > 0;
  }

  long messages() {
    return steps.size() + toCopy.messages() + toSend.messages() + toComplete.messages();
  }

  /** Bytes of messages to carry across. */
  long bytes() {
    return toCopy.bytes() + toSend.bytes() + toComplete.bytes();
  }

  /** Whether all that is asked of the far side is to hand messages over. */
  boolean onlyFetches() {
    return compared.nearThere()
        && compared.farThere()
        && toCopy.messages() > 0
        && toComplete.messages() == 0
        && !changesFar();
  }

  /** Whether carrying it out needs the far side at all. */
  boolean needsFar() {
    return toCopy.messages() > 0 || toComplete.messages() > 0 || changesFar();
  }

  /**
   * Whether carrying it out changes the far side, so that it must be observed again to know how far
   * it is.
   */
  boolean changesFar() {
    return toSend.messages() > 0
        || steps.stream().anyMatch(step -> changes(step.action(), Side.FAR));
  }

  /** What carrying it out will ask of the far side, where that is changed as it is. */
  Optional<Expected.Changed> changed() {
    if (!changesFar() || !compared.nearThere() || !compared.farThere()) {
      return Optional.empty();
    }
    var sized = steps.stream()
        .filter(step -> isRemoval(step, Side.FAR))
        .map(step -> ((Action.Remove) step.action()).key())
        .collect(Collectors.toSet());
    var changes =
        steps.stream().filter(step -> changes(step.action(), Side.FAR)).count();
    var copies = toCopy.messages() + toComplete.messages();
    return Optional.of(
        new Expected.Changed(folder().name(), sized, copies > 0 ? 0 : changes + toSend.messages()));
  }

  /** Whether it changes messages of that side, where they are. */
  static boolean changes(Action action, Side side) {
    return switch (action) {
      case Action.Remove remove -> remove.side() == side;
      case Action.Merge merge -> merge.wish(side).changes();
      case Action.Move _, Action.Untie _, Action.Forget _ -> false;
    };
  }

  /** What the near side showed of the messages that these steps change there. */
  static Map<MessageKey, Flags> shownNear(List<Step> steps) {
    var shown = new HashMap<MessageKey, Flags>();
    for (var step : steps) {
      var near = step.trio().near();
      if (changes(step.action(), Side.NEAR)
          && near.key().isPresent()
          && near.now() instanceof Trio.Present(var flags)) {
        shown.put(near.key().get(), flags);
      }
    }
    return shown;
  }

  /**
   * Holds back all removals from a side, where they are more than a run may do unasked; everything
   * else goes on.
   */
  static final class RemovalBrake {
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
}

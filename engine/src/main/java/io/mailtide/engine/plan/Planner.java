package io.mailtide.engine.plan;

import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import io.mailtide.engine.plan.Trio.Absent;
import io.mailtide.engine.plan.Trio.Present;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what to do with a message that was agreed on: a pure three-way merge, one rule text for
 * both sides.
 *
 * <p>A removal wins over a change of flags: whoever removed the message saw it, and the undo area
 * keeps it. Flags merge each by itself: what one side's user set or cleared since the last
 * agreement is applied to what the other side has.
 */
public final class Planner {
  private Planner() {}

  /**
   * The actions for one message, of those allowed.
   *
   * @return the actions, and how many more were decided but are not allowed in this run
   */
  public static Decision decide(Trio trio, Allowed allowed) {
    return switch (new Pair(trio.near().now(), trio.far().now())) {
      case Pair(Absent _, Absent _) -> Decision.of(new Action.Forget(trio.row()));
      case Pair(Present _, Absent _) -> removed(trio, Side.FAR, allowed);
      case Pair(Absent _, Present _) -> removed(trio, Side.NEAR, allowed);
      case Pair(Present near, Present far) -> merged(trio, near.flags(), far.flags(), allowed);
    };
  }

  private record Pair(Trio.Seen near, Trio.Seen far) {}

  /** Actions, and the number of those withheld. */
  public record Decision(List<Action> actions, int withheld) {
    static Decision of(Action action) {
      return new Decision(List.of(action), 0);
    }
  }

  private static Decision removed(Trio trio, Side gone, Allowed allowed) {
    var left = gone.other();
    var key = trio.part(left).key();
    if (key.isEmpty()) {
      return Decision.of(new Action.Forget(trio.row()));
    }
    if (trio.part(gone).key().isEmpty()) {
      return new Decision(List.of(), 0); // untied before: nothing was removed since
    }
    if (allowed.removals(left)) {
      return Decision.of(new Action.Remove(trio.row(), left, key.get()));
    }
    // A removal that may not go far waits and is found again. One that may not come near never
    // will be: the far side tells of it only once.
    return gone == Side.FAR
        ? Decision.of(new Action.Untie(trio.row(), gone))
        : new Decision(List.of(), 1);
  }

  private static Decision merged(Trio trio, Flags near, Flags far, Allowed allowed) {
    var nearNext = near.changed(trio.far().agreed(), far);
    var farNext = far.changed(trio.near().agreed(), near);
    var actions = new ArrayList<Action>();
    var withheld = 0;
    for (var side : Side.values()) {
      var now = side == Side.NEAR ? near : far;
      var next = side == Side.NEAR ? nearNext : farNext;
      var part = trio.part(side);
      if (next.equals(now) || part.key().isEmpty()) {
        continue;
      }
      if (allowed.flags(side)) {
        var other = side.other();
        var otherNow = side == Side.NEAR ? far : near;
        var across = allowed.flags(other) ? (side == Side.NEAR ? farNext : nearNext) : otherNow;
        actions.add(new Action.SetFlags(trio.row(), side, part.key().get(), now, next, across));
      } else {
        withheld++;
      }
    }
    if (actions.isEmpty()) {
      var nearAgreed = agreedAfter(trio.near().agreed(), near, near, far);
      var farAgreed = agreedAfter(trio.far().agreed(), far, far, near);
      if (!nearAgreed.equals(trio.near().agreed())
          || !farAgreed.equals(trio.far().agreed())) {
        actions.add(new Action.Agree(trio.row(), nearAgreed, farAgreed));
      }
    }
    return new Decision(List.copyOf(actions), withheld);
  }

  /**
   * The flags of one side to agree on: what it has now, without those changes of its own user that
   * the other side has not been told yet.
   *
   * @param agreed the flags of this side agreed last
   * @param from the flags of this side before a change of the other side was carried out here
   * @param now the flags of this side after it
   * @param across the flags of the other side
   */
  public static Flags agreedAfter(Flags agreed, Flags from, Flags now, Flags across) {
    var setHere = from.minus(agreed).minus(across);
    var clearedHere = agreed.minus(from).minus(agreed.minus(across));
    return now.minus(setHere).plus(clearedHere);
  }
}

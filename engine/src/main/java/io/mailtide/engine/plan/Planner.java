package io.mailtide.engine.plan;

import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.plan.Action.Merge;
import io.mailtide.engine.plan.Action.Wish;
import io.mailtide.engine.plan.Trio.Absent;
import io.mailtide.engine.plan.Trio.Present;
import java.util.Optional;

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

  /** What to do about one message, of what is allowed. */
  public static Decision decide(Trio trio, Allowed allowed) {
    return switch (new Pair(trio.near().now(), trio.far().now())) {
      case Pair(Absent _, Absent _) -> Decision.of(new Action.Forget(trio.row()));
      case Pair(Present _, Absent _) -> removed(trio, Side.FAR, allowed);
      case Pair(Absent _, Present _) -> removed(trio, Side.NEAR, allowed);
      case Pair(Present near, Present far) -> merged(trio, near.flags(), far.flags(), allowed);
    };
  }

  private record Pair(Trio.Seen near, Trio.Seen far) {}

  /**
   * What is to be done, if anything.
   *
   * @param nearWaits whether a change of the near side's user waits to be told
   * @param farWaits whether a change of the far side's user waits to be told
   */
  public record Decision(Optional<Action> action, boolean nearWaits, boolean farWaits) {
    private static final Decision NOTHING = new Decision(Optional.empty(), false, false);

    static Decision of(Action action) {
      return new Decision(Optional.of(action), false, false);
    }

    static Decision waits(Side side) {
      return new Decision(Optional.empty(), side == Side.NEAR, side == Side.FAR);
    }
  }

  private static Decision removed(Trio trio, Side gone, Allowed allowed) {
    var left = gone.other();
    var key = trio.part(left).key();
    if (key.isEmpty()) {
      return Decision.of(new Action.Forget(trio.row()));
    }
    if (trio.part(gone).key().isEmpty()) {
      return Decision.NOTHING; // untied before: nothing was removed since
    }
    return switch (allowed.removals(left)) {
      case CARRY_OUT -> Decision.of(new Action.Remove(trio.row(), left, key.get()));
      case WAIT -> {
        var waits = Decision.waits(gone);
        // Flags changed meanwhile on what is left are found again with it, wherever it will be.
        yield trio.part(left).hasChanged() ? new Decision(Optional.empty(), true, true) : waits;
      }
      case NEVER -> Decision.of(new Action.Untie(trio.row(), gone));
    };
  }

  private static Decision merged(Trio trio, Flags near, Flags far, Allowed allowed) {
    var merge = new Merge(
        trio.row(),
        wish(trio, Side.NEAR, near, near.changed(trio.far().agreed(), far), allowed),
        wish(trio, Side.FAR, far, far.changed(trio.near().agreed(), near), allowed));
    var nothing = Optional.<Flags>empty();
    var agrees = !merge.changes()
        && agreed(trio, merge, Side.NEAR, nothing, nothing).equals(trio.near().agreed())
        && agreed(trio, merge, Side.FAR, nothing, nothing).equals(trio.far().agreed());
    return new Decision(
        agrees ? Optional.empty() : Optional.of(merge),
        merge.far().withheld(),
        merge.near().withheld());
  }

  private static Wish wish(Trio trio, Side side, Flags now, Flags next, Allowed allowed) {
    return trio.part(side).key().isEmpty()
        ? new Wish(now, now, false)
        : new Wish(now, next, allowed.on(side));
  }

  /**
   * The flags of one side to agree on after a merge: what it has now, without those changes of its
   * own user that the other side has not been told, and without what other programs did meanwhile.
   * So both are found again later, as changes.
   *
   * @param near what the near side shows after its change; absent: none was made
   * @param far what the far side shows after its change; absent: none was made
   */
  public static Flags agreed(
      Trio trio, Merge merge, Side side, Optional<Flags> near, Optional<Flags> far) {
    var here = result(merge.wish(side), side == Side.NEAR ? near : far);
    var across = merge.wish(side.other());
    var done = side == Side.NEAR ? far : near;
    if (done.isPresent() || across.from().equals(across.to())) {
      return here; // the other side was told, or needed not be
    }
    var own = merge.wish(side).from();
    var agreed = trio.part(side).agreed();
    var setHere = own.minus(agreed).minus(across.from());
    var clearedHere = agreed.minus(own).minus(agreed.minus(across.from()));
    return here.minus(setHere).plus(clearedHere);
  }

  /**
   * What a side has come to by our change: as wished for, but for what it cannot hold, or does not
   * let go.
   */
  private static Flags result(Wish wish, Optional<Flags> shown) {
    if (shown.isEmpty()) {
      return wish.from();
    }
    var notTaken = wish.to().minus(wish.from()).minus(shown.get());
    var cleared = wish.from().minus(wish.to());
    var notCleared = cleared.minus(cleared.minus(shown.get()));
    return wish.to().minus(notTaken).plus(notCleared);
  }
}

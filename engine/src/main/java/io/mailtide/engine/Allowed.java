package io.mailtide.engine;

/**
 * What a run may change. Applied when actions are emitted, never while they are decided.
 *
 * @param near whether messages and flags of the near side may change
 * @param nearRemovals what becomes of removals that would spread to the near side
 * @param far whether messages and flags of the far side may change
 * @param farRemovals what becomes of removals that would spread to the far side
 */
public record Allowed(boolean near, Removals nearRemovals, boolean far, Removals farRemovals) {
  /** What becomes of removals that would spread to a side. */
  public enum Removals {
    CARRY_OUT,
    /** Not in this run: they wait for one that goes that way. */
    WAIT,
    /** Never, by the user's wish: the message stays there, and is no longer tied. */
    NEVER
  }

  /** Whether messages may come to that side, and flags change there. */
  public boolean on(Side side) {
    return side == Side.NEAR ? near : far;
  }

  /** What becomes of removals that would spread to that side. */
  public Removals removals(Side side) {
    return side == Side.NEAR ? nearRemovals : farRemovals;
  }
}

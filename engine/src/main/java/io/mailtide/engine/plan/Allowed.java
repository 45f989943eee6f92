package io.mailtide.engine.plan;

import io.mailtide.engine.Side;

/**
 * What a run may change. Applied when actions are emitted, never while they are decided.
 *
 * @param near whether flags and messages of the near side may change
 * @param nearRemovals whether messages may be removed near
 * @param far whether flags and messages of the far side may change
 * @param farRemovals whether messages may be removed far
 */
public record Allowed(boolean near, boolean nearRemovals, boolean far, boolean farRemovals) {
  boolean flags(Side side) {
    return side == Side.NEAR ? near : far;
  }

  boolean removals(Side side) {
    return side == Side.NEAR ? nearRemovals : farRemovals;
  }
}

package io.mailtide.engine.plan;

/**
 * Stops a run from removing a large share of what a person has: more than 20 messages and more than
 * 20 % of a folder or account, or all of a folder or account that held more than one.
 */
public final class Brake {
  private static final int MESSAGES = 20;
  private static final int SHARE_PERCENT = 20;

  private Brake() {}

  /**
   * Whether removing so many is too much to do unasked.
   *
   * @param removals messages to remove
   * @param known messages agreed on before
   */
  public static boolean holds(long removals, long known) {
    var large = removals > MESSAGES && removals * 100 > known * SHARE_PERCENT;
    var all = removals > 1 && removals >= known;
    return large || all;
  }
}

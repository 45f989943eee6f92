package io.mailtide.engine.plan;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;

/** Something to do, as data: carried out, printed or compared. */
public sealed interface Action {
  /** The state's number of the message. */
  long row();

  /** Removes the message from a side, since the other side's user removed it. */
  record Remove(long row, Side side, MessageKey key) implements Action {}

  /**
   * Gives each side the flags that the other side's user gave the message, beside its own; where
   * neither wants any, only records what both have come to by themselves.
   */
  record Merge(long row, Wish near, Wish far) implements Action {
    /** What is wished for on that side. */
    public Wish wish(Side side) {
      return side == Side.NEAR ? near : far;
    }

    /** Whether something is to be changed on a side. */
    public boolean changes() {
      return near.changes() || far.changes();
    }
  }

  /**
   * The flags of one side in a merge.
   *
   * @param from those that it shows now
   * @param to those that it shall have
   * @param allowed whether this run may change them
   */
  record Wish(Flags from, Flags to, boolean allowed) {
    /** Whether there is anything to change, and it may be. */
    public boolean changes() {
      return allowed && !from.equals(to);
    }

    /** Whether there is anything to change, and it may not be. */
    public boolean withheld() {
      return !allowed && !from.equals(to);
    }
  }

  /**
   * Moves the message to another folder of a side, since the other side's user moved it there.
   *
   * @param from where it is now on that side
   * @param key its key there
   * @param to where it goes
   * @param across its key there on the other side
   */
  record Move(
      long row, Side side, FolderName from, MessageKey key, FolderName to, MessageKey across)
      implements Action {}

  /** Forgets a message that is on neither side any more. */
  record Forget(long row) implements Action {}

  /** Keeps the other side's message though this side's is gone, and no longer ties them. */
  record Untie(long row, Side gone) implements Action {}
}

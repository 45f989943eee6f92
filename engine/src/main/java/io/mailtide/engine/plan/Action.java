package io.mailtide.engine.plan;

import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;

/** Something to do, as data: carried out, printed or compared. */
public sealed interface Action {
  /** The state's number of the message. */
  long row();

  /** Moves the message to the undo area of a side, since the other side's user removed it. */
  record Remove(long row, Side side, MessageKey key) implements Action {}

  /**
   * Gives the message the flags that the other side's user gave it, beside those of this side.
   *
   * @param from the flags that this side shows now
   * @param to the flags that it shall have
   * @param across the flags that the other side has once the whole decision is carried out
   */
  record SetFlags(long row, Side side, MessageKey key, Flags from, Flags to, Flags across)
      implements Action {}

  /** Records flags that both sides have come to by themselves. */
  record Agree(long row, Flags near, Flags far) implements Action {}

  /** Forgets a message that is on neither side any more. */
  record Forget(long row) implements Action {}

  /** Keeps the other side's message though this side's is gone, and no longer ties them. */
  record Untie(long row, Side gone) implements Action {}
}

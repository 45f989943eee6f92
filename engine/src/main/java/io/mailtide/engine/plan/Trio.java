package io.mailtide.engine.plan;

import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import java.util.Optional;

/**
 * A message that both sides agreed on, as it is now on each side. (A message that only one side
 * has, and that was never agreed on, needs no comparison: it is copied or paired by content.)
 *
 * @param row the state's number of the message
 * @param near the near side's part
 * @param far the far side's part
 */
public record Trio(long row, Part near, Part far) {
  /**
   * One side's part.
   *
   * @param key the message's key there; absent where it is no longer tied to that side
   * @param agreed the flags that this side had when both were last in step
   * @param now what this side shows now
   */
  public record Part(Optional<MessageKey> key, Flags agreed, Seen now) {
    /** Whether this side shows anything but what was agreed. */
    public boolean hasChanged() {
      return !now.equals(new Present(agreed));
    }
  }

  /** A message on one side, now. */
  public sealed interface Seen {}

  /** There, with these flags. */
  public record Present(Flags flags) implements Seen {}

  /** Not there. */
  public record Absent() implements Seen {}

  /** The part of that side. */
  public Part part(Side side) {
    return side == Side.NEAR ? near : far;
  }
}

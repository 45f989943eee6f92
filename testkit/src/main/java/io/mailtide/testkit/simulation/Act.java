package io.mailtide.testkit.simulation;

import io.mailtide.engine.Side;

/**
 * Something that a user does on one side, or that happens to a side. What it is done to is chosen
 * by the numbers from what is there then, so that an act keeps its sense when others are dropped.
 *
 * @param which chooses the message or folder
 * @param where chooses the folder that it goes to
 * @param how chooses flags and contents
 */
record Act(Side side, Kind kind, int which, int where, int how) {
  /** What is done. */
  enum Kind {
    ARRIVE(34),
    /** A message that is on any side comes once more. */
    ARRIVE_AGAIN(4),
    FLAG(18),
    REMOVE(12),
    MOVE(12),
    MAKE_FOLDER(4),
    RENAME_FOLDER(3),
    DROP_FOLDER(2),
    /** The server numbers a folder's messages anew. */
    RENUMBER(3),
    /** The server's listings leave a folder out. */
    HIDE_FOLDER(2),
    /** The server's scans leave a message out. */
    SKIP_MESSAGE(2),
    /** The server does not hand a message over. */
    REFUSE_MESSAGE(2),
    /** The server takes no large messages. */
    LIMIT_SIZE(2);

    /** How many acts of a hundred are of this kind. */
    final int percent;

    Kind(int percent) {
      this.percent = percent;
    }
  }

  @Override
  public String toString() {
    return "%s %s(%d, %d, %d)".formatted(side, kind, which, where, how);
  }
}

package io.mailtide.testkit.simulation;

import java.util.Optional;

/**
 * Something that happens in the middle of a run.
 *
 * @param at the event before which it happens, or the first after that to which it fits; an event
 *     is a call of a replica or a commit of the state
 * @param act what a user does then; of {@link Kind#ACT} only
 */
record Trouble(int at, Kind kind, Optional<Act> act) {
  /** What happens. */
  enum Kind {
    /** The process is killed. */
    KILL,
    /** The machine loses power: what was not made durable near is lost in part. */
    POWER_CUT,
    /** The connection breaks; what was asked for last may have been done. */
    DISCONNECT,
    DISK_FULL,
    /** What is being done in a folder is refused. */
    REFUSE,
    /** A user does something. */
    ACT
  }

  @Override
  public String toString() {
    return "at " + at + " " + kind + act.map(found -> " " + found).orElse("");
  }
}

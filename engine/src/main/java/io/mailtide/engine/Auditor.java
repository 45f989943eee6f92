package io.mailtide.engine;

import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.run.AuditRunner;
import java.util.Optional;

/** Compares two replicas message by message, whatever the state says of them. */
public final class Auditor {
  private Auditor() {}

  /**
   * Runs one audit in the calling thread and returns when it is over: every message of both sides
   * is read whole. Never throws for what can be expected: the outcome says how it ended.
   *
   * <p>An audit alone changes nothing, neither on a side nor in the state. A repair has four parts,
   * each with progress of its own: an audit, what mends the messages that it found wrong, if any, a
   * full synchronisation, and an audit of what is left. It removes no content that is there once
   * only, and nothing at all from the far side.
   *
   * @param job what to compare; of what it says to do, only a repair does anything
   * @param repair whether what can be mended is mended
   */
  public static Outcome run(Job job, boolean repair, Listener listener) {
    return new AuditRunner(job, listener).run(repair);
  }

  /** Is told how an audit goes, and what it finds. */
  public interface Listener extends SyncListener {
    /**
     * A difference, after all was read; those of one folder together.
     *
     * @param left whether it was found after the repair
     */
    void finding(Finding finding, boolean left);
  }

  /** How the sides can differ. */
  public enum Kind {
    /** A side lacks a folder. */
    FOLDER_MISSING,
    /** A side lacks a message, whatever its key. */
    MISSING,
    /** Two messages that the state takes for the same are not. */
    CHANGED,
    /** A side holds a message more often than the other, which holds it too. */
    DOUBLED,
    /** The flags of one message differ, by more than was agreed. */
    FLAGS,
    /** A side lists a message and does not hand it over. */
    UNREADABLE
  }

  /**
   * A difference.
   *
   * @param side the side that lacks something, has it too often, changed or cannot hand it over
   * @param near the message's key near, where it is there
   * @param far the message's key far, where it is there
   * @param digest SHA-256 of the message in CRLF form, in hexadecimal digits, where there is one
   * @param pending whether the next ordinary run finds it and acts upon it: it merely waits
   * @param what what is different, for people
   */
  public record Finding(
      Kind kind,
      FolderName folder,
      Side side,
      Optional<MessageKey> near,
      Optional<MessageKey> far,
      Optional<String> digest,
      boolean pending,
      String what) {}

  /**
   * What an audit came to.
   *
   * @param folders folders compared
   * @param near messages read near
   * @param far messages read far
   * @param differences what was found
   * @param pending of these, what the next ordinary run acts upon
   * @param failed folders that could not be compared
   */
  public record Count(
      long folders, long near, long far, long differences, long pending, long failed) {
    public static final Count NONE = new Count(0, 0, 0, 0, 0, 0);
  }

  /**
   * How it ended.
   *
   * @param failure what ended it early; absent: it came to its end
   * @param found what the audit came to
   * @param left what the audit after a repair came to; absent where there was none
   * @param traffic what was exchanged with the far side
   */
  public record Outcome(
      Optional<Fault> failure, Count found, Optional<Count> left, Traffic traffic) {}
}

package io.mailtide.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * An expected failure, as a value: what it is, how far it reaches, and the words for the person who
 * reads it.
 *
 * @param kind what went wrong; the client maps it to an {@code HResult} and an exit code
 * @param reach what cannot go on because of it
 * @param folder the folder it happened in, where there is one
 * @param message the message it is about, where there is one
 * @param doing what was being done, as a clause: "signing in to imap.example.org as ann"
 * @param said what the server or the system said, redacted; may be empty
 * @param next what happens next, or what the user must do, as a sentence; may be empty
 * @param pause how long the other side asked to be left alone, where it said so; then the fault
 *     reaches the replica, and a run waits and connects again, unless that takes too long
 */
public record Fault(
    Kind kind,
    Reach reach,
    Optional<FolderName> folder,
    Optional<MessageKey> message,
    String doing,
    String said,
    String next,
    Optional<Duration> pause) {

  public Fault {
    if (pause.isPresent() && reach != Reach.REPLICA) {
      throw new IllegalArgumentException("a pause is for all of a replica");
    }
  }

  /** How far a failure reaches. */
  public enum Reach {
    MESSAGE,
    FOLDER,
    /** The connection or store of one side: this run cannot go on, a new connection might. */
    REPLICA
  }

  /** What went wrong. */
  public enum Kind {
    /** Credentials refused. */
    SIGN_IN,
    /** Signed in, but no permission on a folder or message. */
    NO_ACCESS,
    /** Name not resolved, connection refused, lost or closed. */
    NETWORK,
    /** The TLS peer is not who it should be, or no TLS is to be had. */
    TLS,
    /** The other side did not answer in time. */
    TIMEOUT,
    /** The server allows no more connections. */
    SESSION_LIMIT,
    /** The server sent what cannot be parsed, or broke the protocol. */
    PROTOCOL,
    /** The server asks to slow down. */
    THROTTLED,
    /** Over quota at the server. */
    QUOTA,
    /** The other side refused this one thing. */
    REFUSED,
    /** Something is not there. */
    NOT_FOUND,
    /** It changed under our hands. */
    CHANGED,
    /** A folder of that name, or one that the file system cannot tell from it, exists. */
    COLLISION,
    /** The local disk is full. */
    DISK_FULL,
    /** Any other local I/O error: not writable, broken. */
    DISK,
    /** Another process holds the store. */
    BUSY,
    /** The state is damaged. */
    STATE_DAMAGED,
    /** The state was written by a newer version. */
    STATE_NEWER,
    /** The configuration is missing or wrong. */
    CONFIGURATION,
    /** This store cannot do that. */
    UNSUPPORTED,
    /** What was asked for cannot be meant: a malformed address, a message without a header. */
    INVALID,
    /** A message without recipients. */
    NO_RECIPIENTS,
    /** Whether the other side took a message is not known. */
    IN_DOUBT,
    /** More would be removed than a run may remove unasked. */
    BRAKE,
    CANCELLED,
    /** A fault of our own. */
    INTERNAL
  }

  public static Fault of(Kind kind, Reach reach, String doing, String said, String next) {
    return new Fault(
        kind, reach, Optional.empty(), Optional.empty(), doing, said, next, Optional.empty());
  }

  public Fault in(FolderName folder) {
    return new Fault(kind, reach, Optional.of(folder), message, doing, said, next, pause);
  }

  public Fault about(MessageKey message) {
    return new Fault(kind, reach, folder, Optional.of(message), doing, said, next, pause);
  }

  public Fault reaching(Reach reach) {
    return new Fault(kind, reach, folder, message, doing, said, next, pause);
  }

  public Fault advising(String next) {
    return new Fault(kind, reach, folder, message, doing, said, next, pause);
  }

  /** With what the other side asked for: not to be asked anything for so long. */
  public Fault pausing(Duration pause) {
    return new Fault(kind, reach, folder, message, doing, said, next, Optional.of(pause));
  }
}

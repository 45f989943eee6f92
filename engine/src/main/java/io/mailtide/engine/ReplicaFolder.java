package io.mailtide.engine;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An open folder of a {@link Replica}: a port. Same thread as the replica. */
public interface ReplicaFolder {
  FolderName name();

  /** The generation in which this folder's keys are valid now. */
  Generation generation();

  /**
   * Observes the folder.
   *
   * @param since where to start from; absent: everything. A replica that cannot tell changes since
   *     then observes everything, and says so in the result
   * @param known what the state knows of this side, for replicas that must compare with it
   * @param observer told of each message, in this thread, in any order, each key at most once
   */
  Scan scan(Optional<Checkpoint> since, Known known, Observer observer) throws FaultException;

  /**
   * Reads messages. The bodies come in any order; one that a server does not give is simply not
   * ended, and a message gone meanwhile is not even begun.
   *
   * @param keys keys of this folder; no more than some thousands
   * @param part how much of each is wanted
   * @throws FaultException also one that reaches a message, when one of this machine cannot be
   *     read; all others were given before
   */
  void fetch(List<MessageKey> keys, Part part, BodySink sink) throws FaultException;

  /** Reads whole messages. */
  default void fetch(List<MessageKey> keys, BodySink sink) throws FaultException {
    fetch(keys, Part.WHOLE, sink);
  }

  /** How much of a message. */
  enum Part {
    WHOLE,
    /** The header with the empty line that ends it. */
    HEADER,
    /**
     * Of the header, the fields Message-ID, Date, From and Subject at least, as they stand, in any
     * order.
     */
    IDENTITY
  }

  /**
   * Asks again whether these messages are really gone, by another way than the scan, before their
   * removal spreads.
   *
   * @return those that are gone
   */
  Set<MessageKey> confirmGone(Set<MessageKey> keys) throws FaultException;

  /** What may be changed in this folder; empty where it is read-only, or was opened to be read. */
  Optional<FolderEditor> editor();

  /**
   * A scan's result.
   *
   * @param complete whether every message of the folder was observed, so that what was not seen is
   *     gone
   * @param checkpoint how far the folder is now observed; absent where this side cannot tell (it
   *     will be scanned again)
   */
  record Scan(boolean complete, Optional<Checkpoint> checkpoint) {}

  /** Is told what a scan finds. */
  interface Observer {
    /** A message that is there; in an incomplete scan: one that is new or changed. */
    void present(Sighting sighting) throws FaultException;

    /** A message that was there and is gone; only in incomplete scans. */
    void vanished(MessageKey key) throws FaultException;

    /** Whether sightings are to tell the time of arrival, which may cost more to ask for. */
    default boolean wantsArrival() {
      return false;
    }
  }

  /** What the state knows of one side of one folder. */
  interface Known {
    /** Nothing: a folder is looked at for the first time, or as if. */
    Known NOTHING = new Known() {
      @Override
      public long count() {
        return 0;
      }

      @Override
      public List<MessageKey> between(long first, long last, int limit) {
        return List.of();
      }
    };

    /** How many messages. */
    long count() throws FaultException;

    /**
     * The known keys that are numbers from {@code first} to {@code last}, both included, in
     * ascending order; at most {@code limit} of them.
     */
    List<MessageKey> between(long first, long last, int limit) throws FaultException;
  }

  /** Receives message bodies while they arrive. */
  interface BodySink {
    /** A body begins; whose it is may be known only at its end. */
    Body begin() throws FaultException;
  }

  /** One body on its way: {@code write*} then {@code end}, or {@code abandon}. */
  interface Body {
    /**
     * Takes the next bytes, as on the wire (CRLF line ends). The buffer is the caller's again on
     * return.
     */
    void write(ByteBuffer bytes) throws FaultException;

    /**
     * The body is whole.
     *
     * @param arrived when the message arrived at that side (INTERNALDATE), where it says so
     */
    void end(MessageKey key, Optional<Instant> arrived) throws FaultException;

    /** The body will not be completed, or nobody asked for it. */
    void abandon() throws FaultException;
  }
}

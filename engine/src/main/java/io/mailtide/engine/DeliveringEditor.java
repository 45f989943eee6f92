package io.mailtide.engine;

import io.mailtide.engine.ReplicaFolder.Part;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Takes messages in on this machine. Delivery takes two steps, so that the intent can be recorded
 * between them: {@link #stage} and {@link #harden}, then {@link #publish}.
 */
public interface DeliveringEditor extends FolderEditor {
  /**
   * That of a local folder which was opened to be changed.
   *
   * @throws FaultException {@link Fault.Kind#NO_ACCESS}: it cannot be written to
   */
  static DeliveringEditor of(ReplicaFolder near) throws FaultException {
    return near.editor()
        .filter(DeliveringEditor.class::isInstance)
        .map(DeliveringEditor.class::cast)
        .orElseThrow(() -> new FaultException(Fault.of(
                Fault.Kind.NO_ACCESS,
                Fault.Reach.FOLDER,
                "opening the local folder to write",
                "it is read-only",
                "Make it writable.")
            .in(near.name())));
  }

  /**
   * Begins to take in a message; invisible to other programs until published.
   *
   * @param part the whole, or the header alone: then its key and its sightings say so
   */
  Staged stage(Part part) throws FaultException;

  /** Begins to take in a whole message. */
  default Staged stage() throws FaultException {
    return stage(Part.WHOLE);
  }

  /** How much to stage before it is made durable together. */
  Batch batch();

  /**
   * Begins to make durable all messages staged and ended, and all that was published or changed
   * before, also in folders opened earlier in this run; what comes later may go on meanwhile and is
   * not part of it. One call for many messages: it costs about as much for a thousand as for one.
   */
  Hardening beginHardening() throws FaultException;

  /** Makes all of that durable, and waits for it. */
  default void harden() throws FaultException {
    beginHardening().await();
  }

  /**
   * Makes a staged message part of the folder, under its key. Repeatable, also by a later run: a
   * message published already stays as it is.
   *
   * @return whether the message is there, whichever call put it there; false when there is neither
   *     a staged nor a published message of that key
   */
  boolean publish(MessageKey key, Flags flags) throws FaultException;

  /**
   * Begins to {@link #publish} messages, in this order. This may go on while others are staged; a
   * hardening that begins later waits for it and covers it. Whatever else is asked of this replica
   * finds them published.
   */
  default Publishing beginPublishing(SequencedMap<MessageKey, Flags> messages)
      throws FaultException {
    var there = new HashSet<MessageKey>();
    for (var message : messages.entrySet()) {
      if (publish(message.getKey(), message.getValue())) {
        there.add(message.getKey());
      }
    }
    return () -> there;
  }

  /**
   * Makes a staged message part of the folder beside another, with the flags that the other has
   * now. Repeatable, also by a later run.
   *
   * @return whether the message is there, whichever call put it there; false, and nothing done,
   *     when it is not and the other is not there either
   */
  boolean publishBeside(MessageKey key, MessageKey other) throws FaultException;

  /**
   * Deletes messages without a trace, for the same are in the folder under other keys; those that
   * are gone already are left alone.
   */
  void drop(Collection<MessageKey> keys) throws FaultException;

  /** Drops what earlier runs staged in this folder and did not publish. */
  void discardStaged() throws FaultException;

  /**
   * Reads a message of this folder whole, as on the wire (CRLF form), in pieces. False when it is
   * not there.
   *
   * @throws FaultException that reaches the message, when this one alone cannot be read; nothing
   *     was given then
   */
  boolean read(MessageKey key, ByteSink sink) throws FaultException;

  /**
   * Tells which flags messages showed when they were seen: a hint, by which those that are about to
   * be changed may be found without going through the whole folder.
   */
  default void shown(Map<MessageKey, Flags> flags) {}

  /**
   * Limits of a batch. More is fetched again after a kill, less costs more calls.
   *
   * @param messages at least one
   * @param bytes of message bodies
   */
  record Batch(int messages, long bytes) {}

  /** Messages on their way into their folder. */
  @FunctionalInterface
  interface Publishing {
    /** Returns once they are published: those that are there, as {@link #publish} says it. */
    Set<MessageKey> await() throws FaultException;
  }

  /** Changes on their way to being durable. */
  @FunctionalInterface
  interface Hardening {
    /** Returns once they are; after a failure nothing more of this replica can be made durable. */
    void await() throws FaultException;
  }

  /** Takes bytes; the buffer is the caller's again on return. */
  @FunctionalInterface
  interface ByteSink {
    void write(ByteBuffer bytes) throws FaultException;
  }

  /** A message being taken in. */
  interface Staged extends ByteSink {
    /** The key under which the message will be published; known once {@link #end} has returned. */
    MessageKey key();

    /**
     * The message is whole. Where it is still written afterwards, a failure of that is told by the
     * next {@link Hardening}; but for a folder that went meanwhile: then {@link #publish} finds it
     * missing.
     *
     * @param arrived kept as the message's time of arrival, where this side keeps one
     */
    void end(Instant arrived) throws FaultException;

    /** Drops it. Allowed at any time, also after {@link #end}, until it is published. */
    void discard();
  }
}

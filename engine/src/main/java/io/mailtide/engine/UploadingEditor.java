package io.mailtide.engine;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Takes messages in at a server: each is sent whole, and may be stored though the reply is lost.
 */
public interface UploadingEditor extends FolderEditor {
  /**
   * Sends messages, in this order. What became of each is told as soon as it is known; one that
   * nothing was told of when this returns or throws is in doubt: it may be stored or not.
   *
   * <p>One message that the server does not take never keeps it from the others. Only a fault that
   * stops the whole is thrown.
   *
   * @param messages no more than some hundreds
   */
  void upload(List<Outgoing> messages, Outcomes outcomes) throws FaultException;

  /**
   * A message to send.
   *
   * @param near its key on the other side; names it in outcomes
   * @param flags the flags to store it with; of these only what this side can hold is stored
   * @param arrived the time of arrival to store it with (INTERNALDATE)
   * @param size its exact size in bytes, in CRLF form
   * @param content its bytes
   */
  record Outgoing(MessageKey near, Flags flags, Instant arrived, long size, Content content) {}

  /** A message's bytes, where they are kept. */
  @FunctionalInterface
  interface Content {
    /**
     * Gives all bytes, in CRLF form; may be called again.
     *
     * @return false, and nothing given, when the message is not there any more
     */
    boolean writeTo(ByteSink sink) throws FaultException;
  }

  /** Is told what became of messages. */
  interface Outcomes {
    /**
     * It is stored.
     *
     * @param key its key there, where the server tells (APPENDUID); else the next scan finds it
     */
    void stored(Outgoing message, Optional<MessageKey> key) throws FaultException;

    /** It is not stored, and why. */
    void refused(Outgoing message, Fault fault) throws FaultException;

    /** It was not there to be sent. */
    void vanished(Outgoing message) throws FaultException;
  }
}

package io.mailtide.engine.send;

import io.mailtide.engine.Fault;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Verdict;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A message of the Outbox.
 *
 * @param id names it for people; never used again
 * @param key its key in the folder Outbox
 * @param transport the way that it goes
 * @param envelope from whom and to whom it goes
 * @param recipients what is known of each recipient of the envelope, in the same order
 * @param messageId the value of its field Message-ID
 * @param subject the field Subject of its header as it stands, unfolded
 * @param size in bytes, with CRLF line ends
 * @param tries how often it was handed over, or almost
 * @param nextTry not before then, where it is queued
 * @param trouble why it is still here, where something went wrong
 */
public record Outgoing(
    long id,
    MessageKey key,
    String transport,
    Envelope envelope,
    List<Recipient> recipients,
    String messageId,
    String subject,
    long size,
    Instant submitted,
    State state,
    int tries,
    Instant nextTry,
    Optional<Fault> trouble) {
  public Outgoing {
    recipients = List.copyOf(recipients);
  }

  /** How far a message is. */
  public enum State {
    /** It waits to be sent. */
    QUEUED,
    /** It is being handed over: if that is cut off here, it is in doubt. */
    SUBMITTING,
    /** All have taken it; its copy is still to be filed. */
    SENT,
    /** Its copy is filed; it is still to leave the Outbox. */
    FILED,
    /** It may have been taken or not. It waits for a person's word, or for proof. */
    IN_DOUBT,
    /** It was refused, wholly or by some. It waits for a person's word. */
    HELD,
    /** A person dropped it; it is still to leave the Outbox. */
    DROPPED;

    /**
     * What comes of a message that was handed over.
     *
     * @param verdicts of its recipients
     * @param done where all have taken it
     */
    public static State after(Collection<Verdict> verdicts, State done) {
      if (verdicts.contains(Verdict.DEFERRED)) {
        return QUEUED;
      }
      return verdicts.contains(Verdict.REFUSED) ? HELD : done;
    }
  }

  /**
   * What is known of a recipient.
   *
   * @param verdict what was said last; absent where nothing was
   * @param said the other side's words; may be empty
   */
  public record Recipient(String address, Optional<Verdict> verdict, String said) {
    /** Whether the message is on its way to this one: then it never goes there again. */
    public boolean taken() {
      return verdict.equals(Optional.of(Verdict.TAKEN));
    }

    /** Whether it is to go there by itself. */
    public boolean waits() {
      return verdict.isEmpty() || verdict.equals(Optional.of(Verdict.DEFERRED));
    }
  }
}

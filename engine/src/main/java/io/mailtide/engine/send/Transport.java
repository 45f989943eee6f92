package io.mailtide.engine.send;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.UploadingEditor.Content;
import java.util.List;
import java.util.Optional;

/**
 * A way out for messages, open and signed in: a port. Blocking; used by one thread at a time. It
 * hands over one message after the other, in the order it is asked to.
 */
public interface Transport extends AutoCloseable {
  /**
   * Hands a message over to be delivered. The bytes are those that the content gives, unchanged.
   *
   * <p>Whatever is thrown, nothing was taken: the message may be handed over again. Where that is
   * not known, the outcome says {@link Outcome.InDoubt} instead.
   *
   * @param handover is told before the other side could take the message
   * @return what became of it, as far as it is known
   * @throws FaultException of {@link Fault.Reach#REPLICA} when this transport is of no more use; of
   *     {@link Fault.Reach#MESSAGE} when it is only this message that cannot be handed over, as
   *     when its content cannot be read; what the handover throws
   */
  Outcome submit(Envelope envelope, Content content, Handover handover) throws FaultException;

  /**
   * Whether another message can be handed over. It is not where the other side has closed behind an
   * answer, or a message broke off half-way.
   */
  boolean isUsable();

  /** Whether the other side files a copy of what it is given in the user's Sent folder itself. */
  boolean filesSentCopy();

  /** What was exchanged so far. */
  Traffic traffic();

  /** Ends the session; does not throw. */
  @Override
  void close();

  /**
   * From whom and to whom a message goes (RFC 5321 section 2.3.1), whatever its header says.
   *
   * @param sender where reports of failure go to; empty: to nobody
   * @param recipients at least one
   * @param reports what the sender wants to be told of its way
   */
  record Envelope(String sender, List<String> recipients, Reports reports) {
    public Envelope {
      recipients = List.copyOf(recipients);
    }
  }

  /**
   * What the sender wants to be told of a message's way, as servers are asked for it (RFC 3461).
   * Those that cannot do it are not.
   *
   * @param notifyOn of what: {@code NEVER}, or some of {@code SUCCESS}, {@code FAILURE},
   *     {@code DELAY}; empty: what is usual
   * @param returned what a report of failure brings back; absent: as the server likes
   * @param envelopeId names the message in reports; absent: nothing does but the message itself
   */
  record Reports(List<String> notifyOn, Optional<Returned> returned, Optional<String> envelopeId) {
    /** Nothing is asked for. */
    public static final Reports USUAL = new Reports(List.of(), Optional.empty(), Optional.empty());

    public Reports {
      notifyOn = List.copyOf(notifyOn);
    }
  }

  /** What a report of failure brings back (RFC 3461 section 4.3). */
  enum Returned {
    /** All of the message. */
    FULL,
    /** Its header alone. */
    HDRS
  }

  /** Is told how far a message is. */
  @FunctionalInterface
  interface Handover {
    /**
     * All but the last bytes are sent: after this the other side may take the message, whether its
     * answer arrives or not. What is thrown keeps those bytes back, and the message is not taken.
     *
     * @param replies in the order of the recipients, what is certain already; absent for those whom
     *     the other side has agreed to: it takes the message for these alone
     */
    void committing(List<Optional<Reply>> replies) throws FaultException;
  }

  /** What became of a message. */
  sealed interface Outcome {
    /**
     * The other side has answered for each recipient.
     *
     * @param replies in the order of the recipients
     */
    record Answered(List<Reply> replies) implements Outcome {
      public Answered {
        replies = List.copyOf(replies);
      }
    }

    /**
     * The other side may have taken the message, for those whom it had agreed to: it was sent
     * whole, and no answer came.
     */
    record InDoubt(Fault why) implements Outcome {}
  }

  /**
   * What the other side said for one recipient.
   *
   * @param said its words, with the number it gives them: {@code 250 2.1.5 Ok}
   * @param fault why the message does not go there, and what to do; absent when it was taken
   */
  record Reply(Verdict verdict, String said, Optional<Fault> fault) {}

  /** Whether the other side delivers the message to a recipient. */
  enum Verdict {
    TAKEN,
    /** Not now; it may be tried again. */
    DEFERRED,
    /** Never, as it stands. */
    REFUSED
  }
}

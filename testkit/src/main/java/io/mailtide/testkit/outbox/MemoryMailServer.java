package io.mailtide.testkit.outbox;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Handover;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.engine.send.Transport.Reply;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.MemoryStore.Hook;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server in memory that mail is handed over to. Outlives the transports opened on it. What it
 * says to a recipient can be set; where a hook throws a fault after the server took a message and
 * before it answers, the transport is in doubt.
 */
public final class MemoryMailServer {
  private final Map<String, Verdict> verdicts = new HashMap<>();
  private final List<Delivered> delivered = new ArrayList<>();
  private boolean filesSentCopy;
  private long perConnection = Long.MAX_VALUE;
  private boolean closesTold;

  /**
   * A message that was taken.
   *
   * @param envelope with those recipients alone that it was taken for
   * @param bytes in CRLF form
   */
  public record Delivered(Envelope envelope, String bytes) {}

  /** All that was taken, in order. */
  public List<Delivered> delivered() {
    return List.copyOf(delivered);
  }

  /** From now on this is what a recipient comes to. */
  public void say(String recipient, Verdict verdict) {
    verdicts.put(recipient, verdict);
  }

  /** From now on the server files sent copies itself. */
  public void fileSentCopies() {
    filesSentCopy = true;
  }

  /** From now on it does not. */
  public void fileNoCopies() {
    filesSentCopy = false;
  }

  /**
   * From now on a connection carries so many messages.
   *
   * @param told whether the server says so behind the last one, or is just gone at the next
   */
  public void limit(long messages, boolean told) {
    perConnection = messages;
    closesTold = told;
  }

  /**
   * Opens a transport. The hook is passed before {@code TRANSPORT open}, {@code submit},
   * {@code committing} (nothing is taken yet), {@code committed} (that was recorded), and
   * {@code answer} (it is taken).
   */
  public Transport open(Hook hook) throws FaultException {
    hook.before("TRANSPORT open");
    return new MemoryTransport(hook);
  }

  private final class MemoryTransport implements Transport {
    private final Hook hook;
    private long submitted;

    MemoryTransport(Hook hook) {
      this.hook = hook;
    }

    @Override
    public Outcome submit(Envelope envelope, Content content, Handover handover)
        throws FaultException {
      hook.before("TRANSPORT submit");
      if (submitted >= perConnection) {
        throw new FaultException(
            Fault.of(Kind.NETWORK, Reach.REPLICA, "naming the sender", "it has closed", ""));
      }
      submitted++;
      var bytes = read(content);
      var replies = new ArrayList<Reply>();
      var taken = new ArrayList<String>();
      for (var recipient : envelope.recipients()) {
        var verdict = verdicts.getOrDefault(recipient, Verdict.TAKEN);
        if (verdict == Verdict.TAKEN) {
          taken.add(recipient);
        }
        replies.add(reply(verdict, recipient));
      }
      hook.before("TRANSPORT committing");
      handover.committing(replies.stream()
          .map(reply -> Optional.of(reply).filter(said -> said.verdict() != Verdict.TAKEN))
          .toList());
      hook.before("TRANSPORT committed");
      if (!taken.isEmpty()) {
        delivered.add(
            new Delivered(new Envelope(envelope.sender(), taken, envelope.reports()), bytes));
      }
      try {
        hook.before("TRANSPORT answer");
      } catch (FaultException e) {
        return new Outcome.InDoubt(e.fault());
      }
      return new Outcome.Answered(replies);
    }

    private static Reply reply(Verdict verdict, String recipient) {
      return switch (verdict) {
        case TAKEN -> new Reply(verdict, "250 2.1.5 Ok", Optional.empty());
        case DEFERRED -> refused(verdict, Kind.THROTTLED, "451 4.7.1 " + recipient + " later");
        case REFUSED -> refused(verdict, Kind.REFUSED, "550 5.1.1 " + recipient + " is unknown");
      };
    }

    private static Reply refused(Verdict verdict, Kind kind, String said) {
      return new Reply(
          verdict,
          said,
          Optional.of(Fault.of(kind, Reach.MESSAGE, "naming a recipient", said, "Look at it.")));
    }

    private static String read(Content content) throws FaultException {
      var bytes = new ByteArrayOutputStream();
      var there = content.writeTo(more -> {
        while (more.hasRemaining()) {
          bytes.write(more.get());
        }
      });
      if (!there) {
        throw new FaultException(
            Fault.of(Kind.NOT_FOUND, Reach.MESSAGE, "reading the message", "it is not there", ""));
      }
      return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean isUsable() {
      return !closesTold || submitted < perConnection;
    }

    @Override
    public boolean filesSentCopy() {
      return filesSentCopy;
    }

    @Override
    public Traffic traffic() {
      return new Traffic(0, 0, submitted);
    }

    @Override
    public void close() {}
  }
}

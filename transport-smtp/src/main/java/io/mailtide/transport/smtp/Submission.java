package io.mailtide.transport.smtp;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Transport.Handover;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.net.Phase;
import io.mailtide.wire.smtp.Command;
import io.mailtide.wire.smtp.DotStuffing;
import io.mailtide.wire.smtp.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to a server (RFC 5321 section 3.3). What it throws leaves the connection
 * of no use, and nothing taken.
 */
final class Submission {
  /** So many commands are sent ahead; their replies must find room on the way meanwhile. */
  private static final int AHEAD_MAX = 100;

  private static final int SEND_MESSAGE = 354;
  private static final byte[] EMPTY_MESSAGE = ".\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final Letter letter;
  private final Recipients recipients;
  private final Manner manner;
  private final Handover handover;
  private boolean begun;
  private @Nullable Reply dataReply;

  /** Those whom the server has agreed to, so far. */
  private final List<Integer> accepted = new ArrayList<>();

  Submission(
      Connection connection,
      Letter letter,
      Recipients recipients,
      Manner manner,
      Handover handover) {
    this.connection = connection;
    this.letter = letter;
    this.recipients = recipients;
    this.manner = manner;
    this.handover = handover;
  }

  /** Whether the server may still hold the beginnings of this message, which RSET clears. */
  boolean isBegun() {
    return begun;
  }

  /**
   * Hands the message over.
   *
   * @param resetFirst whether the server still holds something of an earlier one
   * @param pipelining whether it takes commands ahead (RFC 2920)
   */
  Outcome run(boolean resetFirst, boolean pipelining) throws FaultException {
    begun = true;
    boolean dataAhead = pipelining && !manner.chunked();
    if (envelope(resetFirst, pipelining ? AHEAD_MAX : 1, dataAhead) && !accepted.isEmpty()) {
      return manner.chunked() ? chunk() : data();
    }
    if (dataReply != null && dataReply.code() == SEND_MESSAGE) {
      // Nobody is left to take it, and the server waits for a message: it gets an empty one.
      connection.put(ByteBuffer.wrap(EMPTY_MESSAGE));
      connection.flush();
      connection.answer();
    }
    return recipients.outcome();
  }

  /**
   * A command of the envelope with what its reply is for.
   *
   * @param recipient index; -1: none
   */
  private record Step(Command command, int recipient) {}

  /**
   * Tells from whom and to whom. Replies come in the order of the commands.
   *
   * @param window how many commands go at once
   * @return false: the server does not take the message, and that is noted
   */
  private boolean envelope(boolean resetFirst, int window, boolean dataAhead)
      throws FaultException {
    var steps = new ArrayList<Step>();
    if (resetFirst) {
      steps.add(new Step(Command.Bare.RSET, -1));
    }
    steps.add(new Step(manner.mail(), -1));
    recipients
        .open()
        .forEach(index -> steps.add(new Step(manner.rcpt(recipients.address(index)), index)));
    if (dataAhead) {
      steps.add(new Step(Command.Bare.DATA, -1));
    }
    boolean agreed = true;
    for (int from = 0; from < steps.size() && agreed; from += window) {
      var group = steps.subList(from, Math.min(from + window, steps.size()));
      if (from > 0 && accepted.isEmpty() && group.getFirst().command() == Command.Bare.DATA) {
        break;
      }
      connection.send(group.stream().map(Step::command).toList());
      for (var step : group) {
        agreed &= heard(step, connection.answer(), agreed);
      }
    }
    return agreed;
  }

  /** Notes a reply; false: the message goes no further. */
  private boolean heard(Step step, Reply reply, boolean agreed) throws FaultException {
    if (step.command() == Command.Bare.DATA) {
      dataReply = reply;
      return true;
    }
    if (reply.isIntermediate()) {
      throw Faults.misplaced(connection.access(), reply, step.command().toString());
    }
    if (step.recipient() < 0) {
      if (!reply.isPositive()) {
        check(reply);
        recipients.answerOpen(reply);
      }
      return reply.isPositive();
    }
    if (agreed && reply.isPositive()) {
      accepted.add(step.recipient());
    } else if (agreed) {
      check(reply);
      recipients.answer(step.recipient(), reply);
    }
    return true;
  }

  /** That nobody, or not safely, has signed in is no message's fault (RFC 4954 section 6). */
  private void check(Reply reply) throws FaultException {
    if (Faults.wantsMore(reply)) {
      throw new FaultException(Faults.signInFirst(connection.access(), reply));
    }
  }

  /** The message behind DATA (RFC 5321 section 4.1.1.4). */
  private Outcome data() throws FaultException {
    var reply = dataReply != null ? dataReply : connection.ask(Command.Bare.DATA);
    if (reply.isPositive()) {
      throw Faults.misplaced(connection.access(), reply, "DATA");
    }
    if (!reply.isIntermediate()) {
      check(reply);
      recipients.answerOpen(reply);
      return recipients.outcome();
    }
    if (reply.code() != SEND_MESSAGE) {
      throw Faults.misplaced(connection.access(), reply, "DATA");
    }
    var stuffing = new DotStuffing();
    return deliver(
        bytes -> {
          while (bytes.hasRemaining()) {
            connection.put(stuffing.next(bytes));
          }
        },
        stuffing::end);
  }

  /** All of the message in one chunk, as it is (RFC 3030 section 2). */
  private Outcome chunk() throws FaultException {
    long size = letter.size();
    connection.send(List.of(new Command.BdatLast(size)));
    var last = ByteBuffer.allocate(1);
    var held = new long[1];
    return deliver(
        bytes -> {
          long room = size - 1 - held[0];
          var now =
              bytes.slice(bytes.position(), (int) Math.max(0, Math.min(room, bytes.remaining())));
          bytes.position(bytes.position() + now.remaining());
          held[0] += now.remaining();
          connection.put(now);
          if (bytes.hasRemaining()) {
            last.put(bytes);
          }
        },
        last::flip);
  }

  /** What ends a message. */
  @FunctionalInterface
  private interface End {
    ByteBuffer bytes();
  }

  /** All bytes but the last, then the last; then it is in the server's hands. */
  private Outcome deliver(ByteSink sink, End end) throws FaultException {
    var refusal = stream(sink);
    if (refusal.isPresent()) {
      // It came before the end of the message, which now never will: nothing was taken.
      connection.close();
      recipients.answerOpen(refusal.get());
      return recipients.outcome();
    }
    connection.beginHandover();
    handover.committing(recipients.replies());
    Reply reply;
    try {
      connection.put(end.bytes());
      connection.flush();
      connection.countRoundTrip();
      reply = connection.await(Phase.ACCEPTANCE);
      connection.endHandover();
    } catch (FaultException e) {
      connection.close();
      return new Outcome.InDoubt(Faults.inDoubt(connection.access(), e.fault()));
    }
    if (reply.isIntermediate()) {
      connection.close();
      var wrong = Faults.misplaced(connection.access(), reply, "the message");
      return new Outcome.InDoubt(Faults.inDoubt(connection.access(), wrong.fault()));
    }
    begun = false;
    recipients.answerOpen(reply);
    return recipients.outcome();
  }

  /**
   * Sends all but the last bytes.
   *
   * @return the refusal of a server that does not wait for the end
   */
  private Optional<Reply> stream(ByteSink sink) throws FaultException {
    try {
      letter.writeTo(sink);
      connection.flush();
    } catch (FaultException e) {
      var said = connection.lastWords();
      if (said.isPresent() && isRefusal(said.get())) {
        return said;
      }
      throw e;
    }
    var early = connection.early();
    if (early.isPresent() && !isRefusal(early.get())) {
      throw Faults.misplaced(connection.access(), early.get(), "half a message");
    }
    return early;
  }

  private static boolean isRefusal(Reply reply) {
    return reply.isTransient() || reply.isPermanent();
  }
}

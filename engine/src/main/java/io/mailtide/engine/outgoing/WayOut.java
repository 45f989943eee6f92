package io.mailtide.engine.outgoing;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.engine.send.Transport.Reply;
import io.mailtide.engine.send.Transport.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sends the messages of one way, one after the other. A connection that breaks is made again for
 * the next message: one that kills each connection never blocks the rest. Where it breaks twice in
 * a row, the line is to blame, and the rest waits for the next flush.
 */
final class WayOut {
  /** Where the next one after a broken connection breaks, too, no more are risked. */
  private static final int BREAKS_MAX = 2;

  /** Sent messages are filed so many at a time: making them durable costs as much for one. */
  private static final int FILE_AT_ONCE = 100;

  /** What does not pass by itself. */
  private static final Set<Kind> LASTING =
      EnumSet.of(Kind.REFUSED, Kind.NO_ACCESS, Kind.UNSUPPORTED, Kind.NOT_FOUND, Kind.INVALID);

  private final Desk desk;
  private final Way way;
  private final Filing filing;
  private Optional<Transport> transport = Optional.empty();
  private Optional<Suspect> suspect = Optional.empty();
  private int breaks;
  private int unfiled;

  WayOut(Desk desk, Way way, Filing filing) {
    this.desk = desk;
    this.way = way;
    this.filing = filing;
  }

  /** A message that may be to blame for a broken connection. */
  private record Suspect(Outgoing message, Fault fault) {}

  void send(List<Outgoing> messages) throws FaultException {
    try {
      for (var i = 0; i < messages.size(); i++) {
        desk.job.cancellation().check();
        var stopped = sent(messages.get(i));
        if (stopped.isPresent()) {
          stop(stopped.get(), messages.subList(i, messages.size()));
          return;
        }
        if (unfiled >= FILE_AT_ONCE) {
          filing.file();
          unfiled = 0;
        }
      }
      if (suspect.isPresent()) { // the last one: nobody knows whose fault it was
        desk.failures.add(suspect.get().fault());
      }
    } finally {
      hangUp();
    }
  }

  /** Tries one message; what ends it for all of this way, if anything does. */
  private Optional<Fault> sent(Outgoing message) throws FaultException {
    if (!desk.outbox.publish(message.key(), Flags.NONE)) {
      fail(message, missing(message));
      return Optional.empty();
    }
    if (transport.isEmpty()) {
      desk.phase(Phase.CONNECTING);
      try {
        transport = Optional.of(way.transport().open());
      } catch (FaultException e) {
        return Optional.of(e.fault());
      }
    }
    desk.phase(Phase.SENDING);
    var journalled = new boolean[1];
    var asked = asked(message);
    try {
      var outcome = transport.get().submit(envelope(message, asked), content(message), () -> {
        desk.job.cancellation().check();
        desk.mail.submitting(message);
        journalled[0] = true;
      });
      return settled(message, asked, outcome);
    } catch (FaultException e) {
      if (journalled[0]) {
        desk.mail.requeue(message); // whatever is thrown, nothing was taken
      }
      return thrown(message, e.fault());
    }
  }

  private static List<Integer> asked(Outgoing message) {
    var asked = new ArrayList<Integer>();
    for (var i = 0; i < message.recipients().size(); i++) {
      if (message.recipients().get(i).waits()) {
        asked.add(i);
      }
    }
    return asked;
  }

  private static Envelope envelope(Outgoing message, List<Integer> asked) {
    var envelope = message.envelope();
    return new Envelope(
        envelope.sender(),
        asked.stream().map(envelope.recipients()::get).toList(),
        envelope.notifyOn());
  }

  /** The message as others may see it. */
  private Content content(Outgoing message) {
    return sink -> {
      var shown = new Header.Changing(header -> header.withoutSecrets().bytes(), sink);
      var there = desk.outbox.read(message.key(), shown);
      if (there) {
        shown.end();
      }
      return there;
    };
  }

  private Optional<Fault> settled(Outgoing message, List<Integer> asked, Outcome outcome)
      throws FaultException {
    return switch (outcome) {
      case Outcome.Answered(var replies) -> {
        acquit();
        answered(message, asked, replies);
        yield Optional.empty();
      }
      case Outcome.InDoubt(var why) -> {
        var fault = Journal.doubt(message, why.said());
        desk.mail.failed(message, State.IN_DOUBT, fault, desk.now());
        desk.listener.fault(fault);
        desk.handled(message);
        hangUp();
        yield ++breaks >= BREAKS_MAX || why.kind() == Kind.CANCELLED
            ? Optional.of(why)
            : Optional.empty();
      }
    };
  }

  private void answered(Outgoing message, List<Integer> asked, List<Reply> replies)
      throws FaultException {
    var state = State.SENT;
    if (replies.stream().anyMatch(reply -> reply.verdict() == Verdict.DEFERRED)) {
      state = State.QUEUED;
    } else if (replies.stream().anyMatch(reply -> reply.verdict() == Verdict.REFUSED)
        || message.recipients().stream()
            .anyMatch(recipient -> !recipient.taken() && !recipient.waits())) {
      state = State.HELD;
    }
    var told = new ArrayList<Reply>();
    for (var i = 0; i < replies.size(); i++) {
      told.add(told(message, message.recipients().get(asked.get(i)).address(), replies.get(i)));
    }
    var filedThere = transport.map(Transport::filesSentCopy).orElse(false);
    desk.mail.answered(message, asked, told, state, filedThere, desk.now());
    told.stream().flatMap(reply -> reply.fault().stream()).forEach(desk.listener::fault);
    if (state == State.SENT) {
      desk.sentOne();
      unfiled++;
    }
    desk.handled(message);
  }

  /** With who refused it, and what happens next. */
  private static Reply told(Outgoing message, String recipient, Reply reply) {
    if (reply.verdict() == Verdict.TAKEN) {
      return reply;
    }
    var kind = reply.fault().map(Fault::kind).orElse(Kind.REFUSED);
    var advice = reply.fault().map(fault -> fault.next() + " ").orElse("");
    var next = reply.verdict() == Verdict.DEFERRED
        ? "It is tried again by later runs."
        : Journal.held(message);
    var fault = Fault.of(
            kind,
            Reach.MESSAGE,
            Journal.doing(message) + " to " + recipient,
            reply.said(),
            advice + next)
        .in(Outbox.FOLDER)
        .about(new MessageKey(Long.toString(message.id())));
    return new Reply(reply.verdict(), reply.said(), Optional.of(fault));
  }

  private Optional<Fault> thrown(Outgoing message, Fault fault) throws FaultException {
    if (fault.kind() == Kind.CANCELLED) {
      throw new FaultException(Cancellation.fault());
    }
    if (fault.reach() == Reach.MESSAGE) {
      acquit();
      fail(message, fault);
      return Optional.empty();
    }
    hangUp();
    if (++breaks >= BREAKS_MAX || fault.pause().isPresent()) {
      return Optional.of(fault);
    }
    suspect = Optional.of(new Suspect(message, fault));
    return Optional.empty();
  }

  /** The line is well: so it was the message before. */
  private void acquit() throws FaultException {
    breaks = 0;
    if (suspect.isPresent()) {
      var guilty = suspect.get();
      suspect = Optional.empty();
      fail(guilty.message(), guilty.fault());
    }
  }

  private void fail(Outgoing message, Fault why) throws FaultException {
    var lasting = LASTING.contains(why.kind());
    var next = lasting ? Journal.held(message) : "It is tried again by later runs.";
    var fault = Journal.about(message, why.kind(), why.said(), (why.next() + " " + next).strip());
    desk.mail.failed(message, lasting ? State.HELD : State.QUEUED, fault, desk.now());
    desk.listener.fault(fault);
    desk.handled(message);
  }

  private static Fault missing(Outgoing message) {
    return Journal.about(
        message,
        Kind.NOT_FOUND,
        "its file " + message.key() + " is not in the Outbox any more",
        "Put it back under that name where it is still to be sent.");
  }

  /** This way is of no more use now: what is left waits. */
  private void stop(Fault fault, List<Outgoing> left) throws FaultException {
    if (fault.kind() == Kind.CANCELLED) {
      desk.failures.add(fault);
      return;
    }
    var waiting = new ArrayList<>(left);
    suspect.ifPresent(suspected -> waiting.addFirst(suspected.message()));
    var queued = new ArrayList<Outgoing>();
    for (var message : waiting) { // the first one may have come into doubt
      desk.mail
          .find(message.id())
          .filter(now -> now.state() == State.QUEUED)
          .ifPresent(queued::add);
    }
    desk.mail.waits(queued, fault, desk.now().plus(fault.pause().orElse(Duration.ZERO)));
    desk.failures.add(fault.advising(
        (fault.next() + " What waits in the Outbox is sent by a later run.").strip()));
  }

  private void hangUp() {
    transport.ifPresent(open -> {
      desk.exchanged(open.traffic());
      open.close();
    });
    transport = Optional.empty();
  }
}

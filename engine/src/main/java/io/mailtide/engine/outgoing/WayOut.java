package io.mailtide.engine.outgoing;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
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
import io.mailtide.engine.state.Ledger;
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
  private final List<Suspect> suspects = new ArrayList<>();
  private int breaks;

  /** How often in a row a server closed behind an answer that took nothing. */
  private int closings;

  /** How many messages the connection has carried. */
  private int carried;

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
      // The last one: nobody knows whose fault it was.
      suspects.forEach(last -> desk.failures.add(last.fault()));
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
    var unopened = connect();
    if (unopened.isPresent()) {
      return unopened;
    }
    desk.phase(Phase.SENDING);
    var asked = asked(message);
    var used = carried > 0;
    var committing = new Committing(message, asked);
    Outcome outcome;
    try {
      outcome = transport
          .orElseThrow()
          .submit(envelope(message, asked), content(message), committing::record);
    } catch (FaultException e) {
      if (committing.recorded) {
        desk.mail.requeue(message); // whatever is thrown, nothing was taken
      } else if (used && isOfConnection(e.fault())) {
        // Servers take only so many messages a connection, and close those that are idle.
        hangUp();
        return sent(message);
      }
      return thrown(message, e.fault());
    }
    carried++;
    return settled(message, asked, outcome);
  }

  /** Sees to it that there is a connection of use; what keeps it from being made. */
  private Optional<Fault> connect() {
    if (!transport.map(Transport::isUsable).orElse(false)) {
      hangUp();
      desk.phase(Phase.CONNECTING);
      try {
        transport = Optional.of(way.transport().open());
      } catch (FaultException e) {
        return Optional.of(e.fault());
      }
    }
    return Optional.empty();
  }

  /** Records that a message is about to be taken, unless somebody else sees to it by now. */
  private final class Committing {
    private final Outgoing message;
    private final List<Integer> asked;
    private boolean recorded;

    Committing(Outgoing message, List<Integer> asked) {
      this.message = message;
      this.asked = asked;
    }

    void record(List<Optional<Reply>> replies) throws FaultException {
      desk.job.cancellation().check();
      var filesCopy = transport.orElseThrow().filesSentCopy();
      if (!desk.mail.submitting(message, asked, replies, filesCopy, desk.now())) {
        throw new FaultException(elsewhere(message));
      }
      recorded = true;
    }
  }

  private static Fault elsewhere(Outgoing message) {
    return Fault.of(
            Kind.BUSY,
            Reach.REPLICA,
            Journal.doing(message),
            "another run of Mailtide has dealt with it meanwhile",
            "mailtide status says what has become of it.")
        .in(Outbox.FOLDER);
  }

  /** Whether another connection may do better. */
  private static boolean isOfConnection(Fault fault) {
    return fault.reach() == Reach.REPLICA
        && fault.kind() != Kind.CANCELLED
        && fault.kind() != Kind.BUSY
        && fault.pause().isEmpty();
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
        envelope.reports());
  }

  /** The message as others may see it. */
  private Content content(Outgoing message) {
    return sink -> {
      var shown = new Header.Changing(WayOut::shown, sink);
      var there = desk.outbox.read(message.key(), shown);
      if (there) {
        shown.end();
      }
      return there;
    };
  }

  /** A line that others read otherwise than we do could show them what they must not see. */
  private static byte[] shown(Header header) throws FaultException {
    var wrong = header.wrong();
    if (wrong.isPresent()) {
      throw new FaultException(Fault.of(
          Kind.INVALID,
          Reach.MESSAGE,
          "reading the header of a message",
          wrong.get(),
          "Correct it in the Outbox."));
    }
    return header.withoutSecrets().bytes();
  }

  /** Records what became of a message, before all else. */
  private Optional<Fault> settled(Outgoing message, List<Integer> asked, Outcome outcome)
      throws FaultException {
    return switch (outcome) {
      case Outcome.Answered(var replies) -> {
        if (!answered(message, asked, replies)) {
          hangUp();
          yield Optional.of(elsewhere(message));
        }
        acquit();
        yield closed(message, replies);
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

  /** A server that closes behind each answer, taking nothing, wants to be left alone. */
  private Optional<Fault> closed(Outgoing message, List<Reply> replies) {
    var taken = replies.stream().anyMatch(reply -> reply.verdict() == Verdict.TAKEN);
    closings = taken || transport.orElseThrow().isUsable() ? 0 : closings + 1;
    if (closings < BREAKS_MAX) {
      return Optional.empty();
    }
    return Optional.of(Fault.of(
            Kind.THROTTLED,
            Reach.REPLICA,
            Journal.doing(message),
            "the server ends the connection time and again: "
                + replies.getFirst().said(),
            "")
        .in(Outbox.FOLDER));
  }

  private boolean answered(Outgoing message, List<Integer> asked, List<Reply> replies)
      throws FaultException {
    var verdicts = EnumSet.noneOf(Verdict.class);
    replies.forEach(reply -> verdicts.add(reply.verdict()));
    message.recipients().stream()
        .filter(recipient -> !recipient.waits()) // the others were asked
        .forEach(recipient -> recipient.verdict().ifPresent(verdicts::add));
    var state = State.after(verdicts, State.SENT);
    var told = new ArrayList<Reply>();
    for (var i = 0; i < replies.size(); i++) {
      told.add(
          Journal.told(message, message.recipients().get(asked.get(i)).address(), replies.get(i)));
    }
    var filedThere = transport.map(Transport::filesSentCopy).orElse(false);
    if (!desk.mail.answered(message, asked, told, state, filedThere, desk.now())) {
      return false;
    }
    told.stream().flatMap(reply -> reply.fault().stream()).forEach(desk.listener::fault);
    if (state == State.SENT) {
      desk.sentOne();
      unfiled++;
    }
    desk.handled(message);
    return true;
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
    if (fault.pause().isPresent() || fault.kind() == Kind.SIGN_IN || fault.kind() == Kind.BUSY) {
      return Optional.of(fault); // no message is to blame
    }
    suspects.add(new Suspect(message, fault));
    return ++breaks >= BREAKS_MAX ? Optional.of(fault) : Optional.empty();
  }

  /** The line is well: so it was the message before. */
  private void acquit() throws FaultException {
    breaks = 0;
    for (var guilty : suspects) {
      fail(guilty.message(), guilty.fault());
    }
    suspects.clear();
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
    for (var tried : suspects) {
      waiting.remove(tried.message());
      if (fault.pause().isPresent()) {
        waiting.addFirst(tried.message());
      } else { // else two that break every connection would be tried first for ever
        desk.mail.failed(tried.message(), State.QUEUED, tried.fault(), desk.now());
      }
    }
    var queued = new ArrayList<Outgoing>();
    for (var message : waiting) { // some have come to an end, or into doubt
      desk.mail
          .find(message.id())
          .filter(now -> now.state() == State.QUEUED && now.tries() == message.tries())
          .ifPresent(queued::add);
    }
    var pause = Ledger.bounded(fault.pause().orElse(Duration.ZERO));
    desk.mail.waits(queued, fault, desk.now().plus(pause));
    desk.failures.add(fault.advising(
        (fault.next() + " What waits in the Outbox is sent by a later run.").strip()));
  }

  private void hangUp() {
    transport.ifPresent(open -> {
      desk.exchanged(open.traffic());
      open.close();
    });
    transport = Optional.empty();
    carried = 0;
  }
}

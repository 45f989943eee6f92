package io.mailtide.engine.outgoing;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Act;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Job;
import io.mailtide.engine.send.Outbox.Listener;
import io.mailtide.engine.send.Outbox.Outcome;
import io.mailtide.engine.send.Outbox.Request;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.Recipient;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.state.Ledger;
import io.mailtide.engine.state.OutgoingMail;
import io.mailtide.engine.state.OutgoingMail.Anew;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One flush: what was cut off, what a person asked for, what is due, and what is to be filed. What
 * is recorded before each act says what the next flush makes of it, should this one be killed.
 */
public final class Flush {
  private final Job job;
  private final Request request;
  private final Listener listener;

  public Flush(Job job, Request request, Listener listener) {
    this.job = job;
    this.request = request;
    this.listener = listener;
  }

  /** Runs to the end, whatever it is. */
  @SuppressWarnings("try") // the lock is held, not used
  public Outcome run() {
    try {
      var correction = correction();
      if (request.dryRun()) {
        return planned(Journal.known(job.stateDirectory()), correction);
      }
      if (request.retry().isEmpty()
          && request.drop().isEmpty()
          && Journal.isEmpty(job.stateDirectory())) {
        return new Outcome(List.of(), 0, 0, 0, Traffic.NONE);
      }
      try (var lock = Journal.lock(job.stateDirectory(), job.environment());
          var database = Journal.open(job.stateDirectory(), job.environment());
          var replica = job.store().open()) {
        var folder = Folders.open(replica, Outbox.FOLDER, Submitter.FOLDERS);
        var desk = new Desk(job, new OutgoingMail(database), listener, folder);
        try {
          work(desk, correction);
          replica.editor().orElseThrow().purgeRemoved(desk.now().minus(job.keepRemoved()));
        } catch (FaultException e) {
          desk.failures.add(e.fault());
        }
        database.resume();
        return new Outcome(
            desk.failures, desk.sent(), desk.dropped(), desk.mail.count(), desk.traffic());
      }
    } catch (FaultException e) {
      return new Outcome(List.of(e.fault()), 0, 0, 0, Traffic.NONE);
    }
  }

  /**
   * How a person corrects the envelope of a message.
   *
   * @param to who is to get it in place of those who have not taken it; where there are none, they
   *     do
   * @param from its sender; absent: as it was
   */
  private record Correction(List<String> to, Optional<String> from) {
    /** Those of them who have not taken the message. */
    List<String> others(Outgoing message) {
      var taken = message.recipients().stream()
          .filter(Recipient::taken)
          .map(Recipient::address)
          .toList();
      return EnvelopeReader.without(to, taken);
    }
  }

  /** Checked before anything is done. */
  private Correction correction() throws FaultException {
    var option = "--to";
    try {
      List<String> to = request.retry().to();
      if (!to.isEmpty()) {
        to = EnvelopeReader.distinct(EnvelopeReader.recipients(to));
      }
      option = "--from";
      var from = request.retry().from();
      return new Correction(
          to, from.isPresent() ? Optional.of(EnvelopeReader.sender(from.get())) : Optional.empty());
    } catch (FaultException e) {
      var advice = "Correct what " + option + " says: nothing was changed, and nothing sent.";
      throw new FaultException(e.fault().advising(advice), e);
    }
  }

  /** Tells what would be done; what of it is refused is refused now. */
  private Outcome planned(List<Outgoing> all, Correction correction) {
    var known = all.stream().collect(Collectors.toMap(Outgoing::id, Function.identity()));
    var failures = new ArrayList<Fault>();
    var unfit = new HashSet<Long>();
    for (var id : new LinkedHashSet<>(request.retry().ids())) {
      unfitToRetry(id, Optional.ofNullable(known.get(id)), correction).ifPresent(fault -> {
        unfit.add(id);
        failures.add(fault);
      });
    }
    for (var id : new LinkedHashSet<>(request.drop())) {
      var message = Optional.ofNullable(known.get(id));
      unfitToDrop(id, message)
          .ifPresentOrElse(
              failures::add,
              () -> plan(Act.REMOVE, Side.NEAR, message.orElseThrow(), OptionalLong.empty()));
    }
    var now = job.environment().clock().instant();
    for (var message : request.drop().isEmpty() ? all : List.<Outgoing>of()) {
      if (isDue(message, now) || (isAsked(message) && !unfit.contains(message.id()))) {
        plan(Act.SEND, Side.FAR, message, OptionalLong.of(message.size()));
      }
    }
    return new Outcome(failures, 0, 0, 0, Traffic.NONE);
  }

  private void plan(Act act, Side side, Outgoing message, OptionalLong size) {
    listener.planned(new Planned(
        act,
        side,
        Outbox.FOLDER,
        Optional.of(new MessageKey(Long.toString(message.id()))),
        Optional.empty(),
        Flags.NONE,
        Flags.NONE,
        size));
  }

  private static boolean isDue(Outgoing message, Instant now) {
    return message.state() == State.QUEUED && Ledger.isDue(message.nextTry(), now);
  }

  /** Whether a person wants it tried again. */
  private boolean isAsked(Outgoing message) {
    return isOpen(message)
        && (request.retry().ids().contains(message.id())
            || (request.retry().held() && message.state() == State.HELD));
  }

  private void work(Desk desk, Correction correction) throws FaultException {
    job.cancellation().check();
    try (var filing = new Filing(desk)) {
      recover(desk);
      retry(desk, correction);
      var dropped = drop(desk);
      filing.leave(desk.mail.in(State.DROPPED));
      filing.file();
      desk.dropped(dropped);
      if (request.drop().isEmpty()) {
        send(desk, filing);
      }
    }
  }

  /**
   * Publishes what a power cut, or a kill before the submission ended, left staged. What an earlier
   * flush was handing over when it ended may have been taken.
   */
  private void recover(Desk desk) throws FaultException {
    for (var message : desk.mail.all()) {
      var _ = desk.outbox.publish(message.key(), Flags.NONE); // sending it says where it is missing
    }
    for (var message : desk.mail.in(State.SUBMITTING)) {
      var fault = Journal.cutOff(message);
      desk.mail.failed(message, State.IN_DOUBT, fault, desk.now());
      listener.fault(fault);
      desk.tell(message);
    }
    var inDoubt = desk.mail.in(State.IN_DOUBT);
    if (!inDoubt.isEmpty()) {
      for (var message : new Proof(desk).of(inDoubt)) {
        desk.mail.proven(message, Journal.untaken(message));
        desk.tell(message);
      }
    }
  }

  private void retry(Desk desk, Correction correction) throws FaultException {
    var ids = new LinkedHashSet<>(request.retry().ids());
    if (request.retry().held()) {
      desk.mail.in(State.HELD).forEach(message -> ids.add(message.id()));
    }
    for (var id : ids) {
      var message = desk.mail.find(id);
      var unfit = unfitToRetry(id, message, correction);
      if (unfit.isPresent()) {
        desk.failures.add(unfit.get());
      } else {
        retry(desk, message.orElseThrow(), correction);
      }
    }
  }

  /** How many are about to leave. */
  private int drop(Desk desk) throws FaultException {
    var leaving = 0;
    for (var id : new LinkedHashSet<>(request.drop())) {
      var message = desk.mail.find(id);
      var unfit = unfitToDrop(id, message);
      if (unfit.isPresent()) {
        desk.failures.add(unfit.get());
        continue;
      }
      if (message.orElseThrow().state() != State.DROPPED) { // by a flush that was killed
        desk.mail.dropped(message.orElseThrow());
      }
      leaving++;
    }
    return leaving;
  }

  /** Whether a person has a say in what becomes of it. */
  private static boolean isOpen(Outgoing message) {
    return switch (message.state()) {
      case QUEUED, IN_DOUBT, HELD -> true;
      case SUBMITTING, SENT, FILED, DROPPED -> false;
    };
  }

  /** What keeps the message of that id from being tried again, if anything does. */
  private static Optional<Fault> unfitToRetry(
      long id, Optional<Outgoing> message, Correction correction) {
    if (message.isEmpty()) {
      return Optional.of(unknown(id));
    }
    var open = isOpen(message.get());
    return open
            && (correction.to().isEmpty() || !correction.others(message.get()).isEmpty())
        ? Optional.empty()
        : Optional.of(Journal.about(
            message.get(),
            Kind.INVALID,
            "it was sent there already",
            "It is not sent there again."));
  }

  /** What keeps the message of that id from being taken out, if anything does. */
  private static Optional<Fault> unfitToDrop(long id, Optional<Outgoing> message) {
    if (message.isEmpty()) {
      return Optional.of(unknown(id));
    }
    return isOpen(message.get()) || message.get().state() == State.DROPPED
        ? Optional.empty()
        : Optional.of(Journal.about(
            message.get(), Kind.INVALID, "it was sent already", "Its copy is filed as such."));
  }

  private static Fault unknown(long id) {
    return Fault.of(
            Kind.NOT_FOUND,
            Reach.MESSAGE,
            "looking for message " + id,
            "there is none in the Outbox",
            "mailtide status lists what is there.")
        .in(Outbox.FOLDER);
  }

  private void retry(Desk desk, Outgoing message, Correction correction) throws FaultException {
    var others = correction.others(message);
    try {
      desk.mail.retry(
          message, anew(desk, message, new Correction(others, correction.from())), desk.now());
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.CANCELLED) {
        throw e;
      }
      var fault = Journal.about(
          message,
          e.fault().kind(),
          e.fault().doing() + ": " + e.fault().said(),
          Set.of(Kind.INVALID, Kind.NO_RECIPIENTS).contains(e.fault().kind())
              ? "Correct it. " + Journal.held(message)
              : (e.fault().next() + " " + Journal.held(message)).strip());
      // What may have been taken is not sent again because its header was not well.
      var state = message.state() == State.IN_DOUBT ? State.IN_DOUBT : State.HELD;
      desk.mail.failed(message, state, fault, desk.now());
      listener.fault(fault);
    }
  }

  /**
   * From whom and to whom it goes now. Its header may have been corrected: that counts as long as
   * nobody has taken it.
   */
  private static Anew anew(Desk desk, Outgoing message, Correction correction)
      throws FaultException {
    var left = message.recipients().stream()
        .filter(recipient -> !recipient.taken())
        .map(Recipient::address)
        .toList();
    var fresh = left.size() == message.recipients().size();
    var read = desk.mail.read(message);
    var from = correction.from();
    var senderRead = read.sender() && from.isEmpty();
    var recipientsRead = read.recipients() && correction.to().isEmpty();
    var header = from.isPresent() || (fresh && (recipientsRead || senderRead))
        ? Headers.of(desk.folder, message.key()) // where it is not there, sending it says so
        : Optional.<Header>empty();
    var to = correction.to().isEmpty() ? left : correction.to();
    var sender = from.orElse(message.envelope().sender());
    if (header.isEmpty()) {
      return new Anew(message.transport(), sender, senderRead, to, recipientsRead);
    }
    // Those given as arguments beside a header are not known apart, so it decides alone.
    var recipients = fresh && recipientsRead ? EnvelopeReader.recipients(header.get()) : to;
    var given = senderRead ? Optional.<String>empty() : Optional.of(sender);
    var now = Submitter.address(desk.ways, header.get(), given, recipients);
    return new Anew(now.transport(), now.sender(), senderRead, now.recipients(), recipientsRead);
  }

  private void send(Desk desk, Filing filing) throws FaultException {
    var now = desk.now();
    var due = desk.mail.in(State.QUEUED).stream()
        .filter(message -> isDue(message, now))
        .toList();
    desk.toDo(due);
    try {
      for (var group : byWay(desk, due).entrySet()) {
        var way = desk.ways.named(group.getKey()).orElseThrow();
        new WayOut(desk, way, filing).send(group.getValue());
      }
    } catch (FaultException e) {
      if (e.fault().kind() != Kind.CANCELLED) {
        throw e;
      }
      desk.failures.add(e.fault()); // what was sent is filed all the same
    }
    desk.phase(Phase.FINISHING);
    filing.file();
  }

  private Map<String, List<Outgoing>> byWay(Desk desk, List<Outgoing> due) throws FaultException {
    var groups = new LinkedHashMap<String, List<Outgoing>>();
    var told = new LinkedHashSet<Fault>();
    for (var message : due) {
      try {
        var way = desk.ways.named(message.transport());
        if (way.isEmpty()) { // it was renamed, or taken out of the configuration
          way = Optional.of(desk.ways.of(List.of(message.envelope().sender())));
        }
        groups.computeIfAbsent(way.get().name(), _ -> new ArrayList<>()).add(message);
      } catch (FaultException e) {
        desk.mail.waits(List.of(message), e.fault(), desk.now());
        told.add(e.fault());
        desk.handled(message);
      }
    }
    desk.failures.addAll(told); // once for each cause
    return groups;
  }
}

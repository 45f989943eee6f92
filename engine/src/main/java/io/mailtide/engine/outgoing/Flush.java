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
import io.mailtide.engine.state.OutgoingMail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
      if (request.dryRun()) {
        return planned(Journal.waiting(job.stateDirectory()));
      }
      if (request.retry().isEmpty()
          && request.drop().isEmpty()
          && Journal.isEmpty(job.stateDirectory())) {
        return new Outcome(List.of(), 0, 0, Traffic.NONE);
      }
      try (var lock = Journal.lock(job.stateDirectory(), job.environment());
          var database = Journal.open(job.stateDirectory(), job.environment());
          var replica = job.store().open()) {
        var folder = Folders.open(replica, Outbox.FOLDER, Submitter.FOLDERS);
        var desk = new Desk(job, new OutgoingMail(database), listener, folder);
        try {
          work(desk);
          replica.editor().orElseThrow().purgeRemoved(desk.now().minus(job.keepRemoved()));
        } catch (FaultException e) {
          desk.failures.add(e.fault());
        }
        database.resume();
        return new Outcome(desk.failures, desk.sent(), desk.mail.all().size(), desk.traffic());
      }
    } catch (FaultException e) {
      return new Outcome(List.of(e.fault()), 0, 0, Traffic.NONE);
    }
  }

  private Outcome planned(List<Outgoing> known) {
    var now = job.environment().clock().instant();
    for (var message : known) {
      if (isDue(message, now)) {
        listener.planned(new Planned(
            Act.SEND,
            Side.FAR,
            Outbox.FOLDER,
            Optional.of(new MessageKey(Long.toString(message.id()))),
            Optional.empty(),
            Flags.NONE,
            Flags.NONE,
            OptionalLong.of(message.size())));
      }
    }
    return new Outcome(List.of(), 0, 0, Traffic.NONE);
  }

  private static boolean isDue(Outgoing message, Instant now) {
    return message.state() == State.QUEUED && !message.nextTry().isAfter(now);
  }

  private void work(Desk desk) throws FaultException {
    job.cancellation().check();
    try (var filing = new Filing(desk)) {
      recover(desk);
      obey(desk);
      filing.leave(desk.mail.in(State.DROPPED));
      filing.file();
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
        desk.mail.proven(message);
        desk.tell(message);
      }
    }
  }

  private void obey(Desk desk) throws FaultException {
    for (var id : request.retry()) {
      var message = known(desk, id);
      if (message.isEmpty()) {
        continue;
      }
      if (isOpen(message.get())) {
        desk.mail.retry(message.get(), desk.now());
        readdress(desk, message.get());
      } else {
        desk.failures.add(Journal.about(
            message.get(), Kind.INVALID, "it was sent already", "It is not sent again."));
      }
    }
    for (var id : request.drop()) {
      var message = known(desk, id);
      if (message.isEmpty() || message.get().state() == State.DROPPED) {
        continue; // dropped by a flush that was killed
      }
      if (isOpen(message.get())) {
        desk.mail.dropped(message.get());
      } else {
        desk.failures.add(Journal.about(
            message.get(), Kind.INVALID, "it was sent already", "Its copy is filed as such."));
      }
    }
  }

  /** Whether a person has a say in what becomes of it. */
  private static boolean isOpen(Outgoing message) {
    return switch (message.state()) {
      case QUEUED, IN_DOUBT, HELD -> true;
      case SUBMITTING, SENT, FILED, DROPPED -> false;
    };
  }

  private static Optional<Outgoing> known(Desk desk, long id) throws FaultException {
    var message = desk.mail.find(id);
    if (message.isEmpty()) {
      desk.failures.add(Fault.of(
              Kind.NOT_FOUND,
              Reach.MESSAGE,
              "looking for message " + id,
              "there is none in the Outbox",
              "mailtide status lists what is there.")
          .in(Outbox.FOLDER));
    }
    return message;
  }

  /** Its header may have been corrected, as long as nobody has taken it. */
  private void readdress(Desk desk, Outgoing message) throws FaultException {
    var read = desk.mail.read(message);
    if (message.recipients().stream().anyMatch(Recipient::taken)
        || !(read.sender() || read.recipients())) {
      return;
    }
    try {
      var header = Headers.of(desk.folder, message.key());
      if (header.isEmpty()) {
        return; // sending it says so
      }
      // Those given as arguments beside a header are not known apart, so they stay.
      var recipients = new ArrayList<String>();
      if (read.recipients()) {
        recipients.addAll(EnvelopeReader.recipients(header.get()));
      } else {
        recipients.addAll(message.envelope().recipients());
      }
      var given = read.sender()
          ? Optional.<String>empty()
          : Optional.of(message.envelope().sender());
      var addressed = Submitter.address(desk.ways, header.get(), given, recipients);
      desk.mail.readdress(
          message, addressed.transport(), addressed.sender(), addressed.recipients());
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.CANCELLED) {
        throw e;
      }
      var fault = Journal.about(
          message,
          e.fault().kind(),
          e.fault().doing() + ": " + e.fault().said(),
          "Correct it in the Outbox, and say mailtide send --retry " + message.id() + " again.");
      desk.mail.failed(message, State.HELD, fault, desk.now());
      listener.fault(fault);
    }
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

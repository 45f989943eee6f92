package io.mailtide.engine.outgoing;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.SyncListener.Progress;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Job;
import io.mailtide.engine.send.Outbox.Listener;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.state.OutgoingMail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the parts of a flush share: its journal, the open Outbox, and what is told of it. */
final class Desk {
  final Job job;
  final OutgoingMail mail;
  final Listener listener;
  final Ways ways;
  final ReplicaFolder folder;
  final DeliveringEditor outbox;

  /** What kept ways, or all of it, from being used. */
  final List<Fault> failures = new ArrayList<>();

  private Traffic traffic = Traffic.NONE;
  private long sent;
  private long dropped;
  private long messages;
  private long messagesDone;
  private long bytes;
  private long bytesDone;

  Desk(Job job, OutgoingMail mail, Listener listener, ReplicaFolder folder) throws FaultException {
    this.job = job;
    this.mail = mail;
    this.listener = listener;
    this.ways = new Ways(job.ways());
    this.folder = folder;
    this.outbox = DeliveringEditor.of(folder);
  }

  Instant now() {
    return job.environment().clock().instant();
  }

  /** What is left to do, once that is known. */
  void toDo(List<Outgoing> due) {
    messages = due.size();
    bytes = due.stream().mapToLong(Outgoing::size).sum();
  }

  void phase(Phase phase) {
    listener.progress(new Progress(
        phase, Optional.of(Outbox.FOLDER), 0, 0, messagesDone, messages, bytesDone, bytes));
  }

  /** Is told when a message was handled, well or not. */
  void handled(Outgoing message) throws FaultException {
    messagesDone = Math.min(messages, messagesDone + 1);
    bytesDone = Math.min(bytes, bytesDone + message.size());
    tell(message);
    phase(Phase.SENDING);
  }

  void sentOne() {
    sent++;
  }

  void dropped(int messages) {
    dropped += messages;
  }

  /** Tells what has become of a message. */
  void tell(Outgoing message) throws FaultException {
    mail.find(message.id()).ifPresent(listener::handled);
  }

  void exchanged(Traffic more) {
    traffic = traffic.plus(more);
  }

  Traffic traffic() {
    return traffic;
  }

  long sent() {
    return sent;
  }

  long dropped() {
    return dropped;
  }
}

package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.replica.imap.session.LookAhead.Sent;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Response.Condition;
import java.util.List;
import java.util.Optional;

/** A mailbox that was opened on a connection before its turn: now, or when that is answered. */
final class Place {
  final Session session;
  final Mailbox mailbox;
  final Expected what;

  /** What opens it, until that is answered. */
  private Optional<Sent> opening;

  private boolean refused;

  /** Whether it stayed open, and need not be opened again to be read from. */
  private boolean kept;

  /** How many messages have been changed. */
  private long done;

  private Place(Session session, Mailbox mailbox, Expected what, Sent opening) {
    this.session = session;
    this.mailbox = mailbox;
    this.what = what;
    this.opening = Optional.of(opening);
  }

  /** Sends ahead what opens it; absent where that cannot be sent so. */
  static Optional<Place> sent(Session session, Mailbox mailbox, Visit visit) throws FaultException {
    var select = ImapReplica.select(session, mailbox.name, visit.isToChange());
    return session
        .ahead()
        .send(List.of(select), session.windowAhead())
        .map(sent -> new Place(session, mailbox, visit.what, sent));
  }

  FolderName folder() {
    return what.folder();
  }

  boolean isToChange() {
    return what instanceof Expected.Changed;
  }

  boolean isOpen() {
    return opening.isEmpty() && !refused;
  }

  /** Whether to open it once more would take another command. */
  boolean isOpenAlready() {
    return opening.isEmpty() && !kept;
  }

  /** It stays open for what is expected from now on. */
  void keep() {
    kept = true;
  }

  boolean isKept() {
    return kept;
  }

  /** What opens it; absent once that is answered. */
  Optional<Sent> opening() {
    return opening;
  }

  /** Takes the answer to what opens it; whether it is open. */
  boolean enter() throws FaultException {
    kept = false;
    if (opening.isPresent()) {
      var answer = session.ahead().take(opening.get(), mailbox::note).getFirst();
      opening = Optional.empty();
      mailbox.note(answer);
      refused = answer.condition() != Condition.OK;
    }
    return !refused;
  }

  /** Takes note of messages that are about to be changed; whether they are the last. */
  boolean isDoneBy(long messages) {
    done += messages;
    return what instanceof Expected.Changed told && told.messages() == done;
  }
}

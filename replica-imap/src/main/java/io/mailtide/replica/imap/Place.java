package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.replica.imap.session.LookAhead.Sent;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Response.Condition;
import java.util.Optional;

/** A mailbox that was opened on a connection before its turn: now, or when that is answered. */
final class Place {
  final Session session;
  final Mailbox mailbox;
  final Expected what;

  /** What opens it, until that is answered. */
  private Optional<Sent> opening;

  private boolean refused;

  /** How many messages have been changed. */
  private long done;

  Place(Session session, Mailbox mailbox, Expected what, Sent opening) {
    this.session = session;
    this.mailbox = mailbox;
    this.what = what;
    this.opening = Optional.of(opening);
  }

  FolderName folder() {
    return what.folder();
  }

  boolean isToChange() {
    return what instanceof Expected.Changed;
  }

  /** What opens it; absent once that is answered. */
  Optional<Sent> opening() {
    return opening;
  }

  /** Takes the answer to what opens it; whether it is open. */
  boolean enter() throws FaultException {
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

package io.mailtide.replica.imap;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Expected.Fetched;
import io.mailtide.engine.Replica.Expected.Scanned;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Response.Condition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A mailbox that is open; the one that was opened last. */
final class ImapFolder implements ReplicaFolder {
  private final Session session;
  private final FolderName name;
  private final Mailbox mailbox;
  private final Optional<MailboxEditor> editor;
  private final Ahead ahead;

  /** @param editor absent where it may only be read */
  ImapFolder(
      Session session,
      FolderName name,
      Mailbox mailbox,
      Optional<MailboxEditor> editor,
      Ahead ahead) {
    this.ahead = ahead;
    this.session = session;
    this.name = name;
    this.mailbox = mailbox;
    this.editor = editor;
  }

  @Override
  public FolderName name() {
    return name;
  }

  @Override
  public Generation generation() {
    return new Generation(mailbox.generation());
  }

  @Override
  public Scan scan(Optional<Checkpoint> since, Known known, Observer observer)
      throws FaultException {
    if (mailbox.changed) {
      // After our own changes only SELECT tells how far the mailbox's counters have come.
      reopen(true);
      mailbox.changed = false;
    }
    var answers = ahead.answers(new Scanned(name, since, observer.wantsArrival()));
    return new Scanner(session, name, mailbox, known, observer, answers).scan(since);
  }

  /** Opens it once more. */
  void reopen(boolean change) throws FaultException {
    var generation = mailbox.generation();
    mailbox.reopening();
    var answer =
        session.connection().run(ImapReplica.select(session, mailbox.name, change), mailbox::note);
    if (answer.condition() != Condition.OK) {
      throw new FaultException(
          Faults.refused(Reach.FOLDER, "opening the folder again", answer).in(name));
    }
    if (!mailbox.generation().equals(generation)) {
      throw new FaultException(Fault.of(
              Kind.CHANGED,
              Reach.FOLDER,
              "opening the folder again",
              "the server numbers its messages anew",
              "The next run pairs them by content.")
          .in(name));
    }
  }

  @Override
  public void fetch(List<MessageKey> keys, Part part, BodySink sink) throws FaultException {
    var answers = ahead.answers(new Fetched(name, keys, part));
    new Fetcher(session, name, mailbox, keys, part, sink).fetch(answers);
  }

  @Override
  public Set<MessageKey> confirmGone(Set<MessageKey> keys) throws FaultException {
    var gone = new Lookup(session, mailbox).gone(keys);
    return ahead.gone(name, session, mailbox, gone);
  }

  @Override
  public Optional<FolderEditor> editor() {
    return editor.map(FolderEditor.class::cast);
  }
}

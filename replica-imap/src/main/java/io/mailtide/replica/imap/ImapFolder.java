package io.mailtide.replica.imap;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A mailbox that is open for reading; the one that was opened last. */
final class ImapFolder implements ReplicaFolder {
  private final Session session;
  private final FolderName name;
  private final Mailbox mailbox;

  ImapFolder(Session session, FolderName name, Mailbox mailbox) {
    this.session = session;
    this.name = name;
    this.mailbox = mailbox;
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
    return new Scanner(session, name, mailbox, known, observer).scan(since);
  }

  @Override
  public void fetch(List<MessageKey> keys, Part part, BodySink sink) throws FaultException {
    new Fetcher(session, name, mailbox, keys, sink).fetch();
  }

  @Override
  public Set<MessageKey> confirmGone(Set<MessageKey> keys) throws FaultException {
    return new Lookup(session, mailbox).gone(keys);
  }

  @Override
  public Optional<FolderEditor> editor() {
    return Optional.empty();
  }
}

package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Changes to the open mailbox. */
final class MailboxEditor implements UploadingEditor {
  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Folders folders;
  private final Trash trash;

  MailboxEditor(Session session, FolderName folder, Mailbox mailbox, Folders folders, Trash trash) {
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
    this.folders = folders;
    this.trash = trash;
  }

  @Override
  public Flags representable(Flags flags) {
    return mailbox.representable(flags);
  }

  @Override
  public Map<MessageKey, Flags> setFlags(List<FlagChange> changes) throws FaultException {
    mailbox.changed = true;
    return new FlagWriter(session, folder, mailbox).set(changes);
  }

  @Override
  public Map<MessageKey, Long> statedSizes(Collection<MessageKey> keys) throws FaultException {
    return session.profile().has(Workaround.WRONG_SIZES)
        ? Map.of()
        : new Lookup(session, mailbox).sizes(keys);
  }

  @Override
  public void remove(Collection<MessageKey> keys) throws FaultException {
    if (keys.isEmpty()) {
      return;
    }
    mailbox.changed = true;
    var target = trash.of(folder);
    if (target.isPresent()) {
      new Remover(session, folder, mailbox).move(keys, target.get());
    } else {
      new Remover(session, folder, mailbox).expunge(keys);
    }
  }

  @Override
  public Map<MessageKey, MessageKey> move(Collection<MessageKey> keys, FolderName to)
      throws FaultException {
    if (keys.isEmpty()) {
      return Map.of();
    }
    mailbox.changed = true;
    return new Remover(session, folder, mailbox).move(keys, folders.mailbox(to));
  }

  @Override
  public void upload(List<Outgoing> messages, Outcomes outcomes) throws FaultException {
    mailbox.changed = true;
    new Uploader(session, folder, mailbox, outcomes).upload(messages);
  }
}

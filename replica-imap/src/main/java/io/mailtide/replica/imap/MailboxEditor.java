package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.replica.imap.session.Session;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Changes to the open mailbox. */
final class MailboxEditor implements UploadingEditor {
  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Folders folders;
  private final Trash trash;
  private final Ahead ahead;

  MailboxEditor(
      Session session,
      FolderName folder,
      Mailbox mailbox,
      Folders folders,
      Trash trash,
      Ahead ahead) {
    this.ahead = ahead;
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
    try {
      return new FlagWriter(session, folder, mailbox, onLast(changes.size())).set(changes);
    } finally {
      session.ahead().unfollow();
    }
  }

  @Override
  public Map<MessageKey, Long> statedSizes(Collection<MessageKey> keys) throws FaultException {
    return Visit.asksSizes(session)
        ? new Lookup(session, mailbox).sizes(keys, ahead.sizes(Set.copyOf(keys)))
        : Map.of();
  }

  @Override
  public void remove(Collection<MessageKey> keys) throws FaultException {
    if (keys.isEmpty()) {
      return;
    }
    mailbox.changed = true;
    var onLast = onLast(keys.size());
    var target = trash.of(folder);
    try {
      if (target.isPresent()) {
        new Remover(session, folder, mailbox, onLast).move(keys, target.get());
      } else {
        new Remover(session, folder, mailbox, onLast).expunge(keys);
      }
    } finally {
      session.ahead().unfollow();
    }
  }

  /** What to do before the last commands about so many messages. */
  private Runnable onLast(long messages) {
    return ahead.isLast(folder, messages) ? ahead::followWithNext : () -> {};
  }

  @Override
  public Map<MessageKey, MessageKey> move(Collection<MessageKey> keys, FolderName to)
      throws FaultException {
    if (keys.isEmpty()) {
      return Map.of();
    }
    mailbox.changed = true;
    return new Remover(session, folder, mailbox, () -> {}).move(keys, folders.mailbox(to));
  }

  @Override
  public void upload(List<Outgoing> messages, Outcomes outcomes) throws FaultException {
    mailbox.changed = true;
    try {
      new Uploader(session, folder, mailbox, outcomes, onLast(messages.size())).upload(messages);
    } finally {
      session.ahead().unfollow();
    }
  }
}

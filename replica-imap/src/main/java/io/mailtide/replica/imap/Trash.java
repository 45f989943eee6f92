package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.ListMailboxes;
import io.mailtide.wire.imap.Command.ListOption;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.Response.ListEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where removed messages go: nowhere, or to the account's Trash, which is looked for once. */
final class Trash {
  private static final FolderName NEW = FolderName.parse("Trash");

  /** Usual names, in lower case, the more usual first; for servers without SPECIAL-USE. */
  private static final List<String> NAMES =
      List.of("trash", "deleted items", "deleted messages", "deleted", "bin");

  private final boolean wanted;
  private final Session session;
  private final AccountEditor account;
  private final Folders folders;
  private Optional<MailboxName> found = Optional.empty();

  Trash(boolean wanted, Session session, AccountEditor account, Folders folders) {
    this.wanted = wanted;
    this.session = session;
    this.account = account;
    this.folders = folders;
  }

  /** Where messages removed from the folder go; absent: they are removed for good. */
  Optional<MailboxName> of(FolderName folder) throws FaultException {
    if (!wanted) {
      return Optional.empty();
    }
    if (found.isEmpty()) {
      found = find();
    }
    if (found.isEmpty()) {
      account.create(NEW);
      found = Optional.of(folders.mailbox(NEW));
    }
    return isWithin(folders.mailbox(folder), found.get()) ? Optional.empty() : found;
  }

  private boolean isWithin(MailboxName mailbox, MailboxName trash) throws FaultException {
    var delimiter = folders.delimiter();
    return mailbox.equals(trash)
        || (delimiter.isPresent() && mailbox.text().startsWith(trash.text() + delimiter.get()));
  }

  private Optional<MailboxName> find() throws FaultException {
    var entries = new ArrayList<ListEntry>();
    if (session.can("SPECIAL-USE")) {
      var asking = new ListMailboxes(
          List.of(), "", List.of("*"), List.of(ListOption.SPECIAL_USE), List.of());
      var answer = session.connection().run(asking, response -> {
        if (response instanceof ListEntry entry) {
          entries.add(entry);
        }
      });
      // Offered, and refused all the same: quirks 47 and 57.
      if (answer.condition() != Condition.OK) {
        entries.clear();
      }
    }
    if (entries.isEmpty()) {
      entries.addAll(folders.matching("*"));
    }
    entries.removeIf(entry -> !Folders.isOpenable(entry));
    for (var entry : entries) {
      if (entry.has("\\Trash")) {
        return Optional.of(entry.name());
      }
    }
    for (var name : NAMES) {
      for (var folder : FolderNames.of(entries, session.prefix()).entrySet()) {
        if (folder.getKey().text().toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(folder.getValue());
        }
      }
    }
    return Optional.empty();
  }
}

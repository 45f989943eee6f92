package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.replica.imap.SpecialFolders.Use;
import io.mailtide.replica.imap.session.Account.Removals;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.ListMailboxes;
import io.mailtide.wire.imap.Command.ListOption;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.Response.ListEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where removed messages go: nowhere, or to the account's Trash, which is looked for once; to the
 * Trash too where a UID may name another message by now (quirks 46, 50). Where folders are labels
 * (quirk 26) a removal takes the label away and leaves the message in All Mail, which is what was
 * done here too; only what is removed from All Mail itself goes to the Trash, for it would stay
 * otherwise.
 */
final class Trash {
  private static final FolderName NEW = FolderName.parse("Trash");

  private final Removals removals;
  private final Session session;
  private final AccountEditor account;
  private final Folders folders;
  private Optional<MailboxName> found = Optional.empty();
  private Optional<MailboxName> allMail = Optional.empty();
  private boolean sought;
  private boolean warned;

  Trash(Removals removals, Session session, AccountEditor account, Folders folders) {
    this.removals = removals;
    this.session = session;
    this.account = account;
    this.folders = folders;
  }

  /** Where messages removed from the folder go; absent: they are removed for good. */
  Optional<MailboxName> of(FolderName folder) throws FaultException {
    boolean labels = removals == Removals.USUAL && session.profile().has(Workaround.LABELS);
    boolean unsteady =
        removals == Removals.USUAL && session.profile().has(Workaround.UNSTEADY_UIDS);
    if (removals != Removals.TRASH && !labels && !unsteady) {
      return Optional.empty();
    }
    if (!sought) {
      sought = true;
      found = find();
    }
    if (labels && !Optional.of(folders.mailbox(folder)).equals(allMail)) {
      warn();
      return Optional.empty();
    }
    if (found.isEmpty()) {
      account.create(NEW);
      found = Optional.of(folders.mailbox(NEW));
    }
    return isWithin(folders.mailbox(folder), found.get()) ? Optional.empty() : found;
  }

  /** Once a session. */
  private void warn() {
    if (!warned) {
      warned = true;
      session
          .connection()
          .context()
          .notices()
          .notice("What is removed from a folder loses that label at the server, and stays in All"
              + " Mail, unless the account's settings there (Auto-Expunge) say otherwise. Remove it"
              + " from All Mail to move it to the Trash.");
    }
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
    allMail = entries.stream()
        .filter(entry -> entry.has("\\All"))
        .map(ListEntry::name)
        .findFirst();
    return Use.TRASH.among(entries, FolderNames.of(entries, session.prefix()));
  }
}

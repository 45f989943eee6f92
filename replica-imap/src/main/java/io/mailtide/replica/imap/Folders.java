package io.mailtide.replica.imap;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.ListMailboxes;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response.ListEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/** Which mailbox each folder of the account is: as listed last, and as changed by us since. */
final class Folders {
  private final Session session;
  private final SpecialFolders special;
  private SequencedMap<FolderName, MailboxName> names = new TreeMap<>();

  /** What was listed for the appearance. */
  private Optional<Listing> asked = Optional.empty();

  /** The mailbox that is open. */
  private Optional<MailboxName> open = Optional.empty();

  /** What was uploaded to each mailbox and not looked at since. */
  private final Map<MailboxName, UploadedSample> uploaded = new HashMap<>();

  /** What was seen to go from each mailbox. */
  private final Map<MailboxName, Mailbox.Gone> gone = new HashMap<>();

  /** Absent while it is not known; within, absent where the server has no levels. */
  private Optional<Optional<Character>> delimiter = Optional.empty();

  Folders(Session session, SpecialFolders special) {
    this.session = session;
    this.special = special;
  }

  /** Asks the server how all of its mailboxes look, for the next listing too. */
  Optional<Appearance> appearance() throws FaultException {
    asked = Listing.ofAll(session, special);
    return asked.flatMap(Listing::appearance);
  }

  /** Asks the server, unless it was asked for the {@link #appearance} just before. */
  List<FolderSummary> list(Map<FolderName, Observed> known) throws FaultException {
    var listing =
        asked.isPresent() ? asked.get().seenBy(known) : Listing.of(session, known, special);
    asked = Optional.empty();
    names = new TreeMap<>(listing.names());
    delimiter = Optional.of(listing.delimiter());
    return listing.summaries();
  }

  boolean isListed(FolderName folder) {
    return names.containsKey(folder);
  }

  /** Whether the mailbox is listed as another folder, so that none of this name is there. */
  boolean isAnother(FolderName folder, MailboxName mailbox) {
    return !isListed(folder) && names.containsValue(mailbox);
  }

  /** What the user wants a folder of this name for. */
  Optional<SpecialFolders.Use> use(FolderName folder) {
    return special.use(folder);
  }

  /** The folder's mailbox; where it was not listed, what it would be called. */
  MailboxName mailbox(FolderName folder) throws FaultException {
    var listed = names.get(folder);
    return listed == null ? FolderNames.mailbox(folder, session.prefix(), delimiter()) : listed;
  }

  /** What separates the levels of the server's names; absent where there are none. */
  Optional<Character> delimiter() throws FaultException {
    if (delimiter.isEmpty()) {
      var found = new ArrayList<ListEntry>();
      session.connection().run(ListMailboxes.plain("", ""), response -> {
        if (response instanceof ListEntry entry) {
          found.add(entry);
        }
      });
      delimiter =
          Optional.of(found.isEmpty() ? Optional.of('/') : found.getFirst().delimiter());
    }
    return delimiter.get();
  }

  /**
   * The mailbox that a new folder shall be.
   *
   * @throws FaultException when the server would take it for another folder
   */
  MailboxName newMailbox(FolderName folder, String doing) throws FaultException {
    if (session.profile().has(Workaround.FOLDED_NAMES)) {
      for (var other : names.keySet()) {
        if (!other.equals(folder) && other.text().equalsIgnoreCase(folder.text())) {
          throw new FaultException(Fault.of(
                  Kind.COLLISION,
                  Reach.FOLDER,
                  doing,
                  "for this server it is the same as " + other,
                  "Rename one of the two.")
              .in(folder));
        }
      }
    }
    try {
      var mailbox = FolderNames.mailbox(folder, session.prefix(), delimiter());
      var listed = new ListEntry(List.of(), delimiter(), mailbox, List.of(), Optional.empty());
      if (FolderNames.of(List.of(listed), session.prefix()).containsKey(folder)) {
        return mailbox;
      }
    } catch (IllegalArgumentException unsendable) {
      throw impossible(folder, doing, "no server takes such a name");
    }
    throw impossible(
        folder,
        doing,
        delimiter().isEmpty()
            ? "this server has no folders within folders"
            : "in names of this server, \"" + delimiter().get() + "\" separates levels");
  }

  private static FaultException impossible(FolderName folder, String doing, String said) {
    return new FaultException(
        Fault.of(Kind.REFUSED, Reach.FOLDER, doing, said, "Rename it on this machine.")
            .in(folder));
  }

  /** Whether the server shows the mailbox as one that can be opened. */
  boolean exists(MailboxName mailbox) throws FaultException {
    return matching(mailbox.text()).stream()
        .anyMatch(entry -> entry.name().equals(mailbox) && isOpenable(entry));
  }

  /** Whether there are mailboxes below it; attributes are no proof (quirk 66). */
  boolean hasChildren(MailboxName mailbox) throws FaultException {
    if (delimiter().isEmpty()) {
      return false;
    }
    var start = mailbox.text() + delimiter().get();
    return matching(start + "*").stream()
        .anyMatch(entry ->
            entry.name().text().startsWith(start) && entry.name().text().length() > start.length());
  }

  /**
   * The mailboxes of these names; a name with {@code *} or {@code %} in it may match others too.
   */
  List<ListEntry> matching(String pattern) throws FaultException {
    var found = new ArrayList<ListEntry>();
    session.connection().run(ListMailboxes.plain("", pattern), response -> {
      if (response instanceof ListEntry entry) {
        found.add(entry);
      }
    });
    return found;
  }

  static boolean isOpenable(ListEntry entry) {
    return !entry.has("\\Noselect") && !entry.has("\\NonExistent");
  }

  void opened(Optional<MailboxName> mailbox) {
    open = mailbox;
  }

  /** The mailbox, to be opened. */
  Mailbox toOpen(FolderName folder) throws FaultException {
    var mailbox = mailbox(folder);
    return new Mailbox(
        mailbox,
        uploaded.computeIfAbsent(mailbox, _ -> new UploadedSample()),
        gone.computeIfAbsent(mailbox, _ -> new Mailbox.Gone()));
  }

  /** Whether one of these mailboxes is open. */
  boolean isOpen(Collection<MailboxName> mailboxes) {
    return open.isPresent() && mailboxes.contains(open.get());
  }

  /** From now on the folder is that mailbox. */
  void add(FolderName folder, MailboxName mailbox) {
    names.put(folder, mailbox);
  }

  void remove(FolderName folder) {
    names.remove(folder);
  }

  /** The folders known at or below this one, with their mailboxes. */
  Map<FolderName, MailboxName> within(FolderName folder) {
    var found = new TreeMap<FolderName, MailboxName>();
    names.forEach((name, mailbox) -> {
      if (name.isWithin(folder)) {
        found.put(name, mailbox);
      }
    });
    return found;
  }
}

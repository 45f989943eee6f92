package io.mailtide.replica.imap;

import io.mailtide.engine.FolderName;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response.ListEntry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Folders with a special use (RFC 6154), which servers call what they like: found by their
 * attribute, else by a usual name, and called what the user says.
 */
final class SpecialFolders {
  private final Map<Use, FolderName> local;

  /** A use that a folder may have. */
  enum Use {
    ARCHIVE("archive", "archives", "archived"),
    DRAFTS("drafts", "draft"),
    JUNK("junk", "spam", "junk e-mail", "junk email", "bulk mail"),
    SENT("sent", "sent items", "sent messages", "sent mail", "sent-mail"),
    TRASH("trash", "deleted items", "deleted messages", "deleted", "bin");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> usual;

    /** @param usual names in lower case, the more usual first, for servers without attributes */
    Use(String... usual) {
      this.usual = List.of(usual);
    }

    /** The setting that names such a folder here. */
    String setting() {
      return name().toLowerCase(Locale.ROOT) + "-folder";
    }

    String attribute() {
      return "\\" + name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** The mailbox of this use. */
    Optional<MailboxName> among(Collection<ListEntry> entries, Map<FolderName, MailboxName> names) {
      for (var entry : entries) {
        if (entry.has(attribute()) && Folders.isOpenable(entry)) {
          return Optional.of(entry.name());
        }
      }
      for (var name : usual) {
        for (var folder : names.entrySet()) {
          if (folder.getKey().text().toLowerCase(Locale.ROOT).equals(name)) {
            return Optional.of(folder.getValue());
          }
        }
      }
      return Optional.empty();
    }
  }

  /** @param local what folders are called here, by use */
  SpecialFolders(Map<Use, FolderName> local) {
    this.local = new TreeMap<>(local);
  }

  /** Whether there is anything to look for. */
  boolean isEmpty() {
    return local.isEmpty();
  }

  @Override
  public String toString() {
    return local.toString();
  }

  /** The use of a folder of this name. */
  Optional<Use> use(FolderName folder) {
    return local.entrySet().stream()
        .filter(entry -> entry.getValue().equals(folder))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * The same mailboxes, those of a special use, with those below them, under their names here. One
   * whose name here is another mailbox's at the server keeps its own.
   */
  SequencedMap<FolderName, MailboxName> rename(
      Collection<ListEntry> entries, SequencedMap<FolderName, MailboxName> names) {
    var renamed = new LinkedHashMap<>(names);
    local.forEach((use, here) -> {
      var mailbox = use.among(entries, renamed);
      var there = renamed.entrySet().stream()
          .filter(entry -> mailbox.equals(Optional.of(entry.getValue())))
          .map(Map.Entry::getKey)
          .findFirst();
      if (there.isPresent()
          && !there.get().equals(FolderName.INBOX)
          && renamed.keySet().stream().noneMatch(name -> name.isWithin(here))) {
        for (var name : List.copyOf(renamed.keySet())) {
          if (name.isWithin(there.get())) {
            renamed.putLast(name.renamed(there.get(), here), renamed.remove(name));
          }
        }
      }
    });
    return renamed;
  }
}

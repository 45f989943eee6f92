package io.mailtide.replica.imap;

import io.mailtide.engine.FolderName;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response.ListEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Folder names without the server's delimiter and namespace prefix. */
final class FolderNames {
  private FolderNames() {}

  /**
   * The folders that these mailboxes are; those that cannot be opened are left out.
   *
   * @param prefix what the names of the user's own mailboxes begin with (RFC 2342); it is left out
   *     of folder names unless two would become one
   */
  static SequencedMap<FolderName, MailboxName> of(List<ListEntry> entries, String prefix) {
    var names = new LinkedHashMap<FolderName, MailboxName>();
    var prefixed = new ArrayList<ListEntry>();
    for (var entry : entries) {
      if (entry.has("\\Noselect") || entry.has("\\NonExistent")) {
        continue;
      }
      var text = entry.name().text();
      if (!prefix.isEmpty() && text.startsWith(prefix) && text.length() > prefix.length()) {
        prefixed.add(entry);
      } else {
        names.put(name(text, entry), entry.name());
      }
    }
    for (var entry : prefixed) {
      var text = entry.name().text();
      var shorter = name(text.substring(prefix.length()), entry);
      names.put(
          names.containsKey(shorter) || shorter.equals(FolderName.INBOX)
              ? name(text, entry)
              : shorter,
          entry.name());
    }
    return names;
  }

  /** What a folder that the server does not list would be called there. */
  static MailboxName mailbox(FolderName folder, String prefix, Optional<Character> delimiter) {
    var text = String.join(delimiter.map(String::valueOf).orElse("/"), folder.segments());
    return MailboxName.of(folder.equals(FolderName.INBOX) ? text : prefix + text);
  }

  private static FolderName name(String text, ListEntry entry) {
    if (entry.delimiter().isEmpty()) {
      return new FolderName(List.of(text));
    }
    char delimiter = entry.delimiter().get();
    var path =
        text.endsWith(String.valueOf(delimiter)) ? text.substring(0, text.length() - 1) : text;
    var segments = List.of(path.split(Pattern.quote(String.valueOf(delimiter)), -1));
    return new FolderName(segments.contains("") ? List.of(text) : segments);
  }
}

package io.mailtide.cli.real;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.ImapTalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads a Maildir as any mail program would, knowing nothing of ours. */
final class LocalMail {
  private static final Map<Character, String> LETTERS = Map.of(
      'D',
      "\\Draft",
      'F',
      "\\Flagged",
      'P',
      "$Forwarded",
      'R',
      "\\Answered",
      'S',
      "\\Seen",
      'T',
      "\\Deleted");

  private LocalMail() {}

  /** A message, by what can be compared across sides. */
  record Kept(String sha256, TreeSet<String> flags, Instant arrived) implements Comparable<Kept> {
    private static final Comparator<Kept> ORDER = Comparator.comparing(Kept::sha256)
        .thenComparing(Kept::arrived)
        .thenComparing(kept -> kept.flags().toString());

    @Override
    public int compareTo(Kept other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * A folder's name as a server that knows nothing of UTF-8 wants it; the corpus has these names
   * only.
   */
  static String onTheWire(String folder) {
    return folder
        .replace("&", "&-")
        .replace("Entwürfe", "Entw&APw-rfe")
        .replace("受信箱", "&U9dP4Xux-");
  }

  /** What the server holds in a folder. */
  static List<Kept> far(ImapTalk talk, String folder) {
    return talk.held(onTheWire(folder)).stream()
        .map(held -> new Kept(held.sha256(), held.flags(), held.arrived()))
        .sorted()
        .toList();
  }

  /** What the Maildir holds. */
  static List<Kept> near(Path folder) throws IOException {
    var keywords = keywords(folder.resolve("dovecot-keywords"));
    var kept = new ArrayList<Kept>();
    for (var place : List.of("new", "cur")) {
      try (var files = Files.list(folder.resolve(place))) {
        for (var file : files.toList()) {
          kept.add(read(file, keywords));
        }
      }
    }
    return kept.stream().sorted().toList();
  }

  private static List<String> keywords(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(line -> line.split(" ", 2)[1]).toList()
        : List.of();
  }

  private static Kept read(Path file, List<String> keywords) throws IOException {
    var flags = new TreeSet<String>();
    var name = file.getFileName().toString();
    var info = name.indexOf(":2,");
    for (var letter : (info < 0 ? "" : name.substring(info + 3)).toCharArray()) {
      flags.add(letter >= 'a' ? keywords.get(letter - 'a') : LETTERS.getOrDefault(letter, "?"));
    }
    var bytes = Files.readAllBytes(file);
    // A file with a CR in it is kept as it came; any other has got LF for CRLF.
    var wire = hasCr(bytes) ? bytes : Corpus.crlf(bytes);
    return new Kept(
        ImapTalk.sha256(wire), flags, Files.getLastModifiedTime(file).toInstant());
  }

  private static boolean hasCr(byte[] bytes) {
    for (var octet : bytes) {
      if (octet == '\r') {
        return true;
      }
    }
    return false;
  }
}

package io.mailtide.bench;

import io.mailtide.testkit.Corpus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A pile of mail, whatever its order, names and folders.
 *
 * @param bytes their sum, as on the wire
 * @param exact a digest of each message, over all bytes as on the wire, in order
 * @param lenient a digest of each that overlooks what mbsync changes: an {@code X-TUID} header, and
 *     CRs; in order
 * @param flags the system flags of each, as a Maildir writes them, in order
 */
record Contents(long bytes, List<String> exact, List<String> lenient, List<String> flags) {
  private static final Set<String> DELIVERED = Set.of("cur", "new");

  /**
   * All messages of a Maildir tree; none where there is no tree. What a tool keeps in a hidden
   * directory is its own affair.
   */
  static Contents of(Path tree) throws IOException {
    var sum = new Sum();
    if (Files.notExists(tree)) {
      return sum.end();
    }
    Files.walkFileTree(tree, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        return !folder.equals(tree) && String.valueOf(folder.getFileName()).startsWith(".")
            ? FileVisitResult.SKIP_SUBTREE
            : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        var folder = file.getParent();
        if (folder != null && DELIVERED.contains(String.valueOf(folder.getFileName()))) {
          sum.add(Files.readAllBytes(file), flags(String.valueOf(file.getFileName())));
        }
        return FileVisitResult.CONTINUE;
      }
    });
    return sum.end();
  }

  int messages() {
    return exact.size();
  }

  /** How many messages are byte for byte in the other pile, too. */
  int exactlyIn(Contents other) {
    var count = 0;
    for (int mine = 0, its = 0; mine < exact.size() && its < other.exact.size(); ) {
      var order = exact.get(mine).compareTo(other.exact.get(its));
      count += order == 0 ? 1 : 0;
      mine += order <= 0 ? 1 : 0;
      its += order >= 0 ? 1 : 0;
    }
    return count;
  }

  /** The letters of system flags in a file's name; those of keywords mean what each folder says. */
  private static String flags(String file) {
    return file.replaceFirst(".*:2,|.*", "").replaceAll("[^DFRST]", "");
  }

  @Override
  public String toString() {
    var flagged = flags.stream()
        .collect(
            Collectors.groupingBy(each -> each, java.util.TreeMap::new, Collectors.counting()));
    return "%,d messages, %,d bytes, by flags %s".formatted(messages(), bytes, flagged);
  }

  /** Adds messages up. */
  static final class Sum {
    private static final byte[] TUID = "X-TUID: ".getBytes(StandardCharsets.US_ASCII);

    private final List<String> exact = new ArrayList<>();
    private final List<String> lenient = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private long bytes;

    /** Adds a message as a Maildir holds it: what lacks a CR at a line end got none there. */
    void add(byte[] stored, String flagged) {
      var wire = Corpus.crlf(stored);
      bytes += wire.length;
      exact.add(HexFormat.of().formatHex(sha256().digest(wire)));
      lenient.add(HexFormat.of().formatHex(sha256().digest(withoutTuid(withoutCr(stored)))));
      flags.add(flagged);
    }

    Contents end() {
      return new Contents(bytes, sorted(exact), sorted(lenient), sorted(flags));
    }

    private static List<String> sorted(List<String> strings) {
      return strings.stream().sorted().toList();
    }

    private static byte[] withoutCr(byte[] bytes) {
      var kept = new ByteArrayOutputStream(bytes.length);
      for (var each : bytes) {
        if (each != '\r') {
          kept.write(each);
        }
      }
      return kept.toByteArray();
    }

    private static byte[] withoutTuid(byte[] bytes) {
      var kept = new ByteArrayOutputStream(bytes.length);
      var header = true;
      for (int start = 0, end; start < bytes.length; start = end) {
        end = start;
        while (end < bytes.length && bytes[end++] != '\n') {}
        header &= end - start > 1;
        if (!header) {
          kept.write(bytes, start, bytes.length - start);
          break;
        }
        if (!startsWith(bytes, start, TUID)) {
          kept.write(bytes, start, end - start);
        }
      }
      return kept.toByteArray();
    }

    private static boolean startsWith(byte[] bytes, int at, byte[] start) {
      return Arrays.equals(
          bytes, at, Math.min(bytes.length, at + start.length), start, 0, start.length);
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }
}

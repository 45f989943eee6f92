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
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A pile of mail, whatever its order, names and folders.
 *
 * @param messages how many
 * @param bytes their sum, as on the wire
 * @param exact a digest over all bytes, as on the wire
 * @param lenient a digest that overlooks what mbsync changes: an {@code X-TUID} header, and CRs
 */
record Contents(int messages, long bytes, String exact, String lenient) {
  private static final Set<String> DELIVERED = Set.of("cur", "new");

  /** All messages of a Maildir tree; none where there is no tree. */
  static Contents of(Path tree) throws IOException {
    var sum = new Sum();
    if (Files.notExists(tree)) {
      return sum.end();
    }
    Files.walkFileTree(tree, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        var folder = file.getParent();
        if (folder != null && DELIVERED.contains(String.valueOf(folder.getFileName()))) {
          sum.add(Files.readAllBytes(file));
        }
        return FileVisitResult.CONTINUE;
      }
    });
    return sum.end();
  }

  /** Adds messages up. */
  static final class Sum {
    private static final byte[] TUID = "X-TUID: ".getBytes(StandardCharsets.US_ASCII);

    private final List<String> exact = new ArrayList<>();
    private final List<String> lenient = new ArrayList<>();
    private long bytes;

    /** Adds a message as a Maildir holds it: what lacks a CR at a line end got none there. */
    void add(byte[] stored) {
      var wire = Corpus.crlf(stored);
      bytes += wire.length;
      exact.add(HexFormat.of().formatHex(sha256().digest(wire)));
      lenient.add(HexFormat.of().formatHex(sha256().digest(withoutTuid(withoutCr(stored)))));
    }

    Contents end() {
      return new Contents(exact.size(), bytes, overAll(exact), overAll(lenient));
    }

    private static String overAll(List<String> digests) {
      var whole = sha256();
      digests.stream()
          .sorted()
          .forEach(each -> whole.update(each.getBytes(StandardCharsets.US_ASCII)));
      return HexFormat.of().formatHex(whole.digest());
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
      return java.util.Arrays.equals(
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

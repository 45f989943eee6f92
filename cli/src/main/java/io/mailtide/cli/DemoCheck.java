package io.mailtide.cli;

import io.mailtide.cli.text.Ink;
import io.mailtide.cli.text.Text;
import io.mailtide.demo.DemoMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares a Maildir tree with what a server was filled with, without a line of the code that
 * synchronises. A message may lie there as it travelled, or with LF line ends where that can be
 * taken back.
 */
final class DemoCheck {
  private DemoCheck() {}

  /**
   * What was found.
   *
   * @param exact messages that are there byte for byte
   * @param unexpected files that are no message of the server
   */
  record Found(int exact, int unexpected) {}

  static Found compare(List<DemoMail.Folder> mail, Path tree) throws IOException {
    var expected = new HashMap<String, Integer>();
    for (var folder : mail) {
      var directory = tree.resolve(folder.name());
      for (var message : folder.messages()) {
        expected.merge(directory + " " + digest(stored(message.bytes())), 1, Integer::sum);
      }
    }
    int exact = 0;
    int unexpected = 0;
    for (var file : delivered(tree)) {
      var bytes = Files.readAllBytes(file);
      var directory = Optional.ofNullable(file.getParent())
          .flatMap(cur -> Optional.ofNullable(cur.getParent()));
      if (take(expected, directory.orElse(tree) + " " + digest(stored(bytes)))) {
        exact++;
      } else {
        unexpected++;
      }
    }
    return new Found(exact, unexpected);
  }

  private static List<Path> delivered(Path tree) throws IOException {
    try (var files = Files.walk(tree)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.getParent() != null
              && (file.getParent().endsWith("cur") || file.getParent().endsWith("new")))
          .toList();
    }
  }

  private static boolean take(Map<String, Integer> expected, String key) {
    var left = expected.computeIfPresent(key, (_, count) -> count - 1);
    return left != null && left >= 0;
  }

  /** With LF for each line end where all are CRLF; else as it is. */
  static byte[] stored(byte[] bytes) {
    var lf = new byte[bytes.length];
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      boolean feed = bytes[i] == '\n';
      boolean ended = feed && i > 0 && bytes[i - 1] == '\r';
      boolean loneReturn = bytes[i] == '\r' && (i + 1 == bytes.length || bytes[i + 1] != '\n');
      if ((feed && !ended) || loneReturn) {
        return bytes;
      }
      if (bytes[i] != '\r') {
        lf[length++] = bytes[i];
      }
    }
    return Arrays.copyOf(lf, length);
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * What the demonstration came to.
   *
   * @param directory holds the Maildir, the configuration and the state
   * @param folders folders that the server has
   * @param messages messages that the server has
   * @param exact of these, how many arrived byte for byte
   * @param unexpected files in the Maildir that are no message of the server
   * @param copiedAgain messages that the second synchronisation copied
   * @param command what starts the program
   */
  record Report(
      Path directory,
      int folders,
      int messages,
      int exact,
      int unexpected,
      long copiedAgain,
      String command) {
    /** Whether all arrived, nothing else did, and nothing was left to do. */
    boolean good() {
      return exact == messages && unexpected == 0 && copiedAgain == 0;
    }

    /** That, and what to do next, for people. */
    List<String> lines(boolean colours) {
      var lines = new ArrayList<String>();
      lines.add("");
      if (!good()) {
        lines.add(Ink.RED.on(colours, "The check failed: ") + Text.count(exact) + " of "
            + Text.count(messages, "message") + " arrived byte for byte, "
            + Text.count(unexpected) + " files are not among them, and a second run copied "
            + Text.count(copiedAgain) + ".");
        lines.add("What there is stays in " + directory);
        return lines;
      }
      lines.add(Ink.GREEN.on(colours, "All is well: ") + Text.count(messages, "message")
          + " in " + Text.count(folders, "folder")
          + " arrived byte for byte, and a second run had nothing to do.");
      lines.add("Look around in " + directory.resolve("mail"));
      lines.add("");
      lines.add(Ink.STRONG.on(colours, "Now your own account.")
          + " Write ~/.config/mailtide/config.toml:");
      lines.add("");
      """
      [stores.work]
      type = "imap"
      host = "imap.example.org"
      user = "ann@example.org"
      password-command = "pass show mail/work"   # or password-env, password-file, password
      path = "~/Mail/work"
      """.lines().forEach(line -> lines.add("    " + Ink.CYAN.on(colours, line)));
      lines.add("");
      lines.add("and then: " + Ink.STRONG.on(colours, command + " sync work"));
      return lines;
    }
  }
}

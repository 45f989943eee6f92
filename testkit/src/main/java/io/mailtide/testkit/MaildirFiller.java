package io.mailtide.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Puts messages straight into a folder of a {@link Dovecot}, far faster than by APPEND. The server
 * numbers them in the order they are added, for it goes by name. Fill a folder in one go, before
 * the server first opens it.
 */
public final class MaildirFiller implements AutoCloseable {
  private static final Map<String, Character> SYSTEM =
      Map.of("\\Draft", 'D', "\\Flagged", 'F', "\\Answered", 'R', "\\Seen", 'S', "\\Deleted", 'T');

  private final Dovecot dovecot;
  private final Path folder;
  private final List<String> keywords = new ArrayList<>();
  private int count;

  MaildirFiller(Dovecot dovecot, Path mail, String name) {
    this.dovecot = dovecot;
    try {
      var path = mail;
      for (var segment : name.split("/", -1)) {
        path = owned(path.resolve(segment));
      }
      folder = path;
      for (var part : List.of("cur", "new", "tmp")) {
        owned(folder.resolve(part));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path owned(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      dovecot.own(Files.createDirectory(directory));
    }
    return directory;
  }

  /**
   * Adds a message.
   *
   * @param bytes as stored: with LF line ends, which the server sends as CRLF
   * @param flags system flags and keywords; at most 26 different keywords a folder
   * @param arrived its INTERNALDATE, to the second
   */
  public void add(byte[] bytes, Collection<String> flags, Instant arrived) {
    var letters = new TreeSet<Character>();
    for (var flag : flags) {
      var system = SYSTEM.get(flag);
      letters.add(system != null ? system : (Character) keyword(flag));
    }
    var info = new StringBuilder();
    letters.forEach(info::append);
    var file = folder.resolve("cur").resolve("%08d.M1.test:2,%s".formatted(++count, info));
    try {
      Files.write(file, bytes);
      Files.setLastModifiedTime(file, FileTime.from(arrived));
      dovecot.own(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private char keyword(String name) {
    int index = keywords.indexOf(name);
    if (index < 0) {
      index = keywords.size();
      keywords.add(name);
    }
    if (index >= 26) {
      throw new IllegalArgumentException("more than 26 keywords in one folder");
    }
    return (char) ('a' + index);
  }

  /** Writes down which letter stands for which keyword. */
  @Override
  public void close() {
    if (keywords.isEmpty()) {
      return;
    }
    var lines = new ArrayList<String>();
    for (int index = 0; index < keywords.size(); index++) {
      lines.add(index + " " + keywords.get(index));
    }
    try {
      var file = Files.write(folder.resolve("dovecot-keywords"), lines);
      dovecot.own(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

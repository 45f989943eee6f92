package io.mailtide.replica.maildir;

import io.mailtide.replica.maildir.disk.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How the parts of a folder that change with its content look from outside: which directories they
 * are, and when they were last modified. Equal stamps mean equal content only if they were
 * {@linkplain #settled} when the content was looked at: until then a further change may leave the
 * same time behind, for clocks of file systems tick coarsely.
 *
 * @param text equal if and only if the stamps are
 * @param settlesAt from when on a further change leaves another time
 */
record Stamps(String text, Instant settlesAt) {
  private static final String[] PARTS = {"new", "cur"};

  /** More than a tick of any kernel's clock. */
  private static final Duration TICK = Duration.ofMillis(20);

  /** File systems that keep no part of a second keep whole or even seconds. */
  private static final Duration COARSE_TICK = Duration.ofMillis(2_020);

  /** Looks at a folder. */
  static Stamps of(Path folder) throws IOException {
    var stamps = new Builder();
    for (var part : PARTS) {
      stamps.add(Files.readAttributes(folder.resolve(part), BasicFileAttributes.class));
    }
    return stamps.with(folder.resolve(Keywords.FILE));
  }

  /**
   * Looks at a directory; empty where it is no folder. Each part is looked at once, and what is
   * missing costs no exception: thousands of folders are looked at in a short run.
   */
  static Optional<Stamps> ofFolder(Path directory) throws IOException {
    var stamps = new Builder();
    for (var part : PARTS) {
      var attributes = look(directory.resolve(part));
      if (attributes.isEmpty() || !attributes.get().isDirectory()) {
        return Optional.empty();
      }
      stamps.add(attributes.get());
    }
    return look(directory.resolve("tmp"))
            .filter(BasicFileAttributes::isDirectory)
            .isPresent()
        ? Optional.of(stamps.with(directory.resolve(Keywords.FILE)))
        : Optional.empty();
  }

  /** Looks at a file, through links; empty where there is none that can be looked at. */
  static Optional<BasicFileAttributes> look(Path file) {
    try {
      return Directories.look(file);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** Puts together the stamps of one folder. */
  private static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private Instant settlesAt = Instant.MIN;

    void add(BasicFileAttributes attributes) {
      var modified = attributes.lastModifiedTime().toInstant();
      var settles = modified.plus(modified.getNano() == 0 ? COARSE_TICK : TICK);
      settlesAt = settles.isAfter(settlesAt) ? settles : settlesAt;
      text.append(attributes.fileKey())
          .append('@')
          .append(modified.getEpochSecond())
          .append('.')
          .append(modified.getNano())
          .append(' ');
    }

    Stamps with(Path keywords) throws IOException {
      Directories.look(keywords).ifPresentOrElse(this::add, () -> text.append('-'));
      return new Stamps(text.toString(), settlesAt);
    }
  }

  /** Whether a change from now on is bound to show. */
  boolean settled(Instant now) {
    return !now.isBefore(settlesAt);
  }
}

package io.mailtide.replica.maildir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

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
  /** More than a tick of any kernel's clock. */
  private static final Duration TICK = Duration.ofMillis(20);

  /** File systems that keep no part of a second keep whole or even seconds. */
  private static final Duration COARSE_TICK = Duration.ofMillis(2_020);

  /** Looks at a folder. */
  static Stamps of(Path folder) throws IOException {
    var text = new StringBuilder();
    var settlesAt = Instant.MIN;
    for (var part : new String[] {"new", "cur", Keywords.FILE}) {
      try {
        var attributes = Files.readAttributes(folder.resolve(part), BasicFileAttributes.class);
        var modified = attributes.lastModifiedTime().toInstant();
        var settles = modified.plus(
            modified.equals(modified.truncatedTo(ChronoUnit.SECONDS)) ? COARSE_TICK : TICK);
        settlesAt = settles.isAfter(settlesAt) ? settles : settlesAt;
        text.append(attributes.fileKey()).append('@').append(modified).append(' ');
      } catch (NoSuchFileException e) {
        if (!part.equals(Keywords.FILE)) {
          throw e;
        }
        text.append('-');
      }
    }
    return new Stamps(text.toString(), settlesAt);
  }

  /** Whether a change from now on is bound to show. */
  boolean settled(Instant now) {
    return !now.isBefore(settlesAt);
  }
}

package io.mailtide.replica.maildir;

import io.mailtide.engine.Checkpoint;
import java.util.Optional;

/**
 * What was in a folder while its stamps, settled by then, looked so: the content of a
 * {@link Checkpoint}.
 */
record Observation(Contents contents, String stamps) {
  private static final String VERSION = "1";

  Checkpoint checkpoint() {
    return new Checkpoint(String.join(
        " ", VERSION, Long.toString(contents.count()), Long.toHexString(contents.sum()), stamps));
  }

  /** Reads a checkpoint; empty when it is none of this version. */
  static Optional<Observation> of(Checkpoint checkpoint) {
    var parts = checkpoint.value().split(" ", 4);
    if (parts.length < 4 || !parts[0].equals(VERSION)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Observation(
          new Contents(Long.parseLong(parts[1]), Long.parseUnsignedLong(parts[2], 16)), parts[3]));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}

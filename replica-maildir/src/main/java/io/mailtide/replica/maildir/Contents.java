package io.mailtide.replica.maildir;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.FolderName;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is in a folder, in short: how many messages, and the sum of a 64-bit hash of each one's base
 * name and letters. The sum does not depend on an order, and can be kept up to date change by
 * change.
 */
record Contents(long count, long sum) {
  static final Contents NONE = new Contents(0, 0);

  private static final long PRIME = 0x100_0000_01b3L;

  Contents plus(MessageFile file) {
    return new Contents(count + 1, sum + hash(file));
  }

  Contents minus(MessageFile file) {
    return new Contents(count - 1, sum - hash(file));
  }

  private static long hash(MessageFile file) {
    var name = file.name().getBytes(StandardCharsets.UTF_8);
    var base = MessageFile.baseLength(name);
    var hash = hash(0xcbf2_9ce4_8422_2325L, name, 0, base);
    hash = (hash ^ '/') * PRIME;
    hash = hash(hash, name, Math.min(base + MessageFile.INFO_LENGTH, name.length), name.length);
    // FNV-1a's high bits are weak for a sum; two rounds of multiply and shift spread them.
    hash = (hash ^ (hash >>> 32)) * 0xd6e8_feb8_6659_fd93L;
    hash = (hash ^ (hash >>> 32)) * 0xd6e8_feb8_6659_fd93L;
    return hash ^ (hash >>> 32);
  }

  private static long hash(long before, byte[] bytes, int from, int to) {
    var hash = before;
    for (var i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * PRIME;
    }
    return hash;
  }

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

    /** Whether a folder that looks so holds the same now. */
    boolean holds(Stamps now) {
      return stamps.equals(now.text());
    }

    /** Reads a checkpoint; empty when it is none of this version. */
    static Optional<Observation> of(Checkpoint checkpoint) {
      var parts = checkpoint.value().split(" ", 4);
      if (parts.length < 4 || !parts[0].equals(VERSION)) {
        return Optional.empty();
      }
      try {
        return Optional.of(new Observation(
            new Contents(Long.parseLong(parts[1]), Long.parseUnsignedLong(parts[2], 16)),
            parts[3]));
      } catch (NumberFormatException _) {
        return Optional.empty();
      }
    }
  }

  /** What must be in each folder by what scans have reported and this run has changed since. */
  static final class Tracking {
    private final Map<FolderName, Contents> expected = new HashMap<>();

    /** What scans saw for certain; it holds as long as the folder looks so. */
    private final Map<FolderName, Observation> exactly = new HashMap<>();

    /** @param exact absent where a change might have left the same stamps */
    void scanned(FolderName folder, Contents contents, Optional<Observation> exact) {
      expected.put(folder, contents);
      exact.ifPresent(observation -> exactly.put(folder, observation));
    }

    /**
     * A message's file became another; either may be absent. Folders that were not scanned are not
     * tracked.
     */
    void changed(FolderName folder, Optional<MessageFile> before, Optional<MessageFile> after) {
      expected.computeIfPresent(folder, (_, contents) -> {
        var without = before.map(contents::minus).orElse(contents);
        return after.map(without::plus).orElse(without);
      });
    }

    /** A folder and those below it are called otherwise from now on. */
    void renamed(FolderName from, FolderName to) {
      for (var name : List.copyOf(expected.keySet())) {
        if (name.isWithin(from)) {
          expected.put(name.renamed(from, to), Objects.requireNonNull(expected.remove(name)));
        }
      }
    }

    Optional<Contents> expected(FolderName folder) {
      return Optional.ofNullable(expected.get(folder));
    }

    /** What a scan saw in the folder, if that still looks so. */
    Optional<Observation> seen(FolderName folder, Stamps now) {
      return Optional.ofNullable(exactly.get(folder)).filter(observation -> observation.holds(now));
    }
  }
}

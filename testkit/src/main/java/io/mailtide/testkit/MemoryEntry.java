package io.mailtide.testkit;

import io.mailtide.engine.Flags;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A message of a {@link MemoryStore}. Its place and flags are volatile until hardened. */
final class MemoryEntry {
  final byte[] bytes;

  /** The bytes, as tests see them. */
  final String text;

  Instant arrived;
  Place place;
  Flags flags;
  Place durablePlace = Place.NOWHERE;
  Flags durableFlags = Flags.NONE;
  long changed;

  /** Whether it has just come, by another program, and a power cut may undo that. */
  boolean arriving;

  private long hardeningsBegun;
  private long hardeningDone;

  /** What a rename that is not hardened made of it: a power cut undoes both or none. */
  @Nullable
  MemoryEntry becomes;

  MemoryEntry(byte[] bytes, Place place, Flags flags, Instant arrived) {
    this(bytes, new String(bytes, StandardCharsets.ISO_8859_1), place, flags, arrived);
  }

  private MemoryEntry(byte[] bytes, String text, Place place, Flags flags, Instant arrived) {
    this.bytes = bytes;
    this.text = text;
    this.place = place;
    this.flags = flags;
    this.arrived = arrived;
  }

  /** The same message as it is in another folder from now on. */
  MemoryEntry moved(long now) {
    var moved = new MemoryEntry(bytes, text, Place.PUBLISHED, flags, arrived);
    moved.changed = now;
    becomes = moved;
    place = Place.NOWHERE;
    return moved;
  }

  void harden() {
    hardening().run();
  }

  /** What makes durable how it is now, whatever it becomes meanwhile. */
  Runnable hardening() {
    var nowPlace = place;
    var nowFlags = flags;
    var nowBecomes = becomes;
    var number = ++hardeningsBegun;
    return () -> {
      if (number > hardeningDone) { // else a later one was faster
        durablePlace = nowPlace;
        durableFlags = nowFlags;
        becomes = becomes == nowBecomes ? null : becomes;
        arriving = false;
        hardeningDone = number;
      }
    };
  }

  /**
   * The power fails: of what was not hardened, each of these keeps or loses its last changes by
   * itself.
   *
   * @return the texts of those that had just come, and have not now
   */
  static Set<String> cutPower(List<MemoryEntry> all, RandomGenerator random) {
    var renamed = new HashSet<MemoryEntry>();
    for (var entry : all) {
      if (entry.becomes != null) {
        renamed.add(entry.becomes);
        if (random.nextBoolean()) {
          entry.becomes.place = Place.NOWHERE;
          entry.place = Place.PUBLISHED;
        }
      }
    }
    var undone = new HashSet<String>();
    for (var entry : all) {
      if (entry.becomes == null && !renamed.contains(entry) && random.nextBoolean()) {
        if (entry.arriving) {
          undone.add(entry.text);
        }
        entry.place = entry.durablePlace;
        entry.flags = entry.durableFlags;
      }
      entry.harden();
    }
    return undone;
  }

  /** Where a message is. */
  enum Place {
    NOWHERE,
    /** Being written. */
    INCOMING,
    STAGED,
    PUBLISHED,
    REMOVED
  }
}

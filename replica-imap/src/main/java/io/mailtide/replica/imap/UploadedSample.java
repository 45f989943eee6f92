package io.mailtide.replica.imap;

import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.wire.imap.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Some of the messages that were uploaded to a mailbox, until it is looked through: whether the
 * server keeps them as they were given (quirk 80).
 */
final class UploadedSample {
  private static final int MESSAGES_MAX = 1_000;

  private final Map<Long, Given> given = new HashMap<>();
  private int altered;

  private record Given(long size, long second) {}

  /** Remembers a message that was stored under this UID, while there are not too many. */
  void add(long uid, Outgoing message) {
    if (given.size() < MESSAGES_MAX) {
      given.put(uid, new Given(message.size(), message.arrived().getEpochSecond()));
    }
  }

  boolean isEmpty() {
    return given.isEmpty();
  }

  /**
   * Compares a message with what was given.
   *
   * @param bySize whether sizes that the server states prove anything
   */
  void compare(long uid, Response.Fetch fetch, boolean bySize) {
    Optional.ofNullable(given.remove(uid)).ifPresent(message -> {
      boolean otherSize =
          bySize && fetch.size().isPresent() && fetch.size().getAsLong() != message.size();
      boolean otherTime = fetch.internalDate().isPresent()
          && fetch.internalDate().get().getEpochSecond() != message.second();
      altered += otherSize || otherTime ? 1 : 0;
    });
  }

  /** How many were found altered since the last call. */
  int takeAltered() {
    int found = altered;
    altered = 0;
    return found;
  }
}

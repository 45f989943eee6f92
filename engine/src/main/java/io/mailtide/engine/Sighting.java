package io.mailtide.engine;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A message as one side shows it now.
 *
 * @param key its identity on that side
 * @param flags its flags and keywords
 * @param size its size in bytes as that side states it, where known; good for planning and
 *     progress, never for integrity, for servers are wrong about it
 * @param arrived when it arrived on that side (INTERNALDATE), where the scan was to tell and could
 * @param headersOnly whether that side holds its header alone, and says so
 * @param content what that side calls its content, where it tells
 * @param namelessKeywords whether it bears keywords whose names that side has lost: none that was
 *     agreed on is sure to have been cleared
 */
public record Sighting(
    MessageKey key,
    Flags flags,
    OptionalLong size,
    Optional<Instant> arrived,
    boolean headersOnly,
    Optional<ContentId> content,
    boolean namelessKeywords) {
  /** A message whose keywords all have names. */
  public Sighting(
      MessageKey key,
      Flags flags,
      OptionalLong size,
      Optional<Instant> arrived,
      boolean headersOnly,
      Optional<ContentId> content) {
    this(key, flags, size, arrived, headersOnly, content, false);
  }

  /** A message of whose content nothing is told. */
  public Sighting(
      MessageKey key,
      Flags flags,
      OptionalLong size,
      Optional<Instant> arrived,
      boolean headersOnly) {
    this(key, flags, size, arrived, headersOnly, Optional.empty());
  }

  /** A message whose time of arrival is not told. */
  public Sighting(MessageKey key, Flags flags, OptionalLong size) {
    this(key, flags, size, Optional.empty(), false);
  }

  /** The same with these flags, all of them with names. */
  public Sighting with(Flags told) {
    return new Sighting(key, told, size, arrived, headersOnly, content);
  }

  /**
   * What a side calls the content of a message: the same in all of its folders for messages that
   * are the same to the last byte (EMAILID, RFC 8474 section 5.1), and for no others.
   */
  public record ContentId(String value) {
    public ContentId {
      if (value.isEmpty()) {
        throw new IllegalArgumentException("an empty content id");
      }
    }
  }
}

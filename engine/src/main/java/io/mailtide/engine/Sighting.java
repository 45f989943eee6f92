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
 */
public record Sighting(
    MessageKey key,
    Flags flags,
    OptionalLong size,
    Optional<Instant> arrived,
    boolean headersOnly) {
  /** A message whose time of arrival is not told. */
  public Sighting(MessageKey key, Flags flags, OptionalLong size) {
    this(key, flags, size, Optional.empty(), false);
  }
}

package io.mailtide.engine;

import java.util.OptionalLong;

/**
 * A message as one side shows it now.
 *
 * @param key its identity on that side
 * @param flags its flags and keywords
 * @param size its size in bytes as that side states it, where known; good for planning and
 *     progress, never for integrity, for servers are wrong about it
 */
public record Sighting(MessageKey key, Flags flags, OptionalLong size) {}

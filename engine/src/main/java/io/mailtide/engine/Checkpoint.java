package io.mailtide.engine;

/**
 * How far one side of a folder has been observed; handed back to the replica to ask what changed
 * since.
 *
 * @param value opaque to all but the replica that gave it; stored as it is
 */
public record Checkpoint(String value) {}

package io.mailtide.engine;

/**
 * The life of a folder in which message keys keep their meaning: for IMAP its UIDVALIDITY (RFC 9051
 * section 2.3.1.1). When it differs from the one remembered, no remembered key of that side means
 * anything any more.
 *
 * @param value opaque to all but the replica that gave it
 */
public record Generation(String value) {}

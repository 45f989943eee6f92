package io.mailtide.wire.imap;

/**
 * The generation of a mailbox's {@link Uid}s: when it changes, all that was known of them is void
 * (RFC 9051 section 2.3.1.1).
 *
 * @param value 1 to 4,294,967,295
 */
public record UidValidity(long value) {
  public UidValidity {
    if (value < 1 || value > Uid.MAX) {
      throw new IllegalArgumentException("uidvalidity out of range: " + value);
    }
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}

package io.mailtide.wire.imap;

/**
 * A modification sequence: how far the changes of a mailbox had come (RFC 7162 section 3.1).
 *
 * @param value 1 to 2^63 - 1
 */
public record ModSeq(long value) implements Comparable<ModSeq> {
  public ModSeq {
    if (value < 1) {
      throw new IllegalArgumentException("mod-sequence out of range: " + value);
    }
  }

  @Override
  public int compareTo(ModSeq other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}

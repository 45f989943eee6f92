package io.mailtide.engine.content;

import java.util.HexFormat;

/**
 * The SHA-256 of a message in CRLF form: its identity by content.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) {
  public Digest {
    if (hex.length() != 64) {
      throw new IllegalArgumentException("not a SHA-256: " + hex);
    }
  }

  /** From the 32 bytes. */
  public static Digest of(byte[] bytes) {
    return new Digest(HexFormat.of().formatHex(bytes));
  }

  /** The 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }
}

package io.mailtide.wire.imap;

import java.util.Arrays;
import java.util.Optional;

/**
 * The encoding of mailbox names before UTF-8 (RFC 3501 section 5.1.3): base64 of UTF-16 between
 * {@code &} and {@code -}.
 */
final class ModifiedUtf7 {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
  private static final byte[] VALUES = new byte[128];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      VALUES[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private ModifiedUtf7() {}

  static String encode(String text) {
    var encoded = new StringBuilder(text.length() + 8);
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '&') {
        encoded.append("&-");
        i++;
      } else if (isDirect(c)) {
        encoded.append(c);
        i++;
      } else {
        i = shift(text, i, encoded);
      }
    }
    return encoded.toString();
  }

  /** Encodes the run of other characters that begins here; returns where it ends. */
  private static int shift(String text, int start, StringBuilder encoded) {
    encoded.append('&');
    int bits = 0;
    int count = 0;
    int i = start;
    for (; i < text.length() && !isDirect(text.charAt(i)); i++) {
      bits = bits << 16 | text.charAt(i);
      for (count += 16; count >= 6; count -= 6) {
        encoded.append(ALPHABET.charAt(bits >> (count - 6) & 0x3F));
      }
      bits &= (1 << count) - 1;
    }
    if (count > 0) {
      encoded.append(ALPHABET.charAt(bits << (6 - count) & 0x3F));
    }
    encoded.append('-');
    return i;
  }

  /**
   * The text; absent when it is not well encoded. Accepts what should not have been encoded at all.
   */
  static Optional<String> decode(String encoded) {
    var text = new StringBuilder(encoded.length());
    int i = 0;
    while (i < encoded.length()) {
      char c = encoded.charAt(i);
      if (c != '&') {
        if (!isDirect(c)) {
          return Optional.empty();
        }
        text.append(c);
        i++;
        continue;
      }
      int end = encoded.indexOf('-', i);
      if (end < 0 || !unshift(encoded, i + 1, end, text)) {
        return Optional.empty();
      }
      i = end + 1;
    }
    return isWellFormed(text) ? Optional.of(text.toString()) : Optional.empty();
  }

  private static boolean unshift(String encoded, int start, int end, StringBuilder text) {
    if (start == end) {
      text.append('&');
      return true;
    }
    int bits = 0;
    int count = 0;
    for (int i = start; i < end; i++) {
      char c = encoded.charAt(i);
      if (c >= 128 || VALUES[c] < 0) {
        return false;
      }
      bits = bits << 6 | VALUES[c];
      count += 6;
      if (count >= 16) {
        count -= 16;
        text.append((char) (bits >> count));
        bits &= (1 << count) - 1;
      }
    }
    return count < 6 && bits == 0;
  }

  /** Whether each surrogate has its partner, so that the text can be written in UTF-8 as well. */
  static boolean isWellFormed(CharSequence text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static boolean isDirect(char c) {
    return c >= 0x20 && c <= 0x7E;
  }
}

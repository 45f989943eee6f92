package io.mailtide.wire.imap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A mailbox's name (RFC 9051 section 5.1), decoded, with the server's hierarchy delimiters in it.
 *
 * <p>Sent in modified UTF-7 or in UTF-8, as the session is. A name that a server gave in a spelling
 * of its own, for instance with a bare {@code &}, remembers that spelling and is sent back in it;
 * it differs from a name of the same text that does not. {@code INBOX} is the same in any case, and
 * is kept in capitals.
 */
public final class MailboxName {
  /** The primary mailbox. */
  public static final MailboxName INBOX = of("INBOX");

  private final String text;

  /** As the server spells it, a character a byte, where it is not as we would. */
  private final Optional<String> spelling;

  private MailboxName(String text, Optional<String> spelling) {
    this.text = text.toUpperCase(Locale.ROOT).equals("INBOX") ? "INBOX" : text;
    this.spelling = spelling;
  }

  /**
   * The name of this text.
   *
   * @throws IllegalArgumentException when the text holds NUL or half a surrogate pair, which no
   *     server takes
   */
  public static MailboxName of(String text) {
    if (text.indexOf('\0') >= 0 || !ModifiedUtf7.isWellFormed(text)) {
      throw new IllegalArgumentException("a mailbox name cannot hold NUL or half a character");
    }
    return new MailboxName(text, Optional.empty());
  }

  /**
   * The name that a server wrote so; never fails.
   *
   * @param spelling a character a byte
   * @param utf8 whether the session's names are UTF-8 (RFC 6855, RFC 9051), else modified UTF-7
   */
  static MailboxName received(String spelling, boolean utf8) {
    var text =
        utf8 ? decodeUtf8(spelling) : ModifiedUtf7.decode(spelling).or(() -> decodeUtf8(spelling));
    var name = new MailboxName(text.orElse(spelling), Optional.empty());
    boolean same = name.text.equals("INBOX") || name.encoded(utf8).equals(spelling);
    return same ? name : new MailboxName(name.text, Optional.of(spelling));
  }

  private static Optional<String> decodeUtf8(String spelling) {
    var bytes = ByteBuffer.wrap(spelling.getBytes(StandardCharsets.ISO_8859_1));
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  /** The text in the session's encoding, a character a byte. */
  static String encoded(String text, boolean utf8) {
    return utf8
        ? new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
        : ModifiedUtf7.encode(text);
  }

  /** As it is sent, a character a byte. */
  String encoded(boolean utf8) {
    return spelling.orElseGet(() -> encoded(text, utf8));
  }

  /** The decoded name. */
  public String text() {
    return text;
  }

  /** Whether the server spells it in a way of its own. */
  boolean isRespelt() {
    return spelling.isPresent();
  }

  public boolean isInbox() {
    return text.equals("INBOX");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MailboxName that
        && text.equals(that.text)
        && spelling.equals(that.spelling);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}

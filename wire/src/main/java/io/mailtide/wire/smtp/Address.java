package io.mailtide.wire.smtp;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A mail address that may stand in a command: {@code Mailbox} of RFC 5321 section 4.1.2, as widened
 * by RFC 6531 section 3.3 to text beyond ASCII.
 *
 * @param text the address without angle brackets; holds no control character and no line end
 */
public record Address(String text) {
  /** Together with the brackets RFC 5321 lets it have 256; senders of lists have longer ones. */
  private static final int BYTES_MAX = 400;

  // Local-part = Dot-string / Quoted-string
  private static final String ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\x{10FFFF}-]+";
  private static final String LOCAL = ATEXT + "(?:\\." + ATEXT + ")*";
  private static final String QUOTED = "\"(?:[ !#-\\[\\]-~\\u0080-\\x{10FFFF}]|\\\\[ -~])*\"";

  // Domain = sub-domain *("." sub-domain), address-literal
  private static final String LABEL =
      "[A-Za-z0-9\\u0080-\\x{10FFFF}](?:[A-Za-z0-9\\u0080-\\x{10FFFF}_-]*"
          + "[A-Za-z0-9\\u0080-\\x{10FFFF}])?";
  private static final String DOMAIN = LABEL + "(?:\\." + LABEL + ")*";
  private static final String LITERAL = "\\[[A-Za-z0-9:.-]{2,64}\\]";
  private static final Pattern MAILBOX =
      Pattern.compile("(?:" + LOCAL + "|" + QUOTED + ")@(?:" + DOMAIN + "|" + LITERAL + ")");

  /** Controls and line ends, also those beyond ASCII. */
  private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

  /** @throws IllegalArgumentException when it is no address; the message says so for people */
  public Address {
    if (text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX
        || FORBIDDEN.matcher(text).find()
        || !StandardCharsets.UTF_8.newEncoder().canEncode(text)
        || !MAILBOX.matcher(text).matches()) {
      throw new IllegalArgumentException("not a mail address: " + shown(text));
    }
  }

  private static String shown(String text) {
    var printable = FORBIDDEN.matcher(text).replaceAll("·");
    return printable.length() > BYTES_MAX ? printable.substring(0, BYTES_MAX) + "…" : printable;
  }

  /** Whether it can be sent without SMTPUTF8. */
  public boolean isAscii() {
    return text.chars().allMatch(each -> each < 0x80);
  }

  @Override
  public String toString() {
    return text;
  }
}

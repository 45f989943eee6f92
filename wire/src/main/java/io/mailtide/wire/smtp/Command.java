package io.mailtide.wire.smtp;

import io.mailtide.wire.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a client says, a line each. No value that these are made of can hold a line end: nothing
 * else than the one command is ever sent. Shown as text, a secret is three stars.
 */
public sealed interface Command {
  /** The longest line without extensions, CRLF included (RFC 5321 section 4.5.3.1.4). */
  int LINE_BYTES_MAX = 512;

  /** The line without its end. */
  String line();

  /** The bytes to send. */
  default ByteBuffer bytes() {
    var line = line();
    if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0 || line.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a command of more than one line");
    }
    return ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Commands without arguments. */
  enum Bare implements Command {
    STARTTLS,
    DATA,
    RSET,
    QUIT;

    @Override
    public String line() {
      return name();
    }
  }

  /**
   * Names this side, and asks what the server can do.
   *
   * @param name a domain or an address literal
   */
  record Ehlo(String name) implements Command {
    public Ehlo {
      if (!name.matches("[A-Za-z0-9.:\\[\\]-]+")) {
        throw new IllegalArgumentException("neither a domain nor an address literal: " + name);
      }
    }

    @Override
    public String line() {
      return "EHLO " + name;
    }

    @Override
    public String toString() {
      return line();
    }
  }

  /**
   * Begins to sign in (RFC 4954 section 4).
   *
   * @param initial what the mechanism says first, where it goes along
   */
  record Auth(String mechanism, Optional<Secret<byte[]>> initial) implements Command {
    public Auth {
      if (!mechanism.matches("[A-Z0-9_-]{1,20}")) {
        throw new IllegalArgumentException("no name of a mechanism: " + mechanism);
      }
    }

    /** Whether it fits into a line that every server takes; else the first word goes alone. */
    public boolean fits() {
      return line().length() + 2 <= LINE_BYTES_MAX;
    }

    // "AUTH" SP sasl-mech [SP (initial-response / "=")]
    @Override
    public String line() {
      return "AUTH " + mechanism
          + initial
              .map(secret -> " " + (base64(secret).isEmpty() ? "=" : base64(secret)))
              .orElse("");
    }

    @Override
    public String toString() {
      return "AUTH " + mechanism + (initial.isPresent() ? " ***" : "");
    }
  }

  /** Answers a challenge of AUTH. */
  record AuthAnswer(Secret<byte[]> response) implements Command {
    @Override
    public String line() {
      return base64(response);
    }

    @Override
    public String toString() {
      return "***";
    }
  }

  /** What the bytes of a message are like (RFC 6152, RFC 3030). */
  enum Body {
    /** Seven bits a byte: nothing is said. */
    SEVEN_BIT(""),
    EIGHT_BIT(" BODY=8BITMIME"),
    /** Any bytes, not in lines. */
    BINARY(" BODY=BINARYMIME");

    private final String parameter;

    Body(String parameter) {
      this.parameter = parameter;
    }
  }

  /** What a report of failure brings back (RFC 3461 section 4.3). */
  enum Ret {
    FULL,
    HDRS
  }

  /**
   * What reports name the message by, for its sender (RFC 3461 section 4.4).
   *
   * @param text printable ASCII and spaces; as xtext at most {@value #XTEXT_MAX} characters
   */
  record EnvelopeId(String text) {
    private static final int XTEXT_MAX = 100;

    public EnvelopeId {
      if (!text.matches("[ -~]+") || xtext(text).length() > XTEXT_MAX) {
        throw new IllegalArgumentException(
            "no envelope id: it must be printable ASCII, as xtext at most 100 characters");
      }
    }
  }

  /**
   * Begins a message.
   *
   * @param sender absent: nobody is to be told of failures
   * @param size its size in bytes (RFC 1870), where the server wants to know
   * @param utf8 whether addresses or header are in UTF-8 (RFC 6531)
   * @param ret absent: as the server likes
   * @param id absent: none
   */
  record Mail(
      Optional<Address> sender,
      OptionalLong size,
      Body body,
      boolean utf8,
      Optional<Ret> ret,
      Optional<EnvelopeId> id)
      implements Command {
    public Mail {
      if (!utf8 && sender.isPresent() && !sender.get().isAscii()) {
        throw new IllegalArgumentException("an address beyond ASCII without SMTPUTF8");
      }
    }

    @Override
    public String line() {
      return "MAIL FROM:<" + sender.map(Address::text).orElse("") + ">"
          + (size.isPresent() ? " SIZE=" + size.getAsLong() : "")
          + body.parameter
          + (utf8 ? " SMTPUTF8" : "")
          + ret.map(each -> " RET=" + each).orElse("")
          + id.map(each -> " ENVID=" + xtext(each.text)).orElse("");
    }

    @Override
    public String toString() {
      return line();
    }
  }

  /** What the sender wants to be told of (RFC 3461 section 4.1). */
  enum Notify {
    NEVER,
    SUCCESS,
    FAILURE,
    DELAY
  }

  /**
   * Names a recipient.
   *
   * @param notifyOn empty: what is usual, and the address is not repeated in reports
   * @param utf8 whether the message is sent by SMTPUTF8
   */
  record Rcpt(Address recipient, Set<Notify> notifyOn, boolean utf8) implements Command {
    public Rcpt {
      notifyOn = notifyOn.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(notifyOn));
      if (notifyOn.contains(Notify.NEVER) && notifyOn.size() > 1) {
        throw new IllegalArgumentException("NOTIFY: NEVER stands alone");
      }
      if (!utf8 && !recipient.isAscii()) {
        throw new IllegalArgumentException("an address beyond ASCII without SMTPUTF8");
      }
    }

    @Override
    public String line() {
      var text = "RCPT TO:<" + recipient.text() + ">";
      if (notifyOn.isEmpty()) {
        return text;
      }
      var events = notifyOn.stream().sorted().map(Notify::name).collect(Collectors.joining(","));
      return text + " NOTIFY=" + events + " ORCPT="
          + (recipient.isAscii()
              ? "rfc822;" + xtext(recipient.text())
              : "utf-8;" + unitext(recipient.text()));
    }

    @Override
    public String toString() {
      return line();
    }

    // utf-8-addr-unitext with EmbeddedUnicodeChar for what xtext may not hold (RFC 6533 section 3)
    private static String unitext(String text) {
      return escaped(text, "+=\\", "\\x{%X}");
    }
  }

  // xtext = *( xchar / hexchar ) (RFC 3461 section 4)
  private static String xtext(String text) {
    return escaped(text, "+=", "+%02X");
  }

  private static String escaped(String text, String special, String escape) {
    var written = new StringBuilder();
    text.codePoints().forEach(each -> {
      if (each > ' ' && each != 0x7F && special.indexOf(each) < 0) {
        written.appendCodePoint(each);
      } else {
        written.append(escape.formatted(each));
      }
    });
    return written.toString();
  }

  /**
   * Announces all bytes of a message, which follow at once (RFC 3030 section 2).
   *
   * @param size how many
   */
  record BdatLast(long size) implements Command {
    public BdatLast {
      if (size < 0) {
        throw new IllegalArgumentException("a negative size");
      }
    }

    @Override
    public String line() {
      return "BDAT " + size + " LAST";
    }

    @Override
    public String toString() {
      return line();
    }
  }

  private static String base64(Secret<byte[]> secret) {
    return Base64.getEncoder().encodeToString(secret.reveal());
  }
}

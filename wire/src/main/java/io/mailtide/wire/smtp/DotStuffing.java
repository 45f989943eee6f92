package io.mailtide.wire.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the bytes of a message behind DATA: a dot that begins a line gets another one, and a line
 * with a dot alone ends it (RFC 5321 section 4.5.2). One use, one message.
 *
 * <p>Only for messages whose lines all end in CRLF: of bare CRs and LFs, what is a line hangs on
 * the server, and so where the message ends.
 */
public final class DotStuffing {
  private static final ByteBuffer DOT = ascii(".");
  private static final byte[] END = {'.', '\r', '\n'};
  private static final byte[] LINE_END = {'\r', '\n', '.', '\r', '\n'};

  private boolean lineBegins = true;
  private int previous;

  /**
   * The next bytes to send of these, up to where a dot is put in; to be called until none are left.
   * A view, which moves the buffer's position.
   */
  public ByteBuffer next(ByteBuffer bytes) {
    if (lineBegins && bytes.hasRemaining() && bytes.get(bytes.position()) == '.') {
      lineBegins = false;
      return DOT.duplicate();
    }
    int start = bytes.position();
    int at = start;
    while (at < bytes.limit() && !(at > start && lineBegins && bytes.get(at) == '.')) {
      int octet = bytes.get(at++);
      lineBegins = octet == '\n' && previous == '\r';
      previous = octet;
    }
    bytes.position(at);
    return bytes.slice(start, at - start);
  }

  /** What ends the message, its last line first where that has no end: this commits it. */
  public ByteBuffer end() {
    // The first CRLF of CRLF.CRLF is the end of the last line (RFC 5321 section 4.1.1.4).
    return ByteBuffer.wrap(lineBegins ? END : LINE_END).asReadOnlyBuffer();
  }

  private static ByteBuffer ascii(String text) {
    return StandardCharsets.US_ASCII.encode(text).asReadOnlyBuffer();
  }
}

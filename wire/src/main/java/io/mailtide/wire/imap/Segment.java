package io.mailtide.wire.imap;

import io.mailtide.wire.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Bytes to send. Shown as text, a secret one is three stars, so a transcript can show every segment
 * as it is.
 *
 * @param bytes a view of its own for each caller
 * @param secret whether nobody should see them
 * @param awaits whether the server must answer with a {@link Response.Continuation} before the next
 *     segment is sent; when it answers with a tagged response instead, the rest of the command must
 *     not be sent
 * @param follows how many bytes of a message the sender puts behind this segment, before the next
 *     one; 0: none
 */
public record Segment(ByteBuffer bytes, boolean secret, boolean awaits, long follows) {
  /** Ends IDLE; the tagged response to IDLE follows (RFC 2177). */
  public static final Segment DONE = plain("DONE\r\n");

  /** Gives up an AUTHENTICATE instead of answering a challenge; a tagged BAD follows. */
  public static final Segment CANCEL = plain("*\r\n");

  public Segment {
    bytes = bytes.asReadOnlyBuffer();
  }

  /** Answers a challenge of AUTHENTICATE. */
  public static Segment answer(Secret<byte[]> response) {
    var base64 = Base64.getEncoder().encodeToString(response.reveal());
    return new Segment(StandardCharsets.US_ASCII.encode(base64 + "\r\n"), true, false, 0);
  }

  private static Segment plain(String text) {
    return new Segment(StandardCharsets.US_ASCII.encode(text), false, false, 0);
  }

  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  @Override
  public String toString() {
    return secret ? "***" : StandardCharsets.UTF_8.decode(bytes()).toString();
  }
}

package io.mailtide.replica.imap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Recognises the note that Exchange hands over instead of a message that it cannot give (quirk 17),
 * by the beginning of the message. To keep it would be to take it for the message.
 */
final class SubstituteNote {
  private static final String SUBJECT = "\nSubject: Retrieval using the IMAP4 protocol failed";
  private static final int LOOK_BYTES = 4_096;

  private final byte[] beginning;
  private int length;

  /** Looks only at servers that do so. */
  SubstituteNote(boolean enabled) {
    beginning = new byte[enabled ? LOOK_BYTES : 0];
  }

  /** Another message begins. */
  void reset() {
    length = 0;
  }

  /** Looks at bytes of it and leaves them as they are. */
  void look(ByteBuffer bytes) {
    int more = Math.min(beginning.length - length, bytes.remaining());
    bytes.get(bytes.position(), beginning, length, more);
    length += more;
  }

  boolean found() {
    return new String(beginning, 0, length, StandardCharsets.ISO_8859_1).contains(SUBJECT);
  }
}

package io.mailtide.replica.imap.message;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through a message for what servers refuse without saying so (quirks 1, 79). To guess is
 * better than "BAD Command Argument Error".
 */
public final class Lint implements ByteSink {
  /** RFC 5322 section 2.1.1, without the line end. */
  private static final int LINE_BYTES_MAX = 998;

  private long lineLength;
  private long longest;
  private boolean nul;
  private boolean eightBitHeader;
  private boolean bareLineEnd;
  private boolean inHeader = true;
  private byte last;

  @Override
  public void write(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      bareLineEnd |= last == '\r' ? next != '\n' : next == '\n';
      if (next == '\n') {
        inHeader &= lineLength > 0;
        longest = Math.max(longest, lineLength);
        lineLength = 0;
      } else if (next != '\r') {
        lineLength++;
        nul |= next == 0;
        eightBitHeader |= inHeader && next < 0;
      }
      last = next;
    }
  }

  /** What may be the cause, as a sentence; empty: nothing stands out. */
  public String guess() {
    var found = new ArrayList<String>();
    if (nul) {
      found.add("it holds NUL bytes");
    }
    if (eightBitHeader) {
      found.add("its header holds bytes that are not ASCII");
    }
    if (Math.max(longest, lineLength) > LINE_BYTES_MAX) {
      found.add("it has a line of %,d bytes".formatted(Math.max(longest, lineLength)));
    }
    if (bareLineEnd) {
      found.add("it has line ends other than CRLF");
    }
    return found.isEmpty() ? "" : "The cause may be that " + joined(found) + ".";
  }

  private static String joined(List<String> found) {
    return found.size() == 1
        ? found.getFirst()
        : String.join(", ", found.subList(0, found.size() - 1)) + " and " + found.getLast();
  }
}

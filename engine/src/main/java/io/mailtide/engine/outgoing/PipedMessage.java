package io.mailtide.engine.outgoing;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A message as programs hand it to sendmail: lines that end with LF or CRLF, perhaps behind a
 * {@code From } line of a mailbox file. It is given in CRLF form, and ends with a line end.
 */
final class PipedMessage {
  private static final int BLOCK = 32 << 10;
  private static final String FROM_LINE = "From ";

  private final ByteSink to;
  private final boolean dotEnds;
  private final ByteBuffer out = ByteBuffer.allocate(2 * BLOCK + 16);
  private final StringBuilder begin = new StringBuilder();
  private boolean skipping;
  private boolean decided;
  private boolean over;
  private Line line = Line.START;

  /** Where in a line we are. */
  private enum Line {
    START,
    /** Behind a dot that began it. */
    DOT,
    DOT_CR,
    CR,
    WITHIN
  }

  /** @param dotEnds whether a line with a dot alone ends the message */
  PipedMessage(ByteSink to, boolean dotEnds) {
    this.to = to;
    this.dotEnds = dotEnds;
  }

  /** Reads to the end, and gives all of it. */
  void read(InputStream in) throws FaultException {
    var block = new byte[BLOCK];
    while (!over) { // what follows the end may never come
      var count = next(in, block);
      if (count < 0) {
        break;
      }
      for (var i = 0; i < count && !over; i++) {
        take(block[i]);
      }
      flush();
    }
    finish();
    flush();
  }

  private static int next(InputStream in, byte[] block) throws FaultException {
    try {
      return in.read(block);
    } catch (IOException e) {
      throw new FaultException(
          Fault.of(
              Kind.DISK,
              Reach.MESSAGE,
              "reading the message from standard input",
              String.valueOf(e.getMessage()),
              "Nothing was queued."),
          e);
    }
  }

  private void flush() throws FaultException {
    if (out.flip().hasRemaining()) {
      to.write(out);
    }
    out.clear();
  }

  private void take(byte b) {
    if (decided) {
      pass(b);
      return;
    }
    if (!skipping) {
      begin.append((char) (b & 0xFF));
    }
    if (FROM_LINE.contentEquals(begin)) {
      skipping = true;
    }
    if (skipping ? b == '\n' : !FROM_LINE.startsWith(begin.toString())) {
      decide();
    }
  }

  /** Drops the line that begins with {@code From }, or takes what looked like its beginning. */
  private void decide() {
    decided = true;
    if (!skipping) {
      begin.chars().forEach(c -> pass((byte) c));
    }
  }

  private void pass(byte b) {
    if (over) {
      return;
    }
    switch (line) {
      case DOT, DOT_CR -> {
        if (b == '\n') {
          over = true;
          return;
        }
        if (line == Line.DOT && b == '\r') {
          line = Line.DOT_CR;
          return;
        }
        out.put((byte) '.');
        if (line == Line.DOT_CR) {
          out.put((byte) '\r');
        }
      }
      case START -> {
        if (dotEnds && b == '.') {
          line = Line.DOT;
          return;
        }
      }
      case CR, WITHIN -> {}
    }
    if (b == '\n' && line != Line.CR) {
      out.put((byte) '\r');
    }
    out.put(b);
    line = b == '\n' ? Line.START : b == '\r' ? Line.CR : Line.WITHIN;
  }

  private void finish() {
    if (!decided) {
      decide();
    }
    if (line == Line.CR || line == Line.WITHIN) {
      pass((byte) '\n');
    }
  }
}

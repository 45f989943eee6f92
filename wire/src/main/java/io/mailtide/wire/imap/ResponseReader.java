package io.mailtide.wire.imap;

import io.mailtide.wire.Machine;
import io.mailtide.wire.Secret;
import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link Response}s of the bytes that an IMAP server sends; the same ones however the bytes
 * are split, but for the pieces of bodies. Never sends, and never answers {@link Step.Send}.
 *
 * <p>A line that cannot be understood becomes a {@link Response.Malformed} where it is clear where
 * the next one begins; only what leaves that unclear breaks the reader.
 */
public final class ResponseReader implements Machine<Response> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final Step<Response> STARVED = new Step.Starved<>();
  private static final Step<Response> BODY_END = new Step.Emit<>(new Response.BodyEnd());
  private static final int DISCARDED_MAX = 1_024;

  /** What comes next from the server. */
  private enum State {
    LINE,
    /** A literal that is read with its response. */
    LITERAL,
    /** A literal that is handed on as it comes. */
    BODY
  }

  private final Limits limits;
  private final Quirk.Tally quirks = new Quirk.Tally();
  private final ArrayDeque<Response> ready = new ArrayDeque<>();
  private final Cursor cursor;
  private final ResponseParser parser;

  private ByteBuffer arrived = NOTHING;
  private State state = State.LINE;
  private @Nullable Step<Response> last;
  private boolean closed;

  /** Bytes of the literal or body still to come. */
  private long remaining;

  /** Where the line at hand begins, behind the literal before it. */
  private int lineStart;

  /** Literals met in the response at hand. */
  private int literals;

  public ResponseReader(Limits limits) {
    this.limits = limits;
    cursor = new Cursor(limits, quirks);
    parser = new ResponseParser(cursor, ready);
  }

  /**
   * Says how the server writes mailbox names from now on: in UTF-8 once ENABLE switched on
   * UTF8=ACCEPT or IMAP4rev2, else in modified UTF-7.
   */
  public void utf8Names(boolean on) {
    parser.utf8(on);
  }

  /** The quirks met so far, and how often. */
  public Map<Quirk, Long> quirks() {
    return quirks.counts();
  }

  /**
   * Whether all that arrived has been handed on. When it has not as a STARTTLS is answered,
   * somebody else put words into the connection.
   */
  public boolean isDrained() {
    return !arrived.hasRemaining()
        && ready.isEmpty()
        && state == State.LINE
        && cursor.end == 0
        && last == null;
  }

  @Override
  public void accept(ByteBuffer arrived) {
    if (this.arrived.hasRemaining()) {
      throw new IllegalStateException("bytes that arrived before have not been read");
    }
    closed |= !arrived.hasRemaining();
    this.arrived = arrived;
  }

  @Override
  public Step<Response> next() {
    while (last == null) {
      var response = ready.poll();
      if (response != null) {
        return new Step.Emit<>(response);
      }
      if (state != State.LINE && remaining == 0) {
        boolean body = state == State.BODY;
        state = State.LINE;
        lineStart = cursor.end;
        if (body) {
          return BODY_END;
        }
      }
      if (!arrived.hasRemaining()) {
        return starved();
      }
      try {
        if (state == State.BODY) {
          return new Step.Emit<>(new Response.BodyPiece(piece()));
        }
        if (state == State.LITERAL) {
          literal();
        } else if (line()) {
          lineEnded();
        }
      } catch (Unparsable broken) {
        fail(broken);
      }
    }
    return last;
  }

  private Step<Response> starved() {
    arrived = NOTHING;
    if (closed) {
      last = new Step.Closed<>(
          switch (state) {
            case LINE -> cursor.end == 0 ? "a response" : "the rest of a response";
            case LITERAL -> remaining + " bytes more of a literal";
            case BODY -> remaining + " bytes more of a message";
          });
      return last;
    }
    return STARVED;
  }

  private ByteBuffer piece() {
    int length = (int) Math.min(remaining, arrived.remaining());
    var piece = arrived.slice(arrived.position(), length);
    arrived.position(arrived.position() + length);
    remaining -= length;
    return piece;
  }

  private void literal() throws Unparsable.Exceeded {
    int length = (int) Math.min(remaining, arrived.remaining());
    take(length);
    remaining -= length;
  }

  private void take(int length) throws Unparsable.Exceeded {
    cursor.reserve(length);
    arrived.get(cursor.bytes, cursor.end, length);
    cursor.end += length;
  }

  /** Takes what has come of a line; whether that was its end. */
  private boolean line() throws Unparsable.Exceeded {
    int start = arrived.position();
    int limit = arrived.limit();
    int i = start;
    while (i < limit && arrived.get(i) != '\n') {
      i++;
    }
    boolean ended = i < limit;
    take(ended ? i + 1 - start : i - start);
    return ended;
  }

  private void lineEnded() throws Unparsable {
    int stop = cursor.end - 1;
    if (stop > 0 && cursor.bytes[stop - 1] == '\r') {
      stop--;
    } else {
      quirks.met(Quirk.BARE_LINE_FEED);
    }
    long length = literalLength(stop);
    if (length < 0) {
      cursor.end = stop;
      parser.complete();
      cursor.clear();
      lineStart = 0;
      literals = 0;
      return;
    }
    if (parser.interrupted()) {
      state = State.BODY;
    } else if (length > limits.literalBytesMax() || literals++ >= limits.literalsMax()) {
      throw new Unparsable.Exceeded("at most " + limits.literalsMax() + " literals of at most "
          + limits.literalBytesMax() + " bytes in a response");
    } else {
      state = State.LITERAL;
    }
    remaining = length;
  }

  // literal = "{" number64 ["+"] "}" CRLF *CHAR8
  /** The length of the literal that begins behind a line that ends here; -1 when none does. */
  private long literalLength(int stop) throws Unparsable.Exceeded {
    byte[] bytes = cursor.bytes;
    int i = stop - 1;
    if (i <= lineStart || bytes[i] != '}' || !parser.mayHoldLiteral()) {
      return -1;
    }
    i--;
    if (bytes[i] == '+' && i > lineStart) {
      i--;
    }
    int digitsEnd = i + 1;
    while (i > lineStart && bytes[i] >= '0' && bytes[i] <= '9') {
      i--;
    }
    if (bytes[i] != '{' || i + 1 == digitsEnd) {
      return -1;
    }
    long length = 0;
    for (int digit = i + 1; digit < digitsEnd; digit++) {
      int value = bytes[digit] - '0';
      if (length > (Long.MAX_VALUE - value) / 10) {
        throw new Unparsable.Exceeded("literal > number64: a length of at most 63 bits");
      }
      length = length * 10 + value;
    }
    return length;
  }

  private void fail(Unparsable broken) {
    var discarded = Arrays.copyOf(cursor.bytes, Math.min(cursor.end, DISCARDED_MAX));
    last = new Step.Broken<>(broken.expected, Secret.of(discarded));
  }
}

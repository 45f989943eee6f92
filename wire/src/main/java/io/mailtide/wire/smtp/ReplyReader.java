package io.mailtide.wire.smtp;

import io.mailtide.wire.Machine;
import io.mailtide.wire.Secret;
import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link Reply}s of the bytes that an SMTP server sends; the same ones however the bytes are
 * split. Never sends, and never answers {@link Step.Send}.
 *
 * <p>Where a line is none of a reply, nobody can tell any more which reply belongs to what: that
 * breaks the reader. A line may end in LF alone.
 */
public final class ReplyReader implements Machine<Reply> {
  /** RFC 5321 section 4.5.3.1.5 has 512; texts in UTF-8 and chatty servers are longer. */
  private static final int LINE_BYTES_MAX = 4_096;

  private static final int LINES_MAX = 200;
  private static final int DISCARDED_MAX = 1_024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final Step<Reply> STARVED = new Step.Starved<>();

  private final byte[] line = new byte[LINE_BYTES_MAX];
  private final List<String> lines = new ArrayList<>();
  private ByteBuffer arrived = NOTHING;
  private int length;

  /** Of the lines read so far; 0: there are none. */
  private int code;

  private boolean closed;
  private @Nullable Step<Reply> last;

  /**
   * Whether all that arrived has been handed on. When it has not as STARTTLS is answered, somebody
   * else put words into the connection.
   */
  public boolean isDrained() {
    return !arrived.hasRemaining() && length == 0 && lines.isEmpty() && last == null;
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
  public Step<Reply> next() {
    while (last == null) {
      if (!arrived.hasRemaining()) {
        return starved();
      }
      byte next = arrived.get();
      if (next != '\n') {
        if (length == LINE_BYTES_MAX) {
          return broken("a line of at most " + LINE_BYTES_MAX + " bytes");
        }
        line[length++] = next;
      } else {
        var reply = lineEnded();
        if (reply != null) {
          return reply;
        }
      }
    }
    return last;
  }

  private Step<Reply> starved() {
    arrived = NOTHING;
    if (closed) {
      last = new Step.Closed<>(length == 0 && lines.isEmpty() ? "a reply" : "the rest of a reply");
      return last;
    }
    return STARVED;
  }

  // Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
  private @Nullable Step<Reply> lineEnded() {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    if (end < 3 || !isDigit(0, '2', '5') || !isDigit(1, '0', '9') || !isDigit(2, '0', '9')) {
      return broken("Reply-line > Reply-code: three digits from 200 to 599");
    }
    int found = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
    if (end > 3 && line[3] != ' ' && line[3] != '-') {
      return broken("Reply-line: a space or a hyphen behind the code");
    }
    if (code != 0 && found != code) {
      return broken("Reply-line: code " + code + " on each line of the reply");
    }
    if (lines.size() == LINES_MAX) {
      return broken("a reply of at most " + LINES_MAX + " lines");
    }
    code = found;
    lines.add(end <= 4 ? "" : new String(line, 4, end - 4, StandardCharsets.UTF_8));
    boolean more = end > 3 && line[3] == '-';
    length = 0;
    if (more) {
      return null;
    }
    var reply = new Step.Emit<>(new Reply(code, lines));
    lines.clear();
    code = 0;
    return reply;
  }

  private boolean isDigit(int at, char first, char last) {
    return line[at] >= first && line[at] <= last;
  }

  private Step<Reply> broken(String expected) {
    last = new Step.Broken<>(
        expected, Secret.of(Arrays.copyOf(line, Math.min(length, DISCARDED_MAX))));
    return last;
  }
}

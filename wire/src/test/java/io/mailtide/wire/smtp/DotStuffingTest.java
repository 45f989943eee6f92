package io.mailtide.wire.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DotStuffingTest {
  /** What is sent of a text, LF for CRLF, that comes in pieces. */
  private static String sent(String text, int piece) {
    var bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    var stuffing = new DotStuffing();
    var sent = new StringBuilder();
    for (int at = 0; at < bytes.length; at += piece) {
      var some = ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at));
      while (some.hasRemaining()) {
        sent.append(StandardCharsets.ISO_8859_1.decode(stuffing.next(some)));
      }
    }
    return sent.append(StandardCharsets.ISO_8859_1.decode(stuffing.end()))
        .toString()
        .replace("\r\n", "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'', '.\n'",
    "'a\n', 'a\n.\n'",
    "'a', 'a\n.\n'",
    "'.', '..\n.\n'",
    "'.\n', '..\n.\n'",
    "'..\n', '...\n.\n'",
    "'a.b\n.c\n', 'a.b\n..c\n.\n'",
    "'a\n.\nb\n', 'a\n..\nb\n.\n'",
    "'\n\n.\n\n', '\n\n..\n\n.\n'"
  })
  void next_anySplit_doublesDotsThatBeginALine(String text, String expected) {
    for (int piece = 1; piece <= text.length() + 3; piece++) {
      assertThat(sent(text, piece)).isEqualTo(expected);
    }
  }

  @Test
  void next_bytes_areViewsOfThoseGiven() {
    var bytes = ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII));
    var view = new DotStuffing().next(bytes);
    bytes.put(0, (byte) 'x');
    assertThat(StandardCharsets.US_ASCII.decode(view).toString()).isEqualTo("xbc");
  }
}

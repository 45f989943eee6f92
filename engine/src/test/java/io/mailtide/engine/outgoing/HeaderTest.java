package io.mailtide.engine.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done to messages on their way in and out: nothing but what is said changes. */
class HeaderTest {
  /** The message in pieces of that size, with its Bcc taken out. */
  private static String shown(String message, int piece) throws FaultException {
    var out = new ByteArrayOutputStream();
    var shown = new Header.Changing(header -> header.withoutSecrets().bytes(), bytes -> {
      while (bytes.hasRemaining()) {
        out.write(bytes.get());
      }
    });
    var bytes = message.getBytes(StandardCharsets.ISO_8859_1);
    for (var at = 0; at < bytes.length; at += piece) {
      shown.write(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
    }
    shown.end();
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      A: 1~Bcc: x~B: 2~~body~ | A: 1~B: 2~~body~
      Bcc: x~~body~ | ~body~
      A: 1~BCC : x,~ y~\tz~B: 2~~Bcc: z~ | A: 1~B: 2~~Bcc: z~
      A: 1~Resent-Bcc: x~~b | A: 1~~b
      A: 1~X-Bcc: x~Bccc: y~ Bcc: z~~b | A: 1~X-Bcc: x~Bccc: y~ Bcc: z~~b
      A: 1~Bcc: x | A: 1~
      A: 1~Bcc: x~ | A: 1~
      ~Bcc: x~ | ~Bcc: x~
      no field~Bcc: x~~b | no field~~b
      A: 1~ ~Bcc: x~~b | A: 1~ ~~b
      A: é\u0001~~\u0000é~~ | A: é\u0001~~\u0000é~~
      """)
  void withoutSecrets_takesOutNothingElse(String message, String expected) throws FaultException {
    for (var piece = 1; piece <= message.length() + 8; piece++) {
      assertThat(shown(message.replace("~", "\r\n"), piece))
          .as("in pieces of %s", piece)
          .isEqualTo(expected.replace("~", "\r\n"));
    }
  }

  @Test
  void withoutSecrets_ofRandomMessages_keepsTheRest() throws FaultException {
    var random = new SplittableRandom(1);
    var lines = List.of("A: b", "Bcc: s3cret", " folded", "\ttab", "bcc:s3cret", "x", "B:", "é: ü");
    for (var i = 0; i < 5_000; i++) {
      var header = new StringBuilder();
      var expected = new StringBuilder();
      var secret = false;
      for (var count = random.nextInt(8); count > 0; count--) {
        var line = lines.get(random.nextInt(lines.size()));
        if (!line.startsWith(" ") && !line.startsWith("\t")) {
          secret = line.toLowerCase(Locale.ROOT).startsWith("bcc");
        } else if (header.isEmpty()) {
          secret = false;
        }
        header.append(line).append("\r\n");
        expected.append(secret ? "" : line + "\r\n");
      }
      assertThat(shown(header + "\r\nBcc: body\r\n", 1 + random.nextInt(9)))
          .isEqualTo(expected + "\r\nBcc: body\r\n");
    }
  }

  @Test
  void aHeaderWithoutEnd_isRefused() {
    assertThatThrownBy(() -> shown("A: b\r\n".repeat(Header.BYTES_MAX / 6 + 1), 1000))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("longer than 256 KiB");
  }

  @Test
  void first_isUnfoldedAndReadAsUtf8() {
    var header = Header.of(
        "Subject: a\r\n b\r\nsubject: c\r\nFrom : ü\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    assertThat(header.first("subject")).contains("a b");
    assertThat(header.first("from")).contains("ü");
    assertThat(header.first("to")).isEmpty();
  }

  private static String completed(String header, String name) {
    return new String(
        Completion.of(
                Header.of(header.getBytes(StandardCharsets.ISO_8859_1)),
                "ann@example.org",
                name,
                FIXED)
            .bytes(),
        StandardCharsets.UTF_8);
  }

  @Test
  void completion_putsWhatIsMissingBeforeIt_andChangesNothing() {
    var whole = "dAtE: x\r\nMESSAGE-ID: <1@x>\r\nFrom: y\r\n\r\n";
    assertThat(completed(whole, "Ann")).isEqualTo(whole);
    var odd = "Subject:  odd \r\n\t folded\r\n\r\n";
    var complete = completed(odd, "");
    assertThat(complete).endsWith(odd);
    assertThat(complete.substring(0, complete.length() - odd.length()).split("\r\n", -1))
        .hasSize(4)
        .startsWith("Date: Thu, 1 Jan 2026 02:03:04 +0000", "From: ann@example.org")
        .satisfies(lines -> assertThat(lines[2]).matches("Message-ID: <[0-9a-f]{32}@example.org>"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      Ann A. | "Ann A." <ann@example.org>
      a"b\\c | "a\\"b\\\\c" <ann@example.org>
      Jürgen | =?UTF-8?B?SsO8cmdlbg==?= <ann@example.org>
      """)
  void completion_quotesNames(String name, String expected) {
    assertThat(completed("Subject: x\r\n\r\n", name)).contains("\r\nFrom: " + expected + "\r\n");
  }

  @Test
  void completion_foldsLongNames() {
    assertThat(completed("Subject: x\r\n\r\n", "日本語".repeat(20)).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(76));
  }

  /** At a terminal or an open pipe there may never be more. */
  @Test
  void piped_nothingIsReadBehindTheEnd() throws FaultException {
    var out = new ByteArrayOutputStream();
    var blocks = List.of("Subject: x\n\nbo", "dy\n", ".\n").iterator();
    var open = new InputStream() {
      @Override
      public int read() {
        throw new AssertionError("blocks are read");
      }

      @Override
      public int read(byte[] into, int from, int most) {
        assertThat(blocks.hasNext()).as("waits for more").isTrue();
        var block = blocks.next().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(block, 0, into, from, block.length);
        return block.length;
      }
    };
    new PipedMessage(into(out), true).read(open);
    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("Subject: x\r\n\r\nbody\r\n");
  }

  private static ByteSink into(ByteArrayOutputStream out) {
    return bytes -> {
      while (bytes.hasRemaining()) {
        out.write(bytes.get());
      }
    };
  }

  private static String piped(String input, boolean dotEnds) throws FaultException {
    var out = new ByteArrayOutputStream();
    new PipedMessage(into(out), dotEnds)
        .read(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)));
    return out.toString(StandardCharsets.ISO_8859_1)
        .replace("\r\n", "~")
        .replace("\r", "^")
        .replace("\n", "$");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
      A: b~~x~|A: b~~x~|A: b~~x~
      A: b$$x$|A: b~~x~|A: b~~x~
      A: b$$x|A: b~~x~|A: b~~x~
      A: b$$x^|A: b~~x~|A: b~~x~
      A: b$$x^y$|A: b~~x^y~|A: b~~x^y~
      A$.$b$|A~|A~.~b~
      A$.~b$|A~|A~.~b~
      A$.|A~|A~.~
      A$..$b|A~..~b~|A~..~b~
      A$.^b|A~.^b~|A~.^b~
      A$ .$b|A~ .~b~|A~ .~b~
      .$b||.~b~
      From a b$A: b$$From x$|A: b~~From x~|A: b~~From x~
      From: a$$|From: a~~|From: a~~
      From|From~|From~
      From x||
      Fro$x|Fro~x~|Fro~x~
      """)
  void pipedMessage_isGivenInCrlfForm(String input, String dotted, String plain)
      throws FaultException {
    var text = input.replace("~", "\r\n").replace("$", "\n").replace("^", "\r");
    assertThat(piped(text, true)).isEqualTo(dotted == null ? "" : dotted);
    assertThat(piped(text, false)).isEqualTo(plain == null ? "" : plain);
  }

  @Test
  void pipedMessage_isReadInBlocks() throws FaultException {
    var text = "A: b\n\n" + "0123456789\n".repeat(20_000);
    assertThat(piped(text, true)).isEqualTo(text.replace("\n", "~"));
  }

  private static final Environment FIXED = new Environment() {
    @Override
    public InstantSource clock() {
      return InstantSource.fixed(Instant.parse("2026-01-01T02:03:04Z"));
    }

    @Override
    public RandomGenerator random() {
      return new SplittableRandom(7);
    }

    @Override
    public void sleep(Duration duration) {}
  };
}

package io.mailtide.wire.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;

/**
 * Without {@code JAZZER_FUZZ=1} these run over the inputs kept beside them, each a seed or a former
 * finding.
 */
final class SmtpFuzzTest {
  /**
   * Any bytes give replies or a broken reader, never an exception, and the same however they are
   * split; any reply can be shown and looked into.
   */
  @FuzzTest
  void reader(byte[] bytes) {
    var whole = Replies.of(bytes, left -> left);
    assertThat(Replies.of(bytes, left -> 1)).isEqualTo(whole);
    var random = new Random(bytes.length);
    assertThat(Replies.of(bytes, left -> 1 + random.nextInt(20))).isEqualTo(whole);
    for (var event : whole) {
      if (event instanceof Reply reply) {
        assertThat(reply.toString()).startsWith(Integer.toString(reply.code()));
        assertThat(reply.status()).isNotNull();
        assertThat(Extensions.of(reply).mechanisms()).doesNotContain("");
      }
    }
  }

  /** What is taken for an address makes one line of a command, and nothing more. */
  @FuzzTest
  void address(byte[] bytes) {
    Address address;
    try {
      address = new Address(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException none) {
      return;
    }
    var sent = StandardCharsets.UTF_8
        .decode(new Command.Rcpt(address, Set.of(Command.Notify.DELAY), true).bytes())
        .toString();
    assertThat(sent).matches("RCPT TO:<[^\\p{Cc}]+> NOTIFY=DELAY ORCPT=[^ \\p{Cc}]+\r\n");
  }

  /** A server that undoes the dots gets the message, and sees its end once. */
  @FuzzTest
  void dots(byte[] bytes) {
    var message =
        new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\r", "").replace("\n", "\r\n");
    var rest = ByteBuffer.wrap(message.getBytes(StandardCharsets.ISO_8859_1));
    var stuffing = new DotStuffing();
    var sent = new StringBuilder();
    while (rest.hasRemaining()) {
      sent.append(StandardCharsets.ISO_8859_1.decode(stuffing.next(rest)));
    }
    sent.append(StandardCharsets.ISO_8859_1.decode(stuffing.end()));
    var text = "\r\n" + sent;
    assertThat(text.indexOf("\r\n.\r\n")).isEqualTo(text.length() - 5);
    var received = text.substring(0, text.length() - 3).replace("\r\n.", "\r\n").substring(2);
    assertThat(received)
        .isEqualTo(message.isEmpty() || message.endsWith("\r\n") ? message : message + "\r\n");
  }
}

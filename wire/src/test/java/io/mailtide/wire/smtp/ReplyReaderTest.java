package io.mailtide.wire.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplyReaderTest {
  private static final String DIALOGUE = """
      220-mail.example.org ESMTP
      220-no spam, please
      220 ready
      250-mail.example.org
      250-PIPELINING
      250 SIZE 1000
      354
      250 2.1.5 größer
      550-5.1.1 no such
      550 5.1.1 user
      221 bye
      """;

  private static byte[] wire(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static List<Object> of(String text) {
    return Replies.of(wire(text), left -> left);
  }

  @Test
  void next_aDialogue_givesItsReplies() {
    assertThat(of(DIALOGUE))
        .containsExactly(
            new Reply(220, List.of("mail.example.org ESMTP", "no spam, please", "ready")),
            new Reply(250, List.of("mail.example.org", "PIPELINING", "SIZE 1000")),
            new Reply(354, List.of("")),
            new Reply(250, List.of("2.1.5 größer")),
            new Reply(550, List.of("5.1.1 no such", "5.1.1 user")),
            new Reply(221, List.of("bye")),
            "closed: a reply");
  }

  @Test
  void next_howeverSplit_givesTheSame() {
    var bytes = wire(DIALOGUE);
    var whole = Replies.of(bytes, left -> left);
    assertThat(Replies.of(bytes, left -> 1)).isEqualTo(whole);
    for (int first = 1; first < bytes.length; first++) {
      int cut = first;
      assertThat(Replies.of(bytes, left -> left == bytes.length ? cut : left))
          .as("cut at %s", cut)
          .isEqualTo(whole);
    }
  }

  @Test
  void next_bareLineFeed_endsALine() {
    assertThat(Replies.of("250 ok\n".getBytes(StandardCharsets.US_ASCII), left -> left))
        .startsWith(new Reply(250, List.of("ok")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "250-one\n251 two\n",
        "250-one\nhello\n",
        "hello\n",
        "25\n",
        "\n",
        "150 one\n",
        "600 six\n",
        "2x0 ok\n",
        "250+ok\n",
        "-250 ok\n"
      })
  void next_noReply_breaks(String text) {
    assertThat(of(text)).singleElement().asString().startsWith("broken: ");
  }

  @Test
  void next_endlessLine_breaks() {
    assertThat(of("250 " + "x".repeat(5_000)))
        .containsExactly("broken: a line of at most 4096 bytes");
  }

  @Test
  void next_endlessReply_breaks() {
    assertThat(of("250-x\n".repeat(201))).containsExactly("broken: a reply of at most 200 lines");
  }

  @ParameterizedTest
  @CsvSource({"250-one, the rest of a reply", "2, the rest of a reply", "'250 ok\n', a reply"})
  void next_closed_tellsWhatIsMissing(String text, String missing) {
    assertThat(of(text)).last().isEqualTo("closed: " + missing);
  }

  @Test
  void isDrained_wordsBehindAReply_isFalse() {
    var reader = new ReplyReader();
    assertThat(reader.isDrained()).isTrue();
    reader.accept(ByteBuffer.wrap(wire("220 go\n250 injected\n")));
    assertThat(reader.next()).isEqualTo(new Step.Emit<>(new Reply(220, List.of("go"))));
    assertThat(reader.isDrained()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "250, 2.1.5 Ok, 2, 1, 5",
    "550, 5.7.28 flood, 5, 7, 28",
    "450, 4.2.1, 4, 2, 1",
  })
  void status_enhanced_isRead(int code, String text, int severity, int subject, int detail) {
    assertThat(new Reply(code, List.of(text)).status())
        .contains(new Reply.Status(severity, subject, detail));
  }

  @ParameterizedTest
  @CsvSource({"250, Ok", "250, 5.1.1 odd", "250, 2.1.5x", "250, 2.1000.1 x", "354, 3.1.1 x"})
  void status_none_isAbsent(int code, String text) {
    assertThat(new Reply(code, List.of(text)).status()).isEqualTo(Optional.empty());
  }

  @Test
  void toString_lines_areJoinedAndTheStatusToldOnce() {
    assertThat(new Reply(550, List.of("5.1.1 no such", "5.1.1 user")))
        .hasToString("550 5.1.1 no such user");
    assertThat(new Reply(354, List.of(""))).hasToString("354");
  }
}

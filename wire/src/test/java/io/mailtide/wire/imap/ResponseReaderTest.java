package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseReaderTest {
  private static final Limits SMALL = new Limits(200, 20, 3, 4, 5);

  private final ResponseReader reader = new ResponseReader(SMALL);

  static Stream<String> corpus() {
    return Stream.concat(Corpus.WELL_FORMED.stream(), Corpus.QUIRKY.stream());
  }

  private static ByteBuffer ascii(String text) {
    return StandardCharsets.US_ASCII.encode(text);
  }

  private Step<Response> after(String text) {
    reader.accept(ascii(text));
    var step = reader.next();
    while (step instanceof Step.Emit<Response>) {
      step = reader.next();
    }
    return step;
  }

  private Response emitted() {
    return ((Step.Emit<Response>) reader.next()).event();
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void sameEventsHoweverSplit(String text) {
    var bytes = Transcript.bytes(text);
    var whole = Transcript.of(text);
    assertThat(whole).isNotEmpty().noneMatch(event -> event.toString().startsWith("broken"));
    assertThat(Transcript.of(bytes, left -> 1)).isEqualTo(whole);
    for (int first = 1; first < bytes.length; first++) {
      int cut = first;
      assertThat(Transcript.of(bytes, left -> left == bytes.length ? cut : left))
          .as("cut at %s", cut)
          .isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void directBuffersGiveTheSameEvents(String text) {
    var bytes = Transcript.bytes(text);
    var transcript = new Transcript(new ResponseReader(Limits.DEFAULT));
    transcript.accept(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    assertThat(transcript.events()).isEqualTo(Transcript.of(text));
  }

  @Test
  void body_isHandedOnAsViewsOfWhatArrived() {
    var first = ascii("* 1 FETCH (UID 7 BODY[] {6}\r\nabc").asReadOnlyBuffer();
    reader.accept(first);
    assertThat(emitted())
        .isEqualTo(
            new Response.BodyBegin(1, Optional.of(new Uid(7)), "BODY[]", OptionalLong.of(6)));
    var second = ByteBuffer.wrap(new byte[] {'d', 'e', 'f', ')', '\r', '\n'});
    assertThat(((Response.BodyPiece) emitted()).bytes()).isEqualTo(ascii("abc"));
    assertThat(reader.next()).isEqualTo(new Step.Starved<Response>());
    reader.accept(second);
    var piece = ((Response.BodyPiece) emitted()).bytes();
    assertThat(piece).isEqualTo(ascii("def"));
    second.put(0, (byte) 'X');
    assertThat(piece).isEqualTo(ascii("Xef"));
    assertThat(emitted()).isEqualTo(new Response.BodyEnd());
    assertThat(((Response.Fetch) emitted()).uid()).contains(new Uid(7));
    assertThat(reader.next()).isEqualTo(new Step.Starved<Response>());
    assertThat(reader.isDrained()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BODY[] {3}\nabc",
        "BODY[] ~{3}\nabc",
        "BODY[] \"abc\"",
        "body[] {3+}\nabc",
        "BODY[] {3}\nabc UID 7",
        "UID 7 BODY[] \"abc\""
      })
  void body_inAnyFormGivesTheSameEvents(String items) {
    var events = Transcript.of("* 1 FETCH (" + items + ")\n");
    var begin = (Response.BodyBegin) events.getFirst();
    assertThat(begin.item()).isEqualTo("BODY[]");
    assertThat(begin.length()).hasValue(3);
    assertThat(events.subList(1, 3)).containsExactly("body: abc", new Response.BodyEnd());
    assertThat(events).hasSize(4).last().isInstanceOf(Response.Fetch.class);
  }

  @Test
  void body_thatIsNotThereHasNoLength() {
    var events = Transcript.of("* 1 FETCH (BODY[] NIL UID 7)\n");
    assertThat(events)
        .startsWith(
            new Response.BodyBegin(1, Optional.empty(), "BODY[]", OptionalLong.empty()),
            "body: ",
            new Response.BodyEnd());
    assertThat(events).hasSize(4);
  }

  @Test
  void body_hasNoLimit() {
    reader.accept(ascii("* 1 FETCH (BODY[] {1000000}\r\n"));
    assertThat(emitted()).isInstanceOf(Response.BodyBegin.class);
    for (int i = 0; i < 999; i++) {
      assertThat(after("x".repeat(1_000))).isEqualTo(new Step.Starved<Response>());
    }
    reader.accept(ascii("x".repeat(1_000) + ")\r\n"));
    assertThat(emitted()).isInstanceOf(Response.BodyPiece.class);
    assertThat(emitted()).isEqualTo(new Response.BodyEnd());
    assertThat(emitted()).isInstanceOf(Response.Fetch.class);
  }

  @Test
  void body_beforeRubbishEndsInMalformed() {
    var events = Transcript.of("* 1 FETCH (BODY[] {2}\nab UID)\n* 5 EXISTS\n");
    assertThat(events.get(3)).isInstanceOf(Response.Malformed.class);
    assertThat(events.get(4)).isEqualTo(new Response.Exists(5));
  }

  @Test
  void literal_isNotSoughtInsideAnother() {
    // The literal's content and what follows it look like the head of a literal when read together.
    var events = Transcript.of("* 1 FETCH (X {2}\n{5}\n* 5 EXISTS\n");
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).isInstanceOf(Response.Malformed.class);
    assertThat(events.get(1)).isEqualTo(new Response.Exists(5));
  }

  @Test
  void utf8Names_readsNamesAsUtf8() {
    reader.utf8Names(true);
    reader.accept(StandardCharsets.UTF_8.encode("* LIST () \"/\" \"Entwürfe\"\r\n"));
    assertThat(((Response.ListEntry) emitted()).name()).isEqualTo(MailboxName.of("Entwürfe"));
    assertThat(reader.quirks()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* OK",
        "* LIST () NIL {3}\r\na",
        "* 1 FETCH (BODY[] {3}\r\na",
        "* 1 FETCH (BODY[] {3}\r\nabc",
      })
  void closedConnection_isAStepOfItsOwn(String before) {
    if (!before.isEmpty()) {
      after(before);
    }
    var step = after("");
    assertThat(step).isInstanceOf(Step.Closed.class);
    assertThat(reader.next()).isEqualTo(step);
    assertThat(reader.isDrained()).isFalse();
  }

  @Test
  void isDrained_seesWhatWasPutIn() {
    assertThat(reader.isDrained()).isTrue();
    reader.accept(ascii("A1 OK begin TLS\r\n* PREAUTH in\r\n"));
    assertThat(emitted()).isInstanceOf(Response.Tagged.class);
    assertThat(reader.isDrained()).isFalse();
    emitted();
    assertThat(reader.isDrained()).isTrue();
    reader.accept(ascii("* 1 FETCH (BODY[] NIL)\r\n"));
    emitted();
    assertThat(reader.isDrained()).isFalse();
    assertThat(after("")).isInstanceOf(Step.Closed.class);
  }

  @Test
  void isDrained_seesHalfALine() {
    after("A");
    assertThat(reader.isDrained()).isFalse();
  }

  @Test
  void accept_refusesBytesBeforeTheLastAreRead() {
    reader.accept(ascii("* 1 EXISTS\r\n"));
    assertThatThrownBy(() -> reader.accept(ascii("x"))).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400 Bad Request\r\n",
        "220 mail.example.org ESMTP\r\n",
        "A1 PREAUTH no\r\n",
        "-ERR\r\n",
        "*\r\n",
        "* (\r\n",
        "\u0001\u0002\u0003\r\n",
      })
  void rubbish_breaksTheReader(String text) {
    var step = after(text);
    assertThat(step).isInstanceOf(Step.Broken.class);
    assertThat(((Step.Broken<Response>) step).expected()).contains("response");
    assertThat(step.toString()).endsWith("discarded=***]");
    assertThat(reader.next()).isEqualTo(step);
  }

  @Test
  void limits_breakTheReaderWhenPassed() {
    assertBroken("* OK " + "x".repeat(200), "at most 200 bytes");
    assertBroken("* LIST () NIL {21}\r\n", "at most 20 bytes");
    assertBroken("* 1 FETCH (X {21}\r\n", "at most 20 bytes");
    assertBroken("* ID (a {1}\r\nb c {1}\r\nd e {1}\r\nf g {1}\r\n", "at most 3 literals");
    assertBroken("* 1 FETCH (X (((((1))))))\r\n", "at most 4 levels");
    assertBroken("* FLAGS (a b c d e f)\r\n", "at most 5 members");
    assertBroken("* CAPABILITY a b c d e f\r\n", "at most 5 words");
    assertBroken("* OK [CAPABILITY a b c d e f] x\r\n", "at most 5 words");
    assertBroken(
        "* NAMESPACE NIL NIL ((a NIL)(a NIL)(a NIL)(a NIL)(a NIL)(a NIL))\r\n",
        "at most 5 members");
    assertBroken("* 1 FETCH (UID 1 UID 1 UID 1 UID 1 UID 1 UID 1)\r\n", "at most 5 items");
    assertBroken("* 1 FETCH (BODY[] {9223372036854775808}\r\n", "at most 63 bits");
    assertBroken("* LIST () \"/\" a (X (((((1))))))\r\n", "at most 4 levels");
  }

  @Test
  void limits_letPassWhatKeepsThem() {
    var events = new Transcript(reader);
    events.accept(
        ascii("* OK " + "x".repeat(193) + "\r\n* LIST () NIL {20}\r\n" + "x".repeat(20) + "\r\n"));
    events.accept(
        ascii("* 1 FETCH (X ((((1)))))\r\n* FLAGS (a b c d e)\r\n* CAPABILITY a b c d e\r\n"));
    assertThat(events.events())
        .hasSize(5)
        .allMatch(Response.class::isInstance)
        .noneMatch(Response.Malformed.class::isInstance);
  }

  @Test
  void limits_areOfOneResponseAlone() {
    var events = new Transcript(reader);
    var literals = "* ID (a {1}\r\nb c {1}\r\nd e {1}\r\nf)\r\n";
    for (int i = 0; i < 10; i++) {
      events.accept(ascii(literals));
    }
    assertThat(events.events()).hasSize(10).allMatch(Response.Id.class::isInstance);
  }

  private static void assertBroken(String text, String expected) {
    var transcript = new Transcript(new ResponseReader(SMALL));
    transcript.accept(ascii(text));
    assertThat(transcript.events())
        .as(text)
        .hasSizeLessThan(6)
        .last()
        .asString()
        .startsWith("broken")
        .contains(expected);
  }
}

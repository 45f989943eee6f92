package io.mailtide.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a message and its envelope, and what the server must be able to do for it. */
final class SmtpContentTest {
  private static final String MAIL = "C: MAIL FROM:<ann@example.org>";
  private static final String BOB = "\nS: 250 ok\nC: RCPT TO:<bob@example.org>";
  private static final String DATA = "\nS: 250 ok\nC: DATA\nS: 354 go\n";
  private static final String END = "C: .\nS: 250 in\nC: QUIT\n";
  private static final Envelope TO_BOB = Fixture.envelope("bob@example.org");
  private static final String ACCENT = "é";

  private static Outcome played(String keywords, String lines, Envelope envelope, Content content)
      throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(Dialogue.session(keywords, lines));
        var transport = Fixture.at(peer.port()).open()) {
      return transport.submit(envelope, content, _ -> {});
    }
  }

  /** The server hears nothing of the message. */
  private static Fault refusedHere(String keywords, Envelope envelope, Content content)
      throws IOException, FaultException {
    var outcome = played(keywords, "C: QUIT\n", envelope, content);
    assertThat(Fixture.replies(outcome)).allMatch(reply -> reply.startsWith("REFUSED "));
    return ((Outcome.Answered) outcome).replies().getFirst().fault().orElseThrow();
  }

  private static void taken(String keywords, String lines, Envelope envelope, Content content)
      throws IOException, FaultException {
    assertThat(Fixture.replies(played(keywords, lines, envelope, content)))
        .containsOnly("TAKEN 250 in");
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Test
  void submit_size_isToldAndCheckedBefore() throws IOException, FaultException {
    taken(
        "SIZE 17",
        MAIL + " SIZE=17" + BOB + DATA + "C: Subject: x\nC: \nC: a\n" + END,
        TO_BOB,
        Fixture.content("Subject: x\n\na\n"));
    var fault = refusedHere("SIZE 17", TO_BOB, Fixture.content("Subject: x\n\nab\n"));
    assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
    assertThat(fault.said()).contains("at most 17 bytes", "has 18");
    taken(
        "SIZE 0",
        MAIL + " SIZE=17" + BOB + DATA + "C: Subject: x\nC: \nC: a\n" + END,
        TO_BOB,
        Fixture.content("Subject: x\n\na\n"));
  }

  @Test
  void submit_eightBit_isDeclaredOrRefused() throws IOException, FaultException {
    var content = Fixture.content("Subject: x\n\n" + ACCENT + "\n");
    taken(
        "8BITMIME",
        MAIL + " BODY=8BITMIME" + BOB + DATA + "C: Subject: x\nC: \nC: " + ACCENT + "\n" + END,
        TO_BOB,
        content);
    var fault = refusedHere("", TO_BOB, content);
    assertThat(fault.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(fault.said()).contains("8BITMIME");
  }

  @Test
  void submit_utf8Header_isDeclaredOrRefused() throws IOException, FaultException {
    var subject = "Subject: " + utf8(ACCENT);
    var content = Fixture.content(subject + "\n\nx\n");
    taken(
        "8BITMIME, SMTPUTF8",
        MAIL + " BODY=8BITMIME SMTPUTF8" + BOB + DATA + "C: " + subject + "\nC: \nC: x\n" + END,
        TO_BOB,
        content);
    assertThat(refusedHere("8BITMIME", TO_BOB, content).said()).contains("SMTPUTF8");
  }

  /** No text of these days, and none in UTF-8. */
  @Test
  void submit_latin1Header_goesAsEightBit() throws IOException, FaultException {
    taken(
        "8BITMIME, SMTPUTF8",
        MAIL + " BODY=8BITMIME" + BOB + DATA + "C: Subject: " + ACCENT + "\nC: \nC: x\n" + END,
        TO_BOB,
        Fixture.content("Subject: " + ACCENT + "\n\nx\n"));
  }

  @Test
  void submit_utf8Body_needsNoSmtputf8() throws IOException, FaultException {
    taken(
        "8BITMIME, SMTPUTF8",
        MAIL + " BODY=8BITMIME" + BOB + DATA + "C: A: b\nC: \nC: " + utf8(ACCENT) + "\n" + END,
        TO_BOB,
        Fixture.content("A: b\n\n" + utf8(ACCENT) + "\n"));
  }

  @Test
  void submit_utf8Recipient_isRefusedAloneWhereItCannotBe() throws IOException, FaultException {
    var envelope = Fixture.envelope("jörg@example.org", "bob@example.org");
    var outcome = played(
        "8BITMIME", MAIL + BOB + DATA + "C: A: b\n" + END, envelope, Fixture.content("A: b\n"));
    assertThat(Fixture.replies(outcome))
        .satisfiesExactly(
            one -> assertThat(one).startsWith("REFUSED ").contains("SMTPUTF8"),
            other -> assertThat(other).isEqualTo("TAKEN 250 in"));
    taken(
        "SMTPUTF8, 8BITMIME",
        MAIL + " SMTPUTF8\nS: 250 ok\nC: RCPT TO:<" + utf8("jörg@example.org") + ">" + BOB + DATA
            + "C: A: b\n" + END,
        envelope,
        Fixture.content("A: b\n"));
  }

  @Test
  void submit_utf8Sender_isRefusedWhereItCannotBe() throws IOException, FaultException {
    var envelope = new Envelope("jörg@example.org", List.of("bob@example.org"), Reports.USUAL);
    assertThat(refusedHere("8BITMIME", envelope, Fixture.content("A: b\n")).kind())
        .isEqualTo(Kind.UNSUPPORTED);
  }

  /** What a line is would hang on the server, and so would where the message ends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: b\r\n\r\na\rb\r\n",
        "A: b\r\n\r\na\n.\nMAIL\r\n",
        "A: b\r\n\r\n\0\r\n",
        "A: b\r"
      })
  void submit_notInLines_isRefusedWithoutChunking(String text) throws IOException, FaultException {
    var fault = refusedHere("PIPELINING", TO_BOB, Fixture.exactly(text));
    assertThat(fault.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(fault.said()).contains("CHUNKING");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"A: b\r\n\r\na\rb\r\n", "A: b\r\n\r\n.\n.\n", "A: b\r\n\r\nno end", "A: b\r"})
  void submit_notInLines_goesByChunkAsItIs(String text) throws IOException, FaultException {
    var head = MAIL + "%s" + BOB + "\nS: 250 ok\nC: BDAT " + text.length() + " LAST\n";
    for (var keywords : List.of("CHUNKING", "CHUNKING, BINARYMIME")) {
      boolean binary = keywords.contains("BINARY") && !text.endsWith("no end");
      var before = Dialogue.session(keywords, head.formatted(binary ? " BODY=BINARYMIME" : ""));
      var heard = new ArrayList<String>();
      ScriptedPeer.Script script = conversation -> {
        before.play(conversation);
        heard.add(new String(conversation.bytes(text.length()), StandardCharsets.ISO_8859_1));
        conversation.send("250 in\r\n").expect("QUIT");
      };
      try (var peer = ScriptedPeer.playing(script);
          var transport = Fixture.at(peer.port()).open()) {
        var outcome = transport.submit(TO_BOB, Fixture.exactly(text), _ -> {});
        assertThat(Fixture.replies(outcome)).containsExactly("TAKEN 250 in");
      }
      assertThat(heard).containsExactly(text);
    }
  }

  @Test
  void submit_chunkingOfferedAndNotNeeded_goesByData() throws IOException, FaultException {
    taken(
        "CHUNKING, BINARYMIME",
        MAIL + BOB + DATA + "C: A: b\n" + END,
        TO_BOB,
        Fixture.content("A: b\n"));
  }

  @Test
  void submit_lastLineWithoutEnd_getsOneWithoutChunking() throws IOException, FaultException {
    taken("", MAIL + BOB + DATA + "C: A: b\n" + END, TO_BOB, Fixture.content("A: b"));
  }

  @Test
  void submit_nothing_isAMessageToo() throws IOException, FaultException {
    taken("CHUNKING", MAIL + BOB + DATA + END, TO_BOB, Fixture.content(""));
  }

  private static Envelope asking(String events, @Nullable Returned returned, @Nullable String id) {
    var notifyOn = events.isEmpty() ? List.<String>of() : List.of(events.split(" ", -1));
    return new Envelope(
        "",
        List.of("bob+1@example.org"),
        new Reports(notifyOn, Optional.ofNullable(returned), Optional.ofNullable(id)));
  }

  /** What is asked for, in MAIL and in RCPT, where DSN is offered; else nothing of it is said. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      SUCCESS DELAY|-|-|''|NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob+2B1@example.org
      NEVER|FULL|-|RET=FULL|NOTIFY=NEVER ORCPT=rfc822;bob+2B1@example.org
      FAILURE|HDRS|a+b 1|RET=HDRS ENVID=a+2Bb+201|NOTIFY=FAILURE ORCPT=rfc822;bob+2B1@example.org
      ''|HDRS|-|RET=HDRS|''
      ''|-|id/7|ENVID=id/7|''
      """)
  void submit_reports_areAskedForWhereOffered(
      String events, @Nullable Returned returned, @Nullable String id, String mail, String rcpt)
      throws IOException, FaultException {
    var end = DATA + "C: A: b\n" + END;
    var envelope = asking(events, returned, id);
    for (var offered : List.of(true, false)) {
      taken(
          offered ? "DSN" : "",
          "C: MAIL FROM:<>" + said(offered, mail) + "\nS: 250 ok\nC: RCPT TO:<bob+1@example.org>"
              + said(offered, rcpt) + end,
          envelope,
          Fixture.content("A: b\n"));
    }
  }

  private static String said(boolean offered, String parameters) {
    return offered && !parameters.isEmpty() ? " " + parameters : "";
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann", "ann@example.org> SIZE=0", "a@b\r\nRSET", "a@b\0"})
  void submit_malformedAddress_neverReachesTheServer(String address)
      throws IOException, FaultException {
    var content = Fixture.content("A: b\n");
    var outcome = played(
        "",
        MAIL + BOB + DATA + "C: A: b\n" + END,
        Fixture.envelope(address, "bob@example.org"),
        content);
    assertThat(Fixture.replies(outcome))
        .satisfiesExactly(
            one -> assertThat(one).startsWith("REFUSED not a mail address: "),
            other -> assertThat(other).isEqualTo("TAKEN 250 in"));
    var fault = ((Outcome.Answered) outcome).replies().getFirst().fault().orElseThrow();
    assertThat(fault.doing() + fault.said()).doesNotContainPattern("\\p{Cc}");
    refusedHere("", Fixture.envelope(address), content);
    refusedHere("", new Envelope(address, List.of("bob@example.org"), Reports.USUAL), content);
  }

  @ParameterizedTest
  @CsvSource({"NEVER DELAY", "success", "'X\r\nRSET'"})
  void submit_malformedNotify_neverReachesTheServer(String words)
      throws IOException, FaultException {
    refusedHere("DSN", asking(words, null, null), Fixture.content("A: b\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\r\nRSET", "a\0", "é"})
  void submit_malformedEnvelopeId_neverReachesTheServer(String id)
      throws IOException, FaultException {
    var fault = refusedHere("DSN", asking("", Returned.FULL, id), Fixture.content("A: b\n"));
    assertThat(fault.said()).contains("envelope id").doesNotContainPattern("\\p{Cc}");
  }

  @Test
  void submit_contentGone_isAFaultOfTheMessageAlone() throws IOException, FaultException {
    try (var peer =
            ScriptedPeer.playing(Dialogue.session("", MAIL + BOB + DATA + "C: A: b\n" + END));
        var transport = Fixture.at(peer.port()).open()) {
      var thrown = catchThrowableOfType(
          FaultException.class, () -> transport.submit(TO_BOB, sink -> false, _ -> {}));
      assertThat(thrown.fault().reach()).isEqualTo(Fault.Reach.MESSAGE);
      assertThat(thrown.fault().kind()).isEqualTo(Kind.NOT_FOUND);
      transport.submit(TO_BOB, Fixture.content("A: b\n"), _ -> {});
    }
  }

  /** Gives a large message, and another one each time after the first. */
  private static Content changing(int bytes) {
    var times = new AtomicInteger();
    return sink -> {
      var line = "x".repeat(97) + times.getAndIncrement() + "\r\n";
      for (int i = 0; i < bytes / 100; i++) {
        sink.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
      }
      return true;
    };
  }

  @Test
  void submit_largeMessageChanged_isNotEnded() throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(Dialogue.session("", MAIL + BOB + DATA + "END"))) {
      var fixture = Fixture.at(peer.port());
      try (var transport = fixture.open()) {
        var thrown = catchThrowableOfType(
            FaultException.class,
            () -> transport.submit(TO_BOB, changing(3_000_000), fixture.handover));
        assertThat(thrown.fault().kind()).isEqualTo(Kind.CHANGED);
        assertThat(thrown.fault().reach()).isEqualTo(Fault.Reach.REPLICA);
      }
      assertThat(fixture.committed).hasValue(0);
    }
  }

  /** The server does not wait for the end, and is believed: there was none. */
  @Test
  void submit_refusedInTheMidst_isCertain() throws IOException, FaultException {
    var head = Dialogue.session("", MAIL + BOB + DATA);
    ScriptedPeer.Script script = conversation -> {
      head.play(conversation);
      conversation.bytes(100_000);
      conversation.send("552 5.3.4 too much\r\n");
      Dialogue.of("END").play(conversation);
    };
    try (var peer = ScriptedPeer.playing(script)) {
      var fixture = Fixture.at(peer.port());
      var text = ("x".repeat(98) + "\n").repeat(60_000);
      try (var transport = fixture.open()) {
        assertThat(Fixture.replies(fixture.submit(transport, TO_BOB, text)))
            .containsExactly("REFUSED 552 5.3.4 too much");
      }
      assertThat(fixture.committed).hasValue(0);
    }
  }
}

package io.mailtide.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dialogues about messages, and who takes them. */
final class SmtpSubmissionTest {
  private static final String MAIL = "C: MAIL FROM:<ann@example.org>\n";
  private static final String BOB = "C: RCPT TO:<bob@example.org>\n";
  private static final String EVE = "C: RCPT TO:<eve@example.org>\n";
  private static final String TEXT = "Subject: x\n\n.dot\n";
  private static final String BODY = "C: Subject: x\nC: \nC: ..dot\nC: .\n";
  private static final String QUIT = "C: QUIT\n";

  /** What becomes of each recipient of each of these messages, to bob and eve. */
  private static List<List<String>> played(Dialogue dialogue, int messages)
      throws IOException, FaultException {
    var replies = new ArrayList<List<String>>();
    try (var peer = ScriptedPeer.playing(dialogue)) {
      var fixture = Fixture.at(peer.port());
      try (var transport = fixture.open()) {
        for (int i = 0; i < messages; i++) {
          var envelope = Fixture.envelope("bob@example.org", "eve@example.org");
          replies.add(Fixture.replies(fixture.submit(transport, envelope, TEXT)));
        }
      }
    }
    return replies;
  }

  @Test
  void submit_pipelining_sendsTheEnvelopeAtOneGo() throws IOException, FaultException {
    var dialogue = Dialogue.session(
        "PIPELINING", MAIL + BOB + EVE + """
        C: DATA
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 250 2.1.5 Ok
        S: 354 go
        """ + BODY + "S: 250 2.0.0 queued as 1\n" + QUIT);
    assertThat(played(dialogue, 1))
        .containsExactly(List.of("TAKEN 250 2.0.0 queued as 1", "TAKEN 250 2.0.0 queued as 1"));
  }

  @Test
  void submit_noPipelining_waitsForEachReply() throws IOException, FaultException {
    var dialogue = Dialogue.session(
        "",
        MAIL + "S: 250 a\n" + BOB + "S: 250 b\n" + EVE + "S: 251 c\nC: DATA\nS: 354 go\n" + BODY
            + "S: 250 queued\n" + MAIL + "S: 451 no more\n" + QUIT);
    assertThat(played(dialogue, 2))
        .containsExactly(
            List.of("TAKEN 250 queued", "TAKEN 250 queued"),
            List.of("DEFERRED 451 no more", "DEFERRED 451 no more"));
  }

  /** Of the replies to MAIL, both recipients, DATA and the message; - is none. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      550 no|503 bad|503 bad|503 bad|-|REFUSED 550 no|REFUSED 550 no
      450 no|503 bad|503 bad|503 bad|-|DEFERRED 450 no|DEFERRED 450 no
      550 no|503 bad|503 bad|354 go|554 none|REFUSED 550 no|REFUSED 550 no
      550 no|250 ok|250 ok|503 bad|-|REFUSED 550 no|REFUSED 550 no
      250 ok|550 a|550 b|554 none|-|REFUSED 550 a|REFUSED 550 b
      250 ok|450 a|550 b|503 none|-|DEFERRED 450 a|REFUSED 550 b
      250 ok|550 a|452 b|354 go|554 none|REFUSED 550 a|DEFERRED 452 b
      250 ok|550 a|250 ok|451 c|-|REFUSED 550 a|DEFERRED 451 c
      250 ok|250 ok|450 b|554 c|-|REFUSED 554 c|DEFERRED 450 b
      """)
  void submit_pipelinedAndRefused_isToldByRecipientAndGoesOn(
      String mail, String bob, String eve, String data, String empty, String one, String other)
      throws IOException, FaultException {
    var group = MAIL + BOB + EVE + "C: DATA\n";
    var first = group + "S: " + mail + "\nS: " + bob + "\nS: " + eve + "\nS: " + data + "\n"
        + (empty.equals("-") ? "" : "C: .\nS: " + empty + "\n");
    var second = "C: RSET\n" + group + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n"
        + BODY + "S: 250 in\n";
    assertThat(played(Dialogue.session("PIPELINING", first + second + QUIT), 2))
        .containsExactly(List.of(one, other), List.of("TAKEN 250 in", "TAKEN 250 in"));
  }

  /** Without a word too much: where nobody is left, there is no DATA. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      550 no|-|-|-|REFUSED 550 no|REFUSED 550 no
      250 ok|550 a|450 b|-|REFUSED 550 a|DEFERRED 450 b
      250 ok|550 a|250 ok|451 c|REFUSED 550 a|DEFERRED 451 c
      """)
  void submit_oneByOneAndRefused_isToldByRecipientAndGoesOn(
      String mail, String bob, String eve, String data, String one, String other)
      throws IOException, FaultException {
    var first = MAIL + "S: " + mail + "\n"
        + (bob.equals("-") ? "" : BOB + "S: " + bob + "\n" + EVE + "S: " + eve + "\n")
        + (data.equals("-") ? "" : "C: DATA\nS: " + data + "\n");
    var second = "C: RSET\nS: 250 ok\n" + MAIL + "S: 250 ok\n" + BOB + "S: 250 ok\n" + EVE
        + "S: 250 ok\nC: DATA\nS: 354 go\n" + BODY + "S: 250 in\n";
    assertThat(played(Dialogue.session("", first + second + QUIT), 2))
        .containsExactly(List.of(one, other), List.of("TAKEN 250 in", "TAKEN 250 in"));
  }

  @ParameterizedTest
  @CsvSource({
    "550 5.7.1 spam, REFUSED",
    "552 5.3.4 too big, REFUSED",
    "451 4.3.0 later, DEFERRED",
  })
  void submit_messageRefused_isCertainAndGoesOn(String answer, String verdict)
      throws IOException, FaultException {
    var group = MAIL + BOB + EVE + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 550 eve\nS: 354 go\n" + BODY;
    var dialogue = Dialogue.session(
        "PIPELINING", group + "S: " + answer + "\n" + group + "S: 250 in\n" + QUIT);
    assertThat(played(dialogue, 2))
        .containsExactly(
            List.of(verdict + " " + answer, "REFUSED 550 eve"),
            List.of("TAKEN 250 in", "REFUSED 550 eve"));
  }

  @Test
  void submit_hundredsOfRecipients_goInGroups() throws IOException, FaultException {
    var names = new ArrayList<String>();
    var lines = new StringBuilder();
    for (int i = 0; i < 250; i++) {
      names.add("n" + i + "@example.org");
    }
    var commands = new ArrayList<>(List.of("MAIL FROM:<ann@example.org>"));
    names.forEach(name -> commands.add("RCPT TO:<" + name + ">"));
    commands.add("DATA");
    for (int from = 0; from < commands.size(); from += 100) {
      var group = commands.subList(from, Math.min(from + 100, commands.size()));
      group.forEach(command -> lines.append("C: ").append(command).append('\n'));
      group.forEach(command -> lines.append(
          command.equals("DATA")
              ? "S: 354 go\n"
              : command.contains("n7@") ? "S: 550 x\n" : "S: 250 ok\n"));
    }
    try (var peer = ScriptedPeer.playing(
            Dialogue.session("PIPELINING", lines + BODY + "S: 250 in\n" + QUIT));
        var transport = Fixture.at(peer.port()).open()) {
      var outcome = transport.submit(
          Fixture.envelope(names.toArray(String[]::new)), Fixture.content(TEXT), _ -> {});
      assertThat(Fixture.replies(outcome))
          .hasSize(250)
          .contains("REFUSED 550 x")
          .filteredOn(reply -> reply.equals("TAKEN 250 in"))
          .hasSize(249);
      assertThat(transport.traffic().roundTrips()).isEqualTo(7);
      assertThat(transport.traffic().bytesOut()).isGreaterThan(250 * 20);
    }
  }

  @Test
  void submit_refusal_saysWhatAndWhyAndWhatNext() throws IOException, FaultException {
    var dialogue = Dialogue.session(
        "", MAIL + "S: 250 ok\n" + BOB + "S: 550-5.1.1 nobody\nS: 550 5.1.1 of that name\n" + QUIT);
    try (var peer = ScriptedPeer.playing(dialogue)) {
      var fixture = Fixture.at(peer.port());
      try (var transport = fixture.open()) {
        var outcome = fixture.submit(transport, Fixture.envelope("bob@example.org"), TEXT);
        assertThat(((Outcome.Answered) outcome).replies().getFirst().fault())
            .contains(Fault.of(
                Fault.Kind.NOT_FOUND,
                Fault.Reach.MESSAGE,
                "sending a message to bob@example.org through 127.0.0.1:" + peer.port(),
                "550 5.1.1 nobody of that name",
                "Correct the address, and send it again."));
      }
      assertThat(fixture.committed).hasValue(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "550 5.1.1 no, NOT_FOUND",
    "550 no, REFUSED",
    "554 5.7.1 relaying denied, NO_ACCESS",
    "552 5.2.2 full, QUOTA",
    "452 4.2.2 full, QUOTA",
    "450 4.2.1 too fast, THROTTLED",
    "550 5.7.28 flood, THROTTLED",
    "451 4.7.1 greylisted, REFUSED"
  })
  void submit_refusals_areOfTheirKind(String answer, Fault.Kind kind)
      throws IOException, FaultException {
    var dialogue = Dialogue.session("", MAIL + "S: 250 ok\n" + BOB + "S: " + answer + "\n" + QUIT);
    try (var peer = ScriptedPeer.playing(dialogue)) {
      var fixture = Fixture.at(peer.port());
      try (var transport = fixture.open()) {
        var outcome = fixture.submit(transport, Fixture.envelope("bob@example.org"), TEXT);
        var fault = ((Outcome.Answered) outcome).replies().getFirst().fault().orElseThrow();
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault.reach()).isEqualTo(Fault.Reach.MESSAGE);
        assertThat(fault.next()).isNotEmpty();
      }
    }
  }

  /** Each message would fail alike (RFC 4954 section 6). */
  @ParameterizedTest
  @CsvSource({
    "530 5.7.0 sign in first, 1",
    "538 5.7.11 TLS first, 1",
    "530 5.7.0 sign in first, 2",
    "530 5.7.0 sign in first, 3",
    "538 5.7.11 TLS first, 3"
  })
  void submit_signInWanted_isAFaultOfTheWay(String answer, int command) throws IOException {
    var commands = List.of(MAIL, BOB, "C: DATA\n");
    var lines = new StringBuilder();
    for (int at = 1; at <= command; at++) {
      lines.append(commands.get(at - 1)).append("S: ");
      lines.append(at == command ? answer + "\nEND\n" : "250 ok\n");
    }
    try (var peer = ScriptedPeer.playing(Dialogue.session("", lines.toString()))) {
      var fixture = Fixture.at(peer.port());
      var thrown = catchThrowableOfType(FaultException.class, () -> {
        try (var transport = fixture.open()) {
          fixture.submit(transport, Fixture.envelope("bob@example.org"), TEXT);
        }
      });
      assertThat(thrown.fault().kind()).isEqualTo(Fault.Kind.SIGN_IN);
      assertThat(thrown.fault().reach()).isEqualTo(Fault.Reach.REPLICA);
      assertThat(thrown.fault().said()).isEqualTo(answer);
      assertThat(fixture.committed).hasValue(0);
    }
  }
}

package io.mailtide.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a message was taken: known, or said to be in doubt. */
final class SmtpCertaintyTest {
  private static final String TEXT = "Subject: x\n\nhello\n";
  private static final String BODY = "C: Subject: x\nC: \nC: hello\nC: .\n";

  private static final Dialogue PIPELINED =
      Dialogue.session("PIPELINING", """
      C: MAIL FROM:<ann@example.org>
      C: RCPT TO:<bob@example.org>
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 354 go
      """ + BODY + "S: 250 in\n");

  private static final Dialogue ONE_BY_ONE = Dialogue.session("", """
      C: MAIL FROM:<ann@example.org>
      S: 250 ok
      C: RCPT TO:<bob@example.org>
      S: 250 ok
      C: DATA
      S: 354 go
      """ + BODY + "S: 250 in\n");

  private static final Dialogue CHUNKED = Dialogue.session("PIPELINING, CHUNKING", """
      C: MAIL FROM:<ann@example.org>
      C: RCPT TO:<bob@example.org>
      S: 250 ok
      S: 250 ok
      C: BDAT 19 LAST
      C: Subject: x
      C:\s
      C: a\rb
      S: 250 in
      """);

  /** What became of one message, or the fault. */
  private record Ran(Object result, int committed) {
    Fault fault() {
      return switch (result) {
        case Fault fault -> fault;
        case Outcome.InDoubt(var why) -> why;
        default -> throw new AssertionError("no fault: " + result);
      };
    }
  }

  private static Ran run(Dialogue dialogue, boolean hasty) throws IOException {
    try (var peer = ScriptedPeer.playing(dialogue)) {
      var fixture = Fixture.at(peer.port());
      if (hasty) {
        fixture.hasty();
      }
      var content = dialogue.lines().contains("C: BDAT 19 LAST")
          ? Fixture.exactly("Subject: x\r\n\r\na\rb\r\n")
          : Fixture.content(TEXT);
      Object result;
      try (var transport = fixture.open()) {
        result = transport.submit(Fixture.envelope("bob@example.org"), content, fixture.handover);
      } catch (FaultException e) {
        result = e.fault();
      }
      // What stalls must not go on before the other side gave up.
      peer.release();
      return new Ran(result, fixture.committed.get());
    }
  }

  private static Dialogue dialogue(String name) {
    return switch (name) {
      case "pipelined" -> PIPELINED;
      case "one by one" -> ONE_BY_ONE;
      default -> CHUNKED;
    };
  }

  /** Only in place of the last reply is it in doubt, and only then was it committed. */
  private static void assertCertainty(String name, String trouble, Kind... kinds)
      throws IOException {
    var dialogue = dialogue(name);
    for (int at = 0; at < dialogue.replies(); at++) {
      var ran = run(dialogue.with(trouble, at), trouble.equals("STALL"));
      boolean last = at == dialogue.replies() - 1;
      assertThat(ran.result())
          .as("trouble at %s", at)
          .isInstanceOf(last ? Outcome.InDoubt.class : Fault.class);
      assertThat(ran.committed()).as("committed at %s", at).isEqualTo(last ? 1 : 0);
      assertThat(ran.fault().kind()).as("kind at %s", at).isIn((Object[]) kinds);
      if (!last) {
        assertThat(ran.fault().reach()).isEqualTo(Fault.Reach.REPLICA);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipelined", "one by one", "chunked"})
  void submit_cutAtEachReply_isInDoubtOnlyAfterTheMessage(String name) throws IOException {
    assertCertainty(name, "CUT", Kind.NETWORK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipelined", "one by one", "chunked"})
  void submit_noReplyInTime_isInDoubtOnlyAfterTheMessage(String name) throws IOException {
    assertCertainty(name, "STALL", Kind.TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipelined", "one by one", "chunked"})
  void submit_noReplyAtAll_isInDoubtOnlyAfterTheMessage(String name) throws IOException {
    assertCertainty(name, "S: what? ", Kind.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipelined", "one by one", "chunked"})
  void submit_codesThatDiffer_isInDoubtOnlyAfterTheMessage(String name) throws IOException {
    assertCertainty(name, "S: 250-one⏎550 two", Kind.PROTOCOL);
  }

  /** A 421 is a refusal like any other, and the end of the connection. */
  @ParameterizedTest
  @ValueSource(strings = {"pipelined", "one by one", "chunked"})
  void submit_serverClosesAtEachReply_isCertain(String name) throws IOException {
    var dialogue = dialogue(name);
    for (int at = 0; at < dialogue.replies() - 1; at++) {
      var fault = run(dialogue.with("S: 421 4.3.2 going down", at), false).fault();
      assertThat(fault.kind()).isEqualTo(Kind.NETWORK);
      assertThat(fault.reach()).isEqualTo(Fault.Reach.REPLICA);
      assertThat(fault.said()).endsWith("421 4.3.2 going down");
    }
    var last = run(dialogue.with("S: 421 4.3.2 going down", dialogue.replies() - 1), false);
    assertThat(Fixture.replies((Outcome) last.result()))
        .containsExactly("DEFERRED 421 4.3.2 going down");
  }

  @Test
  void submit_afterTheServerClosed_isAFaultOfTheWhole() throws IOException, FaultException {
    var lines = PIPELINED.replies() - 1;
    try (var peer = ScriptedPeer.playing(PIPELINED.with("S: 421 bye", lines))) {
      var fixture = Fixture.at(peer.port());
      try (var transport = fixture.open()) {
        var envelope = Fixture.envelope("bob@example.org");
        assertThat(transport.isUsable()).isTrue();
        fixture.submit(transport, envelope, TEXT);
        assertThat(transport.isUsable()).isFalse();
        var thrown = catchThrowableOfType(
            FaultException.class, () -> fixture.submit(transport, envelope, TEXT));
        assertThat(thrown.fault().reach()).isEqualTo(Fault.Reach.REPLICA);
        assertThat(fixture.committed).hasValue(1);
      }
    }
  }

  /** A reply nobody asked for would be taken for the next one's. */
  @ParameterizedTest
  @ValueSource(strings = {"250 ok⏎250 ok⏎250 ok⏎354 go", "250 ok⏎250 ok⏎354 go⏎250 in"})
  void submit_oneReplyTooMany_isNeverTakenForTheLast(String replies) throws IOException {
    var lines = PIPELINED.lines().subList(0, PIPELINED.lines().indexOf("C: DATA") + 1);
    var ran = run(Dialogue.of(String.join("\n", lines) + "\nS: " + replies + "\nEND\n"), false);
    assertThat(ran.result()).isInstanceOf(Fault.class);
    assertThat(ran.fault().kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(ran.committed()).isZero();
  }

  @Test
  void submit_wordsBeforeItBegins_isAFaultOfTheWhole() throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(Dialogue.session("", "STALL\nS: 421 idle\nEND\n"))) {
      var fixture = Fixture.at(peer.port());
      try (var transport = fixture.open()) {
        peer.awaitStall();
        peer.release();
        var thrown = catchThrowableOfType(FaultException.class, () -> {
          for (; ; ) {
            fixture.submit(transport, Fixture.envelope("bob@example.org"), TEXT);
          }
        });
        assertThat(thrown.fault().said()).endsWith("421 idle");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void submit_positiveInPlaceOf354_isAFault() throws IOException {
    var lines = String.join("\n", ONE_BY_ONE.lines())
        .replace("S: 354 go", "S: 250 go\nEND")
        .replaceFirst("(?s)\nC: Subject.*", "\n");
    var ran = run(Dialogue.of(lines), false);
    assertThat(ran.fault().kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(ran.committed()).isZero();
  }

  @Test
  void submit_354AfterTheMessage_isInDoubt() throws IOException {
    var ran = run(PIPELINED.with("S: 354 more", PIPELINED.replies() - 1), false);
    assertThat(ran.result()).isInstanceOf(Outcome.InDoubt.class);
    assertThat(ran.fault().next()).contains("Sent folder");
  }

  /** Who comes into doubt are those alone whom the server has agreed to. */
  @Test
  void submit_committing_saysWhatIsCertainAlready() throws IOException, FaultException {
    var dialogue = Dialogue.session("PIPELINING", """
        C: MAIL FROM:<ann@example.org>
        C: RCPT TO:<bob@example.org>
        C: RCPT TO:<eve@example.org>
        C: RCPT TO:<dan@example.org>
        C: DATA
        S: 250 ok
        S: 452 4.5.3 later
        S: 250 ok
        S: 550 5.1.1 no
        S: 354 go
        """ + BODY + "CUT\n");
    var heard = new ArrayList<String>();
    try (var peer = ScriptedPeer.playing(dialogue);
        var transport = Fixture.at(peer.port()).open()) {
      var envelope =
          Fixture.envelope("bob@example.org", "eve@example.org", "dan@example.org", "not one");
      assertThat(transport.submit(
              envelope,
              Fixture.content(TEXT),
              replies -> replies.forEach(reply -> heard.add(
                  reply.map(said -> said.verdict() + " " + said.said()).orElse("")))))
          .isInstanceOf(Outcome.InDoubt.class);
    }
    assertThat(heard)
        .startsWith("DEFERRED 452 4.5.3 later", "", "REFUSED 550 5.1.1 no")
        .hasSize(4);
    assertThat(heard.getLast()).startsWith("REFUSED ");
  }

  /** The last words are kept back, and the server gets no end of the message. */
  @Test
  void submit_committingThrows_takesNothing() throws IOException, FaultException {
    var cut = PIPELINED.lines().indexOf("C: .");
    var lines = String.join("\n", PIPELINED.lines().subList(0, cut)) + "\n";
    var heard = new AtomicInteger();
    ScriptedPeer.Script script = conversation -> {
      Dialogue.of(lines).play(conversation);
      conversation.lineOrEnd().ifPresent(_ -> heard.incrementAndGet());
    };
    try (var peer = ScriptedPeer.playing(script)) {
      try (var transport = Fixture.at(peer.port()).open()) {
        var thrown = catchThrowableOfType(
            FaultException.class,
            () ->
                transport.submit(Fixture.envelope("bob@example.org"), Fixture.content(TEXT), _ -> {
                  throw new FaultException(Cancellation.fault());
                }));
        assertThat(thrown.fault().kind()).isEqualTo(Kind.CANCELLED);
      }
    }
    assertThat(heard).hasValue(0);
  }

  /** The server has it already, and only says so: that is worth waiting for. */
  @Test
  void submit_cancelledBeforeTheLastReply_waitsForIt() throws Exception {
    var lines = PIPELINED.lines();
    var last = lines.indexOf("C: .") + 1;
    var cancel = new CompletableFuture<Runnable>();
    ScriptedPeer.Script script = conversation -> {
      Dialogue.of(String.join("\n", lines.subList(0, last)) + "\n").play(conversation);
      cancel.join().run();
      Dialogue.of(String.join("\n", lines.subList(last, lines.size())) + "\n").play(conversation);
    };
    try (var peer = ScriptedPeer.playing(script)) {
      var fixture = Fixture.at(peer.port());
      cancel.complete(fixture.cancellation::request);
      try (var transport = fixture.open()) {
        assertThat(transport.submit(
                Fixture.envelope("bob@example.org"), Fixture.content(TEXT), _ -> {}))
            .isInstanceOf(Outcome.Answered.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipelined", "chunked"})
  void submit_cancelledAtEachReply_isInDoubtOnlyAfterTheMessage(String name) throws Exception {
    var dialogue = dialogue(name);
    for (int at = 2; at < dialogue.replies(); at++) {
      try (var peer = ScriptedPeer.playing(dialogue.with("STALL", at))) {
        var fixture = Fixture.at(peer.port()).impatient();
        var canceller = Thread.ofVirtual().start(() -> {
          try {
            peer.awaitStall();
            fixture.cancellation.request();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
        var content = name.equals("chunked")
            ? Fixture.exactly("Subject: x\r\n\r\na\rb\r\n")
            : Fixture.content(TEXT);
        Object result;
        try (var transport = fixture.open()) {
          result = transport.submit(Fixture.envelope("bob@example.org"), content, _ -> {});
        } catch (FaultException e) {
          result = e.fault();
        }
        canceller.join();
        assertThat(new Ran(result, 0).fault().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(result instanceof Outcome.InDoubt).isEqualTo(at == dialogue.replies() - 1);
      }
    }
  }
}

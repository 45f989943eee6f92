package io.mailtide.net;

import static io.mailtide.net.Fixture.PATIENT;
import static io.mailtide.net.Fixture.leaf;
import static io.mailtide.net.Fixture.link;
import static io.mailtide.net.Fixture.testAuthority;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates.Kind;
import io.mailtide.wire.Secret;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
  @Test
  void lines_oldestFirst() {
    var transcript = new Transcript();
    assertThat(transcript.lines()).isEmpty();
    transcript.noted("connected");
    transcript.received("* OK\r\n");
    transcript.sent(List.of("a LOGIN ann", Secret.of("hunter2")));

    assertThat(transcript.lines()).containsExactly("* connected", "< * OK", "> [a LOGIN ann, ***]");
  }

  @Test
  void lines_theLastOnly() {
    var transcript = new Transcript();
    for (int i = 0; i < 1000; i++) {
      transcript.sent(i);
    }
    assertThat(transcript.lines()).hasSize(64).startsWith("> 936").endsWith("> 999");
  }

  @Test
  void lines_shortAndPrintable() {
    var transcript = new Transcript();
    transcript.received("a\u001b[31m\u0000b" + "x".repeat(100_000));

    assertThat(transcript.lines())
        .singleElement()
        .asString()
        .startsWith("< a·[31m·bxx")
        .hasSizeLessThan(400);
  }

  @Test
  void linkAndPumpWriteIt() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.startTls(leaf(Kind.GOOD)).expect("a NOOP").send("a OK\r\n"));
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connectTls();
      new Pump<>(link, new PumpTest.Lines().say("a NOOP")).await(link.deadline(Phase.COMMAND));

      assertThat(link.transcript().lines())
          .containsExactly(
              "* connected to localhost:" + peer.port() + " (127.0.0.1, plain text)",
              "* TLS begun: TLSv1.3",
              "> 8 bytes",
              "< a OK");
    }
  }
}

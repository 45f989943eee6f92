package io.mailtide.net;

import static io.mailtide.net.Fixture.PATIENT;
import static io.mailtide.net.Fixture.SHORT;
import static io.mailtide.net.Fixture.SHORT_TO_CONNECT;
import static io.mailtide.net.Fixture.expect;
import static io.mailtide.net.Fixture.expectEnd;
import static io.mailtide.net.Fixture.failure;
import static io.mailtide.net.Fixture.link;
import static io.mailtide.net.Fixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mailtide.testkit.ClosedPort;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LinkTest {
  @Test
  void bytesGoBothWaysAndAreCounted() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.send("* OK\r\n").expect("a NOOP").send("a OK\r\n"));
        var link = link(peer, Trust.system(), PATIENT)) {
      link.connect();
      expect(link, "* OK\r\n");
      send(link, "a ");
      send(link, "NOOP\r\n");
      expect(link, "a OK\r\n");
      expectEnd(link);

      assertThat(link.bytesIn()).isEqualTo(12);
      assertThat(link.bytesOut()).isEqualTo(8);
      assertThat(link.isSecure()).isFalse();
      assertThat(link.description())
          .contains("localhost:" + peer.port(), "127.0.0.1", "plain text");
    }
  }

  @Test
  void read_piecesAsTheyCome() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.sendInPieces("abcdefghijklm", 1));
        var link = link(peer, Trust.system(), PATIENT)) {
      link.connect();
      expect(link, "abcdefghijklm");
      expectEnd(link);
    }
  }

  @Test
  void read_noRoom() throws IOException {
    try (var link = link(1, Trust.system(), PATIENT)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> link.read(ByteBuffer.allocate(0), link.deadline(Phase.COMMAND)));
    }
  }

  @Test
  void read_closedInTheMiddleOfALine() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.send("* OK [CAPA").cut());
        var link = link(peer, Trust.system(), PATIENT)) {
      link.connect();
      expect(link, "* OK [CAPA");
      expectEnd(link);
    }
  }

  @Test
  void write_afterAHalfClose() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.send("* BYE\r\n").halfClose();
          script.expect("a LOGOUT").expectEnd();
        });
        var link = link(peer, Trust.system(), PATIENT)) {
      link.connect();
      expect(link, "* BYE\r\n");
      expectEnd(link);
      send(link, "a LOGOUT\r\n");
    }
  }

  @Test
  void read_reset() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.expect("a");
          script.reset();
        });
        var link = link(peer, Trust.system(), PATIENT)) {
      link.connect();
      send(link, "a\r\n");

      assertThat(failure(() -> expectEnd(link)))
          .isInstanceOfSatisfying(
              NetFailure.Lost.class, lost -> assertThat(lost.phase()).isEqualTo(Phase.COMMAND));
    }
  }

  @Test
  void connect_nobodyListens() throws IOException {
    try (var port = new ClosedPort();
        var link = link(port.number(), Trust.system(), PATIENT)) {
      assertThat(failure(link::connect)).isInstanceOf(NetFailure.Refused.class);
      assertThat(failure(link::connect).text())
          .contains("localhost:" + port.number(), "Check host and port");
    }
  }

  /** A name with an empty label: no name server is asked, so none can answer late or with a lie. */
  @Test
  void connect_unknownName() throws IOException {
    try (var link = new Link(
        new Endpoint("no-such-host..invalid", 993),
        Trust.system(),
        PATIENT,
        InstantSource.system())) {
      assertThat(failure(link::connect)).isInstanceOf(NetFailure.NotResolved.class);
      assertThat(failure(link::connect).text()).contains("no-such-host..invalid");
    }
  }

  @Test
  void connect_timeRunsOut() throws IOException {
    try (var full = new FullListener();
        var link = link(full.port(), Trust.system(), SHORT_TO_CONNECT)) {
      assertTimedOut(failure(link::connect), Phase.CONNECT);
    }
  }

  @Test
  void read_timeRunsOutInEachPhase() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.stall().send("* OK\r\n"));
        var link = link(peer, Trust.system(), SHORT)) {
      link.connect();
      for (var phase : new Phase[] {Phase.GREETING, Phase.COMMAND, Phase.BODY, Phase.LOGOUT}) {
        assertTimedOut(
            failure(() -> link.read(ByteBuffer.allocate(1), link.deadline(phase))), phase);
      }
      peer.release();
      // A read that timed out has lost nothing.
      var greeting = ByteBuffer.allocate(1);
      assertThat(link.read(greeting, Fixture.patient(Phase.GREETING))).isEqualTo(1);
      assertThat(greeting.get(0)).isEqualTo((byte) '*');
    }
  }

  @Test
  void read_deadlineIsForTheWholeWaitNotForEachByte() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link = link(peer, Trust.system(), PATIENT)) {
      link.connect();
      var passed =
          new Deadline(Phase.BODY, Duration.ofSeconds(7), InstantSource.system().instant());

      var failure = failure(() -> link.read(ByteBuffer.allocate(1), passed));
      assertTimedOut(failure, Phase.BODY);
      assertThat(failure.text()).contains("reading a message from localhost", "within 7 s");
    }
  }

  @Test
  void write_timeRunsOut() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link = link(peer, Trust.system(), SHORT)) {
      link.connect();
      var more = ByteBuffer.allocate(1 << 26);

      assertTimedOut(failure(() -> link.write(more, link.deadline(Phase.COMMAND))), Phase.COMMAND);
      assertThat(link.bytesOut()).isPositive().isLessThan(1 << 26);
    }
  }

  @Test
  void close_thenUse() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.expectEnd())) {
      var link = link(peer, Trust.system(), PATIENT);
      link.connect();
      link.close();
      link.close();

      assertThat(failure(() -> expectEnd(link))).isInstanceOf(NetFailure.Cancelled.class);
      assertThat(failure(() -> send(link, "a"))).isInstanceOf(NetFailure.Cancelled.class);
    }
  }

  private static void assertTimedOut(NetFailure failure, Phase phase) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            NetFailure.TimedOut.class, found -> assertThat(found.phase()).isEqualTo(phase));
  }
}

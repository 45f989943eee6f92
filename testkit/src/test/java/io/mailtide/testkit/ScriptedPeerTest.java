package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedPeerTest {
  @Test
  void playsTheScript() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
      script.send("hello\r\n").expect("one");
      assertThat(script.expectMatching("(t..) (\\d+)").group(2)).isEqualTo("17");
      assertThat(script.bytes(3)).containsExactly('a', 'b', 'c');
      script.sendInPieces("bye\r\n", 2).expectEnd();
    })) {
      try (var socket = new Socket(peer.host(), peer.port())) {
        say(socket, "one\r\ntwo 17\r\nabc");
        socket.shutdownOutput();
        assertThat(hear(socket)).isEqualTo("hello\r\nbye\r\n");
      }
    }
  }

  @Test
  void playsOneScriptAConnection() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.send("1"), script -> script.send("2"))) {
      for (var expected : new String[] {"1", "2"}) {
        try (var socket = new Socket(peer.host(), peer.port())) {
          assertThat(hear(socket)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void close_afterAnExpectationThatWasNotMet() throws IOException {
    assertFails(script -> script.expect("two"), "one\r\n", "expected: two");
    assertFails(script -> script.expectMatching("two"), "one\r\n", "expected a match of: two");
    assertFails(script -> script.expect("one"), "one\n", "ends with LF alone");
    assertFails(script -> script.expect("one"), "on", "expected a line, got the end");
    assertFails(script -> script.bytes(3), "on", "expected 3 bytes, got 2");
    assertFails(script -> script.expectEnd(), "o", "expected the end");
  }

  @Test
  void close_withoutAConnection() throws IOException {
    ScriptedPeer.Script script = conversation -> conversation.send("hello");
    var peer = new ScriptedPeer(List.of(script), Duration.ofMillis(1));

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(peer::close)
        .withMessageContaining("not asked for");
  }

  @Test
  void stall_untilReleased() throws IOException, InterruptedException {
    try (var peer = ScriptedPeer.playing(script -> script.send("a").stall().send("b"));
        var socket = new Socket(peer.host(), peer.port())) {
      peer.awaitStall();
      assertThat(socket.getInputStream().read()).isEqualTo('a');
      assertThat(socket.getInputStream().available()).isZero();
      peer.release();
      assertThat(hear(socket)).isEqualTo("b");
    }
  }

  @Test
  void awaitStall_afterAScriptThatFailed() throws IOException, InterruptedException {
    var peer = ScriptedPeer.playing(script -> script.expect("one").stall());
    try (var socket = new Socket(peer.host(), peer.port())) {
      say(socket, "two\r\n");
      peer.awaitStall();
    }
    assertThatExceptionOfType(AssertionError.class).isThrownBy(peer::close);
  }

  @Test
  void reset_isNoEnd() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.reset());
        var socket = new Socket(peer.host(), peer.port())) {
      assertThatExceptionOfType(SocketException.class).isThrownBy(() -> hear(socket));
    }
  }

  private static void assertFails(ScriptedPeer.Script script, String said, String message)
      throws IOException {
    var peer = ScriptedPeer.playing(script);
    try (var socket = new Socket(peer.host(), peer.port())) {
      say(socket, said);
    }
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(peer::close)
        .withMessageContaining(message);
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String hear(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }
}

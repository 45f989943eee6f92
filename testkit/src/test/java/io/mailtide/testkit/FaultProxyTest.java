package io.mailtide.testkit;

import static io.mailtide.testkit.FaultProxy.Direction.TO_CLIENT;
import static io.mailtide.testkit.FaultProxy.Direction.TO_SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  @Test
  void passesAndCounts() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.send("hello\r\n").expect("bye").expectEnd());
        var proxy = FaultProxy.before(peer.host(), peer.port());
        var socket = new Socket(proxy.host(), proxy.port())) {
      assertThat(socket.getInputStream().readNBytes(7)).hasSize(7);
      socket.getOutputStream().write(new byte[] {'b', 'y', 'e', '\r', '\n'});
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);

      assertThat(proxy.passed(TO_CLIENT)).isEqualTo(7);
      assertThat(proxy.passed(TO_SERVER)).isEqualTo(5);
      assertThat(proxy.connections()).isEqualTo(1);
    }
  }

  @Test
  void cutAfter_soManyBytesToTheClient() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.send("hello").stall(), script -> script.send("hello"));
        var proxy = FaultProxy.before(peer.host(), peer.port()).cutAfter(TO_CLIENT, 3)) {
      try (var socket = new Socket(proxy.host(), proxy.port())) {
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> socket.getInputStream().readNBytes(5));
      }
      assertThat(proxy.passed(TO_CLIENT)).isEqualTo(3);
      proxy.heal();
      try (var socket = new Socket(proxy.host(), proxy.port())) {
        assertThat(socket.getInputStream().readNBytes(5)).hasSize(5);
      }
    }
  }

  @Test
  void cutAfter_soManyBytesToTheServer() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          try {
            script.bytes(5);
          } catch (IOException e) {
            return;
          }
          throw new AssertionError("it was not cut");
        });
        var proxy = FaultProxy.before(peer.host(), peer.port()).cutAfter(TO_SERVER, 3);
        var socket = new Socket(proxy.host(), proxy.port())) {
      socket.getOutputStream().write(new byte[5]);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> socket.getInputStream().readNBytes(1));
    }
  }

  @Test
  void stallAfter_untilResumed() throws IOException, InterruptedException {
    try (var peer = ScriptedPeer.playing(script -> script.send("hello"));
        var proxy = FaultProxy.before(peer.host(), peer.port()).stallAfter(TO_CLIENT, 3);
        var socket = new Socket(proxy.host(), proxy.port())) {
      assertThat(socket.getInputStream().readNBytes(3)).hasSize(3);
      assertThat(proxy.passed(TO_CLIENT)).isEqualTo(3);
      proxy.awaitStall();
      proxy.resume();
      assertThat(socket.getInputStream().readAllBytes()).hasSize(2);
    }
  }
}

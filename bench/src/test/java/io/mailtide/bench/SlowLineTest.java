package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that sends back what it gets, behind a slow line. */
class SlowLineTest {
  private static final Line SLOW = new Line("slow", "", Duration.ofMillis(40), Long.MAX_VALUE);

  private ServerSocket server;

  /** How many octets the server reads before it sends them back. */
  private volatile int question = 1;

  /** How many connections must have asked before any is answered. */
  private volatile CountDownLatch asking = new CountDownLatch(1);

  @BeforeEach
  void serve() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> {
      try {
        while (true) {
          var socket = server.accept();
          Thread.ofVirtual().start(() -> echo(socket));
        }
      } catch (IOException e) {
        return; // closed
      }
    });
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void eachQuestionWaitsARoundTrip() throws Exception {
    var start = System.nanoTime();
    try (var line = SlowLine.to(server.getLocalPort(), SLOW);
        var socket = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
      assertThat(answers(socket, 1)).isEqualTo(1);
      assertThat(line.roundTrips()).as("that of TCP, and one").isEqualTo(2);
      assertThat(answers(socket, 1)).isEqualTo(1);
      assertThat(line.roundTrips()).isEqualTo(3);
      // One and a half until the server hears of it, then two.
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(140_000_000L);
    }
  }

  @Test
  void whatIsSentTogether_waitsOnce() throws Exception {
    question = 1_000_000;
    try (var line = SlowLine.to(server.getLocalPort(), SLOW);
        var socket = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
      assertThat(answers(socket, 1_000_000)).isEqualTo(1_000_000);
      assertThat(line.roundTrips()).isEqualTo(2);
      assertThat(line.carried()).isEqualTo(new ServerTraffic(1_000_000, 1_000_000));
    }
  }

  @Test
  void connectionsSideBySide_waitOnce_oneAfterTheOtherTwice() throws Exception {
    asking = new CountDownLatch(2);
    try (var line = SlowLine.to(server.getLocalPort(), SLOW);
        var first = new Socket(InetAddress.getLoopbackAddress(), line.port());
        var second = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
      first.getOutputStream().write(1);
      second.getOutputStream().write(1);
      first.getInputStream().read();
      second.getInputStream().read();
      assertThat(line.roundTrips()).isEqualTo(2);
      assertThat(answers(second, 1)).isEqualTo(1);
      assertThat(answers(first, 1)).isEqualTo(1);
      assertThat(line.roundTrips()).isEqualTo(4);
    }
  }

  @Test
  void rate_holdsForAllConnectionsTogether() throws Exception {
    question = 100_000;
    var narrow = new Line("narrow", "", Duration.ZERO, 1_000_000);
    try (var line = SlowLine.to(server.getLocalPort(), narrow);
        var first = new Socket(InetAddress.getLoopbackAddress(), line.port());
        var second = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
      var start = System.nanoTime();
      var beside = Thread.ofVirtual().start(() -> answers(first, 100_000));
      assertThat(answers(second, 100_000)).isEqualTo(100_000);
      beside.join();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(190_000_000L);
    }
  }

  @Test
  void end_isPassedOnBothWays() throws Exception {
    try (var line = SlowLine.to(server.getLocalPort(), SLOW);
        var socket = new Socket(InetAddress.getLoopbackAddress(), line.port())) {
      socket.getOutputStream().write(new byte[3]);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).hasSize(3);
    }
  }

  /** Sends that many octets and reads as many; gives how many came. */
  private static int answers(Socket socket, int octets) {
    Thread.ofVirtual().start(() -> {
      try {
        socket.getOutputStream().write(new byte[octets]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    try {
      return socket.getInputStream().readNBytes(octets).length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void echo(Socket socket) {
    try (socket) {
      while (true) {
        var asked = socket.getInputStream().readNBytes(question);
        asking.countDown();
        asking.await();
        socket.getOutputStream().write(asked);
        if (asked.length < question) {
          return;
        }
      }
    } catch (IOException e) {
      return; // the other end has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

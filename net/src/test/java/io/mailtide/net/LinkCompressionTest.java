package io.mailtide.net;

import static io.mailtide.net.Fixture.PATIENT;
import static io.mailtide.net.Fixture.failure;
import static io.mailtide.net.Fixture.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mailtide.net.PumpTest.Lines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkCompressionTest {
  /** What the other side does with its end of the connection. */
  @FunctionalInterface
  private interface Doing {
    void with(Socket socket) throws IOException;
  }

  /** Another side, played in a thread of its own. */
  private static final class Other implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    Other(Doing doing) throws IOException {
      Thread.ofPlatform().daemon().start(() -> {
        try (var socket = listening.accept()) {
          doing.with(socket);
          played.complete(null);
        } catch (IOException | RuntimeException e) {
          played.completeExceptionally(e);
        }
      });
    }

    int port() {
      return listening.getLocalPort();
    }

    void awaitEnd() throws InterruptedException, ExecutionException {
      played.get();
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  private static byte[] deflated(String text, boolean end) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var stream = new DeflaterOutputStream(
        bytes, new Deflater(Deflater.DEFAULT_COMPRESSION, true), 512, true);
    stream.write(text.getBytes(StandardCharsets.US_ASCII));
    if (end) {
      stream.finish();
    } else {
      stream.flush();
    }
    return bytes.toByteArray();
  }

  /** What came behind the agreement is compressed already, whether it came with it or later. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100_000})
  void read_howeverSplit_isInflated(int piece) throws IOException {
    var text = "b line after line\r\n".repeat(9_000) + "c the last\r\n";
    try (var other = new Other(socket -> {
          var all = new ByteArrayOutputStream();
          all.write("a OK\r\n".getBytes(StandardCharsets.US_ASCII));
          all.write(deflated(text, false));
          var bytes = all.toByteArray();
          socket.setTcpNoDelay(true);
          for (int from = 0; from < bytes.length; from += piece) {
            socket.getOutputStream().write(bytes, from, Math.min(piece, bytes.length - from));
          }
          socket.getInputStream().read();
        });
        var link = link(other.port(), Trust.system(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");
      pump.startCompression();
      for (int line = 0; line < 9_000; line++) {
        assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("b line after line");
      }
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("c the last");
      assertThat(pump.poll(Phase.COMMAND)).isEmpty();
      assertThat(link.bytesIn()).isLessThan(text.length() / 10);
      assertThatIllegalStateException().isThrownBy(pump::startCompression);
    }
  }

  /** Every write can be read at once by the other side, whether it shrinks or not. */
  @Test
  void write_isDeflated_andNothingIsHeldBack() throws Exception {
    var sent = new byte[300_000];
    new Random(1).nextBytes(sent);
    var easy = "0123456789".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
    var received = new ByteArrayOutputStream();
    try (var other = new Other(socket -> {
          var in = new InflaterInputStream(socket.getInputStream(), new Inflater(true));
          for (int expected : new int[] {1, sent.length, easy.length}) {
            received.write(in.readNBytes(expected));
            socket.getOutputStream().write(deflated("", false));
          }
        });
        var link = link(other.port(), Trust.system(), PATIENT)) {
      link.connect();
      link.startCompression(ByteBuffer.allocate(0));
      for (var bytes : new byte[][] {{'x'}, sent, easy}) {
        var source = ByteBuffer.wrap(bytes);
        link.write(source, link.deadline(Phase.UPLOAD));
        assertThat(source.hasRemaining()).isFalse();
      }
      other.awaitEnd();
      assertThat(link.bytesOut()).isBetween(300_000L, 310_000L);
    }
    var all = ByteBuffer.allocate(1 + sent.length + easy.length).put((byte) 'x');
    assertThat(received.toByteArray()).isEqualTo(all.put(sent).put(easy).array());
  }

  @Test
  void read_theStreamEnds_isTheEnd() throws IOException {
    try (var other = new Other(socket -> {
          socket.getOutputStream().write(deflated("bye\r\n", true));
          socket.getInputStream().read();
        });
        var link = link(other.port(), Trust.system(), PATIENT)) {
      link.connect();
      link.startCompression(ByteBuffer.allocate(0));
      Fixture.expect(link, "bye\r\n");
      Fixture.expectEnd(link);
    }
  }

  @Test
  void read_whatNobodyDeflated_isSaidSo() throws IOException {
    try (var other = new Other(socket -> {
          socket
              .getOutputStream()
              .write("* OK not compressed\r\n".getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().read();
        });
        var link = link(other.port(), Trust.system(), PATIENT)) {
      link.connect();
      link.startCompression(ByteBuffer.allocate(0));
      assertThat(failure(() -> Fixture.expect(link, "* OK")))
          .isInstanceOf(NetFailure.CompressionBroken.class);
    }
  }
}

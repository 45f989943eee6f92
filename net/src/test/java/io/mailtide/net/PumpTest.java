package io.mailtide.net;

import static io.mailtide.net.Fixture.PATIENT;
import static io.mailtide.net.Fixture.SHORT;
import static io.mailtide.net.Fixture.failure;
import static io.mailtide.net.Fixture.leaf;
import static io.mailtide.net.Fixture.link;
import static io.mailtide.net.Fixture.testAuthority;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates.Kind;
import io.mailtide.wire.Machine;
import io.mailtide.wire.Secret;
import io.mailtide.wire.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PumpTest {
  /** Lines in, lines out; {@code ?} is not understood. */
  static final class Lines implements Machine<String> {
    private final Queue<String> toSend = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();
    private ByteBuffer arrived = ByteBuffer.allocate(0);
    private boolean closed;

    Lines say(String text) {
      toSend.add(text + "\r\n");
      return this;
    }

    @Override
    public void accept(ByteBuffer arrived) {
      this.arrived = arrived;
      closed = !arrived.hasRemaining();
    }

    @Override
    public Step<String> next() {
      if (!toSend.isEmpty()) {
        return new Step.Send<>(
            ByteBuffer.wrap(toSend.remove().getBytes(StandardCharsets.US_ASCII)));
      }
      while (arrived.hasRemaining()) {
        char next = (char) arrived.get();
        if (next == '?') {
          return new Step.Broken<>("a line", Secret.of(new byte[] {'?'}));
        }
        line.append(next);
        if (next == '\n') {
          var whole = line.toString().strip();
          line.setLength(0);
          return new Step.Emit<>(whole);
        }
      }
      return closed ? new Step.Closed<>("the rest of a line") : new Step.Starved<>();
    }
  }

  @Test
  void await_sendsAndReadsUntilAnEvent() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.expect("a NOOP").expect("b NOOP").sendInPieces("a OK\r\nb OK\r\n", 1);
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines().say("a NOOP").say("b NOOP"));

      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("b OK");
    }
  }

  @Test
  void put_gathersWhatIsSent_andKeepsItsOrder() throws IOException {
    var text = "0123456789".repeat(20_000) + "\r\n";
    var all = new CompletableFuture<byte[]>();
    try (var peer = ScriptedPeer.playing(script -> all.complete(script.bytes(text.length() + 6)));
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());
      pump.put(ByteBuffer.wrap("NOOP\r\n".getBytes(StandardCharsets.US_ASCII)), Phase.COMMAND);
      assertThat(link.bytesOut()).as("not by itself").isZero();
      pump.put(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), Phase.UPLOAD);
      assertThat(link.bytesOut()).as("what has no room").isEqualTo(3 << 16);
      pump.flush(Phase.UPLOAD);
      pump.flush(Phase.UPLOAD);
      assertThat(link.bytesOut()).isEqualTo(text.length() + 6);
      assertThat(new String(all.join(), StandardCharsets.US_ASCII)).isEqualTo("NOOP\r\n" + text);
    }
  }

  /** What has not come whole is waited for by nobody, and not lost. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void poll_givesWhatHasCome(boolean secure) throws IOException, InterruptedException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.expect("a STARTTLS").send("a OK\r\n");
          if (secure) {
            script.startTls(leaf(Kind.GOOD));
          }
          script.send("b OK\r\nc O").stall().send("K\r\n").expect("over");
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines().say("a STARTTLS"));
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");
      if (secure) {
        pump.startTls(new Lines());
      }

      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("b OK");
      assertThat(pump.poll(Phase.UPLOAD)).isEmpty();
      peer.awaitStall();
      assertThat(pump.poll(Phase.UPLOAD)).isEmpty();
      assertThat(pump.poll(Phase.UPLOAD)).isEmpty();
      peer.release();
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("c OK");
      assertThat(pump.poll(Phase.UPLOAD)).isEmpty();
      link.write(
          ByteBuffer.wrap("over\r\n".getBytes(StandardCharsets.US_ASCII)),
          link.deadline(Phase.UPLOAD));
    }
  }

  @Test
  void poll_severalAtOnce_givesOneByOne() throws IOException {
    try (var peer =
            ScriptedPeer.playing(script -> script.send("a\r\nb\r\nc\r\n").stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a");
      var heard = new ArrayList<String>();
      while (heard.size() < 2) {
        pump.poll(Phase.UPLOAD).ifPresent(heard::add);
      }
      assertThat(heard).containsExactly("b", "c");
    }
  }

  @Test
  void poll_closed() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.send("a OK\r\nb O"));
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");
      var failure = failure(() -> {
        while (pump.poll(Phase.UPLOAD).isEmpty()) {
          Thread.onSpinWait();
        }
      });
      assertThat(failure).isInstanceOf(NetFailure.ClosedByPeer.class);
    }
  }

  @Test
  void await_closed() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.send("a OK\r\nb O"));
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");

      var failure = failure(() -> pump.await(link.deadline(Phase.COMMAND)));
      assertThat(failure).isInstanceOf(NetFailure.ClosedByPeer.class);
      assertThat(failure.text()).contains("the rest of a line");
    }
  }

  @Test
  void await_garbled() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.send("a ?").stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());

      var failure = failure(() -> pump.await(link.deadline(Phase.COMMAND)));
      assertThat(failure).isInstanceOf(NetFailure.Garbled.class);
      assertThat(failure.text()).contains("a line").doesNotContain("?");
    }
  }

  @Test
  void await_againAfterTimeRanOut() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.send("a O").stall().send("K\r\n"));
        var link = link(peer, testAuthority(), SHORT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines());
      assertThat(failure(() -> pump.await(link.deadline(Phase.COMMAND))))
          .isInstanceOf(NetFailure.TimedOut.class);
      peer.release();

      assertThat(pump.await(Fixture.patient(Phase.COMMAND))).isEqualTo("a OK");
    }
  }

  /** What came in plain text, even half a line that the old machine has taken in, is gone. */
  @Test
  void startTls_nothingSurvives() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.expect("a STARTTLS").send("a OK\r\n").startTls(leaf(Kind.GOOD)).send("b OK\r\n");
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var old = new Lines().say("a STARTTLS");
      var pump = new Pump<>(link, old);
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");
      old.line.append("* CAPABILITY ");
      pump.startTls(new Lines());

      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("b OK");
      assertThat(link.isSecure()).isTrue();
    }
  }

  @Test
  void startTls_moreCameInPlainText() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.expect("a STARTTLS").send("a OK\r\n* CAPA").expectEnd());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var pump = new Pump<>(link, new Lines().say("a STARTTLS"));
      assertThat(pump.await(link.deadline(Phase.COMMAND))).isEqualTo("a OK");

      assertThat(failure(() -> pump.startTls(new Lines()))).isInstanceOf(NetFailure.Injected.class);
    }
  }
}

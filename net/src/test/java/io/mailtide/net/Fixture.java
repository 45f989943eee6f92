package io.mailtide.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of links share. */
final class Fixture {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration BRIEF = Duration.ofMillis(60);

  /** Long enough that only a failing test reaches it. */
  static final Timeouts PATIENT = timeouts(LONG, LONG);

  /** For tests of what happens when time runs out on a connection. */
  static final Timeouts SHORT = timeouts(LONG, BRIEF);

  /** For tests of what happens when time runs out before there is one. */
  static final Timeouts SHORT_TO_CONNECT = timeouts(BRIEF, LONG);

  private static Timeouts timeouts(Duration connect, Duration others) {
    return new Timeouts(connect, others, others, others, others, others, others);
  }

  /** Made once: it takes seconds. */
  private static final class Certificates {
    static final TestCertificates MADE = make();

    private static TestCertificates make() {
      try {
        var folder = Files.createTempDirectory("mailtide-certificates");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder.toFile())));
        return new TestCertificates(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void delete(File folder) {
      var files = folder.listFiles();
      for (var each : files == null ? new File[0] : files) {
        each.delete();
      }
      folder.delete();
    }
  }

  private Fixture() {}

  static TestCertificates certificates() {
    return Certificates.MADE;
  }

  static TestCertificates.Leaf leaf(TestCertificates.Kind kind) {
    return certificates().leaf(kind);
  }

  static Trust testAuthority() {
    return Trust.authorities(certificates().authority());
  }

  static Link link(ScriptedPeer peer, Trust trust, Timeouts timeouts) {
    return link(peer.port(), trust, timeouts);
  }

  static Link link(int port, Trust trust, Timeouts timeouts) {
    return new Link(new Endpoint("localhost", port), trust, timeouts, InstantSource.system());
  }

  /** A deadline for a link whose own time limits are short. */
  static Deadline patient(Phase phase) {
    return new Deadline(phase, LONG, InstantSource.system().instant().plus(LONG));
  }

  /** Reads as many bytes as the text expected has, and compares. */
  static void expect(Link link, String text) throws NetException {
    var bytes = ByteBuffer.allocate(text.length());
    while (bytes.hasRemaining()) {
      if (link.read(bytes, link.deadline(Phase.COMMAND)) < 0) {
        break;
      }
    }
    assertThat(new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1))
        .isEqualTo(text);
  }

  /** Asserts that the other side has closed. */
  static void expectEnd(Link link) throws NetException {
    assertThat(link.read(ByteBuffer.allocate(1), link.deadline(Phase.COMMAND))).isEqualTo(-1);
  }

  static void send(Link link, String text) throws NetException {
    link.write(
        ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), link.deadline(Phase.COMMAND));
  }

  /** The failure that the call ends with. */
  static NetFailure failure(ThrowingCallable call) {
    var thrown = catchThrowableOfType(NetException.class, call);
    assertThat(thrown).as("a NetException").isNotNull();
    assertThat(thrown.getMessage()).isEqualTo(thrown.failure().text());
    return thrown.failure();
  }
}

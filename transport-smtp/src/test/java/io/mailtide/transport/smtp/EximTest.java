package io.mailtide.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.FaultProxy.Direction;
import io.mailtide.testkit.TestCertificates;
import io.mailtide.testkit.server.Exim;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real mail, handed over to a real server. */
final class EximTest {
  @TempDir
  private static Path folder;

  private static TestCertificates certificates;

  @BeforeAll
  static void makeCertificates() {
    certificates = new TestCertificates(folder);
  }

  private static Fixture fixture(int port, String tls) {
    return Fixture.at(port)
        .with("host", "localhost")
        .with("tls", tls)
        .with("tls-ca", certificates.authority())
        .signingIn();
  }

  private static Exim exim() {
    return Exim.start(certificates.leaf(TestCertificates.Kind.GOOD));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** As Exim keeps it: line ends LF, the last line ended. */
  private static String kept(byte[] wire) {
    var text = text(wire).replace("\r\n", "\n");
    return text.endsWith("\n") ? text : text + "\n";
  }

  /** From all of the corpus, so that every kind of mail in it is among them. */
  private static List<byte[]> mail(int messages) {
    var all = Corpus.messages();
    var some = new ArrayList<byte[]>();
    for (int i = 0; i < messages; i++) {
      some.add(all.get(i * (all.size() / messages)).wire());
    }
    return some;
  }

  @ParameterizedTest
  @CsvSource({"implicit, *, 1000", "starttls, , 100"})
  void submit_realMail_arrivesByteForByteAndInOrder(
      String tls, @Nullable String pipelining, int messages) throws FaultException {
    var setting = "pipelining_advertise_hosts = " + Objects.requireNonNullElse(pipelining, "");
    try (var exim = Exim.start(certificates.leaf(TestCertificates.Kind.GOOD), setting)) {
      var mail = mail(messages);
      var fixture = fixture(tls.equals("implicit") ? exim.tlsPort() : exim.port(), tls);
      try (var transport = fixture.open()) {
        for (var message : mail) {
          var outcome = transport.submit(
              Fixture.envelope("bob@example.org", "nobody@example.org"),
              sink -> {
                sink.write(ByteBuffer.wrap(message));
                return true;
              },
              fixture.handover);
          assertThat(Fixture.replies(outcome))
              .satisfiesExactly(
                  bob -> assertThat(bob).startsWith("TAKEN 250 OK id="),
                  nobody -> assertThat(nobody).isEqualTo("REFUSED 550 no such user"));
        }
      }
      assertThat(fixture.committed).hasValue(messages);
      var received = exim.received();
      assertThat(received).hasSize(messages);
      for (int i = 0; i < messages; i++) {
        assertThat(text(received.get(i))).as("message %s", i).isEqualTo(kept(mail.get(i)));
      }
    }
  }

  @Test
  void submit_refusalsAndSuccessesMixed_areToldApart() throws FaultException {
    try (var exim = exim();
        var transport = fixture(exim.tlsPort(), "implicit").open()) {
      var good = Fixture.content("Subject: good\n\nx\n");
      var bad = Fixture.content("Subject: refuse-this\n\nx\n");
      var bob = Fixture.envelope("bob@example.org");
      for (int i = 0; i < 3; i++) {
        assertThat(Fixture.replies(transport.submit(
                Fixture.envelope("nobody@example.org", "later@example.org"), good, _ -> {})))
            .containsExactly("REFUSED 550 no such user", "DEFERRED 451 not now");
        assertThat(Fixture.replies(transport.submit(bob, bad, _ -> {})))
            .containsExactly("REFUSED 550 this message is refused");
        assertThat(Fixture.replies(transport.submit(bob, good, _ -> {})))
            .singleElement()
            .asString()
            .startsWith("TAKEN ");
      }
      assertThat(exim.received()).hasSize(3);
    }
  }

  /** Exim takes a CR or LF alone for the end of a line, also in a chunk. */
  @Test
  void submit_notInLines_isTakenAsAChunk() throws FaultException {
    try (var exim = exim();
        var transport = fixture(exim.tlsPort(), "implicit").open()) {
      var text = "Subject: x\r\n\r\na\rb\r\n.\r\n.\n.\nRSET\r\nend";
      var outcome =
          transport.submit(Fixture.envelope("bob@example.org"), Fixture.exactly(text), _ -> {});
      assertThat(Fixture.replies(outcome)).singleElement().asString().startsWith("TAKEN ");
      assertThat(exim.received()).hasSize(1);
      assertThat(text(exim.received().getFirst()).replaceAll("[\r\n]+", "|"))
          .startsWith("Subject: x|a|b|.|.|.|RSET|end");
    }
  }

  @Test
  void submit_reportsWanted_areKnownToTheServer() throws FaultException {
    try (var exim = exim();
        var transport = fixture(exim.tlsPort(), "implicit").open()) {
      var reports = new Reports(
          List.of("SUCCESS", "FAILURE"), Optional.of(Returned.HDRS), Optional.of("order 7+1=8"));
      var outcome = transport.submit(
          new Envelope("ann@example.org", List.of("bob@example.org"), reports),
          Fixture.content("Subject: x\n\nx\n"),
          _ -> {});
      assertThat(Fixture.replies(outcome)).singleElement().asString().startsWith("TAKEN ");
      assertThat(exim.envelopes())
          .singleElement()
          .asString()
          .contains("dsn_envid order+207+2B1+3D8\n", "dsn_ret 2\n", "rfc822;bob@example.org");
      assertThat(exim.received()).hasSize(1);
    }
  }

  @Test
  void submit_largeMessage_isStreamed() throws FaultException {
    try (var exim = exim();
        var transport = fixture(exim.tlsPort(), "implicit").open()) {
      var text = "Subject: x\n\n" + ".a line of a large message\n".repeat(400_000);
      var outcome =
          transport.submit(Fixture.envelope("bob@example.org"), Fixture.content(text), _ -> {});
      assertThat(Fixture.replies(outcome)).singleElement().asString().startsWith("TAKEN ");
      assertThat(text(exim.received().getFirst())).isEqualTo(text);
      assertThat(transport.traffic().bytesOut()).isGreaterThan(text.length());
    }
  }

  @Test
  void open_wrongPassword_isRefused() {
    try (var exim = exim()) {
      var fault = fixture(exim.tlsPort(), "implicit").with("password", "wrong").fault();
      assertThat(fault.kind()).isEqualTo(io.mailtide.engine.Fault.Kind.SIGN_IN);
      assertThat(fault.said()).startsWith("535");
    }
  }

  /**
   * Wherever what is sent is cut off: what is said to be taken was, what is thrown was not, and
   * only what is in doubt may be either.
   */
  @Test
  void submit_cutAfterAnyByte_neverSaysWhatIsNotSo() throws IOException {
    int doubts = 0;
    int thrown = 0;
    int taken = 0;
    try (var exim = Exim.start()) {
      var received = 0;
      for (int bytes = 0; bytes < 230; bytes += 4) {
        Object result;
        try (var proxy =
            FaultProxy.before("localhost", exim.port()).cutAfter(Direction.TO_SERVER, bytes)) {
          var fixture = Fixture.at(proxy.port()).signingIn();
          try (var transport = fixture.open()) {
            result = fixture.submit(
                transport, Fixture.envelope("bob@example.org"), "Subject: x\n\nhello\n");
          } catch (FaultException e) {
            result = e.fault();
          }
        }
        int now = exim.received().size();
        switch (result) {
          case Outcome.Answered(var replies) -> {
            assertThat(replies).hasSize(1);
            assertThat(now - received).as("taken at %s", bytes).isEqualTo(1);
            taken++;
          }
          case Outcome.InDoubt _ -> doubts++;
          default -> {
            assertThat(now - received).as("thrown at %s", bytes).isZero();
            thrown++;
          }
        }
        received = now;
      }
    }
    assertThat(List.of(doubts, thrown, taken)).allMatch(count -> count > 0);
  }
}

package io.mailtide.net;

import static io.mailtide.net.Fixture.PATIENT;
import static io.mailtide.net.Fixture.SHORT;
import static io.mailtide.net.Fixture.certificates;
import static io.mailtide.net.Fixture.expect;
import static io.mailtide.net.Fixture.expectEnd;
import static io.mailtide.net.Fixture.failure;
import static io.mailtide.net.Fixture.leaf;
import static io.mailtide.net.Fixture.link;
import static io.mailtide.net.Fixture.send;
import static io.mailtide.net.Fixture.testAuthority;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LinkTlsTest {
  @Test
  void connectTls_authorityFromAFile() throws IOException {
    List<String> names = new CopyOnWriteArrayList<>();
    try (var peer = ScriptedPeer.playing(script -> {
          names.addAll(script.startTls(leaf(Kind.GOOD)).namesAskedFor());
          script.send("* OK\r\n").expect("a NOOP").send("a OK\r\n");
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connectTls();
      expect(link, "* OK\r\n");
      send(link, "a NOOP\r\n");
      expect(link, "a OK\r\n");
      expectEnd(link);

      assertThat(link.isSecure()).isTrue();
      assertThat(link.description()).contains("TLSv1.3");
      assertThat(names).containsExactly("localhost");
      assertThat(link.bytesIn()).isGreaterThan(500);
      assertThat(link.bytesOut()).isGreaterThan(300);
    }
  }

  @Test
  void connectTls_severalAuthoritiesInAFile(@TempDir Path folder) throws IOException {
    var bundle = folder.resolve("bundle.pem");
    Files.writeString(
        bundle,
        "Some words before it\n" + Files.readString(leaf(Kind.SELF_SIGNED).certificate())
            + "\n# and between\n" + Files.readString(certificates().authority()));
    for (var kind : List.of(Kind.GOOD, Kind.SELF_SIGNED)) {
      assertTrusted(kind, Trust.authorities(bundle));
    }
  }

  @Test
  void connectTls_theSystemsAuthorities() throws IOException {
    assertDistrust(Kind.GOOD, Trust.system(), Distrust.UNKNOWN_AUTHORITY);
  }

  @ParameterizedTest
  @CsvSource({"WRONG_HOST,WRONG_HOST", "EXPIRED,OUT_OF_DATE", "SELF_SIGNED,SELF_SIGNED"})
  void connectTls_certificateNotTrusted(Kind kind, Distrust why) throws IOException {
    assertDistrust(kind, testAuthority(), why);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void connectTls_pinned(Kind kind) throws IOException {
    var hex = leaf(kind).fingerprint();
    var withColons = hex.toUpperCase(Locale.ROOT).replaceAll("..(?!$)", "$0:");
    assertTrusted(kind, Trust.pinned(Fingerprint.parse("sha256:" + hex)));
    assertTrusted(kind, Trust.pinned(Fingerprint.parse("SHA256:" + withColons)));
  }

  @Test
  void connectTls_pinnedAnother() throws IOException {
    var other = Trust.pinned(Fingerprint.parse("sha256:" + leaf(Kind.EXPIRED).fingerprint()));
    assertDistrust(Kind.GOOD, other, Distrust.NOT_THE_PINNED);
  }

  private static void assertTrusted(Kind kind, Trust trust) throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.startTls(leaf(kind)).send("* OK\r\n"));
        var link = link(peer, trust, PATIENT)) {
      link.connectTls();
      expect(link, "* OK\r\n");
    }
  }

  /** Also that the failure shows who it was, and what to write to trust it none the less. */
  private static void assertDistrust(Kind kind, Trust trust, Distrust why) throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.startTlsInVain(leaf(kind)));
        var link = link(peer, trust, PATIENT)) {
      var failure = failure(link::connectTls);

      assertThat(failure).isInstanceOfSatisfying(NetFailure.NotTrusted.class, found -> {
        assertThat(found.why()).isEqualTo(why);
        assertThat(found.certificate().fingerprint().hex()).isEqualTo(leaf(kind).fingerprint());
      });
      assertThat(failure.text())
          .contains("CN=")
          .contains("tls-fingerprint = \"sha256:" + leaf(kind).fingerprint() + "\"");
      assertThat(link.isSecure()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"absent.pem,", "empty.pem,''", "rubbish.pem,'-----BEGIN CERTIFICATE-----\nrubbish\n'"
  })
  void connectTls_fileOfNoUse(String name, String content, @TempDir Path folder)
      throws IOException {
    var file = folder.resolve(name);
    if (content != null) {
      Files.writeString(file, content);
    }
    try (var peer = ScriptedPeer.playing(script -> script.expectEnd())) {
      try (var link = link(peer, Trust.authorities(file), PATIENT)) {
        var failure = failure(link::connectTls);
        assertThat(failure).isInstanceOf(NetFailure.TrustUnusable.class);
        assertThat(failure.text()).contains(file.toString(), "tls-ca");
      }
    }
  }

  @Test
  void startTls_afterWordsInPlainText() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.send("* OK\r\n").expect("a STARTTLS").send("a OK\r\n").startTls(leaf(Kind.GOOD));
          script.expect("b NOOP").send("b OK\r\n");
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      agreeToTls(link);
      link.startTls(ByteBuffer.allocate(0));
      send(link, "b NOOP\r\n");
      expect(link, "b OK\r\n");
      assertThatIllegalStateException().isThrownBy(() -> link.startTls(ByteBuffer.allocate(0)));
    }
  }

  @Test
  void startTls_moreWasReadThanUsed() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.send("* OK\r\n").expect("a STARTTLS").send("a OK\r\n* CAPABILITY AUTH=PLAIN\r\n");
          script.expectEnd();
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      agreeToTls(link);
      var unread = ByteBuffer.allocate(100);
      link.read(unread, link.deadline(Phase.COMMAND));

      assertThat(failure(() -> link.startTls(unread.flip())))
          .isInstanceOf(NetFailure.Injected.class);
      assertThat(failure(() -> send(link, "b LOGIN"))).isInstanceOf(NetFailure.Cancelled.class);
    }
  }

  @Test
  void startTls_moreHasArrivedThanWasRead() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.send("* OK\r\n").expect("a STARTTLS").send("a OK\r\n* CAPABILITY AUTH=PLAIN\r\n");
          script.expectEnd();
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      agreeToTls(link);

      assertThat(failure(() -> link.startTls(ByteBuffer.allocate(0))))
          .isInstanceOf(NetFailure.Injected.class);
    }
  }

  private static void agreeToTls(Link link) throws NetException {
    link.connect();
    expect(link, "* OK\r\n");
    send(link, "a STARTTLS\r\n");
    expect(link, "a OK\r\n");
  }

  @Test
  void connectTls_peerSpeaksPlainText() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.send("* OK Dovecot\u001b[31m ready.\r\n").stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      var failure = failure(link::connectTls);

      assertThat(failure).isInstanceOf(NetFailure.NotTls.class);
      assertThat(failure.text())
          .contains("* OK Dovecot [31m ready.")
          .contains("starttls")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void connectTls_nothingInCommon() throws IOException {
    // An alert: fatal, handshake failure (RFC 8446 section 6).
    byte[] alert = {21, 3, 3, 0, 2, 2, 40};
    try (var peer = ScriptedPeer.playing(script -> script.send(alert).stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      assertThat(failure(link::connectTls)).isInstanceOf(NetFailure.NoCommonTls.class);
    }
  }

  @Test
  void connectTls_peerHasOldVersionsOnly() throws IOException {
    // A ServerHello of TLS 1.1 (RFC 4346 section 7.4.1.3), with AES and no extension.
    var hello = ByteBuffer.allocate(47);
    hello.put(new byte[] {22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2}).put(new byte[32]).put(new byte[] {
      0, 0, 47, 0
    });
    try (var peer = ScriptedPeer.playing(script -> script.send(hello.array()).stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      assertThat(failure(link::connectTls)).isInstanceOf(NetFailure.NoCommonTls.class);
    }
  }

  @Test
  void connectTls_closedMeanwhile() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> {
          script.bytes(100);
          script.halfClose().stall();
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      assertThat(failure(link::connectTls))
          .isInstanceOfSatisfying(
              NetFailure.ClosedByPeer.class,
              found -> assertThat(found.phase()).isEqualTo(Phase.HANDSHAKE));
    }
  }

  @Test
  void connectTls_timeRunsOut() throws IOException {
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link = link(peer, testAuthority(), SHORT)) {
      assertThat(failure(link::connectTls))
          .isInstanceOfSatisfying(
              NetFailure.TimedOut.class,
              found -> assertThat(found.phase()).isEqualTo(Phase.HANDSHAKE));
    }
  }

  @Test
  void read_smallPiecesOfLargeRecordsAndLargePiecesOfSmallRecords() throws IOException {
    var text = "0123456789abcdef".repeat(4000);
    try (var peer = ScriptedPeer.playing(script -> {
          script.startTls(leaf(Kind.GOOD)).send(text).sendInPieces(text.substring(0, 500), 3);
          script.send(script.line()).send("\r\n");
        });
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connectTls();
      for (int i = 0; i < text.length(); i += 32) {
        expect(link, text.substring(i, i + 32));
      }
      expect(link, text.substring(0, 500));
      send(link, text + "\r\n");
      expect(link, text + "\r\n");
      expectEnd(link);
    }
  }

  /** Gmail ends so; what frames the messages knows whether anything is missing. */
  @Test
  void read_endWithoutTlssFarewell() throws IOException {
    try (var peer = ScriptedPeer.playing(
            script -> script.startTls(leaf(Kind.GOOD)).send("* BYE\r\n").cut());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connectTls();
      expect(link, "* BYE\r\n");
      expectEnd(link);
    }
  }

  @Test
  void read_recordThatWasTamperedWith() throws IOException {
    byte[] record = {
      23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
    };
    try (var peer = ScriptedPeer.playing(
            script -> script.startTls(leaf(Kind.GOOD)).sendBeneathTls(record).stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connectTls();

      assertThat(failure(() -> expect(link, "x"))).isInstanceOf(NetFailure.TlsBroken.class);
    }
  }

  @Test
  void close_saysFarewell() throws IOException {
    try (var peer =
        ScriptedPeer.playing(script -> script.startTls(leaf(Kind.GOOD)).expectEnd())) {
      var link = link(peer, testAuthority(), PATIENT);
      link.connectTls();
      long before = link.bytesOut();
      link.close();

      assertThat(link.bytesOut()).isGreaterThan(before);
    }
  }
}

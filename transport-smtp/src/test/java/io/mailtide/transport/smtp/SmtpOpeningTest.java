package io.mailtide.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.testkit.ClosedPort;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates;
import io.mailtide.testkit.TestCertificates.Leaf;
import io.mailtide.testkit.settings.ClockThatWasSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dialogues before the first message: greeting, TLS, sign-in. */
final class SmtpOpeningTest {
  private static final String PLAIN = "C: AUTH PLAIN AGFubgBzZWNyZXQ=\n";

  @TempDir
  private static Path folder;

  private static TestCertificates certificates;
  private static Leaf good;

  @BeforeAll
  static void makeCertificates() {
    certificates = new TestCertificates(folder);
    good = certificates.leaf(TestCertificates.Kind.GOOD);
  }

  private static Fault refusal(Dialogue dialogue) throws IOException {
    try (var peer = ScriptedPeer.playing(dialogue)) {
      return Fixture.at(peer.port()).signingIn().fault();
    }
  }

  private static void opens(Dialogue dialogue) throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(dialogue)) {
      Fixture.at(peer.port()).signingIn().open().close();
    }
  }

  @Test
  @Timeout(30)
  void open_theClockIsSetBack_waitsNoLonger() throws IOException {
    var environment = new ClockThatWasSet();
    ScriptedPeer.Script script = peer -> {
      environment.pass();
      peer.send("220 half a li");
      peer.stall();
    };
    try (var peer = ScriptedPeer.playing(script)) {
      var fixture = Fixture.at(peer.port());
      fixture.environment = environment;
      assertThat(fixture.fault().kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @Test
  void open_noUser_signsNobodyIn() throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(Dialogue.session("AUTH PLAIN", "C: QUIT\n"))) {
      Fixture.at(peer.port()).open().close();
    }
  }

  @Test
  void open_plain_goesWithTheCommand() throws IOException, FaultException {
    opens(Dialogue.session("AUTH LOGIN PLAIN", PLAIN + "S: 235 in\nC: QUIT\n"));
  }

  @Test
  void open_login_answersChallenges() throws IOException, FaultException {
    opens(Dialogue.session("AUTH=LOGIN", """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: YW5u
        S: 334 UGFzc3dvcmQ6
        C: c2VjcmV0
        S: 235 in
        C: QUIT
        """));
  }

  /** A line that may be too long for the server is not sent (RFC 4954 section 4). */
  @ParameterizedTest
  @ValueSource(ints = {20, 2_000})
  void open_token_goesAloneWhereItIsLong(int length) throws IOException, FaultException {
    var token = "t".repeat(length);
    var message = Base64.getEncoder()
        .encodeToString(("user=ann\1auth=Bearer " + token + "\1\1")
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    var lines = length < 300
        ? "C: AUTH XOAUTH2 " + message + "\n"
        : "C: AUTH XOAUTH2\nS: 334 \nC: " + message + "\n";
    try (var peer =
        ScriptedPeer.playing(Dialogue.session("AUTH XOAUTH2", lines + "S: 235 in\nC: QUIT\n"))) {
      Fixture.at(peer.port())
          .with("user", "ann")
          .with("password", token)
          .with("auth", "token")
          .open()
          .close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {504, 534})
  void open_mechanismRefused_triesTheNext(int code) throws IOException, FaultException {
    opens(Dialogue.session(
        "AUTH PLAIN LOGIN",
        PLAIN + "S: " + code + " not this\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\n"
            + "S: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 in\nC: QUIT\n"));
  }

  /** The password is not tried again: servers count. */
  @ParameterizedTest
  @CsvSource({
    "535 5.7.8 wrong, SIGN_IN",
    "454 4.7.0 try later, NETWORK",
    "538 5.7.11 TLS first, SIGN_IN",
    "421 4.7.0 too often, NETWORK"
  })
  void open_refused_saysWhy(String answer, Kind kind) throws IOException {
    var fault = refusal(Dialogue.session("AUTH PLAIN LOGIN", PLAIN + "S: " + answer + "\nEND\n"));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.said()).endsWith(answer);
    assertThat(fault.doing()).endsWith(" as ann");
    assertThat(fault.toString()).doesNotContain("secret", "AGFubg");
  }

  @Test
  void open_noWayInCommon_namesThoseOffered() throws IOException {
    var fault = refusal(Dialogue.session("AUTH GSSAPI NTLM", "C: QUIT\n"));
    assertThat(fault.kind()).isEqualTo(Kind.SIGN_IN);
    assertThat(fault.said()).contains("GSSAPI, NTLM");
  }

  @ParameterizedTest
  @CsvSource({"334 !, PROTOCOL", "354 go, PROTOCOL", "334 AAAA, PROTOCOL"})
  void open_oddChallenge_isAFault(String answer, Kind kind) throws IOException {
    assertThat(refusal(Dialogue.session("AUTH PLAIN", PLAIN + "S: " + answer + "\nEND\n"))
            .kind())
        .isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "S: 554 5.7.1 go away, NO_ACCESS",
    "S: 421 4.3.2 busy, NETWORK",
    "S: 450 later, REFUSED",
    "S: 250 hello, PROTOCOL",
    "S: * OK IMAP4rev1, PROTOCOL",
    "CUT, NETWORK"
  })
  void open_greetings_areToldApart(String greeting, Kind kind) throws IOException {
    var fault = refusal(Dialogue.of(greeting + "\nEND\n"));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.reach()).isEqualTo(Fault.Reach.REPLICA);
  }

  @Test
  void open_bannerOfManyLinesAndLate_isWaitedFor() throws IOException, FaultException {
    ScriptedPeer.Script script = conversation -> {
      conversation.sendInPieces("220-wait\r\n220-a moment\r\n220 ready\r\n", 1);
      Dialogue.of("C: EHLO [127.0.0.1]\nS: 250 x\nC: QUIT\n").play(conversation);
    };
    try (var peer = ScriptedPeer.playing(script)) {
      Fixture.at(peer.port()).open().close();
    }
  }

  @Test
  void open_noBannerInTime_isATimeout() throws IOException {
    try (var peer = ScriptedPeer.playing(Dialogue.of("STALL"))) {
      assertThat(Fixture.at(peer.port()).hasty().fault().kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @Test
  void open_ehloUnknown_isAFault() throws IOException {
    var fault = refusal(Dialogue.of("S: 220 hi\nC: EHLO [127.0.0.1]\nS: 502 what\nEND\n"));
    assertThat(fault.said()).isEqualTo("502 what");
  }

  @Test
  void open_nobodyListens_isANetworkFault() throws IOException {
    try (var port = new ClosedPort()) {
      assertThat(Fixture.at(port.number()).fault().kind()).isEqualTo(Kind.NETWORK);
    }
  }

  private static Fixture startTls(ScriptedPeer peer) {
    return Fixture.at(peer.port())
        .with("host", "localhost")
        .with("tls", "starttls")
        .with("tls-ca", certificates.authority())
        .signingIn();
  }

  /** What was said in plain text is void: AUTH is only offered, and only used, behind TLS. */
  @Test
  void open_startTls_asksAgainBehindIt() throws IOException, FaultException {
    ScriptedPeer.Script script = conversation -> {
      Dialogue.session("STARTTLS, AUTH LOGIN", "C: STARTTLS\nS: 220 go\n").play(conversation);
      conversation.startTls(good);
      Dialogue.of(
              "C: EHLO [127.0.0.1]\nS: 250-x\nS: 250 AUTH PLAIN\n" + PLAIN + "S: 235 in\nC: QUIT\n")
          .play(conversation);
    };
    try (var peer = ScriptedPeer.playing(script)) {
      startTls(peer).open().close();
    }
  }

  @ParameterizedTest
  @CsvSource({"AUTH PLAIN,'C: QUIT'", "STARTTLS,'C: STARTTLS\nS: 454 no TLS now\nC: QUIT'"})
  void open_noStartTls_saysNothingInPlainText(String keywords, String lines) throws IOException {
    try (var peer = ScriptedPeer.playing(Dialogue.session(keywords, lines))) {
      assertThat(startTls(peer).fault().kind()).isEqualTo(Kind.TLS);
    }
  }

  @Test
  void open_wordsBehindTheAgreement_areAnAttack() throws IOException {
    var dialogue =
        Dialogue.session("STARTTLS", "C: STARTTLS\nS: 220 go⏎250-evil⏎250 AUTH PLAIN\nEND\n");
    try (var peer = ScriptedPeer.playing(dialogue)) {
      var fault = startTls(peer).fault();
      assertThat(fault.kind()).isEqualTo(Kind.TLS);
      assertThat(fault.said()).contains("plain text");
    }
  }

  @Test
  void open_implicitTls_wantsATrustedCertificate() throws IOException, FaultException {
    ScriptedPeer.Script trusted = conversation -> {
      conversation.startTls(good);
      Dialogue.session("AUTH PLAIN", PLAIN + "S: 235 in\nC: QUIT\n").play(conversation);
    };
    ScriptedPeer.Script other = conversation ->
        conversation.startTlsInVain(certificates.leaf(TestCertificates.Kind.SELF_SIGNED));
    try (var peer = ScriptedPeer.playing(trusted, other)) {
      startTls(peer).with("tls", "implicit").open().close();
      var fault = startTls(peer).with("tls", "implicit").fault();
      assertThat(fault.kind()).isEqualTo(Kind.TLS);
      assertThat(fault.next()).contains("tls-fingerprint");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      smtp.gmail.com ESMTP 5b1f17b1804b1-42 - gsmtp|localhost|true
      smtp.gmail.com|localhost|true
      mx.example.org ready|smtp.gmail.com|true
      x|smtp.googlemail.com|true
      x|SMTP.Office365.com|true
      x|smtp-mail.outlook.com|true
      x|outlook.office365.com|true
      smtp-relay.gmail.com ESMTP 5b1f17b1804b1-42 - gsmtp|smtp-relay.gmail.com|false
      mx.google.com ESMTP 5b1f17b1804b1-42 - gsmtp|aspmx.l.google.com|false
      A.mail.protection.outlook.com Microsoft ESMTP MAIL Service|x.mail.protection.outlook.com|false
      mail.example.org Microsoft ESMTP MAIL Service ready|mail.example.org|false
      mail.example.org forwards to smtp.gmail.com|mail.example.org|false
      mail.example.org ESMTP Postfix|mail.example.org|false
      """)
  void serverMake_nameAndSignIn_tellWhoFilesTheSentCopy(
      String greeting, String host, boolean files) {
    assertThat(ServerMake.of("220 " + greeting, host, true).filesSentCopy()).isEqualTo(files);
    assertThat(ServerMake.of("220 " + greeting, host, false).filesSentCopy()).isFalse();
  }
}

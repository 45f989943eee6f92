package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.testkit.ClosedPort;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.settings.ClockThatWasSet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dialogues before and at the sign-in, with a server by table. */
final class SignInTest {
  private static Fault refusal(Answers server) throws IOException {
    try (var peer = ScriptedPeer.playing(server)) {
      return Fixture.at(peer.port()).fault();
    }
  }

  private static Answers opened(Answers server) throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(server)) {
      Fixture.at(peer.port()).open().close();
    }
    return server;
  }

  @Test
  @Timeout(30)
  void open_theClockIsSetBack_waitsNoLonger() throws IOException {
    var environment = new ClockThatWasSet();
    ScriptedPeer.Script script = peer -> {
      environment.pass();
      peer.send("* OK half a li");
      peer.stall();
    };
    try (var peer = ScriptedPeer.playing(script)) {
      var fixture = Fixture.at(peer.port());
      fixture.environment = environment;
      assertThat(fixture.fault().kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @Test
  void open_abilitiesInTheGreeting_asksNothingTwice() throws IOException, FaultException {
    var server = opened(Answers.server("IMAP4rev1 AUTH=PLAIN SASL-IR")
        .on("AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=", "%t OK in"));
    assertThat(server.heard())
        .containsExactly("AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=", "CAPABILITY", "LOGOUT");
  }

  /** 5, 43: asked for again after sign-in, whether or not it was told before. */
  @ParameterizedTest
  @CsvSource({"LITERAL+, LITERAL+ MOVE", "'', MOVE"})
  void row5_row43_abilities_areAskedForAfterSignIn(String before, String after)
      throws IOException, FaultException {
    var server = opened(Answers.greeting("* OK [CAPABILITY IMAP4rev1 " + before + "] ready")
        .on("LOGIN", "%t OK [CAPABILITY IMAP4rev1 " + before + "] in")
        .on("CAPABILITY", "* CAPABILITY IMAP4rev1 " + after + "\n%t OK"));
    assertThat(server.heard()).containsExactly("LOGIN \"ann\" \"secret\"", "CAPABILITY", "LOGOUT");
  }

  /** 4: signed in, and refused with the next command; nothing more is asked. */
  @ParameterizedTest
  @ValueSource(strings = {"BAD", "NO"})
  void row4_signedInButNotConnected_isSignInTrouble(String refusal)
      throws IOException, FaultException {
    var answer = "%t " + refusal + " User is authenticated but not connected.";
    var server = Answers.server("IMAP4rev1").on("CAPABILITY", answer).on("LIST", answer);
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      var thrown = catchThrowableOfType(FaultException.class, () -> replica.folders(Map.of()));
      assertThat(thrown.fault().kind()).isEqualTo(Kind.SIGN_IN);
      assertThat(thrown.fault().reach()).isEqualTo(Fault.Reach.REPLICA);
      assertThat(thrown.fault().next()).contains("mailbox");
    }
    assertThat(server.heard()).filteredOn(line -> line.startsWith("LIST")).hasSize(1);
  }

  /** 15. */
  @ParameterizedTest
  @ValueSource(strings = {"[CAPABILITY IMAP4rev1] ready", "* [CAPABILITY IMAP4rev1] ready"})
  void row15_codeWithoutStatus_isAGreeting(String greeting) throws IOException, FaultException {
    var server = opened(Answers.greeting(greeting)
        .on("LOGIN", "%t OK in")
        .on("CAPABILITY", "* CAPABILITY IMAP4rev1\n%t OK"));
    assertThat(server.heard()).hasSize(3);
  }

  /** 48, 49: said after sign-in, in plain quoted strings, and before any mailbox is opened. */
  @Test
  void row49_id_isSentBeforeAMailboxIsOpened() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1 ID").mailbox(0, "UIDVALIDITY 7");
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      replica.open(FolderName.INBOX);
    }
    assertThat(server.heard().stream().map(line -> line.replaceAll(" .*", "")))
        .containsSubsequence("LOGIN", "ID", "LIST", "EXAMINE");
  }

  @Test
  void open_noInitialResponse_waitsForTheChallenge() throws IOException, FaultException {
    var server = opened(Answers.server("IMAP4rev1 AUTH=PLAIN")
        .on("AUTHENTICATE PLAIN", "+ ")
        .on("AGFubgBzZWNyZXQ=", "m1 OK in"));
    assertThat(server.heard()).contains("AUTHENTICATE PLAIN", "AGFubgBzZWNyZXQ=");
  }

  @Test
  void open_mechanismUnknownAfterAll_takesLogin() throws IOException, FaultException {
    var server = opened(Answers.server("IMAP4rev1 AUTH=PLAIN SASL-IR")
        .on("AUTHENTICATE PLAIN", "%t BAD no such thing"));
    assertThat(server.heard()).contains("LOGIN \"ann\" \"secret\"");
  }

  @Test
  void open_preauth_signsNobodyIn() throws IOException, FaultException {
    var server = opened(
        Answers.greeting("* PREAUTH you again").on("CAPABILITY", "* CAPABILITY IMAP4rev1\n%t OK"));
    assertThat(server.heard()).containsExactly("CAPABILITY", "LOGOUT");
  }

  @Test
  void open_abilitiesOnlyAfterSignIn_areUsed() throws IOException, FaultException {
    var server = opened(Answers.greeting("* OK hello")
        .on("CAPABILITY", "* CAPABILITY IMAP4rev1 ENABLE CONDSTORE ID NAMESPACE\n%t OK")
        .on("LOGIN", "%t OK [CAPABILITY IMAP4rev1 ENABLE CONDSTORE ID NAMESPACE] in")
        .on("ID", "* ID (\"name\" \"x\")\n%t OK done")
        .on("ENABLE CONDSTORE", "* ENABLED CONDSTORE\n%t OK done")
        .on("NAMESPACE", "* NAMESPACE NIL NIL NIL\n%t OK done"));
    assertThat(server.heard())
        .containsExactly(
            "CAPABILITY",
            "LOGIN \"ann\" \"secret\"",
            "CAPABILITY",
            "ID (\"name\" \"Mailtide\" \"version\" \"0.1.0\")",
            "ENABLE CONDSTORE",
            "NAMESPACE",
            "LOGOUT");
  }

  /** Quirks 3, 4, 24 and RFC 5530. */
  @ParameterizedTest
  @CsvSource({
    "NO [AUTHENTICATIONFAILED] wrong, SIGN_IN",
    "NO go away, SIGN_IN",
    "NO User is authenticated but not connected., SIGN_IN",
    "NO [UNAVAILABLE] backend down, NETWORK",
    "NO [LIMIT] enough of you, SESSION_LIMIT",
    "NO Too many simultaneous connections, SESSION_LIMIT",
    "BAD Suggested Backoff Time: 28 milliseconds, THROTTLED",
    "NO [PRIVACYREQUIRED] not like this, SIGN_IN"
  })
  void open_refused_saysWhy(String answer, Kind kind) throws IOException {
    var fault = refusal(Answers.server("IMAP4rev1").on("LOGIN", "%t " + answer));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.doing()).startsWith("signing in to 127.0.0.1:").endsWith(" as ann");
    assertThat(answer).endsWith(fault.said());
    assertThat(fault.toString()).doesNotContain("secret");
  }

  @Test
  void open_refusedPassword_isNotTriedByEveryMechanism() throws IOException {
    var server = Answers.server("IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR")
        .on("AUTHENTICATE PLAIN", "%t NO [AUTHENTICATIONFAILED] wrong");
    assertThat(refusal(server).kind()).isEqualTo(Kind.SIGN_IN);
    assertThat(server.heard()).hasSize(1);
  }

  @Test
  void open_loginDisabled_sendsNoPassword() throws IOException {
    var server = Answers.server("IMAP4rev1 LOGINDISABLED");
    assertThat(refusal(server).kind()).isEqualTo(Kind.SIGN_IN);
    assertThat(server.heard()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "* BYE too busy, NETWORK",
    "* BYE Too many simultaneous connections, SESSION_LIMIT",
    "220 smtp.example.org ESMTP, PROTOCOL",
    "* NO never, PROTOCOL"
  })
  void open_noWelcome_isClear(String greeting, Kind kind) throws IOException {
    var fault = refusal(Answers.greeting(greeting));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.reach()).isEqualTo(Fault.Reach.REPLICA);
  }

  @Test
  void open_nothingListens_isANetworkFault() throws IOException {
    try (var port = new ClosedPort()) {
      assertThat(Fixture.at(port.number()).fault().kind()).isEqualTo(Kind.NETWORK);
    }
  }

  @Test
  void open_starttlsHidden_saysNothingInPlainText() throws IOException {
    var server = Answers.server("IMAP4rev1 AUTH=PLAIN");
    try (var peer = ScriptedPeer.playing(server)) {
      var fault = Fixture.at(peer.port()).with("tls", "starttls").fault();
      assertThat(fault.kind()).isEqualTo(Kind.TLS);
    }
    assertThat(server.heard()).isEmpty();
  }

  @Test
  void open_preauthWhereTlsIsWanted_isRefused() throws IOException {
    var server = Answers.greeting("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] you again");
    try (var peer = ScriptedPeer.playing(server)) {
      assertThat(Fixture.at(peer.port()).with("tls", "starttls").fault().kind())
          .isEqualTo(Kind.TLS);
    }
    assertThat(server.heard()).isEmpty();
  }

  @Test
  void open_plainTextBehindStarttls_isRefused() throws IOException {
    var server = Answers.server("IMAP4rev1 STARTTLS")
        .on("STARTTLS", "%t OK begin\n* CAPABILITY IMAP4rev1 AUTH=PLAIN");
    try (var peer = ScriptedPeer.playing(server)) {
      assertThat(Fixture.at(peer.port()).with("tls", "starttls").fault().kind())
          .isEqualTo(Kind.TLS);
    }
    assertThat(server.heard()).isEqualTo(List.of("STARTTLS"));
  }

  @Test
  void open_plainTextToElsewhere_isAConfigurationFault() {
    var fault = Fixture.at(143).with("host", "imap.example.org").fault();
    assertThat(fault.kind()).isEqualTo(Kind.CONFIGURATION);
    assertThat(fault.said()).contains("allow-plaintext");
  }

  @Test
  void open_wrongTrustSettings_areConfigurationFaults() {
    assertThat(Fixture.at(143).with("tls-fingerprint", "md5:00").fault().kind())
        .isEqualTo(Kind.CONFIGURATION);
    assertThat(Fixture.at(70_000).fault().kind()).isEqualTo(Kind.CONFIGURATION);
  }

  @Test
  void open_cancelledMeanwhile_endsAtOnce() throws IOException, InterruptedException {
    try (var peer = ScriptedPeer.playing(conversation -> conversation.stall().expectEnd())) {
      var fixture = Fixture.at(peer.port());
      var canceller = Thread.ofVirtual().start(() -> {
        try {
          peer.awaitStall();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        fixture.cancellation.request();
      });
      assertThat(fixture.fault().kind()).isEqualTo(Kind.CANCELLED);
      canceller.join();
    }
  }

  @Test
  void open_alert_isShown() throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(
        Answers.server("IMAP4rev1").on("LOGIN", "%t OK [ALERT] maintenance at noon"))) {
      var fixture = Fixture.at(peer.port());
      fixture.open().close();
      assertThat(fixture.notices).containsExactly("127.0.0.1 says: maintenance at noon");
    }
  }
}

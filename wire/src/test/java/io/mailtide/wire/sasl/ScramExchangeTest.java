package io.mailtide.wire.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailtide.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramExchangeTest {
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String SERVER_FIRST =
      "r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  /** RFC 5802 section 5. */
  @Test
  void sha1_knownAnswer() throws SaslException {
    var exchange = exchange(SaslMechanism.SCRAM_SHA_1, "fyko+d2lbbFgONRv9qkxdawL");

    assertThat(text(exchange.initial().orElseThrow()))
        .isEqualTo("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    assertThat(respond(
            exchange, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"))
        .isEqualTo(
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
    assertThat(respond(exchange, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).isEmpty();
    exchange.complete();
  }

  /** RFC 7677 section 3. */
  @Test
  void sha256_knownAnswer() throws SaslException {
    var exchange = exchange(SaslMechanism.SCRAM_SHA_256, NONCE);

    assertThat(text(exchange.initial().orElseThrow())).isEqualTo("n,,n=user,r=" + NONCE);
    assertThat(respond(exchange, SERVER_FIRST))
        .isEqualTo("c=biws,r=" + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(respond(exchange, SERVER_FINAL)).isEmpty();
    exchange.complete();
  }

  @Test
  void complete_beforeTheServerHasProvenItself() throws SaslException {
    var exchange = exchange(SaslMechanism.SCRAM_SHA_256, NONCE);
    assertNotProven(exchange);
    respond(exchange, SERVER_FIRST);
    assertNotProven(exchange);
    respond(exchange, SERVER_FINAL);
    exchange.complete();
  }

  @Test
  void respond_wrongServerSignature() throws SaslException {
    var exchange = exchange(SaslMechanism.SCRAM_SHA_256, NONCE);
    respond(exchange, SERVER_FIRST);

    assertReason(
        exchange, SERVER_FINAL.replace("6rri", "7rri"), SaslException.Reason.SERVER_NOT_PROVEN);
    assertNotProven(exchange);
  }

  @Test
  void respond_serverRefuses() throws SaslException {
    var exchange = exchange(SaslMechanism.SCRAM_SHA_256, NONCE);
    respond(exchange, SERVER_FIRST);

    assertReason(exchange, "e=invalid-proof", SaslException.Reason.REFUSED);
    assertThat(exchange.said()).isEqualTo("e=invalid-proof");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=" + SERVER_NONCE + ",s=%%%,i=4096",
        "r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
        "r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1",
        "r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001",
        "r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999",
        "m=extension,r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
      })
  void respond_invalidChallenge(String challenge) throws SaslException {
    assertReason(
        exchange(SaslMechanism.SCRAM_SHA_256, NONCE),
        challenge,
        SaslException.Reason.CHALLENGE_INVALID);
  }

  @Test
  void respond_afterTheEnd() throws SaslException {
    var exchange = exchange(SaslMechanism.SCRAM_SHA_256, NONCE);
    respond(exchange, SERVER_FIRST);
    respond(exchange, SERVER_FINAL);

    assertReason(exchange, "more?", SaslException.Reason.CHALLENGE_INVALID);
  }

  @Test
  void initial_differsEachTime() throws SaslException {
    var credentials = new Credentials.Password("user", Secret.of("pencil"));
    var one = SaslMechanism.SCRAM_SHA_256.begin(credentials).initial().orElseThrow();
    var other = SaslMechanism.SCRAM_SHA_256.begin(credentials).initial().orElseThrow();

    assertThat(text(one)).isNotEqualTo(text(other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bell\u0007"})
  void begin_unusablePassword(String password) {
    assertThatExceptionOfType(SaslException.class)
        .isThrownBy(() -> SaslMechanism.SCRAM_SHA_256.begin(
            new Credentials.Password("user", Secret.of(password))))
        .satisfies(
            e -> assertThat(e.reason()).isEqualTo(SaslException.Reason.CREDENTIALS_UNUSABLE));
  }

  private static void assertNotProven(SaslExchange exchange) {
    assertThatExceptionOfType(SaslException.class)
        .isThrownBy(exchange::complete)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(SaslException.Reason.SERVER_NOT_PROVEN));
  }

  private static void assertReason(
      SaslExchange exchange, String challenge, SaslException.Reason reason) {
    assertThatExceptionOfType(SaslException.class)
        .isThrownBy(() -> respond(exchange, challenge))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static SaslExchange exchange(SaslMechanism mechanism, String nonce) throws SaslException {
    return new ScramExchange(
        mechanism, new Credentials.Password("user", Secret.of("pencil")), Optional.of(nonce));
  }

  private static String text(Secret<byte[]> bytes) {
    return new String(bytes.reveal(), StandardCharsets.UTF_8);
  }

  private static String respond(SaslExchange exchange, String challenge) throws SaslException {
    return text(exchange.respond(challenge.getBytes(StandardCharsets.UTF_8)));
  }
}

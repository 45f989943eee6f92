package io.mailtide.wire.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailtide.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SaslExchangeTest {
  private static final Credentials.Password TIM = password("tim", "tanstaaftanstaaf");

  /** RFC 4616 section 4. */
  @Test
  void plain_knownAnswer() throws SaslException {
    var exchange = SaslMechanism.PLAIN.begin(TIM);

    assertThat(initial(exchange)).isEqualTo("\0tim\0tanstaaftanstaaf");
    exchange.complete();
  }

  @Test
  void plain_nulInThePassword() {
    assertThatExceptionOfType(SaslException.class)
        .isThrownBy(() -> SaslMechanism.PLAIN.begin(password("tim", "a\0b")))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(SaslException.Reason.CREDENTIALS_UNUSABLE))
        .withMessageContaining("password");
  }

  @Test
  void plain_challenged() throws SaslException {
    assertInvalid(SaslMechanism.PLAIN.begin(TIM), "more?");
  }

  @Test
  void login_nameThenPassword() throws SaslException {
    var exchange = SaslMechanism.LOGIN.begin(TIM);

    assertThat(exchange.initial()).isEmpty();
    assertThat(respond(exchange, "Username:")).isEqualTo("tim");
    assertThatExceptionOfType(SaslException.class).isThrownBy(exchange::complete);
    assertThat(respond(exchange, "Password:")).isEqualTo("tanstaaftanstaaf");
    exchange.complete();
    assertInvalid(exchange, "Shoe size:");
  }

  /** RFC 4422 appendix A.5. */
  @Test
  void external_knownAnswer() throws SaslException {
    var exchange = SaslMechanism.EXTERNAL.begin(new Credentials.Certificate("fred@example.com"));

    assertThat(initial(exchange)).isEqualTo("fred@example.com");
    exchange.complete();
    assertInvalid(exchange, "more?");
  }

  @Test
  void external_asWhoeverTheCertificateStandsFor() throws SaslException {
    assertThat(initial(SaslMechanism.EXTERNAL.begin(new Credentials.Certificate(""))))
        .isEmpty();
  }

  /** RFC 7628 section 4.1. */
  @Test
  void oauthbearer_knownAnswer() throws SaslException {
    var token = new Credentials.Token(
        "user@example.com",
        Secret.of("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="),
        "server.example.com",
        143);
    var exchange = SaslMechanism.OAUTHBEARER.begin(token);

    assertThat(base64(exchange))
        .isEqualTo(
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
                + "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
    exchange.complete();
  }

  @Test
  void oauthbearer_nameWithSeparators() throws SaslException {
    var token = new Credentials.Token("a=b,c", Secret.of("t"), "h", 1);

    assertThat(initial(SaslMechanism.OAUTHBEARER.begin(token))).startsWith("n,a=a=3Db=2Cc,\1");
  }

  /** RFC 7628 section 4.3. */
  @Test
  void oauthbearer_refused() throws SaslException {
    var exchange = SaslMechanism.OAUTHBEARER.begin(token());

    assertThat(respond(exchange, "{\"status\":\"invalid_token\"}")).isEqualTo("\1");
    assertThat(exchange.said()).isEqualTo("{\"status\":\"invalid_token\"}");
    assertThatExceptionOfType(SaslException.class)
        .isThrownBy(exchange::complete)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(SaslException.Reason.REFUSED));
    assertInvalid(exchange, "again");
  }

  /** The example of Google's description of the mechanism. */
  @Test
  void xoauth2_knownAnswer() throws SaslException {
    var token = new Credentials.Token(
        "someuser@example.com", Secret.of("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"), "h", 1);
    var exchange = SaslMechanism.XOAUTH2.begin(token);

    assertThat(base64(exchange))
        .isEqualTo(
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSb"
                + "GNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==");
    exchange.complete();
  }

  @Test
  void xoauth2_refused() throws SaslException {
    var exchange = SaslMechanism.XOAUTH2.begin(token());

    assertThat(respond(exchange, "{\"status\":\"400\"}")).isEmpty();
    assertThat(exchange.said()).isEqualTo("{\"status\":\"400\"}");
  }

  @Test
  void said_isOneShortLine() throws SaslException {
    var exchange = SaslMechanism.XOAUTH2.begin(token());
    respond(exchange, "{\r\n\u001b[31m" + "x".repeat(10_000));

    assertThat(exchange.said()).startsWith("{ [31mxx").hasSizeLessThan(400);
  }

  @Test
  void secretsDoNotShow() throws SaslException {
    for (var mechanism : SaslMechanism.values()) {
      var credentials = mechanism.takes(TIM)
          ? TIM
          : mechanism.takes(token()) ? token() : new Credentials.Certificate("u");
      var exchange = mechanism.begin(credentials);

      assertThat(exchange + " " + exchange.initial() + " " + credentials)
          .doesNotContain("tanstaaf")
          .doesNotContain("s3cret");
    }
  }

  private static Credentials.Token token() {
    return new Credentials.Token("u", Secret.of("s3cret"), "h", 1);
  }

  private static Credentials.Password password(String user, String password) {
    return new Credentials.Password(user, Secret.of(password));
  }

  private static void assertInvalid(SaslExchange exchange, String challenge) {
    assertThatExceptionOfType(SaslException.class)
        .isThrownBy(() -> respond(exchange, challenge))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(SaslException.Reason.CHALLENGE_INVALID))
        .withMessageContaining(challenge);
  }

  private static String initial(SaslExchange exchange) {
    return new String(exchange.initial().orElseThrow().reveal(), StandardCharsets.UTF_8);
  }

  private static String base64(SaslExchange exchange) {
    return Base64.getEncoder().encodeToString(exchange.initial().orElseThrow().reveal());
  }

  private static String respond(SaslExchange exchange, String challenge) throws SaslException {
    return new String(
        exchange.respond(challenge.getBytes(StandardCharsets.UTF_8)).reveal(),
        StandardCharsets.UTF_8);
  }
}

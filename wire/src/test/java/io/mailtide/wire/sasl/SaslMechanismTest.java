package io.mailtide.wire.sasl;

import static io.mailtide.wire.sasl.SaslMechanism.EXTERNAL;
import static io.mailtide.wire.sasl.SaslMechanism.LOGIN;
import static io.mailtide.wire.sasl.SaslMechanism.OAUTHBEARER;
import static io.mailtide.wire.sasl.SaslMechanism.PLAIN;
import static io.mailtide.wire.sasl.SaslMechanism.SCRAM_SHA_1;
import static io.mailtide.wire.sasl.SaslMechanism.SCRAM_SHA_256;
import static io.mailtide.wire.sasl.SaslMechanism.XOAUTH2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mailtide.wire.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaslMechanismTest {
  private static final List<String> ALL = List.of(
      "EXTERNAL",
      "XOAUTH2",
      "login",
      "PLAIN",
      "GSSAPI",
      "OAUTHBEARER",
      "SCRAM-SHA-1",
      "scram-sha-256",
      "SCRAM-SHA-512");
  private static final Credentials PASSWORD = new Credentials.Password("u", Secret.of("p"));
  private static final Credentials TOKEN = new Credentials.Token("u", Secret.of("t"), "h", 1);
  private static final Credentials CERTIFICATE = new Credentials.Certificate("");

  @Test
  void usable_strongestFirst() {
    assertThat(SaslMechanism.usable(ALL, PASSWORD, true))
        .containsExactly(SCRAM_SHA_256, SCRAM_SHA_1, PLAIN, LOGIN);
    assertThat(SaslMechanism.usable(ALL, TOKEN, true)).containsExactly(OAUTHBEARER, XOAUTH2);
    assertThat(SaslMechanism.usable(ALL, CERTIFICATE, true)).containsExactly(EXTERNAL);
  }

  @Test
  void usable_nothingThatExposesTheSecretWhereThatIsNotAllowed() {
    assertThat(SaslMechanism.usable(ALL, PASSWORD, false))
        .containsExactly(SCRAM_SHA_256, SCRAM_SHA_1);
    assertThat(SaslMechanism.usable(ALL, TOKEN, false)).isEmpty();
    assertThat(SaslMechanism.usable(List.of("PLAIN", "LOGIN"), PASSWORD, false)).isEmpty();
  }

  @Test
  void usable_onlyWhatIsOffered() {
    assertThat(SaslMechanism.usable(List.of("LOGIN", "GSSAPI"), PASSWORD, true))
        .containsExactly(LOGIN);
    assertThat(SaslMechanism.usable(List.of(), PASSWORD, true)).isEmpty();
  }

  @Test
  void begin_otherCredentials() {
    assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.begin(TOKEN));
    assertThatIllegalArgumentException().isThrownBy(() -> XOAUTH2.begin(PASSWORD));
  }
}

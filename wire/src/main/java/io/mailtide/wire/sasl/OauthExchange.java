package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;
import java.util.Optional;

/**
 * OAUTHBEARER (RFC 7628 section 3.1) and XOAUTH2. Both send the token at once; a server that
 * refuses it tells why in a challenge, which must be answered before it reports the failure
 * (section 3.2.3).
 */
final class OauthExchange implements SaslExchange {
  private static final String SEPARATOR = "\u0001";

  private final SaslMechanism mechanism;
  private final Secret<byte[]> message;
  private String said = "";

  OauthExchange(SaslMechanism mechanism, Credentials.Token credentials) throws SaslException {
    this.mechanism = mechanism;
    Octets.refuse('\1', credentials.user(), "user name");
    Octets.refuse('\1', credentials.token().reveal(), "access token");
    var bearer = "auth=Bearer " + credentials.token().reveal() + SEPARATOR + SEPARATOR;
    message = Octets.of(
        mechanism == SaslMechanism.XOAUTH2
            ? "user=" + credentials.user() + SEPARATOR + bearer
            : "n,a=" + saslName(credentials.user()) + "," + SEPARATOR
                + "host=" + credentials.host() + SEPARATOR
                + "port=" + credentials.port() + SEPARATOR
                + bearer);
  }

  /** {@code saslname} (RFC 5801 section 4). */
  private static String saslName(String user) {
    return user.replace("=", "=3D").replace(",", "=2C");
  }

  @Override
  public SaslMechanism mechanism() {
    return mechanism;
  }

  @Override
  public Optional<Secret<byte[]>> initial() {
    return Optional.of(message);
  }

  @Override
  public Secret<byte[]> respond(byte[] challenge) throws SaslException {
    if (!said.isEmpty()) {
      throw Octets.unexpected(mechanism, challenge);
    }
    said = Octets.shown(challenge);
    return mechanism == SaslMechanism.XOAUTH2 ? Octets.none() : Octets.of(SEPARATOR);
  }

  /** A server may not tell why it refuses and then not refuse. */
  @Override
  public void complete() throws SaslException {
    if (!said.isEmpty()) {
      throw new SaslException(
          SaslException.Reason.REFUSED, "the server refused the access token: " + said);
    }
  }

  @Override
  public String said() {
    return said;
  }
}

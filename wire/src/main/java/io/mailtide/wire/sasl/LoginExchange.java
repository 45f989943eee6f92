package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;
import java.util.Optional;

/**
 * LOGIN: the name and then the password, in answer to two challenges whose words differ from server
 * to server.
 */
final class LoginExchange implements SaslExchange {
  private final Credentials.Password credentials;
  private int challenges;

  LoginExchange(Credentials.Password credentials) {
    this.credentials = credentials;
  }

  @Override
  public SaslMechanism mechanism() {
    return SaslMechanism.LOGIN;
  }

  @Override
  public Optional<Secret<byte[]>> initial() {
    return Optional.empty();
  }

  @Override
  public Secret<byte[]> respond(byte[] challenge) throws SaslException {
    return switch (challenges++) {
      case 0 -> Octets.of(credentials.user());
      case 1 -> Octets.of(credentials.password().reveal());
      default -> throw Octets.unexpected(mechanism(), challenge);
    };
  }

  /** A server that is content before it has seen the password knows nobody. */
  @Override
  public void complete() throws SaslException {
    if (challenges < 2) {
      throw new SaslException(
          SaslException.Reason.CHALLENGE_INVALID,
          "the server reported success before it asked for the password");
    }
  }

  @Override
  public String said() {
    return "";
  }
}

package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;
import java.util.Optional;

/** EXTERNAL: {@code [authzid]} (RFC 4422 appendix A.1). */
final class ExternalExchange implements SaslExchange {
  private final Credentials.Certificate credentials;

  ExternalExchange(Credentials.Certificate credentials) throws SaslException {
    Octets.refuse('\0', credentials.user(), "user name");
    this.credentials = credentials;
  }

  @Override
  public SaslMechanism mechanism() {
    return SaslMechanism.EXTERNAL;
  }

  @Override
  public Optional<Secret<byte[]>> initial() {
    return Optional.of(Octets.of(credentials.user()));
  }

  @Override
  public Secret<byte[]> respond(byte[] challenge) throws SaslException {
    throw Octets.unexpected(mechanism(), challenge);
  }

  @Override
  public void complete() {}

  @Override
  public String said() {
    return "";
  }
}

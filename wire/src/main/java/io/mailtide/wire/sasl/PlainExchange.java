package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;
import java.util.Optional;

/** PLAIN: {@code [authzid] NUL authcid NUL passwd} (RFC 4616 section 2). */
final class PlainExchange implements SaslExchange {
  private final Secret<byte[]> message;

  PlainExchange(Credentials.Password credentials) throws SaslException {
    Octets.refuse('\0', credentials.user(), "user name");
    Octets.refuse('\0', credentials.password().reveal(), "password");
    message =
        Octets.of("\0" + credentials.user() + "\0" + credentials.password().reveal());
  }

  @Override
  public SaslMechanism mechanism() {
    return SaslMechanism.PLAIN;
  }

  @Override
  public Optional<Secret<byte[]>> initial() {
    return Optional.of(message);
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

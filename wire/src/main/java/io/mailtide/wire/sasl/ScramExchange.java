package io.mailtide.wire.sasl;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.exception.ScramInvalidServerSignatureException;
import com.ongres.scram.common.exception.ScramRuntimeException;
import com.ongres.scram.common.exception.ScramServerErrorException;
import io.mailtide.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * SCRAM without channel binding (RFC 5802 section 5): the password stays here, and the server
 * proves that it knows it.
 */
final class ScramExchange implements SaslExchange {
  /** More would let a server keep this side busy for minutes. */
  private static final int ITERATIONS_MAX = 1_000_000;

  private enum Stage {
    BEGUN,
    PROOF_SENT,
    SERVER_PROVEN
  }

  private final SaslMechanism mechanism;
  private final ScramClient client;
  private final Secret<byte[]> first;
  private Stage stage = Stage.BEGUN;
  private String said = "";

  ScramExchange(SaslMechanism mechanism, Credentials.Password credentials) throws SaslException {
    this(mechanism, credentials, Optional.empty());
  }

  /** With a nonce from outside: for known answers. */
  ScramExchange(SaslMechanism mechanism, Credentials.Password credentials, Optional<String> nonce)
      throws SaslException {
    this.mechanism = mechanism;
    try {
      // The client would find out only at the proof, and blame the challenge.
      StringPreparation.SASL_PREPARATION.normalize(
          credentials.password().reveal().toCharArray());
      var builder = ScramClient.builder()
          .advertisedMechanisms(List.of(mechanism.registered()))
          .username(credentials.user())
          .password(credentials.password().reveal().toCharArray());
      nonce.ifPresent(value -> builder.nonceSupplier(() -> value));
      client = builder.build();
      first = Octets.of(client.clientFirstMessage().toString());
    } catch (IllegalArgumentException e) {
      throw new SaslException(
          SaslException.Reason.CREDENTIALS_UNUSABLE,
          "the user name or password is empty, or holds characters that " + mechanism.registered()
              + " does not allow",
          e);
    }
  }

  @Override
  public SaslMechanism mechanism() {
    return mechanism;
  }

  @Override
  public Optional<Secret<byte[]>> initial() {
    return Optional.of(first);
  }

  @Override
  public Secret<byte[]> respond(byte[] challenge) throws SaslException {
    var text = new String(challenge, StandardCharsets.UTF_8);
    try {
      return switch (stage) {
        case BEGUN -> proof(text);
        case PROOF_SENT -> verify(text);
        case SERVER_PROVEN -> throw Octets.unexpected(mechanism, challenge);
      };
    } catch (ScramServerErrorException e) {
      said = Octets.shown(challenge);
      throw new SaslException(SaslException.Reason.REFUSED, "the server refused: " + said, e);
    } catch (ScramInvalidServerSignatureException e) {
      throw notProven(e);
    } catch (ScramException | ScramRuntimeException | IllegalArgumentException e) {
      throw invalid(challenge, e);
    }
  }

  private Secret<byte[]> proof(String serverFirst) throws ScramException, SaslException {
    int iterations = client.serverFirstMessage(serverFirst).getIterationCount();
    if (iterations > ITERATIONS_MAX) {
      throw new SaslException(
          SaslException.Reason.CHALLENGE_INVALID,
          "the server asks for " + iterations + " iterations, the limit is " + ITERATIONS_MAX);
    }
    var proof = Octets.of(client.clientFinalMessage().toString());
    stage = Stage.PROOF_SENT;
    return proof;
  }

  private Secret<byte[]> verify(String serverFinal) throws ScramException {
    client.serverFinalMessage(serverFinal);
    stage = Stage.SERVER_PROVEN;
    return Octets.none();
  }

  private SaslException invalid(byte[] challenge, Exception cause) {
    return new SaslException(
        SaslException.Reason.CHALLENGE_INVALID,
        "the server's challenge is none of " + mechanism.registered() + ": "
            + Octets.shown(challenge),
        cause);
  }

  private static SaslException notProven(Throwable cause) {
    return new SaslException(
        SaslException.Reason.SERVER_NOT_PROVEN,
        "the server does not know the password: it may be another one than it says",
        cause);
  }

  @Override
  public void complete() throws SaslException {
    if (stage != Stage.SERVER_PROVEN) {
      throw notProven(new IllegalStateException("success was reported at stage " + stage));
    }
  }

  @Override
  public String said() {
    return said;
  }
}

package io.mailtide.transport.smtp;

import io.mailtide.account.Access;
import io.mailtide.account.AccessFaults;
import io.mailtide.account.Refusals;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.net.Phase;
import io.mailtide.net.Timeouts;
import io.mailtide.wire.Secret;
import io.mailtide.wire.sasl.Credentials;
import io.mailtide.wire.sasl.SaslException;
import io.mailtide.wire.sasl.SaslMechanism;
import io.mailtide.wire.smtp.Command;
import io.mailtide.wire.smtp.Extensions;
import io.mailtide.wire.smtp.Reply;
import java.util.Base64;
import java.util.Optional;

/** The way from nothing to an {@link SmtpTransport}: greeting, TLS, abilities, credentials. */
final class Opening {
  /**
   * What this side calls itself. Servers copy it into the trace of each message, and neither the
   * name of this machine nor its address in the local network is anybody's business there.
   */
  private static final Command.Ehlo EHLO = new Command.Ehlo("[127.0.0.1]");

  private static final int READY = 220;
  private static final int CHALLENGE = 334;

  private final Access access;
  private final Connection connection;
  private Extensions extensions = Extensions.NONE;

  private Opening(Access access, Connection connection) {
    this.access = access;
    this.connection = connection;
  }

  /** Connects and signs in. */
  static SmtpTransport open(Access access, Context context, Timeouts timeouts)
      throws FaultException {
    var connection = new Connection(access, context, timeouts);
    boolean done = false;
    try {
      var transport = new Opening(access, connection).open();
      done = true;
      return transport;
    } finally {
      if (!done) {
        connection.quit();
      }
    }
  }

  private SmtpTransport open() throws FaultException {
    connection.countRoundTrip();
    var greeting = connection.await(Phase.GREETING);
    if (greeting.code() != READY) {
      throw new FaultException(Faults.unwelcome(access, greeting));
    }
    learn();
    if (access.protection() == Access.Protection.STARTTLS) {
      startTls();
      learn();
    }
    if (access.credentials().isPresent()) {
      signIn(access.credentials().get());
    }
    var make = ServerMake.of(
        greeting.toString(), access.server().host(), access.credentials().isPresent());
    return new SmtpTransport(connection, extensions, make);
  }

  private void learn() throws FaultException {
    var reply = connection.ask(EHLO);
    if (!reply.isPositive()) {
      throw new FaultException(Faults.unwelcome(access, reply));
    }
    extensions = Extensions.of(reply);
  }

  private void startTls() throws FaultException {
    if (!extensions.has(Extensions.STARTTLS)) {
      throw noTls("the server does not offer STARTTLS; it cannot, or somebody on the way hides it");
    }
    var reply = connection.ask(Command.Bare.STARTTLS);
    if (reply.code() != READY) {
      throw noTls(reply.toString());
    }
    connection.startTls();
    extensions = Extensions.NONE;
  }

  private FaultException noTls(String said) {
    return new FaultException(AccessFaults.noTls(access, said));
  }

  private void signIn(Credentials credentials) throws FaultException {
    boolean mayExpose = connection.isSecure() || access.mayExpose();
    var refusals = new Refusals();
    Optional<FaultException> last = Optional.empty();
    for (var mechanism : SaslMechanism.usable(extensions.mechanisms(), credentials, mayExpose)) {
      var reply = authenticate(mechanism, credentials);
      if (reply.isPositive()) {
        return;
      }
      last = Optional.of(new FaultException(Faults.signIn(access, reply)));
      if (!isOtherWayOpen(reply) && refusals.isLast(mechanism, isAboutPassword(reply))) {
        throw last.get();
      }
    }
    throw last.orElseGet(
        () -> new FaultException(AccessFaults.noMechanism(access, extensions.mechanisms())));
  }

  /** The mechanism is refused and not the credentials (RFC 4954 sections 4 and 6). */
  private static boolean isOtherWayOpen(Reply reply) {
    return switch (reply.code()) {
      case 500, 501, 502, 504, 534 -> true;
      default -> false;
    };
  }

  private static boolean isAboutPassword(Reply reply) {
    return reply.code() == 535;
  }

  private Reply authenticate(SaslMechanism mechanism, Credentials credentials)
      throws FaultException {
    try {
      var exchange = mechanism.begin(credentials);
      var whole = new Command.Auth(mechanism.registered(), exchange.initial());
      var late = whole.fits() ? Optional.<Secret<byte[]>>empty() : exchange.initial();
      var reply = connection.ask(
          whole.fits() ? whole : new Command.Auth(mechanism.registered(), Optional.empty()));
      while (reply.code() == CHALLENGE) {
        var answer = late.isPresent() ? late.get() : exchange.respond(decoded(reply));
        late = Optional.empty();
        reply = connection.ask(new Command.AuthAnswer(answer));
      }
      if (reply.isPositive()) {
        exchange.complete();
      } else if (reply.isIntermediate()) {
        throw protocol("it answers " + reply + " where a challenge should have come");
      }
      return reply;
    } catch (SaslException e) {
      throw new FaultException(AccessFaults.sasl(access, e), e);
    }
  }

  private byte[] decoded(Reply challenge) throws FaultException {
    try {
      return Base64.getDecoder().decode(challenge.lines().getFirst().strip());
    } catch (IllegalArgumentException e) {
      throw protocol("a challenge in the sign-in that is not base64");
    }
  }

  private FaultException protocol(String said) {
    return new FaultException(AccessFaults.protocol(AccessFaults.signingIn(access), said));
  }
}

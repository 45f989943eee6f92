package io.mailtide.account;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.net.NetFailure;
import io.mailtide.wire.sasl.SaslException;
import java.util.Collection;

/** Makes {@link Fault}s of what goes wrong on the way to a server, whatever its protocol. */
public final class AccessFaults {
  /** What a user is told of what may pass by itself. */
  public static final String AGAIN = "The next run tries again.";

  private AccessFaults() {}

  /** A connection that did not come about or ended. */
  public static Fault of(NetFailure failure) {
    var kind = switch (failure) {
      case NetFailure.Cancelled _ -> Kind.CANCELLED;
      case NetFailure.TimedOut _ -> Kind.TIMEOUT;
      case NetFailure.Garbled _ -> Kind.PROTOCOL;
      case NetFailure.NotTrusted _,
          NetFailure.NoCommonTls _,
          NetFailure.NotTls _,
          NetFailure.TlsBroken _,
          NetFailure.Injected _ -> Kind.TLS;
      case NetFailure.TrustUnusable _ -> Kind.CONFIGURATION;
      case NetFailure.NotResolved _,
          NetFailure.Refused _,
          NetFailure.Unreachable _,
          NetFailure.ClosedByPeer _,
          NetFailure.CompressionBroken _,
          NetFailure.Lost _ -> Kind.NETWORK;
    };
    if (kind == Kind.CANCELLED) {
      return Cancellation.fault();
    }
    return Fault.of(kind, Reach.REPLICA, failure.doing(), failure.said(), failure.next());
  }

  /** No TLS is to be had where the user wants it. */
  public static Fault noTls(Access access, String said) {
    return Fault.of(
        Kind.TLS,
        Reach.REPLICA,
        "setting up TLS with " + access.server(),
        said,
        "Nothing was sent in plain text. Try tls = \"implicit\"; if it used to work, somebody may be"
            + " listening.");
  }

  /**
   * Plain text behind the server's agreement to begin TLS: it may come from somebody on the way.
   */
  public static Fault injected(Access access) {
    return of(new NetFailure.Injected(access.server()));
  }

  /**
   * The server refused the user name or password.
   *
   * @param wantsTls whether it says that it would take them over TLS
   */
  public static Fault signIn(Access access, String said, boolean wantsTls) {
    var next = wantsTls
        ? "The server wants TLS: set tls = \"starttls\" or \"implicit\"."
        : "Check user and password; many providers want a password made for this program.";
    return Fault.of(Kind.SIGN_IN, Reach.REPLICA, signingIn(access), said, next);
  }

  /**
   * The server and this program have no way of signing in in common.
   *
   * @param offered the mechanisms that the server offers
   */
  public static Fault noMechanism(Access access, Collection<String> offered) {
    return Fault.of(
        Kind.SIGN_IN,
        Reach.REPLICA,
        signingIn(access),
        "the server offers no way to sign in that can be used here, it offers: "
            + String.join(", ", offered),
        "The server may want TLS first: set tls = \"starttls\" or \"implicit\".");
  }

  /** A sign-in that cannot go on from this side. */
  public static Fault sasl(Access access, SaslException failure) {
    var doing = signingIn(access);
    var said = String.valueOf(failure.getMessage());
    return switch (failure.reason()) {
      case CREDENTIALS_UNUSABLE ->
        Fault.of(Kind.CONFIGURATION, Reach.REPLICA, doing, said, "Check user and password.");
      case REFUSED ->
        Fault.of(Kind.SIGN_IN, Reach.REPLICA, doing, said, "Check user and password.");
      case CHALLENGE_INVALID -> protocol(doing, said);
      case SERVER_NOT_PROVEN ->
        Fault.of(
            Kind.SIGN_IN,
            Reach.REPLICA,
            doing,
            said,
            "Check host: another server may have answered.");
    };
  }

  /** The server broke the protocol. */
  public static Fault protocol(String doing, String said) {
    return Fault.of(Kind.PROTOCOL, Reach.REPLICA, doing, said, AGAIN);
  }

  /** What is being done while signing in, for faults. */
  public static String signingIn(Access access) {
    return "signing in to " + access;
  }
}

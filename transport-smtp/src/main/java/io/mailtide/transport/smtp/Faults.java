package io.mailtide.transport.smtp;

import static io.mailtide.account.AccessFaults.AGAIN;

import io.mailtide.account.Access;
import io.mailtide.account.AccessFaults;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.wire.smtp.Reply;
import io.mailtide.wire.smtp.Reply.Status;
import java.util.Optional;

/** Makes {@link Fault}s of what an SMTP server says: the one place that does. */
final class Faults {
  private static final String LATER = "It is tried again later.";

  private Faults() {}

  /** The server closes the connection where it should have gone on. */
  static Fault closing(Access access, Reply reply) {
    return Fault.of(
        kind(reply) == Kind.THROTTLED ? Kind.THROTTLED : Kind.NETWORK,
        Reach.REPLICA,
        "talking to " + access,
        "the server closed the connection: " + reply,
        AGAIN);
  }

  /** The server does not want to talk, or does not speak this protocol. */
  static Fault unwelcome(Access access, Reply reply) {
    if (reply.code() == Reply.CLOSING) {
      return closing(access, reply);
    }
    var doing = "beginning to talk to " + access.server();
    if (!reply.isTransient() && !reply.isPermanent()) {
      return AccessFaults.protocol(doing, "it answers " + reply);
    }
    var next = reply.isTransient()
        ? AGAIN
        : "Check host and port: mail is handed over at another place than it is delivered to.";
    return Fault.of(kind(reply), Reach.REPLICA, doing, reply.toString(), next);
  }

  /** Credentials refused, or nobody may sign in now (RFC 4954 section 6). */
  static Fault signIn(Access access, Reply reply) {
    if (reply.isTransient()) {
      var kind = kind(reply) == Kind.THROTTLED ? Kind.THROTTLED : Kind.NETWORK;
      return Fault.of(kind, Reach.REPLICA, AccessFaults.signingIn(access), reply.toString(), AGAIN);
    }
    return AccessFaults.signIn(access, reply.toString(), wantsMore(reply));
  }

  /** Whether it wants credentials, or encryption, first. */
  static boolean wantsMore(Reply reply) {
    return reply.code() == 530 || reply.code() == 538;
  }

  /** The server takes nothing from a session like this one. */
  static Fault signInFirst(Access access, Reply reply) {
    return Fault.of(
        Kind.SIGN_IN,
        Reach.REPLICA,
        "sending through " + access,
        reply.toString(),
        "Set user and password for this transport; the server may want TLS, too: tls = "
            + "\"starttls\" or \"implicit\".");
  }

  /** A reply that does not fit what it answers. */
  static FaultException misplaced(Access access, Reply reply, String instead) {
    return new FaultException(AccessFaults.protocol(
        "sending a message to " + access, "it answers " + reply + " to " + instead));
  }

  /** Whoever uses a connection that is closed, or on which words wait that nobody asked for. */
  static void check(Connection connection) throws FaultException {
    var access = connection.access();
    if (connection.isClosed()) {
      throw new FaultException(Fault.of(
          Kind.NETWORK, Reach.REPLICA, "talking to " + access, "the connection is closed", AGAIN));
    }
    var early = connection.early();
    if (early.isPresent()) {
      throw early.get().code() == Reply.CLOSING
          ? new FaultException(closing(access, early.get()))
          : misplaced(access, early.get(), "nothing");
    }
  }

  /** The message goes not to a recipient, for what the server said. */
  static Fault refused(Access access, String recipient, Reply reply) {
    var kind = kind(reply);
    var next = reply.isTransient() ? LATER : advice(kind, reply);
    return Fault.of(kind, Reach.MESSAGE, sending(access, recipient), reply.toString(), next);
  }

  /** The message goes not to a recipient, for what is found here. */
  static Fault unsendable(Access access, String recipient, Kind kind, String said, String next) {
    return Fault.of(kind, Reach.MESSAGE, sending(access, recipient), said, next);
  }

  /** Nobody knows whether the message was taken. */
  static Fault inDoubt(Access access, Fault cause) {
    return Fault.of(
        cause.kind(),
        Reach.MESSAGE,
        "waiting for " + access + " to take the message",
        cause.said(),
        "It may have arrived all the same. Look for it in the Sent folder, or ask who it was for,"
            + " before you send it again.");
  }

  private static String sending(Access access, String recipient) {
    return "sending a message to " + recipient + " through " + access;
  }

  private static String advice(Kind kind, Reply reply) {
    return switch (kind) {
      case NOT_FOUND -> "Correct the address, and send it again.";
      case SIGN_IN -> "Set user and password for this transport.";
      case NO_ACCESS ->
        "Check that this account may send from this sender's address, and to that recipient.";
      case QUOTA -> "There is no room for it; tell whom it is for another way.";
      default ->
        isSize(reply)
            ? "Make it smaller, or give it away by other means."
            : "Correct what the server finds wrong with it, and send it again.";
    };
  }

  private static boolean isSize(Reply reply) {
    return reply.code() == 552 || is(reply, 3, 4) || is(reply, 2, 3);
  }

  /** By code (RFC 5321 section 4.2.2) and enhanced status (RFC 3463, with its register). */
  private static Kind kind(Reply reply) {
    if (reply.code() == 530) {
      return Kind.SIGN_IN;
    }
    if (is(reply, 7, 28) || (reply.isTransient() && is(reply, 2, 1))) {
      return Kind.THROTTLED;
    }
    if (is(reply, 2, 2)) {
      return Kind.QUOTA;
    }
    var subject = reply.status().map(Status::subject);
    if (reply.isPermanent() && subject.equals(Optional.of(7))) {
      return Kind.NO_ACCESS;
    }
    return reply.isPermanent() && (is(reply, 1, 1) || is(reply, 1, 2) || is(reply, 1, 3))
        ? Kind.NOT_FOUND
        : Kind.REFUSED;
  }

  private static boolean is(Reply reply, int subject, int detail) {
    return reply
        .status()
        .filter(status -> status.subject() == subject && status.detail() == detail)
        .isPresent();
  }
}

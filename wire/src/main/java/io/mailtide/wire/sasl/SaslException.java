package io.mailtide.wire.sasl;

/**
 * Why a sign-in cannot go on from this side. Only the reason is for decisions; the message is for
 * people.
 */
public final class SaslException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What went wrong. */
  public enum Reason {
    /** The name or password holds what the mechanism cannot carry. */
    CREDENTIALS_UNUSABLE,
    /** The server said, within the mechanism, that it refuses. */
    REFUSED,
    /** The server broke the rules of the mechanism. */
    CHALLENGE_INVALID,
    /** The server did not prove that it knows the password: it may be another one. */
    SERVER_NOT_PROVEN
  }

  SaslException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  SaslException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

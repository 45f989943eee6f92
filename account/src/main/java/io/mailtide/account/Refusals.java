package io.mailtide.account;

import io.mailtide.wire.sasl.SaslMechanism;

/**
 * How often a server refused the credentials in one sign-in. A refused password is not tried by
 * every mechanism there is: servers count the attempts.
 */
public final class Refusals {
  private static final int MAX = 2;

  private int count;

  /**
   * Counts one, and tells whether another mechanism would fare no better. SCRAM may fail for users
   * whose password the server only has hashed.
   *
   * @param aboutPassword whether the server may have meant the password
   */
  public boolean isLast(SaslMechanism mechanism, boolean aboutPassword) {
    count++;
    return mechanism.exposesSecret() || !aboutPassword || exhausted();
  }

  /** Whether there were so many that there must not be another. */
  public boolean exhausted() {
    return count >= MAX;
  }
}

package io.mailtide.engine;

/** One of the two replicas of a synchronisation. */
public enum Side {
  /** The side on this machine, usually a Maildir. */
  NEAR,
  /** The side at the server. */
  FAR;

  /** The side across. */
  public Side other() {
    return this == NEAR ? FAR : NEAR;
  }
}

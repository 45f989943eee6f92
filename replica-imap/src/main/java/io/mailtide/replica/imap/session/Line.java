package io.mailtide.replica.imap.session;

/** What the connections of an account share: the way to the server. Any thread. */
final class Line {
  private final Runnable onBrokenCompression;
  private volatile boolean slow;

  /** @param onBrokenCompression called when a compressed connection breaks */
  Line(Runnable onBrokenCompression) {
    this.onBrokenCompression = onBrokenCompression;
  }

  /** One of them has found it slow: no other one need find that out for itself. */
  void slow() {
    slow = true;
  }

  boolean isSlow() {
    return slow;
  }

  /** A compressed connection broke. */
  void broken() {
    onBrokenCompression.run();
  }
}

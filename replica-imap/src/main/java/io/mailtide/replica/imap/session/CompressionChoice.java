package io.mailtide.replica.imap.session;

import io.mailtide.net.Link;
import io.mailtide.net.NetFailure;

/**
 * Whether what is said is to be compressed: where the server offers it and the line is slower than
 * compressing is, and not where it broke before.
 */
final class CompressionChoice {
  /**
   * Below this many bytes a second, compression pays: a server deflates 30 MB/s or so, and mail
   * shrinks to a half or less. A line of 100 Mbit/s is below it, also by the time spent waiting,
   * which is not all the time.
   */
  private static final long SLOW_INCOMING = 20 << 20;

  /** Lower, for what a server takes slowly it writes slowly, more often than the line is slow. */
  private static final long SLOW_OUTGOING = 2 << 20;

  private enum State {
    OFF,
    ASKED,
    ON
  }

  private final Link link;
  private final Line line;
  private State state = State.OFF;

  /** Whether a command came to its end since compression began. */
  private boolean works;

  CompressionChoice(Link link, Line line) {
    this.link = link;
    this.line = line;
  }

  /** Whether the server has not been asked yet, and the line is not known to be fast. */
  boolean mayCome() {
    return state == State.OFF && link.steadyIncomingRate().orElse(0) < SLOW_INCOMING;
  }

  /** Whether the server has not been asked yet, and the line is slow. */
  boolean isWanted() {
    if (state == State.OFF
        && (link.incomingRate().orElse(Long.MAX_VALUE) < SLOW_INCOMING
            || link.outgoingRate().orElse(Long.MAX_VALUE) < SLOW_OUTGOING)) {
      line.slow();
    }
    return state == State.OFF && line.isSlow();
  }

  /** The server is asked; once is enough. */
  void asked() {
    state = State.ASKED;
  }

  /** It has begun. */
  void begun() {
    state = State.ON;
  }

  /** A command came to its end. */
  void commandEnded() {
    works |= state == State.ON;
  }

  /** Some servers' compressed streams break, end early or are held back (quirk 81). */
  void broken(NetFailure failure) {
    if (state == State.ON
        && switch (failure) {
          case NetFailure.CompressionBroken _, NetFailure.Garbled _ -> true;
          case NetFailure.ClosedByPeer _, NetFailure.Lost _, NetFailure.TimedOut _ -> !works;
          case NetFailure _ -> false;
        }) {
      line.broken();
    }
  }
}

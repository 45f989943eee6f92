package io.mailtide.net;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.OptionalLong;

/** How fast bytes go one way, by the time spent waiting for them. */
final class Rate {
  private static final int WINDOW_BYTES = 1 << 18;
  private static final int WINDOWS = 4;

  private final Deque<Long> last = new ArrayDeque<>();
  private long bytes;
  private long nanos;

  void add(int more, Duration waiting) {
    bytes += more;
    nanos += Math.max(0, waiting.toNanos()); // the clock may have been set back
    if (bytes >= WINDOW_BYTES) {
      if (last.size() == WINDOWS) {
        last.removeFirst();
      }
      last.addLast(
          Math.round((double) bytes * Duration.ofSeconds(1).toNanos() / Math.max(1, nanos)));
      bytes = 0;
      nanos = 0;
    }
  }

  /**
   * The best of the last four quarters of a mebibyte: one at which the line held its breath proves
   * nothing, and neither does how TCP begins.
   */
  OptionalLong perSecond() {
    return last.size() < WINDOWS ? OptionalLong.empty() : OptionalLong.of(Collections.max(last));
  }
}

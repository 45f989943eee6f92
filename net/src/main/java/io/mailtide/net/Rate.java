package io.mailtide.net;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.OptionalLong;

/** How fast bytes go one way, by the time spent waiting for them. */
final class Rate {
  private static final int WINDOW_BYTES = 1 << 18;
  private static final int FEW = 4;
  private static final int MANY = 16;

  private final Deque<Long> last = new ArrayDeque<>();
  private long bytes;
  private long nanos;

  void add(int more, Duration waiting) {
    bytes += more;
    nanos += Math.max(0, waiting.toNanos()); // the clock may have been set back
    if (bytes >= WINDOW_BYTES) {
      if (last.size() == MANY) {
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
   * nothing.
   */
  OptionalLong perSecond() {
    return last.size() < FEW
        ? OptionalLong.empty()
        : last.reversed().stream().limit(FEW).mapToLong(Long::longValue).max();
  }

  /**
   * The worst of the last four mebibytes, in quarters: what came at once may have waited for us.
   */
  OptionalLong steadily() {
    return last.size() < MANY ? OptionalLong.empty() : OptionalLong.of(Collections.min(last));
  }
}

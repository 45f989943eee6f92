package io.mailtide.net;

import java.time.Duration;
import java.util.OptionalLong;

/** How fast bytes go one way, by the time spent waiting for them, over a mebibyte each. */
final class Rate {
  private static final int WINDOW_BYTES = 1 << 20;

  private long bytes;
  private Duration waited = Duration.ZERO;
  private OptionalLong perSecond = OptionalLong.empty();

  void add(int more, Duration waiting) {
    bytes += more;
    waited = waited.plus(waiting);
    if (bytes >= WINDOW_BYTES) {
      perSecond = OptionalLong.of(
          Math.round((double) bytes * Duration.ofSeconds(1).toNanos() / (waited.toNanos() + 1)));
      bytes = 0;
      waited = Duration.ZERO;
    }
  }

  /** Over the last whole mebibyte. */
  OptionalLong perSecond() {
    return perSecond;
  }
}

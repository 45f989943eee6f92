package io.mailtide.bench;

import java.time.Duration;
import java.util.List;

/**
 * What lies between a tool and the server.
 *
 * @param label what it is called on the command line
 * @param roundTrip what it adds to each round trip
 * @param bytesPerSecond what it carries at most, each way, over all connections
 */
record Line(String label, String description, Duration roundTrip, long bytesPerSecond) {
  /** Nothing. */
  static final Line LOOPBACK = new Line("loopback", "loopback", Duration.ZERO, Long.MAX_VALUE);

  /** Slow enough to tell waiting from pipelining, and no slower: for counting round trips. */
  static final Line COUNTING =
      new Line("counting", "5 ms a round trip", Duration.ofMillis(5), Long.MAX_VALUE);

  /** Those that the mail of real users goes over. */
  static final List<Line> SLOW = List.of(
      new Line("50ms", "50 ms a round trip, 100 Mbit/s", Duration.ofMillis(50), 12_500_000),
      new Line("150ms", "150 ms a round trip, 20 Mbit/s", Duration.ofMillis(150), 2_500_000));
}

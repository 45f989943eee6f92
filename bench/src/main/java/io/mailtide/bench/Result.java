package io.mailtide.bench;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One tool, doing one thing, once.
 *
 * @param roundTrips how often the tool waited for an answer, where it says so
 */
record Result(
    String tool,
    Work work,
    int round,
    Execution execution,
    ServerTraffic traffic,
    OptionalLong roundTrips) {
  private static final Pattern ROUND_TRIPS = Pattern.compile("\"roundTrips\":(\\d+)");

  /** Finds the round trips in the events that Mailtide prints; other tools do not tell. */
  static OptionalLong roundTrips(String printed) {
    return ROUND_TRIPS
        .matcher(printed)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1)))
        .reduce((_, last) -> last);
  }

  /** What was to do. */
  enum Work {
    PULL("pull"),
    NOTHING("nothing to do");

    private final String label;

    Work(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }
}

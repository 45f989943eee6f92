package io.mailtide.bench;

import java.util.OptionalLong;

/**
 * One tool, doing one thing, once.
 *
 * @param round {@link #WARM_UP} is not timed: it runs under a counter and over a slower line
 * @param roundTrips how many round trips it waited for, one after another, where they were counted
 * @param forced how often it had the system force something to disk, where that was counted
 * @param exact how many of the messages it left here are byte for byte those of the server
 * @param messages how many there are
 */
record Result(
    String tool,
    Work work,
    int round,
    Execution execution,
    ServerTraffic traffic,
    OptionalLong roundTrips,
    OptionalLong forced,
    int exact,
    int messages) {
  /** The round that fills the server's caches, and in which is counted what slows a run down. */
  static final int WARM_UP = 0;
}

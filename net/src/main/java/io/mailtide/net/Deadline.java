package io.mailtide.net;

import java.time.Duration;
import java.time.Instant;

/**
 * When a wait ends.
 *
 * @param phase what is waited for, for the words of the failure
 * @param allowed how long that was allowed to last, for the words of the failure
 * @param at the moment, by the clock of the {@link Link}
 */
public record Deadline(Phase phase, Duration allowed, Instant at) {
  /** Milliseconds from then until the deadline, rounded up; not above zero when it has passed. */
  long millisLeft(Instant then) {
    return Duration.between(then, at).plusNanos(999_999).toMillis();
  }

  /** The first of so many equal shares of the time that is left. */
  Deadline share(Instant then, int shares) {
    return new Deadline(phase, allowed, then.plus(Duration.between(then, at).dividedBy(shares)));
  }
}

package io.mailtide.cli;

import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * What the view knows of one store: where it is, how fast it went in the last seconds and when it
 * last moved. A function of the events and times that it was given. One thread.
 */
final class Lane {
  private static final Duration WINDOW = Duration.ofSeconds(5);
  private static final Duration MEASURED_MIN = Duration.ofMillis(800);
  private static final Duration STALL_MIN = Duration.ofSeconds(3);
  private static final int SAMPLES_MAX = 256;

  private final String store;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private Optional<SyncProgress> progress = Optional.empty();
  private Optional<StoreDone> done = Optional.empty();
  private Instant moved;

  /**
   * The largest share since the end was known: a reconnect, or more work found, takes none back.
   */
  private double share;

  Lane(String store, Instant now) {
    this.store = store;
    this.moved = now;
  }

  private record Sample(Instant at, long index, long bytes) {}

  String store() {
    return store;
  }

  Optional<SyncProgress> progress() {
    return progress;
  }

  Optional<StoreDone> done() {
    return done;
  }

  /** Takes in where the store is; says whether it began another phase with it. */
  boolean accept(SyncProgress next, Instant now) {
    var before = progress.orElse(null);
    if (!next.equals(before)) {
      moved = now;
    }
    progress = Optional.of(next);
    if (before != null && next.index() < before.index()) {
      share = 0; // no number falls during a run: this is another one, as with a repair
    }
    if (next.indexMax() > 0 && endKnown(next.phase())) {
      share = Math.max(share, (double) next.index() / next.indexMax());
    }
    var newPhase = before == null || before.phase() != next.phase();
    var last = samples.peekLast();
    if (newPhase || (last != null && now.isBefore(last.at()))) { // the clock was set back
      samples.clear();
    }
    samples.add(new Sample(now, next.index(), next.bytesDone()));
    while (samples.size() > SAMPLES_MAX || (samples.size() > 2 && outside(second(), now))) {
      samples.remove();
    }
    return newPhase;
  }

  void accept(StoreDone end) {
    done = Optional.of(end);
  }

  /**
   * A sample goes when the one after it has left the window too: so the window is always covered.
   */
  private Sample second() {
    var each = samples.iterator();
    each.next();
    return each.next();
  }

  private static boolean outside(Sample sample, Instant now) {
    return sample.at().isBefore(now.minus(WINDOW));
  }

  /**
   * Position over its end, 0 to 1; 0 until the end is known, and never less than it was in this
   * run, for a share that falls again tells nothing.
   */
  double share() {
    return share;
  }

  /** The same in whole percent, rounded down: 100 is for what is over. */
  int percent() {
    return (int) Math.floor(share * 100 + 1e-9);
  }

  private static boolean endKnown(Phase phase) {
    return switch (phase) {
      case WAITING, CONNECTING, LISTING, COMPARING -> false;
      case WORKING, READING, TRANSFERRING, SENDING, FINISHING -> true;
    };
  }

  /** Bytes a second in the last seconds; absent while too little is measured. */
  Optional<Double> rate(Instant now) {
    return measured(now)
        .flatMap(first ->
            progress.map(here -> (here.bytesDone() - first.bytes()) / seconds(first.at(), now)));
  }

  /**
   * The time that is left at the pace of the last seconds; absent while too little is measured or
   * nothing moved.
   */
  Optional<Duration> left(Instant now) {
    return measured(now)
        .flatMap(first -> progress.flatMap(here -> {
          double pace = (here.index() - first.index()) / seconds(first.at(), now);
          return pace > 0
              ? Optional.of(
                  Duration.ofMillis((long) ((here.indexMax() - here.index()) * 1000 / pace)))
              : Optional.empty();
        }));
  }

  /** For how long nothing has moved; absent while that is nothing to speak of. */
  Optional<Duration> stalled(Instant now) {
    if (now.isBefore(moved)) {
      moved = now; // the clock was set back
    }
    var still = Duration.between(moved, now);
    return done.isEmpty() && !waits() && still.compareTo(STALL_MIN) >= 0
        ? Optional.of(still)
        : Optional.empty();
  }

  private boolean waits() {
    return progress.filter(here -> here.phase() == Phase.WAITING).isPresent();
  }

  private Optional<Sample> measured(Instant now) {
    return Optional.ofNullable(samples.peek())
        .filter(first -> Duration.between(first.at(), now).compareTo(MEASURED_MIN) >= 0);
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }
}

package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Side;
import io.mailtide.testkit.MemoryStore.Hook;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose far side wants to be left alone for a while. */
final class PausesTest {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  @TempDir
  private Path directory = Path.of("");

  private TwoWayWorld world = new TwoWayWorld(directory);

  @BeforeEach
  void begin() {
    world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    for (var number = 0; number < 5; number++) {
      world.put(Side.FAR, INBOX, number);
    }
  }

  /** Throttles so many calls, from the third body on. */
  private static Hook throttled(int times, Duration pause) {
    var bodies = new int[1];
    var left = new int[] {times};
    return call -> {
      bodies[0] += call.equals("FAR fetch: a body") ? 1 : 0;
      if (bodies[0] > 2 && call.startsWith("FAR") && left[0]-- > 0) {
        throw new FaultException(
            Fault.of(Kind.THROTTLED, Reach.REPLICA, "fetching", "slow down", "Run again.")
                .pausing(pause));
      }
    };
  }

  @Test
  void inTheMidst_isWaitedFor_andTheRunGoesOn() {
    var outcome = world.synchronise(throttled(1, LONGEST));
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    assertThat(world.slept).containsExactly(LONGEST);
    assertThat(world.faults)
        .extracting(Fault::said, Fault::next)
        .containsExactly(tuple("slow down", "Waiting 300 s, then connecting again and going on."));
    world.assertSame();
  }

  @Test
  void tooLong_endsTheRun() {
    var outcome = world.synchronise(throttled(1, LONGEST.plusMillis(1)));
    assertThat(outcome.failure().orElseThrow().next()).isEqualTo("Run again.");
    assertThat(outcome.failed()).isZero();
    assertThat(outcome.copied()).isPositive();
    assertThat(world.slept).isEmpty();
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSame();
  }

  @Test
  void overAndOver_endsTheRun() {
    var outcome = world.synchronise(throttled(9, Duration.ofMillis(5)));
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.THROTTLED);
    assertThat(outcome.copied()).isPositive();
    assertThat(world.slept).containsExactly(Duration.ofMillis(5), Duration.ofMillis(5));
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSame();
  }

  @Test
  void cancelledMeanwhile_endsAtOnce() {
    world.meanwhile = () -> world.cancellation.request();
    var begun = world.now;
    var outcome = world.synchronise(throttled(1, LONGEST));
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.CANCELLED);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(world.now).as("it did not sleep on").isBefore(begun.plus(LONGEST));
    world.meanwhile = () -> {};
    world.cancellation = new Cancellation();
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSame();
  }
}

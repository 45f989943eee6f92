package io.mailtide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Time that only goes on, and what is done beside other work. */
class EnvironmentTest {
  @Test
  void onTheMachine_monotonicTimeIsNotTheTimeOfDay() {
    var environment = Environment.system();
    var time = environment.monotonic();
    var begun = time.instant();
    assertThat(time.instant()).isAfterOrEqualTo(begun);
    assertThat(Duration.between(begun, environment.clock().instant()))
        .as("it counts from no day in the calendar")
        .isGreaterThan(Duration.ofDays(365));
  }

  @Test
  void onTheMachine_aTaskGoesOnBeside_andIsWaitedFor() throws FaultException {
    var caller = Thread.currentThread();
    var goOn = new CountDownLatch(1);
    var over = new AtomicBoolean();
    Environment.Beside<Boolean> beside = Environment.system().beside(() -> {
      awaitQuietly(goOn);
      over.set(true);
      return Thread.currentThread().equals(caller);
    });
    assertThat(over).as("it does not hold up who begins it").isFalse();
    assertThat(beside.isOver()).isFalse();
    goOn.countDown();
    beside.close();
    assertThat(over).isTrue();
    assertThat(beside.isOver()).isTrue();
    assertThat(beside.result()).as("in the caller's thread").isFalse();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itsFault_isThatOfItsResult() {
    var fault = new FaultException(
        Fault.of(Fault.Kind.DISK, Fault.Reach.REPLICA, "listing", "no disk", "Look for it."));
    for (var environment : new Environment[] {Environment.system(), new Bare()}) {
      try (Environment.Beside<String> beside = environment.beside(() -> {
        throw fault;
      })) {
        assertThatThrownBy(beside::result).isSameAs(fault);
      }
    }
  }

  @Test
  void itsDefect_isThatOfItsResult() {
    try (Environment.Beside<String> beside = Environment.system().beside(() -> {
      throw new IllegalArgumentException("a defect");
    })) {
      assertThatThrownBy(beside::result).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** An environment that has no threads to give. */
  private static final class Bare implements Environment {
    @Override
    public InstantSource clock() {
      return Environment.system().clock();
    }

    @Override
    public RandomGenerator random() {
      return Environment.system().random();
    }

    @Override
    public void sleep(Duration duration) {}
  }
}

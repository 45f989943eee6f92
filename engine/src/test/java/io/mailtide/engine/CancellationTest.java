package io.mailtide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final AtomicInteger woken = new AtomicInteger();

  @Test
  void request_wakesOnce_andOnlyThoseStillRegistered() {
    var gone = cancellation.onRequest(woken::incrementAndGet);
    gone.close();
    try (var kept = cancellation.onRequest(woken::incrementAndGet)) {
      assertThat(kept).isNotNull();
      cancellation.request();
      cancellation.request();
    }
    assertThat(woken).hasValue(1);
  }

  @Test
  void registeringAfterTheRequest_wakesAtOnce() {
    cancellation.request();
    try (var late = cancellation.onRequest(woken::incrementAndGet)) {
      assertThat(late).isNotNull();
      assertThat(woken).hasValue(1);
    }
  }

  @Test
  void check_throwsOnceRequested() throws FaultException {
    cancellation.check();
    cancellation.request();
    assertThatExceptionOfType(FaultException.class)
        .isThrownBy(cancellation::check)
        .satisfies(e -> assertThat(e.fault().kind()).isEqualTo(Fault.Kind.CANCELLED));
  }
}

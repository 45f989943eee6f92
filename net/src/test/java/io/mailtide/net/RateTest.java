package io.mailtide.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
  private final Rate rate = new Rate();

  @Test
  void perSecond_beforeThreeMebibytes_isUnknown() {
    rate.add(1 << 20, Duration.ofSeconds(1));
    rate.add(1 << 20, Duration.ofSeconds(1));
    rate.add((1 << 20) - 1, Duration.ofSeconds(1));
    assertThat(rate.perSecond()).isEmpty();
  }

  @Test
  void perSecond_isTheBestOfTheLastThreeMebibytes() {
    for (int millis : new int[] {250, 500, 1_000}) {
      rate.add(1 << 19, Duration.ofMillis(millis / 2));
      rate.add(1 << 19, Duration.ofMillis(millis / 2));
    }
    assertThat(rate.perSecond()).hasValue(4 << 20);
    rate.add(1 << 20, Duration.ofSeconds(4));
    assertThat(rate.perSecond()).as("without the first").hasValue(2 << 20);
  }

  @Test
  void perSecond_withoutWaiting_isEnormous() {
    for (int i = 0; i < 3; i++) {
      rate.add(1 << 20, Duration.ofMillis(-i));
    }
    assertThat(rate.perSecond().orElseThrow()).isGreaterThan(1L << 40);
  }
}

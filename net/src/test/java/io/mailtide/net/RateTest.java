package io.mailtide.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
  private final Rate rate = new Rate();

  private static final int QUARTER = 1 << 18;

  @Test
  void perSecond_beforeAMebibyte_isUnknown() {
    for (int i = 0; i < 3; i++) {
      rate.add(QUARTER, Duration.ofSeconds(1));
    }
    rate.add(QUARTER - 1, Duration.ofSeconds(1));
    assertThat(rate.perSecond()).isEmpty();
  }

  @Test
  void perSecond_isTheBestOfTheLastFourQuarters() {
    for (int millis : new int[] {250, 500, 1_000, 1_000}) {
      rate.add(QUARTER / 2, Duration.ofMillis(millis / 2));
      rate.add(QUARTER / 2, Duration.ofMillis(millis / 2));
    }
    assertThat(rate.perSecond()).hasValue(1 << 20);
    rate.add(QUARTER, Duration.ofSeconds(4));
    assertThat(rate.perSecond()).as("without the first").hasValue(1 << 19);
  }

  @Test
  void perSecond_withoutWaiting_isEnormous() {
    for (int i = 0; i < 4; i++) {
      rate.add(QUARTER, Duration.ofMillis(-i));
    }
    assertThat(rate.perSecond().orElseThrow()).isGreaterThan(1L << 40);
  }

  @Test
  void steadily_isTheWorstOfTheLastFourMebibytes() {
    rate.add(QUARTER, Duration.ofSeconds(4));
    for (int i = 0; i < 14; i++) {
      rate.add(QUARTER, Duration.ofMillis(1));
    }
    assertThat(rate.steadily()).as("not enough").isEmpty();
    rate.add(QUARTER, Duration.ofMillis(250));
    assertThat(rate.steadily()).hasValue(QUARTER / 4);
    rate.add(QUARTER, Duration.ofMillis(1));
    assertThat(rate.steadily()).as("without the first").hasValue(4 * QUARTER);
  }
}

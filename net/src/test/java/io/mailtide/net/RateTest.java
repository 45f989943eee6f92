package io.mailtide.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
  private final Rate rate = new Rate();

  @Test
  void perSecond_beforeAMebibyte_isUnknown() {
    rate.add((1 << 20) - 1, Duration.ofSeconds(1));
    assertThat(rate.perSecond()).isEmpty();
  }

  @Test
  void perSecond_isThatOfTheLastMebibyte() {
    rate.add(1 << 19, Duration.ofSeconds(1));
    rate.add(1 << 19, Duration.ofSeconds(1));
    assertThat(rate.perSecond()).hasValue(1 << 19);
    rate.add(1 << 20, Duration.ofMillis(125));
    assertThat(rate.perSecond()).hasValue(8 << 20);
  }

  @Test
  void perSecond_withoutWaiting_isEnormous() {
    rate.add(1 << 20, Duration.ZERO);
    assertThat(rate.perSecond().orElseThrow()).isGreaterThan(1L << 40);
  }
}

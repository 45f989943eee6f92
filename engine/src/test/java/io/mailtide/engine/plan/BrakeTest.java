package io.mailtide.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrakeTest {
  @ParameterizedTest
  @CsvSource({
    // removals, known, holds
    "0, 0, false",
    "0, 100, false",
    "1, 1, false", // the last message of a folder, by hand
    "2, 2, true", // a folder turned empty
    "20, 21, false", // many, but not more than 20
    "21, 104, true", // more than 20, more than 20 %
    "21, 105, false", // just 20 %
    "21, 21, true",
    "20000, 100001, false",
    "20001, 100000, true",
  })
  void holds(long removals, long known, boolean expected) {
    assertThat(Brake.holds(removals, known)).isEqualTo(expected);
  }
}

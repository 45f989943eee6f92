package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class WantedTest {
  @Test
  void nothing_meansEverythingOverLoopback() {
    var wanted = Wanted.of(List.of());
    assertThat(wanted.cases()).isEqualTo(Case.TELLING).doesNotContain(Case.SMOKE);
    assertThat(wanted.lines()).containsExactly(Line.LOOPBACK);
    assertThat(wanted.specials()).containsExactly(Wanted.Special.values());
    assertThat(wanted.runs()).isEmpty();
  }

  @Test
  void cases_runOverTheLinesNamed() {
    var wanted = Wanted.of(List.of("smoke", "150ms", "--runs", "2", "--seed", "9"));
    assertThat(wanted.cases()).containsExactly(Case.SMOKE);
    assertThat(wanted.lines()).containsExactly(Line.SLOW.getLast());
    assertThat(wanted.specials()).isEmpty();
    assertThat(wanted.runs()).hasValue(2);
    assertThat(wanted.seed()).isEqualTo(9);
  }

  @Test
  void special_runsAlone() {
    var wanted = Wanted.of(List.of("micro"));
    assertThat(wanted.cases()).isEmpty();
    assertThat(wanted.specials()).containsExactly(Wanted.Special.MICRO);
  }

  @Test
  void line_alone_takesAllCasesAndNothingSpecial() {
    var wanted = Wanted.of(List.of("50ms"));
    assertThat(wanted.cases()).isEqualTo(Case.TELLING);
    assertThat(wanted.specials()).isEmpty();
  }

  @Test
  void wrongWords_areRefused() {
    for (var words : List.of(List.of("real7k"), List.of("--runs", "0"), List.of("--runs", "x"))) {
      assertThatThrownBy(() -> Wanted.of(words)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Wanted.of(List.of("--seed")))
        .isInstanceOf(NoSuchElementException.class);
    assertThat(Wanted.usage())
        .contains("real6k", "delta", "growth", "micro", "smoke", "50ms", "150ms");
  }
}

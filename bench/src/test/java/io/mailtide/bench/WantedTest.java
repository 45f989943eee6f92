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
    assertThat(wanted.growth()).isTrue();
    assertThat(wanted.runs()).isEmpty();
  }

  @Test
  void cases_runOverTheLinesNamed() {
    var wanted = Wanted.of(List.of("smoke", "150ms", "--runs", "2", "--seed", "9"));
    assertThat(wanted.cases()).containsExactly(Case.SMOKE);
    assertThat(wanted.lines()).containsExactly(Line.SLOW.getLast());
    assertThat(wanted.growth()).isFalse();
    assertThat(wanted.runs()).hasValue(2);
    assertThat(wanted.seed()).isEqualTo(9);
  }

  @Test
  void growth_runsAlone() {
    assertThat(Wanted.of(List.of("growth")).cases()).isEmpty();
  }

  @Test
  void wrongWords_areRefused() {
    for (var words : List.of(List.of("real7k"), List.of("--runs", "0"), List.of("--runs", "x"))) {
      assertThatThrownBy(() -> Wanted.of(words)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Wanted.of(List.of("--seed")))
        .isInstanceOf(NoSuchElementException.class);
    assertThat(Wanted.usage()).contains("real6k", "delta", "growth", "smoke", "50ms", "150ms");
  }
}

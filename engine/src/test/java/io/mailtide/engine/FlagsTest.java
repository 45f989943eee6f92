package io.mailtide.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlagsTest {
  @Test
  void systemFlags_areSpeltAsRegistered_andKeywordsAsTheyCame() {
    assertThat(Flags.of("\\SEEN", "$forwarded", "MyLabel").names())
        .containsExactly("$Forwarded", "\\Seen", "MyLabel");
  }

  @Test
  void caseIsIgnored() {
    assertThat(Flags.of("a", "A", "\\seen")).isEqualTo(Flags.of("A", "\\Seen"));
    assertThat(Flags.of("a")).hasSameHashCodeAs(Flags.of("A"));
    assertThat(Flags.of("a").contains("A")).isTrue();
  }

  @Test
  void recent_isNeverHeld() {
    assertThat(Flags.of("\\Recent", "\\Seen")).isEqualTo(Flags.of("\\Seen"));
  }

  @Test
  void text_isReadBack() {
    var flags = Flags.of("\\Seen", "\\Answered", "x", "[odd]");
    assertThat(Flags.parse(flags.toString())).isEqualTo(flags);
    assertThat(Flags.parse("")).isEqualTo(Flags.NONE);
  }

  @Test
  void changed_appliesOnlyWhatTheOtherSideDid() {
    var here = Flags.of("\\Flagged", "mine");
    var before = Flags.of("\\Answered", "mine");
    var after = Flags.of("\\Answered", "\\Seen");
    assertThat(here.changed(before, after)).isEqualTo(Flags.of("\\Flagged", "\\Seen"));
  }

  @Test
  void plusAndMinus() {
    var all = Flags.of("a", "b").plus(Flags.of("c", "A"));
    assertThat(all).isEqualTo(Flags.of(List.of("a", "b", "c")));
    assertThat(all.minus(Flags.of("B", "x"))).isEqualTo(Flags.of("a", "c"));
  }
}

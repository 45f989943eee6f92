package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.text.Text;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void bytes_inDecimalUnits() {
    assertThat(Text.bytes(0)).isEqualTo("0 B");
    assertThat(Text.bytes(999)).isEqualTo("999 B");
    assertThat(Text.bytes(1000)).isEqualTo("1.0 kB");
    assertThat(Text.bytes(33_100_000)).isEqualTo("33.1 MB");
    assertThat(Text.bytes(999_600)).isEqualTo("1.0 MB");
    assertThat(Text.bytes(99_960)).isEqualTo("100 kB");
    assertThat(Text.bytes(512_000_000_000L)).isEqualTo("512 GB");
    assertThat(Text.bytes(Long.MAX_VALUE)).endsWith(" TB");
  }

  @Test
  void durations() {
    assertThat(Text.took(Duration.ofMillis(2340))).isEqualTo("2.3 s");
    assertThat(Text.took(Duration.ofMillis(-2340))).isEqualTo("0.0 s");
    assertThat(Text.took(Duration.ofMillis(9960))).isEqualTo("10 s");
    assertThat(Text.whole(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
    assertThat(Text.whole(Duration.ofMinutes(60))).isEqualTo("1 h");
    assertThat(Text.whole(Duration.ofHours(76))).isEqualTo("3 d 4 h");
    assertThat(Text.whole(Duration.ofSeconds(-5))).isEqualTo("0 s");
  }

  @Test
  void harmless_nothingSteersTheTerminal() {
    assertThat(Text.harmless("a\u001b[2Jb\r\nc\td\u0007\u009b\u202ee"))
        .isEqualTo("a?[2Jb  c d???e");
  }

  @Test
  void cells_wideAndCombining() {
    assertThat(Text.cells("abc")).isEqualTo(3);
    assertThat(Text.cells("日本")).isEqualTo(4);
    assertThat(Text.cells("e\u0301")).isEqualTo(1);
    assertThat(Text.clip("日本語", 5)).isEqualTo("日本…");
    assertThat(Text.clip("日本語", 4)).isEqualTo("日…");
  }
}

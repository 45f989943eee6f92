package io.mailtide.wire.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExtensionsTest {
  private static Extensions of(String... lines) {
    return Extensions.of(new Reply(250, List.of(lines)));
  }

  @Test
  void of_keywords_areReadInAnyCaseAndTheFirstLineIsNone() {
    var extensions = of("PIPELINING greets you", "8bitmime", "STARTTLS", "SIZE 35882577");
    assertThat(extensions.has(Extensions.PIPELINING)).isFalse();
    assertThat(extensions.has(Extensions.EIGHT_BIT)).isTrue();
    assertThat(extensions.has(Extensions.STARTTLS)).isTrue();
    assertThat(extensions.sizeMax()).isEqualTo(OptionalLong.of(35_882_577));
  }

  @ParameterizedTest
  @CsvSource({"SIZE", "SIZE 0", "SIZE x", "SIZE -1", "SIZE 99999999999999999999"})
  void sizeMax_noNumber_isNoLimit(String line) {
    assertThat(of("x", line).sizeMax()).isEmpty();
    assertThat(of("x", line).has(Extensions.SIZE)).isTrue();
  }

  @Test
  void mechanisms_bothSpellings_areJoined() {
    assertThat(of("x", "AUTH plain LOGIN", "AUTH=XOAUTH2 PLAIN").mechanisms())
        .containsExactlyInAnyOrder("PLAIN", "LOGIN", "XOAUTH2", "PLAIN");
    assertThat(of("x").mechanisms()).isEmpty();
    assertThat(of("x", "AUTH").mechanisms()).isEmpty();
  }
}

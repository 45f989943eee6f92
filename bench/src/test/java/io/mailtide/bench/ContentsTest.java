package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentsTest {
  private static final String MESSAGE = "Subject: one\nTo: ann\n\nX-TUID: in the body\ntext\n";

  @Test
  void sum_ofTheSameMailInAnotherOrder_isTheSame() {
    assertThat(sum("one\n", MESSAGE)).isEqualTo(sum(MESSAGE, "one\n"));
  }

  @Test
  void sum_ofMailStoredWithCrlf_isTheSame() {
    assertThat(sum(MESSAGE.replace("\n", "\r\n"))).isEqualTo(sum(MESSAGE));
  }

  @Test
  void sum_ofOneByteChanged_isAnother() {
    assertThat(sum(MESSAGE.replace("text", "test")).exact())
        .isNotEqualTo(sum(MESSAGE).exact());
    assertThat(sum(MESSAGE.replace("text", "test")).lenient())
        .isNotEqualTo(sum(MESSAGE).lenient());
  }

  @Test
  void sum_ofAMessageTwice_isAnother() {
    assertThat(sum(MESSAGE, MESSAGE).exact()).isNotEqualTo(sum(MESSAGE).exact());
  }

  @Test
  void tuidAndBareCr_areOverlookedByLenientAlone() {
    var changed = sum(MESSAGE.replace("To:", "X-TUID: abc\nTo:").replace("te", "te\r"));
    assertThat(changed.lenient()).isEqualTo(sum(MESSAGE).lenient());
    assertThat(changed.exact()).isNotEqualTo(sum(MESSAGE).exact());
  }

  @Test
  void tuidInTheBody_isNotOverlooked() {
    assertThat(sum(MESSAGE.replace("X-TUID: in the body\n", "")).lenient())
        .isNotEqualTo(sum(MESSAGE).lenient());
  }

  private static Contents sum(String... messages) {
    var sum = new Contents.Sum();
    for (var message : messages) {
      sum.add(message.getBytes(StandardCharsets.US_ASCII));
    }
    return sum.end();
  }
}

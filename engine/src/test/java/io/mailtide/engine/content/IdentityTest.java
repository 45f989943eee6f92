package io.mailtide.engine.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class IdentityTest {
  private static final String HEADER =
      "Message-ID: <1@x>\r\nDate: Sat, 1 Feb 2003\r\nFrom: Ann\r\nSubject: V\u00e4ter\r\n";

  private static Optional<String> of(String header) {
    var identity = new Identity();
    identity.take(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)));
    return identity.value();
  }

  @Test
  void value_ofACopyThatAServerWroteAnew_isTheSame() {
    assertThat(of(HEADER)).isPresent();
    assertThat(of(HEADER.replace("V\u00e4ter", "VXter"))).isEqualTo(of(HEADER));
    assertThat(of(HEADER.replace("Subject: ", "SUBJECT:  ").replace("\r\n", "\n")))
        .isEqualTo(of(HEADER));
  }

  @Test
  void value_ofAnotherMessage_isAnother() {
    assertThat(of(HEADER.replace("V\u00e4ter", "Vater"))).isPresent().isNotEqualTo(of(HEADER));
    assertThat(of(HEADER.replace("<1@x>", "<2@x>"))).isPresent().isNotEqualTo(of(HEADER));
    assertThat(of(HEADER.replace("Message-ID", "Other"))).isEmpty();
  }
}

package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void exactlyIn_countsWhatBothHave() {
    var pile = sum("one\n", "two\n", "two\n", "three\n");
    assertThat(pile.exactlyIn(sum("two\n", "one\n", "four\n"))).isEqualTo(2);
    assertThat(pile.exactlyIn(pile)).isEqualTo(4);
  }

  @Test
  void tree_isReadWithItsFlags(@TempDir Path tree) throws IOException {
    var folder = Files.createDirectories(tree.resolve("INBOX/cur"));
    Files.createDirectories(tree.resolve("INBOX/tmp"));
    Files.writeString(folder.resolve("1.a:2,RSa"), MESSAGE);
    Files.writeString(folder.resolve("2.DFT"), MESSAGE);
    Files.writeString(tree.resolve("INBOX/tmp/3.a:2,S"), MESSAGE);
    Files.writeString(tree.resolve("INBOX/index"), MESSAGE);
    var removed = Files.createDirectories(tree.resolve(".removed/cur"));
    Files.writeString(removed.resolve("4.a:2,S"), MESSAGE);
    var contents = Contents.of(tree);
    assertThat(contents.messages()).isEqualTo(2);
    assertThat(contents.flags()).containsExactly("", "RS");
    assertThat(contents).hasToString("2 messages, 104 bytes, by flags {=1, RS=1}");
  }

  private static Contents sum(String... messages) {
    var sum = new Contents.Sum();
    for (var message : messages) {
      sum.add(message.getBytes(StandardCharsets.US_ASCII), "S");
    }
    return sum.end();
  }
}

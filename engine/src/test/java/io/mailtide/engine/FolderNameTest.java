package io.mailtide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"INBOX", "inbox", "Inbox"})
  void inbox_isOneFolderWhateverItsCase(String name) {
    assertThat(FolderName.parse(name)).isEqualTo(FolderName.INBOX);
    assertThat(FolderName.parse(name + "/Sub").text()).isEqualTo("INBOX/Sub");
  }

  @Test
  void separatorAndEscapeInsideASegment_areReadBack() {
    for (var segment : List.of("a/b", "50%", "%2F", "%252F", "a%25/", "Entwürfe", " ", "..")) {
      var name = new FolderName(List.of("top", segment));
      assertThat(FolderName.parse(name.text())).isEqualTo(name);
    }
    assertThat(new FolderName(List.of("a/b")).text()).isEqualTo("a%2Fb");
  }

  @Test
  void emptySegments_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> FolderName.parse("a//b"));
    assertThatIllegalArgumentException().isThrownBy(() -> FolderName.parse(""));
    assertThatIllegalArgumentException().isThrownBy(() -> new FolderName(List.of()));
  }
}

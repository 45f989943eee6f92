package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.testkit.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose names no message can have. */
class OddNamesTest {
  @TempDir
  Path root;

  @TempDir
  Path state;

  private final MemoryStore far = new MemoryStore(Side.FAR);
  private TestMaildir near = new TestMaildir(root);
  private Path cur;

  @BeforeEach
  void put() throws IOException {
    cur = root.resolve("INBOX/cur");
    for (var part : new String[] {"tmp", "new", "cur"}) {
      Files.createDirectories(cur.resolveSibling(part));
    }
    Files.writeString(cur.resolve("1.good:2,S"), "Subject: one\n\none\n");
    near = new TestMaildir(root);
  }

  private void assertOnlyTheGoodOneTakesPart(String example) {
    var outcome = near.synchronise(state, far);
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.sent()).isEqualTo(1);
    assertThat(near.notices).singleElement().asString().contains("1 of the files", example);
    assertThat(near.synchronise(state, far).sent()).isZero();
    assertThat(far.mail(FolderName.INBOX)).hasSize(1);
  }

  @Test
  void anEmptyBaseName_isPassedOver() throws IOException {
    var odd = Files.writeString(cur.resolve(":2,S"), "Subject: two\n\ntwo\n");
    assertOnlyTheGoodOneTakesPart("\":2,S\"");
    assertThat(odd).exists();
  }

  @Test
  void aNameThatIsNoUtf8_isPassedOver() throws IOException, InterruptedException {
    var command = "printf 'Subject: two\\n\\ntwo\\n' > \"$0/$(printf '2.\\374'):2,S\"";
    assertThat(new ProcessBuilder("sh", "-c", command, cur.toString()).start().waitFor())
        .isZero();
    assertOnlyTheGoodOneTakesPart("2.\uFFFD:2,S");
  }

  /** Listed in a UTF-8 locale, passed over in another: that is no removal. */
  @Test
  void whatCannotBeNamedHere_isNotGone() throws Exception {
    var gone = new MessageKey("1.gone");
    try (var replica = near.open()) {
      var keys = Set.of(gone, new MessageKey("1.\uD800"), new MessageKey("1.\uFFFD"));
      assertThat(replica.open(FolderName.INBOX).confirmGone(keys)).containsExactly(gone);
    }
  }
}

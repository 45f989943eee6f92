package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.MemoryStore.Mail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who deletes the names of the keywords has cleared none. */
class LostNamesTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");
  private static final Flags BOTH = Flags.of("foo", "todo", "\\Seen");

  @TempDir
  Path root;

  @TempDir
  Path state;

  private final MemoryStore far = new MemoryStore(Side.FAR);
  private Path inbox;
  private Path names;
  private MessageKey plain = new MessageKey("none");

  @BeforeEach
  void pull() throws IOException {
    inbox = root.resolve("INBOX");
    names = inbox.resolve("dovecot-keywords");
    far.put(FolderName.INBOX, message("one"), BOTH, Instant.EPOCH);
    plain = far.put(FolderName.INBOX, message("two"), Flags.of("\\Seen"), Instant.EPOCH);
    far.create(ARCHIVE);
    synchronise();
    assertThat(names).hasContent("0 foo\n1 todo\n");
    assertThat(letters()).containsExactly("S", "Sab");
  }

  private static String message(String subject) {
    return "Message-ID: <" + subject + "@example.org>\r\nSubject: " + subject + "\r\n\r\nbody\r\n";
  }

  private Outcome synchronise() {
    var outcome = new TestMaildir(root).synchronise(state, far);
    assertThat(outcome.failure()).isEmpty();
    return outcome;
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(inbox.resolve("cur"))) {
      return files.toList();
    }
  }

  private List<String> letters() throws IOException {
    return files().stream()
        .map(file -> file.toString().replaceFirst(".*:2,", ""))
        .sorted()
        .toList();
  }

  private void rename(String letters, String others) throws IOException {
    for (var file : files()) {
      if (file.toString().endsWith(":2," + letters)) {
        Files.move(file, Path.of(file.toString().replaceFirst(":2,.*", ":2," + others)));
      }
    }
  }

  private Flags farFlags(FolderName folder, String subject) {
    return far.mail(folder).stream()
        .filter(mail -> mail.bytes().equals(message(subject)))
        .map(Mail::flags)
        .findFirst()
        .orElseThrow();
  }

  /** As it was deleted or cut off, and as Dovecot writes it anew then. */
  @ParameterizedTest
  @ValueSource(strings = {"", "1 todo\n", "0 unknown-0\n1 unknown-1\n", "0 unknown-0?\n1 todo\n"})
  void keywordsStayAtTheServer_newMailGoesThere_andAllIsWellOnceTheNamesAreBack(String left)
      throws IOException {
    if (left.isEmpty()) {
      Files.delete(names);
    } else {
      Files.writeString(names, left);
    }
    Files.writeString(inbox.resolve("new/1.new"), message("new").replace("\r", ""));
    rename("Sab", "FSab");
    assertThat(synchronise().sent()).isEqualTo(1);
    assertThat(farFlags(FolderName.INBOX, "one")).isEqualTo(BOTH.plus(Flags.of("\\Flagged")));
    assertThat(farFlags(FolderName.INBOX, "new")).isEqualTo(Flags.NONE);
    assertThat(synchronise().flagged()).isZero();

    Files.writeString(names, "0 foo\n1 todo\n");
    assertThat(synchronise().flagged()).isZero();
    rename("FSab", "FSb");
    synchronise();
    assertThat(farFlags(FolderName.INBOX, "one"))
        .isEqualTo(Flags.of("todo", "\\Flagged", "\\Seen"));
  }

  @Test
  void aLetterThatIsBorne_getsNoOtherName() throws IOException {
    Files.delete(names);
    far.setFlags(FolderName.INBOX, plain, Flags.of("new"));
    synchronise();
    assertThat(names).hasContent("2 new\n");
    assertThat(letters()).containsExactly("Sab", "c");
    assertThat(farFlags(FolderName.INBOX, "one")).isEqualTo(BOTH);
  }

  @Test
  void whatWasClearedAtTheServerMeanwhile_doesNotComeBackWithTheNames() throws IOException {
    Files.delete(names);
    var key = far.mail(FolderName.INBOX).getFirst().key();
    far.setFlags(FolderName.INBOX, key, Flags.of("todo", "\\Seen"));
    synchronise();
    Files.writeString(names, "0 foo\n1 todo\n");
    synchronise();
    assertThat(farFlags(FolderName.INBOX, "one")).isEqualTo(Flags.of("todo", "\\Seen"));
  }

  @Test
  void aMoveAtTheServer_leavesThemThere() throws IOException {
    Files.delete(names);
    far.move(FolderName.INBOX, far.mail(FolderName.INBOX).getFirst().key(), ARCHIVE);
    assertThat(synchronise().moved()).isEqualTo(1);
    Files.createFile(root.resolve("Archive/new/1.noise")); // has all of the folder looked at
    synchronise();
    assertThat(farFlags(ARCHIVE, "one")).isEqualTo(BOTH);
  }
}

package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.replica.maildir.disk.Directories;
import io.mailtide.testkit.MemoryStore;
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

/** A folder that does not look like one any more was not removed by its user. */
class AbsenceTest {
  private static final FolderName LISTS = FolderName.parse("Lists");

  @TempDir
  Path root;

  @TempDir
  Path state;

  private final MemoryStore far = new MemoryStore(Side.FAR);
  private TestMaildir near = new TestMaildir(root);
  private Path folder;

  /** One message, for the brake to let its removal pass. */
  @BeforeEach
  void pull() {
    near = new TestMaildir(root);
    folder = root.resolve("Lists");
    for (var name : List.of(FolderName.INBOX, LISTS)) {
      far.put(name, "Subject: one\r\n\r\none\r\n", Flags.of("\\Seen"), Instant.EPOCH);
    }
    assertThat(near.synchronise(state, far).copied()).isEqualTo(2);
  }

  private static List<Path> in(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private void assertNothingIsRemoved() throws IOException {
    var outcome = near.synchronise(state, far);
    assertThat(outcome.removed()).isZero();
    assertThat(outcome.failure()).isEmpty();
    assertThat(far.mail(LISTS)).hasSize(1);
    assertThat(in(folder.resolve("new")).size() + in(folder.resolve("cur")).size())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmp", "new"})
  void anEmptyPartThatWasCleanedAway_isMadeAgain(String part) throws IOException {
    Files.delete(folder.resolve(part));
    assertNothingIsRemoved();
    assertThat(folder.resolve(part)).isDirectory();
  }

  @Test
  void newMailAlone_isAFolderStill() throws IOException {
    Files.move(in(folder.resolve("cur")).getFirst(), folder.resolve("new/1.again"));
    Directories.deleteTree(folder.resolve("cur"));
    Files.delete(folder.resolve("tmp"));
    near.synchronise(state, far);
    assertThat(far.mail(LISTS)).hasSize(1);
    assertThat(folder.resolve("cur")).isDirectory();
  }

  @Test
  void partsThatWereCleanedAwayEverywhere_areNoDiskThatIsMissing() throws IOException {
    for (var part : List.of("tmp", "new")) {
      Files.delete(folder.resolve(part));
      Files.delete(root.resolve("INBOX").resolve(part));
    }
    assertNothingIsRemoved();
  }

  @Test
  void whatItsUserRemoved_goesOnTheServer() throws IOException {
    Directories.deleteTree(folder);
    assertThat(near.synchronise(state, far).removed()).isEqualTo(1);
    assertThat(far.folderNames()).doesNotContain(LISTS);
  }

  @Test
  void aFileInItsPlace_isNoFolder() throws IOException, FaultException {
    Directories.deleteTree(folder);
    Files.createFile(folder);
    try (var replica = near.open()) {
      for (var name : List.of(LISTS, FolderName.parse("Lists/below"))) {
        assertThatThrownBy(() -> replica.open(name))
            .isInstanceOfSatisfying(
                FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(Kind.NOT_FOUND));
      }
    }
  }

  @Test
  void aLinkThatLeadsNowhere_isRatherADiskThatIsNotMounted() throws IOException, FaultException {
    var away = root.resolveSibling(root.getFileName() + "-away");
    Files.move(folder, away);
    Files.createSymbolicLink(folder, root.resolve("nowhere"));
    try (var replica = near.open()) {
      assertThatThrownBy(() -> replica.open(LISTS))
          .isInstanceOfSatisfying(FaultException.class, e -> {
            assertThat(e.fault().kind()).isEqualTo(Kind.DISK);
            assertThat(e.fault().reach()).isEqualTo(Reach.FOLDER);
          });
    }
    assertThatThrownBy(() -> near.synchronise(state, far)).hasMessageContaining("leads nowhere");
    assertThat(far.mail(LISTS)).hasSize(1);
    Files.delete(folder);
    Files.createSymbolicLink(folder, away);
    assertNothingIsRemoved();
    Directories.deleteTree(away);
  }
}

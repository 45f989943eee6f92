package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.MemoryStore.Mail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keywords for which a Maildir has no letter left live on in the state, and at the other side. */
class ManyKeywordsTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");
  private static final Flags THIRTY = keywords("k", 30);

  @TempDir
  Path root;

  @TempDir
  Path state;

  private final MemoryStore far = new MemoryStore(Side.FAR);

  private static Flags keywords(String stem, int count) {
    return Flags.of(
        IntStream.range(0, count).mapToObj(i -> stem + "%02d".formatted(i)).toList());
  }

  private Outcome synchronise() {
    return new TestMaildir(root).synchronise(state, far);
  }

  /** Synchronises until a run has nothing to do, which is the second. */
  private void settle() {
    assertThat(synchronise().failure()).isEmpty();
    var second = synchronise();
    assertThat(second.failure()).isEmpty();
    assertThat(second.flagged() + second.copied() + second.sent() + second.moved())
        .isZero();
  }

  private Mail there(FolderName folder) {
    return far.mail(folder).getFirst();
  }

  private Path file(String folder) throws IOException {
    try (var files = Files.list(root.resolve(folder).resolve("cur"))) {
      return files.findFirst().orElseThrow();
    }
  }

  private void rename(String folder, String letters) throws IOException {
    var file = file(folder);
    var base = file.getFileName().toString().replaceFirst(":2,.*", "");
    Files.move(file, file.resolveSibling(base + ":2," + letters));
  }

  @BeforeEach
  void pull() {
    var message = "Message-ID: <1@example.org>\r\nSubject: one\r\n\r\nbody\r\n";
    far.put(FolderName.INBOX, message, THIRTY, Instant.EPOCH);
    settle();
  }

  @Test
  void thirty_survivePullingAndPushing() throws IOException {
    assertThat(file("INBOX").toString()).endsWith(":2,abcdefghijklmnopqrstuvwxyz");
    assertThat(there(FolderName.INBOX).flags()).isEqualTo(THIRTY);
    rename("INBOX", "Sabcdefghijklmnopqrstuvwxyz");
    settle();
    assertThat(there(FolderName.INBOX).flags()).isEqualTo(THIRTY.plus(Flags.of("\\Seen")));
    rename("INBOX", "Sbcdefghijklmnopqrstuvwxyz");
    settle();
    assertThat(there(FolderName.INBOX).flags())
        .isEqualTo(THIRTY.plus(Flags.of("\\Seen")).minus(Flags.of("k00")));
  }

  @Test
  void moreThatComeAndGoAtTheServer_stayAsTheyAreThere() throws IOException {
    var key = there(FolderName.INBOX).key();
    var next = THIRTY.minus(Flags.of("k00", "k29")).plus(Flags.of("z1", "z2", "\\Seen"));
    far.setFlags(FolderName.INBOX, key, next);
    settle();
    assertThat(there(FolderName.INBOX).flags()).isEqualTo(next);
    assertThat(file("INBOX").toString()).endsWith(":2,Sbcdefghijklmnopqrstuvwxyz");
  }

  @Test
  void thirty_surviveAMoveIntoAFolderWhoseLettersAreTaken() throws IOException {
    far.put(ARCHIVE, "Subject: two\r\n\r\n", keywords("other", 25), Instant.EPOCH);
    settle();
    var moved = far.move(FolderName.INBOX, there(FolderName.INBOX).key(), ARCHIVE);
    assertThat(synchronise().moved()).isEqualTo(1);
    settle();
    // Makes the next run look at all of the folder.
    Files.createFile(root.resolve("Archive/new/1.noise"));
    settle();
    assertThat(far.mail(ARCHIVE))
        .filteredOn(mail -> mail.key().equals(moved))
        .extracting(Mail::flags)
        .isEqualTo(List.of(THIRTY));
    assertThat(file("Archive").getParent()).isDirectoryContaining("glob:**:2,z");
  }

  @Test
  void thirty_surviveALocalMove() throws IOException {
    far.create(ARCHIVE);
    settle();
    var file = file("INBOX");
    Files.move(file, root.resolve("Archive/cur").resolve(file.getFileName()));
    settle();
    assertThat(there(ARCHIVE).flags()).isEqualTo(THIRTY);
  }
}

package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Observed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changed folders are listed when they are found to have changed, and only once. */
class EarlyListingsTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");
  private static final Instant CHANGED = Instant.parse("2020-01-01T00:00:00.5Z");

  @TempDir
  Path root;

  private final AtOnce environment = new AtOnce();
  private Maildir replica;

  /** What is to be done beside is done at once. */
  private static final class AtOnce implements Environment {
    private Instant now = CHANGED.plusSeconds(1);
    private int asked;
    private Runnable whenAsked = () -> {};

    @Override
    public InstantSource clock() {
      return () -> {
        asked++;
        whenAsked.run();
        return now;
      };
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }

    @Override
    public void sleep(Duration duration) {}

    @Override
    public <T> Beside<T> beside(Task<T> task) {
      var done = Environment.super.beside(task);
      try {
        var _ = done.result();
      } catch (FaultException e) {
        throw new AssertionError(e);
      }
      return done;
    }
  }

  @BeforeEach
  void open() throws FaultException, IOException {
    replica = (Maildir) new TestMaildir(root).open(environment);
    for (var name : List.of(FolderName.INBOX, ARCHIVE)) {
      replica.create(name);
      put(name, "1.early:2,S");
    }
  }

  @AfterEach
  void close() {
    replica.close();
  }

  /** As another program does, within one tick of the clock by which directories are dated. */
  private void put(FolderName name, String file) throws IOException {
    var folder = root.resolve(name.text());
    Files.createFile(folder.resolve("cur").resolve(file));
    for (var part : List.of("new", "cur")) {
      Files.setLastModifiedTime(folder.resolve(part), FileTime.from(CHANGED));
    }
  }

  private static Map<FolderName, Observed> observedBefore(FolderName name) {
    return Map.of(name, new Observed(Maildir.GENERATION, new Checkpoint("1 0 0 before")));
  }

  private Map<MessageKey, Flags> scanned(FolderName name) throws FaultException {
    var seen = new HashMap<MessageKey, Flags>();
    assertThat(TestMaildir.scan(replica.open(name), seen).complete()).isTrue();
    return seen;
  }

  @Test
  void aChangedFolder_isNotListedAgainWhenItIsAskedFor() throws FaultException, IOException {
    assertThat(replica.folders(observedBefore(FolderName.INBOX))).hasSize(2);
    put(FolderName.INBOX, "2.unseen:2,");
    put(ARCHIVE, "2.seen:2,");
    assertThat(scanned(FolderName.INBOX))
        .isEqualTo(Map.of(new MessageKey("1.early"), Flags.of("\\Seen")));
    assertThat(scanned(ARCHIVE)).as("nobody observed it before").hasSize(2);
    assertThat(scanned(FolderName.INBOX)).as("once more").hasSize(2);
  }

  @Test
  void whatChangedSince_isSeen() throws FaultException, IOException {
    assertThat(replica.folders(observedBefore(FolderName.INBOX))).hasSize(2);
    Files.move(root.resolve("INBOX/cur/1.early:2,S"), root.resolve("INBOX/cur/1.early:2,FS"));
    assertThat(scanned(FolderName.INBOX))
        .isEqualTo(Map.of(new MessageKey("1.early"), Flags.of("\\Flagged", "\\Seen")));
  }

  @Test
  void aChangeInTheSameTick_isSeen() throws FaultException, IOException {
    environment.now = CHANGED.plusMillis(3);
    assertThat(replica.folders(observedBefore(FolderName.INBOX))).hasSize(2);
    put(FolderName.INBOX, "2.seen:2,");
    assertThat(scanned(FolderName.INBOX)).hasSize(2);
  }

  @Test
  void aFolderThatIsUnchanged_isNotListed() throws FaultException {
    var scan = TestMaildir.scan(replica.open(FolderName.INBOX), new HashMap<>());
    var checkpoint = scan.checkpoint().orElseThrow();
    environment.asked = 0;
    assertThat(
            replica.folders(Map.of(FolderName.INBOX, new Observed(Maildir.GENERATION, checkpoint))))
        .anyMatch(folder -> folder.name().equals(FolderName.INBOX) && folder.unchanged());
    assertThat(environment.asked).isZero();
  }

  @Test
  void aFolderThatGoes_isMissed_byWhomeverListsItNow() throws FaultException, IOException {
    try (var early = new EarlyListings(environment, 1)) {
      early.begin(List.of(root.resolve("gone"), root.resolve("INBOX")));
      assertThat(early.take(root.resolve("gone"))).isEmpty();
      assertThat(early.take(root.resolve("INBOX"))).isPresent();
      assertThat(early.take(root.resolve("INBOX"))).as("twice").isEmpty();
    }
  }

  @Test
  void whenEnoughIsInMemory_theNextIsListedWhenItIsAskedFor() throws IOException {
    try (var early = new EarlyListings(environment, 1)) {
      early.begin(List.of(root.resolve("INBOX"), root.resolve("Archive")));
      assertThat(environment.asked).isEqualTo(1);
      assertThat(early.take(root.resolve("Archive"))).isPresent();
      assertThat(environment.asked).isEqualTo(2);
    }
  }

  @Test
  void closed_listsNoFurther() throws IOException {
    var early = new EarlyListings(environment, 9);
    environment.whenAsked = early::close;
    early.begin(List.of(root.resolve("INBOX"), root.resolve("Archive")));
    assertThat(environment.asked).isEqualTo(1);
    assertThat(early.take(root.resolve("INBOX")))
        .as("it stopped at the next name")
        .isEmpty();
  }
}

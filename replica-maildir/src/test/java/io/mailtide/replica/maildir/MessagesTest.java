package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Environment;
import io.mailtide.engine.MessageKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rename that a listing missed, in the same tick of the file system's clock as the one before.
 */
class MessagesTest {
  private static final MessageKey KEY = new MessageKey("1.missed");
  private static final Instant TOUCHED = Instant.parse("2030-01-01T00:00:00.5Z");

  @TempDir
  Path folder;

  private final Restless environment = new Restless();

  /** While somebody waits, the missed message turns up, and the folder looks as before. */
  private final class Restless implements Environment {
    private Instant now = TOUCHED.plusMillis(3);

    @Override
    public InstantSource clock() {
      return () -> now;
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }

    @Override
    public void sleep(Duration duration) {
      now = now.plus(duration);
      try {
        Files.createFile(folder.resolve("cur/" + KEY + ":2,S"));
        touch();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void touch() throws IOException {
    for (var part : new String[] {"new", "cur"}) {
      Files.setLastModifiedTime(folder.resolve(part), FileTime.from(TOUCHED));
    }
  }

  @BeforeEach
  void create() throws IOException {
    Files.createDirectory(folder.resolve("new"));
    Files.createDirectory(folder.resolve("cur"));
    touch();
  }

  @Test
  void find_waitsUntilALaterRenameWouldShow() throws Exception {
    assertThat(new Messages(folder, new Messages.Listings(environment)).find(KEY.value()))
        .isPresent();
  }

  @Test
  void missing_waitsUntilALaterRenameWouldShow() throws Exception {
    assertThat(new Messages(folder, new Messages.Listings(environment)).missing(Set.of(KEY)))
        .isEmpty();
  }

  @Test
  void missing_ofAFolderThatIsQuiet_doesNotWait() throws Exception {
    environment.now = TOUCHED.plusMillis(20);
    assertThat(new Messages(folder, new Messages.Listings(environment)).missing(Set.of(KEY)))
        .containsExactly(KEY);
    assertThat(environment.now).isEqualTo(TOUCHED.plusMillis(20));
  }
}

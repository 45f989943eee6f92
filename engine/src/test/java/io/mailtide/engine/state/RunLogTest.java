package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.StoreStatus.LastRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of the last run, and what that costs. */
class RunLogTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123Z");

  @TempDir
  private Path directory = Path.of("");

  private Path file = directory;
  private Path times = directory;

  @BeforeEach
  void place() {
    file = directory.resolve("store.sqlite");
    times = directory.resolve("store.ran");
  }

  private static LastRun run(int minute, long copied) {
    var started = NOON.plusSeconds(minute * 60L);
    return new LastRun(started, started.plusMillis(250), "done", "", copied, 0, 0, 0, 0, 0, 0);
  }

  private void end(LastRun run) throws FaultException {
    try (var database = Database.open(file, Environment.system())) {
      new RunLog(database, times).ended(run);
    }
  }

  private LastRun last() throws FaultException {
    try (var database = Database.openToRead(file).orElseThrow()) {
      return new RunLog(database, times).last().orElseThrow();
    }
  }

  private byte[] written() throws IOException {
    return Files.readAllBytes(file);
  }

  @Test
  void aRunLikeTheOneBefore_isRemembered_andWritesNothing() throws Exception {
    end(run(0, 3));
    var before = written();
    end(run(1, 0));
    assertThat(written()).as("other counts are written down").isNotEqualTo(before);

    var modified = Files.getLastModifiedTime(file);
    var quiet = written();
    end(run(2, 0));
    assertThat(last()).isEqualTo(run(2, 0));
    assertThat(written()).isEqualTo(quiet);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(modified);
  }

  @Test
  void aRunUnlikeTheOneBefore_isRemembered_afterQuietOnes() throws Exception {
    end(run(0, 0));
    end(run(1, 0));
    end(run(2, 5));
    assertThat(last()).isEqualTo(run(2, 5));
  }

  @Test
  void aClockThatWasSetBack_isTakenAsItIs() throws Exception {
    end(run(9, 0));
    end(run(1, 0));
    assertThat(last()).isEqualTo(run(1, 0));
    end(run(0, 4));
    assertThat(last()).isEqualTo(run(0, 4));
  }

  @Test
  void whereTheTimesCannotBeKept_theyAreWrittenDown() throws Exception {
    Files.createDirectories(directory.resolve("gone"));
    times = directory.resolve("gone/away/store.ran");
    end(run(0, 0));
    end(run(1, 0));
    assertThat(last()).isEqualTo(run(1, 0));
  }

  @Test
  void timesThatCannotBeSet_areNotTakenForThoseOfALaterRun() throws Exception {
    end(run(0, 0));
    end(run(1, 0));
    Files.delete(times);
    Files.createDirectories(times.resolve("in the way"));
    Files.setLastModifiedTime(times, FileTime.from(NOON));
    end(run(2, 7));
    assertThat(last()).isEqualTo(run(2, 7));
  }
}

package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.StoreStatus.LastRun;
import io.mailtide.engine.state.State.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of the last run, and what that costs. */
class RunLogTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123Z");

  private static final Optional<Rest> REST = rest("far");
  private static final Optional<Rest> OTHER_REST = rest("other");
  private static final Fault FAULT = Fault.of(Fault.Kind.DISK, Fault.Reach.REPLICA, "", "", "");

  private static Optional<Rest> rest(String far) {
    return Optional.of(new Rest(new Appearance("near"), new Appearance(far), "job", 7));
  }

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
    end(run, Optional.empty());
  }

  private void end(LastRun run, Optional<Rest> rest) throws FaultException {
    try (var database = Database.open(file, Environment.system())) {
      new RunLog(database, times).ended(run, rest);
    }
  }

  private Optional<Rest> rest() throws FaultException {
    try (var database = Database.openToRead(file).orElseThrow()) {
      return new State(database).rest();
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
  void theRestThatItIsIn_isWrittenOnce_andStaysWhateverIsSaidOfRuns() throws Exception {
    end(run(0, 0), REST);
    assertThat(rest()).isEqualTo(REST);
    var quiet = written();
    end(run(1, 0), REST);
    assertThat(written()).isEqualTo(quiet);
    end(run(2, 5));
    assertThat(rest()).isEqualTo(REST);
    end(run(3, 5), OTHER_REST);
    assertThat(rest()).isEqualTo(OTHER_REST);
  }

  @Test
  void theRest_isOverWithTheFirstWrite_asTrulyAsThatIsWritten() throws Exception {
    end(run(0, 0), REST);
    try (var database = Database.open(file, Environment.system())) {
      assertThatThrownBy(() -> database.transaction(() -> {
            database.update("DELETE FROM folder");
            throw new FaultException(FAULT);
          }))
          .isInstanceOf(FaultException.class);
      assertThat(rest()).as("nothing was written").isEqualTo(REST);
      database.resume();
      database.later(() -> database.update("DELETE FROM folder"));
      assertThat(rest()).as("nothing is durable yet").isEqualTo(REST);
      new RunLog(database, times).ended(run(1, 0), Optional.empty());
      assertThat(rest()).isEmpty();
      new RunLog(database, times).ended(run(2, 0), REST);
      database.transaction(() -> database.update("DELETE FROM folder"));
      assertThat(rest()).as("another write of the same run").isEmpty();
    }
  }

  @Test
  void theRest_isOverWithAWriteAfterTheLastRunCouldNotBeWritten() throws Exception {
    end(run(0, 0), REST);
    try (var database = Database.open(file, Environment.system())) {
      assertThatThrownBy(() -> database.transaction(() -> {
            throw new FaultException(FAULT);
          }))
          .isInstanceOf(FaultException.class);
      var log = new RunLog(database, times);
      assertThatThrownBy(() -> log.ended(run(1, 4), REST)).isInstanceOf(FaultException.class);
      database.resume();
      database.transaction(() -> database.update("DELETE FROM folder"));
    }
    assertThat(rest()).isEmpty();
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

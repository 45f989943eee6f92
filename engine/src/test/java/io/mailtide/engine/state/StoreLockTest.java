package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may come to a state, and who may look at it. */
class StoreLockTest {
  @TempDir
  private Path directory = Path.of("");

  private StoreLock take(Path directory) throws FaultException {
    return StoreLock.take(directory, "store");
  }

  private void assertBusy(Path directory) {
    var thrown = catchThrowableOfType(FaultException.class, () -> take(directory));
    assertThat(thrown.fault().kind()).isEqualTo(Kind.BUSY);
  }

  /** Whether the system knows of the lock: other processes see only that. */
  private boolean isLocked() throws IOException {
    var inode = ":" + Files.getAttribute(directory.resolve("store.lock"), "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(line -> line.contains("POSIX") && line.contains(inode));
  }

  @Test
  @SuppressWarnings("try") // the lock is held, not used
  void takenAgainByTheSameProcess_itIsBusy_andStaysLockedForOthers() throws Exception {
    var link = Files.createSymbolicLink(directory.resolve("link"), directory);
    try (var lock = take(directory)) {
      assertThat(isLocked()).isTrue();
      assertBusy(directory);
      assertBusy(link);
      assertThat(isLocked())
          .as("Java lets go of it when a second channel is closed")
          .isTrue();
    }
    assertThat(isLocked()).isFalse();
    take(link).close();
  }

  @Test
  @SuppressWarnings("try")
  void whatIsMade_isSeenByItsOwnerAlone() throws Exception {
    var state = directory.resolve("a/state");
    try (var lock = take(state);
        var database = Database.open(state.resolve("store.sqlite"), Environment.system())) {
      database.transaction(() -> database.update("CREATE TABLE x (y)"));
      assertThat(rights(state)).isEqualTo("rwx------");
      try (var files = Files.list(state)) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(file -> assertThat(rights(file)).isEqualTo("rw-------"));
      }
    }
    try (var database =
        Database.openOutbox(directory.resolve("b/_outbox.sqlite"), Environment.system())) {
      assertThat(rights(directory.resolve("b"))).isEqualTo("rwx------");
      assertThat(rights(directory.resolve("b/_outbox.sqlite"))).isEqualTo("rw-------");
    }
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the database itself may refuse. */
class DatabaseTest {
  @TempDir
  private Path directory = Path.of("");

  private Database open() throws FaultException {
    return Database.open(directory.resolve("store.sqlite"), Environment.system());
  }

  private static void assertFault(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(kind));
  }

  @Test
  void aFullDisk_isCalledThat_andIsOverOnceThereIsRoom() throws FaultException {
    try (var database = open()) {
      database.transaction(() -> database.update("CREATE TABLE filler (bytes)"));
      pages(database, 60);
      assertFault(
          Kind.DISK_FULL,
          () -> database.transaction(() -> {
            for (var i = 0; i < 100; i++) {
              database.update("INSERT INTO filler VALUES (randomblob(10000))");
            }
          }));
      pages(database, 10_000);
      database.resume();
      database.transaction(() -> database.update("INSERT INTO filler VALUES (1)"));
      assertThat(database.exists("SELECT 1 FROM filler WHERE bytes = 1")).isTrue();
      assertThat(database.exists("SELECT 1 FROM filler WHERE bytes <> 1")).isFalse();
    }
  }

  private static void pages(Database database, int most) throws FaultException {
    database.exists("PRAGMA max_page_count = " + most);
  }

  @Test
  void openCopy_ofANewerState_orOneThatIsNone_isRefusedLikeTheState() throws FaultException {
    var file = directory.resolve("store.sqlite");
    try (var database = open()) {
      database.transaction(() -> database.update("PRAGMA user_version = 999"));
    }
    assertFault(Kind.STATE_NEWER, () -> Database.openCopy(file));
    assertThat(file).exists();
    var other = directory.resolve("other.sqlite");
    try (var database = Database.open(other, Environment.system())) {
      database.transaction(() -> database.update("PRAGMA application_id = 7"));
    }
    assertFault(Kind.STATE_DAMAGED, () -> Database.openCopy(other));
  }
}

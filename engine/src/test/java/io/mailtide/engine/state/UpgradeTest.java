package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that an earlier version wrote is taken over as it is. */
class UpgradeTest {
  /** What takes each format back to the one before, the newest first. */
  private static final List<String> BACK = List.of(
      "DROP TABLE rest",
      "DROP INDEX message_content",
      "ALTER TABLE message DROP COLUMN content",
      "ALTER TABLE message DROP COLUMN far_size",
      "DROP TABLE removing",
      "PRAGMA user_version=1");

  @TempDir
  Path directory;

  private Path file;

  /** A state of the first format, with a message in it. */
  @BeforeEach
  void writeTheFirstFormat() throws FaultException, SQLException {
    file = directory.resolve("work.sqlite");
    try (var database = Database.open(file, Environment.system())) {
      var folder = new State(database).add(FolderName.INBOX);
      database.transaction(() -> database.update(
          "INSERT INTO message (folder, near, far, near_flags, far_flags, size, digest)"
              + " VALUES (?, 'a', 7, '', '', 10, x'00')",
          folder.id()));
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      for (var sql : BACK) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> columns(Database database) throws FaultException {
    return database.read(() -> {
      var found = new ArrayList<String>();
      try (var rows = database.query("""
          SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
          WHERE t.type = 'table' ORDER BY t.name, c.cid""")) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    });
  }

  private void assertTakenOver(Database database) throws FaultException {
    try (var fresh = Database.open(directory.resolve("new.sqlite"), Environment.system())) {
      assertThat(columns(database)).isEqualTo(columns(fresh));
    }
    assertThat(new State(database).messages()).isEqualTo(1);
    var sizes = new FarContents(database);
    assertThat(sizes.mayBe(1, 10)).isTrue();
    assertThat(sizes.mayBe(1, 11)).as("no size was kept then").isTrue();
  }

  @Test
  void open_firstFormat_isBroughtUpToDateOnce() throws FaultException {
    for (var time = 0; time < 2; time++) {
      try (var database = Database.open(file, Environment.system())) {
        assertTakenOver(database);
      }
    }
  }

  @Test
  void openCopy_firstFormat_isTakenOver() throws FaultException {
    try (var database = Database.openCopy(file)) {
      assertTakenOver(database);
    }
  }
}

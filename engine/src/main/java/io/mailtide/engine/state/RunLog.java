package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.StoreStatus.LastRun;
import io.mailtide.engine.state.State.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The last run that ended, for {@code status}. Where nothing else is to be said of it than of the
 * one that is written down, only an empty file is given its times: so a run that finds nothing to
 * do waits for no disk.
 */
public final class RunLog {
  private final Database database;
  private final Path times;

  /** @param times that file: last accessed when the run began, last modified when it ended */
  public RunLog(Database database, Path times) {
    this.database = database;
    this.times = times;
  }

  /**
   * Remembers a run in place of the one before; all that waited to be written is durable then.
   *
   * @param rest in which the run found or left the store; absent: in none
   */
  public void ended(LastRun run, Optional<Rest> rest) throws FaultException {
    var before = recorded();
    if (before.isPresent()
        && (rest.isEmpty() || rest.equals(new State(database).rest()))
        && before.get().ended().isBefore(run.ended())
        && before.get().at(run.started(), run.ended()).equals(run)
        && touch(run)) {
      database.aside(() -> {});
      return;
    }
    database.aside(() -> {
      write(run);
      if (rest.isPresent()) {
        database.update(
            "INSERT OR REPLACE INTO rest VALUES (1, ?, ?, ?, ?)",
            rest.get().near().value(),
            rest.get().far().value(),
            rest.get().job(),
            rest.get().folders());
      }
    });
    forgetTimes();
  }

  private void write(LastRun run) throws SQLException {
    database.update(
        "INSERT OR REPLACE INTO last_run VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        run.started().toEpochMilli(),
        run.ended().toEpochMilli(),
        run.result(),
        run.detail(),
        run.copied(),
        run.sent(),
        run.moved(),
        run.flagged(),
        run.removed(),
        run.failed(),
        run.withheld());
  }

  private boolean touch(LastRun run) {
    try {
      StoreLock.makeFile(times);
      Files.getFileAttributeView(times, BasicFileAttributeView.class)
          .setTimes(FileTime.from(run.ended()), FileTime.from(run.started()), null);
      return true;
    } catch (IOException e) {
      return false; // then they are written down
    }
  }

  /** Those before the clock was set back would seem to be later. */
  private void forgetTimes() {
    try {
      Files.deleteIfExists(times);
    } catch (IOException e) {
      System.getLogger(RunLog.class.getName())
          .log(System.Logger.Level.DEBUG, "deleting " + times, e);
    }
  }

  /** The last run that ended, if any did. */
  public Optional<LastRun> last() throws FaultException {
    var recorded = recorded();
    if (recorded.isEmpty()) {
      return recorded;
    }
    try {
      var since = Files.readAttributes(times, BasicFileAttributes.class);
      var ended = since.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MILLIS);
      var started = since.lastAccessTime().toInstant().truncatedTo(ChronoUnit.MILLIS);
      return ended.isAfter(recorded.get().ended())
          ? Optional.of(recorded.get().at(started.isBefore(ended) ? started : ended, ended))
          : recorded;
    } catch (IOException e) {
      return recorded;
    }
  }

  private Optional<LastRun> recorded() throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT * FROM last_run")) {
        return rows.next()
            ? Optional.of(new LastRun(
                Instant.ofEpochMilli(rows.getLong("started")),
                Instant.ofEpochMilli(rows.getLong("ended")),
                rows.getString("result"),
                rows.getString("detail"),
                rows.getLong("copied"),
                rows.getLong("sent"),
                rows.getLong("moved"),
                rows.getLong("flagged"),
                rows.getLong("removed"),
                rows.getLong("failed"),
                rows.getLong("withheld")))
            : Optional.empty();
      }
    });
  }
}

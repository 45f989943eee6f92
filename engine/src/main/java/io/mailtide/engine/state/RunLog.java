package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.StoreStatus.LastRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The last run that ended, for {@code status}. An empty file has its times, so that a run of which
 * nothing else is to be said than of the one before writes nothing, and waits for no disk.
 */
public final class RunLog {
  private final Database database;
  private final Path times;

  /** @param times that file: last accessed when the run began, last modified when it ended */
  public RunLog(Database database, Path times) {
    this.database = database;
    this.times = times;
  }

  /** Remembers a run in place of the one before; all that waited to be written is durable then. */
  public void ended(LastRun run) throws FaultException {
    var before = recorded();
    boolean timed = touch(run);
    if (timed
        && before.isPresent()
        && before.get().at(run.started(), run.ended()).equals(run)) {
      database.transaction(() -> {});
      return;
    }
    database.transaction(() -> database.update(
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
        run.withheld()));
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
      return Optional.of(recorded.get().at(started.isBefore(ended) ? started : ended, ended));
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

package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.StoreStatus.LastRun;
import java.time.Instant;
import java.util.Optional;

/** The last run that ended, for {@code status}. */
public final class RunLog {
  private final Database database;

  public RunLog(Database database) {
    this.database = database;
  }

  /** Remembers a run in place of the one before. */
  public void ended(LastRun run) throws FaultException {
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

  /** The last run that ended, if any did. */
  public Optional<LastRun> last() throws FaultException {
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

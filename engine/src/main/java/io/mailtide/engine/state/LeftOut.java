package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.state.State.Folder;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Messages of one side that were not carried across, for they are too large or too old: remembered,
 * so that they are found again without observing everything when the limits are widened.
 */
public final class LeftOut {
  private static final String UNFIT = """
      (coalesce(%1$s > (SELECT bytes FROM temp.bounds), 0)
        OR coalesce(%2$s < (SELECT arrived FROM temp.bounds), 0))""";

  /** A row of {@code left_out}, called o, is beyond the limits. */
  static final String REMEMBERED_UNFIT = UNFIT.formatted("o.size", "o.arrived");

  private static final String SIZE = "coalesce(c.size, s.size, o.size)";
  private static final String ARRIVED = "coalesce(s.arrived, c.arrived, o.arrived)";

  /** What was seen, of which the scan of changes alone may tell no more than flags, is so. */
  static final String SEEN_UNFIT = UNFIT.formatted(SIZE, ARRIVED);

  private final Database database;

  /** Whether none is remembered and none will be in this run: the common case costs nothing. */
  private boolean none;

  public LeftOut(Database database) {
    this.database = database;
  }

  /** Sets this run's limits; absent: none. */
  public void limit(OptionalLong bytesMax, Optional<Instant> arrivedMin) throws FaultException {
    database.later(() -> {
      database.update("DELETE FROM temp.bounds");
      database.update(
          "INSERT INTO temp.bounds VALUES (?, ?)",
          bytesMax.isPresent() ? bytesMax.getAsLong() : null,
          arrivedMin.map(Instant::toEpochMilli).orElse(null));
    });
    none = bytesMax.isEmpty()
        && arrivedMin.isEmpty()
        && !database.exists("SELECT 1 FROM left_out LIMIT 1");
  }

  /** Whether messages of a folder were left out that are within the limits now. */
  public boolean due(Folder folder) throws FaultException {
    return !none
        && database.exists(
            "SELECT 1 FROM left_out o WHERE o.folder = ? AND NOT " + REMEMBERED_UNFIT + " LIMIT 1",
            folder.id());
  }

  /** Whether messages of a side of a folder are left out. */
  public boolean any(Folder folder, Side side) throws FaultException {
    return !none
        && database.exists(
            "SELECT 1 FROM left_out WHERE folder = ? AND side = ? LIMIT 1",
            folder.id(),
            State.number(side));
  }

  /**
   * Brings those that are within the limits now among those seen, and forgets those that are gone.
   */
  public void rejoin(Folder folder, Side side, boolean complete) throws FaultException {
    if (none) {
      return;
    }
    var gone = complete
        ? "key NOT IN (SELECT key FROM temp.seen WHERE folder = ?1 AND side = ?2)"
        : "key IN (SELECT key FROM temp.gone WHERE folder = ?1 AND side = ?2)";
    database.later(() -> {
      database.update(
          "DELETE FROM left_out WHERE folder = ?1 AND side = ?2 AND " + gone,
          folder.id(),
          State.number(side));
      database.update(
          "INSERT OR IGNORE INTO temp.seen (folder, side, key, flags, size, arrived)"
              + " SELECT o.folder, o.side, o.key, o.flags, o.size, o.arrived FROM left_out o"
              + " WHERE o.folder = ?1 AND o.side = ?2 AND NOT " + REMEMBERED_UNFIT,
          folder.id(),
          State.number(side));
    });
  }

  /** Remembers what was seen in a folder and is left out. */
  public void remember(Folder folder) throws FaultException {
    if (none) {
      return;
    }
    database.later(() -> {
      for (var side : Side.values()) {
        database.update(
            "INSERT OR REPLACE INTO left_out SELECT s.folder, s.side, s.key, s.flags, "
                + SIZE + ", " + ARRIVED + " " + Observations.UNKNOWN.formatted(State.column(side))
                + " AND " + SEEN_UNFIT + " AND (o.key IS NULL OR o.flags <> s.flags)",
            folder.id(),
            State.number(side));
      }
    });
  }

  /** Forgets a message that is gone. */
  public void forget(Folder folder, Side side, MessageKey key) throws FaultException {
    database.later(() -> database.update(
        "DELETE FROM left_out WHERE folder = ? AND side = ? AND key = ?",
        folder.id(),
        State.number(side),
        key));
  }

  /** How many messages are left out, by this run's limits. */
  public long count() throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT count(*) FROM left_out o WHERE " + REMEMBERED_UNFIT)) {
        rows.next();
        return rows.getLong(1);
      }
    });
  }
}

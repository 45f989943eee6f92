package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.engine.state.State.Folder;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;

/** Takes in one side of a folder. Close it to have all of it counted. */
public final class Recorder implements Observer, AutoCloseable {
  private static final int BATCH = 500;

  /** What a scan that saw everything did not see. */
  private static final String UNSEEN = """
      INSERT OR IGNORE INTO temp.gone
      SELECT m.folder, ?, m.%1$s FROM message m
      WHERE m.folder = ? AND m.%1$s IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM temp.seen s
        WHERE s.folder = m.folder AND s.side = ? AND s.key = m.%1$s)%2$s""";

  private final Database database;
  private final Folder folder;
  private final Side side;
  private final boolean wantsArrival;
  private final boolean onlyNews;
  private final List<Sighting> seen = new ArrayList<>();
  private final List<MessageKey> gone = new ArrayList<>();

  /** The state's numbers of messages that are as agreed, and so no news. */
  private final BitSet asAgreed = new BitSet();

  /** @param onlyNews whether what is as agreed is to be passed over: for the near side */
  Recorder(Database database, Folder folder, Side side, boolean wantsArrival, boolean onlyNews) {
    this.database = database;
    this.folder = folder;
    this.side = side;
    this.wantsArrival = wantsArrival;
    this.onlyNews = onlyNews;
  }

  @Override
  public void present(Sighting sighting) throws FaultException {
    seen.add(sighting);
    if (seen.size() >= BATCH) {
      flush();
    }
  }

  @Override
  public void vanished(MessageKey key) throws FaultException {
    gone.add(key);
    if (gone.size() >= BATCH) {
      flush();
    }
  }

  @Override
  public boolean wantsArrival() {
    return wantsArrival;
  }

  private void flush() throws FaultException {
    database.later(() -> {
      for (var sighting : seen) {
        if (onlyNews && isAsAgreed(sighting)) {
          continue;
        }
        database.update(
            "INSERT OR REPLACE INTO temp.seen VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            folder.id(),
            State.number(side),
            sighting.key(),
            sighting.flags().toString(),
            sighting.size().isPresent() ? sighting.size().getAsLong() : null,
            sighting.arrived().map(Instant::toEpochMilli).orElse(null),
            sighting.headersOnly() ? 1 : 0,
            sighting.content().map(ContentId::value).orElse(null));
      }
      for (var key : gone) {
        database.update(
            "INSERT OR IGNORE INTO temp.gone VALUES (?, ?, ?)",
            folder.id(),
            State.number(side),
            key);
      }
    });
    seen.clear();
    gone.clear();
  }

  private boolean isAsAgreed(Sighting sighting) throws SQLException {
    var sql = """
        SELECT id FROM message WHERE folder = ? AND near = ? AND near_flags = ?
          AND headers = ? AND far IS NOT NULL AND untied = 0""";
    try (var rows = database.query(
        sql,
        folder.id(),
        sighting.key(),
        sighting.flags().toString(),
        sighting.headersOnly() ? 1 : 0)) {
      if (!rows.next() || rows.getLong(1) > Integer.MAX_VALUE) {
        return false;
      }
      asAgreed.set(rows.getInt(1));
      return true;
    }
  }

  /**
   * The scan is over.
   *
   * @param complete whether what was not seen is gone
   */
  public void finish(boolean complete) throws FaultException {
    flush();
    if (complete) {
      database.later(() -> {
        database.update(
            "DELETE FROM temp.gone WHERE folder = ? AND side = ?", folder.id(), State.number(side));
        if (asAgreed.isEmpty()) {
          database.update(
              UNSEEN.formatted(State.column(side), ""),
              State.number(side),
              folder.id(),
              State.number(side));
        } else {
          missing();
        }
      });
    }
  }

  private void missing() throws SQLException {
    var unmarked = LongStream.builder();
    var sql = "SELECT id FROM message WHERE folder = ? AND near IS NOT NULL";
    try (var rows = database.query(sql, folder.id())) {
      while (rows.next()) {
        var row = rows.getLong(1);
        if (row > Integer.MAX_VALUE || !asAgreed.get((int) row)) {
          unmarked.add(row);
        }
      }
    }
    for (var row : unmarked.build().toArray()) {
      database.update(
          UNSEEN.formatted(State.column(side), " AND m.id = ?"),
          State.number(side),
          folder.id(),
          State.number(side),
          row);
    }
  }

  @Override
  public void close() {
    seen.clear();
    gone.clear();
  }
}

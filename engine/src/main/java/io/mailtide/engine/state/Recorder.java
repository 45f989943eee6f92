package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.engine.state.Schema.BySide;
import io.mailtide.engine.state.State.Folder;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.stream.LongStream;

/** Takes in one side of a folder. Close it to have all of it counted. */
public final class Recorder implements Observer, AutoCloseable {
  private static final int BATCH = 500;

  /**
   * So many are brought into the order of the index before they are compared: directories are
   * listed in no order, and each look at another page of a large state costs more than all else.
   */
  private static final int ORDERED = 50_000;

  /** What a scan that saw everything did not see. */
  private static final BySide UNSEEN = BySide.of("""
      INSERT OR IGNORE INTO temp.gone
      SELECT m.folder, ?, m.%1$s FROM message m
      WHERE m.folder = ? AND m.%1$s IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM temp.seen s
        WHERE s.folder = m.folder AND s.side = ? AND s.key = m.%1$s)""");

  /** Of keys in a JSON array, those whose messages are as agreed; and how many these are. */
  private static final String AGREED = """
      SELECT group_concat(m.id), count(*) FROM json_each(?1) j
      CROSS JOIN message m INDEXED BY message_near ON m.folder = ?2 AND m.near = j.value
      WHERE m.near_flags = ?3 AND m.headers = ?4 AND m.far IS NOT NULL AND m.untied = 0
        AND m.id <= 2147483647""";

  /** The places in the array of all others. */
  private static final String NOT_AGREED = """
      SELECT j.key FROM json_each(?1) j WHERE NOT EXISTS (
        SELECT 1 FROM message m INDEXED BY message_near WHERE m.folder = ?2 AND m.near = j.value
          AND m.near_flags = ?3 AND m.headers = ?4 AND m.far IS NOT NULL AND m.untied = 0
          AND m.id <= 2147483647)""";

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
    if (seen.size() >= (onlyNews ? ORDERED : BATCH)) {
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
      for (var sighting : onlyNews ? news() : seen) {
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

  /** What was seen and is not as agreed. */
  private List<Sighting> news() throws SQLException {
    seen.sort((one, other) -> one.key().value().compareTo(other.key().value()));
    var alike = new HashMap<String, List<Sighting>>();
    for (var sighting : seen) {
      var flags = sighting.flags().toString();
      alike
          .computeIfAbsent(sighting.headersOnly() ? flags + '\n' : flags, _ -> new ArrayList<>())
          .add(sighting);
    }
    var news = new ArrayList<Sighting>();
    for (var some : alike.values()) {
      for (int from = 0; from < some.size(); from += BATCH) {
        addNews(some.subList(from, Math.min(some.size(), from + BATCH)), news);
      }
    }
    return news;
  }

  /**
   * Adds those that are not as agreed. Asked for many at once: most of a large folder is, and to go
   * to SQLite and back for each message takes longer than all that SQLite does there.
   *
   * @param some all with the same flags, and all whole or none
   */
  private void addNews(List<Sighting> some, List<Sighting> news) throws SQLException {
    var first = some.getFirst();
    var asked = new Object[] {
      array(some), folder.id(), first.flags().toString(), first.headersOnly() ? 1 : 0
    };
    try (var rows = database.query(AGREED, asked)) {
      rows.next();
      if (rows.getInt(2) > 0) {
        for (var row : rows.getString(1).split(",", -1)) {
          asAgreed.set(Integer.parseInt(row));
        }
      }
      if (rows.getInt(2) == some.size()) {
        return;
      }
    }
    try (var rows = database.query(NOT_AGREED, asked)) {
      while (rows.next()) {
        news.add(some.get(rows.getInt(1)));
      }
    }
  }

  /** Their keys as a JSON array, numbers as they are stored. */
  private static String array(List<Sighting> sightings) {
    var json = new StringBuilder("[");
    for (var sighting : sightings) {
      json.append(json.length() > 1 ? "," : "");
      if (Schema.stored(sighting.key()) instanceof String text) {
        quote(text, json.append('"'));
        json.append('"');
      } else {
        json.append(sighting.key().value());
      }
    }
    return json.append(']').toString();
  }

  private static void quote(String text, StringBuilder to) {
    var from = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        to.append(text, from, i).append("\\u%04x".formatted((int) c));
        from = i + 1;
      }
    }
    to.append(text, from, text.length());
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
          database.update(UNSEEN.of(side), State.number(side), folder.id(), State.number(side));
        } else {
          missing();
        }
      });
    }
  }

  private void missing() throws SQLException {
    try (var rows = database.query(
        "SELECT count(*) FROM message WHERE folder = ? AND near IS NOT NULL", folder.id())) {
      rows.next();
      if (rows.getLong(1) == asAgreed.cardinality()) {
        return;
      }
    }
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
          UNSEEN.of(side) + " AND m.id = ?",
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

package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.engine.plan.Trio;
import io.mailtide.engine.state.Schema.BySide;
import io.mailtide.engine.state.State.Folder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What this run has seen on both sides, and where it differs from what was agreed.
 *
 * <p>Sightings go to temporary tables, not to the heap: the comparison is a join, and only what
 * differs comes up. So memory grows with what changed and not with what is there, but for some
 * bytes for each message of a local folder while that is listed.
 */
public final class Observations {
  private final Database database;

  public Observations(Database database) {
    this.database = database;
  }

  /**
   * Begins to take in one side of a folder.
   *
   * @param wantsArrival whether times of arrival are wanted too
   */
  public Recorder record(Folder folder, Side side, boolean wantsArrival) {
    return new Recorder(database, folder, side, wantsArrival, false);
  }

  /**
   * Begins to take in the near side of a folder, but for what is there as it was agreed on: of a
   * scan that lists everything, that is nearly all.
   *
   * @param wantsArrival whether times of arrival are wanted too
   */
  public Recorder recordNews(Folder folder, boolean wantsArrival) {
    return new Recorder(database, folder, Side.NEAR, wantsArrival, true);
  }

  /** Forgets all that was seen, for a new start. */
  public void clear() throws FaultException {
    database.later(() -> {
      database.update("DELETE FROM temp.seen");
      database.update("DELETE FROM temp.gone");
      database.update("DELETE FROM temp.content");
      database.update("DELETE FROM temp.claimed");
    });
  }

  /** Takes back that these were gone: they are there after all. */
  public void stillThere(Folder folder, Side side, List<MessageKey> keys) throws FaultException {
    database.later(() -> {
      for (var key : keys) {
        database.update(
            "DELETE FROM temp.gone WHERE folder = ? AND side = ? AND key = ?",
            folder.id(),
            State.number(side),
            key);
      }
    });
  }

  /** The agreed messages that one side at least shows otherwise than agreed. */
  public List<Trio> differences(Folder folder) throws FaultException {
    return database.read(() -> {
      var trios = new LinkedHashMap<Long, Trio>();
      var spelled = new HashMap<String, Flags>();
      for (var side : Side.values()) {
        collect(trios, SHOWN_OTHERWISE.of(side), folder, side, spelled);
        collect(trios, NOT_SHOWN.of(side), folder, side, spelled);
      }
      return List.copyOf(trios.values());
    });
  }

  /** Agreed messages that a side does not show, by their keys there. */
  public Set<MessageKey> missing(Folder folder, Side side) throws FaultException {
    return new HashSet<>(database.keys(MISSING.of(side), folder.id(), State.number(side)));
  }

  /** @param spelled flags by their text: many messages have the same */
  private void collect(
      Map<Long, Trio> trios, String sql, Folder folder, Side side, Map<String, Flags> spelled)
      throws SQLException {
    try (var rows = database.query(sql, folder.id(), State.number(side))) {
      while (rows.next()) {
        var row = rows.getLong("id");
        var known = trios.get(row);
        var trio = known == null ? agreed(rows, spelled) : known;
        var flags = rows.getString("now");
        var now = flags == null
            ? new Trio.Absent()
            : new Trio.Present(spelled.computeIfAbsent(flags, Flags::parse));
        var part = new Trio.Part(trio.part(side).key(), trio.part(side).agreed(), now);
        trios.put(
            row,
            side == Side.NEAR ? new Trio(row, part, trio.far()) : new Trio(row, trio.near(), part));
      }
    }
  }

  /** The message as agreed; a side that it is not tied to does not show it. */
  private static Trio agreed(ResultSet rows, Map<String, Flags> spelled) throws SQLException {
    return new Trio(rows.getLong("id"), part(rows, "near", spelled), part(rows, "far", spelled));
  }

  private static Trio.Part part(ResultSet rows, String side, Map<String, Flags> spelled)
      throws SQLException {
    var key = Optional.ofNullable(rows.getString(side)).map(MessageKey::new);
    var flags = spelled.computeIfAbsent(rows.getString(side + "_flags"), Flags::parse);
    return new Trio.Part(key, flags, key.isPresent() ? new Trio.Present(flags) : new Trio.Absent());
  }

  private static final String GONE = """
      FROM temp.gone g JOIN message m ON m.folder = g.folder AND m.%1$s = g.key
      WHERE g.folder = ? AND g.side = ?
      """;

  private static final BySide MISSING = BySide.of("SELECT g.key " + GONE);

  private static final BySide SHOWN_OTHERWISE = BySide.of("""
      SELECT m.id, m.near, m.far, m.near_flags, m.far_flags, s.flags AS now
      FROM temp.seen s JOIN message m ON m.folder = s.folder AND m.%1$s = s.key
      WHERE s.folder = ? AND s.side = ? AND s.flags <> m.%1$s_flags""");

  private static final BySide NOT_SHOWN =
      BySide.of("SELECT m.id, m.near, m.far, m.near_flags, m.far_flags, NULL AS now " + GONE);

  /** Never agreed on. A copy of a header-only message is nothing to send, whatever its name. */
  static final String UNKNOWN = """
      FROM temp.seen s
      LEFT JOIN temp.content c ON c.folder = s.folder AND c.side = s.side AND c.key = s.key
      LEFT JOIN left_out o ON o.folder = s.folder AND o.side = s.side AND o.key = s.key
      WHERE s.folder = ? AND s.side = ?
        AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = s.folder AND m.%1$s = s.key)
        AND NOT EXISTS (SELECT 1 FROM temp.claimed x
          WHERE x.folder = s.folder AND x.side = s.side AND x.key = s.key)
        AND NOT (s.side = 0 AND EXISTS (SELECT 1 FROM upload u
          WHERE u.folder = s.folder AND u.near = s.key AND u.stored = 1))
        AND NOT (s.side = 1 AND EXISTS (SELECT 1 FROM intent i
          WHERE i.folder = s.folder AND i.far = s.key))
        AND s.headers = 0
        AND NOT (s.side = 0 AND EXISTS (SELECT 1 FROM message h
          WHERE h.headers = 1 AND h.digest = c.digest))
      """;

  private static final String NOT_WAITING = """
        AND NOT EXISTS (SELECT 1 FROM ledger l JOIN folder f ON f.name = l.folder
          WHERE f.id = s.folder AND l.side = s.side AND l.key = s.key AND l.next_try > ?)
      """;

  private static final String MAY_BE_COPIED =
      UNKNOWN + NOT_WAITING + " AND NOT " + LeftOut.SEEN_UNFIT;

  private static final BySide AMOUNT =
      BySide.of("SELECT count(*), total(coalesce(c.size, s.size)) " + MAY_BE_COPIED);

  private static final BySide TO_COPY =
      BySide.of("SELECT s.key, s.flags, coalesce(c.size, s.size), s.content " + MAY_BE_COPIED
          + " AND s.key > ? ORDER BY s.key LIMIT ?");

  /** How many messages, and how many bytes in all as far as their sizes are known. */
  public record Amount(long messages, long bytes) {
    public static final Amount NONE = new Amount(0, 0);
  }

  /** How much of that may be copied across now. */
  public Amount toCopy(Folder folder, Side from, Instant now) throws FaultException {
    return database.read(() -> {
      try (var rows =
          database.query(AMOUNT.of(from), folder.id(), State.number(from), now.toEpochMilli())) {
        rows.next();
        return new Amount(rows.getLong(1), rows.getLong(2));
      }
    });
  }

  /** The next of those, in order of their keys. */
  public List<Sighting> toCopy(
      Folder folder, Side from, Instant now, Optional<MessageKey> after, int limit)
      throws FaultException {
    return database.read(() -> sightings(database.query(
        TO_COPY.of(from),
        folder.id(),
        State.number(from),
        now.toEpochMilli(),
        Database.after(after),
        limit)));
  }

  /** Keeps a message from being copied: it is spoken for otherwise. */
  public void claim(Folder folder, Side side, MessageKey key) throws FaultException {
    database.later(() -> database.update(
        "INSERT OR IGNORE INTO temp.claimed VALUES (?, ?, ?)",
        folder.id(),
        State.number(side),
        key));
  }

  /** How many near messages of a folder are spoken for, and not in step yet. */
  public long held(Folder folder) throws FaultException {
    var sql = """
        SELECT count(*) FROM temp.claimed x
        JOIN temp.seen s ON s.folder = x.folder AND s.side = x.side AND s.key = x.key
        WHERE x.folder = ? AND x.side = 0
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = x.folder AND m.near = x.key)
          AND NOT EXISTS (SELECT 1 FROM ledger l
            WHERE l.folder = ? AND l.side = 0 AND l.key = x.key)""";
    return database.read(() -> {
      try (var rows = database.query(sql, folder.id(), folder.name().text())) {
        rows.next();
        return rows.getLong(1);
      }
    });
  }

  /** A message is not there, though a scan has shown it. */
  public void gone(Folder folder, Side side, MessageKey key) throws FaultException {
    database.later(() -> {
      database.update(
          "DELETE FROM temp.seen WHERE folder = ? AND side = ? AND key = ?",
          folder.id(),
          State.number(side),
          key);
      database.update(
          "INSERT OR IGNORE INTO temp.gone VALUES (?, ?, ?)", folder.id(), State.number(side), key);
    });
  }

  /** A near message is in another folder now, under another key, with these flags. */
  public void moved(Folder from, MessageKey key, Folder to, MessageKey there, Flags flags)
      throws FaultException {
    database.later(() -> {
      database.update(
          "UPDATE OR REPLACE temp.seen SET folder = ?, key = ?, flags = ?"
              + " WHERE folder = ? AND side = 0 AND key = ?",
          to.id(),
          there,
          flags.toString(),
          from.id(),
          key);
      database.update(
          "UPDATE OR REPLACE temp.content SET folder = ?, key = ?"
              + " WHERE folder = ? AND side = 0 AND key = ?",
          to.id(),
          there,
          from.id(),
          key);
    });
  }

  /** What a side shows of a message, if it showed it. */
  public Optional<Sighting> seen(Folder folder, Side side, MessageKey key) throws FaultException {
    return database
        .read(() -> sightings(database.query(
            "SELECT key, flags, size, content FROM temp.seen"
                + " WHERE folder = ? AND side = ? AND key = ?",
            folder.id(),
            State.number(side),
            key)))
        .stream()
        .findFirst();
  }

  /** Forgets what was seen of one side of a folder, to observe it again. */
  public void clear(Folder folder, Side side) throws FaultException {
    database.later(() -> {
      for (var table : List.of("seen", "gone", "content")) {
        database.update(
            "DELETE FROM temp.%s WHERE folder = ? AND side = ?".formatted(table),
            folder.id(),
            State.number(side));
      }
    });
  }

  private static List<Sighting> sightings(ResultSet rows) throws SQLException {
    try (rows) {
      var sightings = new ArrayList<Sighting>();
      while (rows.next()) {
        var stated = rows.getLong(3);
        var size = rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(stated);
        sightings.add(new Sighting(
            new MessageKey(rows.getString(1)),
            Flags.parse(rows.getString(2)),
            size,
            Optional.empty(),
            false,
            Optional.ofNullable(rows.getString(4)).map(ContentId::new)));
      }
      return sightings;
    }
  }
}

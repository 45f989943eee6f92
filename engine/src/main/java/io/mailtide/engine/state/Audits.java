package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.Observations.Amount;
import io.mailtide.engine.state.State.Folder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an audit has read of both sides, and the differences: joins over temporary tables, so that
 * memory does not grow with what is there. To be used on a copy of a store's state.
 */
public final class Audits {
  private final Database database;

  /** @param copy its observations must be empty */
  public Audits(Database copy) throws FaultException {
    this.database = copy;
    database.later(() -> {
      database.update("""
          CREATE TEMP TABLE news (
            folder INTEGER NOT NULL, side INTEGER NOT NULL, key NOT NULL,
            PRIMARY KEY (folder, side, key)) WITHOUT ROWID""");
      database.update("""
          CREATE TEMP TABLE loose (
            folder INTEGER NOT NULL, side INTEGER NOT NULL, key NOT NULL,
            digest BLOB NOT NULL, message INTEGER, alone INTEGER NOT NULL,
            place INTEGER NOT NULL,
            PRIMARY KEY (folder, side, key)) WITHOUT ROWID""");
      database.update("CREATE INDEX temp.loose_digest ON loose (digest)");
    });
  }

  /** Takes in what an ordinary run would find changed. */
  public Observer news(Folder folder, Side side) {
    return new Observer() {
      @Override
      public void present(Sighting sighting) throws FaultException {
        vanished(sighting.key());
      }

      @Override
      public void vanished(MessageKey key) throws FaultException {
        database.later(() -> database.update(
            "INSERT OR IGNORE INTO temp.news VALUES (?, ?, ?)",
            folder.id(),
            State.number(side),
            key));
      }
    };
  }

  /** An ordinary run would look at all of that side. */
  public void allNews(Folder folder, Side side) throws FaultException {
    database.later(() -> database.update(
        "INSERT OR IGNORE INTO temp.news"
            + " SELECT folder, side, key FROM temp.seen WHERE folder = ? AND side = ?",
        folder.id(),
        State.number(side)));
  }

  /** The keys of a side mean nothing any more, so nothing is tied. */
  public void untieAll(Folder folder) throws FaultException {
    database.later(() -> database.update("DELETE FROM message WHERE folder = ?", folder.id()));
  }

  /** Known messages of that side that were not seen. */
  public List<MessageKey> missing(Folder folder, Side side, int limit) throws FaultException {
    return database.keys(
        "SELECT key FROM temp.gone WHERE folder = ? AND side = ? LIMIT ?",
        folder.id(),
        State.number(side),
        limit);
  }

  /** Those were not seen and are there after all; or they are really gone. */
  public void confirmed(Folder folder, Side side, List<MessageKey> keys, List<MessageKey> there)
      throws FaultException {
    var column = State.column(side);
    database.later(() -> {
      for (var key : there) {
        database.update("""
            INSERT OR IGNORE INTO temp.seen (folder, side, key, flags, size)
            SELECT folder, ?, %1$s, %1$s_flags, size FROM message
            WHERE folder = ? AND %1$s = ?""".formatted(column), State.number(side), folder.id(), key);
      }
      for (var key : keys) {
        database.update(
            "DELETE FROM temp.gone WHERE folder = ? AND side = ? AND key = ?",
            folder.id(),
            State.number(side),
            key);
      }
    });
  }

  /** How much of a side was seen; the bytes as far as the side states sizes. */
  public Amount seen(Folder folder, Side side) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT count(*), total(size) FROM temp.seen WHERE folder = ? AND side = ?",
          folder.id(),
          State.number(side))) {
        rows.next();
        return new Amount(rows.getLong(1), rows.getLong(2));
      }
    });
  }

  /**
   * Some messages of a side that were seen and not read yet.
   *
   * @param headersOnly those whose near copy is the header alone, or those where it is the whole
   */
  public List<MessageKey> unread(Folder folder, Side side, boolean headersOnly, int limit)
      throws FaultException {
    var sql = """
        SELECT s.key FROM temp.seen s WHERE s.folder = ? AND s.side = ?
          AND NOT EXISTS (SELECT 1 FROM temp.content c
            WHERE c.folder = s.folder AND c.side = s.side AND c.key = s.key)
          AND ? = EXISTS (SELECT 1 FROM message m
            WHERE m.folder = s.folder AND m.%s = s.key AND m.headers)
        ORDER BY s.key LIMIT ?""".formatted(State.column(side));
    return database.keys(sql, folder.id(), State.number(side), headersOnly ? 1 : 0, limit);
  }

  /**
   * Finds the messages of a folder that are not tied to one of the same content. Those that nothing
   * is known of come first among equals, those that are agreed to be on one side alone last.
   */
  public void loosen(Folder folder) throws FaultException {
    for (var side : Side.values()) {
      var sql = """
          INSERT INTO temp.loose
          SELECT c.folder, c.side, c.key, c.digest, m.id, m.id IS NOT NULL AND m.%2$s IS NULL,
            row_number() OVER (PARTITION BY c.digest
              ORDER BY m.id IS NOT NULL, m.id IS NOT NULL AND m.%2$s IS NULL, c.key)
          FROM temp.content c
          LEFT JOIN message m ON m.folder = c.folder AND m.%1$s = c.key
          WHERE c.folder = ? AND c.side = ? AND c.digest IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM temp.content o
              WHERE o.folder = c.folder AND o.side = ? AND o.key = m.%2$s AND o.digest = c.digest)
          """.formatted(State.column(side), State.column(side.other()));
      database.later(
          () -> database.update(sql, folder.id(), State.number(side), State.number(side.other())));
    }
  }

  /** Is handed differences one by one; must not use the state meanwhile. */
  @FunctionalInterface
  public interface Taker<T> {
    void take(T found) throws FaultException;
  }

  private interface Reading<T> {
    T read(ResultSet rows) throws SQLException;
  }

  private <T> void each(Taker<T> taker, Reading<T> reading, String sql, Object... parameters)
      throws FaultException {
    database.read(() -> {
      try (var rows = database.query(sql, parameters)) {
        while (rows.next()) {
          taker.take(reading.read(rows));
        }
      }
      return taker;
    });
  }

  /** A message that was not handed over. */
  public record Unreadable(Side side, MessageKey key) {}

  /** Finds what was not handed over. */
  public void unreadable(Folder folder, Taker<Unreadable> taker) throws FaultException {
    each(
        taker,
        rows -> new Unreadable(side(rows, "side"), new MessageKey(rows.getString("key"))),
        "SELECT side, key FROM temp.content WHERE folder = ? AND digest IS NULL ORDER BY side, key",
        folder.id());
  }

  /**
   * Two messages that are tied and differ.
   *
   * @param farSeen the far one as it was seen
   * @param agreed what both were when they were tied
   * @param headersOnly whether the near one is the header alone, and both digests are of headers
   * @param sent whether the far one was made of the near one by the far side
   */
  public record Changed(
      MessageKey near,
      Sighting farSeen,
      Digest nearDigest,
      Digest farDigest,
      Digest agreed,
      boolean headersOnly,
      boolean sent) {}

  /** Finds ties between messages that differ. */
  public void changed(Folder folder, Taker<Changed> taker) throws FaultException {
    var sql = """
        SELECT m.near, m.far, s.flags, s.size,
          n.digest AS near_digest, f.digest AS far_digest, m.digest, m.headers, m.sent
        FROM message m
        JOIN temp.content n ON n.folder = m.folder AND n.side = 0 AND n.key = m.near
        JOIN temp.content f ON f.folder = m.folder AND f.side = 1 AND f.key = m.far
        JOIN temp.seen s ON s.folder = m.folder AND s.side = 1 AND s.key = m.far
        WHERE m.folder = ? AND n.digest <> f.digest ORDER BY m.id""";
    each(
        taker,
        rows -> {
          var size = rows.getLong("size");
          var stated = rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(size);
          return new Changed(
              new MessageKey(rows.getString("near")),
              new Sighting(
                  new MessageKey(rows.getString("far")),
                  Flags.parse(rows.getString("flags")),
                  stated),
              Digest.of(rows.getBytes("near_digest")),
              Digest.of(rows.getBytes("far_digest")),
              Digest.of(rows.getBytes("digest")),
              rows.getBoolean("headers"),
              rows.getBoolean("sent"));
        },
        sql,
        folder.id());
  }

  /**
   * A message that one side holds and the other lacks, or holds less often.
   *
   * @param side the side that holds it
   * @param row the state's number of the message, where it is tied to one that is gone
   * @param there whether the other side holds the same content at all
   * @param movedTo the folder of the other side where its copy appeared, where it was moved
   * @param news whether an ordinary run would find it
   */
  public record Surplus(
      Side side,
      MessageKey key,
      Digest digest,
      OptionalLong row,
      boolean there,
      Optional<String> movedTo,
      boolean news) {}

  /**
   * Finds messages without a counterpart, but for those left out on purpose and for headers here
   * that no message is known of; all folders must be {@linkplain #loosen loosened}.
   */
  public void surplus(Folder folder, Taker<Surplus> taker) throws FaultException {
    var sql = """
        SELECT l.side, l.key, l.digest, l.message,
          EXISTS (SELECT 1 FROM temp.content o
            WHERE o.folder = l.folder AND o.side = 1 - l.side AND o.digest = l.digest) AS there,
          (SELECT f.name FROM temp.loose o JOIN folder f ON f.id = o.folder
            WHERE o.side = 1 - l.side AND o.digest = l.digest AND o.folder <> l.folder
              AND o.message IS NULL LIMIT 1) AS moved,
          EXISTS (SELECT 1 FROM temp.news n
            WHERE n.folder = l.folder AND n.side = l.side AND n.key = l.key) AS news
        FROM temp.loose l LEFT JOIN message m ON m.id = l.message
        WHERE l.folder = ? AND NOT l.alone
          AND l.place > (SELECT count(*) FROM temp.loose o
            WHERE o.folder = l.folder AND o.side = 1 - l.side AND o.digest = l.digest)
          AND NOT EXISTS (SELECT 1 FROM left_out o
            WHERE o.folder = l.folder AND o.side = l.side AND o.key = l.key)
          AND NOT EXISTS (SELECT 1 FROM temp.seen o WHERE l.message IS NULL
            AND o.folder = l.folder AND o.side = l.side AND o.key = l.key AND o.headers)
          AND NOT EXISTS (SELECT 1 FROM temp.content o WHERE o.folder = l.folder
            AND o.side = 1 - l.side AND o.key = iif(l.side, m.near, m.far))
        ORDER BY l.side, l.key""";
    each(
        taker,
        rows -> {
          var row = rows.getLong("message");
          var known = rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(row);
          return new Surplus(
              side(rows, "side"),
              new MessageKey(rows.getString("key")),
              Digest.of(rows.getBytes("digest")),
              known,
              rows.getBoolean("there"),
              known.isPresent() ? optional(rows.getString("moved")) : Optional.empty(),
              rows.getBoolean("news"));
        },
        sql,
        folder.id());
  }

  /**
   * A message whose flags are not those agreed on.
   *
   * @param news whether an ordinary run would find it
   */
  public record Flagged(
      MessageKey near,
      MessageKey far,
      Flags nearNow,
      Flags nearAgreed,
      Flags farNow,
      Flags farAgreed,
      boolean news) {}

  /** Finds messages that are on both sides and whose flags are not those agreed on. */
  public void flagged(Folder folder, Taker<Flagged> taker) throws FaultException {
    var sql = """
        SELECT m.near, m.far, n.flags AS near_now, m.near_flags, f.flags AS far_now, m.far_flags,
          EXISTS (SELECT 1 FROM temp.news x WHERE x.folder = m.folder
            AND ((x.side = 0 AND x.key = m.near) OR (x.side = 1 AND x.key = m.far))) AS news
        FROM message m
        JOIN temp.seen n ON n.folder = m.folder AND n.side = 0 AND n.key = m.near
        JOIN temp.seen f ON f.folder = m.folder AND f.side = 1 AND f.key = m.far
        WHERE m.folder = ? AND (n.flags <> m.near_flags OR f.flags <> m.far_flags)
        ORDER BY m.id""";
    each(
        taker,
        rows -> new Flagged(
            new MessageKey(rows.getString("near")),
            new MessageKey(rows.getString("far")),
            Flags.parse(rows.getString("near_now")),
            Flags.parse(rows.getString("near_flags")),
            Flags.parse(rows.getString("far_now")),
            Flags.parse(rows.getString("far_flags")),
            rows.getBoolean("news")),
        sql,
        folder.id());
  }

  private static Optional<String> optional(@Nullable String text) {
    return Optional.ofNullable(text);
  }

  private static Side side(ResultSet rows, String column) throws SQLException {
    return rows.getInt(column) == State.number(Side.NEAR) ? Side.NEAR : Side.FAR;
  }
}

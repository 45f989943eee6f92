package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.State.Folder;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this run knows of the content of messages that only one side shows, so that those which are
 * the same can be paired, and moves recognised, without carrying a body across. Kept in temporary
 * tables, not in the heap.
 */
public final class Contents {
  private static final int GROUPS = 500;

  private static final String UNREAD_STRANGERS = """
      SELECT s.key FROM temp.seen s WHERE s.folder = ?1 AND s.side = 0
        AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = s.folder AND m.near = s.key)
        AND NOT EXISTS (SELECT 1 FROM temp.content c
          WHERE c.folder = s.folder AND c.side = 0 AND c.key = s.key)
        AND NOT EXISTS (SELECT 1 FROM ledger l
          WHERE l.folder = ?2 AND l.side = 0 AND l.key = s.key AND l.next_try > ?3)
        AND NOT EXISTS (SELECT 1 FROM left_out o
          WHERE o.folder = s.folder AND o.side = 0 AND o.key = s.key AND %s)
        AND s.key > ?4 ORDER BY s.key LIMIT ?5""".formatted(LeftOut.REMEMBERED_UNFIT);

  private final Database database;

  public Contents(Database database) {
    this.database = database;
  }

  /**
   * What tells a message from others.
   *
   * @param identity of its Message-ID and other fields, equal on both sides; absent where it has no
   *     Message-ID
   * @param size in bytes, in CRLF form; of a far message, as the server states it
   * @param digest of the whole; absent where only its header was read
   * @param arrived when it arrived on its side; absent where only its header was read
   */
  public record Content(
      Optional<String> identity, long size, Optional<Digest> digest, Optional<Instant> arrived) {}

  /** Remembers contents. */
  public void put(Folder folder, Side side, Map<MessageKey, Content> contents)
      throws FaultException {
    database.later(() -> {
      for (var entry : contents.entrySet()) {
        var content = entry.getValue();
        database.update(
            "INSERT OR REPLACE INTO temp.content VALUES (?, ?, ?, ?, ?, ?, ?)",
            folder.id(),
            State.number(side),
            entry.getKey(),
            content.identity().orElse(null),
            content.size(),
            content.digest().map(Digest::bytes).orElse(null),
            content.arrived().map(Instant::toEpochMilli).orElse(null));
      }
    });
  }

  /** What is known of a message's content. */
  public Optional<Content> of(Folder folder, Side side, MessageKey key) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT identity, size, digest, arrived FROM temp.content"
              + " WHERE folder = ? AND side = ? AND key = ?",
          folder.id(),
          State.number(side),
          key)) {
        if (!rows.next()) {
          return Optional.empty();
        }
        var millis = rows.getLong(4);
        var arrived =
            rows.wasNull() ? Optional.<Instant>empty() : Optional.of(Instant.ofEpochMilli(millis));
        return Optional.of(new Content(
            Optional.ofNullable(rows.getString(1)),
            rows.getLong(2),
            Optional.ofNullable(rows.getBytes(3)).map(Digest::of),
            arrived));
      }
    });
  }

  /**
   * The next near messages, in order of their keys, that were never agreed on, of unknown content;
   * without those that wait to be tried again or are left out.
   */
  public List<MessageKey> unreadStrangers(
      Folder folder, Instant now, Optional<MessageKey> after, int limit) throws FaultException {
    return database.keys(
        UNREAD_STRANGERS,
        folder.id(),
        folder.name().text(),
        now.toEpochMilli(),
        Database.after(after),
        limit);
  }

  /**
   * Finds the near messages of unknown content that a far one may be a copy of, for
   * {@link #toRead}: never agreed on, or without a far side. Of those without a far side only the
   * ones of a size that is new there, for there may be many of them.
   *
   * @param ofAnySize whether the size says nothing: where header-only copies are made
   */
  public void findToRead(Folder folder, boolean ofAnySize) throws FaultException {
    var strangers = """
        INSERT OR IGNORE INTO temp.to_read
        SELECT s.key FROM temp.seen s WHERE s.folder = ?1 AND s.side = 0
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = s.folder AND m.near = s.key)
          AND NOT EXISTS (SELECT 1 FROM temp.content c
            WHERE c.folder = s.folder AND c.side = 0 AND c.key = s.key)""";
    var untied = """
        INSERT OR IGNORE INTO temp.to_read
        SELECT m.near FROM message m INDEXED BY message_unpaired
        WHERE m.folder = ?1 AND m.far IS NULL AND m.near IS NOT NULL
          AND (?2 OR m.headers = 1 OR m.size IN (SELECT s.size FROM temp.seen s
            WHERE s.folder = ?1 AND s.side = 1 AND s.size IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = ?1 AND k.far = s.key)))
          AND NOT EXISTS (SELECT 1 FROM temp.gone g
            WHERE g.folder = m.folder AND g.side = 0 AND g.key = m.near)
          AND NOT EXISTS (SELECT 1 FROM temp.content c
            WHERE c.folder = m.folder AND c.side = 0 AND c.key = m.near)""";
    database.later(() -> {
      database.update("DELETE FROM temp.to_read");
      database.update(strangers, folder.id());
      database.update(untied, folder.id(), ofAnySize ? 1 : 0);
    });
  }

  /** The next of those that were found, in order of their keys. */
  public List<MessageKey> toRead(Optional<MessageKey> after, int limit) throws FaultException {
    return database.keys(
        "SELECT key FROM temp.to_read WHERE key > ? ORDER BY key LIMIT ?",
        Database.after(after),
        limit);
  }

  /** The next far messages, in order of their keys, never agreed on and of unknown content. */
  public List<MessageKey> unreadFar(Folder folder, Optional<MessageKey> after, int limit)
      throws FaultException {
    var sql = """
        SELECT s.key FROM temp.seen s WHERE s.folder = ? AND s.side = 1
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = s.folder AND m.far = s.key)
          AND NOT EXISTS (SELECT 1 FROM temp.content c
            WHERE c.folder = s.folder AND c.side = 1 AND c.key = s.key)
          AND s.key > ? ORDER BY s.key LIMIT ?""";
    return database.keys(sql, folder.id(), Database.after(after), limit);
  }

  /** The size that a side states of a message it showed. */
  public long statedSize(Folder folder, Side side, MessageKey key) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT size FROM temp.seen WHERE folder = ? AND side = ? AND key = ?",
          folder.id(),
          State.number(side),
          key)) {
        return rows.next() ? rows.getLong(1) : 0L;
      }
    });
  }

  /**
   * What messages have in common that are the same on both sides.
   *
   * @param size in bytes; of header-only copies nothing is to be read from it, and it is 0
   */
  public record Likeness(String identity, long size) {}

  /** The next kinds of messages that both sides have, by identity and size, in this order. */
  public List<Likeness> likenesses(Folder folder, Optional<Likeness> after) throws FaultException {
    var sql = """
        SELECT f.identity, f.size FROM temp.content f INDEXED BY content_identity
        WHERE f.folder = ?1 AND f.side = 1 AND (f.identity, f.size) > (?2, ?3) AND EXISTS (
          SELECT 1 FROM temp.content n WHERE n.folder = ?1 AND n.side = 0
            AND n.identity = f.identity AND n.size = f.size)
        GROUP BY f.identity, f.size ORDER BY f.identity, f.size LIMIT ?4""";
    return likenesses(
        sql,
        folder.id(),
        after.map(Likeness::identity).orElse(""),
        after.map(Likeness::size).orElse(-1L),
        GROUPS);
  }

  private List<Likeness> likenesses(String sql, Object... parameters) throws FaultException {
    return database.read(() -> {
      var found = new ArrayList<Likeness>();
      try (var rows = database.query(sql, parameters)) {
        while (rows.next()) {
          found.add(new Likeness(rows.getString(1), rows.getLong(2)));
        }
      }
      return found;
    });
  }

  /**
   * Messages of one kind on both sides of a folder, in order of their keys.
   *
   * @param nearAlike whether those near are the same to the last byte
   */
  public record Twins(List<MessageKey> near, List<MessageKey> far, boolean nearAlike) {}

  /** The messages of a kind. */
  public Twins twins(Folder folder, Likeness likeness) throws FaultException {
    var identity = likeness.identity();
    var size = likeness.size();
    return database.read(() -> new Twins(
        same(folder, Side.NEAR, identity, size),
        same(folder, Side.FAR, identity, size),
        alike(folder, identity, size)));
  }

  private List<MessageKey> same(Folder folder, Side side, String identity, long size)
      throws FaultException {
    // What was sent meanwhile is tied already.
    return database.keys(
        """
        SELECT c.key FROM temp.content c INDEXED BY content_identity
        WHERE c.folder = ? AND c.side = ? AND c.identity = ? AND c.size = ?
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = c.folder
            AND m.%s = c.key AND m.near IS NOT NULL AND m.far IS NOT NULL)
        ORDER BY c.key""".formatted(State.column(side)), folder.id(), State.number(side), identity, size);
  }

  private boolean alike(Folder folder, String identity, long size) throws SQLException {
    try (var rows = database.query(
        "SELECT count(DISTINCT digest) FROM temp.content INDEXED BY content_identity"
            + " WHERE folder = ? AND side = 0 AND identity = ? AND size = ?",
        folder.id(),
        identity,
        size)) {
      rows.next();
      return rows.getLong(1) == 1;
    }
  }

  /** Whether any message of that side has an identity to go by. */
  public boolean hasIdentity(Folder folder, Side side) throws FaultException {
    return database.exists(
        "SELECT 1 FROM temp.content WHERE folder = ? AND side = ? AND identity IS NOT NULL LIMIT 1",
        folder.id(),
        State.number(side));
  }

  /** Near, the header alone, and tied to no far message. */
  private static final String HEADER_ALONE = """
      (EXISTS (SELECT 1 FROM message m
        WHERE m.folder = n.folder AND m.near = n.key AND m.far IS NULL AND m.headers = 1)
      OR EXISTS (SELECT 1 FROM temp.seen s
        WHERE s.folder = n.folder AND s.side = 0 AND s.key = n.key AND s.headers = 1
        AND NOT EXISTS (SELECT 1 FROM message m
          WHERE m.folder = n.folder AND m.near = n.key)))""";

  /**
   * The next kinds of messages that are far and, as the header alone and tied to none, near; by
   * identity and in its order.
   */
  public List<Likeness> headerLikenesses(Folder folder, Optional<Likeness> after)
      throws FaultException {
    var sql = """
        SELECT n.identity, 0 FROM temp.content n INDEXED BY content_identity
        WHERE n.folder = ?1 AND n.side = 0 AND n.identity > ?2
          AND EXISTS (SELECT 1 FROM temp.content f
            WHERE f.folder = ?1 AND f.side = 1 AND f.identity = n.identity)
          AND %s
        GROUP BY n.identity ORDER BY n.identity LIMIT ?3""".formatted(HEADER_ALONE);
    return likenesses(sql, folder.id(), after.map(Likeness::identity).orElse(""), GROUPS);
  }

  /** The messages of such a kind. */
  public Twins headerTwins(Folder folder, Likeness likeness) throws FaultException {
    var near = """
        SELECT n.key FROM temp.content n INDEXED BY content_identity
        WHERE n.folder = ?1 AND n.side = 0 AND n.identity = ?2 AND %s
        ORDER BY n.key""".formatted(HEADER_ALONE);
    var far = """
        SELECT f.key FROM temp.content f INDEXED BY content_identity
        WHERE f.folder = ?1 AND f.side = 1 AND f.identity = ?2 ORDER BY f.key""";
    return new Twins(
        database.keys(near, folder.id(), likeness.identity()),
        database.keys(far, folder.id(), likeness.identity()),
        true);
  }

  /** Whether a near message that was seen or agreed on is the header alone. */
  public boolean isHeadersOnly(Folder folder, MessageKey near) throws FaultException {
    return database.exists(
        "SELECT key FROM temp.seen WHERE folder = ?1 AND side = 0 AND key = ?2 AND headers = 1"
            + " UNION SELECT near FROM message WHERE folder = ?1 AND near = ?2 AND headers = 1",
        folder.id(),
        near);
  }

  /**
   * Of the far messages from one key to another, both included, those that may by what is known of
   * them be copies of near ones that are tied to nothing: only the whole can tell.
   */
  public Set<MessageKey> unclear(Folder folder, MessageKey first, MessageKey last)
      throws FaultException {
    var free = """
        AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = n.folder AND m.near = n.key
          AND (m.far IS NOT NULL OR m.headers = 1))
        AND NOT EXISTS (SELECT 1 FROM temp.seen h
          WHERE h.folder = n.folder AND h.side = 0 AND h.key = n.key AND h.headers = 1)""";
    // What has no identity may be any that has none: that is asked once.
    var sql = """
        SELECT s.key FROM temp.seen s
        LEFT JOIN temp.content f ON f.folder = s.folder AND f.side = 1 AND f.key = s.key
        WHERE s.folder = ?1 AND s.side = 1 AND s.key BETWEEN ?2 AND ?3
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = s.folder AND m.far = s.key)
          AND CASE WHEN f.identity IS NULL
            THEN EXISTS (SELECT 1 FROM temp.content n
              WHERE n.folder = ?1 AND n.side = 0 AND n.identity IS NULL %1$s)
            ELSE EXISTS (SELECT 1 FROM temp.content n
              WHERE n.folder = ?1 AND n.side = 0 AND n.identity = f.identity %1$s)
            END""".formatted(free);
    return Set.copyOf(database.keys(sql, folder.id(), first, last));
  }

  /** Whether the content of any message of that side is known. */
  public boolean any(Folder folder, Side side) throws FaultException {
    return database.exists(
        "SELECT 1 FROM temp.content WHERE folder = ? AND side = ? LIMIT 1",
        folder.id(),
        State.number(side));
  }

  /** Takes these out of the search for twins: they are paired, or cannot be by what is known. */
  public void done(Folder folder, Side side, List<MessageKey> keys) throws FaultException {
    database.later(() -> {
      for (var key : keys) {
        database.update(
            "UPDATE temp.content SET identity = NULL WHERE folder = ? AND side = ? AND key = ?",
            folder.id(),
            State.number(side),
            key);
      }
    });
  }

  /**
   * Keeps those near messages from being sent that may be copies of far ones which do not come now:
   * they have one identity, or nothing is known of the far one but that it is of the same size.
   * Sent, they would be doubled.
   *
   * @param all whether no far message comes now; else those alone do not that were refused
   */
  public void holdBack(Folder folder, Instant now, boolean all) throws FaultException {
    var sql = """
        WITH staying AS (
          SELECT f.size AS size, o.identity AS identity FROM temp.seen f
          LEFT JOIN temp.content o ON o.folder = f.folder AND o.side = 1 AND o.key = f.key
          WHERE f.folder = ?1 AND f.side = 1
            AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = f.folder AND k.far = f.key)
            AND (?2 OR EXISTS (SELECT 1 FROM ledger l
                WHERE l.folder = ?3 AND l.side = 1 AND l.key = f.key AND l.next_try > ?4)
              OR EXISTS (SELECT 1 FROM temp.claimed x
                WHERE x.folder = f.folder AND x.side = 1 AND x.key = f.key)))
        INSERT OR IGNORE INTO temp.claimed
        SELECT c.folder, 0, c.key FROM temp.content c
        JOIN temp.seen n ON n.folder = c.folder AND n.side = 0 AND n.key = c.key
        WHERE c.folder = ?1 AND c.side = 0
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = c.folder AND m.near = c.key)
          AND (c.identity IN (SELECT identity FROM staying WHERE identity IS NOT NULL)
            OR c.size IN (SELECT size FROM staying WHERE identity IS NULL))""";
    database.later(() ->
        database.update(sql, folder.id(), all ? 1 : 0, folder.name().text(), now.toEpochMilli()));
  }
}

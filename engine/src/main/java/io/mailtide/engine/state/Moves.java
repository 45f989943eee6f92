package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.State.Folder;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds agreed messages that are gone from their folder on a side, and strangers in other folders
 * that they may be found in. Who belongs to whom is for the caller to find out: many may be of one
 * digest or size, so that their pairs would be too many to write down.
 *
 * <p>The joins are in the order that is written down: from the few that are gone, and not from all
 * messages, as SQLite has it where it knows nothing of the sizes of tables.
 */
public final class Moves {
  private static final String LOST_NEAR = lost(Side.NEAR);
  private static final String LOST_FAR = lost(Side.FAR);

  private static final String LOST_ON_BOTH = """
      SELECT m.id, m.folder, m.near AS key, m.digest, m.size
      FROM temp.gone g
      CROSS JOIN message m ON m.folder = g.folder AND m.near = g.key
      CROSS JOIN temp.gone f ON f.folder = m.folder AND f.side = 1 AND f.key = m.far
      WHERE g.side = 0""";

  /** What is lost, if anything that is tied to nothing is of its digest, or of its size. */
  private static final String FOUND_NEAR = """
      %s AND m.digest IN (SELECT c.digest FROM temp.content c WHERE c.side = 0
        AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = c.folder AND k.near = c.key))""";

  private static final String FOUND_FAR = """
      %s AND m.size IN (SELECT s.size FROM temp.seen s WHERE s.side = 1
        AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = s.folder AND k.far = s.key))""";

  /** Near, of a digest of what is lost, and tied to nothing. */
  private static final String STRANGERS_NEAR = """
      WITH lost AS MATERIALIZED (%s)
      SELECT s.folder, s.key, c.digest, 0
      FROM (SELECT DISTINCT digest FROM lost) l
      CROSS JOIN temp.content c ON c.side = 0 AND c.digest = l.digest
      CROSS JOIN temp.seen s ON s.folder = c.folder AND s.side = 0 AND s.key = c.key
      WHERE NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = s.folder AND k.near = s.key)
        AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.folder = s.folder AND u.near = s.key%s)
      ORDER BY s.folder, s.key""";

  /** Far, of a size of what is lost, and tied to nothing. */
  private static final String STRANGERS_FAR = """
      WITH lost AS MATERIALIZED (%s)
      SELECT s.folder, s.key, x'', s.size FROM temp.seen s
      WHERE s.side = 1 AND s.size IN (SELECT size FROM lost)
        AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = s.folder AND k.far = s.key)
      ORDER BY s.folder, s.key""";

  private final Database database;

  public Moves(Database database) {
    this.database = database;
  }

  /**
   * An agreed message that is gone from its folder.
   *
   * @param row the state's number of the message
   * @param folder the number of its folder
   * @param key its key there on the side on which it was not moved; near, if it is gone on both
   * @param size in bytes, as agreed
   */
  public record Lost(long row, long folder, MessageKey key, Digest digest, long size) {}

  /**
   * A message that was never agreed on, of the digest or size of a lost one.
   *
   * @param digest of a near one; absent of a far one
   * @param size of a far one, in bytes, as it is stated
   */
  public record Stranger(long folder, MessageKey key, Optional<Digest> digest, long size) {}

  /**
   * What is lost and who may be it: the lost in the order of their rows, strangers of their keys.
   */
  public record Found(List<Lost> lost, List<Stranger> strangers) {
    private static final Found NOTHING = new Found(List.of(), List.of());
  }

  /**
   * By digest: near messages that are gone while the far one is there, and strangers near, but for
   * those that were sent already, or may have been.
   */
  public Found near() throws FaultException {
    var lost = FOUND_NEAR.formatted(LOST_NEAR);
    return found(lost, STRANGERS_NEAR.formatted(lost, ""));
  }

  /**
   * By size: far messages that are gone while the near one is there, and far messages that were
   * never agreed on. Whether they are the same is for the caller to find out.
   */
  public Found far() throws FaultException {
    var lost = FOUND_FAR.formatted(LOST_FAR);
    return found(lost, STRANGERS_FAR.formatted(lost));
  }

  /** Whether any message is gone from its folder on both sides. */
  public boolean anyGoneOnBoth() throws FaultException {
    return database.exists(LOST_ON_BOTH + " LIMIT 1");
  }

  /**
   * Messages gone from their folder on both sides, and strangers near of that digest; either may be
   * in the old folder, under a new key.
   */
  public Found bothNear() throws FaultException {
    var lost = FOUND_NEAR.formatted(LOST_ON_BOTH);
    return found(lost, STRANGERS_NEAR.formatted(lost, " AND u.stored = 1"));
  }

  /** The same, and far messages of that size. */
  public Found bothFar() throws FaultException {
    var lost = FOUND_FAR.formatted(LOST_ON_BOTH);
    return found(lost, STRANGERS_FAR.formatted(lost));
  }

  /** Near messages have other keys in their folders now. */
  public void renamedNear(Map<Long, MessageKey> keys) throws FaultException {
    database.later(() -> {
      for (var key : keys.entrySet()) {
        database.update("UPDATE message SET near = ? WHERE id = ?", key.getValue(), key.getKey());
      }
    });
  }

  /** A near message of a folder. */
  public record Near(Folder folder, MessageKey key) {}

  /**
   * Unties those of these messages whose far copy may rather be that of another one of the same
   * content, which is gone from its own folder there. To remove both would leave none.
   */
  public void untieMoved(List<Near> messages) throws FaultException {
    if (messages.isEmpty()) {
      return;
    }
    var folders = new HashMap<Digest, Set<Long>>();
    for (var lost : lost(LOST_FAR)) {
      folders.computeIfAbsent(lost.digest(), _ -> new HashSet<>()).add(lost.folder());
    }
    database.later(() -> {
      for (var message : messages) {
        var folder = message.folder().id();
        var digest = digest(folder, message.key());
        var elsewhere =
            digest.map(folders::get).map(in -> in.size() > (in.contains(folder) ? 1 : 0));
        if (elsewhere.orElse(false)) {
          database.update(
              "DELETE FROM message WHERE folder = ? AND near = ?", folder, message.key());
        }
      }
    });
  }

  private Optional<Digest> digest(long folder, MessageKey near) throws SQLException {
    try (var rows =
        database.query("SELECT digest FROM message WHERE folder = ? AND near = ?", folder, near)) {
      return rows.next() ? Optional.of(Digest.of(rows.getBytes(1))) : Optional.empty();
    }
  }

  /** Messages gone from their folder on a side while the other side has them. */
  private static String lost(Side side) {
    return """
        SELECT m.id, m.folder, m.%2$s AS key, m.digest, m.size
        FROM temp.gone g
        CROSS JOIN message m ON m.folder = g.folder AND m.%1$s = g.key
        WHERE g.side = %3$d AND m.%2$s IS NOT NULL AND NOT EXISTS (SELECT 1 FROM temp.gone o
          WHERE o.folder = m.folder AND o.side = %4$d AND o.key = m.%2$s)""".formatted(
            State.column(side),
            State.column(side.other()),
            State.number(side),
            State.number(side.other()));
  }

  private Found found(String lost, String strangers) throws FaultException {
    var gone = lost(lost);
    return gone.isEmpty() ? Found.NOTHING : new Found(gone, strangers(strangers));
  }

  private List<Lost> lost(String sql) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(sql + " ORDER BY m.id")) {
        var found = new ArrayList<Lost>();
        while (rows.next()) {
          found.add(new Lost(
              rows.getLong(1),
              rows.getLong(2),
              new MessageKey(rows.getString(3)),
              Digest.of(rows.getBytes(4)),
              rows.getLong(5)));
        }
        return found;
      }
    });
  }

  private List<Stranger> strangers(String sql) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(sql)) {
        var found = new ArrayList<Stranger>();
        while (rows.next()) {
          found.add(new Stranger(
              rows.getLong(1),
              new MessageKey(rows.getString(2)),
              Optional.of(rows.getBytes(3)).filter(bytes -> bytes.length > 0).map(Digest::of),
              rows.getLong(4)));
        }
        return found;
      }
    });
  }
}

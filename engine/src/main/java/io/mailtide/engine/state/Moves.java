package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds agreed messages that are gone from their folder on a side, and may be found in another
 * folder there.
 *
 * <p>The joins are in the order that is written down: from the few that are gone, and not from all
 * messages, as SQLite has it where it knows nothing of the sizes of tables.
 */
public final class Moves {
  private static final String NEAR = onOneSide(Side.NEAR, """
        CROSS JOIN temp.content c ON c.side = 0 AND c.digest = m.digest AND c.folder <> m.folder
        CROSS JOIN temp.seen s ON s.folder = c.folder AND s.side = 0 AND s.key = c.key""", """
          AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.folder = s.folder AND u.near = s.key)""");
  private static final String FAR = """
      WITH strangers AS MATERIALIZED (
        SELECT s.folder, s.key, s.size FROM temp.seen s
        WHERE s.side = 1 AND s.size IS NOT NULL
          AND EXISTS (SELECT 1 FROM temp.gone WHERE side = 1))
      """
      + onOneSide(
          Side.FAR, "CROSS JOIN strangers s ON s.size = m.size AND s.folder <> m.folder", "");

  private final Database database;

  public Moves(Database database) {
    this.database = database;
  }

  /**
   * A message that may have been moved.
   *
   * @param row the state's number of the message
   * @param from the number of its folder
   * @param key its key there on the side on which it was not moved
   * @param to the number of the folder that it may be in now
   * @param there its key there on the side on which it was moved
   */
  public record Candidate(long row, long from, MessageKey key, long to, MessageKey there) {
    /** Seen from the other side. */
    public Candidate reversed() {
      return new Candidate(row, to, there, from, key);
    }
  }

  /**
   * By digest: near messages that are gone while the far one is there, and strangers near in other
   * folders, but for those that were sent already, or may have been.
   */
  public List<Candidate> near() throws FaultException {
    return candidates(NEAR);
  }

  /**
   * By size: far messages that are gone while the near one is there, and far messages in other
   * folders that were never agreed on. Whether they are the same is for the caller to find out.
   */
  public List<Candidate> far() throws FaultException {
    return candidates(FAR);
  }

  /** Whether any message is gone from its folder on both sides. */
  public boolean anyGoneOnBoth() throws FaultException {
    return database.exists("""
        SELECT 1 FROM temp.gone g
        CROSS JOIN message m ON m.folder = g.folder AND m.near = g.key
        CROSS JOIN temp.gone f ON f.folder = m.folder AND f.side = 1 AND f.key = m.far
        WHERE g.side = 0 LIMIT 1""");
  }

  /**
   * Messages gone from their folder on both sides: strangers near of that digest, and far messages
   * of that size in another folder than those; either may be in the old folder, under a new key.
   * The key is the near one, in folder {@code from}.
   */
  public List<Candidate> both() throws FaultException {
    return candidates("""
        SELECT m.id, c.folder, c.key, s.folder, s.key
        FROM temp.gone g
        CROSS JOIN message m ON m.folder = g.folder AND m.near = g.key
        CROSS JOIN temp.gone f ON f.folder = m.folder AND f.side = 1 AND f.key = m.far
        CROSS JOIN temp.content c ON c.side = 0 AND c.digest = m.digest
        CROSS JOIN temp.seen n ON n.folder = c.folder AND n.side = 0 AND n.key = c.key
        CROSS JOIN temp.seen s
          ON s.side = 1 AND s.size = m.size AND s.folder <> c.folder
        WHERE g.side = 0
          AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = c.folder AND k.near = c.key)
          AND NOT EXISTS (SELECT 1 FROM upload u
            WHERE u.folder = c.folder AND u.near = c.key AND u.stored = 1)
          AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = s.folder AND k.far = s.key)
        ORDER BY m.id, c.folder, c.key, s.folder, s.key""");
  }

  /**
   * Unties a message if its far copy may rather be that of another one of the same content, which
   * is gone from its own folder there. To remove both would leave none.
   */
  public void untieMoved(Folder folder, MessageKey near) throws FaultException {
    var sql = """
        DELETE FROM message WHERE folder = ? AND near = ? AND EXISTS (
          SELECT 1 FROM temp.gone g
          CROSS JOIN message m ON m.folder = g.folder AND m.far = g.key
          WHERE g.side = 1 AND m.digest = message.digest AND m.folder <> message.folder
            AND NOT EXISTS (SELECT 1 FROM temp.gone n
              WHERE n.folder = m.folder AND n.side = 0 AND n.key = m.near))""";
    database.later(() -> database.update(sql, folder.id(), near));
  }

  /**
   * Messages gone from their folder on a side while the other side has them, and strangers on that
   * side in other folders.
   *
   * @param alike joins the strangers, as {@code s}
   * @param but what else goes for them
   */
  private static String onOneSide(Side side, String alike, String but) {
    return """
        SELECT m.id, m.folder, m.%2$s, s.folder, s.key
        FROM temp.gone g
        CROSS JOIN message m ON m.folder = g.folder AND m.%1$s = g.key
        %5$s
        WHERE g.side = %3$d AND m.%2$s IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM temp.gone o
            WHERE o.folder = m.folder AND o.side = %4$d AND o.key = m.%2$s)
          AND NOT EXISTS (SELECT 1 FROM message k WHERE k.folder = s.folder AND k.%1$s = s.key)
          %6$s
        ORDER BY m.id, s.folder, s.key""".formatted(
            State.column(side),
            State.column(side.other()),
            State.number(side),
            State.number(side.other()),
            alike,
            but);
  }

  private List<Candidate> candidates(String sql) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(sql)) {
        var found = new ArrayList<Candidate>();
        while (rows.next()) {
          found.add(new Candidate(
              rows.getLong(1),
              rows.getLong(2),
              new MessageKey(rows.getString(3)),
              rows.getLong(4),
              new MessageKey(rows.getString(5))));
        }
        return found;
      }
    });
  }
}

package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.state.State.Folder;

/**
 * The sizes that the far side stated of messages that are in step, as it did when they came to be:
 * a key of another size names another message by now.
 */
public final class FarSizes {
  private final Database database;

  public FarSizes(Database database) {
    this.database = database;
  }

  /** Keeps those that this run has seen, of messages of which none is kept yet. */
  public void keep(Folder folder) throws FaultException {
    var sql = """
        UPDATE message SET far_size = (SELECT s.size FROM temp.seen s
          WHERE s.folder = message.folder AND s.side = 1 AND s.key = message.far)
        WHERE id IN (SELECT m.id FROM temp.seen s
          CROSS JOIN message m ON m.folder = s.folder AND m.far = s.key
          WHERE s.folder = ? AND s.side = 1 AND s.size IS NOT NULL AND m.far_size IS NULL)""";
    database.later(() -> database.update(sql, folder.id()));
  }

  /** Whether a far message of this size, in bytes, may be the one that a message is tied to. */
  public boolean mayBe(long row, long stated) throws FaultException {
    // Messages that an earlier version agreed on have none. Some servers state the true size only
    // after they have handed a message over.
    return database.exists(
        "SELECT 1 FROM message WHERE id = ?1 AND far IS NOT NULL"
            + " AND (far_size IS NULL OR far_size = ?2 OR size = ?2)",
        row,
        stated);
  }
}

package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.State.Folder;
import java.util.Optional;

/**
 * What the far side stated of messages that are in step, as it did when they came to be: their
 * sizes; and which are the same by what it calls their content, so that one that is in many folders
 * is fetched once.
 */
public final class FarContents {
  private final Database database;

  public FarContents(Database database) {
    this.database = database;
  }

  /**
   * A whole message that was fetched, and is near as it came.
   *
   * @param size in bytes, in CRLF form
   */
  public record Copy(FolderName folder, MessageKey near, long size, Digest digest) {}

  /** One that is the same as this far message, in whatever folder: in step or published. */
  public Optional<Copy> copyOf(Sighting far) throws FaultException {
    if (far.content().isEmpty() || far.size().isEmpty()) {
      return Optional.empty();
    }
    // What was sent has none: the far side may have made something else of it.
    var sql = """
        SELECT f.name, c.near, c.size, c.digest FROM (
          SELECT m.folder, m.near, m.size, m.digest FROM message m
          WHERE m.content = ?1 AND m.far_size = ?2 AND m.near IS NOT NULL AND m.far IS NOT NULL
            AND m.headers = 0
          UNION ALL
          SELECT i.folder, i.near, i.size, i.digest FROM temp.seen s
          CROSS JOIN intent i ON i.folder = s.folder AND i.far = s.key
          WHERE s.content = ?1 AND s.size = ?2 AND s.side = 1 AND i.headers = 0) c
        JOIN folder f ON f.id = c.folder LIMIT 1""";
    return database.read(() -> {
      try (var rows = database.query(sql, text(far), far.size().getAsLong())) {
        return rows.next()
            ? Optional.of(new Copy(
                FolderName.parse(rows.getString(1)),
                new MessageKey(rows.getString(2)),
                rows.getLong(3),
                Digest.of(rows.getBytes(4))))
            : Optional.empty();
      }
    });
  }

  /** Whether another far message that this run has seen is the same. */
  public boolean isShared(Folder folder, Sighting far) throws FaultException {
    return far.content().isPresent()
        && database.exists(
            "SELECT 1 FROM temp.seen WHERE content = ?1 AND side = 1"
                + " AND NOT (folder = ?2 AND key = ?3) LIMIT 1",
            text(far),
            folder.id(),
            far.key());
  }

  private static String text(Sighting far) {
    return far.content().map(ContentId::value).orElseThrow();
  }

  /**
   * Keeps the sizes that this run has seen, of messages of which none is kept yet: a key of another
   * size names another message by now.
   */
  public void keepSizes(Folder folder) throws FaultException {
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

package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.State.Folder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Near messages that are tied to no far one, found by their content when a far one arrives that may
 * be the same. One after the other, for there may be many of one content.
 */
public final class Twins {
  private final Database database;

  public Twins(Database database) {
    this.database = database;
  }

  /** Whether a far message may be a copy of one that is near already and tied to none. */
  public boolean anyUntied(Folder folder) throws FaultException {
    return database.exists(
            "SELECT 1 FROM message WHERE folder = ? AND far IS NULL LIMIT 1", folder.id())
        || database.exists(
            "SELECT 1 FROM temp.content WHERE folder = ? AND side = 0 LIMIT 1", folder.id());
  }

  /**
   * A near message without a far side, that a far message of the same content can be tied to.
   *
   * @param row the state's number of the message; 0 where it has none
   * @param now the flags it shows now
   * @param nearAgreed its flags when it was last in step
   * @param farAgreed the flags of its far side then
   * @param headersOnly whether it is the header alone
   */
  public record Twin(
      long row,
      MessageKey near,
      Flags now,
      Flags nearAgreed,
      Flags farAgreed,
      boolean headersOnly) {}

  /** Whether any message that was removed here alone lost its far side, too. */
  public boolean anyRemoved(Folder folder) throws FaultException {
    return database.exists(
        "SELECT 1 FROM message WHERE folder = ? AND far IS NULL AND near IS NULL LIMIT 1",
        folder.id());
  }

  /**
   * Ties a far message to one of its content that was removed here alone and lost its far side: it
   * stays removed.
   *
   * @param headersOnly whether the digest is of the header alone
   * @return whether there was one
   */
  public boolean tieRemoved(Folder folder, Digest digest, boolean headersOnly, MessageKey far)
      throws FaultException {
    var sql = """
        SELECT id FROM message INDEXED BY message_unpaired
        WHERE folder = ? AND digest = ? AND far IS NULL AND near IS NULL AND headers = ? LIMIT 1""";
    var found = database.read(() -> {
      try (var rows = database.query(sql, folder.id(), digest.bytes(), headersOnly ? 1 : 0)) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    });
    if (found.isPresent()) {
      database.later(
          () -> database.update("UPDATE message SET far = ? WHERE id = ?", far, found.getAsLong()));
    }
    return found.isPresent();
  }

  /** A near message that lost its far side, if this key is one's. */
  public Optional<Twin> unpaired(Folder folder, MessageKey near) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT near_flags, far_flags, headers, id FROM message"
              + " WHERE folder = ? AND near = ? AND far IS NULL",
          folder.id(),
          near)) {
        if (!rows.next()) {
          return Optional.empty();
        }
        var nearAgreed = Flags.parse(rows.getString(1));
        return Optional.of(new Twin(
            rows.getLong(4),
            near,
            nearAgreed,
            nearAgreed,
            Flags.parse(rows.getString(2)),
            rows.getInt(3) == 1));
      }
    });
  }

  /**
   * The next message of this content, by its row, that lost its far side and, as far as is known,
   * is still near.
   *
   * @param after the row of the one before; 0 for the first
   */
  public Optional<Twin> lost(Folder folder, Digest digest, long after) throws FaultException {
    var sql = """
        SELECT m.id, m.near, coalesce(s.flags, m.near_flags) AS now, m.near_flags, m.far_flags,
          m.headers
        FROM message m INDEXED BY message_unpaired
        LEFT JOIN temp.seen s ON s.folder = m.folder AND s.side = 0 AND s.key = m.near
        WHERE m.folder = ? AND m.digest = ? AND m.far IS NULL AND m.near IS NOT NULL AND m.id > ?
          AND NOT EXISTS (SELECT 1 FROM temp.gone g
            WHERE g.folder = m.folder AND g.side = 0 AND g.key = m.near)
        ORDER BY m.id LIMIT 1""";
    return database.read(() -> {
      try (var rows = database.query(sql, folder.id(), digest.bytes(), after)) {
        return rows.next()
            ? Optional.of(new Twin(
                rows.getLong("id"),
                new MessageKey(rows.getString("near")),
                Flags.parse(rows.getString("now")),
                Flags.parse(rows.getString("near_flags")),
                Flags.parse(rows.getString("far_flags")),
                rows.getInt("headers") == 1))
            : Optional.empty();
      }
    });
  }

  /**
   * The next near message of this content, by its key, that is tied to nothing, among those whose
   * content is known.
   */
  public Optional<MessageKey> stranger(Folder folder, Digest digest, Optional<MessageKey> after)
      throws FaultException {
    var sql = """
        SELECT c.key FROM temp.content c
        CROSS JOIN temp.seen s ON s.folder = c.folder AND s.side = 0 AND s.key = c.key
        WHERE c.folder = ? AND c.side = 0 AND c.digest = ? AND c.key > ?
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = c.folder AND m.near = c.key)
        ORDER BY c.key LIMIT 1""";
    return database.keys(sql, folder.id(), digest.bytes(), Database.after(after)).stream()
        .findFirst();
  }

  /** Forgets the content of near messages that are tied now. */
  public void forget(Folder folder, List<MessageKey> near) throws FaultException {
    database.later(() -> {
      for (var key : near) {
        database.update(
            "DELETE FROM temp.content WHERE folder = ? AND side = 0 AND key = ?", folder.id(), key);
      }
    });
  }
}

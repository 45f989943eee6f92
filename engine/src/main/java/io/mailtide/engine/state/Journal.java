package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.state.State.Folder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is about to be done, and what was done: intents before, outcomes after. */
public final class Journal {
  private static final String ALL_INTENTS = "SELECT count(*) FROM intent";

  private static final String COLUMNS =
      "(folder, near, far, near_flags, far_flags, size, digest, headers, far_size, content)";

  private final Database database;

  public Journal(Database database) {
    this.database = database;
  }

  /**
   * A copy of a far message, staged near and durable, about to be published.
   *
   * @param nearFlags the flags as the near side can hold them
   * @param size of the whole in bytes; of a header-only copy as the far side states it
   * @param digest of what is near
   * @param headersOnly whether what is near is the header alone
   */
  public record Intent(
      Folder folder,
      MessageKey far,
      MessageKey near,
      Flags nearFlags,
      Flags farFlags,
      long size,
      Digest digest,
      boolean headersOnly) {}

  /**
   * Records outcomes and new intents together: one commit.
   *
   * @param published intents that were published, durably
   * @param intents what is staged, durably, and will be published next
   */
  public void advance(List<Intent> published, List<Intent> intents) throws FaultException {
    if (published.isEmpty() && intents.isEmpty()) {
      return;
    }
    database.transaction(() -> {
      var waits = anyWaits();
      if (!waits && database.number(ALL_INTENTS) == published.size()) {
        insertAll();
      } else {
        for (var done : published) {
          insertPair(done, waits);
          delete(done);
        }
      }
      for (var intent : intents) {
        database.update(
            "INSERT OR REPLACE INTO intent VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            intent.folder().id(),
            intent.far(),
            intent.near(),
            intent.nearFlags().toString(),
            intent.farFlags().toString(),
            intent.size(),
            intent.digest().bytes(),
            intent.headersOnly() ? 1 : 0);
      }
    });
  }

  /** All intents there are were carried out: the same as one by one, without going out and in. */
  private void insertAll() throws SQLException {
    database.update("""
        DELETE FROM message WHERE id IN (SELECT m.id FROM intent i
          CROSS JOIN message m ON m.folder = i.folder AND m.far = i.far)""");
    database.update("INSERT INTO message " + COLUMNS + """
         SELECT i.folder, i.near, i.far, i.near_flags, i.far_flags, i.size, i.digest, i.headers,
          s.size, s.content FROM intent i
        LEFT JOIN temp.seen s ON s.folder = i.folder AND s.side = 1 AND s.key = i.far""");
    database.update("DELETE FROM intent");
  }

  /** Ties a near message to a far one of the same content; nothing was copied. */
  public void pair(List<Intent> found) throws FaultException {
    database.later(() -> {
      var waits = anyWaits();
      for (var pair : found) {
        database.update(
            "DELETE FROM message WHERE folder = ? AND near = ? AND far IS NULL",
            pair.folder().id(),
            pair.near());
        // What a run that failed had published, and did not record, is tied by its content now.
        database.update(
            "DELETE FROM intent WHERE folder = ? AND near = ?", pair.folder().id(), pair.near());
        insertPair(pair, waits);
      }
    });
  }

  /**
   * Near messages that lost their far side, or were stored there under a key that is not known, and
   * of which all that the far side has is known now to be no copy: from now on they are like new
   * ones. Only for a folder whose far side was observed whole; nothing is done while any far
   * message is not tied yet.
   */
  public void release(Folder folder) throws FaultException {
    var strangers = database.exists("""
        SELECT 1 FROM temp.seen s WHERE s.folder = ? AND s.side = 1
          AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = s.folder AND m.far = s.key)
        LIMIT 1""", folder.id());
    if (strangers || !hasLost(folder)) {
      return;
    }
    var lost = """
        FROM message AS m WHERE m.folder = ? AND m.far IS NULL AND m.untied = 0
          AND NOT EXISTS (SELECT 1 FROM temp.gone g
            WHERE g.folder = m.folder AND g.side = 0 AND g.key = m.near)
        """;
    database.transaction(() -> {
      database.update(
          "INSERT OR IGNORE INTO temp.seen (folder, side, key, flags, size)"
              + " SELECT m.folder, 0, m.near, m.near_flags, m.size "
              + lost,
          folder.id());
      database.update("DELETE " + lost, folder.id());
      database.update("DELETE FROM upload WHERE folder = ? AND stored = 1", folder.id());
      database.update("UPDATE folder SET near_checkpoint = NULL WHERE id = ?", folder.id());
    });
  }

  /**
   * Whether the folder has near messages that lost their far side and have not found it again, or
   * were stored there and are not found yet.
   */
  public boolean hasLost(Folder folder) throws FaultException {
    return database.exists(
            "SELECT 1 FROM message WHERE folder = ? AND far IS NULL AND untied = 0 LIMIT 1",
            folder.id())
        || database.exists(
            "SELECT 1 FROM upload WHERE folder = ? AND stored = 1 LIMIT 1", folder.id());
  }

  /** Whether any message at all failed before, is left out, or is on its way to the far side. */
  private boolean anyWaits() throws FaultException {
    return database.exists(
        "SELECT 1 FROM ledger UNION ALL SELECT 1 FROM left_out UNION ALL SELECT 1 FROM upload");
  }

  /** @param waits whether this may be one of those that wait for something */
  private void insertPair(Intent pair, boolean waits) throws SQLException {
    if (waits) {
      carriedAcross(pair.folder(), pair.near(), Optional.of(pair.far()));
      database.update(
          "DELETE FROM upload WHERE folder = ? AND near = ?", pair.folder().id(), pair.near());
    }
    // A repair copies a far message anew that was tied to what is not its copy.
    database.update(
        "DELETE FROM message WHERE folder = ? AND far = ?", pair.folder().id(), pair.far());
    database.update(
        "INSERT INTO message " + COLUMNS
            + " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, s.size, s.content FROM (SELECT 1)"
            + " LEFT JOIN temp.seen s ON s.folder = ?1 AND s.side = 1 AND s.key = ?3",
        pair.folder().id(),
        pair.near(),
        pair.far(),
        pair.nearFlags().toString(),
        pair.farFlags().toString(),
        pair.size(),
        pair.digest().bytes(),
        pair.headersOnly() ? 1 : 0);
  }

  /**
   * It fails no more and is not left out. Scans of changes may show it no more, either: if the
   * flags of both are not agreed on before this run ends, the next one must see it.
   */
  private void carriedAcross(Folder folder, MessageKey near, Optional<MessageKey> far)
      throws SQLException {
    var which = " WHERE folder = ? AND ((side = 0 AND key = ?) OR (side = 1 AND key = ?))";
    var there = far.orElse(null);
    if (database.update("DELETE FROM ledger" + which, folder.name().text(), near, there) > 0) {
      database.update(
          "UPDATE folder SET near_checkpoint = NULL, far_checkpoint = NULL WHERE id = ?",
          folder.id());
    }
    database.update("DELETE FROM left_out" + which, folder.id(), near, there);
  }

  private void delete(Intent intent) throws SQLException {
    database.update(
        "DELETE FROM intent WHERE folder = ? AND far = ?", intent.folder().id(), intent.far());
  }

  /** The intents of a folder that an earlier run left behind. */
  public List<Intent> left(Folder folder) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT * FROM intent WHERE folder = ?", folder.id())) {
        var intents = new ArrayList<Intent>();
        while (rows.next()) {
          intents.add(intent(folder, rows));
        }
        return intents;
      }
    });
  }

  private static Intent intent(Folder folder, ResultSet rows) throws SQLException {
    return new Intent(
        folder,
        new MessageKey(rows.getString("far")),
        new MessageKey(rows.getString("near")),
        Flags.parse(rows.getString("near_flags")),
        Flags.parse(rows.getString("far_flags")),
        rows.getLong("size"),
        Digest.of(rows.getBytes("digest")),
        rows.getInt("headers") == 1);
  }

  /**
   * Drops intents whose staged messages are not there any more; what they were for is copied again,
   * and so must be seen again.
   */
  public void drop(List<Intent> intents) throws FaultException {
    database.later(() -> {
      for (var intent : intents) {
        delete(intent);
        database.update(
            "UPDATE folder SET far_checkpoint = NULL WHERE id = ?",
            intent.folder().id());
      }
    });
  }

  /**
   * An action that was carried out.
   *
   * @param nearAgreed the near flags agreed by it, of a merge
   * @param farAgreed the far flags agreed by it, of a merge
   * @param near the flags that the near side shows now, where it was changed
   * @param far the flags that the far side shows now, where it was changed
   */
  public record Outcome(
      Action action, Flags nearAgreed, Flags farAgreed, Optional<Flags> near, Optional<Flags> far) {
    /** Of an action that is not about flags. */
    public static Outcome of(Action action) {
      return new Outcome(action, Flags.NONE, Flags.NONE, Optional.empty(), Optional.empty());
    }
  }

  /** Records actions that were carried out; each may be repeated without harm. */
  public void settle(Folder folder, List<Outcome> outcomes) throws FaultException {
    database.transaction(() -> write(folder, outcomes));
  }

  /**
   * Records flags that both sides have without anything having been done: that waits for no disk.
   */
  public void agree(Folder folder, List<Outcome> outcomes) throws FaultException {
    database.later(() -> write(folder, outcomes));
  }

  private void write(Folder folder, List<Outcome> outcomes) throws SQLException {
    for (var outcome : outcomes) {
      var row = outcome.action().row();
      switch (outcome.action()) {
        case Action.Remove remove -> {
          unsee(folder, remove.side(), remove.key());
          database.update("DELETE FROM message WHERE id = ?", row);
          database.update("DELETE FROM removing WHERE row = ?", row);
        }
        case Action.Forget _ -> database.update("DELETE FROM message WHERE id = ?", row);
        case Action.Merge _ -> {
          database.update(
              "UPDATE message SET near_flags = ?, far_flags = ? WHERE id = ?",
              outcome.nearAgreed().toString(),
              outcome.farAgreed().toString(),
              row);
          if (outcome.near().isPresent()) {
            database.update(
                "UPDATE temp.seen SET flags = ? WHERE folder = ? AND side = 0 AND key ="
                    + " (SELECT near FROM message WHERE id = ?)",
                outcome.near().get().toString(),
                folder.id(),
                row);
          }
        }
        case Action.Untie untie ->
          database.update(
              "UPDATE message SET %s = NULL, untied = 1 WHERE id = ?"
                  .formatted(State.column(untie.gone())),
              row);
        case Action.Move _ -> throw new IllegalArgumentException("a move is recorded by moved()");
      }
    }
  }

  private void unsee(Folder folder, Side side, MessageKey key) throws SQLException {
    database.update(
        "DELETE FROM temp.seen WHERE folder = ? AND side = ? AND key = ?",
        folder.id(),
        State.number(side),
        key);
  }

  /** The flags that each side had when both were last in step. */
  public record AgreedFlags(Flags near, Flags far) {}

  /** The flags agreed on for a message. */
  public AgreedFlags agreed(long row) throws FaultException {
    return database.read(() -> {
      try (var rows =
          database.query("SELECT near_flags, far_flags FROM message WHERE id = ?", row)) {
        return rows.next()
            ? new AgreedFlags(Flags.parse(rows.getString(1)), Flags.parse(rows.getString(2)))
            : new AgreedFlags(Flags.NONE, Flags.NONE);
      }
    });
  }

  /**
   * A message that was moved on both sides, to where it is now.
   *
   * @param row the state's number of the message
   * @param near its key there on the near side
   * @param far its key there on the far side; absent: the next scan finds it by its content
   * @param agreed the flags to agree on there
   */
  public record Moved(
      long row, Folder to, MessageKey near, Optional<MessageKey> far, AgreedFlags agreed) {}

  /** Records messages that were moved. */
  public void moved(List<Moved> messages) throws FaultException {
    database.transaction(() -> {
      for (var message : messages) {
        record(message);
      }
    });
  }

  private void record(Moved moved) throws SQLException {
    var to = moved.to();
    var far = moved.far().orElse(null);
    database.update("DELETE FROM upload WHERE folder = ? AND near = ?", to.id(), moved.near());
    carriedAcross(to, moved.near(), moved.far());
    // A folder that was made again gives old keys to new messages.
    database.update(
        "UPDATE message SET far = NULL WHERE folder = ? AND far = ? AND id <> ?",
        to.id(),
        far,
        moved.row());
    database.update(
        "UPDATE message SET folder = ?, near = ?, far = ?, near_flags = ?, far_flags = ?"
            + " WHERE id = ?",
        to.id(),
        moved.near(),
        far,
        moved.agreed().near().toString(),
        moved.agreed().far().toString(),
        moved.row());
  }
}

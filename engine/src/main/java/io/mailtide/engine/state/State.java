package io.mailtide.engine.state;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.ReplicaFolder.Known;
import io.mailtide.engine.Side;
import io.mailtide.engine.state.Schema.BySide;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folders of a store's state: names, generations, checkpoints, and what is known of their
 * messages.
 */
public final class State {
  private static final BySide KNOWN_KEYS = BySide.of("""
      SELECT %1$s AS key FROM message WHERE folder = ?1 AND %1$s BETWEEN ?3 AND ?4
      UNION ALL
      SELECT key FROM left_out WHERE folder = ?1 AND side = ?2
        AND key BETWEEN ?3 AND ?4
      ORDER BY key LIMIT ?5""");

  private static final BySide KNOWN_COUNT = BySide.of("""
      SELECT (SELECT count(*) FROM message WHERE folder = ?1 AND %s IS NOT NULL)
        + (SELECT count(*) FROM left_out WHERE folder = ?1 AND side = ?2)""");

  private static final BySide GENERATION =
      BySide.of("UPDATE folder SET %s_generation = ? WHERE id = ?");

  private static final BySide CHECKPOINT =
      BySide.of("UPDATE folder SET %s_checkpoint = ? WHERE id = ?");

  private final Database database;

  public State(Database database) {
    this.database = database;
  }

  /**
   * A folder pair.
   *
   * @param id the state's number of the folder
   * @param near how far its near side has been observed
   * @param far how far its far side has been observed
   */
  public record Folder(long id, FolderName name, Part near, Part far) {
    /** The part of that side. */
    public Part part(Side side) {
      return side == Side.NEAR ? near : far;
    }
  }

  /** One side of a folder pair, as remembered; empty where it was never observed. */
  public record Part(Optional<Generation> generation, Optional<Checkpoint> checkpoint) {}

  /**
   * How both sides looked to a run that had nothing to do. What a run does is a function of what
   * both sides list, of the state and of its job: as long as all three are as they were, there is
   * nothing to do again. Whoever writes to the state, in whatever run or command, deletes it in the
   * same transaction ({@link Database#aside} apart), so it is never older than the state.
   *
   * @param job what of the job it depends on
   * @param folders how many took part
   */
  public record Rest(Appearance near, Appearance far, String job, int folders) {}

  /** The rest that the store is in, as far as the state goes. */
  public Optional<Rest> rest() throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT near, far, job, folders FROM rest")) {
        return rows.next()
            ? Optional.of(new Rest(
                new Appearance(rows.getString(1)),
                new Appearance(rows.getString(2)),
                rows.getString(3),
                rows.getInt(4)))
            : Optional.empty();
      }
    });
  }

  /**
   * Whether anything waits to be done or tried again, be it for a time to come: such a store is not
   * at rest.
   */
  public boolean anyWaits() throws FaultException {
    return database.exists("""
        SELECT 1 FROM ledger UNION ALL SELECT 1 FROM left_out UNION ALL SELECT 1 FROM upload
        UNION ALL SELECT 1 FROM intent UNION ALL SELECT 1 FROM completion
        UNION ALL SELECT 1 FROM removing UNION ALL SELECT 1 FROM renaming
        UNION ALL SELECT 1 FROM message WHERE far IS NULL AND untied = 0""");
  }

  /** All folder pairs, by name. */
  public List<Folder> folders() throws FaultException {
    return database.read(() -> folders(database.query("SELECT * FROM folder ORDER BY name")));
  }

  private static List<Folder> folders(ResultSet rows) throws SQLException {
    try (rows) {
      var folders = new ArrayList<Folder>();
      while (rows.next()) {
        folders.add(new Folder(
            rows.getLong("id"),
            FolderName.parse(rows.getString("name")),
            part(rows, "near"),
            part(rows, "far")));
      }
      return folders;
    }
  }

  private static Part part(ResultSet rows, String side) throws SQLException {
    return new Part(
        Optional.ofNullable(rows.getString(side + "_generation")).map(Generation::new),
        Optional.ofNullable(rows.getString(side + "_checkpoint")).map(Checkpoint::new));
  }

  /** A folder pair as it is remembered now. */
  public Folder folder(long id) throws FaultException {
    return database
        .read(() -> folders(database.query("SELECT * FROM folder WHERE id = ?", id)))
        .getFirst();
  }

  /** Adds a folder pair that has never been observed. */
  public Folder add(FolderName name) throws FaultException {
    database.later(() -> database.update("INSERT INTO folder (name) VALUES (?)", name.text()));
    return database
        .read(() -> folders(database.query("SELECT * FROM folder WHERE name = ?", name.text())))
        .getFirst();
  }

  /** Forgets a folder pair and all of its messages. */
  public void forget(Folder folder) throws FaultException {
    database.transaction(() -> {
      database.update("DELETE FROM message WHERE folder = ?", folder.id());
      database.update("DELETE FROM intent WHERE folder = ?", folder.id());
      database.update("DELETE FROM completion WHERE folder = ?", folder.id());
      database.update("DELETE FROM upload WHERE folder = ?", folder.id());
      database.update("DELETE FROM left_out WHERE folder = ?", folder.id());
      database.update("DELETE FROM ledger WHERE folder = ?", folder.name().text());
      database.update("DELETE FROM folder WHERE id = ?", folder.id());
    });
  }

  /** A folder that is about to be renamed on a side, as it was on the other. */
  public record Renaming(Side side, FolderName from, FolderName to) {}

  /** Records what is about to be renamed, durably. */
  public void intend(Renaming renaming) throws FaultException {
    database.transaction(() -> database.update(
        "INSERT INTO renaming VALUES (?, ?, ?)",
        number(renaming.side()),
        renaming.from().text(),
        renaming.to().text()));
  }

  /** What an earlier run was about to rename: that may have been done. */
  public List<Renaming> renamings() throws FaultException {
    return database.read(() -> {
      var found = new ArrayList<Renaming>();
      try (var rows = database.query("SELECT side, old, new FROM renaming")) {
        while (rows.next()) {
          found.add(new Renaming(
              rows.getInt(1) == 0 ? Side.NEAR : Side.FAR,
              FolderName.parse(rows.getString(2)),
              FolderName.parse(rows.getString(3))));
        }
      }
      return found;
    });
  }

  /** Nothing is being renamed any more. */
  public void renamed() throws FaultException {
    database.later(() -> database.update("DELETE FROM renaming"));
  }

  /** Remembers that a folder and those below it are called otherwise now, on both sides. */
  public void rename(FolderName from, FolderName to) throws FaultException {
    // Below it are the names that begin with its own and a slash, after which comes the zero.
    var renamed = database.read(() -> folders(database.query(
        "SELECT * FROM folder WHERE name = ?1 OR (name > ?1 || '/' AND name < ?1 || '0')",
        from.text())));
    database.transaction(() -> {
      database.update("DELETE FROM renaming");
      for (var folder : renamed) {
        var name = folder.name().renamed(from, to).text();
        // What was gone with the old name, and forgotten for that, is to be seen under the new one.
        database.update(
            "UPDATE folder SET name = ?, near_checkpoint = NULL, far_checkpoint = NULL"
                + " WHERE id = ?",
            name,
            folder.id());
        database.update(
            "UPDATE ledger SET folder = ? WHERE folder = ?", name, folder.name().text());
      }
    });
  }

  /** Remembers a side's generation, where it was not known. */
  public void generation(Folder folder, Side side, Generation generation) throws FaultException {
    database.later(() -> database.update(GENERATION.of(side), generation.value(), folder.id()));
  }

  /** A side's folder is new: nothing of an earlier one of that name is known any more. */
  public void unobserved(Folder folder, Side side) throws FaultException {
    database.later(() -> {
      database.update(
          "UPDATE folder SET %1$s_generation = NULL, %1$s_checkpoint = NULL WHERE id = ?"
              .formatted(column(side)),
          folder.id());
      database.update(
          "DELETE FROM ledger WHERE folder = ? AND side = ? AND key <> ''",
          folder.name().text(),
          number(side));
      database.update(
          "DELETE FROM left_out WHERE folder = ? AND side = ?", folder.id(), number(side));
    });
  }

  /** Remembers how far a side has been observed, or that it must be observed anew. */
  public void checkpoint(Folder folder, Side side, Optional<Checkpoint> checkpoint)
      throws FaultException {
    if (!folder.part(side).checkpoint().equals(checkpoint)) {
      database.later(() -> database.update(CHECKPOINT.of(side), text(checkpoint), folder.id()));
    }
  }

  private static @Nullable String text(Optional<Checkpoint> checkpoint) {
    return checkpoint.map(Checkpoint::value).orElse(null);
  }

  /**
   * A new generation at the far side: its keys mean nothing any more. The messages stay known near,
   * and are paired again by content when they are met. So do those that their users removed here
   * alone, which are tied to nothing then.
   */
  public void farGenerationChanged(Folder folder, Generation generation) throws FaultException {
    database.later(() -> {
      database.update("UPDATE message SET far = NULL WHERE folder = ?", folder.id());
      database.update("DELETE FROM intent WHERE folder = ?", folder.id());
      database.update("DELETE FROM completion WHERE folder = ?", folder.id());
      database.update("DELETE FROM left_out WHERE folder = ? AND side = 1", folder.id());
      database.update(
          "DELETE FROM ledger WHERE folder = ? AND side = 1", folder.name().text());
      database.update(
          "UPDATE folder SET far_generation = ?, far_checkpoint = NULL WHERE id = ?",
          generation.value(),
          folder.id());
    });
  }

  /**
   * Forgets that these messages were agreed on, and how far both sides of the folder have been
   * observed: whatever is there is then met as something new, and paired or copied.
   *
   * @param rows the state's numbers of the messages
   */
  public void untie(Folder folder, List<Long> rows) throws FaultException {
    database.transaction(() -> {
      database.update(
          "UPDATE folder SET near_checkpoint = NULL, far_checkpoint = NULL WHERE id = ?",
          folder.id());
      for (var row : rows) {
        database.update("DELETE FROM message WHERE id = ?", row);
      }
    });
  }

  /**
   * The near keys of the newest messages of a folder that came from the far side, or were found
   * there; not those that were made there by sending the near ones.
   */
  public List<MessageKey> fromFar(FolderName folder, int limit) throws FaultException {
    return database.keys(
        "SELECT m.near FROM message m JOIN folder f ON f.id = m.folder WHERE f.name = ?"
            + " AND m.near IS NOT NULL AND m.far IS NOT NULL AND m.sent = 0"
            + " ORDER BY m.id DESC LIMIT ?",
        folder.text(),
        limit);
  }

  /** Whether anything is known of any message of a folder. */
  public boolean hasMessages(Folder folder) throws FaultException {
    return database.exists("SELECT 1 FROM message WHERE folder = ? LIMIT 1", folder.id());
  }

  /** How many messages are in step in a folder. */
  public long messages(Folder folder) throws FaultException {
    return database.read(() ->
        count("SELECT count(*) FROM message WHERE folder = ? AND far IS NOT NULL", folder.id()));
  }

  /** How many messages are in step in all folders. */
  public long messages() throws FaultException {
    return database.read(() -> count("SELECT count(*) FROM message WHERE far IS NOT NULL"));
  }

  /**
   * Some of the messages that were agreed on in a folder, by their keys on a side: the same ones
   * each time.
   */
  public List<MessageKey> sample(Folder folder, Side side, int limit) throws FaultException {
    var column = column(side);
    var sql = "SELECT %1$s FROM message WHERE folder = ?1 AND %1$s IS NOT NULL".formatted(column)
        + " ORDER BY (id * 2654435761) % 4294967296 LIMIT ?2";
    return database.read(() -> {
      var keys = new ArrayList<MessageKey>();
      try (var rows = database.query(sql, folder.id(), limit)) {
        while (rows.next()) {
          keys.add(new MessageKey(rows.getString(1)));
        }
      }
      return keys;
    });
  }

  /** Whether an earlier run recorded anything that it was about to do here, and did not finish. */
  public boolean isUnfinished() throws FaultException {
    return database.exists("SELECT 1 FROM intent UNION ALL SELECT 1 FROM completion"
        + " UNION ALL SELECT 1 FROM removing");
  }

  /** The near key of the message with this far key. */
  public Optional<MessageKey> across(Folder folder, MessageKey far) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT near FROM message WHERE folder = ? AND far = ? AND near IS NOT NULL",
          folder.id(),
          far)) {
        return rows.next() ? Optional.of(new MessageKey(rows.getString(1))) : Optional.empty();
      }
    });
  }

  /** What is known of one side of a folder: what is in step there, and what is left out. */
  public Known known(Folder folder, Side side) {
    return new Known() {
      @Override
      public long count() throws FaultException {
        return database.read(
            () -> State.this.count(KNOWN_COUNT.of(side), folder.id(), number(side)));
      }

      @Override
      public List<MessageKey> between(long first, long last, int limit) throws FaultException {
        return database.read(() -> {
          var found = new ArrayList<MessageKey>();
          try (var rows =
              database.query(KNOWN_KEYS.of(side), folder.id(), number(side), first, last, limit)) {
            while (rows.next()) {
              found.add(new MessageKey(rows.getString(1)));
            }
          }
          return found;
        });
      }
    };
  }

  private long count(String sql, Object... parameters) throws SQLException {
    try (var rows = database.query(sql, parameters)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** The side's number in the tables of observations. */
  static int number(Side side) {
    return side == Side.NEAR ? 0 : 1;
  }

  /** The side's column of keys. */
  static String column(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }
}

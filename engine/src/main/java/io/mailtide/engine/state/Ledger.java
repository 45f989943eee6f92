package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.StoreStatus.LedgerEntry;
import io.mailtide.engine.state.State.Folder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What could not be brought in step: kept with cause and advice, tried again alone, with back-off.
 * The first retry is the next run's, later ones wait 5 minutes, doubling up to a day.
 */
public final class Ledger {
  private static final Duration FIRST_WAIT = Duration.ofMinutes(5);
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Database database;

  /** Whether it is known to be empty: the common case costs nothing. */
  private boolean empty;

  public Ledger(Database database) {
    this.database = database;
  }

  /** Enters a message of a side that failed, or counts one more try of it. */
  public void enter(Folder folder, Side side, Sighting message, Fault fault, Instant now)
      throws FaultException {
    empty = false;
    database.later(() -> {
      var name = folder.name().text();
      var tries = 1;
      var since = now.toEpochMilli();
      try (var rows = database.query(
          "SELECT tries, since FROM ledger WHERE folder = ? AND side = ? AND key = ?",
          name,
          State.number(side),
          message.key())) {
        if (rows.next()) {
          tries = rows.getInt(1) + 1;
          since = rows.getLong(2);
        }
      }
      database.update(
          "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          name,
          State.number(side),
          message.key(),
          message.flags().toString(),
          message.size().isPresent() ? message.size().getAsLong() : null,
          fault.kind().name(),
          fault.said(),
          fault.next(),
          since,
          tries,
          now.plus(wait(tries)).toEpochMilli());
    });
  }

  /** Enters a folder that failed as a whole; every run tries it again. */
  public void enter(FolderName folder, Fault fault, Instant now) throws FaultException {
    empty = false;
    database.later(() -> database.update(
        "INSERT INTO ledger VALUES (?, 1, '', '', NULL, ?, ?, ?, ?, 1, ?)"
            + " ON CONFLICT DO UPDATE SET tries = tries + 1, kind = excluded.kind,"
            + " why = excluded.why, advice = excluded.advice, next_try = excluded.next_try",
        folder.text(),
        fault.kind().name(),
        fault.said(),
        fault.next(),
        now.toEpochMilli(),
        now.toEpochMilli()));
  }

  /** The folder as a whole does not fail any more. */
  public void cleared(FolderName folder) throws FaultException {
    if (isEmpty()) {
      return;
    }
    var failed = database.read(() -> {
      try (var rows =
          database.query("SELECT 1 FROM ledger WHERE folder = ? AND key = ''", folder.text())) {
        return rows.next();
      }
    });
    if (failed) {
      database.later(
          () -> database.update("DELETE FROM ledger WHERE folder = ? AND key = ''", folder.text()));
    }
  }

  /** Forgets what failed in folders that are none any more. */
  public void retain(Set<FolderName> folders) throws FaultException {
    if (isEmpty()) {
      return;
    }
    var failed = database.read(() -> {
      try (var rows = database.query("SELECT DISTINCT folder FROM ledger")) {
        var names = new ArrayList<FolderName>();
        while (rows.next()) {
          names.add(FolderName.parse(rows.getString(1)));
        }
        return names;
      }
    });
    for (var name : failed) {
      if (!folders.contains(name)) {
        database.later(() -> database.update("DELETE FROM ledger WHERE folder = ?", name.text()));
      }
    }
  }

  private boolean isEmpty() throws FaultException {
    empty = empty || !database.exists("SELECT 1 FROM ledger LIMIT 1");
    return empty;
  }

  static Duration wait(int tries) {
    return tries <= 1
        ? Duration.ZERO
        : bounded(FIRST_WAIT.multipliedBy(1L << Math.min(tries - 2, 20)));
  }

  /** Nothing waits longer than a day, whatever is asked for. */
  public static Duration bounded(Duration wait) {
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  /**
   * Whether something that waits is to be tried now. What would wait for longer than anything does
   * was put off while the clock was ahead.
   */
  public static boolean isDue(Instant nextTry, Instant now) {
    return !nextTry.isAfter(now) || nextTry.isAfter(now.plus(LONGEST_WAIT));
  }

  /** Makes due what was put off while the clock was ahead. */
  public void clockIs(Instant now) throws FaultException {
    var ahead = now.plus(LONGEST_WAIT).toEpochMilli();
    if (!isEmpty() && database.exists("SELECT 1 FROM ledger WHERE next_try > ? LIMIT 1", ahead)) {
      database.later(() -> database.update(
          "UPDATE ledger SET next_try = ? WHERE next_try > ?", now.toEpochMilli(), ahead));
    }
  }

  /** Whether a folder has messages to try again now. */
  public boolean due(FolderName folder, Instant now) throws FaultException {
    return !isEmpty()
        && database.exists(
            "SELECT 1 FROM ledger WHERE folder = ? AND next_try <= ? LIMIT 1",
            folder.text(),
            now.toEpochMilli());
  }

  /**
   * Brings the messages of a side to try again among those seen, and drops entries whose message is
   * gone. What was seen of them now is remembered: no later scan of changes may show it.
   */
  public void rejoin(Folder folder, Side side, boolean complete) throws FaultException {
    if (isEmpty()) {
      return;
    }
    database.later(() -> {
      var name = folder.name().text();
      var number = State.number(side);
      database.update("""
          UPDATE ledger SET flags = s.flags FROM temp.seen s
          WHERE ledger.folder = ? AND ledger.side = ? AND s.folder = ? AND s.side = ledger.side
            AND s.key = ledger.key AND s.flags <> ledger.flags""", name, number, folder.id());
      if (complete) {
        database.update(
            "DELETE FROM ledger WHERE folder = ? AND side = ? AND key <> '' AND key NOT IN"
                + " (SELECT key FROM temp.seen WHERE folder = ? AND side = ?)",
            name,
            number,
            folder.id(),
            number);
      } else {
        database.update(
            "DELETE FROM ledger WHERE folder = ? AND side = ? AND key IN"
                + " (SELECT key FROM temp.gone WHERE folder = ? AND side = ?)",
            name,
            number,
            folder.id(),
            number);
        database.update(
            "INSERT OR IGNORE INTO temp.seen (folder, side, key, flags, size)"
                + " SELECT ?, side, key, flags, size FROM ledger"
                + " WHERE folder = ? AND side = ? AND key <> ''"
                + " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.folder = ? AND m."
                + State.column(side) + " = ledger.key)", // of those, the flags are of long ago
            folder.id(),
            name,
            number,
            folder.id());
      }
    });
  }

  /** Forgets a message of a side, for it is gone or in step. */
  public void forget(Folder folder, Side side, MessageKey key) throws FaultException {
    database.later(() -> database.update(
        "DELETE FROM ledger WHERE folder = ? AND side = ? AND key = ?",
        folder.name().text(),
        State.number(side),
        key));
  }

  /** All entries, by folder. */
  public List<LedgerEntry> entries() throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT * FROM ledger ORDER BY folder, side, key")) {
        var entries = new ArrayList<LedgerEntry>();
        while (rows.next()) {
          entries.add(new LedgerEntry(
              FolderName.parse(rows.getString("folder")),
              rows.getInt("side") == State.number(Side.NEAR) ? Side.NEAR : Side.FAR,
              Optional.of(rows.getString("key")).filter(key -> !key.isEmpty()).map(MessageKey::new),
              Fault.Kind.valueOf(rows.getString("kind")),
              rows.getString("why"),
              rows.getString("advice"),
              Instant.ofEpochMilli(rows.getLong("since")),
              rows.getInt("tries"),
              Instant.ofEpochMilli(rows.getLong("next_try"))));
        }
        return entries;
      }
    });
  }
}

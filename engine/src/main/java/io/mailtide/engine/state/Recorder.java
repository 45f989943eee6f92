package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.engine.state.Schema.BySide;
import io.mailtide.engine.state.State.Folder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/** Takes in one side of a folder. Close it to have all of it counted. */
public final class Recorder implements Observer, AutoCloseable {
  private static final int BATCH = 500;

  /** What a scan that saw everything did not see. */
  private static final BySide UNSEEN = BySide.of("""
      INSERT OR IGNORE INTO temp.gone
      SELECT m.folder, ?, m.%1$s FROM message m
      WHERE m.folder = ? AND m.%1$s IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM temp.seen s
        WHERE s.folder = m.folder AND s.side = ? AND s.key = m.%1$s)""");

  private static final BySide AGREED =
      BySide.of("SELECT %1$s_flags FROM message WHERE folder = ? AND %1$s = ?");

  private final Database database;
  private final Folder folder;
  private final Side side;
  private final boolean wantsArrival;
  private final boolean onlyNews;
  private final List<Sighting> seen = new ArrayList<>();
  private final List<MessageKey> gone = new ArrayList<>();

  /** The state's numbers of messages that were seen as agreed, and so are no news. */
  private final BitSet asAgreed = new BitSet();

  private Optional<Agreed> agreed = Optional.empty();

  /** @param onlyNews whether what is as agreed is to be passed over: for the near side */
  Recorder(Database database, Folder folder, Side side, boolean wantsArrival, boolean onlyNews) {
    this.database = database;
    this.folder = folder;
    this.side = side;
    this.wantsArrival = wantsArrival;
    this.onlyNews = onlyNews;
  }

  @Override
  public void present(Sighting sighting) throws FaultException {
    var told = sighting.namelessKeywords()
        ? sighting.with(sighting.flags().plus(agreedKeywords(sighting.key())))
        : sighting;
    if (onlyNews && isAsAgreed(told)) {
      return;
    }
    seen.add(told);
    if (seen.size() >= BATCH) {
      flush();
    }
  }

  @Override
  public void vanished(MessageKey key) throws FaultException {
    gone.add(key);
    if (gone.size() >= BATCH) {
      flush();
    }
  }

  @Override
  public boolean wantsArrival() {
    return wantsArrival;
  }

  private void flush() throws FaultException {
    database.later(() -> {
      for (var sighting : seen) {
        database.update(
            "INSERT OR REPLACE INTO temp.seen VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            folder.id(),
            State.number(side),
            sighting.key(),
            sighting.flags().toString(),
            sighting.size().isPresent() ? sighting.size().getAsLong() : null,
            sighting.arrived().map(Instant::toEpochMilli).orElse(null),
            sighting.headersOnly() ? 1 : 0,
            sighting.content().map(ContentId::value).orElse(null));
      }
      for (var key : gone) {
        database.update(
            "INSERT OR IGNORE INTO temp.gone VALUES (?, ?, ?)",
            folder.id(),
            State.number(side),
            key);
      }
    });
    seen.clear();
    gone.clear();
  }

  /** What a message is taken to bear still where its side cannot tell. */
  private Flags agreedKeywords(MessageKey key) throws FaultException {
    return database.read(() -> {
      try (var row = database.query(AGREED.of(side), folder.id(), key)) {
        return row.next() ? Flags.parse(row.getString(1)).keywords() : Flags.NONE;
      }
    });
  }

  private boolean isAsAgreed(Sighting sighting) throws FaultException {
    if (agreed.isEmpty()) {
      agreed = Optional.of(database.read(() -> Agreed.of(database, folder)));
    }
    var row = agreed.get().row(sighting);
    row.ifPresent(asAgreed::set);
    return row.isPresent();
  }

  /**
   * The scan is over.
   *
   * @param complete whether what was not seen is gone
   */
  public void finish(boolean complete) throws FaultException {
    flush();
    agreed = Optional.empty();
    if (complete) {
      database.later(() -> {
        database.update(
            "DELETE FROM temp.gone WHERE folder = ? AND side = ?", folder.id(), State.number(side));
        if (asAgreed.isEmpty()) {
          database.update(UNSEEN.of(side), State.number(side), folder.id(), State.number(side));
        } else {
          missing();
        }
      });
    }
  }

  private void missing() throws SQLException {
    try (var rows = database.query(
        "SELECT count(*) FROM message WHERE folder = ? AND near IS NOT NULL", folder.id())) {
      rows.next();
      if (rows.getLong(1) == asAgreed.cardinality()) {
        return;
      }
    }
    var unmarked = LongStream.builder();
    var sql = "SELECT id FROM message WHERE folder = ? AND near IS NOT NULL";
    try (var rows = database.query(sql, folder.id())) {
      while (rows.next()) {
        var row = rows.getLong(1);
        if (row > Integer.MAX_VALUE || !asAgreed.get((int) row)) {
          unmarked.add(row);
        }
      }
    }
    for (var row : unmarked.build().toArray()) {
      database.update(
          UNSEEN.of(side) + " AND m.id = ?",
          State.number(side),
          folder.id(),
          State.number(side),
          row);
    }
  }

  @Override
  public void close() {
    seen.clear();
    gone.clear();
  }

  /**
   * What is agreed on of a folder's near side: a fingerprint of 64 bits a message, of its key and
   * flags and whether it is whole, for a folder may hold a million. They begin with a number thrown
   * anew each time: what is taken for another one, once in many trillions, is not in the next
   * listing.
   */
  private static final class Agreed {
    private static final int PAGE = 5_000;
    private static final char BETWEEN = '\u001e';

    private static final String LAST_OF_PAGE = """
        SELECT near FROM message INDEXED BY message_near WHERE folder = ? AND near > ?
        ORDER BY near LIMIT 1 OFFSET ?""";

    /** All in one row: to go to SQLite and back for each message takes longer than all else. */
    private static final String PAGED = """
        SELECT count(*), group_concat(near, char(30)), group_concat(near_flags, char(30)),
          group_concat(headers, ''), group_concat(id)
        FROM message INDEXED BY message_near
        WHERE folder = ? AND near > ? AND near <= ? AND far IS NOT NULL AND untied = 0
          AND id <= 2147483647""";

    /** Greater than all numbers and texts. */
    private static final Object END = new byte[0];

    private final long start;
    private long[] fingerprints = new long[64];
    private int[] rows = new int[64];
    private int size;

    private Agreed(long start) {
      this.start = start;
    }

    static Agreed of(Database database, Folder folder) throws SQLException {
      var agreed = new Agreed(database.number("SELECT random()"));
      var after = Database.after(Optional.empty());
      for (var more = true; more; ) {
        Object last;
        try (var found = database.query(LAST_OF_PAGE, folder.id(), after, PAGE)) {
          more = found.next();
          last = more ? new MessageKey(found.getString(1)) : END;
        }
        try (var page = database.query(PAGED, folder.id(), after, last)) {
          page.next();
          if (page.getInt(1) > 0 && !agreed.add(page)) {
            return new Agreed(0); // then each is compared by itself
          }
        }
        after = last;
      }
      return agreed;
    }

    /** Takes in a page; false where a name has what is put between names. */
    private boolean add(ResultSet page) throws SQLException {
      var keys = page.getString(2);
      var flags = page.getString(3);
      var parts = page.getString(4);
      var ids = page.getString(5);
      var key = 0;
      var flag = 0;
      var id = 0;
      var messages = page.getInt(1); // each is a call into SQLite
      for (var i = 0; i < messages; i++) {
        var keyEnd = end(keys, BETWEEN, key);
        var flagEnd = end(flags, BETWEEN, flag);
        var idEnd = end(ids, ',', id);
        var mixed = mixed(start, flags, flag, flagEnd);
        mixed = mixed(mixed, mark(parts.charAt(i) != '0'));
        enter(nonzero(mixed(mixed, keys, key, keyEnd)), Integer.parseInt(ids, id, idEnd, 10));
        key = keyEnd + 1;
        flag = flagEnd + 1;
        id = idEnd + 1;
      }
      return key > keys.length() && flag > flags.length();
    }

    private static int end(String text, char between, int from) {
      var end = text.indexOf(between, from);
      return end < 0 ? text.length() : end;
    }

    private void enter(long fingerprint, int row) {
      if (++size * 2 > rows.length) {
        var oldFingerprints = fingerprints;
        var oldRows = rows;
        fingerprints = new long[2 * oldRows.length];
        rows = new int[2 * oldRows.length];
        for (var i = 0; i < oldRows.length; i++) {
          if (oldFingerprints[i] != 0) {
            put(oldFingerprints[i], oldRows[i]);
          }
        }
      }
      put(fingerprint, row);
    }

    private void put(long fingerprint, int row) {
      var slot = slot(fingerprint);
      fingerprints[slot] = fingerprint;
      rows[slot] = row;
    }

    /** The slot of a fingerprint, or where it may go. */
    private int slot(long fingerprint) {
      var slot = (int) fingerprint & (rows.length - 1);
      while (fingerprints[slot] != 0 && fingerprints[slot] != fingerprint) {
        slot = (slot + 1) & (rows.length - 1);
      }
      return slot;
    }

    /** The state's number of the message, if it is as agreed. */
    OptionalInt row(Sighting sighting) {
      var flags = sighting.flags().toString();
      var mixed = mixed(start, flags, 0, flags.length());
      mixed = mixed(mixed, mark(sighting.headersOnly()));
      var key = sighting.key().value();
      var slot = slot(nonzero(mixed(mixed, key, 0, key.length())));
      return fingerprints[slot] == 0 ? OptionalInt.empty() : OptionalInt.of(rows[slot]);
    }

    private static char mark(boolean headersOnly) {
      return headersOnly ? '\1' : '\0';
    }

    private static long nonzero(long fingerprint) {
      return fingerprint == 0 ? 1 : fingerprint;
    }

    private static long mixed(long before, String text, int from, int to) {
      var mixed = before;
      for (var i = from; i < to; i++) {
        mixed = mixed(mixed, text.charAt(i));
      }
      return mixed;
    }

    private static long mixed(long before, char next) {
      var mixed = (before ^ next) * 0x9E37_79B9_7F4A_7C15L;
      return mixed ^ (mixed >>> 32);
    }
  }
}

package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.Recipient;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Reply;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.engine.send.Transport.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The tables of an Outbox's state, described in {@code docs/state.md}, and what a row says. */
final class OutboxSchema {
  private static final int VERSION = 2;

  /** "MTob" in ASCII. */
  private static final int MARK = 0x4D546F62;

  private static final List<String> CREATE = List.of(
      "PRAGMA application_id=" + MARK,
      "PRAGMA user_version=" + VERSION,
      """
    CREATE TABLE outgoing (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL,
      transport TEXT NOT NULL,
      sender TEXT NOT NULL, sender_read INTEGER NOT NULL,
      recipients_read INTEGER NOT NULL,
      notify TEXT NOT NULL,
      message_id TEXT NOT NULL, subject TEXT NOT NULL, size INTEGER NOT NULL,
      submitted INTEGER NOT NULL,
      state TEXT NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL,
      kind TEXT, doing TEXT, said TEXT, next TEXT,
      proven_from INTEGER,
      filed_there INTEGER NOT NULL DEFAULT 0, filed_as TEXT,
      ret TEXT, envid TEXT)""",
      "CREATE INDEX outgoing_state ON outgoing (state)",
      """
    CREATE TABLE handed (message_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID""",
      """
    CREATE TABLE recipient (
      message INTEGER NOT NULL REFERENCES outgoing,
      number INTEGER NOT NULL,
      address TEXT NOT NULL,
      verdict TEXT, said TEXT NOT NULL DEFAULT '',
      PRIMARY KEY (message, number)) WITHOUT ROWID""");

  /** What leads from the first format to this one. */
  private static final List<String> UPGRADE = List.of(
      "ALTER TABLE outgoing ADD COLUMN ret TEXT",
      "ALTER TABLE outgoing ADD COLUMN envid TEXT",
      "PRAGMA user_version=" + VERSION);

  /** The state of an Outbox. */
  static final Format FORMAT = new Format(
      MARK,
      VERSION,
      version -> version == 0 ? CREATE : UPGRADE,
      List.of(),
      List.of(),
      "Move that file away: the messages stay in the folder Outbox and are not sent, for to whom and "
          + "whether they were sent is not known any more. Look at each, and hand it in anew.");

  private OutboxSchema() {}

  /** Writes a message as it is handed in, and queued; its id. */
  static long insert(Database database, OutgoingMail.Entry entry) throws SQLException {
    var envelope = entry.envelope();
    var reports = envelope.reports();
    database.update(
        "INSERT INTO outgoing (key, transport, sender, sender_read, recipients_read, notify,"
            + " ret, envid, message_id, subject, size, submitted, state, next_try)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'QUEUED', ?)",
        entry.key().value(),
        entry.transport(),
        envelope.sender(),
        entry.senderRead() ? 1 : 0,
        entry.recipientsRead() ? 1 : 0,
        String.join(",", reports.notifyOn()),
        reports.returned().map(Returned::name).orElse(null),
        reports.envelopeId().orElse(null),
        entry.messageId(),
        entry.subject(),
        entry.size(),
        entry.submitted().toEpochMilli(),
        entry.submitted().toEpochMilli());
    try (var rows = database.query("SELECT last_insert_rowid()")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Writes what is known of the recipients of a message, in their order. */
  static void insert(Database database, long id, List<Recipient> recipients) throws SQLException {
    var number = 0;
    for (var recipient : recipients) {
      database.update(
          "INSERT INTO recipient (message, number, address, verdict, said) VALUES (?, ?, ?, ?, ?)",
          id,
          number++,
          recipient.address(),
          recipient.verdict().map(Verdict::name).orElse(null),
          recipient.said());
    }
  }

  /**
   * Writes what the other side said for recipients.
   *
   * @param places theirs in the envelope
   * @param replies in that order; absent where it is still to be said
   */
  static void answer(
      Database database, long id, List<Integer> places, List<Optional<Reply>> replies)
      throws SQLException {
    for (var i = 0; i < places.size(); i++) {
      database.update(
          "UPDATE recipient SET verdict = ?, said = ? WHERE message = ? AND number = ?",
          replies.get(i).map(reply -> reply.verdict().name()).orElse(null),
          replies.get(i).map(Reply::said).orElse(""),
          id,
          places.get(i));
    }
  }

  /** The message of a row of {@code outgoing}. */
  static Outgoing message(ResultSet rows, List<Recipient> recipients) throws SQLException {
    return new Outgoing(
        rows.getLong("id"),
        new MessageKey(rows.getString("key")),
        rows.getString("transport"),
        new Envelope(
            rows.getString("sender"),
            recipients.stream().map(Recipient::address).toList(),
            reports(rows)),
        recipients,
        rows.getString("message_id"),
        rows.getString("subject"),
        rows.getLong("size"),
        Instant.ofEpochMilli(rows.getLong("submitted")),
        Outgoing.State.valueOf(rows.getString("state")),
        rows.getInt("tries"),
        Instant.ofEpochMilli(rows.getLong("next_try")),
        trouble(rows));
  }

  private static Reports reports(ResultSet rows) throws SQLException {
    var notify = rows.getString("notify");
    return new Reports(
        notify.isEmpty() ? List.of() : List.of(notify.split(",")),
        later(rows, "ret").map(Returned::valueOf),
        later(rows, "envid"));
  }

  /** What the first format has no column for: who only looks may find that one. */
  private static Optional<String> later(ResultSet rows, String column) throws SQLException {
    var columns = rows.getMetaData();
    for (var i = 1; i <= columns.getColumnCount(); i++) {
      if (columns.getColumnName(i).equals(column)) {
        return Optional.ofNullable(rows.getString(i));
      }
    }
    return Optional.empty();
  }

  private static Optional<Fault> trouble(ResultSet rows) throws SQLException {
    var kind = Optional.ofNullable(rows.getString("kind"));
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Fault.of(
            Kind.valueOf(kind.get()),
            Reach.MESSAGE,
            rows.getString("doing"),
            rows.getString("said"),
            rows.getString("next"))
        .in(Outbox.FOLDER)
        .about(new MessageKey(rows.getString("id"))));
  }
}

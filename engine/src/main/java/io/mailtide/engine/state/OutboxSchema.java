package io.mailtide.engine.state;

import java.util.List;

/** The tables of an Outbox's state, described in {@code docs/state.md}. */
final class OutboxSchema {
  private static final int VERSION = 1;

  /** "MTob" in ASCII. */
  private static final int MARK = 0x4D546F62;

  private static final List<String> CREATE =
      List.of("PRAGMA application_id=" + MARK, "PRAGMA user_version=" + VERSION, """
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
      filed_there INTEGER NOT NULL DEFAULT 0, filed_as TEXT)""", """
    CREATE TABLE recipient (
      message INTEGER NOT NULL REFERENCES outgoing,
      number INTEGER NOT NULL,
      address TEXT NOT NULL,
      verdict TEXT, said TEXT NOT NULL DEFAULT '',
      PRIMARY KEY (message, number)) WITHOUT ROWID""");

  /** The state of an Outbox. */
  static final Format FORMAT = new Format(
      MARK,
      VERSION,
      _ -> CREATE,
      List.of(),
      "Move that file away: the messages stay in the folder Outbox and are not sent, for to whom and "
          + "whether they were sent is not known any more. Look at each, and hand it in anew.");

  private OutboxSchema() {}
}

package io.mailtide.engine.state;

import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of format {@value #VERSION}, described in {@code docs/state.md}. Columns {@code near}
 * and {@code far} hold message keys and have no declared type, so that UIDs are numbers and base
 * names are texts.
 */
final class Schema {
  private static final int VERSION = 4;

  /** "MTid" in ASCII. */
  private static final int MARK = 0x4D546964;

  private static final String REMOVING = "CREATE TABLE removing (row INTEGER PRIMARY KEY)";

  private static final String REST = """
    CREATE TABLE rest (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      near TEXT NOT NULL, far TEXT NOT NULL,
      job TEXT NOT NULL,
      folders INTEGER NOT NULL)""";

  private static final String CONTENT_INDEX =
      "CREATE INDEX message_content ON message (content) WHERE content IS NOT NULL";

  private static final List<String> CREATE = List.of(
      "PRAGMA application_id=" + MARK,
      "PRAGMA user_version=" + VERSION,
      """
    CREATE TABLE folder (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      near_generation TEXT, near_checkpoint TEXT,
      far_generation TEXT, far_checkpoint TEXT)""",
      """
    CREATE TABLE message (
      id INTEGER PRIMARY KEY,
      folder INTEGER NOT NULL REFERENCES folder,
      near, far,
      near_flags TEXT NOT NULL, far_flags TEXT NOT NULL,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      untied INTEGER NOT NULL DEFAULT 0,
      headers INTEGER NOT NULL DEFAULT 0,
      sent INTEGER NOT NULL DEFAULT 0,
      far_size INTEGER,
      content TEXT)""",
      "CREATE UNIQUE INDEX message_near ON message (folder, near) WHERE near IS NOT NULL",
      "CREATE UNIQUE INDEX message_far ON message (folder, far) WHERE far IS NOT NULL",
      "CREATE INDEX message_unpaired ON message (folder, digest) WHERE far IS NULL",
      "CREATE INDEX message_headers ON message (digest) WHERE headers = 1",
      CONTENT_INDEX,
      """
    CREATE TABLE intent (
      folder INTEGER NOT NULL REFERENCES folder,
      far NOT NULL, near NOT NULL,
      near_flags TEXT NOT NULL, far_flags TEXT NOT NULL,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      headers INTEGER NOT NULL,
      PRIMARY KEY (folder, far)) WITHOUT ROWID""",
      """
    CREATE TABLE completion (
      folder INTEGER NOT NULL REFERENCES folder,
      far NOT NULL, header NOT NULL, near NOT NULL,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      PRIMARY KEY (folder, far)) WITHOUT ROWID""",
      """
    CREATE TABLE upload (
      folder INTEGER NOT NULL REFERENCES folder,
      near NOT NULL,
      identity TEXT,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      stored INTEGER NOT NULL,
      PRIMARY KEY (folder, near)) WITHOUT ROWID""",
      """
    CREATE TABLE renaming (
      side INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL)""",
      REMOVING,
      """
    CREATE TABLE ledger (
      folder TEXT NOT NULL,
      side INTEGER NOT NULL, key NOT NULL,
      flags TEXT NOT NULL, size INTEGER,
      kind TEXT NOT NULL, why TEXT NOT NULL, advice TEXT NOT NULL,
      since INTEGER NOT NULL, tries INTEGER NOT NULL, next_try INTEGER NOT NULL,
      PRIMARY KEY (folder, side, key)) WITHOUT ROWID""",
      """
    CREATE TABLE left_out (
      folder INTEGER NOT NULL REFERENCES folder,
      side INTEGER NOT NULL, key NOT NULL,
      flags TEXT NOT NULL, size INTEGER, arrived INTEGER,
      PRIMARY KEY (folder, side, key)) WITHOUT ROWID""",
      """
    CREATE TABLE last_run (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      started INTEGER NOT NULL, ended INTEGER NOT NULL,
      result TEXT NOT NULL, detail TEXT NOT NULL,
      copied INTEGER NOT NULL, sent INTEGER NOT NULL, moved INTEGER NOT NULL,
      flagged INTEGER NOT NULL, removed INTEGER NOT NULL,
      failed INTEGER NOT NULL, withheld INTEGER NOT NULL)""",
      REST);

  /** What leads from each format to the next one, from the first. */
  private static final List<List<String>> UPGRADES = List.of(
      List.of("ALTER TABLE message ADD COLUMN far_size INTEGER", REMOVING),
      List.of("ALTER TABLE message ADD COLUMN content TEXT", CONTENT_INDEX),
      List.of(REST));

  /**
   * What a run has seen, kept outside the heap; gone with the connection. Side 0 is near, 1 is far.
   */
  private static final List<String> OBSERVATIONS = List.of(
      """
    CREATE TEMP TABLE IF NOT EXISTS seen (
      folder INTEGER NOT NULL, side INTEGER NOT NULL, key NOT NULL,
      flags TEXT NOT NULL, size INTEGER, arrived INTEGER, headers INTEGER NOT NULL DEFAULT 0,
      content TEXT,
      PRIMARY KEY (folder, side, key)) WITHOUT ROWID""",
      "CREATE INDEX IF NOT EXISTS temp.seen_content ON seen (content) WHERE content IS NOT NULL",
      "CREATE TEMP TABLE IF NOT EXISTS bounds (bytes INTEGER, arrived INTEGER)",
      """
    CREATE TEMP TABLE IF NOT EXISTS gone (
      folder INTEGER NOT NULL, side INTEGER NOT NULL, key NOT NULL,
      PRIMARY KEY (folder, side, key)) WITHOUT ROWID""",
      """
    CREATE TEMP TABLE IF NOT EXISTS content (
      folder INTEGER NOT NULL, side INTEGER NOT NULL, key NOT NULL,
      identity TEXT, size INTEGER NOT NULL, digest BLOB, arrived INTEGER,
      PRIMARY KEY (folder, side, key)) WITHOUT ROWID""",
      "CREATE INDEX IF NOT EXISTS temp.content_identity"
          + " ON content (folder, side, identity, size)",
      "CREATE INDEX IF NOT EXISTS temp.content_digest ON content (digest)",
      "CREATE TEMP TABLE IF NOT EXISTS to_read (key NOT NULL PRIMARY KEY) WITHOUT ROWID",
      """
    CREATE TEMP TABLE IF NOT EXISTS claimed (
      folder INTEGER NOT NULL, side INTEGER NOT NULL, key NOT NULL,
      PRIMARY KEY (folder, side, key)) WITHOUT ROWID""");

  /** The state of a store. */
  static final Format FORMAT = new Format(
      MARK,
      VERSION,
      Schema::from,
      OBSERVATIONS,
      List.of("DELETE FROM rest"),
      "Move that file away and run again: both sides are then paired again by content; "
          + "no mail is lost or doubled.");

  private Schema() {}

  /**
   * Keys that are canonical decimal numbers are kept as numbers, so that ranges of UIDs can be
   * asked for.
   */
  static Object stored(MessageKey key) {
    var text = key.value();
    return isNumber(text) ? (Object) Long.valueOf(text) : text;
  }

  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > 18 || (text.charAt(0) == '0' && text.length() > 1)) {
      return false;
    }
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /**
   * A statement about either side, with {@code %1$s} for the side's column: spelled out once, for
   * to format it takes longer than to run it.
   */
  record BySide(String near, String far) {
    static BySide of(String template) {
      return new BySide(
          template.formatted(State.column(Side.NEAR)), template.formatted(State.column(Side.FAR)));
    }

    String of(Side side) {
      return side == Side.NEAR ? near : far;
    }
  }

  /** What leads to this format from an older one; 0 is an empty file. */
  private static List<String> from(int version) {
    if (version == 0) {
      return CREATE;
    }
    var steps = new ArrayList<String>();
    UPGRADES.subList(version - 1, VERSION - 1).forEach(steps::addAll);
    steps.add("PRAGMA user_version=" + VERSION);
    return steps;
  }
}

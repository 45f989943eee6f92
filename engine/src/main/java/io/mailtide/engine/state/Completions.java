package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.Observations.Amount;
import io.mailtide.engine.state.State.Folder;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Header-only copies, and what takes their places: recorded when it is durable and before it is
 * published, until nothing is left of the header-only copy.
 */
public final class Completions {
  private static final String TO_COMPLETE = """
      FROM message m
      WHERE m.folder = ?1 AND m.headers = 1 AND m.near IS NOT NULL AND m.far IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM temp.gone g WHERE g.folder = m.folder
          AND ((g.side = 0 AND g.key = m.near) OR (g.side = 1 AND g.key = m.far)))
        AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.folder = ?2 AND l.side = 1
          AND l.key = m.far AND l.next_try > ?3)
      """;

  private final Database database;

  public Completions(Database database) {
    this.database = database;
  }

  /**
   * A message that takes the place of a header-only copy.
   *
   * @param header the key of the header-only copy
   * @param near the key of the whole message
   */
  public record Completion(
      Folder folder,
      MessageKey far,
      MessageKey header,
      MessageKey near,
      long size,
      Digest digest) {}

  /** A header-only copy, and the far message that it is the header of. */
  public record HeaderOnly(MessageKey near, Sighting far) {}

  /** How many of a folder may be completed now, and their bytes as the far side states them. */
  public Amount amount(Folder folder, Instant now) throws FaultException {
    if (!database.exists("SELECT 1 FROM message WHERE headers = 1 LIMIT 1")) {
      return Amount.NONE;
    }
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT count(*), total(m.size) " + TO_COMPLETE,
          folder.id(),
          folder.name().text(),
          now.toEpochMilli())) {
        rows.next();
        return new Amount(rows.getLong(1), rows.getLong(2));
      }
    });
  }

  /** The next of those, in order of their far keys. */
  public List<HeaderOnly> page(Folder folder, Instant now, Optional<MessageKey> after, int limit)
      throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT m.near, m.far, m.far_flags, m.size " + TO_COMPLETE
              + " AND m.far > ?4 ORDER BY m.far LIMIT ?5",
          folder.id(),
          folder.name().text(),
          now.toEpochMilli(),
          Database.after(after),
          limit)) {
        var found = new ArrayList<HeaderOnly>();
        while (rows.next()) {
          found.add(new HeaderOnly(
              new MessageKey(rows.getString(1)),
              new Sighting(
                  new MessageKey(rows.getString(2)),
                  Flags.parse(rows.getString(3)),
                  OptionalLong.of(rows.getLong(4)))));
        }
        return found;
      }
    });
  }

  /** Records what is staged, durably, and is about to be published. */
  public void intend(List<Completion> completions) throws FaultException {
    database.transaction(() -> {
      for (var completion : completions) {
        database.update(
            "INSERT OR REPLACE INTO completion VALUES (?, ?, ?, ?, ?, ?)",
            completion.folder().id(),
            completion.far(),
            completion.header(),
            completion.near(),
            completion.size(),
            completion.digest().bytes());
      }
    });
  }

  /** What an earlier run recorded of a folder and did not finish. */
  public List<Completion> left(Folder folder) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT * FROM completion WHERE folder = ?", folder.id())) {
        var completions = new ArrayList<Completion>();
        while (rows.next()) {
          completions.add(new Completion(
              folder,
              new MessageKey(rows.getString("far")),
              new MessageKey(rows.getString("header")),
              new MessageKey(rows.getString("near")),
              rows.getLong("size"),
              Digest.of(rows.getBytes("digest"))));
        }
        return completions;
      }
    });
  }

  /** Records that whole messages are in the places of header-only copies, durably. */
  public void done(List<Completion> completions) throws FaultException {
    database.transaction(() -> {
      for (var completion : completions) {
        database.update(
            "UPDATE message SET near = ?, size = ?, digest = ?, headers = 0"
                + " WHERE folder = ? AND near = ?",
            completion.near(),
            completion.size(),
            completion.digest().bytes(),
            completion.folder().id(),
            completion.header());
        database.update(
            "UPDATE OR REPLACE temp.seen SET key = ?, headers = 0"
                + " WHERE folder = ? AND side = 0 AND key = ?",
            completion.near(),
            completion.folder().id(),
            completion.header());
        database.update(
            "DELETE FROM ledger WHERE folder = ? AND side = 1 AND key = ?",
            completion.folder().name().text(),
            completion.far());
        forget(completion);
      }
    });
  }

  /** Forgets what was recorded of these. */
  public void drop(List<Completion> completions) throws FaultException {
    database.transaction(() -> {
      for (var completion : completions) {
        forget(completion);
      }
    });
  }

  private void forget(Completion completion) throws SQLException {
    database.update(
        "DELETE FROM completion WHERE folder = ? AND far = ?",
        completion.folder().id(),
        completion.far());
  }
}

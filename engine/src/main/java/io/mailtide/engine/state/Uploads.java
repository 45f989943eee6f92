package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.Contents.Content;
import io.mailtide.engine.state.State.Folder;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages on their way to the far side: recorded before they are sent, until it is known under
 * which key they are there. A copy of one whose reply was lost is so known for ours, also when its
 * near message has gone meanwhile.
 */
public final class Uploads {
  private final Database database;

  public Uploads(Database database) {
    this.database = database;
  }

  /**
   * A message on its way.
   *
   * @param stored whether the far side said that it took it; else that is in doubt
   */
  public record Upload(Folder folder, MessageKey near, Content content, boolean stored) {}

  /** Records what is about to be sent, durably. */
  public void intend(List<Upload> uploads) throws FaultException {
    database.transaction(() -> {
      for (var upload : uploads) {
        database.update(
            "INSERT OR REPLACE INTO upload VALUES (?, ?, ?, ?, ?, ?)",
            upload.folder().id(),
            upload.near(),
            upload.content().identity().orElse(null),
            upload.content().size(),
            upload.content().digest().orElseThrow().bytes(),
            upload.stored() ? 1 : 0);
      }
    });
  }

  /**
   * The far side took these, and their keys there are known: both are tied, with no flags agreed on
   * yet, so that what the far side did not keep of them is found when it is observed again. Where
   * the key is that of another message of this content, the far side keeps that one for both: the
   * other is tied to the near side alone. Where it is that of any other message, it is not known
   * where this one is.
   */
  public void tie(Map<Upload, MessageKey> stored) throws FaultException {
    database.transaction(() -> {
      for (var entry : stored.entrySet()) {
        var upload = entry.getKey();
        var digest = upload.content().digest().orElseThrow();
        var there = tied(upload.folder(), entry.getValue());
        if (there.isPresent() && !there.get().equals(digest)) {
          database.update(
              "UPDATE upload SET stored = 1 WHERE folder = ? AND near = ?",
              upload.folder().id(),
              upload.near());
          continue;
        }
        var failed = database.update(
            "DELETE FROM ledger WHERE folder = ? AND side = 0 AND key = ?",
            upload.folder().name().text(),
            upload.near());
        if (failed > 0) {
          // Scans of changes may show it no more, and its flags are not agreed on yet.
          database.update(
              "UPDATE folder SET near_checkpoint = NULL WHERE id = ?",
              upload.folder().id());
        }
        database.update(
            "DELETE FROM left_out WHERE folder = ? AND side = 0 AND key = ?",
            upload.folder().id(),
            upload.near());
        database.update(
            "INSERT INTO message"
                + " (folder, near, far, near_flags, far_flags, size, digest, sent, untied)"
                + " VALUES (?, ?, ?, '', '', ?, ?, 1, ?)",
            upload.folder().id(),
            upload.near(),
            there.isPresent() ? null : entry.getValue(),
            upload.content().size(),
            digest.bytes(),
            there.isPresent() ? 1 : 0);
        forget(upload);
      }
    });
  }

  /** The digest of the message that a far key is tied to. */
  private Optional<Digest> tied(Folder folder, MessageKey far) throws SQLException {
    try (var rows = database.query(
        "SELECT digest FROM message WHERE folder = ? AND far = ?", folder.id(), far)) {
      return rows.next() ? Optional.of(Digest.of(rows.getBytes(1))) : Optional.empty();
    }
  }

  /** These did not get there. */
  public void drop(List<Upload> uploads) throws FaultException {
    if (uploads.isEmpty()) {
      return;
    }
    database.transaction(() -> {
      for (var upload : uploads) {
        forget(upload);
      }
    });
  }

  private void forget(Upload upload) throws SQLException {
    database.update(
        "DELETE FROM upload WHERE folder = ? AND near = ?", upload.folder().id(), upload.near());
  }

  /**
   * All that the far side of a folder has was looked at: what is in doubt and is not among it did
   * not get there, and what is tied to neither side, for it was removed here alone, is there no
   * more. Nothing is known while some of it could not be looked at.
   */
  public void settle(Folder folder) throws FaultException {
    var nothingWaits = """
        AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.folder = ?2 AND l.side = 1)
        AND NOT EXISTS (SELECT 1 FROM left_out o WHERE o.folder = ?1 AND o.side = 1)""";
    database.later(() -> {
      for (var sql : List.of(
          "DELETE FROM upload WHERE folder = ?1 AND stored = 0",
          "DELETE FROM message WHERE folder = ?1 AND far IS NULL AND near IS NULL")) {
        database.update(sql + " " + nothingWaits, folder.id(), folder.name().text());
      }
    });
  }

  /** What is on its way into a folder. */
  public List<Upload> left(Folder folder) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT * FROM upload WHERE folder = ?", folder.id())) {
        var uploads = new ArrayList<Upload>();
        while (rows.next()) {
          uploads.add(new Upload(
              folder,
              new MessageKey(rows.getString("near")),
              new Content(
                  Optional.ofNullable(rows.getString("identity")),
                  rows.getLong("size"),
                  Optional.of(Digest.of(rows.getBytes("digest"))),
                  Optional.empty()),
              rows.getInt("stored") == 1));
        }
        return uploads;
      }
    });
  }
}

package io.mailtide.engine.state;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.state.State.Folder;
import java.util.List;
import java.util.Set;

/**
 * Near messages that are about to be removed because they are gone from the far side. A run that is
 * killed before it has recorded that they are gone leaves what looks like a user's removal; should
 * the far side show them again, they would be removed there, too.
 */
public final class Removals {
  private final Database database;

  public Removals(Database database) {
    this.database = database;
  }

  /** Records what is about to be removed near, durably. */
  public void intend(List<Long> rows) throws FaultException {
    database.transaction(() -> {
      for (var row : rows) {
        database.update("INSERT OR IGNORE INTO removing VALUES (?)", row);
      }
    });
  }

  /** The near keys of messages of a folder that an earlier run was about to remove. */
  public List<MessageKey> left(Folder folder) throws FaultException {
    return database.keys(
        "SELECT m.near FROM removing r JOIN message m ON m.id = r.row"
            + " WHERE m.folder = ? AND m.near IS NOT NULL",
        folder.id());
  }

  /** What we removed is not known any more: whatever the far side has of it is new. */
  public void removed(Folder folder, Set<MessageKey> gone) throws FaultException {
    database.later(() -> {
      for (var key : gone) {
        database.update("DELETE FROM message WHERE folder = ? AND near = ?", folder.id(), key);
      }
      database.update("UPDATE folder SET far_checkpoint = NULL WHERE id = ?", folder.id());
    });
  }

  /** All that earlier runs left has been looked at. */
  public void settled() throws FaultException {
    database.later(() -> database.update("DELETE FROM removing"));
  }
}

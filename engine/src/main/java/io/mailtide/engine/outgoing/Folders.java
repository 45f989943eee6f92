package io.mailtide.engine.outgoing;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder;
import java.util.List;

/** Opens folders of near sides to put messages into, and makes those that are missing. */
final class Folders {
  private Folders() {}

  /**
   * Opens a folder to deliver into.
   *
   * @param all what to make where this one is missing
   */
  static DeliveringEditor toDeliver(Replica replica, FolderName name, List<FolderName> all)
      throws FaultException {
    return DeliveringEditor.of(open(replica, name, all));
  }

  /** Opens a folder, and makes it and others where it is missing. */
  static ReplicaFolder open(Replica replica, FolderName name, List<FolderName> all)
      throws FaultException {
    try {
      return replica.open(name, Access.CHANGE);
    } catch (FaultException e) {
      var editor = replica.editor();
      if (e.fault().kind() != Kind.NOT_FOUND || editor.isEmpty()) {
        throw e;
      }
      for (var each : all) {
        editor.get().create(each);
      }
      return replica.open(name, Access.CHANGE);
    }
  }
}

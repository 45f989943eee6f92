package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Removed;
import io.mailtide.engine.Replica.UndoArea;
import io.mailtide.engine.Synchronizer.HeldUndoArea;
import io.mailtide.engine.Synchronizer.Opener;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Looks into an undo area, with the store's lock held. */
public final class UndoSession implements HeldUndoArea {
  private final StoreLock lock;
  private final Replica near;
  private final UndoArea area;

  private UndoSession(StoreLock lock, Replica near, UndoArea area) {
    this.lock = lock;
    this.near = near;
    this.area = area;
  }

  /** Takes the lock and opens the near side. */
  public static UndoSession open(Path stateDirectory, String store, Opener opener)
      throws FaultException {
    return open(StoreLock.take(stateDirectory, store), store, opener);
  }

  /** Opens the near side; the lock is let go of with it, and where it cannot be opened. */
  public static UndoSession open(StoreLock lock, String store, Opener opener)
      throws FaultException {
    var opened = false;
    try {
      var near = opener.open();
      try {
        var session = new UndoSession(lock, near, area(near, store));
        opened = true;
        return session;
      } finally {
        if (!opened) {
          near.close();
        }
      }
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private static UndoArea area(Replica near, String store) throws FaultException {
    return near.undoArea()
        .orElseThrow(() -> new FaultException(Fault.of(
            Kind.UNSUPPORTED,
            Reach.REPLICA,
            "looking for removed messages of " + store,
            "its local side keeps none",
            "Look for them at the server, in the Trash.")));
  }

  @Override
  public List<Removed> list() throws FaultException {
    return area.list();
  }

  @Override
  public Set<String> restore(Collection<String> ids, UnaryOperator<FolderName> into)
      throws FaultException {
    return area.restore(ids, into);
  }

  @Override
  public void close() {
    near.close();
    lock.close();
  }
}

package io.mailtide.client;

import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Removed;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.HeldUndoArea;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;

/**
 * What was removed from a store's local mail and is still kept. While it is open, no run is at work
 * on the store. One thread.
 */
public final class UndoArea implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(UndoArea.class.getName());

  private final HeldUndoArea area;
  private final UnaryOperator<FolderName> into;

  /** What comes back goes into those folders. */
  UndoArea(HeldUndoArea area, UnaryOperator<FolderName> into) {
    this.area = area;
    this.into = into;
  }

  static UndoArea open(Profile.Store store, Path stateDirectory, Environment environment)
      throws FaultException {
    var context = new ReplicaProvider.Context(
        environment,
        new Cancellation(),
        text -> LOGGER.log(Level.INFO, () -> store.name() + ": " + text));
    return new UndoArea(
        Synchronizer.undoArea(stateDirectory, store.name(), () -> store.openNear(context)),
        UnaryOperator.identity());
  }

  /**
   * A message that was removed.
   *
   * @param id names it in this store
   * @param folder where it was, levels joined with {@code /}
   * @param size in bytes
   * @param from the sender, as people read it; empty where the message names none
   * @param subject likewise
   * @param date when it was written, as the message says; may be empty, or no date at all
   */
  public record Entry(
      String id,
      String folder,
      Instant removed,
      long size,
      String from,
      String subject,
      String date) {
    static Entry of(Removed removed) {
      return new Entry(
          removed.id(),
          removed.folder().text(),
          removed.removed(),
          removed.size(),
          readable(removed.from()),
          readable(removed.subject()),
          removed.date());
    }

    /** With its encoded words decoded (RFC 2047). */
    static String readable(String field) {
      return DecoderUtil.decodeEncodedWords(field, DecodeMonitor.SILENT);
    }
  }

  /** All that is kept, what was removed last first. */
  public List<Entry> entries() throws FaultException {
    return area.list().stream()
        .map(Entry::of)
        .sorted(Comparator.comparing(Entry::removed)
            .reversed()
            .thenComparing(Entry::folder)
            .thenComparing(Entry::id))
        .toList();
  }

  /**
   * Puts messages back into their folders. To the next run they are messages of the user's own.
   *
   * @return those that are there again
   */
  public Set<String> restore(Collection<String> ids) throws FaultException {
    return area.restore(ids, into);
  }

  /** Whether a folder's name matches a glob, as everywhere in the configuration. */
  public static Predicate<Entry> inFolders(List<String> globs) {
    var folders = new FolderGlobs(globs);
    return entry -> folders.test(FolderName.parse(entry.folder()));
  }

  /** What went wrong with a store's undo area, in the words of all errors. */
  public static SyncError error(String store, FaultException e) {
    return SyncError.of(store, e.fault(), Severity.ERROR);
  }

  /** Lets runs begin again. */
  @Override
  public void close() {
    area.close();
  }
}

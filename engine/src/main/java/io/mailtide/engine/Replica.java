package io.mailtide.engine;

import io.mailtide.engine.content.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One side of a synchronisation, open: a port. Blocking; used by one thread at a time. Every method
 * may throw a fault whose reach says whether the replica is still of use.
 */
public interface Replica extends AutoCloseable {
  /**
   * All folders that hold mail, with as much of their condition as this side tells at little cost.
   *
   * @param known how far each known folder has been observed, so that this side can say
   *     {@link FolderSummary#unchanged()}
   */
  List<FolderSummary> folders(Map<FolderName, Observed> known) throws FaultException;

  /**
   * How all that {@link #folders} would list looks, so that a run can tell at once that nothing
   * happened on this side. The answer to the next call of {@code folders} is what was seen for it,
   * so nothing is asked twice; to be called right before.
   *
   * @return empty where this side cannot tell it, at little cost and for certain: where any change
   *     might leave it as it is
   */
  default Optional<Appearance> appearance() throws FaultException {
    return Optional.empty();
  }

  /**
   * Opens a folder that {@link #folders} listed or {@link ReplicaEditor#create} made. Opening one
   * closes the one open before.
   *
   * @param access whether it is to be changed: reading alone leaves no mark on it
   */
  ReplicaFolder open(FolderName name, Access access) throws FaultException;

  /** Opens a folder to read. */
  default ReplicaFolder open(FolderName name) throws FaultException {
    return open(name, Access.READ);
  }

  /**
   * Tells what will be asked for from now on, in this order, so that a replica at the end of a long
   * line can have it sent ahead. What is asked for otherwise, or not at all, costs time and nothing
   * else. Replaces what was told before.
   *
   * @param expected asked in this replica's calls, as far as it looks ahead
   */
  default void expect(Expectations expected) {}

  /** What will be asked for, from the first to the last. */
  @FunctionalInterface
  interface Expectations {
    /** What comes next; absent: nothing that can be told. */
    Optional<Expected> next() throws FaultException;
  }

  /** A folder that will be opened, and what will be asked of it first. */
  sealed interface Expected {
    FolderName folder();

    /** It will be opened to be read and {@linkplain ReplicaFolder#scan scanned}. */
    record Scanned(FolderName folder, Optional<Checkpoint> since, boolean wantsArrival)
        implements Expected {}

    /**
     * It will be opened to be read, unless it is open, and {@linkplain ReplicaFolder#fetch these}
     * fetched.
     */
    record Fetched(FolderName folder, List<MessageKey> keys, ReplicaFolder.Part part)
        implements Expected {}

    /**
     * It will be opened to be changed.
     *
     * @param sized messages whose {@linkplain FolderEditor#statedSizes sizes} will be asked first
     * @param messages how many messages will have their flags changed, be uploaded or removed: then
     *     comes what is expected next. 0: that is not known
     */
    record Changed(FolderName folder, Set<MessageKey> sized, long messages) implements Expected {}
  }

  /** What a folder is opened for. */
  enum Access {
    READ,
    CHANGE
  }

  /**
   * What this side lets itself be changed in as a whole; empty where nothing may be changed at all.
   */
  Optional<ReplicaEditor> editor();

  /** What was removed from this side and can be had back; empty where nothing of it is kept. */
  default Optional<UndoArea> undoArea() {
    return Optional.empty();
  }

  /** What was exchanged so far. */
  Traffic traffic();

  /** Releases connections and files; does not throw. */
  @Override
  void close();

  /**
   * How all folders of a side look from outside: what they are called, and the condition of each.
   * Two of one side that are equal mean that nothing happened there in between, so that
   * {@link #folders} says the same again.
   *
   * @param value opaque to the engine
   */
  record Appearance(String value) {
    /**
     * By the digest of a text in which all of it is written down. Nobody looks into the text again,
     * and that of many folders is long.
     */
    public static Appearance of(String text) {
      var digest = Sha256.ofLittle();
      digest.update(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      return new Appearance(digest.end().hex());
    }
  }

  /** How far a folder has been observed: the generation and the checkpoint within it. */
  record Observed(Generation generation, Checkpoint checkpoint) {}

  /**
   * A folder in a listing.
   *
   * @param name its name
   * @param unchanged whether nothing in it changed since it was observed: never true on a guess
   */
  record FolderSummary(FolderName name, boolean unchanged) {}

  /** Messages that were {@linkplain FolderEditor#remove removed} on this side: a port. */
  interface UndoArea {
    /** All that is kept, in any order. */
    List<Removed> list() throws FaultException;

    /**
     * Puts messages back into their folders, which are made where they are missing, with their
     * flags but {@code \Deleted}, and times of arrival, durably. They get new keys: to the next run
     * they are messages of the user's own.
     *
     * @param into the folder to put those into that were in a folder
     * @return those that are there again; what is kept no more is left out
     */
    Set<String> restore(Collection<String> ids, UnaryOperator<FolderName> into)
        throws FaultException;

    /** Puts messages back into the folders that they were in. */
    default Set<String> restore(Collection<String> ids) throws FaultException {
      return restore(ids, UnaryOperator.identity());
    }
  }

  /**
   * A message in the undo area.
   *
   * @param id names it there
   * @param folder where it was
   * @param removed when it was removed; where that is not known exactly, when that day began (UTC)
   * @param size in bytes, as it is kept
   * @param from the field From of its header as it stands, unfolded; empty where there is none
   * @param subject the field Subject likewise
   * @param date the field Date likewise
   */
  record Removed(
      String id,
      FolderName folder,
      Instant removed,
      long size,
      String from,
      String subject,
      String date) {}
}

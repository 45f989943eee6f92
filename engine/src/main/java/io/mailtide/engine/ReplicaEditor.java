package io.mailtide.engine;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Changes to a {@link Replica} as a whole. Same thread as the replica. */
public interface ReplicaEditor {
  /**
   * Creates a folder, and what this side needs above it: that may be no folder yet, as on the other
   * side. Creating one that exists does nothing.
   */
  void create(FolderName name) throws FaultException;

  /**
   * Renames a folder, with all its mail and all folders below it; their keys and checkpoints stay.
   * What this side needs above the new name is made. A rename that was cut off may be repeated.
   *
   * @throws FaultException {@link Fault.Kind#COLLISION}, and nothing is changed, when there is a
   *     folder of the new name, or what stands in the way of one; {@link Fault.Kind#NOT_FOUND} when
   *     there is none of the old name; {@link Fault.Kind#UNSUPPORTED} for INBOX
   */
  void rename(FolderName from, FolderName to) throws FaultException;

  /**
   * Removes a folder that holds no message; one that holds any, or is gone already, is left alone.
   */
  void removeEmpty(FolderName name) throws FaultException;

  /**
   * Makes all changes of this run durable, and finds out how these folders can be recognised as
   * unchanged later.
   *
   * @param folders folders that this run has changed
   * @return a checkpoint for each folder, as far as this side can tell without observing it again,
   *     whose content is now exactly what scans and own changes of this run say; a folder that
   *     another program touched meanwhile is missing and will be scanned by the next run
   */
  Map<FolderName, Checkpoint> settle(Set<FolderName> folders) throws FaultException;

  /**
   * Makes durable all that is on this side by now, also what other programs did: to be called
   * before the other side, or the state, is told of it.
   */
  default void hardenAll() throws FaultException {
    settle(Set.of());
  }

  /** Deletes for good what was {@linkplain FolderEditor#remove removed} before {@code then}. */
  void purgeRemoved(Instant then) throws FaultException;
}

package io.mailtide.engine;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Changes to one open folder: what both sides can do. How messages are taken in differs: see
 * {@link DeliveringEditor} and {@link UploadingEditor}. Same thread as the replica.
 */
public interface FolderEditor {
  /** The flags that this side can hold of these. */
  Flags representable(Flags flags) throws FaultException;

  /**
   * Changes flags, each by itself, so that a change that another program makes meanwhile stays.
   *
   * @return the flags that each message has now: what this side cannot hold is missing. A message
   *     that is not there any more is left out
   */
  Map<MessageKey, Flags> setFlags(List<FlagChange> changes) throws FaultException;

  /**
   * The sizes that this side states of these messages now. Asked before messages are removed or
   * moved away: a key whose size is not what it was names another message by now, as servers were
   * seen to do.
   *
   * @return sizes in bytes; what is not there, or of which no size can be relied on, is left out
   */
  default Map<MessageKey, Long> statedSizes(Collection<MessageKey> keys) throws FaultException {
    return Map.of();
  }

  /**
   * Removes messages; those that are gone already are left alone. On the near side they go to the
   * undo area; on the far side they go as the account is set up: for good, or to the Trash.
   */
  void remove(Collection<MessageKey> keys) throws FaultException;

  /**
   * Moves messages to another folder of this side, which exists, with their flags and times of
   * arrival. Those that are gone already are left alone.
   *
   * <p>Of their flags each keeps what that folder can hold: afterwards, its {@link #representable}
   * tells for the flags that it had here. Whoever agrees on flags must agree on those, or what
   * found no place looks as if a user had cleared it.
   *
   * @return their keys there, as far as this side tells; what is missing is found by the next scan
   *     of that folder
   * @throws FaultException {@link Fault.Kind#NOT_FOUND} when that folder is not there; what was
   *     moved before that stays there
   */
  Map<MessageKey, MessageKey> move(Collection<MessageKey> keys, FolderName to)
      throws FaultException;

  /** A change of a message's flags: those to add and those to clear; none is in both. */
  record FlagChange(MessageKey key, Flags add, Flags clear) {
    /** The change that leads from one set of flags to another. */
    public static FlagChange between(MessageKey key, Flags from, Flags to) {
      return new FlagChange(key, to.minus(from), from.minus(to));
    }
  }
}

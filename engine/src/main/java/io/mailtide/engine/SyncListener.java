package io.mailtide.engine;

import java.util.Optional;
import java.util.OptionalLong;

/** Is told how a run goes, in the run's own thread; must return soon and not throw. */
public interface SyncListener {
  /** Where the run is. Called often; the listener thins it out. */
  void progress(Progress progress);

  /** Something went wrong, or a person should know it; the run may go on. */
  void fault(Fault fault);

  /** In a run that only tells what it would do: one of these things. */
  default void planned(Planned planned) {}

  /** What a run can do. */
  enum Act {
    CREATE_FOLDER,
    RENAME_FOLDER,
    REMOVE_FOLDER,
    /** Copies a message from the other side. */
    COPY,
    /** Changes a message's flags. */
    FLAG,
    /** Moves a message to another folder. */
    MOVE,
    REMOVE,
    /** Sends a message of the Outbox. */
    SEND
  }

  /**
   * Something that a run would do.
   *
   * @param side the side that would change
   * @param folder the folder that would change, or that a message would leave
   * @param message the message, by its key on the side where it is; absent where it is about the
   *     folder
   * @param to the folder's new name, or the folder that the message would be moved to
   * @param add flags that it would be given
   * @param clear flags that it would lose
   * @param size the message's size in bytes, where it would be copied and the size is known
   */
  record Planned(
      Act act,
      Side side,
      FolderName folder,
      Optional<MessageKey> message,
      Optional<FolderName> to,
      Flags add,
      Flags clear,
      OptionalLong size) {
    /** Something that would be done to a folder. */
    public static Planned of(Act act, Side side, FolderName folder, Optional<FolderName> to) {
      return new Planned(
          act, side, folder, Optional.empty(), to, Flags.NONE, Flags.NONE, OptionalLong.empty());
    }
  }

  /** What the run is doing. */
  enum Phase {
    CONNECTING,
    LISTING,
    COMPARING,
    /** An audit reads the messages of both sides; their totals are known. */
    READING,
    TRANSFERRING,
    /** The messages of the Outbox go out; their totals are known. */
    SENDING,
    FINISHING
  }

  /**
   * Where a run is. No number ever falls; no done number passes its total. The totals of messages
   * and bytes are known when {@link Phase#TRANSFERRING} begins.
   *
   * @param folder the folder in hand, where there is one
   * @param foldersDone folders listed and compared, of {@code folders}
   * @param messagesDone messages copied, changed, removed or given up, of {@code messages}
   * @param bytesDone bytes of message bodies copied or given up, of {@code bytes} as the server
   *     states the sizes
   */
  record Progress(
      Phase phase,
      Optional<FolderName> folder,
      long foldersDone,
      long folders,
      long messagesDone,
      long messages,
      long bytesDone,
      long bytes) {}
}

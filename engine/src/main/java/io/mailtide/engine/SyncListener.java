package io.mailtide.engine;

import java.util.Optional;

/** Is told how a run goes, in the run's own thread; must return soon and not throw. */
public interface SyncListener {
  /** Where the run is. Called often; the listener thins it out. */
  void progress(Progress progress);

  /** Something went wrong, or a person should know it; the run may go on. */
  void fault(Fault fault);

  /** What the run is doing. */
  enum Phase {
    CONNECTING,
    LISTING,
    COMPARING,
    TRANSFERRING,
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

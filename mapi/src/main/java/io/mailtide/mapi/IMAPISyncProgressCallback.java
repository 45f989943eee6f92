package io.mailtide.mapi;

import java.util.Optional;

/**
 * Is told how a synchronisation goes. Clients implement it; store providers call it, in a thread of
 * theirs, one call at a time for a request. A call that throws is logged, and no more than
 * {@link #done} is called after it; one that stalls delays those that follow, and never the
 * synchronisation.
 */
public interface IMAPISyncProgressCallback extends IUnknown {
  /** This interface's identifier. */
  InterfaceId<IMAPISyncProgressCallback> IID =
      InterfaceId.of("{5024a386-2d44-486a-81a8-8f0ecb6071dd}", IMAPISyncProgressCallback.class);

  /**
   * Where the work is; called now and then.
   *
   * @param step names the current step; absent: same step, new position
   * @param index the position, 0 to {@code indexMax}; never falls
   * @param indexMax the position that means complete, 0 to 4,294,967,295; may grow while work is
   *     discovered
   */
  void progress(Optional<String> step, long index, long indexMax);

  /**
   * An error or a warning. The work may go on after it.
   *
   * @param message what to show to a person
   */
  void error(HResult result, String message);

  /**
   * The work is over: called exactly once for each accepted request, last, however it ended.
   *
   * @param event what {@link IMAPISync#synchronizeInBackground} returned, signalled, handed back to
   *     be closed
   * @param result {@code S_OK}, {@code MAPI_W_PARTIAL_COMPLETION} when some items failed, or the
   *     failure
   */
  void done(SyncDone event, HResult result);
}

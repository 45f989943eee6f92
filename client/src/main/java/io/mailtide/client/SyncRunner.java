package io.mailtide.client;

import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.engine.Cancellation;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Does a store's synchronisations, one at a time, in the worker's thread; what a
 * {@link BackgroundSync} puts in order.
 */
@FunctionalInterface
interface SyncRunner {
  /**
   * Synchronises and returns when it is over. What it throws counts as a crash.
   *
   * @param flags what to synchronise
   * @param cancellation asks it to stop; it then ends with {@code MAPI_E_USER_CANCEL}, and nothing
   *     is lost
   */
  Ended run(
      Set<SyncFlag> flags, MailStore.Options options, Reporter reporter, Cancellation cancellation);

  /**
   * How a run ended.
   *
   * @param detail the same in full, where the store counts
   */
  record Ended(HResult result, Optional<StoreDone> detail) {}

  /**
   * Is told how a run goes. Returns at once whatever the clients do, and may be called as often as
   * one likes.
   */
  interface Reporter {
    /**
     * Where the run is; the position need not keep the contract's rules, it is made to.
     *
     * @param step names the current step; asked for only when it is shown, in another thread
     */
    void progress(Supplier<String> step, long index, long indexMax, Optional<SyncProgress> detail);

    /**
     * What the contract has no words for: what a dry run would have done, and what became of a
     * message of the Outbox. All of it arrives, in order, where the client asks for such news.
     */
    void detail(SyncEvent event);

    /** An error or a warning, with the text for people. */
    void error(HResult result, String text, Optional<SyncError> detail);
  }
}

package io.mailtide.client;

import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncRunner.Ended;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISyncProgressCallback;
import io.mailtide.mapi.IUnknown;
import io.mailtide.mapi.MAPISIB;
import io.mailtide.mapi.MapiException;
import io.mailtide.mapi.SyncDone;
import io.mailtide.mapi.SyncFlag;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the synchronisations of one store in the background, one at a time and in the contract's
 * order: a request that asks for no more than the running one joins it; others wait, those on
 * demand before the scheduled ones, each kind in the order of arrival.
 *
 * <p>The worker is a platform thread named after the store, for SQLite pins a virtual one; it lives
 * while there is work. All methods return at once and may be called by any thread. Nothing of a
 * client's is called under the lock.
 */
final class BackgroundSync {
  /** How many requests may wait. */
  static final int WAITING_MAX = 16;

  private static final Logger LOGGER = System.getLogger(BackgroundSync.class.getName());

  private final String store;
  private final SyncRunner runner;
  private final GuardedCallback.Limits limits;

  private final Object lock = new Object();
  // Guarded by the lock.
  private final ArrayDeque<Run> onDemand = new ArrayDeque<>();
  private final ArrayDeque<Run> scheduled = new ArrayDeque<>();
  private @Nullable Run running;
  private boolean working;

  BackgroundSync(String store, SyncRunner runner, GuardedCallback.Limits limits) {
    this.store = store;
    this.runner = runner;
    this.limits = limits;
  }

  /**
   * Accepts a request.
   *
   * @param owner whose request it is, for {@link #cancel}
   * @throws MapiException {@code MAPI_E_INTERFACE_NOT_SUPPORTED}: the callback object is none;
   *     {@code MAPI_E_BUSY}: too many requests wait
   */
  SyncDone submit(MAPISIB request, MailStore.Options options, MailStore owner)
      throws MapiException {
    var event = new SyncDone();
    var callback = request.callback().queryInterface(IMAPISyncProgressCallback.IID);
    var guarded = new GuardedCallback(store, event, callback, details(request.callback()), limits);
    var party = new Party(owner, event, guarded);
    synchronized (lock) {
      if (running != null && running.serves(request.flags(), options)) {
        running.parties.add(party);
        return event;
      }
      if (onDemand.size() + scheduled.size() == WAITING_MAX) {
        throw new MapiException(
            HResult.MAPI_E_BUSY, WAITING_MAX + " requests wait for store " + store + " already");
      }
      if (!working) {
        Thread.ofPlatform().daemon(false).name("mailtide store " + store).start(this::work);
        working = true;
      }
      var queue = request.flags().contains(SyncFlag.SYNC_ON_DEMAND) ? onDemand : scheduled;
      queue.add(new Run(request.flags(), options, party));
    }
    return event;
  }

  private static Optional<IMailtideProgress> details(IUnknown callback) {
    try {
      return Optional.of(callback.queryInterface(IMailtideProgress.IID));
    } catch (MapiException e) {
      return Optional.empty();
    }
  }

  /**
   * Cancels an owner's requests: those that wait are over; the running one is asked to stop, unless
   * others have a part in it, who keep it then.
   */
  void cancel(MailStore owner) {
    var over = new ArrayList<Party>();
    Optional<Cancellation> toStop = Optional.empty();
    synchronized (lock) {
      for (var queue : List.of(onDemand, scheduled)) {
        queue.removeIf(run -> run.leave(owner, over));
      }
      if (running != null) {
        if (running.parties.stream().allMatch(party -> party.owner.equals(owner))) {
          running.stopping = true;
          toStop = Optional.of(running.cancellation);
        } else {
          running.leave(owner, over);
        }
      }
    }
    toStop.ifPresent(Cancellation::request);
    end(over, new Ended(HResult.MAPI_E_USER_CANCEL, Optional.empty()));
  }

  private void work() {
    for (var run = next(); run.isPresent(); run = next()) {
      carryOut(run.get());
    }
  }

  private Optional<Run> next() {
    synchronized (lock) {
      running = onDemand.isEmpty() ? scheduled.poll() : onDemand.poll();
      working = running != null;
      return Optional.ofNullable(running);
    }
  }

  private void carryOut(Run run) {
    Ended ended;
    try {
      ended = runner.run(run.flags, run.options, run, run.cancellation);
    } catch (Throwable crash) {
      // The last line of defence: whatever happened, each
      // request gets its end, and the next one its turn.
      LOGGER.log(Level.DEBUG, "The synchronisation of " + store + " crashed", crash);
      ended = crashed(run, crash);
    }
    synchronized (lock) {
      running = null;
    }
    end(run.parties, ended);
  }

  private void end(List<Party> parties, Ended ended) {
    var acts = new ArrayList<Runnable>();
    for (var party : parties) {
      acts.add(() -> party.event.signal(ended.result()));
      acts.add(() -> party.callback.done(ended.result(), ended.detail()));
    }
    each(store, acts);
  }

  /** Does all of these, whatever becomes of one: where no thread is to be had, that may throw. */
  static void each(String store, List<Runnable> acts) {
    for (var act : acts) {
      try {
        act.run();
      } catch (Throwable fault) {
        // Others wait for their end, and the next request for its turn.
        LOGGER.log(Level.WARNING, "A request of " + store + " was not told of its end", fault);
      }
    }
  }

  private Ended crashed(Run run, Throwable crash) {
    var fault = Fault.of(
        Fault.Kind.INTERNAL,
        Fault.Reach.REPLICA,
        "synchronising",
        crash.toString(),
        "This is a fault of Mailtide's own. Nothing is lost; the next run goes on where this one stopped.");
    var error = SyncEvent.SyncError.of(store, fault, Severity.ERROR);
    var result = crash instanceof OutOfMemoryError
        ? HResult.MAPI_E_NOT_ENOUGH_MEMORY
        : HResult.MAPI_E_CALL_FAILED;
    run.error(result, error.text(), Optional.of(error));
    return new Ended(result, Optional.empty());
  }

  /** One request's part in a run. */
  private record Party(MailStore owner, SyncDone event, GuardedCallback callback) {}

  /** One synchronisation, waiting or running, and all who asked for it. */
  private static final class Run implements SyncRunner.Reporter {
    final Set<SyncFlag> flags;
    final MailStore.Options options;
    final Cancellation cancellation = new Cancellation();
    // Changed under the lock, read by the worker without it.
    final CopyOnWriteArrayList<Party> parties = new CopyOnWriteArrayList<>();
    boolean stopping;

    Run(Set<SyncFlag> flags, MailStore.Options options, Party party) {
      this.flags = flags;
      this.options = options;
      parties.add(party);
    }

    /**
     * Whether a request asks for no more than this. One for headers only and one for bodies are
     * different runs: neither would be served by the other as it asked.
     */
    boolean serves(Set<SyncFlag> others, MailStore.Options otherOptions) {
      return !stopping
          && options.equals(otherOptions)
          && flags.contains(SyncFlag.SYNC_GLOBAL_HEADERS)
              == others.contains(SyncFlag.SYNC_GLOBAL_HEADERS)
          && others.stream()
              .allMatch(flag -> flag == SyncFlag.SYNC_ON_DEMAND || flags.contains(flag));
    }

    /** Takes an owner's parties out; whether nobody is left. */
    boolean leave(MailStore owner, List<Party> leaving) {
      var mine = parties.stream().filter(party -> party.owner.equals(owner)).toList();
      parties.removeAll(mine);
      leaving.addAll(mine);
      return parties.isEmpty();
    }

    @Override
    public void progress(
        Supplier<String> step, long index, long indexMax, Optional<SyncEvent.SyncProgress> detail) {
      parties.forEach(party -> party.callback.progress(step, index, indexMax, detail));
    }

    @Override
    public void detail(SyncEvent event) {
      parties.forEach(party -> party.callback.detail(event));
    }

    @Override
    public void error(HResult result, String text, Optional<SyncEvent.SyncError> detail) {
      parties.forEach(party -> party.callback.error(result, text, detail));
    }
  }
}

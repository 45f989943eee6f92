package io.mailtide.client;

import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISync;
import io.mailtide.mapi.IMAPISyncProgressCallback;
import io.mailtide.mapi.MAPISIB;
import io.mailtide.mapi.MapiException;
import io.mailtide.mapi.SyncDone;
import io.mailtide.mapi.SyncFlag;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One send/receive: has some stores synchronise side by side, through the contract, and tells one
 * listener how they all go.
 */
public final class SendReceive {
  /** How many events wait for a slow listener; the callbacks wait then, and the stores never. */
  private static final int EVENTS_MAX = 256;

  private final Session session;
  private final Request request;
  private final BlockingQueue<SyncEvent> events = new ArrayBlockingQueue<>(EVENTS_MAX);
  private final List<MailStore> started = new CopyOnWriteArrayList<>();
  private volatile boolean cancelled;
  private volatile boolean abandoned;

  /** Prepares a send/receive; {@link #run} carries it out, once. */
  public SendReceive(Session session, Request request) {
    this.session = session;
    this.request = request;
  }

  /** What may be asked for. */
  public enum Want {
    UPLOAD_HIERARCHY(Optional.of(SyncFlag.SYNC_UPLOAD_HIERARCHY)),
    DOWNLOAD_HIERARCHY(Optional.of(SyncFlag.SYNC_DOWNLOAD_HIERARCHY)),
    UPLOAD_CONTENTS(Optional.of(SyncFlag.SYNC_UPLOAD_CONTENTS)),
    DOWNLOAD_CONTENTS(Optional.of(SyncFlag.SYNC_DOWNLOAD_CONTENTS)),
    /** Flush the Outbox first. */
    OUTGOING_MAIL(Optional.of(SyncFlag.SYNC_OUTGOING_MAIL)),
    /** Only headers, no bodies. */
    HEADERS_ONLY(Optional.of(SyncFlag.SYNC_GLOBAL_HEADERS)),
    /** A user waits for it: go before scheduled work. */
    ON_DEMAND(Optional.of(SyncFlag.SYNC_ON_DEMAND)),
    /** Compare everything, whatever the checkpoints say. */
    FULL(Optional.empty()),
    /** Only tell what would be done. */
    DRY_RUN(Optional.empty()),
    /** Let the run pass the brake. */
    ALLOW_MASS_DELETE(Optional.empty());

    private final Optional<SyncFlag> flag;

    Want(Optional<SyncFlag> flag) {
      this.flag = flag;
    }
  }

  /**
   * What to do.
   *
   * @param stores names of stores, each of the session's profile
   * @param wants what to do with them; at least one upload or download
   * @param folders globs on folder names like those of the configuration, to narrow its choice;
   *     empty: no narrowing
   */
  public record Request(List<String> stores, Set<Want> wants, List<String> folders) {
    public Request {
      stores = List.copyOf(stores);
      wants = Set.copyOf(wants);
      folders = List.copyOf(folders);
    }

    private Set<SyncFlag> flags() {
      return wants.stream()
          .flatMap(want -> want.flag.stream())
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(SyncFlag.class)));
    }

    private MailStore.Options options() {
      return new MailStore.Options(
          wants.contains(Want.FULL),
          wants.contains(Want.DRY_RUN),
          wants.contains(Want.ALLOW_MASS_DELETE),
          folders);
    }
  }

  /**
   * Starts all stores and returns when all are over.
   *
   * @param listener called in this thread only; each store's last event is a {@link StoreDone}
   * @return the exit code of the worst of the stores: the highest of the documented ones
   * @throws InterruptedException this thread was interrupted; the stores are cancelled
   */
  public int run(Consumer<SyncEvent> listener) throws InterruptedException {
    int worst = Verdicts.DONE;
    int running = 0;
    try {
      for (var name : request.stores()) {
        try {
          start(name);
          running++;
        } catch (MapiException e) {
          listener.accept(SyncError.plain(name, e.result(), name + ": " + e.getMessage()));
          listener.accept(StoreDone.plain(name, e.result()));
          worst = Math.max(worst, Verdicts.exitCode(e.result()));
        }
      }
      while (running > 0) {
        var event = events.take();
        listener.accept(event);
        if (event instanceof StoreDone done) {
          running--;
          worst = Math.max(worst, done.exitCode());
        }
      }
      return worst;
    } finally {
      if (running > 0) {
        abandoned = true;
        events.clear();
        cancel();
      }
    }
  }

  private void start(String name) throws MapiException {
    var store = session.openStore(name, request.options());
    var sync = store.queryInterface(IMAPISync.IID);
    sync.synchronizeInBackground(MAPISIB.of(request.flags(), session, new Part(name)));
    started.add(store);
    if (cancelled) {
      store.cancel();
    }
  }

  /**
   * Asks all stores to stop, and returns at once; {@link #run} returns when they have. Any thread,
   * at any time; once is enough.
   */
  public void cancel() {
    cancelled = true;
    started.forEach(MailStore::cancel);
  }

  /** One store's part: turns the contract's calls, and the numbers behind them, into events. */
  private final class Part implements IMAPISyncProgressCallback, IMailtideProgress {
    // All used by the store's reporting thread only.
    private SyncProgress last;
    private Optional<SyncError> error = Optional.empty();
    private Optional<StoreDone> end = Optional.empty();

    Part(String store) {
      last = SyncProgress.plain(store);
    }

    @Override
    public void detail(SyncEvent event) {
      switch (event) {
        case SyncProgress progress -> last = progress.at(last.step(), 0, 0);
        case SyncError failure -> error = Optional.of(failure);
        case SyncPlanned planned -> tell(planned);
        case StoreDone done -> end = Optional.of(done);
        case AuditFinding _, AuditDone _, OutgoingMail.Message _ -> {}
      }
    }

    @Override
    public void progress(Optional<String> step, long index, long indexMax) {
      last = last.at(step.orElse(last.step()), index, indexMax);
      tell(last);
    }

    @Override
    public void error(HResult result, String message) {
      tell(error.orElseGet(() -> SyncError.plain(last.store(), result, message)));
      error = Optional.empty();
    }

    @Override
    public void done(SyncDone event, HResult result) {
      event.close();
      tell(end.orElseGet(() -> StoreDone.plain(last.store(), result)));
    }

    private void tell(SyncEvent event) {
      try {
        if (!abandoned) {
          events.put(event);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("the reporting thread was interrupted", e);
      }
    }
  }
}

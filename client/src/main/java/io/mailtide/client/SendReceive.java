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
import java.util.ArrayList;
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
 * One send/receive: has the Outbox flushed and some stores synchronise side by side, through the
 * contract, and tells one listener how they all go.
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
    /** Flush the Outbox, once, and before the stores that its copies are filed in. */
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
   * @param stores names of stores, each of the session's profile; said twice, a name counts once
   * @param headersOnly names of those of which only headers are wanted
   * @param wants what to do with all of them; at least one upload or download
   * @param folders globs on folder names like those of the configuration, to narrow its choice;
   *     empty: no narrowing
   */
  public record Request(
      List<String> stores, Set<String> headersOnly, Set<Want> wants, List<String> folders) {
    public Request {
      stores = stores.stream().distinct().toList();
      headersOnly = Set.copyOf(headersOnly);
      wants = Set.copyOf(wants);
      folders = List.copyOf(folders);
    }

    /** The same for all stores. */
    public Request(List<String> stores, Set<Want> wants, List<String> folders) {
      this(stores, Set.of(), wants, folders);
    }

    private boolean flushes() {
      return wants.contains(Want.OUTGOING_MAIL);
    }

    /** The Outbox is flushed once, beside all stores and not before each. */
    private Set<SyncFlag> flags(String store) {
      var flags = EnumSet.noneOf(SyncFlag.class);
      wants.forEach(want -> want.flag.ifPresent(flags::add));
      flags.remove(SyncFlag.SYNC_OUTGOING_MAIL);
      if (headersOnly.contains(store)) {
        flags.add(SyncFlag.SYNC_GLOBAL_HEADERS);
      }
      return flags;
    }

    /** No request goes without a direction: what is sent goes up. */
    private Set<SyncFlag> flushFlags() {
      var flags = EnumSet.of(SyncFlag.SYNC_OUTGOING_MAIL, SyncFlag.SYNC_UPLOAD_CONTENTS);
      if (wants.contains(Want.ON_DEMAND)) {
        flags.add(SyncFlag.SYNC_ON_DEMAND);
      }
      return flags;
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
   * Flushes the Outbox where that is wanted, has all stores synchronise, and returns when all are
   * over. They run side by side, but for those that a {@link Lineup} has wait.
   *
   * @param listener called in this thread only. Where there is more than one task, it is told first
   *     which there are; each one's last event is a {@link StoreDone}, whose store is
   *     {@link OutgoingMail#NAME} for the flush
   * @return the exit code of the worst of them: the highest of the documented ones
   * @throws InterruptedException this thread was interrupted; all are cancelled
   */
  public int run(Consumer<SyncEvent> listener) throws InterruptedException {
    var lineup = new Lineup(members(), request.flushes());
    try {
      var begin = new ArrayList<>(lineup.next());
      if (request.flushes()) {
        begin.addFirst(OutgoingMail.NAME);
      }
      announce(tasks(), begin, listener);
      int worst = Verdicts.DONE;
      while (true) {
        while (!begin.isEmpty()) {
          for (var task : begin) {
            worst = Math.max(worst, begin(task, lineup, listener));
          }
          begin = new ArrayList<>(cancelled ? lineup.dismiss() : lineup.next());
        }
        if (lineup.isOver()) {
          return worst;
        }
        var event = events.take();
        listener.accept(event);
        if (event instanceof StoreDone done) {
          worst = Math.max(worst, done.exitCode());
          lineup.over(done.store());
          begin.addAll(cancelled ? lineup.dismiss() : lineup.next());
        }
      }
    } finally {
      if (!lineup.isOver()) {
        abandoned = true;
        events.clear();
        cancel();
      }
    }
  }

  private List<Lineup.Member> members() {
    var profile = session.profile();
    var sentTo = profile.transports().values().stream()
        .flatMap(transport -> transport.sentToStore().stream())
        .collect(Collectors.toSet());
    return request.stores().stream()
        .map(name -> {
          var store = Optional.ofNullable(profile.stores().get(name));
          return new Lineup.Member(
              name,
              store.flatMap(Profile.Store::host),
              store.map(Profile.Store::maxConnections).orElse(1),
              sentTo.contains(name));
        })
        .toList();
  }

  private List<String> tasks() {
    var tasks = new ArrayList<>(request.stores());
    if (request.flushes()) {
      tasks.addFirst(OutgoingMail.NAME);
    }
    return tasks;
  }

  /**
   * Says what there is to do, in order, where it is more than one thing.
   *
   * @param begin those that begin at once
   */
  static void announce(List<String> tasks, List<String> begin, Consumer<SyncEvent> listener) {
    if (tasks.size() > 1) {
      for (var task : tasks) {
        var step = begin.contains(task) ? "" : "Waiting for its turn";
        listener.accept(SyncProgress.waiting(task, step));
      }
    }
  }

  /** Begins a task; the exit code of one that is over with that, else that of success. */
  private int begin(String task, Lineup lineup, Consumer<SyncEvent> listener) {
    var result = HResult.MAPI_E_USER_CANCEL;
    if (!cancelled) {
      try {
        start(task);
        return Verdicts.DONE;
      } catch (MapiException e) {
        result = e.result();
        listener.accept(SyncError.plain(task, result, task + ": " + e.getMessage()));
      }
    }
    lineup.over(task);
    listener.accept(StoreDone.plain(task, result));
    return Verdicts.exitCode(result);
  }

  private void start(String task) throws MapiException {
    var flush = request.flushes() && task.equals(OutgoingMail.NAME);
    var store =
        flush ? session.openOutbox(request.options()) : session.openStore(task, request.options());
    var flags = flush ? request.flushFlags() : request.flags(task);
    var sync = store.queryInterface(IMAPISync.IID);
    sync.synchronizeInBackground(MAPISIB.of(flags, session, new Part(task)));
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
        case SyncPlanned _, OutgoingMail.Message _ -> tell(event);
        case StoreDone done -> end = Optional.of(done);
        case AuditFinding _, AuditDone _ -> {}
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

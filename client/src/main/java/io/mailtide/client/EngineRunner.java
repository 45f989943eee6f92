package io.mailtide.client;

import io.mailtide.client.SyncEvent.Code;
import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The real provider: has the engine send the Outbox where that is asked for, then bring a store's
 * two replicas in step, and says in the contract's words how it goes.
 */
final class EngineRunner implements SyncRunner {
  private static final Logger LOGGER = System.getLogger(EngineRunner.class.getName());
  /** What a run that did nothing comes to. */
  static final Outcome NOTHING =
      new Outcome(Optional.empty(), 0, 0, 0, 0, 0, 0, 0, 0, Traffic.NONE);

  private final Profile.Store store;
  private final Path stateDirectory;
  private final Environment environment;
  private final Optional<OutgoingMail> outbox;

  EngineRunner(Profile.Store store, Path stateDirectory, Environment environment) {
    this(store, stateDirectory, environment, Optional.empty());
  }

  /** @param outbox what is sent first where that is asked for */
  EngineRunner(
      Profile.Store store,
      Path stateDirectory,
      Environment environment,
      Optional<OutgoingMail> outbox) {
    this.store = store;
    this.stateDirectory = stateDirectory;
    this.environment = environment;
    this.outbox = outbox;
  }

  @Override
  public Ended run(
      Set<SyncFlag> flags,
      MailStore.Options options,
      Reporter reporter,
      Cancellation cancellation) {
    var begin = environment.clock().instant();
    var view = new View(store.name(), reporter);
    var sending = flags.contains(SyncFlag.SYNC_OUTGOING_MAIL)
        ? flush(options, view, cancellation)
        : HResult.S_OK;
    var outcome = Synchronizer.run(job(flags, options, cancellation), view);
    if (outcome.failure().isPresent()) {
      var failure = outcome.failure().get();
      view.error(
          failure, failure.kind() == Fault.Kind.CANCELLED ? Severity.WARNING : Severity.ERROR);
      return ended(Verdicts.result(failure.kind()), outcome, begin);
    }
    if (outcome.failed() > 0 || !sending.equals(HResult.S_OK)) {
      return ended(HResult.MAPI_W_PARTIAL_COMPLETION, outcome, begin);
    }
    view.complete();
    return ended(HResult.S_OK, outcome, begin);
  }

  /** What the engine is to do for a request. */
  Job job(Set<SyncFlag> flags, MailStore.Options options, Cancellation cancellation) {
    var context = new ReplicaProvider.Context(
        environment,
        cancellation,
        text -> LOGGER.log(Level.INFO, () -> store.name() + ": " + text));
    FolderFilter folders = options.folders().isEmpty()
        ? store.folders()
        : store.folders().and(new FolderGlobs(options.folders()));
    return new Job(
        store.name(),
        stateDirectory,
        () -> store.openNear(context),
        () -> store.openFar(context),
        folders,
        selection(flags),
        flags.contains(SyncFlag.SYNC_DOWNLOAD_HIERARCHY),
        flags.contains(SyncFlag.SYNC_UPLOAD_HIERARCHY),
        allowed(flags),
        options.full(),
        options.dryRun(),
        options.allowMassDelete(),
        store.keepRemoved(),
        environment,
        cancellation);
  }

  private Selection selection(Set<SyncFlag> flags) {
    var configured = store.selection();
    return new Selection(
        configured.bytesMax(),
        configured.ageMax(),
        configured.headersOnly() || flags.contains(SyncFlag.SYNC_GLOBAL_HEADERS));
  }

  private Allowed allowed(Set<SyncFlag> flags) {
    var pull = flags.contains(SyncFlag.SYNC_DOWNLOAD_CONTENTS);
    var push = flags.contains(SyncFlag.SYNC_UPLOAD_CONTENTS);
    return new Allowed(
        pull,
        removals(pull, store.deletions().pulled()),
        push,
        removals(push, store.deletions().pushed()));
  }

  private static Removals removals(boolean thisRun, boolean ever) {
    if (!ever) {
      return Removals.NEVER;
    }
    return thisRun ? Removals.CARRY_OUT : Removals.WAIT;
  }

  /** Sends the Outbox; what fails of that is told, and does not keep the store from its turn. */
  private HResult flush(MailStore.Options options, View view, Cancellation cancellation) {
    if (outbox.isEmpty()) {
      return HResult.S_OK;
    }
    var request = new Outbox.Request(Outbox.Retry.NONE, List.of(), options.dryRun());
    var outcome = outbox.get().flush(request, view, cancellation);
    for (var failure : outcome.failures()) {
      if (failure.kind() != Fault.Kind.CANCELLED) { // the store's turn ends so, too
        view.error(failure, Severity.ERROR);
      }
    }
    view.goOn();
    return Sending.result(outcome);
  }

  private Ended ended(HResult result, Outcome outcome, Instant begin) {
    var duration = took(begin, environment);
    var detail = done(store.name(), result, outcome, outcome.far(), duration);
    return new Ended(result, Optional.of(detail));
  }

  /** How long it took until now; no less than nothing, should the clock have been set back. */
  static Duration took(Instant begin, Environment environment) {
    var took = Duration.between(begin, environment.clock().instant());
    return took.isNegative() ? Duration.ZERO : took;
  }

  /** A store's last event. */
  static StoreDone done(
      String store, HResult result, Outcome outcome, Traffic far, Duration duration) {
    return new StoreDone(
        store,
        Code.of(result),
        Verdicts.exitCode(result),
        outcome.copied(),
        outcome.sent(),
        outcome.moved(),
        outcome.flagged(),
        outcome.removed(),
        outcome.failed(),
        outcome.withheld(),
        outcome.leftOut(),
        far.bytesIn(),
        far.bytesOut(),
        far.roundTrips(),
        duration);
  }

  /** Says in the contract's words what the engine says in its own. */
  static final class View implements Outbox.Listener {
    private static final long FOLDER_UNITS = 16;
    private static final long MESSAGE_UNITS = 4;
    private static final long BYTES_A_UNIT = 1024;
    private static final long ULONG_MAX = 0xFFFF_FFFFL;

    private final String store;
    private final Reporter reporter;
    private long indexMax = 1;
    private Optional<SyncProgress> last = Optional.empty();

    /** What was done before that what is told now counts from: no number ever falls. */
    private long messagesBefore;

    private long bytesBefore;

    View(String store, Reporter reporter) {
      this.store = store;
      this.reporter = reporter;
    }

    /**
     * One unit of the whole is kept for the end, so that only a run that is over shows as complete.
     */
    @Override
    public void progress(Progress told) {
      var progress = new Progress(
          told.phase(),
          told.folder(),
          told.foldersDone(),
          told.folders(),
          messagesBefore + told.messagesDone(),
          messagesBefore + told.messages(),
          bytesBefore + told.bytesDone(),
          bytesBefore + told.bytes());
      var done = units(progress.foldersDone(), progress.messagesDone(), progress.bytesDone());
      var total = 1 + units(progress.folders(), progress.messages(), progress.bytes());
      if (total > ULONG_MAX) {
        done = (long) ((double) done / total * (ULONG_MAX - 1));
        total = ULONG_MAX;
      }
      indexMax = total;
      last = Optional.of(detail(progress));
      reporter.progress(() -> step(progress), done, total, last);
    }

    /** What is told from now on counts anew, behind what was told before. */
    void goOn() {
      messagesBefore = last.map(SyncProgress::messages).orElse(0L);
      bytesBefore = last.map(SyncProgress::bytes).orElse(0L);
    }

    @Override
    public void handled(Outgoing message) {
      reporter.detail(OutgoingMail.Message.of(message));
    }

    private static long units(long folders, long messages, long bytes) {
      return FOLDER_UNITS * folders + MESSAGE_UNITS * messages + bytes / BYTES_A_UNIT;
    }

    private String step(Progress progress) {
      return switch (progress.phase()) {
        case CONNECTING -> "Connecting to " + store;
        case LISTING -> "Listing folders";
        case COMPARING ->
          progress.folder().map(name -> "Comparing " + name).orElse("Comparing folders");
        case READING -> counted("Reading", progress);
        case TRANSFERRING -> counted("Copying", progress);
        case SENDING -> counted("Sending", progress);
        case FINISHING -> "Finishing";
      };
    }

    private static String counted(String doing, Progress progress) {
      return String.format(
              Locale.ROOT,
              "%s %,d of %,d messages",
              doing,
              progress.messagesDone(),
              progress.messages())
          + progress.folder().map(name -> ", " + name).orElse("");
    }

    private SyncProgress detail(Progress progress) {
      return new SyncProgress(
          store,
          SyncEvent.Phase.valueOf(progress.phase().name()),
          "",
          progress.folder().map(FolderName::text),
          0,
          0,
          progress.foldersDone(),
          progress.folders(),
          progress.messagesDone(),
          progress.messages(),
          progress.bytesDone(),
          progress.bytes());
    }

    /**
     * The run came to its end: so does the position, where there is one. The numbers come again,
     * for a position may replace the one before.
     */
    void complete() {
      if (last.isPresent()) {
        reporter.progress(() -> "Done", indexMax, indexMax, last);
      }
    }

    /**
     * A fault that reaches a whole side and does not end the run is one that the engine gets past.
     */
    @Override
    public void fault(Fault fault) {
      error(fault, fault.reach() == Fault.Reach.REPLICA ? Severity.WARNING : Severity.ERROR);
    }

    @Override
    public void planned(Planned planned) {
      reporter.detail(SyncPlanned.of(store, planned));
    }

    void error(Fault fault, Severity severity) {
      var error = SyncError.of(store, fault, severity);
      reporter.error(Verdicts.result(fault.kind()), error.text(), Optional.of(error));
    }
  }
}

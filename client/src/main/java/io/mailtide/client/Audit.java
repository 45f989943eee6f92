package io.mailtide.client;

import io.mailtide.client.EngineRunner.View;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.engine.Auditor;
import io.mailtide.engine.Auditor.Finding;
import io.mailtide.engine.Auditor.Outcome;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.SyncListener;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Compares both sides of some stores by content, one store after another, and mends them where
 * asked to. Stands beside {@link SendReceive}: the contract's documents know no such request.
 */
public final class Audit {
  private static final Duration BETWEEN_POSITIONS = Duration.ofMillis(100);

  private final Profile profile;
  private final Request request;
  private final Environment environment;
  private final Cancellation cancellation = new Cancellation();

  /** Prepares an audit; {@link #run} carries it out, once. */
  public Audit(Profile profile, Request request) {
    this(profile, request, Environment.system());
  }

  Audit(Profile profile, Request request, Environment environment) {
    this.profile = profile;
    this.request = request;
    this.environment = environment;
  }

  /**
   * What to audit.
   *
   * @param stores stores of the profile
   * @param folders globs on folder names like those of the configuration, to narrow its choice;
   *     empty: no narrowing
   * @param repair whether what can be mended is mended
   */
  public record Request(List<Profile.Store> stores, List<String> folders, boolean repair) {
    public Request {
      stores = List.copyOf(stores);
      folders = List.copyOf(folders);
    }
  }

  /**
   * Audits all stores and returns when that is over.
   *
   * @param listener called by one thread at a time. Where there is more than one store, it is told
   *     first which there are; each one's last events are an {@link AuditDone} and a
   *     {@link SyncEvent.StoreDone}. A repair has parts, each with progress of its own: an audit,
   *     the mending of messages, a synchronisation and an audit
   * @return the exit code of the worst of the stores; {@link Verdicts#IN_PART} where sides differ
   * @throws InterruptedException this thread was interrupted; the audit is cancelled
   */
  public int run(Consumer<SyncEvent> listener) throws InterruptedException {
    return Sending.inThread("mailtide audit", cancellation, () -> {
      var names = request.stores().stream().map(Profile.Store::name).toList();
      SendReceive.announce(names, names.stream().limit(1).toList(), listener);
      int worst = Verdicts.DONE;
      for (var store : request.stores()) {
        worst = Math.max(worst, audit(store, listener));
      }
      return worst;
    });
  }

  /** Asks it to stop, and returns at once; {@link #run} returns when it has. Any thread. */
  public void cancel() {
    cancellation.request();
  }

  private int audit(Profile.Store store, Consumer<SyncEvent> listener) {
    var begin = environment.clock().instant();
    var runner = new EngineRunner(store, profile.stateDirectory(), environment);
    var options = new MailStore.Options(false, false, false, request.folders());
    var job = runner.job(
        EnumSet.of(
            SyncFlag.SYNC_UPLOAD_HIERARCHY,
            SyncFlag.SYNC_DOWNLOAD_HIERARCHY,
            SyncFlag.SYNC_UPLOAD_CONTENTS,
            SyncFlag.SYNC_DOWNLOAD_CONTENTS),
        options,
        cancellation);
    var reports = new Findings(store.name(), listener, environment);
    var outcome = Auditor.run(job, request.repair(), reports);
    outcome
        .failure()
        .ifPresent(failure -> reports.view.error(
            failure, failure.kind() == Fault.Kind.CANCELLED ? Severity.WARNING : Severity.ERROR));
    listener.accept(AuditDone.of(store.name(), outcome));
    var result = result(outcome);
    var over = EngineRunner.done(
        store.name(),
        result,
        EngineRunner.NOTHING,
        outcome.traffic(),
        EngineRunner.took(begin, environment));
    listener.accept(over);
    return over.exitCode();
  }

  private static HResult result(Outcome outcome) {
    if (outcome.failure().isPresent()) {
      return Verdicts.result(outcome.failure().get().kind());
    }
    var last = outcome.left().orElse(outcome.found());
    return last.differences() + last.failed() > 0
        ? HResult.MAPI_W_PARTIAL_COMPLETION
        : HResult.S_OK;
  }

  /** Turns what the engine tells into events. */
  private static final class Findings implements Auditor.Listener {
    private final String store;
    private final Consumer<SyncEvent> listener;
    private final View view;

    Findings(String store, Consumer<SyncEvent> listener, Environment environment) {
      this.store = store;
      this.listener = listener;
      this.view = new View(store, new Reports(store, listener, environment));
    }

    @Override
    public void finding(Finding finding, boolean left) {
      listener.accept(AuditFinding.of(store, finding, left));
    }

    @Override
    public void progress(SyncListener.Progress progress) {
      view.progress(progress);
    }

    @Override
    public void fault(Fault fault) {
      view.fault(fault);
    }
  }

  /** Turns reports into events; positions a few times a second. One thread. */
  static final class Reports implements SyncRunner.Reporter {
    private final String store;
    private final Consumer<SyncEvent> listener;
    private final Environment environment;
    private Instant told = Instant.MIN;
    private SyncEvent.Phase phase = SyncEvent.Phase.WORKING;

    Reports(String store, Consumer<SyncEvent> listener, Environment environment) {
      this.store = store;
      this.listener = listener;
      this.environment = environment;
    }

    @Override
    public void progress(
        Supplier<String> step, long index, long indexMax, Optional<SyncProgress> detail) {
      var now = environment.clock().instant();
      var here = detail.orElseGet(() -> SyncProgress.plain(store));
      var setBack = now.isBefore(told);
      if (here.phase() != phase || setBack || !now.isBefore(told.plus(BETWEEN_POSITIONS))) {
        phase = here.phase();
        told = now;
        listener.accept(here.at(step.get(), index, indexMax));
      }
    }

    @Override
    public void detail(SyncEvent event) {
      listener.accept(event);
    }

    @Override
    public void error(HResult result, String text, Optional<SyncError> detail) {
      listener.accept(detail.orElseGet(() -> SyncError.plain(store, result, text)));
    }
  }
}

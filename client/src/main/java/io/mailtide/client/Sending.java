package io.mailtide.client;

import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Outcome;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** Flushes the Outbox by itself, and tells one listener how it goes. */
public final class Sending {
  private final OutgoingMail mail;
  private final Outbox.Request request;
  private final Environment environment;
  private final Cancellation cancellation = new Cancellation();

  /** Prepares a flush; {@link #run} carries it out, once. */
  public Sending(Session session, Outbox.Request request) {
    this(session.outbox(), request, Environment.system());
  }

  Sending(OutgoingMail mail, Outbox.Request request, Environment environment) {
    this.mail = mail;
    this.request = request;
    this.environment = environment;
  }

  /**
   * Flushes and returns when it is over.
   *
   * @param listener called by one thread; the last event is a {@link StoreDone}
   * @return the exit code: {@link Verdicts#IN_PART} where something stays in the Outbox
   * @throws InterruptedException this thread was interrupted; the flush is cancelled
   */
  public int run(Consumer<SyncEvent> listener) throws InterruptedException {
    return inThread("mailtide outbox", cancellation, () -> flush(listener));
  }

  /**
   * Works in a platform thread of that name, for SQLite pins a virtual one, and returns when it is
   * over.
   *
   * @param cancellation requested when this thread is interrupted, or the work is over
   */
  static int inThread(String name, Cancellation cancellation, Callable<Integer> work)
      throws InterruptedException {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().name(name).start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " failed", e.getCause());
    } finally {
      cancellation.request();
    }
  }

  /** Asks it to stop, and returns at once; {@link #run} returns when it has. Any thread. */
  public void cancel() {
    cancellation.request();
  }

  private int flush(Consumer<SyncEvent> listener) {
    var over = new Runner(mail, environment)
        .flush(request, new Audit.Reports(OutgoingMail.NAME, listener, environment), cancellation);
    listener.accept(over);
    return over.exitCode();
  }

  /** What a flush comes to: the worst of what went wrong, else whether something is left. */
  static HResult result(Outcome outcome) {
    return outcome.failures().stream()
        .map(failure -> Verdicts.result(failure.kind()))
        .max(Comparator.comparingInt(Verdicts::exitCode))
        .orElse(outcome.left() > 0 ? HResult.MAPI_W_PARTIAL_COMPLETION : HResult.S_OK);
  }

  /** The Outbox as something that can be synchronised: whatever the request, it is flushed. */
  record Runner(OutgoingMail mail, Environment environment) implements SyncRunner {
    @Override
    public Ended run(
        Set<SyncFlag> flags,
        MailStore.Options options,
        Reporter reporter,
        Cancellation cancellation) {
      var request = new Outbox.Request(Outbox.Retry.NONE, List.of(), options.dryRun());
      var done = flush(request, reporter, cancellation);
      return new Ended(new HResult(done.code().value()), Optional.of(done));
    }

    private StoreDone flush(Outbox.Request request, Reporter reporter, Cancellation cancellation) {
      var begin = environment.clock().instant();
      var view = new EngineRunner.View(OutgoingMail.NAME, reporter);
      var outcome = mail.flush(request, view, cancellation);
      for (var failure : outcome.failures()) {
        view.error(
            failure, failure.kind() == Fault.Kind.CANCELLED ? Severity.WARNING : Severity.ERROR);
      }
      var result = result(outcome);
      if (!result.failed()) {
        view.complete();
      }
      return done(outcome, result, EngineRunner.took(begin, environment));
    }

    private static StoreDone done(Outcome outcome, HResult result, Duration duration) {
      return new StoreDone(
          OutgoingMail.NAME,
          SyncEvent.Code.of(result),
          Verdicts.exitCode(result),
          0,
          outcome.sent(),
          0,
          0,
          outcome.dropped(),
          outcome.left(),
          0,
          0,
          outcome.traffic().bytesIn(),
          outcome.traffic().bytesOut(),
          outcome.traffic().roundTrips(),
          duration);
    }
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.StoreStatus;
import io.mailtide.engine.StoreStatus.FolderStatus;
import io.mailtide.engine.StoreStatus.LastRun;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.RunLog;
import io.mailtide.engine.state.State.Rest;
import io.mailtide.engine.state.StoreLock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Runs a job: lock, state, attempts, and what is remembered of the run. */
public final class Runner {
  /** Faults that a new connection may get past. */
  static final Set<Kind> PASSING = EnumSet.of(Kind.NETWORK, Kind.TIMEOUT);

  private static final int FRUITLESS_ATTEMPTS = 2;
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** A longer pause is left to whoever starts the next run. */
  private static final Duration PAUSE_MAX = Duration.ofMinutes(5);

  private final Job job;
  private final Tally tally;
  private final SyncListener listener;
  private Traffic traffic = Traffic.NONE;
  private Optional<Fault> braked = Optional.empty();
  private Optional<Rest> rest = Optional.empty();

  public Runner(Job job, SyncListener listener) {
    this.job = job;
    this.listener = listener;
    this.tally = new Tally(listener);
  }

  /** Runs to the end, whatever it is. */
  @SuppressWarnings("try") // the lock is held, not used
  public Outcome run() {
    var started = job.environment().clock().instant();
    tally.phase(Phase.CONNECTING);
    try (var lock = StoreLock.take(job.stateDirectory(), job.store());
        var database = opened(StoreLock.file(job.stateDirectory(), job.store(), ".sqlite"))) {
      return job.dryRun() ? rehearsed(database) : remembered(database, started);
    } catch (FaultException e) {
      return outcome(Optional.of(e.fault()), 0, 0);
    }
  }

  private Database opened(Path file) throws FaultException {
    return job.dryRun() ? Database.openCopy(file) : Database.open(file, job.environment());
  }

  private Outcome rehearsed(Database copy) {
    try {
      var memory = Memory.of(copy);
      attempt(memory);
      return outcome(braked, memory.ledger().entries().size(), memory.leftOut().count());
    } catch (FaultException e) {
      return outcome(Optional.of(e.fault()), 0, 0);
    }
  }

  private Outcome remembered(Database database, Instant started) throws FaultException {
    var memory = Memory.of(database);
    Optional<Fault> failure = Optional.empty();
    try {
      attempts(memory);
    } catch (FaultException e) {
      failure = Optional.of(e.fault());
      database.resume();
    }
    var outcome = outcome(
        failure.or(() -> braked),
        memory.ledger().entries().size(),
        memory.leftOut().count());
    runLog(database, job.stateDirectory(), job.store())
        .ended(
            new LastRun(
                started,
                job.environment().clock().instant(),
                result(outcome),
                outcome
                    .failure()
                    .map(fault -> fault.doing() + ": " + fault.said())
                    .orElse(""),
                outcome.copied(),
                outcome.sent(),
                outcome.moved(),
                outcome.flagged(),
                outcome.removed(),
                outcome.failed(),
                outcome.withheld()),
            rest);
    return outcome;
  }

  private static RunLog runLog(Database database, Path stateDirectory, String store) {
    return new RunLog(database, StoreLock.file(stateDirectory, store, ".ran"));
  }

  private Outcome outcome(Optional<Fault> failure, long failed, long leftOut) {
    return new Outcome(
        failure,
        tally.copied(),
        tally.sent(),
        tally.moved(),
        tally.flagged(),
        tally.removed(),
        failed,
        tally.withheld(),
        leftOut,
        traffic);
  }

  private static String result(Outcome outcome) {
    if (outcome.failure().isPresent()) {
      return outcome.failure().get().kind() == Kind.CANCELLED ? "cancelled" : "failed";
    }
    return outcome.failed() > 0 ? "partial" : "done";
  }

  /**
   * Tries until it is done; a connection that breaks is made again as long as each one brings some
   * mail. So is one that the other side wants no more of for a while, after that while.
   */
  private void attempts(Memory memory) throws FaultException {
    var fruitless = 0;
    for (; ; ) {
      var before = tally.brought();
      try {
        attempt(memory);
        return;
      } catch (FaultException e) {
        fruitless = tally.brought() > before ? 0 : fruitless + 1;
        var pause = pause(e.fault());
        if (pause.isEmpty() || fruitless >= FRUITLESS_ATTEMPTS) {
          throw e;
        }
        listener.fault(retrying(e.fault()));
        sleep(pause.get());
      }
    }
  }

  /** How long to wait before another attempt; absent where one is no use now. */
  private Optional<Duration> pause(Fault fault) {
    if (fault.pause().isPresent()) {
      return fault.pause().filter(asked -> asked.compareTo(PAUSE_MAX) <= 0);
    }
    return PASSING.contains(fault.kind()) && tally.brought() > 0
        ? Optional.of(PAUSE)
        : Optional.empty();
  }

  private static Fault retrying(Fault fault) {
    return fault.advising(fault
        .pause()
        .map(asked -> "Waiting %d s, then connecting again and going on."
            .formatted(Math.ceilDiv(asked.toMillis(), 1_000)))
        .orElse("Connecting again and going on."));
  }

  /** Sleeps; a cancellation ends that at once. */
  private void sleep(Duration duration) throws FaultException {
    var sleeper = new Sleeper();
    try (var _ = job.cancellation().onRequest(sleeper::wake)) {
      job.environment().sleep(duration);
    } catch (InterruptedException e) {
      if (!job.cancellation().requested()) {
        Thread.currentThread().interrupt();
        job.cancellation().request();
      }
    } finally {
      sleeper.rise();
    }
    job.cancellation().check();
  }

  /** A thread that may be woken as long as it sleeps, and not interrupted in what it does then. */
  private static final class Sleeper {
    private final Thread thread = Thread.currentThread();
    private boolean risen;
    private boolean woken;

    synchronized void wake() {
      if (!risen) {
        woken = true;
        thread.interrupt();
      }
    }

    /** In the thread itself, which is not left as interrupted where that came too late. */
    synchronized void rise() {
      risen = true;
      if (woken) {
        Thread.interrupted();
      }
    }
  }

  private void attempt(Memory memory) throws FaultException {
    job.cancellation().check();
    rest = Optional.empty();
    try (var near = job.near().open();
        var early = Hierarchy.Early.begin(job, memory, near);
        var far = job.far().open()) {
      try {
        var attempt = new Attempt(job, memory, near, far, early, tally, rehearsal(memory));
        braked = attempt.run();
        rest = attempt.rest();
      } finally {
        traffic = traffic.plus(far.traffic());
      }
    }
  }

  private Optional<Rehearsal> rehearsal(Memory memory) {
    return job.dryRun()
        ? Optional.of(new Rehearsal(memory, listener, job.environment().clock().instant()))
        : Optional.empty();
  }

  /** What the state says of a store. */
  public static Optional<StoreStatus> status(Path stateDirectory, String store)
      throws FaultException {
    var opened = Database.openToRead(StoreLock.file(stateDirectory, store, ".sqlite"));
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (var database = opened.get()) {
      var memory = Memory.of(database);
      var folders = new ArrayList<FolderStatus>();
      for (var folder : memory.state().folders()) {
        folders.add(new FolderStatus(folder.name(), memory.state().messages(folder)));
      }
      return Optional.of(new StoreStatus(
          runLog(database, stateDirectory, store).last(),
          folders,
          memory.ledger().entries()));
    }
  }
}

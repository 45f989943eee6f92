package io.mailtide.engine.run;

import io.mailtide.engine.Auditor.Count;
import io.mailtide.engine.Auditor.Listener;
import io.mailtide.engine.Auditor.Outcome;
import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.run.Audit.Wrongs;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.StoreLock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs an audit, on a copy of the state; and where it is to be repaired, mends the state, runs a
 * full synchronisation and audits again.
 */
public final class AuditRunner {
  private final Job job;
  private final Listener listener;
  private Traffic traffic = Traffic.NONE;
  private Count found = Count.NONE;
  private Optional<Count> left = Optional.empty();

  public AuditRunner(Job job, Listener listener) {
    this.job = job;
    this.listener = listener;
  }

  /** Runs to the end, whatever it is. */
  public Outcome run(boolean repair) {
    try {
      locked(
          repair
              ? this::auditAndRepair
              : (near, far) -> found = audited(near, far, false).count());
      if (repair && found.differences() > 0) {
        synchronise();
        locked((near, far) -> left = Optional.of(audited(near, far, true).count()));
      }
      return outcome(Optional.empty());
    } catch (FaultException e) {
      return outcome(Optional.of(e.fault()));
    }
  }

  private Outcome outcome(Optional<Fault> failure) {
    return new Outcome(failure, found, left, traffic);
  }

  /** Some work on both sides while no other run is on the store. */
  private interface Locked {
    void run(Replica near, Replica far) throws FaultException;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void locked(Locked part) throws FaultException {
    job.cancellation().check();
    new Tally(listener).phase(Phase.CONNECTING);
    try (var lock = StoreLock.take(job.stateDirectory(), job.store());
        var near = job.near().open();
        var far = job.far().open()) {
      try {
        part.run(near, far);
      } finally {
        traffic = traffic.plus(far.traffic());
      }
    }
  }

  private Audit audited(Replica near, Replica far, boolean again) throws FaultException {
    var file = StoreLock.file(job.stateDirectory(), job.store(), ".sqlite");
    try (var copy = Database.openCopy(file)) {
      var audit = new Audit(
          job, copy, near, far, new Tally(listener), finding -> listener.finding(finding, again));
      audit.run();
      return audit;
    }
  }

  private void auditAndRepair(Replica near, Replica far) throws FaultException {
    var file = StoreLock.file(job.stateDirectory(), job.store(), ".sqlite");
    try (var database = Database.open(file, job.environment())) {
      var repair = new Repair(job, Memory.of(database), near, far, new Tally(listener));
      repair.recover();
      var audit = audited(near, far, false);
      found = audit.count();
      repair.mend(audit.wrongs());
    }
  }

  private void synchronise() throws FaultException {
    var full = new Job(
        job.store(),
        job.stateDirectory(),
        job.near(),
        job.far(),
        job.folders(),
        job.selection(),
        job.hierarchyDown(),
        job.hierarchyUp(),
        job.allowed(),
        true,
        false,
        job.allowMassDelete(),
        job.keepRemoved(),
        job.environment(),
        job.cancellation());
    var outcome = new Runner(full, listener).run();
    traffic = traffic.plus(outcome.far());
    if (outcome.failure().isPresent()) {
      throw new FaultException(outcome.failure().get());
    }
  }

  /**
   * Mends what an audit found, so far that a synchronisation does the rest. Each step leaves a
   * state that is no less true than before, so it may be cut off after any of them.
   *
   * <ol>
   *   <li>Near copies that are too many go to the undo area: the content stays, on both sides.
   *   <li>Ties to what is gone are forgotten, so it is copied again and its other half not removed.
   *   <li>A far message whose near one is another is copied here under a new key; the near one is
   *       then a message of the user's own, which is sent. Pairing alone would tie the two again,
   *       for they may look the same but for their bodies.
   * </ol>
   */
  private static final class Repair {
    private static final int FETCH_MESSAGES = 500;

    private final Job job;
    private final Memory memory;
    private final Replica near;
    private final Replica far;
    private final Tally tally;
    private final Hierarchy hierarchy;
    private final Deliveries deliveries;
    private final Map<FolderName, Folder> folders = new TreeMap<>();

    Repair(Job job, Memory memory, Replica near, Replica far, Tally tally) {
      this.job = job;
      this.memory = memory;
      this.near = near;
      this.far = far;
      this.tally = tally;
      hierarchy = new Hierarchy(job, memory, near, far);
      deliveries = new Deliveries(memory, tally, (_, failure) -> {
        throw failure;
      });
    }

    /** Finishes what a run had begun that was killed, and looks whether there is a local store. */
    void recover() throws FaultException {
      hierarchy.list();
      hierarchy.guardLocalStore();
      if (new FolderWork(job, memory, near, far, tally, hierarchy, deliveries).recover()) {
        hierarchy.list();
      }
    }

    /** Mends it. */
    void mend(Wrongs wrongs) throws FaultException {
      memory.state().folders().forEach(folder -> folders.put(folder.name(), folder));
      plan(wrongs);
      for (var doubled : wrongs.doubled.entrySet()) {
        job.cancellation().check();
        tally.inFolder(doubled.getKey());
        remove(doubled.getKey(), doubled.getValue());
        tally.done(doubled.getValue().size());
      }
      for (var name : wrongs.folders) {
        memory.state().forget(folder(name));
      }
      for (var name : wrongs.unobserved) {
        if (folders.containsKey(name)) {
          memory.state().untie(folder(name), wrongs.ties.getOrDefault(name, List.of()));
        }
      }
      for (var changed : wrongs.changed.entrySet()) {
        job.cancellation().check();
        tally.inFolder(changed.getKey());
        copyAgain(folder(changed.getKey()), changed.getValue());
      }
      deliveries.finish();
      hierarchy.editor(Side.NEAR).settle(Set.of());
      deliveries.settled();
      for (var replaced : wrongs.replaced.entrySet()) {
        remove(replaced.getKey(), replaced.getValue()); // not tied any more
      }
    }

    /** Tells how many messages there are to mend, if any. */
    private void plan(Wrongs wrongs) {
      var copies = wrongs.changed.values().stream().flatMap(List::stream).toList();
      var messages =
          copies.size() + wrongs.doubled.values().stream().mapToLong(List::size).sum();
      if (messages > 0) {
        tally.toDo(
            messages, copies.stream().mapToLong(copy -> copy.size().orElse(0)).sum());
        tally.phase(Phase.TRANSFERRING);
      }
    }

    private Folder folder(FolderName name) {
      return Objects.requireNonNull(folders.get(name));
    }

    private void remove(FolderName name, List<MessageKey> keys) throws FaultException {
      var editor = DeliveringEditor.of(near.open(name, Access.CHANGE));
      editor.remove(keys);
      editor.harden();
    }

    private void copyAgain(Folder folder, List<Sighting> changed) throws FaultException {
      var editor = DeliveringEditor.of(near.open(folder.name(), Access.CHANGE));
      var opened = far.open(folder.name());
      editor.discardStaged();
      for (var from = 0; from < changed.size(); from += FETCH_MESSAGES) {
        var page = changed.subList(from, Math.min(changed.size(), from + FETCH_MESSAGES));
        var wanted = page.stream().collect(Collectors.toMap(Sighting::key, Function.identity()));
        var keys = List.copyOf(wanted.keySet());
        opened.fetch(
            keys,
            new Arrivals(
                editor,
                Part.WHOLE,
                wanted,
                arrival ->
                    deliveries.add(Transfer.intent(folder, arrival, Part.WHOLE, editor), editor),
                tally,
                job.environment().clock().instant()));
      }
    }
  }
}

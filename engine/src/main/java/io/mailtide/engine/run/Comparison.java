package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.plan.Allowed;
import io.mailtide.engine.plan.Planner;
import io.mailtide.engine.plan.Trio;
import io.mailtide.engine.run.FolderPlan.Step;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Observes both sides of a folder and decides what to do there. Changes neither side. */
final class Comparison {
  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private final Tally tally;

  Comparison(Job job, Memory memory, Replica near, Replica far, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.tally = tally;
  }

  /**
   * Compares a folder pair.
   *
   * @param askFar whether the far side may have changed
   */
  FolderPlan compare(Folder folder, boolean askFar) throws FaultException {
    var nearScan = observe(folder, Side.NEAR, near.open(folder.name()), since(folder, Side.NEAR));
    if (!askFar) {
      memory.ledger().rejoin(folder, false);
      return plan(folder, nearScan, folder.far().checkpoint(), false);
    }
    var opened = far.open(folder.name());
    var changed = newGeneration(folder, opened.generation());
    var farScan =
        observe(folder, Side.FAR, opened, changed ? Optional.empty() : since(folder, Side.FAR));
    memory.ledger().rejoin(folder, farScan.complete());
    var allGone = confirm(folder, opened);
    return plan(folder, nearScan, allGone ? farScan.checkpoint() : Optional.empty(), false);
  }

  /** Compares a folder that the far side does not have any more. */
  FolderPlan compareGone(Folder folder) throws FaultException {
    var nearScan = observe(folder, Side.NEAR, near.open(folder.name()), since(folder, Side.NEAR));
    try (var recorder = memory.observations().record(folder, Side.FAR)) {
      recorder.finish(true);
    }
    return plan(folder, nearScan, folder.far().checkpoint(), true);
  }

  private Optional<Checkpoint> since(Folder folder, Side side) {
    return job.full() ? Optional.empty() : folder.part(side).checkpoint();
  }

  private Scan observe(Folder folder, Side side, ReplicaFolder opened, Optional<Checkpoint> since)
      throws FaultException {
    job.cancellation().check();
    if (folder.part(side).generation().isEmpty()) {
      memory.state().generation(folder, side, opened.generation());
    }
    try (var recorder = memory.observations().record(folder, side)) {
      var scan = opened.scan(since, memory.state().known(folder, side), recorder);
      recorder.finish(scan.complete());
      return scan;
    }
  }

  private boolean newGeneration(Folder folder, Generation now) throws FaultException {
    var remembered = folder.far().generation();
    if (remembered.isEmpty() || remembered.get().equals(now)) {
      return false;
    }
    tally.fault(Fault.of(
            Kind.CHANGED,
            Reach.FOLDER,
            "comparing the folder",
            "the server has numbered its messages anew (UIDVALIDITY "
                + remembered.get().value() + " became " + now.value() + ")",
            "Both sides are paired again by content; nothing is lost or doubled.")
        .in(folder.name()));
    memory.state().farGenerationChanged(folder, now);
    return true;
  }

  /**
   * Asks again about what the scan did not show.
   *
   * @return whether all of it is really gone; if not, the checkpoint must not move
   */
  private boolean confirm(Folder folder, ReplicaFolder opened) throws FaultException {
    var missing = new HashSet<MessageKey>();
    for (var trio : memory.observations().differences(folder)) {
      if (trio.far().now() instanceof Trio.Absent) {
        trio.far().key().ifPresent(missing::add);
      }
    }
    if (missing.isEmpty()) {
      return true;
    }
    var there = new HashSet<>(missing);
    there.removeAll(opened.confirmGone(Set.copyOf(missing)));
    memory.observations().stillThere(folder, Side.FAR, List.copyOf(there));
    return there.isEmpty();
  }

  private FolderPlan plan(
      Folder folder, Scan nearScan, Optional<Checkpoint> farCheckpoint, boolean farGone)
      throws FaultException {
    var allowed = new Allowed(true, job.pullRemovals(), false, false);
    var steps = new ArrayList<Step>();
    var withheld = 0L;
    for (var trio : memory.observations().differences(folder)) {
      var decision = Planner.decide(trio, allowed);
      decision.actions().forEach(action -> steps.add(new Step(trio, action)));
      withheld += decision.withheld();
    }
    var now = job.environment().clock().instant();
    return new FolderPlan(
        folder,
        List.copyOf(steps),
        memory.observations().toCopy(folder, now),
        withheld,
        memory.observations().unknownNear(folder).size(),
        memory.state().messages(folder),
        nearScan.checkpoint(),
        farCheckpoint,
        farGone);
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.plan.Brake;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One synchronisation over one pair of open replicas, in the run's thread: observe everything,
 * decide, then act. What fails for a folder stays with that folder; what fails for a replica ends
 * the attempt.
 */
final class Attempt {
  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private final ReplicaEditor nearEditor;
  private final Tally tally;
  private final Transfer transfer;
  private final Comparison comparison;
  private final Set<FolderName> touched = new HashSet<>();
  private Optional<Fault> braked = Optional.empty();

  Attempt(Job job, Memory memory, Replica near, Replica far, Tally tally) throws FaultException {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.tally = tally;
    nearEditor = near.editor()
        .orElseThrow(() -> new FaultException(Fault.of(
            Kind.NO_ACCESS,
            Reach.REPLICA,
            "opening the local store to write",
            "it is read-only",
            "Make it writable.")));
    transfer = new Transfer(job, memory, tally);
    comparison = new Comparison(job, memory, near, far, tally);
  }

  /**
   * Runs it.
   *
   * @return the brake's fault, where it held removals back
   */
  Optional<Fault> run() throws FaultException {
    tally.newAttempt();
    memory.observations().clear();
    tally.phase(Phase.LISTING);
    recover();
    var known = byName();
    var farListed = listed(far, known, Side.FAR);
    farListed.keySet().removeIf(name -> !job.folders().test(name));
    var nearListed = listed(near, known, Side.NEAR);
    guardLocalStore(nearListed, known);
    var plans = compare(known, farListed, nearListed);
    plans = brake(plans);
    tally.toDo(
        plans.stream().mapToLong(FolderPlan::messages).sum(),
        plans.stream().mapToLong(plan -> plan.toCopy().bytes()).sum());
    tally.phase(Phase.TRANSFERRING);
    var done = new ArrayList<FolderPlan>();
    for (var plan : plans) {
      if (inFolder(plan.folder().name(), () -> carryOut(plan))) {
        done.add(plan);
      }
    }
    finish(done);
    return braked;
  }

  private Map<FolderName, Folder> byName() throws FaultException {
    var folders = new TreeMap<FolderName, Folder>();
    memory.state().folders().forEach(folder -> folders.put(folder.name(), folder));
    return folders;
  }

  /** Publishes what an earlier run had staged and recorded, and was killed before it could. */
  private void recover() throws FaultException {
    for (var folder : memory.state().folders()) {
      if (!memory.journal().left(folder).isEmpty()) {
        nearEditor.create(folder.name());
        transfer.recover(folder, near.open(folder.name(), Access.CHANGE));
        touched.add(folder.name());
      }
    }
    if (!touched.isEmpty()) {
      nearEditor.settle(Set.of());
      transfer.settled();
    }
  }

  private Map<FolderName, FolderSummary> listed(
      Replica replica, Map<FolderName, Folder> known, Side side) throws FaultException {
    job.cancellation().check();
    var observed = new HashMap<FolderName, Observed>();
    if (!job.full()) {
      for (var folder : known.values()) {
        var part = folder.part(side);
        if (part.generation().isPresent() && part.checkpoint().isPresent()) {
          observed.put(
              folder.name(),
              new Observed(part.generation().get(), part.checkpoint().get()));
        }
      }
    }
    return replica.folders(observed).stream()
        .collect(Collectors.toMap(
            FolderSummary::name, summary -> summary, (first, _) -> first, TreeMap::new));
  }

  /** A local store that turned empty is rather a disk that is not mounted than the user's wish. */
  private void guardLocalStore(
      Map<FolderName, FolderSummary> nearListed, Map<FolderName, Folder> known)
      throws FaultException {
    if (nearListed.isEmpty() && !known.isEmpty() && memory.state().messages() > 0) {
      throw new FaultException(Fault.of(
          Kind.BRAKE,
          Reach.REPLICA,
          "looking at the local mail",
          "all local folders are gone, though " + memory.state().messages()
              + " messages were there after the last run",
          "Is the disk mounted, the path right? To fetch all mail anew, move the state "
              + "file of this store away."));
    }
  }

  private List<FolderPlan> compare(
      Map<FolderName, Folder> known,
      Map<FolderName, FolderSummary> farListed,
      Map<FolderName, FolderSummary> nearListed)
      throws FaultException {
    var gone = known.keySet().stream()
        .filter(name -> job.folders().test(name) && !farListed.containsKey(name))
        .filter(_ -> job.hierarchy() && job.contents() && job.pullRemovals())
        .toList();
    tally.folders(farListed.size() + gone.size());
    tally.phase(Phase.COMPARING);
    var plans = new ArrayList<FolderPlan>();
    var compared = 0;
    for (var summary : farListed.values()) {
      var name = summary.name();
      inFolder(name, () -> {
        var nearSummary = Optional.ofNullable(nearListed.get(name));
        compare(summary, nearSummary, Optional.ofNullable(known.get(name))).ifPresent(plans::add);
      });
      tally.compared(++compared);
    }
    for (var name : gone) {
      inFolder(name, () -> {
        if (reallyGone(name) && nearListed.containsKey(name)) {
          plans.add(comparison.compareGone(Objects.requireNonNull(known.get(name))));
        }
      });
      tally.compared(++compared);
    }
    return plans;
  }

  private Optional<FolderPlan> compare(
      FolderSummary summary, Optional<FolderSummary> nearSummary, Optional<Folder> known)
      throws FaultException {
    var name = summary.name();
    if (nearSummary.isEmpty()) {
      if (!job.hierarchy()) {
        return Optional.empty();
      }
      nearEditor.create(name);
      touched.add(name);
    }
    if (!job.contents()) {
      return Optional.empty();
    }
    var now = job.environment().clock().instant();
    var retry = memory.ledger().due(name, now);
    var nearUnchanged = nearSummary.isPresent() && nearSummary.get().unchanged();
    if (nearUnchanged && summary.unchanged() && !retry) {
      return Optional.empty();
    }
    var folder = known.isPresent() ? known.get() : memory.state().add(name);
    return Optional.of(comparison.compare(folder, !summary.unchanged() || retry));
  }

  /** Asks for a folder that was not listed by its name: an absence is evidence, not truth. */
  private boolean reallyGone(FolderName name) throws FaultException {
    try {
      far.open(name);
      return false;
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.NOT_FOUND) {
        return true;
      }
      throw e;
    }
  }

  private List<FolderPlan> brake(List<FolderPlan> plans) throws FaultException {
    var removals = plans.stream().mapToLong(FolderPlan::removals).sum();
    var known = memory.state().messages();
    var worst = plans.stream()
        .filter(plan -> Brake.holds(plan.removals(), plan.known()))
        .findFirst();
    if (job.allowMassDelete() || (worst.isEmpty() && !Brake.holds(removals, known))) {
      return plans;
    }
    var said = worst
        .map(plan -> plan.removals() + " of the " + plan.known() + " messages in "
            + plan.folder().name() + " are gone from the server")
        .orElse(removals + " of all " + known + " messages are gone from the server");
    var fault = Fault.of(
        Kind.BRAKE,
        Reach.REPLICA,
        "removing local messages",
        said,
        "Nothing was removed here. If that is right, run again with --allow-mass-delete;"
            + " what is removed stays in the undo area for a while.");
    braked = Optional.of(worst.map(plan -> fault.in(plan.folder().name())).orElse(fault));
    return plans.stream().map(FolderPlan::withoutRemovals).toList();
  }

  private void carryOut(FolderPlan plan) throws FaultException {
    var folder = plan.folder();
    tally.withhold(plan.withheld() + plan.strangers());
    var nearFolder = near.open(folder.name(), Access.CHANGE);
    transfer.tidy(nearFolder);
    if (plan.messages() > 0) {
      touched.add(folder.name());
      if (plan.toCopy().messages() > 0) {
        transfer.copy(plan, nearFolder, far.open(folder.name()));
      }
      transfer.change(plan.steps(), nearFolder);
    }
    if (plan.farGone() && plan.withheld() == 0) {
      transfer.settled();
      nearEditor.removeEmpty(folder.name());
      memory.state().forget(folder);
    } else if (!transfer.mustRescan(folder.name())) {
      memory.state().checkpoint(folder, Side.FAR, plan.far());
    }
  }

  private void finish(List<FolderPlan> done) throws FaultException {
    tally.phase(Phase.FINISHING);
    var settled = touched.isEmpty() ? Map.<FolderName, Checkpoint>of() : nearEditor.settle(touched);
    transfer.settled();
    for (var plan : done) {
      var name = plan.folder().name();
      // Changes that wait on the near side must be found
      // again; so must what another program does meanwhile.
      var waits = plan.withheld() + plan.strangers() > 0;
      var checkpoint =
          touched.contains(name) ? Optional.ofNullable(settled.get(name)) : plan.near();
      memory.state().checkpoint(plan.folder(), Side.NEAR, waits ? Optional.empty() : checkpoint);
    }
    nearEditor.purgeRemoved(job.environment().clock().instant().minus(job.keepRemoved()));
  }

  private interface Part {
    void run() throws FaultException;
  }

  /**
   * Runs a part of the work that is about one folder; its failure stays there. False when it
   * failed.
   */
  private boolean inFolder(FolderName name, Part part) throws FaultException {
    tally.inFolder(name);
    try {
      part.run();
      memory.ledger().cleared(name);
      return true;
    } catch (FaultException e) {
      if (e.fault().reach() == Reach.REPLICA) {
        throw e;
      }
      var fault = e.fault().in(name);
      tally.fault(fault);
      memory.ledger().enter(name, fault, job.environment().clock().instant());
      return false;
    }
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.run.FolderPlan.RemovalBrake;
import io.mailtide.engine.state.State.Rest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One synchronisation over one pair of open replicas, in the run's thread: observe everything,
 * decide, then act. Where the far side was changed, it is observed again, until there is nothing
 * left to do: so what it made of our changes is known, and how far it is. What fails for a folder
 * stays with that folder; what fails for a replica ends the attempt.
 */
final class Attempt {
  /**
   * Changes of ours, what they lead to, and what others did meanwhile; then the next run goes on.
   */
  private static final int ROUNDS_MAX = 4;

  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private final Hierarchy.Early early;
  private final Tally tally;
  private final Comparison comparison;
  private final Survey survey;
  private final Hierarchy hierarchy;
  private final Deliveries deliveries;
  private final FolderWork work;
  private final RemovalBrake brake;
  private final Optional<Rehearsal> rehearsal;
  private final Set<FolderName> renamed = new HashSet<>();
  private final Map<FolderName, FolderPlan> done = new LinkedHashMap<>();

  /** Folders of which something failed: that is not over because something else went well. */
  private final Set<FolderName> failing = new HashSet<>();

  /** Whether any folder was looked into or got another name. */
  private boolean wasBusy;

  private Optional<Rest> rest = Optional.empty();

  /**
   * @param early of the near side
   * @param rehearsal is told what would be done, and nothing is done; absent: all is done
   */
  Attempt(
      Job job,
      Memory memory,
      Replica near,
      Replica far,
      Hierarchy.Early early,
      Tally tally,
      Optional<Rehearsal> rehearsal) {
    this.rehearsal = rehearsal;
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.early = early;
    this.tally = tally;
    hierarchy = new Hierarchy(job, memory, near, far);
    comparison = new Comparison(job, memory, near, far, hierarchy, tally);
    deliveries = new Deliveries(memory, tally, this::failed);
    work = new FolderWork(job, memory, near, far, tally, hierarchy, deliveries);
    survey =
        new Survey(job, memory, far, tally, comparison, hierarchy, work, rehearsal, this::guarded);
    brake = new RemovalBrake(memory.state(), job.allowMassDelete());
  }

  /**
   * Runs it.
   *
   * @return the brake's fault, where it held removals back
   */
  Optional<Fault> run() throws FaultException {
    tally.newAttempt();
    tally.phase(Phase.LISTING);
    if (hierarchy.isAtRest(early)) {
      rest = early.rest();
      stayAtRest(rest.orElseThrow().folders());
      return Optional.empty();
    }
    memory.observations().clear();
    var now = job.environment().clock().instant();
    memory.leftOut().limit(job.selection().bytesMax(), job.selection().ageMax().map(now::minus));
    hierarchy.list(early);
    hierarchy.guardLocalStore();
    if (rehearsal.isEmpty() && work.recover()) {
      hierarchy.list();
    }
    hierarchy.recover();
    rename();
    memory.ledger().retain(hierarchy.all());
    memory.ledger().clockIs(now);
    var compared = survey.compare(renamed);
    wasBusy |= !compared.isEmpty();
    for (var round = 1; round <= ROUNDS_MAX && (round == 1 || !compared.isEmpty()); round++) {
      carryOut(compared);
      compared = survey.compareAgain(work.takeToBeSeenAgain());
    }
    if (rehearsal.isEmpty()) {
      rest = restNow();
      finish();
    }
    return brake.fault();
  }

  /** Both sides as the run found them, where it had nothing to do and nothing waits. */
  Optional<Rest> rest() {
    return rest;
  }

  /**
   * To be asked before the end, which does what was left. Whatever was done, or failed, or is in
   * doubt, the next run looks again.
   */
  private Optional<Rest> restNow() throws FaultException {
    return tally.brought() > 0
            || tally.withheld() > 0
            || wasBusy
            || !failing.isEmpty()
            || !work.touched().isEmpty()
            || brake.fault().isPresent()
            || memory.state().anyWaits()
        ? Optional.empty()
        : hierarchy.rest();
  }

  /** Tells what a run tells that looked at all folders, and found nothing to do. */
  private void stayAtRest(int folders) throws FaultException {
    tally.folders(folders);
    tally.phase(Phase.COMPARING);
    tally.compared(folders);
    tally.toDo(0, 0);
    tally.phase(Phase.TRANSFERRING);
    finish();
  }

  /** Renames on each side what was renamed on the other. */
  private void rename() throws FaultException {
    var renames = new Renames(job, memory, near, far, hierarchy, comparison.pairing());
    for (var rename = renames.next(); rename.isPresent(); rename = renames.next()) {
      var found = rename.get();
      wasBusy = true;
      rehearsal.ifPresent(telling -> {
        telling.rename(found);
        renamed.add(found.from());
        renamed.add(found.to());
      });
      if (rehearsal.isPresent()) {
        continue;
      }
      if (inFolder(found.to(), () -> hierarchy.carryOut(found))) {
        renames.carriedOut(found);
      } else {
        inFolder(found.to(), hierarchy::recover); // what is said to have failed may have been done
      }
    }
  }

  private void carryOut(List<Compared> compared) throws FaultException {
    var moves =
        new ArrayList<>(new MoveFinder(memory, comparison.pairing(), hierarchy, far, compared)
            .find(job.allowed().near(), job.allowed().far()));
    var moved = moves.stream().map(Action.Move::row).collect(Collectors.toSet());
    var wanted = new ArrayList<FolderPlan>();
    for (var folder : compared) {
      wanted.add(comparison.plan(folder, moved));
    }
    var plans = new LinkedHashMap<FolderName, FolderPlan>();
    brake.hold(wanted).forEach(plan -> plans.put(plan.folder().name(), plan));
    var late = moves.stream()
        .filter(move -> Objects.requireNonNull(plans.get(move.to())).cannotCome(move.side()))
        .collect(Collectors.toSet());
    moves.removeAll(late);
    late.forEach(move -> {
      plans.computeIfPresent(move.from(), (_, plan) -> plan.withoutLeaving(move));
      plans.computeIfPresent(move.to(), (_, plan) -> plan.withoutComing(move));
    });
    if (rehearsal.isPresent()) {
      rehearsal.get().tell(moves, plans.values());
      return;
    }
    carryOut(moves, plans);
  }

  private void carryOut(List<Action.Move> moves, Map<FolderName, FolderPlan> ready)
      throws FaultException {
    tally.toDo(
        moves.size() + ready.values().stream().mapToLong(FolderPlan::messages).sum(),
        ready.values().stream().mapToLong(FolderPlan::bytes).sum());
    tally.phase(Phase.TRANSFERRING);
    if (!moves.isEmpty() || ready.values().stream().anyMatch(FolderPlan::restsOnNear)) {
      hierarchy.hardenNear();
    }
    var unclear = new HashSet<FolderName>();
    // Near first: the old keys of what is moved out of a folder here must not be known any more
    // when that folder is made again there, for then they mean something else.
    for (var side : Side.values()) {
      unclear.addAll(move(side, moves, ready));
      ready.keySet().removeAll(unclear);
    }
    work.leave(unclear);
    try {
      for (var plan : work.inOrder(ready.values())) {
        var name = plan.folder().name();
        done.remove(name);
        if (inFolder(name, () -> work.carryOut(plan)) && !work.isToBeSeenAgain(name)) {
          done.put(name, plan);
        }
      }
    } catch (FaultException e) {
      deliverWhatArrived(e);
      throw e;
    }
    deliveries.finish();
  }

  /**
   * Moves the messages of one side. Targets that lack are made first; what cannot be made is ready
   * no more.
   *
   * @return folders that look like anything but what they are until all is seen anew: something was
   *     moved and not recorded, or is gone
   */
  private Set<FolderName> move(
      Side side, List<Action.Move> moves, Map<FolderName, FolderPlan> ready) throws FaultException {
    var bySource = moves.stream()
        .filter(move -> move.side() == side)
        .collect(Collectors.groupingBy(Action.Move::from, LinkedHashMap::new, Collectors.toList()));
    var targets = bySource.values().stream()
        .flatMap(List::stream)
        .map(Action.Move::to)
        .collect(Collectors.toSet());
    for (var plan : List.copyOf(ready.values())) {
      var name = plan.folder().name();
      if (targets.contains(name)
          && !plan.there(side)
          && !inFolder(name, () -> ready.put(name, work.createTarget(plan, side)))) {
        ready.remove(name);
      }
    }
    var unclear = new HashSet<FolderName>();
    for (var entry : bySource.entrySet()) {
      var undone = new HashSet<>(entry.getValue());
      // A folder that could not be made may be the one to move them to.
      var possible = entry.getValue().stream()
          .filter(move -> ready.containsKey(move.from()) && ready.containsKey(move.to()))
          .toList();
      inFolder(entry.getKey(), () -> {
        var gone = work.move(possible, ready);
        possible.forEach(undone::remove);
        undone.addAll(gone);
      });
      for (var move : undone) {
        unclear.add(move.from());
        unclear.add(move.to());
      }
    }
    return unclear;
  }

  private void deliverWhatArrived(FaultException failure) {
    try {
      deliveries.finish();
    } catch (FaultException e) {
      failure.addSuppressed(e);
    }
  }

  private void finish() throws FaultException {
    tally.phase(Phase.FINISHING);
    ReplicaEditor editor = hierarchy.editor(Side.NEAR);
    var settled =
        work.touched().isEmpty() ? Map.<FolderName, Checkpoint>of() : editor.settle(work.touched());
    deliveries.settled();
    for (var plan : done.values()) {
      var name = plan.folder().name();
      if (!plan.there(Side.NEAR) || work.isForgotten(name)) {
        continue;
      }
      // Changes that wait on the near side must be found again; so must what another program does
      // meanwhile, also to a message just before it is moved, and what is not found on the far side
      // yet.
      var checkpoint = work.touched().contains(name)
          ? Optional.ofNullable(settled.get(name))
              .filter(_ -> settled.keySet().containsAll(work.sources(name)))
          : plan.compared().near();
      memory
          .state()
          .checkpoint(
              memory.state().folder(plan.folder().id()),
              Side.NEAR,
              plan.nearWaits() > 0
                      || memory.observations().held(plan.folder()) > 0
                      || memory.journal().hasLost(plan.folder())
                  ? Optional.empty()
                  : checkpoint);
    }
    editor.purgeRemoved(job.environment().clock().instant().minus(job.keepRemoved()));
  }

  private interface Part {
    void run() throws FaultException;
  }

  /** Runs a part of the work that is about one folder; its failure stays there. */
  @FunctionalInterface
  interface Guard {
    /** Runs it; false when it failed. */
    boolean run(FolderName name, Stage stage) throws FaultException;
  }

  /** A part of the work on a folder. */
  @FunctionalInterface
  interface Stage {
    /** Does it; whether the folder is in order then, for nothing more is to come. */
    boolean run() throws FaultException;
  }

  private boolean inFolder(FolderName name, Part part) throws FaultException {
    return guarded(name, () -> {
      part.run();
      return true;
    });
  }

  private boolean guarded(FolderName name, Stage stage) throws FaultException {
    tally.inFolder(name);
    try {
      if (stage.run() && !failing.contains(name)) {
        memory.ledger().cleared(name);
      }
      return true;
    } catch (FaultException e) {
      failed(name, e);
      return false;
    }
  }

  private void failed(FolderName name, FaultException e) throws FaultException {
    if (e.fault().reach() == Reach.REPLICA) {
      throw e;
    }
    failing.add(name);
    var fault = e.fault().in(name);
    tally.fault(fault);
    memory.ledger().enter(name, fault, job.environment().clock().instant());
  }
}

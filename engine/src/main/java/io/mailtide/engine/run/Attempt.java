package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.plan.Brake;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.state.State.Folder;
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
  private final Tally tally;
  private final Transfer transfer;
  private final Sending sending;
  private final Changes changes;
  private final Comparison comparison;
  private final Hierarchy hierarchy;
  private final Set<FolderName> touched = new HashSet<>();
  private final Map<FolderName, FolderPlan> done = new LinkedHashMap<>();
  private final Map<FolderName, Compared> again = new LinkedHashMap<>();
  private final Set<FolderName> forgotten = new HashSet<>();
  private Optional<Fault> braked = Optional.empty();

  Attempt(Job job, Memory memory, Replica near, Replica far, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.tally = tally;
    transfer = new Transfer(job, memory, tally);
    sending = new Sending(job, memory, tally);
    changes = new Changes(job, memory, tally);
    comparison = new Comparison(job, memory, near, far, tally);
    hierarchy = new Hierarchy(job, memory, near, far, comparison.pairing());
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
    hierarchy.list();
    guardLocalStore();
    rename();
    var compared = compare();
    for (var round = 1; round <= ROUNDS_MAX && (round == 1 || !compared.isEmpty()); round++) {
      carryOut(compared);
      compared = compareAgain();
    }
    finish();
    return braked;
  }

  /** Publishes what an earlier run had staged and recorded, and was killed before it could. */
  private void recover() throws FaultException {
    for (var folder : memory.state().folders()) {
      if (!memory.journal().left(folder).isEmpty()) {
        hierarchy.editor(Side.NEAR).create(folder.name());
        transfer.recover(folder, near.open(folder.name(), Access.CHANGE));
        touched.add(folder.name());
      }
    }
    if (!touched.isEmpty()) {
      hierarchy.editor(Side.NEAR).settle(Set.of());
      transfer.settled();
    }
  }

  /** A local store that turned empty is rather a disk that is not mounted than the user's wish. */
  private void guardLocalStore() throws FaultException {
    if (hierarchy.nothingListed(Side.NEAR)
        && !hierarchy.nothingKnown()
        && memory.state().messages() > 0) {
      throw new FaultException(
          Fault.of(
              Kind.BRAKE,
              Reach.REPLICA,
              "looking at the local mail",
              "all local folders are gone, though " + memory.state().messages()
                  + " messages were there after the last run",
              "Is the disk mounted, the path right? To fetch all mail anew, move the state file of this store away."));
    }
  }

  /** Renames on each side what was renamed on the other. */
  private void rename() throws FaultException {
    var failed = new HashSet<Hierarchy.Rename>();
    for (var rename = hierarchy.renamed(failed);
        rename.isPresent();
        rename = hierarchy.renamed(failed)) {
      var found = rename.get();
      if (!inFolder(found.to(), () -> hierarchy.carryOut(found))) {
        failed.add(found);
      }
    }
  }

  private List<Compared> compare() throws FaultException {
    var names = hierarchy.names();
    tally.folders(names.size());
    tally.phase(Phase.COMPARING);
    var compared = new ArrayList<Compared>();
    var count = 0;
    for (var name : names) {
      inFolder(name, () -> compare(name).ifPresent(compared::add));
      tally.compared(++count);
    }
    return compared;
  }

  private Optional<Compared> compare(FolderName name) throws FaultException {
    var known = hierarchy.known(name);
    var nearListed = hierarchy.listed(Side.NEAR, name);
    var farListed = hierarchy.listed(Side.FAR, name);
    var nearThere = nearListed.isPresent();
    var farThere = farListed.isPresent()
        || (known.isPresent() && nearThere && !hierarchy.isGone(name, Side.FAR));
    if (!nearThere && !farThere) {
      memory.state().forget(known.orElseThrow());
      return Optional.empty();
    }
    if ((!farThere && !(known.isPresent() ? job.hierarchyDown() : job.hierarchyUp()))
        || (!nearThere && known.isEmpty() && !job.hierarchyDown())) {
      return Optional.empty();
    }
    if (known.isEmpty()) {
      create(name, nearThere, farThere);
      nearThere = true;
      farThere = true;
    }
    if (!job.allowed().near() && !job.allowed().far()) {
      return Optional.empty();
    }
    var retry = memory.ledger().due(name, job.environment().clock().instant());
    var farUnchanged = farListed.map(FolderSummary::unchanged).orElse(false);
    if (!retry && farUnchanged && nearListed.map(FolderSummary::unchanged).orElse(false)) {
      return Optional.empty();
    }
    var folder = known.isPresent() ? known.get() : memory.state().add(name);
    return Optional.of(comparison.compare(folder, nearThere, farThere, !farUnchanged || retry));
  }

  private void create(FolderName name, boolean nearThere, boolean farThere) throws FaultException {
    if (!nearThere) {
      hierarchy.editor(Side.NEAR).create(name);
      touched.add(name);
    }
    if (!farThere) {
      hierarchy.editor(Side.FAR).create(name);
    }
  }

  private List<Compared> compareAgain() throws FaultException {
    if (!again.isEmpty()) {
      hierarchy.editor(Side.NEAR).settle(Set.of());
      transfer.settled();
    }
    var folders = new ArrayList<>(again.values());
    again.clear();
    var compared = new ArrayList<Compared>();
    for (var before : folders) {
      inFolder(before.folder().name(), () -> compared.add(comparison.compareAgain(before)));
    }
    return compared;
  }

  private void carryOut(List<Compared> compared) throws FaultException {
    var moves = new MoveFinder(memory, comparison.pairing(), far, compared)
        .find(job.allowed().near(), job.allowed().far());
    var moved = moves.stream().map(Action.Move::row).collect(Collectors.toSet());
    var plans = new ArrayList<FolderPlan>();
    for (var folder : compared) {
      plans.add(comparison.plan(folder, moved));
    }
    var held = brake(plans, Side.FAR, brake(plans, Side.NEAR, plans));
    tally.toDo(
        moves.size() + held.stream().mapToLong(FolderPlan::messages).sum(),
        held.stream()
            .mapToLong(plan -> plan.toCopy().bytes() + plan.toSend().bytes())
            .sum());
    tally.phase(Phase.TRANSFERRING);
    var created = new LinkedHashMap<FolderName, FolderPlan>();
    for (var plan : held) {
      inFolder(plan.folder().name(), () -> {
        createFor(plan, moves);
        created.put(plan.folder().name(), plan);
      });
    }
    move(moves, created);
    for (var plan : created.values()) {
      var name = plan.folder().name();
      done.remove(name);
      if (inFolder(name, () -> carryOut(plan)) && !again.containsKey(name)) {
        done.put(name, plan);
      }
    }
  }

  /** Makes the folder on a side that lacks it, where a message is to be moved there. */
  private void createFor(FolderPlan plan, List<Action.Move> moves) throws FaultException {
    var name = plan.folder().name();
    for (var move : moves) {
      if (move.to().equals(name) && !plan.there(move.side())) {
        hierarchy.editor(move.side()).create(name);
      }
    }
  }

  private void move(List<Action.Move> moves, Map<FolderName, FolderPlan> plans)
      throws FaultException {
    var bySource = moves.stream()
        .collect(Collectors.groupingBy(Action.Move::from, LinkedHashMap::new, Collectors.toList()));
    for (var entry : bySource.entrySet()) {
      inFolder(
          entry.getKey(),
          () -> changes.move(entry.getValue(), near, far, name -> folder(plans, name)));
      for (var move : entry.getValue()) {
        touched.add(move.from());
        touched.add(move.to());
        for (var name : List.of(move.from(), move.to())) {
          var plan = plans.get(name);
          if (plan != null) {
            again.put(name, plan.compared());
          }
        }
      }
    }
  }

  private static Folder folder(Map<FolderName, FolderPlan> plans, FolderName name) {
    return Objects.requireNonNull(plans.get(name)).folder();
  }

  private List<FolderPlan> brake(List<FolderPlan> plans, Side side, List<FolderPlan> held)
      throws FaultException {
    var removals = plans.stream().mapToLong(plan -> plan.removals(side)).sum();
    var known = memory.state().messages();
    var worst = plans.stream()
        .filter(plan -> Brake.holds(plan.removals(side), plan.known()))
        .findFirst();
    if (job.allowMassDelete() || (worst.isEmpty() && !Brake.holds(removals, known))) {
      return held;
    }
    var from = side == Side.NEAR ? "from the server" : "here";
    var said = worst
        .map(plan -> plan.removals(side) + " of the " + plan.known() + " messages in "
            + plan.folder().name() + " are gone " + from)
        .orElse(removals + " of all " + known + " messages are gone " + from);
    var fault = Fault.of(
        Kind.BRAKE,
        Reach.REPLICA,
        side == Side.NEAR ? "removing local messages" : "removing messages at the server",
        said,
        side == Side.NEAR
            ? "Nothing was removed here. If that is right, run again with --allow-mass-delete;"
                + " what is removed stays in the undo area for a while."
            : "Nothing was removed there. If that is right, run again with --allow-mass-delete;"
                + " else put the local messages back first.");
    braked = Optional.of(worst.map(plan -> fault.in(plan.folder().name())).orElse(fault));
    return held.stream().map(plan -> plan.withoutRemovals(side)).toList();
  }

  private void carryOut(FolderPlan plan) throws FaultException {
    var folder = plan.folder();
    tally.withhold(plan.nearWaits() + plan.farWaits());
    if (plan.messages() > 0) {
      touched.add(folder.name());
    }
    if (plan.there(Side.NEAR) && plan.there(Side.FAR)) {
      var near = opened(plan, Side.NEAR, true);
      var far = opened(plan, Side.FAR, plan.needsFar());
      change(plan, false, near, far);
      bring(plan, near, far);
      change(plan, true, near, far);
      if (plan.changesFar() && editor(far).isEmpty()) {
        throw Transfer.readOnly(Side.FAR, folder.name());
      }
    } else {
      madeOrUnmade(plan);
    }
    afterwards(plan);
  }

  /**
   * One side lacks the folder: its removals go first, for a folder that is made again knows no old
   * keys.
   */
  private void madeOrUnmade(FolderPlan plan) throws FaultException {
    var lacking = plan.there(Side.NEAR) ? Side.FAR : Side.NEAR;
    var left = opened(plan, lacking.other(), true);
    var none = Optional.<ReplicaFolder>empty();
    for (var removals : new boolean[] {false, true}) {
      change(
          plan, removals, lacking == Side.NEAR ? none : left, lacking == Side.NEAR ? left : none);
    }
    if (comes(plan, lacking)) {
      memory.state().unobserved(plan.folder(), lacking);
      hierarchy.editor(lacking).create(plan.folder().name());
      bring(plan, opened(plan, Side.NEAR, true), opened(plan, Side.FAR, true));
    }
  }

  private Optional<ReplicaFolder> opened(FolderPlan plan, Side side, boolean needed)
      throws FaultException {
    var change = side == Side.NEAR || plan.changesFar();
    return needed
        ? Optional.of((side == Side.NEAR ? near : far)
            .open(plan.folder().name(), change ? Access.CHANGE : Access.READ))
        : Optional.empty();
  }

  private static Optional<UploadingEditor> editor(Optional<ReplicaFolder> far) {
    return far.flatMap(ReplicaFolder::editor).map(UploadingEditor.class::cast);
  }

  /** Changes what both sides know: first flags, and at the end what is removed. */
  private void change(
      FolderPlan plan, boolean removals, Optional<ReplicaFolder> near, Optional<ReplicaFolder> far)
      throws FaultException {
    var farEditor = editor(far);
    var steps = plan.steps().stream()
        .filter(step -> step.action() instanceof Action.Remove == removals)
        .filter(step -> farEditor.isPresent() || !FolderPlan.changesFar(step.action()))
        .toList();
    if (!steps.isEmpty()) {
      var nearEditor = near.isPresent()
          ? Optional.of(Transfer.editor(near.get()))
          : Optional.<DeliveringEditor>empty();
      var editors = new Changes.Editors(nearEditor, farEditor);
      if (removals) {
        changes.remove(plan.folder(), steps, editors);
      } else {
        changes.merge(plan.folder(), steps, editors);
      }
    }
  }

  /** Copies what is new on either side across. */
  private void bring(FolderPlan plan, Optional<ReplicaFolder> near, Optional<ReplicaFolder> far)
      throws FaultException {
    if (near.isPresent()) {
      transfer.tidy(near.get());
    }
    if (comes(plan, Side.NEAR)) {
      transfer.copy(plan, near.orElseThrow(), far.orElseThrow());
    }
    if (comes(plan, Side.FAR) && editor(far).isPresent()) {
      sending.send(
          plan.folder(), Transfer.editor(near.orElseThrow()), editor(far).orElseThrow());
    }
  }

  private static boolean comes(FolderPlan plan, Side side) {
    return (side == Side.NEAR ? plan.toCopy() : plan.toSend()).messages() > 0;
  }

  /** What becomes of the folder itself, and how far it has been observed. */
  private void afterwards(FolderPlan plan) throws FaultException {
    var folder = plan.folder();
    var name = folder.name();
    for (var lacking : Side.values()) {
      if (plan.there(lacking)) {
        continue;
      }
      if (isMadeAgain(plan, lacking)) {
        memory.state().unobserved(folder, lacking);
        again.put(name, plan.compared());
      } else if (plan.nearWaits() + plan.farWaits() == 0) {
        transfer.settled();
        removeEmpty(lacking.other(), name);
        memory.state().forget(folder);
        forgotten.add(name);
        return;
      } else {
        return;
      }
    }
    if (plan.changesFar() || transfer.mustMerge(name)) {
      again.put(name, plan.compared());
    } else if (!transfer.mustRescan(name) && plan.farWaits() == 0 && !again.containsKey(name)) {
      memory.state().checkpoint(folder, Side.FAR, plan.compared().far());
    }
  }

  /** Whether the side that lacked the folder has got it by now. */
  private boolean isMadeAgain(FolderPlan plan, Side lacking) {
    return comes(plan, lacking) || again.containsKey(plan.folder().name());
  }

  private void removeEmpty(Side side, FolderName name) throws FaultException {
    if (!name.equals(FolderName.INBOX)) {
      hierarchy.editor(side).removeEmpty(name);
    }
  }

  private void finish() throws FaultException {
    tally.phase(Phase.FINISHING);
    ReplicaEditor editor = hierarchy.editor(Side.NEAR);
    var settled = touched.isEmpty() ? Map.<FolderName, Checkpoint>of() : editor.settle(touched);
    transfer.settled();
    for (var plan : done.values()) {
      var name = plan.folder().name();
      if (!plan.there(Side.NEAR) || forgotten.contains(name)) {
        continue;
      }
      // Changes that wait on the near side must be found again; so must what another program does
      // meanwhile.
      var checkpoint = touched.contains(name)
          ? Optional.ofNullable(settled.get(name))
          : plan.compared().near();
      memory
          .state()
          .checkpoint(
              memory.state().folder(plan.folder().id()),
              Side.NEAR,
              plan.nearWaits() > 0 ? Optional.empty() : checkpoint);
    }
    editor.purgeRemoved(job.environment().clock().instant().minus(job.keepRemoved()));
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

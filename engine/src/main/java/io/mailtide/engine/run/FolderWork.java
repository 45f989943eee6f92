package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Carries out what was planned, folder by folder, and knows what is to be looked at again for it.
 */
final class FolderWork {
  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private final Tally tally;
  private final Hierarchy hierarchy;
  private final Deliveries deliveries;
  private final Transfer transfer;
  private final Sending sending;
  private final Completing completing;
  private final Changes changes;
  private final Set<FolderName> touched = new HashSet<>();
  private final Map<FolderName, Set<FolderName>> sources = new HashMap<>();
  private final Map<FolderName, Compared> again = new LinkedHashMap<>();
  private final Set<FolderName> made = new HashSet<>();
  private final Set<FolderName> forgotten = new HashSet<>();

  FolderWork(
      Job job,
      Memory memory,
      Replica near,
      Replica far,
      Tally tally,
      Hierarchy hierarchy,
      Deliveries deliveries) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.tally = tally;
    this.hierarchy = hierarchy;
    this.deliveries = deliveries;
    transfer = new Transfer(job, memory, near, hierarchy, tally, deliveries);
    sending = new Sending(job, memory, tally);
    completing = new Completing(job, memory, tally, transfer);
    changes = new Changes(job, memory, tally);
  }

  /** The folders whose near side was changed. */
  Set<FolderName> touched() {
    return touched;
  }

  /** The near folders that messages were moved from into this one. */
  Set<FolderName> sources(FolderName name) {
    return sources.getOrDefault(name, Set.of());
  }

  /** Whether the folder is to be observed again, for its far side was changed. */
  boolean isToBeSeenAgain(FolderName name) {
    return again.containsKey(name);
  }

  /** Whether the folder is not kept in step any more: it is on no side. */
  boolean isForgotten(FolderName name) {
    return forgotten.contains(name);
  }

  /**
   * The folders to observe again, once each; all that was done near is durable and recorded then.
   */
  List<Compared> takeToBeSeenAgain() throws FaultException {
    if (!again.isEmpty()) {
      hierarchy.editor(Side.NEAR).settle(Set.of());
      deliveries.settled();
    }
    var folders = new ArrayList<>(again.values());
    again.clear();
    return folders;
  }

  /**
   * Publishes what an earlier run had staged and recorded, and was killed before it could; and
   * forgets what it had removed here and not recorded.
   *
   * @return whether there was anything
   */
  boolean recover() throws FaultException {
    if (!memory.state().isUnfinished()) {
      return false;
    }
    for (var folder : memory.state().folders()) {
      var removing = memory.removals().left(folder);
      if (!removing.isEmpty()) {
        var gone = goneNear(folder, Set.copyOf(removing));
        hierarchy.editor(Side.NEAR).hardenAll(); // else a power cut brings back what is forgotten
        memory.removals().removed(folder, gone);
      }
      if (!memory.journal().left(folder).isEmpty()
          || !memory.completions().left(folder).isEmpty()) {
        hierarchy.editor(Side.NEAR).create(folder.name());
        var opened = near.open(folder.name(), Access.CHANGE);
        transfer.recover(folder, opened);
        completing.recover(folder, DeliveringEditor.of(opened));
        touched.add(folder.name());
      }
    }
    if (!touched.isEmpty()) {
      hierarchy.editor(Side.NEAR).settle(Set.of());
      deliveries.settled();
    }
    memory.removals().settled();
    return true;
  }

  private Set<MessageKey> goneNear(Folder folder, Set<MessageKey> keys) throws FaultException {
    return hierarchy.isGone(folder.name(), Side.NEAR)
        ? keys
        : near.open(folder.name()).confirmGone(keys);
  }

  /**
   * Makes the folder on the side where it lacks, for messages to be moved to it; what is done about
   * those that were removed with it goes first, for a folder that is made again knows no old keys.
   *
   * @return what is left to do of the plan
   */
  FolderPlan createTarget(FolderPlan plan, Side lacking) throws FaultException {
    var name = plan.folder().name();
    touched.add(name);
    changeWhereItIs(plan);
    create(plan.folder(), lacking);
    var _ = opened(plan, lacking, true); // keys of what is moved there are kept with it
    made.add(name);
    return plan.withStepsDone();
  }

  /**
   * Moves messages out of one folder.
   *
   * @return those that were gone by then, or are others
   */
  List<Action.Move> move(List<Action.Move> moves, Map<FolderName, FolderPlan> plans)
      throws FaultException {
    for (var move : moves) {
      for (var name : List.of(move.from(), move.to())) {
        touched.add(name);
        Optional.ofNullable(plans.get(name)).ifPresent(plan -> again.put(name, plan.compared()));
      }
      if (move.side() == Side.NEAR) {
        sources.computeIfAbsent(move.to(), _ -> new HashSet<>()).add(move.from());
      }
    }
    return changes.move(
        moves, near, far, name -> Objects.requireNonNull(plans.get(name)).folder());
  }

  /** Leaves these folders to the next run. */
  void leave(Set<FolderName> names) {
    again.keySet().removeAll(names);
  }

  /**
   * Tells the far side what is coming, and in which order that is best done: what is only fetched
   * can be sent ahead, so it goes first.
   */
  List<FolderPlan> inOrder(Collection<FolderPlan> plans) {
    var ordered = plans.stream()
        .sorted((one, other) -> Boolean.compare(other.onlyFetches(), one.onlyFetches()))
        .toList();
    far.expect(transfer.expected(
        ordered.stream().filter(FolderPlan::onlyFetches).iterator(),
        ordered.stream().flatMap(plan -> plan.changed().stream()).iterator()));
    return ordered;
  }

  /** Carries a plan out. */
  void carryOut(FolderPlan plan) throws FaultException {
    var folder = plan.folder();
    tally.withhold(folder.name(), plan.nearWaits() + plan.farWaits());
    if (plan.messages() > 0) {
      touched.add(folder.name());
    }
    if (plan.there(Side.NEAR) && plan.there(Side.FAR)) {
      var near = opened(plan, Side.NEAR, true);
      var far = opened(plan, Side.FAR, plan.needsFar());
      if (!isStillThere(plan, far)) {
        again.put(folder.name(), plan.compared());
        return;
      }
      change(plan, false, near, far);
      bring(plan, near, far);
      if (plan.toComplete().messages() > 0) {
        completing.complete(folder, DeliveringEditor.of(near.orElseThrow()), far.orElseThrow());
      }
      change(plan, true, near, far);
      if (plan.changesFar() && editor(far).isEmpty()) {
        throw Changes.readOnly(Side.FAR, folder.name());
      }
    } else if (plan.there(Side.NEAR) || plan.there(Side.FAR)) {
      madeOrUnmade(plan);
    } else {
      memory.state().forget(folder);
      forgotten.add(folder.name());
      return;
    }
    afterwards(plan);
  }

  /**
   * One side lacks the folder: its removals go first, for a folder that is made again knows no old
   * keys.
   */
  private void madeOrUnmade(FolderPlan plan) throws FaultException {
    var lacking = plan.there(Side.NEAR) ? Side.FAR : Side.NEAR;
    changeWhereItIs(plan);
    if (plan.comes(lacking)) {
      create(plan.folder(), lacking);
      bring(plan, opened(plan, Side.NEAR, true), opened(plan, Side.FAR, true));
    }
  }

  private void changeWhereItIs(FolderPlan plan) throws FaultException {
    change(
        plan,
        opened(plan, Side.NEAR, plan.there(Side.NEAR)),
        opened(plan, Side.FAR, plan.there(Side.FAR)));
  }

  private void create(Folder folder, Side lacking) throws FaultException {
    memory.state().unobserved(folder, lacking);
    hierarchy.editor(lacking).create(folder.name());
  }

  private Optional<ReplicaFolder> opened(FolderPlan plan, Side side, boolean needed)
      throws FaultException {
    if (!needed) {
      return Optional.empty();
    }
    var change = side == Side.NEAR || plan.changesFar();
    var folder = (side == Side.NEAR ? near : far)
        .open(plan.folder().name(), change ? Access.CHANGE : Access.READ);
    var known = memory.state().folder(plan.folder().id());
    if (known.part(side).generation().isEmpty()) {
      memory.state().generation(plan.folder(), side, folder.generation());
    } else if (side == Side.FAR) {
      requireSame(known, folder);
    }
    return Optional.of(folder);
  }

  /** Fails where the far folder is not as it was when it was scanned. */
  static void requireSame(Folder known, ReplicaFolder opened) throws FaultException {
    if (!known.far().generation().equals(Optional.of(opened.generation()))) {
      throw new FaultException(Fault.of(
              Kind.CHANGED,
              Reach.FOLDER,
              "opening the folder again",
              "its messages were numbered anew since it was compared",
              "Nothing was done with it; the next run compares it again.")
          .in(known.name()));
    }
  }

  private static Optional<UploadingEditor> editor(Optional<ReplicaFolder> far) {
    return far.flatMap(ReplicaFolder::editor).map(UploadingEditor.class::cast);
  }

  /** Whether all that is to be removed at the far side is what was agreed on. */
  private boolean isStillThere(FolderPlan plan, Optional<ReplicaFolder> far) throws FaultException {
    var editor = editor(far);
    return editor.isEmpty() || changes.areStillThere(plan.folder(), plan.steps(), editor.get());
  }

  private void change(FolderPlan plan, Optional<ReplicaFolder> near, Optional<ReplicaFolder> far)
      throws FaultException {
    if (isStillThere(plan, far)) {
      for (var removals : new boolean[] {false, true}) {
        change(plan, removals, near, far);
      }
    }
  }

  /** Changes what both sides know: first flags, and at the end what is removed. */
  private void change(
      FolderPlan plan, boolean removals, Optional<ReplicaFolder> near, Optional<ReplicaFolder> far)
      throws FaultException {
    var farEditor = editor(far);
    var steps = plan.steps().stream()
        .filter(step -> step.action() instanceof Action.Remove == removals)
        .filter(step -> farEditor.isPresent() || !FolderPlan.changes(step.action(), Side.FAR))
        .toList();
    if (!steps.isEmpty()) {
      var nearEditor = near.isPresent()
          ? Optional.of(DeliveringEditor.of(near.get()))
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
    if (plan.toCopy().messages() > 0) {
      transfer.copy(plan, near.orElseThrow(), far.orElseThrow());
    }
    transfer.holdBack(plan.folder());
    if (plan.toSend().messages() > 0 && editor(far).isPresent()) {
      sending.send(
          plan.folder(), DeliveringEditor.of(near.orElseThrow()), editor(far).orElseThrow());
    }
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
        again.put(name, plan.compared());
      } else if (plan.nearWaits() + plan.farWaits() == 0
          && follows(lacking.other())
          && !memory.state().hasMessages(folder)) { // what is kept keeps its folder
        removeEmpty(lacking.other(), name);
        memory.state().forget(folder);
        forgotten.add(name);
        again.remove(name);
        return;
      } else {
        return;
      }
    }
    var lost = memory.journal().hasLost(folder);
    if (lost) {
      // Only when all of the far side is seen at once, it is known to have no copy of these.
      memory.state().checkpoint(memory.state().folder(folder.id()), Side.FAR, Optional.empty());
    }
    if (plan.changesFar() || transfer.mustMerge(name) || (lost && plan.toCopy().messages() > 0)) {
      again.put(name, plan.compared());
    } else if (!lost && plan.farWaits() == 0 && !again.containsKey(name)) {
      deliveries.afterwards(() -> {
        if (!deliveries.mustRescan(name)) {
          memory.uploads().settle(folder);
          memory.state().checkpoint(folder, Side.FAR, plan.compared().far());
        }
      });
    }
  }

  /** Whether that side's folders are to follow those of the other. */
  private boolean follows(Side side) {
    return side == Side.NEAR ? job.hierarchyDown() : job.hierarchyUp();
  }

  /** Whether the side that lacked the folder has got it by now. */
  private boolean isMadeAgain(FolderPlan plan, Side lacking) {
    return plan.comes(lacking) || made.contains(plan.folder().name());
  }

  private void removeEmpty(Side side, FolderName name) throws FaultException {
    if (!name.equals(FolderName.INBOX)) {
      hierarchy.editor(side).removeEmpty(name);
    }
  }
}

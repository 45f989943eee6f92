package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.plan.Planner;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.run.FolderPlan.Step;
import io.mailtide.engine.state.Observations.Amount;
import io.mailtide.engine.state.Recorder;
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
  private final Pairing pairing;

  Comparison(Job job, Memory memory, Replica near, Replica far, Hierarchy hierarchy, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.tally = tally;
    this.pairing = new Pairing(job, memory, near, hierarchy, tally);
  }

  Pairing pairing() {
    return pairing;
  }

  /**
   * A folder whose near side is observed, and whose far side is next.
   *
   * @param near how far the near side is observed
   * @param nearThere whether the near side has the folder
   * @param farThere whether the far side has it
   * @param askFar whether the far side may have changed
   */
  record Begun(
      Folder folder,
      Optional<Checkpoint> near,
      boolean nearThere,
      boolean farThere,
      boolean askFar) {
    /** Whether the far side is to be scanned. */
    boolean scansFar() {
      return farThere && askFar;
    }
  }

  /**
   * A folder both of whose sides are observed.
   *
   * @param far the far side, as it was scanned; absent: it was not
   */
  record Seen(Begun begun, Optional<FarSeen> far) {
    /** Whether more is to be asked of the far side. */
    boolean asksMore() {
      return far.isPresent() && (!far.get().missing().isEmpty() || far.get().pairs());
    }
  }

  /**
   * A far side that was scanned.
   *
   * @param missing what was agreed on and not seen
   * @param pairs whether messages on both sides may be copies of each other
   */
  record FarSeen(ReplicaFolder opened, Scan scan, Set<MessageKey> missing, boolean pairs) {}

  /** Observes the near side of a folder pair. */
  Begun begin(Folder folder, boolean nearThere, boolean farThere, boolean askFar)
      throws FaultException {
    var nearScan = nearThere
        ? observeNear(folder, near.open(folder.name()))
        : observeNothing(folder, Side.NEAR);
    if (nearThere) {
      confirmNear(folder);
    }
    rejoin(folder, Side.NEAR, nearScan.complete());
    return new Begun(folder, nearScan.checkpoint(), nearThere, farThere, askFar);
  }

  /** Begins anew with a folder whose far side was changed by us. */
  Begun beginAgain(Compared before) throws FaultException {
    var folder = memory.state().folder(before.folder().id());
    memory.observations().clear(folder, Side.FAR);
    return new Begun(folder, before.near(), true, true, true);
  }

  /** What {@link #see} will ask the far side for. */
  Expected.Scanned expected(Begun begun) throws FaultException {
    var folder = begun.folder();
    return new Expected.Scanned(folder.name(), sinceFar(folder), job.selection().isLimited());
  }

  /** Observes the far side of a folder pair. */
  Seen see(Begun begun) throws FaultException {
    var folder = begun.folder();
    if (!begun.farThere()) {
      observeNothing(folder, Side.FAR);
      memory.journal().release(folder);
      return new Seen(begun, Optional.empty());
    }
    if (!begun.askFar()) {
      rejoin(folder, Side.FAR, false);
      return new Seen(begun, Optional.empty());
    }
    var opened = far.open(folder.name());
    var since = newGeneration(folder, opened.generation())
        ? Optional.<Checkpoint>empty()
        : sinceFar(folder);
    var scan = observe(folder, Side.FAR, opened, since);
    memory.farContents().keepSizes(folder);
    rejoin(folder, Side.FAR, scan.complete());
    var missing = memory.observations().missing(folder, Side.FAR);
    return new Seen(begun, Optional.of(new FarSeen(opened, scan, missing, pairing.begin(folder))));
  }

  /**
   * Asks once more where that is needed, and ties what belongs together.
   *
   * @param isOpen whether no other far folder was opened since this one was scanned
   */
  Compared compare(Seen seen, boolean isOpen) throws FaultException {
    var begun = seen.begun();
    var folder = begun.folder();
    var checkpoint = begun.farThere() ? folder.far().checkpoint() : Optional.<Checkpoint>empty();
    if (seen.far().isPresent()) {
      var scanned = seen.far().get();
      checkpoint = scanned.scan().checkpoint();
      if (seen.asksMore()) {
        var opened = isOpen ? scanned.opened() : openAgain(folder);
        if (!confirm(folder, Side.FAR, scanned.missing(), opened)) {
          checkpoint = Optional.empty();
        }
        if (scanned.pairs()) {
          pairing.pair(folder, opened);
        }
      }
      if (scanned.scan().complete()) {
        memory.journal().release(folder);
      }
    }
    readStrangers(folder);
    return new Compared(folder, begun.near(), checkpoint, begun.nearThere(), begun.farThere());
  }

  private ReplicaFolder openAgain(Folder folder) throws FaultException {
    var opened = far.open(folder.name());
    FolderWork.requireSame(memory.state().folder(folder.id()), opened);
    return opened;
  }

  /** Brings among those seen what was not carried across before. */
  private void rejoin(Folder folder, Side side, boolean complete) throws FaultException {
    memory.ledger().rejoin(folder, side, complete);
    memory.leftOut().rejoin(folder, side, complete);
  }

  private void readStrangers(Folder folder) throws FaultException {
    if (job.allowed().far()) {
      pairing.readStrangers(folder);
      var now = job.environment().clock().instant();
      memory.contents().holdBack(folder, now, !job.allowed().near());
    }
  }

  /** Another folder under this name: how far the one before was observed says nothing of it. */
  private Scan observeNear(Folder folder, ReplicaFolder opened) throws FaultException {
    var remembered = folder.near().generation();
    if (remembered.isEmpty() || remembered.get().equals(opened.generation())) {
      return observe(folder, Side.NEAR, opened, since(folder, Side.NEAR));
    }
    memory.state().unobserved(folder, Side.NEAR);
    memory.state().generation(folder, Side.NEAR, opened.generation());
    return observe(folder, Side.NEAR, opened, Optional.empty());
  }

  private Scan observeNothing(Folder folder, Side side) throws FaultException {
    try (var recorder = memory.observations().record(folder, side, false)) {
      recorder.finish(true);
    }
    return new Scan(true, Optional.empty());
  }

  /** Where the far side is to be scanned from: only the whole of it shows that nothing was lost. */
  private Optional<Checkpoint> sinceFar(Folder folder) throws FaultException {
    return memory.journal().hasLost(folder) ? Optional.empty() : since(folder, Side.FAR);
  }

  /** How far a side has been observed; nothing where it is not known which folder that was. */
  private Optional<Checkpoint> since(Folder folder, Side side) {
    var part = folder.part(side);
    return job.full() || part.generation().isEmpty() ? Optional.empty() : part.checkpoint();
  }

  private Scan observe(Folder folder, Side side, ReplicaFolder opened, Optional<Checkpoint> since)
      throws FaultException {
    job.cancellation().check();
    if (folder.part(side).generation().isEmpty()) {
      memory.state().generation(folder, side, opened.generation());
    }
    try (var recorder = recorder(folder, side)) {
      var scan = opened.scan(since, memory.state().known(folder, side), recorder);
      recorder.finish(scan.complete());
      return scan;
    }
  }

  private Recorder recorder(Folder folder, Side side) {
    var observations = memory.observations();
    var wantsArrival = job.selection().isLimited();
    return side == Side.NEAR
        ? observations.recordNews(folder, wantsArrival)
        : observations.record(folder, side, wantsArrival);
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

  private void confirmNear(Folder folder) throws FaultException {
    var missing = memory.observations().missing(folder, Side.NEAR);
    if (!missing.isEmpty()) {
      confirm(folder, Side.NEAR, missing, near.open(folder.name()));
    }
  }

  /**
   * Asks again about what the scan did not show.
   *
   * @return whether all of it is really gone; if not, the checkpoint must not move
   */
  private boolean confirm(Folder folder, Side side, Set<MessageKey> missing, ReplicaFolder opened)
      throws FaultException {
    if (missing.isEmpty()) {
      return true;
    }
    var there = new HashSet<>(missing);
    there.removeAll(opened.confirmGone(missing));
    memory.observations().stillThere(folder, side, List.copyOf(there));
    return there.isEmpty();
  }

  /**
   * Decides what to do in a folder.
   *
   * @param moved rows that are moved between folders, and so not this folder's business
   */
  FolderPlan plan(Compared compared, Set<Long> moved) throws FaultException {
    var folder = compared.folder();
    var steps = new ArrayList<Step>();
    var nearWaits = 0L;
    var farWaits = 0L;
    for (var trio : memory.observations().differences(folder)) {
      if (moved.contains(trio.row())) {
        continue;
      }
      var decision = Planner.decide(trio, job.allowed());
      decision.action().ifPresent(action -> steps.add(new Step(trio, action)));
      nearWaits += decision.nearWaits() ? 1 : 0;
      farWaits += decision.farWaits() ? 1 : 0;
    }
    memory.leftOut().remember(folder);
    var toCopy = toCopy(folder, Side.FAR);
    var toSend = toCopy(folder, Side.NEAR);
    return new FolderPlan(
        compared,
        List.copyOf(steps),
        job.allowed().near() ? toCopy : Amount.NONE,
        job.allowed().far() ? toSend : Amount.NONE,
        toComplete(compared),
        nearWaits + (job.allowed().far() ? memory.observations().held(folder) : toSend.messages()),
        farWaits + (job.allowed().near() ? 0 : toCopy.messages()),
        memory.state().messages(folder),
        leavesOut(compared));
  }

  private Amount toComplete(Compared compared) throws FaultException {
    return job.allowed().near()
            && !job.selection().headersOnly()
            && compared.nearThere()
            && compared.farThere()
        ? memory
            .completions()
            .amount(compared.folder(), job.environment().clock().instant())
        : Amount.NONE;
  }

  private boolean leavesOut(Compared compared) throws FaultException {
    return (!compared.nearThere() && memory.leftOut().any(compared.folder(), Side.FAR))
        || (!compared.farThere() && memory.leftOut().any(compared.folder(), Side.NEAR));
  }

  private Amount toCopy(Folder folder, Side from) throws FaultException {
    return memory.observations().toCopy(folder, from, job.environment().clock().instant());
  }
}

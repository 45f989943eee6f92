package io.mailtide.engine.run;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.run.Attempt.Guard;
import io.mailtide.engine.run.Attempt.Stage;
import io.mailtide.engine.run.Comparison.Begun;
import io.mailtide.engine.run.Comparison.Seen;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at all folders: first at their near sides, then at the far sides of those that may have
 * changed there, one right after the other, so that the far side can be asked for them ahead; and
 * only then asks more where the answers left something open.
 */
final class Survey {
  /** So often the connection may end while one folder is compared. */
  private static final int CUTS_MAX = 2;

  private final Job job;
  private final Memory memory;
  private final Replica far;
  private final Tally tally;
  private final Comparison comparison;
  private final Hierarchy hierarchy;
  private final FolderWork work;
  private final Optional<Rehearsal> rehearsal;
  private final Guard guard;
  private int count;

  Survey(
      Job job,
      Memory memory,
      Replica far,
      Tally tally,
      Comparison comparison,
      Hierarchy hierarchy,
      FolderWork work,
      Optional<Rehearsal> rehearsal,
      Guard guard) {
    this.job = job;
    this.memory = memory;
    this.far = far;
    this.tally = tally;
    this.comparison = comparison;
    this.hierarchy = hierarchy;
    this.work = work;
    this.rehearsal = rehearsal;
    this.guard = guard;
  }

  /**
   * Compares all folders that may have changed.
   *
   * @param without folders that are left alone
   */
  List<Compared> compare(Set<FolderName> without) throws FaultException {
    var names = hierarchy.names();
    names.removeAll(without);
    tally.folders(names.size());
    tally.phase(Phase.COMPARING);
    var begun = new ArrayList<Begun>();
    for (var name : names) {
      var goesOn = uncut(name, () -> {
        var one = begin(name);
        one.ifPresent(begun::add);
        return one.isEmpty();
      });
      if (!goesOn || begun.isEmpty() || !begun.getLast().folder().name().equals(name)) {
        done();
      }
    }
    return seen(begun);
  }

  /** Compares folders again whose far side was changed by us. */
  List<Compared> compareAgain(List<Compared> before) throws FaultException {
    var begun = new ArrayList<Begun>();
    for (var one : before) {
      guard.run(one.folder().name(), () -> !begun.add(comparison.beginAgain(one)));
    }
    return seen(begun);
  }

  private List<Compared> seen(List<Begun> begun) throws FaultException {
    var asked = begun.stream().filter(Begun::scansFar).toList();
    var coming = asked.iterator();
    far.expect(() ->
        coming.hasNext() ? Optional.of(comparison.expected(coming.next())) : Optional.empty());
    var open = new ArrayList<Seen>();
    var compared = new HashMap<FolderName, Compared>();
    for (var one : begun) {
      var name = one.folder().name();
      var before = open.size();
      uncut(name, () -> {
        var seen = comparison.see(one);
        if (seen.asksMore() && !one.equals(asked.getLast())) {
          open.add(seen); // the answers that come next are about other folders
          return false;
        }
        compared.put(name, comparison.compare(seen, true));
        return true;
      });
      if (open.size() == before) {
        done();
      }
    }
    for (var seen : open) {
      var name = seen.begun().folder().name();
      uncut(name, () -> {
        compared.put(name, comparison.compare(seen, false));
        return true;
      });
      done();
    }
    return begun.stream()
        .flatMap(one -> Optional.ofNullable(compared.get(one.folder().name())).stream())
        .toList();
  }

  private void done() {
    tally.compared(++count);
  }

  /**
   * Looks at a folder. One that ends the connection each time it is opened would keep all others
   * from being compared: it is left to the next run.
   */
  private boolean uncut(FolderName name, Stage stage) throws FaultException {
    if (tally.cutsIn(name) >= CUTS_MAX) {
      return false;
    }
    return guard.run(name, () -> {
      try {
        return stage.run();
      } catch (FaultException e) {
        if (e.fault().reach() == Reach.REPLICA
            && Runner.PASSING.contains(e.fault().kind())) {
          if (tally.cutIn(name) == CUTS_MAX) {
            var now = job.environment().clock().instant();
            memory.ledger().enter(name, e.fault().in(name), now);
          }
          tally.suspect(() -> memory.ledger().cleared(name));
        }
        throw e;
      }
    });
  }

  private Optional<Begun> begin(FolderName name) throws FaultException {
    var known = hierarchy.known(name);
    var nearListed = hierarchy.listed(Side.NEAR, name);
    var farListed = hierarchy.listed(Side.FAR, name);
    var nearThere = nearListed.isPresent();
    var farThere =
        farListed.isPresent() || (known.isPresent() && !hierarchy.isGone(name, Side.FAR));
    if (!nearThere && !farThere) {
      // What was in it may be found where each side's user put it.
      return Optional.of(comparison.begin(known.orElseThrow(), false, false, true));
    }
    if ((!farThere && !(known.isPresent() ? job.hierarchyDown() : job.hierarchyUp()))
        || (!nearThere && known.isEmpty() && !job.hierarchyDown())) {
      return Optional.empty();
    }
    if (known.isEmpty() && !(nearThere && farThere)) {
      var lacking = nearThere ? Side.FAR : Side.NEAR;
      if (rehearsal.isPresent()) {
        rehearsal.get().create(name, lacking);
      } else {
        create(name, lacking);
        nearThere = true;
        farThere = true;
      }
    }
    if (!job.allowed().near() && !job.allowed().far()) {
      return Optional.empty();
    }
    var retry = memory.ledger().due(name, job.environment().clock().instant())
        || (known.isPresent() && isLeftToDo(known.get()));
    var farUnchanged = farListed.map(FolderSummary::unchanged).orElse(false);
    if (!retry && farUnchanged && nearListed.map(FolderSummary::unchanged).orElse(false)) {
      return Optional.empty();
    }
    var folder = known.isPresent() ? known.get() : memory.state().add(name);
    return Optional.of(comparison.begin(folder, nearThere, farThere, !farUnchanged || retry));
  }

  /** Whether earlier runs, with other settings, left something that this one is to do. */
  private boolean isLeftToDo(Folder known) throws FaultException {
    var completes = job.allowed().near() && !job.selection().headersOnly();
    var now = job.environment().clock().instant();
    return memory.leftOut().due(known)
        || (completes && memory.completions().amount(known, now).messages() > 0);
  }

  private void create(FolderName name, Side lacking) throws FaultException {
    hierarchy.editor(lacking).create(name);
    if (lacking == Side.NEAR) {
      work.touched().add(name);
    }
  }
}

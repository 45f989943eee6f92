package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.plan.Allowed;
import io.mailtide.engine.plan.Planner;
import io.mailtide.engine.plan.Trio;
import io.mailtide.engine.run.Arrivals.Arrival;
import io.mailtide.engine.run.FolderPlan.Step;
import io.mailtide.engine.state.Journal.Intent;
import io.mailtide.engine.state.Journal.Outcome;
import io.mailtide.engine.state.Journal.Twin;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Carries out what was planned, folder by folder, so that it can be stopped anywhere.
 *
 * <p>A copy goes: staged near; <em>hardened</em>, a batch at once; the intents recorded; published.
 * The next hardening covers the publishing, and only then are the outcomes recorded, in the same
 * commit as the next intents. So a batch costs one {@code syncfs} and one commit. Killed before the
 * intents: the staged files are leftovers, and fetched again. Killed after: the next run publishes
 * what is not published yet, for that can be repeated.
 */
final class Transfer {
  /**
   * A batch's limits: what is fetched again at most when the run is killed, and how often
   * durability is paid for.
   */
  private static final int BATCH_MESSAGES = 1_000;

  private static final long BATCH_BYTES = 32L << 20;
  private static final int OUTCOMES = 500;

  private final Job job;
  private final Memory memory;
  private final Tally tally;
  private final Set<FolderName> rescan = new HashSet<>();
  private List<Intent> published = List.of();

  Transfer(Job job, Memory memory, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.tally = tally;
  }

  /** Finishes what an earlier run had staged and recorded in a folder. */
  void recover(Folder folder, ReplicaFolder near) throws FaultException {
    var intents = memory.journal().left(folder);
    if (!intents.isEmpty()) {
      publish(intents, editor(near));
    }
  }

  /**
   * Whether something went amiss in the folder, so that its far side must be observed again from
   * where it was.
   */
  boolean mustRescan(FolderName folder) {
    return rescan.contains(folder);
  }

  /** Records what was published, once the caller has made it durable. */
  void settled() throws FaultException {
    memory.journal().advance(published, List.of());
    published = List.of();
  }

  /** Drops what a run that was killed had staged in a folder and not recorded. */
  void tidy(ReplicaFolder near) throws FaultException {
    editor(near).discardStaged();
  }

  /** Copies the far messages of a folder that were never agreed on. */
  void copy(FolderPlan plan, ReplicaFolder near, ReplicaFolder far) throws FaultException {
    var folder = plan.folder();
    var editor = editor(near);
    var twins =
        new Twins(folder, memory.journal(), editor, memory.observations().unknownNear(folder));
    var now = job.environment().clock().instant();
    Optional<MessageKey> after = Optional.empty();
    for (; ; ) {
      job.cancellation().check();
      var batch = limited(memory.observations().toCopy(folder, now, after, BATCH_MESSAGES));
      if (batch.isEmpty()) {
        return;
      }
      copyBatch(folder, batch, editor, far, twins);
      after = Optional.of(batch.getLast().key());
    }
  }

  private static List<Sighting> limited(List<Sighting> sightings) {
    var batch = new ArrayList<Sighting>();
    var bytes = 0L;
    for (var sighting : sightings) {
      bytes += sighting.size().orElse(0);
      if (!batch.isEmpty() && bytes > BATCH_BYTES) {
        break;
      }
      batch.add(sighting);
    }
    return batch;
  }

  private void copyBatch(
      Folder folder, List<Sighting> batch, DeliveringEditor editor, ReplicaFolder far, Twins twins)
      throws FaultException {
    var wanted = batch.stream()
        .collect(
            Collectors.toMap(Sighting::key, Function.identity(), (a, _) -> a, LinkedHashMap::new));
    var arrivals = new Arrivals(editor, wanted, tally, job.environment().clock().instant());
    Optional<FaultException> cut = Optional.empty();
    try {
      far.fetch(List.copyOf(wanted.keySet()), arrivals);
    } catch (FaultException e) {
      cut = Optional.of(e);
    }
    if (arrivals.refused().isPresent()) {
      arrivals.arrived().values().forEach(arrival -> arrival.staged().discard());
      throw arrivals.refused().get();
    }
    takeIn(folder, arrivals.arrived().values().stream().toList(), editor, twins);
    if (cut.isPresent()) {
      throw cut.get();
    }
    wanted.keySet().removeAll(arrivals.arrived().keySet());
    if (!wanted.isEmpty()) {
      missed(folder, wanted, far);
    }
  }

  private void takeIn(Folder folder, List<Arrival> arrived, DeliveringEditor editor, Twins twins)
      throws FaultException {
    var intents = new ArrayList<Intent>();
    var pairs = new LinkedHashMap<Intent, Twin>();
    for (var arrival : arrived) {
      var far = arrival.far();
      var twin = twins.of(arrival.digest(), far.flags());
      if (twin.isPresent()) {
        arrival.staged().discard();
        pairs.put(intent(folder, arrival, twin.get()), twin.get());
      } else {
        intents.add(new Intent(
            folder,
            far.key(),
            arrival.staged().key(),
            editor.representable(far.flags()),
            far.flags(),
            arrival.size(),
            arrival.digest()));
      }
    }
    if (!intents.isEmpty() || !published.isEmpty()) {
      editor.harden();
      memory.journal().advance(published, intents);
      published = List.of();
      publish(intents, editor);
    }
    pair(arrived, pairs, editor);
    tally.copyMore(intents.size());
    tally.done(arrived.size());
  }

  private static Intent intent(Folder folder, Arrival arrival, Twin twin) {
    return new Intent(
        folder,
        arrival.far().key(),
        twin.near(),
        twin.nearAgreed(),
        twin.farAgreed(),
        arrival.size(),
        arrival.digest());
  }

  private void publish(List<Intent> intents, DeliveringEditor editor) throws FaultException {
    var there = new ArrayList<>(published);
    var lost = new ArrayList<Intent>();
    for (var intent : intents) {
      (editor.publish(intent.near(), intent.nearFlags()) ? there : lost).add(intent);
    }
    published = there;
    if (!lost.isEmpty()) {
      memory.journal().drop(lost);
      lost.forEach(intent -> tally.fault(Fault.of(
              Kind.CHANGED,
              Reach.MESSAGE,
              "delivering a message",
              "its file was removed from tmp by another program",
              "It is copied again by a later run.")
          .in(intent.folder().name())
          .about(intent.far())));
      rescan.add(intents.getFirst().folder().name());
    }
  }

  /** Ties near messages to far ones of the same content, and merges their flags. */
  private void pair(List<Arrival> arrived, Map<Intent, Twin> pairs, DeliveringEditor editor)
      throws FaultException {
    if (pairs.isEmpty()) {
      return;
    }
    var farFlags = arrived.stream()
        .collect(Collectors.toMap(
            arrival -> arrival.far().key(), arrival -> arrival.far().flags()));
    var rows = memory.journal().pair(List.copyOf(pairs.keySet())).iterator();
    var steps = new ArrayList<Step>();
    for (var pair : pairs.entrySet()) {
      var far = pair.getKey().far();
      var twin = pair.getValue();
      var trio = new Trio(
          rows.next(),
          new Trio.Part(Optional.of(twin.near()), twin.nearAgreed(), new Trio.Present(twin.now())),
          new Trio.Part(
              Optional.of(far),
              twin.farAgreed(),
              new Trio.Present(Objects.requireNonNull(farFlags.get(far)))));
      var decision = Planner.decide(trio, new Allowed(true, false, false, false));
      decision.actions().forEach(action -> steps.add(new Step(trio, action)));
    }
    carryOut(steps, editor);
  }

  /** Enters what did not arrive in the ledger, unless it is gone. */
  private void missed(Folder folder, Map<MessageKey, Sighting> missing, ReplicaFolder far)
      throws FaultException {
    var gone = far.confirmGone(Set.copyOf(missing.keySet()));
    for (var sighting : missing.values()) {
      if (gone.contains(sighting.key())) {
        memory.ledger().forget(folder, sighting.key());
        continue;
      }
      var fault = Fault.of(
              Kind.REFUSED,
              Reach.MESSAGE,
              "fetching a message",
              "the server lists the message but does not hand it over",
              "It is tried again later, alone; look at it with a web mail client if it stays so.")
          .in(folder.name())
          .about(sighting.key());
      memory.ledger().enter(folder, sighting, fault, job.environment().clock().instant());
      tally.fault(fault);
    }
    tally.arrived(missing.values().stream().mapToLong(s -> s.size().orElse(0)).sum());
    tally.done(missing.size());
  }

  /** Changes flags and removes messages near; each act may be repeated. */
  void change(List<Step> steps, ReplicaFolder near) throws FaultException {
    carryOut(steps, editor(near));
    tally.done(steps.size());
  }

  private void carryOut(List<Step> steps, DeliveringEditor editor) throws FaultException {
    for (var from = 0; from < steps.size(); from += OUTCOMES) {
      job.cancellation().check();
      var outcomes = new ArrayList<Outcome>();
      for (var step : steps.subList(from, Math.min(steps.size(), from + OUTCOMES))) {
        carryOut(step, editor).ifPresent(outcomes::add);
      }
      // A rename that a power cut undoes must not have been
      // recorded: it would look like the user's own change.
      editor.harden();
      memory.journal().settle(outcomes);
    }
  }

  private Optional<Outcome> carryOut(Step step, DeliveringEditor editor) throws FaultException {
    var near = step.trio().near();
    var far = step.trio().far();
    return switch (step.action()) {
      case Action.Remove remove -> {
        editor.remove(List.of(remove.key()));
        tally.removeOne();
        yield Optional.of(new Outcome(remove, near.agreed(), far.agreed()));
      }
      case Action.SetFlags set -> {
        var change = FlagChange.between(set.key(), set.from(), set.to());
        var now = Optional.ofNullable(editor.setFlags(List.of(change)).get(set.key()));
        now.filter(flags -> !flags.equals(set.from())).ifPresent(_ -> tally.flagOne());
        yield now.map(flags -> new Outcome(
            set,
            Planner.agreedAfter(near.agreed(), set.from(), flags, set.across()),
            set.across()));
      }
      case Action.Agree agree -> Optional.of(new Outcome(agree, agree.near(), agree.far()));
      case Action.Forget _, Action.Untie _ ->
        Optional.of(new Outcome(step.action(), near.agreed(), far.agreed()));
    };
  }

  private static DeliveringEditor editor(ReplicaFolder near) throws FaultException {
    return near.editor()
        .filter(DeliveringEditor.class::isInstance)
        .map(DeliveringEditor.class::cast)
        .orElseThrow(() -> new FaultException(Fault.of(
                Kind.NO_ACCESS,
                Reach.FOLDER,
                "opening the local folder to write",
                "it is read-only",
                "Make it writable.")
            .in(near.name())));
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.run.Arrivals.Arrival;
import io.mailtide.engine.state.Journal.Intent;
import io.mailtide.engine.state.Journal.Twin;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final Job job;
  private final Memory memory;
  private final Tally tally;
  private final Set<FolderName> rescan = new HashSet<>();
  private final Set<FolderName> paired = new HashSet<>();
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

  /** Whether messages were tied to what was here already, so that their flags are to be merged. */
  boolean mustMerge(FolderName folder) {
    return paired.remove(folder);
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
    var twins = new Twins(folder, memory);
    var now = job.environment().clock().instant();
    Optional<MessageKey> after = Optional.empty();
    for (; ; ) {
      job.cancellation().check();
      var batch = limited(
          memory.observations().toCopy(folder, Side.FAR, now, after, BATCH_MESSAGES), BATCH_BYTES);
      if (batch.isEmpty()) {
        return;
      }
      copyBatch(folder, batch, editor, far, twins);
      after = Optional.of(batch.getLast().key());
    }
  }

  /** The first of these, not more than so many bytes in all, but one at least. */
  static List<Sighting> limited(List<Sighting> sightings, long bytesMax) {
    var batch = new ArrayList<Sighting>();
    var bytes = 0L;
    for (var sighting : sightings) {
      bytes += sighting.size().orElse(0);
      if (!batch.isEmpty() && bytes > bytesMax) {
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
    var pairs = new ArrayList<Intent>();
    for (var arrival : arrived) {
      var far = arrival.far();
      var twin = twins.of(arrival.digest(), far.flags());
      if (twin.isPresent()) {
        arrival.staged().discard();
        pairs.add(intent(folder, arrival, twin.get()));
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
    if (!pairs.isEmpty()) {
      // Their flags are merged when the folder is compared again.
      memory.journal().pair(List.copyOf(pairs));
      paired.add(folder.name());
    }
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

  /** Enters what did not arrive in the ledger, unless it is gone. */
  private void missed(Folder folder, Map<MessageKey, Sighting> missing, ReplicaFolder far)
      throws FaultException {
    var gone = far.confirmGone(Set.copyOf(missing.keySet()));
    for (var sighting : missing.values()) {
      if (gone.contains(sighting.key())) {
        memory.ledger().forget(folder, Side.FAR, sighting.key());
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
      memory
          .ledger()
          .enter(folder, Side.FAR, sighting, fault, job.environment().clock().instant());
      memory.observations().claim(folder, Side.FAR, sighting.key()); // not again in this run
      tally.fault(fault);
    }
    tally.arrived(missing.values().stream().mapToLong(s -> s.size().orElse(0)).sum());
    tally.done(missing.size());
  }

  static DeliveringEditor editor(ReplicaFolder near) throws FaultException {
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

  static FaultException readOnly(Side side, FolderName folder) {
    return new FaultException(Fault.of(
            Kind.NO_ACCESS,
            Reach.FOLDER,
            "taking changes into the folder " + (side == Side.NEAR ? "here" : "at the server"),
            "it may only be read",
            "What changed on the other side stays there. Ask for the right to write, or leave the"
                + " folder out with `folders`.")
        .in(folder));
  }
}

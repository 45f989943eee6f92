package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.run.Arrivals.Taker;
import io.mailtide.engine.state.FarContents.Copy;
import io.mailtide.engine.state.State.Folder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Takes messages from other folders here, where the far side says that they are the same: a message
 * under many labels is fetched once. What is read is digested as if it had been fetched; what is
 * not there any more, or not what it was, is left to be fetched.
 */
final class LocalCopies {
  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Tally tally;
  private final Deliveries deliveries;

  LocalCopies(Job job, Memory memory, Replica near, Tally tally, Deliveries deliveries) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.tally = tally;
    this.deliveries = deliveries;
  }

  /**
   * Stages what is here.
   *
   * @param wanted far messages of the folder; what is found here is taken out
   */
  void take(Folder folder, Map<MessageKey, Sighting> wanted, DeliveringEditor editor, Taker taker)
      throws FaultException {
    publishShared(folder, wanted);
    var copies = new HashMap<MessageKey, Copy>();
    var sources = new LinkedHashMap<FolderName, Map<MessageKey, Sighting>>();
    for (var far : wanted.values()) {
      var copy = memory.farContents().copyOf(far);
      if (copy.isPresent()) {
        copies.put(far.key(), copy.get());
        sources
            .computeIfAbsent(copy.get().folder(), _ -> new LinkedHashMap<>())
            .putIfAbsent(copy.get().near(), far);
      }
    }
    for (var source : sources.entrySet()) {
      job.cancellation().check();
      read(source.getKey(), source.getValue(), editor, arrival -> {
        var copy = Objects.requireNonNull(copies.get(arrival.far().key()));
        if (copy.size() == arrival.size() && copy.digest().equals(arrival.digest())) {
          wanted.remove(arrival.far().key());
          taker.take(arrival);
        } else {
          arrival.staged().discard();
        }
      });
    }
  }

  /** What is staged cannot be read yet. */
  private void publishShared(Folder folder, Map<MessageKey, Sighting> wanted)
      throws FaultException {
    if (!deliveries.hasUnpublished()) {
      return;
    }
    for (var far : wanted.values()) {
      if (memory.farContents().isShared(folder, far)) {
        deliveries.finish();
        return;
      }
    }
  }

  /** @param asked far messages, by the keys here of what is the same */
  private void read(
      FolderName source, Map<MessageKey, Sighting> asked, DeliveringEditor editor, Taker taker)
      throws FaultException {
    var now = job.environment().clock().instant();
    var arrivals = new Arrivals(editor, Part.WHOLE, new HashMap<>(asked), taker, tally, now);
    try {
      near.open(source).fetch(List.copyOf(asked.keySet()), arrivals);
    } catch (FaultException e) {
      if (arrivals.refused().isPresent() || e.fault().reach() == Reach.REPLICA) {
        throw e;
      }
    }
  }
}

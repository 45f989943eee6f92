package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.state.Completions.Completion;
import io.mailtide.engine.state.Completions.HeaderOnly;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts whole messages in the places of header-only copies, batch by batch.
 *
 * <p>A batch is staged and made durable, then recorded, then published beside the header-only
 * copies; when that is durable, those go; when that is durable too, the outcome is recorded. Killed
 * anywhere after it was recorded, the next run does all of it again from there. So at no time, and
 * after no power cut, is neither there.
 */
final class Completing {
  private final Job job;
  private final Memory memory;
  private final Tally tally;
  private final Transfer transfer;

  Completing(Job job, Memory memory, Tally tally, Transfer transfer) {
    this.job = job;
    this.memory = memory;
    this.tally = tally;
    this.transfer = transfer;
  }

  /** Finishes what an earlier run had recorded in a folder. */
  void recover(Folder folder, DeliveringEditor near) throws FaultException {
    var left = memory.completions().left(folder);
    if (!left.isEmpty()) {
      near.harden(); // what was published may not be durable yet
      finish(left, near);
    }
  }

  /** Completes the header-only copies of a folder. */
  void complete(Folder folder, DeliveringEditor near, ReplicaFolder far) throws FaultException {
    var now = job.environment().clock().instant();
    Optional<MessageKey> after = Optional.empty();
    for (; ; ) {
      job.cancellation().check();
      var page = memory.completions().page(folder, now, after, near.batch().messages());
      if (page.isEmpty()) {
        return;
      }
      var copies = new LinkedHashMap<MessageKey, HeaderOnly>();
      page.forEach(copy -> copies.put(copy.far().key(), copy));
      var batch = Sending.limited(
          page.stream().map(HeaderOnly::far).toList(), near.batch().bytes());
      complete(folder, batch, copies, near, far);
      after = Optional.of(batch.getLast().key());
    }
  }

  private void complete(
      Folder folder,
      List<Sighting> batch,
      Map<MessageKey, HeaderOnly> copies,
      DeliveringEditor near,
      ReplicaFolder far)
      throws FaultException {
    var wanted = new LinkedHashMap<MessageKey, Sighting>();
    batch.forEach(sighting -> wanted.put(sighting.key(), sighting));
    var staged = new ArrayList<Completion>();
    var arrivals = new Arrivals(
        near,
        Part.WHOLE,
        wanted,
        arrival -> Optional.ofNullable(copies.get(arrival.far().key()))
            .ifPresent(copy -> staged.add(new Completion(
                folder,
                copy.far().key(),
                copy.near(),
                arrival.staged().key(),
                arrival.size(),
                arrival.digest()))),
        tally,
        job.environment().clock().instant());
    Optional<FaultException> cut = Optional.empty();
    try {
      far.fetch(List.copyOf(wanted.keySet()), arrivals);
    } catch (FaultException e) {
      cut = Optional.of(e);
    }
    if (arrivals.refused().isPresent()) {
      throw arrivals.refused().get();
    }
    if (!staged.isEmpty()) {
      near.harden();
      memory.completions().intend(staged);
      finish(staged, near);
      tally.copyMore(staged.size());
      tally.done(staged.size());
    }
    if (cut.isPresent()) {
      throw cut.get();
    }
    if (!wanted.isEmpty()) {
      transfer.missed(folder, wanted, far);
    }
  }

  private void finish(List<Completion> recorded, DeliveringEditor near) throws FaultException {
    var there = new ArrayList<Completion>();
    var lost = new ArrayList<Completion>();
    for (var completion : recorded) {
      // Where the header-only copy has gone meanwhile, its user removed it.
      (near.publishBeside(completion.near(), completion.header()) ? there : lost).add(completion);
    }
    near.harden();
    near.drop(there.stream().map(Completion::header).toList());
    near.harden();
    memory.completions().done(there);
    memory.completions().drop(lost);
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.engine.UploadingEditor.Outcomes;
import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.Uploads.Upload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends near messages that were never agreed on. Each batch is recorded before it is sent: a
 * message whose reply is lost is then recognised by its content, whatever became of it meanwhile.
 */
final class Sending {
  private static final long BATCH_BYTES = 16L << 20;

  private final Job job;
  private final Memory memory;
  private final Tally tally;
  private Optional<Fault> full = Optional.empty();

  Sending(Job job, Memory memory, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.tally = tally;
  }

  /** Sends all that may be sent now of a folder. */
  void send(Folder folder, DeliveringEditor near, UploadingEditor far) throws FaultException {
    if (full.isPresent()) {
      throw new FaultException(full.get().in(folder.name()));
    }
    var now = job.environment().clock().instant();
    Optional<MessageKey> after = Optional.empty();
    for (; ; ) {
      job.cancellation().check();
      var page = memory.observations().toCopy(folder, Side.NEAR, now, after, tally.sentAtOnce());
      var batch = limited(page, BATCH_BYTES);
      if (batch.isEmpty()) {
        return;
      }
      sendBatch(folder, batch, near, far, now);
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

  private void sendBatch(
      Folder folder, List<Sighting> batch, DeliveringEditor near, UploadingEditor far, Instant now)
      throws FaultException {
    var fates = new Fates(folder);
    var messages = new ArrayList<Outgoing>();
    for (var sighting : batch) {
      var content = memory.contents().of(folder, Side.NEAR, sighting.key());
      if (content.isEmpty() || content.get().digest().isEmpty()) {
        continue; // it came after the scan, or could not be read: the next run sees to it
      }
      fates.begun.put(
          sighting.key(),
          new Begun(sighting, new Upload(folder, sighting.key(), content.get(), false)));
      messages.add(new Outgoing(
          sighting.key(),
          sighting.flags(),
          content.get().arrived().orElse(now),
          content.get().size(),
          sink -> near.read(sighting.key(), sink)));
    }
    memory.uploads().intend(fates.begun.values().stream().map(Begun::upload).toList());
    try {
      far.upload(messages, fates);
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.QUOTA) {
        full = Optional.of(e.fault());
      }
      if (fates.areUnknown()
          && e.fault().reach() == Reach.REPLICA
          && Runner.PASSING.contains(e.fault().kind())) {
        suspect(folder, batch, e.fault(), now);
      }
      throw e;
    } finally {
      fates.record();
    }
  }

  /** What keeps ending the connection must not keep all others from being sent. */
  private void suspect(Folder folder, List<Sighting> batch, Fault cut, Instant now)
      throws FaultException {
    var first = batch.getFirst();
    var fault = Fault.of(
            cut.kind(),
            Reach.MESSAGE,
            "sending a message to the server",
            "the connection ended instead: " + cut.said(),
            "It stays on this machine and is tried again later; what guards the server or the line"
                + " may not let it pass.")
        .in(folder.name())
        .about(first.key());
    tally.suspectSent(
        batch.size(),
        () -> memory.ledger().enter(folder, Side.NEAR, first, fault, now),
        () -> memory.ledger().forget(folder, Side.NEAR, first.key()));
  }

  private record Begun(Sighting sighting, Upload upload) {}

  /** What became of a batch; recorded at once at its end, also when it is cut short. */
  private final class Fates implements Outcomes {
    private final Folder folder;
    private final Map<MessageKey, Begun> begun = new LinkedHashMap<>();
    private final Map<Upload, MessageKey> tied = new LinkedHashMap<>();
    private final List<Upload> stored = new ArrayList<>();
    private final List<Upload> dropped = new ArrayList<>();
    private final Map<Begun, Fault> refused = new LinkedHashMap<>();

    Fates(Folder folder) {
      this.folder = folder;
    }

    private Optional<Begun> end(Outgoing message) {
      tally.arrived(message.size());
      tally.done(1);
      return Optional.ofNullable(begun.get(message.near()));
    }

    @Override
    public void stored(Outgoing message, Optional<MessageKey> key) {
      end(message).ifPresent(one -> {
        var upload = one.upload();
        if (key.isPresent()) {
          tied.put(upload, key.get());
        } else {
          stored.add(new Upload(upload.folder(), upload.near(), upload.content(), true));
        }
        tally.sendOne();
      });
    }

    @Override
    public void refused(Outgoing message, Fault fault) {
      end(message).ifPresent(one -> {
        dropped.add(one.upload());
        refused.put(one, fault.in(folder.name()).about(message.near()));
      });
    }

    @Override
    public void vanished(Outgoing message) {
      end(message).ifPresent(one -> dropped.add(one.upload()));
    }

    /** Whether nothing was heard of any of them. */
    boolean areUnknown() {
      return tied.isEmpty() && stored.isEmpty() && dropped.isEmpty();
    }

    void record() throws FaultException {
      if (!tied.isEmpty()) {
        memory.uploads().tie(tied);
      }
      if (!stored.isEmpty()) {
        memory.uploads().intend(stored);
      }
      memory.uploads().drop(dropped);
      for (var entry : refused.entrySet()) {
        memory
            .ledger()
            .enter(
                folder,
                Side.NEAR,
                entry.getKey().sighting(),
                entry.getValue(),
                job.environment().clock().instant());
        memory.observations().claim(folder, Side.NEAR, entry.getKey().sighting().key());
        tally.setAsideOne();
        tally.fault(entry.getValue());
      }
    }
  }
}

package io.mailtide.testkit;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.testkit.MemoryEntry.Place;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.SequencedMap;

/** Delivery into memory, in two steps, of which a power cut may undo what was not hardened. */
final class MemoryDelivery extends MemoryEditor implements DeliveringEditor {
  MemoryDelivery(MemoryFolder open) {
    super(open);
  }

  @Override
  public Staged stage(Part part) throws FaultException {
    open.called("stage");
    var key = open.store.newKey(open.folder);
    return new Staging(part == Part.WHOLE ? key : new MessageKey(key.value() + HEADERS_ONLY));
  }

  private final class Staging implements Staged {
    private final MessageKey key;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Staging(MessageKey key) {
      this.key = key;
    }

    @Override
    public MessageKey key() {
      return key;
    }

    @Override
    public void write(ByteBuffer more) throws FaultException {
      open.called("stage: write");
      while (more.hasRemaining()) {
        bytes.write(more.get());
      }
    }

    @Override
    public void end(Instant arrived) throws FaultException {
      open.called("stage: end");
      open.folder.entries.put(
          key, new MemoryEntry(bytes.toByteArray(), Place.STAGED, Flags.NONE, arrived));
    }

    @Override
    public void discard() {
      if (open.folder.entries.containsKey(key) && open.published(key).isEmpty()) {
        open.folder.entries.remove(key);
      }
    }
  }

  /** Small, so that a few messages take several. */
  @Override
  public Batch batch() {
    return new Batch(3, 100);
  }

  @Override
  public Hardening beginHardening() throws FaultException {
    open.called("beginHardening");
    var hardening = open.replica.hardeningAll();
    return () -> {
      open.called("await hardening");
      hardening.run();
      open.called("hardened");
    };
  }

  @Override
  public boolean publish(MessageKey key, Flags flags) throws FaultException {
    open.called("publish");
    var entry = open.folder.entries.get(key);
    if (entry == null) {
      return false;
    }
    if (entry.place == Place.STAGED) {
      entry.place = Place.PUBLISHED;
      entry.flags = representable(flags);
      open.own(entry);
    }
    open.called("published");
    return entry.place == Place.PUBLISHED;
  }

  /** {@inheritDoc} As late as may be, so that a kill finds it undone. */
  @Override
  public Publishing beginPublishing(SequencedMap<MessageKey, Flags> messages)
      throws FaultException {
    open.called("beginPublishing");
    var there = new HashSet<MessageKey>();
    var failures = new ArrayList<FaultException>();
    open.replica.begin(() -> {
      try {
        for (var message : messages.entrySet()) {
          if (publish(message.getKey(), message.getValue())) {
            there.add(message.getKey());
          }
        }
      } catch (FaultException e) {
        if (e.fault().reach() == Reach.REPLICA) {
          throw e;
        }
        failures.add(e);
      }
    });
    return () -> {
      open.called("await publishing");
      if (!failures.isEmpty()) {
        throw failures.getFirst();
      }
      return there;
    };
  }

  @Override
  public boolean publishBeside(MessageKey key, MessageKey other) throws FaultException {
    open.called("publishBeside");
    var entry = Optional.ofNullable(open.folder.entries.get(key));
    var beside = open.published(other);
    if (entry.isPresent() && entry.get().place == Place.STAGED && beside.isPresent()) {
      entry.get().place = Place.PUBLISHED;
      entry.get().flags = beside.get().flags;
      open.own(entry.get());
    }
    open.called("published");
    return open.published(key).isPresent();
  }

  @Override
  public void drop(Collection<MessageKey> keys) throws FaultException {
    for (var key : keys) {
      open.called("drop");
      open.published(key).ifPresent(entry -> {
        entry.place = Place.NOWHERE;
        open.own(entry);
      });
      open.called("dropped");
    }
  }

  @Override
  public void discardStaged() throws FaultException {
    open.called("discardStaged");
    open.folder.entries.values().removeIf(entry -> entry.place == Place.STAGED);
  }

  @Override
  public boolean read(MessageKey key, ByteSink sink) throws FaultException {
    open.called("read");
    var entry = open.published(key);
    if (entry.isPresent()) {
      sink.write(ByteBuffer.wrap(entry.get().bytes));
    }
    return entry.isPresent();
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Body;
import io.mailtide.engine.ReplicaFolder.BodySink;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.content.Sha256;
import io.mailtide.engine.state.Audits;
import io.mailtide.engine.state.Contents.Content;
import io.mailtide.engine.state.State.Folder;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists and reads both sides of folders for an audit: each message whole, digested while it streams
 * by, and not kept.
 */
final class AuditReader {
  private static final int PAGE = 500;

  private final Job job;
  private final Memory memory;
  private final Audits audits;
  private final Replica near;
  private final Replica far;
  private final Tally tally;
  private long nearRead;
  private long farRead;

  AuditReader(Job job, Memory memory, Audits audits, Replica near, Replica far, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.audits = audits;
    this.near = near;
    this.far = far;
    this.tally = tally;
  }

  /** How many messages of a side were read. */
  long count(Side side) {
    return side == Side.NEAR ? nearRead : farRead;
  }

  private Replica replica(Side side) {
    return side == Side.NEAR ? near : far;
  }

  /** Lists both sides of a folder in full, and what an ordinary run would see of them. */
  void observe(Folder folder) throws FaultException {
    for (var side : Side.values()) {
      job.cancellation().check();
      var opened = replica(side).open(folder.name());
      var generation = folder.part(side).generation();
      var current = generation.isPresent() && generation.get().equals(opened.generation());
      if (generation.isPresent() && !current) {
        audits.untieAll(folder);
      }
      list(folder, side, opened);
      confirm(folder, side, opened);
      var since = folder.part(side).checkpoint();
      if (!current
          || since.isEmpty()
          || opened
              .scan(since, memory.state().known(folder, side), audits.news(folder, side))
              .complete()) {
        audits.allNews(folder, side);
      }
    }
  }

  private void list(Folder folder, Side side, ReplicaFolder opened) throws FaultException {
    try (var recorder = memory.observations().record(folder, side, false)) {
      var scan = opened.scan(Optional.empty(), memory.state().known(folder, side), recorder);
      recorder.finish(scan.complete());
    }
  }

  /** An absence is evidence, not truth. */
  private void confirm(Folder folder, Side side, ReplicaFolder opened) throws FaultException {
    for (var missing = audits.missing(folder, side, PAGE);
        !missing.isEmpty();
        missing = audits.missing(folder, side, PAGE)) {
      var there = new HashSet<>(missing);
      there.removeAll(opened.confirmGone(Set.copyOf(missing)));
      audits.confirmed(folder, side, missing, List.copyOf(there));
    }
  }

  /** Tells how much there is to read. */
  void plan(Collection<Folder> folders) throws FaultException {
    var messages = 0L;
    var bytes = 0L;
    for (var folder : folders) {
      for (var side : Side.values()) {
        var amount = audits.seen(folder, side);
        messages += amount.messages();
        bytes += amount.bytes();
      }
    }
    tally.toDo(messages, bytes);
  }

  /** Reads all messages of a folder; of those whose header alone is here, the header. */
  void read(Folder folder) throws FaultException {
    for (var side : Side.values()) {
      for (var part : List.of(Part.WHOLE, Part.HEADER)) {
        read(folder, side, part);
      }
    }
  }

  private void read(Folder folder, Side side, Part part) throws FaultException {
    var keys = audits.unread(folder, side, part == Part.HEADER, PAGE);
    if (keys.isEmpty()) {
      return;
    }
    var opened = replica(side).open(folder.name());
    for (; !keys.isEmpty(); keys = audits.unread(folder, side, part == Part.HEADER, PAGE)) {
      job.cancellation().check();
      read(folder, side, part, opened, keys);
    }
  }

  private void read(
      Folder folder, Side side, Part part, ReplicaFolder opened, List<MessageKey> keys)
      throws FaultException {
    var contents = new HashMap<MessageKey, Content>();
    var sink = new Digesting(folder, side, Set.copyOf(keys), contents);
    if (side == Side.FAR) {
      opened.fetch(keys, part, sink);
    } else {
      for (var key : keys) {
        readNear(opened, key, sink);
      }
    }
    var missing = new HashSet<>(keys);
    missing.removeAll(contents.keySet());
    var gone = missing.isEmpty() ? Set.<MessageKey>of() : opened.confirmGone(missing);
    for (var key : missing) {
      if (gone.contains(key)) {
        memory.observations().gone(folder, side, key);
      } else {
        contents.put(key, new Content(Optional.empty(), 0, Optional.empty(), Optional.empty()));
      }
    }
    memory.contents().put(folder, side, contents);
    tally.done(missing.size());
    nearRead += side == Side.NEAR ? keys.size() - missing.size() : 0;
    farRead += side == Side.FAR ? keys.size() - missing.size() : 0;
  }

  /** One file that cannot be read keeps no other from being read. */
  private void readNear(ReplicaFolder opened, MessageKey key, BodySink sink) throws FaultException {
    try {
      opened.fetch(List.of(key), sink);
    } catch (FaultException e) {
      if (e.fault().reach() == Reach.REPLICA) {
        throw e;
      }
      tally.fault(e.fault().reaching(Reach.MESSAGE).in(opened.name()).about(key));
    }
  }

  private final class Digesting implements BodySink {
    private final Folder folder;
    private final Side side;
    private final Set<MessageKey> wanted;
    private final Map<MessageKey, Content> contents;

    Digesting(Folder folder, Side side, Set<MessageKey> wanted, Map<MessageKey, Content> contents) {
      this.folder = folder;
      this.side = side;
      this.wanted = wanted;
      this.contents = contents;
    }

    @Override
    public Body begin() {
      var digest = Sha256.begin();
      return new Body() {
        private long size;

        @Override
        public void write(ByteBuffer bytes) {
          size += bytes.remaining();
          tally.arrived(bytes.remaining());
          digest.update(bytes);
          bytes.position(bytes.limit());
        }

        @Override
        public void end(MessageKey key, Optional<Instant> arrived) throws FaultException {
          if (wanted.contains(key) && !isWithheld(key, size)) {
            contents.put(key, content(digest, size));
            tally.done(1);
          }
        }

        @Override
        public void abandon() {}
      };
    }

    /** Whether the server states that there is something of which nothing came. */
    private boolean isWithheld(MessageKey key, long size) throws FaultException {
      return size == 0
          && side == Side.FAR
          && memory.contents().statedSize(folder, Side.FAR, key) > 0;
    }

    private static Content content(Sha256 digest, long size) {
      return new Content(Optional.empty(), size, Optional.of(digest.end()), Optional.empty());
    }
  }
}

package io.mailtide.testkit;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.testkit.MemoryEntry.Place;
import io.mailtide.testkit.MemoryStore.Folder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** A folder of a {@link MemoryStore}, open. */
final class MemoryFolder implements ReplicaFolder {
  final MemoryReplica replica;
  final MemoryStore store;
  final FolderName name;
  final Folder folder;
  private final Access access;
  private final long generation;

  MemoryFolder(MemoryReplica replica, FolderName name, Folder folder, Access access) {
    this.replica = replica;
    this.store = replica.store();
    this.name = name;
    this.folder = folder;
    this.access = access;
    this.generation = folder.generation;
  }

  @Override
  public FolderName name() {
    return name;
  }

  @Override
  public Generation generation() {
    return MemoryReplica.generation(folder);
  }

  Optional<MemoryEntry> published(MessageKey key) {
    return Optional.ofNullable(folder.entries.get(key))
        .filter(entry -> entry.place == Place.PUBLISHED);
  }

  void called(String call) throws FaultException {
    replica.called(call);
    if (store.folders.get(name) != folder) {
      throw MemoryReplica.noFolder("using the folder", name);
    }
    if (folder.generation != generation) {
      // A server must not number anew what a client has selected (RFC 9051 section 2.3.1.1).
      throw new FaultException(
          Fault.of(Kind.NETWORK, Reach.REPLICA, call, "BYE " + name + " is numbered anew", ""));
    }
  }

  /** Our own change: scans show it, and it leaves the folder settled. */
  void own(MemoryEntry entry) {
    entry.changed = ++folder.clock;
  }

  @Override
  public Scan scan(Optional<Checkpoint> since, Known known, Observer observer)
      throws FaultException {
    called("scan");
    replica.scanned(name, folder);
    var complete = since.isEmpty() || !store.tracksChanges;
    var from = complete ? -1 : Long.parseLong(since.get().value());
    for (var entry : List.copyOf(folder.entries.entrySet())) {
      if (entry.getValue().changed <= from || store.unseen.contains(entry.getValue())) {
        continue;
      }
      if (entry.getValue().place == Place.PUBLISHED) {
        observer.present(new Sighting(
            entry.getKey(),
            entry.getValue().flags,
            OptionalLong.of(entry.getValue().bytes.length + store.sizeError),
            observer.wantsArrival() ? Optional.of(entry.getValue().arrived) : Optional.empty(),
            entry.getKey().value().endsWith(MemoryEditor.HEADERS_ONLY),
            store.tellsContents
                ? Optional.of(new ContentId("M" + entry.getValue().text.hashCode()))
                : Optional.empty()));
      } else if (!complete) {
        observer.vanished(entry.getKey());
      }
    }
    return new Scan(
        complete,
        store.tracksChanges ? Optional.of(MemoryReplica.checkpoint(folder)) : Optional.empty());
  }

  @Override
  public void fetch(List<MessageKey> keys, Part part, BodySink sink) throws FaultException {
    called("fetch");
    replica.fetching(name, keys, part);
    for (var key : keys) {
      if (store.unreadable.contains(key)) {
        throw new FaultException(
            Fault.of(Kind.NO_ACCESS, Reach.MESSAGE, "reading a message", "permission denied", "")
                .in(name)
                .about(key));
      }
      var entry = published(key);
      if (entry.isPresent() && !store.refused.contains(entry.get())) {
        var body = sink.begin();
        var whole = entry.get().bytes;
        var bytes = part == Part.WHOLE ? whole : MemoryReplica.header(whole);
        body.write(ByteBuffer.wrap(bytes, 0, bytes.length / 2));
        called("fetch: half a body");
        body.write(ByteBuffer.wrap(bytes, bytes.length / 2, bytes.length - bytes.length / 2));
        store.fetched += part == Part.WHOLE ? 1 : 0;
        body.end(key, Optional.of(entry.get().arrived));
        called("fetch: a body");
      }
    }
  }

  @Override
  public Set<MessageKey> confirmGone(Set<MessageKey> keys) throws FaultException {
    called("confirmGone");
    return keys.stream().filter(key -> published(key).isEmpty()).collect(Collectors.toSet());
  }

  @Override
  public Optional<FolderEditor> editor() {
    if (access == Access.READ || store.readOnly.contains(name)) {
      return Optional.empty();
    }
    return Optional.of(store.side == Side.NEAR ? new MemoryDelivery(this) : new MemoryUpload(this));
  }
}

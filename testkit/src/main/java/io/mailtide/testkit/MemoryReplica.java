package io.mailtide.testkit;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Traffic;
import io.mailtide.testkit.MemoryStore.Entry;
import io.mailtide.testkit.MemoryStore.Folder;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.MemoryStore.Place;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** A replica of a {@link MemoryStore}: the ports' behaviour without disk or network. */
final class MemoryReplica implements Replica, ReplicaEditor {
  private final MemoryStore store;
  private final Hook hook;
  private final Map<FolderName, Long> foreignEdits = new HashMap<>();
  private long calls;

  MemoryReplica(MemoryStore store, Hook hook) {
    this.store = store;
    this.hook = hook;
  }

  private void called(String call) throws FaultException {
    calls++;
    hook.before(store.side + " " + call);
  }

  @Override
  public List<FolderSummary> folders(Map<FolderName, Observed> known) throws FaultException {
    called("folders");
    return store.folders.entrySet().stream()
        .filter(entry -> !store.unlisted.contains(entry.getKey()))
        .map(entry -> {
          var observed = Optional.ofNullable(known.get(entry.getKey()));
          return new FolderSummary(
              entry.getKey(),
              store.tracksChanges
                  && observed.equals(Optional.of(
                      new Observed(generation(entry.getValue()), checkpoint(entry.getValue())))));
        })
        .toList();
  }

  private static Generation generation(Folder folder) {
    return new Generation(Long.toString(folder.generation));
  }

  private static Checkpoint checkpoint(Folder folder) {
    return new Checkpoint(Long.toString(folder.clock));
  }

  @Override
  public ReplicaFolder open(FolderName name) throws FaultException {
    called("open");
    var folder = store.folders.get(name);
    if (folder == null) {
      throw new FaultException(
          Fault.of(Kind.NOT_FOUND, Reach.FOLDER, "opening the folder", "no such folder", "")
              .in(name));
    }
    foreignEdits.putIfAbsent(name, folder.foreignEdits);
    return new OpenFolder(name, folder);
  }

  @Override
  public Optional<ReplicaEditor> editor() {
    return store.side == Side.NEAR ? Optional.of(this) : Optional.empty();
  }

  @Override
  public void create(FolderName name) throws FaultException {
    called("create");
    store.folder(name);
  }

  @Override
  public void removeEmpty(FolderName name) throws FaultException {
    called("removeEmpty");
    if (store.mail(name).isEmpty()) {
      store.folders.remove(name);
    }
  }

  private void hardenAll() {
    store.folders.values().forEach(folder -> folder.entries.values().forEach(Entry::harden));
  }

  @Override
  public Map<FolderName, Checkpoint> settle(Set<FolderName> folders) throws FaultException {
    called("settle");
    hardenAll();
    return folders.stream()
        .filter(name -> store.folders.containsKey(name))
        .filter(name -> foreignEdits.getOrDefault(name, 0L) == store.folder(name).foreignEdits)
        .collect(Collectors.toMap(name -> name, name -> checkpoint(store.folder(name))));
  }

  @Override
  public void purgeRemoved(Instant then) throws FaultException {
    called("purgeRemoved");
  }

  @Override
  public Traffic traffic() {
    return new Traffic(0, 0, calls);
  }

  @Override
  public void close() {}

  private final class OpenFolder implements ReplicaFolder, FolderEditor {
    private final FolderName name;
    private final Folder folder;

    OpenFolder(FolderName name, Folder folder) {
      this.name = name;
      this.folder = folder;
    }

    @Override
    public FolderName name() {
      return name;
    }

    @Override
    public Generation generation() {
      return MemoryReplica.generation(folder);
    }

    private Optional<Entry> published(MessageKey key) {
      return Optional.ofNullable(folder.entries.get(key))
          .filter(entry -> entry.place == Place.PUBLISHED);
    }

    @Override
    public Scan scan(Optional<Checkpoint> since, Known known, Observer observer)
        throws FaultException {
      called("scan");
      foreignEdits.put(name, folder.foreignEdits);
      var complete = since.isEmpty() || !store.tracksChanges;
      var from = complete ? -1 : Long.parseLong(since.get().value());
      for (var entry : List.copyOf(folder.entries.entrySet())) {
        if (entry.getValue().changed <= from || store.unseen.contains(entry.getKey())) {
          continue;
        }
        if (entry.getValue().place == Place.PUBLISHED) {
          observer.present(new Sighting(
              entry.getKey(),
              entry.getValue().flags,
              OptionalLong.of(entry.getValue().bytes.length)));
        } else if (!complete) {
          observer.vanished(entry.getKey());
        }
      }
      return new Scan(
          complete, store.tracksChanges ? Optional.of(checkpoint(folder)) : Optional.empty());
    }

    @Override
    public void fetch(List<MessageKey> keys, BodySink sink) throws FaultException {
      called("fetch");
      for (var key : keys) {
        var entry = published(key);
        if (entry.isPresent() && !store.refused.contains(key)) {
          var body = sink.begin();
          var bytes = entry.get().bytes;
          body.write(ByteBuffer.wrap(bytes, 0, bytes.length / 2));
          called("fetch: half a body");
          body.write(ByteBuffer.wrap(bytes, bytes.length / 2, bytes.length - bytes.length / 2));
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
      return store.side == Side.NEAR ? Optional.of(this) : Optional.empty();
    }

    private void own(Entry entry) {
      entry.changed = ++folder.clock;
    }

    @Override
    public Staged stage() throws FaultException {
      called("stage");
      return new Staging(store.newKey(folder));
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
        called("stage: write");
        while (more.hasRemaining()) {
          bytes.write(more.get());
        }
      }

      @Override
      public void end(Instant arrived) throws FaultException {
        called("stage: end");
        folder.entries.put(key, new Entry(bytes.toByteArray(), Place.STAGED, Flags.NONE, arrived));
      }

      @Override
      public void discard() {
        if (folder.entries.containsKey(key) && published(key).isEmpty()) {
          folder.entries.remove(key);
        }
      }
    }

    @Override
    public void harden() throws FaultException {
      called("harden");
      hardenAll();
      called("hardened");
    }

    @Override
    public boolean publish(MessageKey key, Flags flags) throws FaultException {
      called("publish");
      var entry = folder.entries.get(key);
      if (entry == null) {
        return false;
      }
      if (entry.place == Place.STAGED) {
        entry.place = Place.PUBLISHED;
        entry.flags = representable(flags);
        own(entry);
      }
      called("published");
      return entry.place == Place.PUBLISHED;
    }

    @Override
    public void discardStaged() throws FaultException {
      called("discardStaged");
      folder.entries.values().removeIf(entry -> entry.place == Place.STAGED);
    }

    @Override
    public Optional<Flags> setFlags(MessageKey key, Flags flags) throws FaultException {
      called("setFlags");
      var entry = published(key);
      if (entry.isPresent() && !entry.get().flags.equals(representable(flags))) {
        entry.get().flags = representable(flags);
        own(entry.get());
      }
      return entry.map(found -> found.flags);
    }

    @Override
    public void remove(MessageKey key) throws FaultException {
      called("remove");
      published(key).ifPresent(entry -> {
        entry.place = Place.REMOVED;
        own(entry);
      });
    }

    /** Keywords that begin with {@code far-} are what this side cannot hold. */
    @Override
    public Flags representable(Flags flags) {
      return Flags.of(
          flags.names().stream().filter(flag -> !flag.startsWith("far-")).toList());
    }

    @Override
    public boolean read(MessageKey key, ByteSink sink) throws FaultException {
      called("read");
      var entry = published(key);
      if (entry.isPresent()) {
        sink.write(ByteBuffer.wrap(Objects.requireNonNull(entry.get().bytes)));
      }
      return entry.isPresent();
    }
  }
}

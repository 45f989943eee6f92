package io.mailtide.testkit;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Traffic;
import io.mailtide.testkit.MemoryStore.Entry;
import io.mailtide.testkit.MemoryStore.Folder;
import io.mailtide.testkit.MemoryStore.Hook;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  void called(String call) throws FaultException {
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

  static byte[] header(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    var end = text.indexOf("\r\n\r\n");
    return end < 0 ? bytes : text.substring(0, end + 4).getBytes(StandardCharsets.ISO_8859_1);
  }

  static Generation generation(Folder folder) {
    return new Generation(Long.toString(folder.generation));
  }

  static Checkpoint checkpoint(Folder folder) {
    return new Checkpoint(Long.toString(folder.clock));
  }

  @Override
  public ReplicaFolder open(FolderName name, Access access) throws FaultException {
    called("open");
    var folder = store.folders.get(name);
    if (folder == null) {
      throw new FaultException(
          Fault.of(Kind.NOT_FOUND, Reach.FOLDER, "opening the folder", "no such folder", "")
              .in(name));
    }
    foreignEdits.putIfAbsent(name, folder.foreignEdits);
    return new MemoryFolder(this, name, folder, access);
  }

  @Override
  public Optional<ReplicaEditor> editor() {
    return Optional.of(this);
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

  @Override
  public void rename(FolderName from, FolderName to) throws FaultException {
    called("rename");
    for (var name : List.copyOf(store.folders.keySet())) {
      if (name.isWithin(from)) {
        var renamed = name.renamed(from, to);
        if (store.folders.containsKey(renamed)) {
          throw new FaultException(
              Fault.of(Kind.COLLISION, Reach.FOLDER, "renaming", "there is one already", "")
                  .in(renamed));
        }
        store.folders.put(renamed, Objects.requireNonNull(store.folders.remove(name)));
        scanned(renamed, store.folder(renamed));
      }
    }
    called("renamed");
  }

  /** What another program does from now on makes the folder unsettled. */
  void scanned(FolderName name, Folder folder) {
    foreignEdits.put(name, folder.foreignEdits);
  }

  MemoryStore store() {
    return store;
  }

  void hardenAll() {
    store.folders.values().forEach(folder -> folder.entries.values().forEach(Entry::harden));
  }

  @Override
  public Map<FolderName, Checkpoint> settle(Set<FolderName> folders) throws FaultException {
    called("settle");
    hardenAll();
    if (store.side == Side.FAR) {
      return Map.of();
    }
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
}

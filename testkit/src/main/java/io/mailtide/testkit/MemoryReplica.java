package io.mailtide.testkit;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Traffic;
import io.mailtide.testkit.MemoryStore.Folder;
import io.mailtide.testkit.MemoryStore.Hook;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A replica of a {@link MemoryStore}: the ports' behaviour without disk or network. */
final class MemoryReplica implements Replica, ReplicaEditor {
  /** So much is asked for before its turn, if it is told. */
  private static final int AHEAD = 3;

  private final MemoryStore store;
  private final Hook hook;
  private final Map<FolderName, Long> foreignEdits = new HashMap<>();
  private final Deque<Begun> publishing = new ArrayDeque<>();
  private Expectations expectations = Optional::empty;

  /** What was asked for before its turn. */
  private final Deque<Expected> ahead = new ArrayDeque<>();

  /** What the appearance was made of, until the folders are asked for. */
  private Optional<SortedMap<FolderName, Observed>> looked = Optional.empty();

  private long calls;

  MemoryReplica(MemoryStore store, Hook hook) {
    this.store = store;
    this.hook = hook;
  }

  void called(String call) throws FaultException {
    while (!publishing.isEmpty() && !call.startsWith("stage")) {
      publishing.remove().run();
    }
    calls++;
    hook.before(store.side + " " + call);
  }

  /** What was begun, and is done before anything else is, but for taking in more. */
  @FunctionalInterface
  interface Begun {
    void run() throws FaultException;
  }

  /** Does something as late as it may be done. */
  void begin(Begun act) {
    publishing.add(act);
  }

  @Override
  public List<FolderSummary> folders(Map<FolderName, Observed> known) throws FaultException {
    called("folders");
    var listed = looked.isPresent() ? looked.get() : listed();
    looked = Optional.empty();
    return listed.entrySet().stream()
        .map(entry -> new FolderSummary(
            entry.getKey(),
            store.tracksChanges && entry.getValue().equals(known.get(entry.getKey()))))
        .toList();
  }

  @Override
  public Optional<Appearance> appearance() throws FaultException {
    called("appearance");
    if (!store.tracksChanges) {
      return Optional.empty();
    }
    var listed = listed();
    looked = Optional.of(listed);
    return Optional.of(Appearance.of(listed.toString()));
  }

  private SortedMap<FolderName, Observed> listed() {
    var listed = new TreeMap<FolderName, Observed>();
    store.folders.forEach((name, folder) -> {
      if (!store.unlisted.contains(name)) {
        listed.put(name, new Observed(generation(folder), checkpoint(folder)));
      }
    });
    return listed;
  }

  static byte[] header(byte[] bytes) {
    var header = Pattern.compile("^\\r?\\n|\\n\\r?\\n")
        .matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    return header.find() ? Arrays.copyOf(bytes, header.end()) : bytes;
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
      throw noFolder("opening the folder", name);
    }
    return new MemoryFolder(this, name, folder, access);
  }

  @Override
  public void expect(Expectations expected) {
    expectations = expected;
    ahead.clear();
  }

  /** Messages are fetched: what was asked for instead was asked in vain. */
  void fetching(FolderName folder, List<MessageKey> keys, ReplicaFolder.Part part)
      throws FaultException {
    askAhead();
    var next = Optional.ofNullable(ahead.peek());
    if (next.equals(Optional.of(new Expected.Fetched(folder, keys, part)))) {
      ahead.remove();
    } else {
      store.askedInVain += ahead.size();
      ahead.clear();
    }
    askAhead();
  }

  private void askAhead() throws FaultException {
    while (ahead.size() < AHEAD) {
      var next = expectations.next();
      if (next.isEmpty()) {
        return;
      }
      if (next.get() instanceof Expected.Fetched) {
        ahead.add(next.get());
      }
    }
  }

  static FaultException noFolder(String doing, FolderName name) {
    return new FaultException(
        Fault.of(Kind.NOT_FOUND, Reach.FOLDER, doing, "no such folder", "").in(name));
  }

  @Override
  public Optional<ReplicaEditor> editor() {
    return Optional.of(this);
  }

  @Override
  public void create(FolderName name) throws FaultException {
    called("create");
    if (store.impossible.contains(name)) {
      throw new FaultException(Fault.of(
              Kind.COLLISION, Reach.FOLDER, "creating a folder", "no such name here", "Rename it.")
          .in(name));
    }
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
    if (from.equals(FolderName.INBOX)) {
      throw refused(Kind.UNSUPPORTED, "every store has an INBOX", from);
    }
    if (!store.folders.containsKey(from)) {
      throw refused(Kind.NOT_FOUND, "no such folder", from);
    }
    var within =
        store.folders.keySet().stream().filter(name -> name.isWithin(from)).toList();
    for (var name : within) {
      if (store.folders.containsKey(name.renamed(from, to))) {
        throw refused(Kind.COLLISION, "there is one already", name.renamed(from, to));
      }
    }
    for (var name : within) {
      var renamed = name.renamed(from, to);
      store.folders.put(renamed, Objects.requireNonNull(store.folders.remove(name)));
      foreignEdits.put(renamed, Objects.requireNonNullElse(foreignEdits.remove(name), 0L));
    }
    called("renamed");
  }

  private static FaultException refused(Kind kind, String said, FolderName folder) {
    return new FaultException(Fault.of(kind, Reach.FOLDER, "renaming", said, "").in(folder));
  }

  /** What another program does from now on makes the folder unsettled. */
  void scanned(FolderName name, Folder folder) {
    foreignEdits.put(name, folder.foreignEdits);
  }

  MemoryStore store() {
    return store;
  }

  /** What makes durable how things are now, whatever they become meanwhile. */
  Runnable hardeningAll() {
    var changes = store.folders.values().stream()
        .flatMap(folder -> folder.entries.values().stream())
        .map(MemoryEntry::hardening)
        .toList();
    return () -> changes.forEach(Runnable::run);
  }

  @Override
  public Map<FolderName, Checkpoint> settle(Set<FolderName> folders) throws FaultException {
    called("settle");
    hardeningAll().run();
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
  public Optional<UndoArea> undoArea() {
    return store.side == Side.NEAR ? Optional.of(new MemoryUndoArea(store)) : Optional.empty();
  }

  @Override
  public Traffic traffic() {
    return new Traffic(0, 0, calls);
  }

  @Override
  public void close() {}
}

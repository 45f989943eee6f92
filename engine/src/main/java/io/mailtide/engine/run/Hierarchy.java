package io.mailtide.engine.run;

import io.mailtide.engine.Environment.Beside;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.State.Renaming;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folders of both sides and of the state, and the renames of folders among them. */
final class Hierarchy {
  /**
   * How many messages of a folder are looked for under its new name, and how many of them are
   * compared.
   */
  private static final int SAMPLE = 50;

  private static final int COMPARED = 5;

  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private final Pairing pairing;
  private Optional<Early> early;
  private SortedMap<FolderName, Folder> known = new TreeMap<>();
  private SortedMap<FolderName, FolderSummary> nearListed = new TreeMap<>();
  private SortedMap<FolderName, FolderSummary> farListed = new TreeMap<>();

  /** @param early of the near side, where that has begun */
  Hierarchy(
      Job job, Memory memory, Replica near, Replica far, Pairing pairing, Optional<Early> early) {
    this.early = early;
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.pairing = pairing;
  }

  /** The near side's folders, listed while the far side is being reached. */
  record Early(
      SortedMap<FolderName, Folder> known, Beside<SortedMap<FolderName, FolderSummary>> listing)
      implements AutoCloseable {
    /** Begins to list them, in a thread of its own: nobody may use that side meanwhile. */
    static Early begin(Job job, Memory memory, Replica near) throws FaultException {
      var known = foldersOf(memory);
      return new Early(known, job.environment().beside(() -> listed(job, known, near, Side.NEAR)));
    }

    @Override
    public void close() {
      listing.close();
    }
  }

  /** Lists both sides. */
  void list() throws FaultException {
    known = early.isPresent() ? early.get().known() : foldersOf(memory);
    farListed = listed(job, known, far, Side.FAR);
    nearListed =
        early.isPresent() ? early.get().listing().result() : listed(job, known, near, Side.NEAR);
    early = Optional.empty();
  }

  private static SortedMap<FolderName, Folder> foldersOf(Memory memory) throws FaultException {
    var known = new TreeMap<FolderName, Folder>();
    memory.state().folders().forEach(folder -> known.put(folder.name(), folder));
    return known;
  }

  private static SortedMap<FolderName, FolderSummary> listed(
      Job job, SortedMap<FolderName, Folder> known, Replica replica, Side side)
      throws FaultException {
    job.cancellation().check();
    var observed = new HashMap<FolderName, Observed>();
    if (!job.full()) {
      for (var folder : known.values()) {
        var part = folder.part(side);
        if (part.generation().isPresent() && part.checkpoint().isPresent()) {
          observed.put(
              folder.name(),
              new Observed(part.generation().get(), part.checkpoint().get()));
        }
      }
    }
    return replica.folders(observed).stream()
        .collect(Collectors.toMap(
            FolderSummary::name, summary -> summary, (first, _) -> first, TreeMap::new));
  }

  /** All folders that take part, on whatever side. */
  SortedSet<FolderName> names() {
    var names = all();
    names.removeIf(name -> !job.folders().test(name));
    return names;
  }

  /** All folders, on whatever side, also those that this run leaves out. */
  SortedSet<FolderName> all() {
    var names = new TreeSet<>(known.keySet());
    names.addAll(nearListed.keySet());
    names.addAll(farListed.keySet());
    return names;
  }

  Optional<Folder> known(FolderName name) {
    return Optional.ofNullable(known.get(name));
  }

  Optional<FolderSummary> listed(Side side, FolderName name) {
    return Optional.ofNullable((side == Side.NEAR ? nearListed : farListed).get(name));
  }

  /** A local store that turned empty is rather a disk that is not mounted than the user's wish. */
  void guardLocalStore() throws FaultException {
    if (!nearListed.isEmpty() || known.isEmpty()) {
      return;
    }
    var messages = memory.state().messages();
    if (messages > 0 || memory.state().isUnfinished()) {
      throw new FaultException(Fault.of(
          Kind.BRAKE,
          Reach.REPLICA,
          "looking at the local mail",
          "all local folders are gone, though "
              + (messages > 0
                  ? messages + " messages were there after the last run"
                  : "the last run was stopped while it put messages there"),
          "Is the disk mounted, the path right? To fetch all mail anew, move the state file of"
              + " this store away."));
    }
  }

  /**
   * Finds a folder whose name changed on one side: gone there, while another one appeared that
   * holds the same messages under the same keys. The outermost first. What is not as clear is left
   * to the messages, which are moved one by one.
   */
  Optional<Renaming> renamed(Set<Renaming> but) throws FaultException {
    for (var by : Side.values()) {
      var allowed = by == Side.FAR ? job.hierarchyDown() : job.hierarchyUp();
      if (!allowed) {
        continue;
      }
      var gone = names().stream()
          .filter(name -> !name.equals(FolderName.INBOX) && goneWithAllBelow(name, by))
          .sorted(Comparator.comparingInt((FolderName name) -> name.segments().size()))
          .toList();
      var fresh = gone.isEmpty() ? List.<FolderName>of() : fresh(by);
      for (var from : gone) {
        for (var to : fresh) {
          var rename = new Renaming(by.other(), from, to);
          if (!but.contains(rename) && isSame(from, to, by)) {
            return Optional.of(rename);
          }
        }
      }
    }
    return Optional.empty();
  }

  private boolean goneWithAllBelow(FolderName top, Side by) {
    return known.containsKey(top)
        && listed(by.other(), top).isPresent()
        && knownWithin(top).noneMatch(name -> listed(by, name).isPresent());
  }

  private List<FolderName> fresh(Side by) {
    return names().stream()
        .filter(name -> listed(by, name).isPresent())
        .filter(name -> isFree(name) && listed(by.other(), name).isEmpty())
        .toList();
  }

  /** Whether a folder that is known can be called so: neither that name nor one below it is. */
  private boolean isFree(FolderName name) {
    return knownWithin(name).findAny().isEmpty();
  }

  /** That folder and all below it, as far as they are known. */
  private Stream<FolderName> knownWithin(FolderName top) {
    // In the order of names they stand together, but for others that begin alike.
    return known.tailMap(top).keySet().stream()
        .takeWhile(name -> name.text().startsWith(top.text()))
        .filter(name -> name.isWithin(top));
  }

  private boolean isSame(FolderName from, FolderName to, Side by) throws FaultException {
    var folder = known(from).orElseThrow();
    var sample = memory.state().sample(folder, by, SAMPLE);
    if (sample.isEmpty() || !isGone(from, by)) {
      return false;
    }
    var opened = (by == Side.NEAR ? near : far).open(to);
    if (!folder.part(by).generation().equals(Optional.of(opened.generation()))) {
      return false;
    }
    var there = new HashSet<>(sample);
    there.removeAll(opened.confirmGone(Set.copyOf(sample)));
    return there.size() * 2 >= sample.size() && (by == Side.NEAR || alike(folder, opened, there));
  }

  /**
   * A server may use one UIDVALIDITY for many folders: some of the messages must be the same, as
   * far as they are still here.
   */
  private boolean alike(Folder folder, ReplicaFolder opened, Set<MessageKey> there)
      throws FaultException {
    var keys = there.stream().limit(COMPARED).toList();
    var identities = pairing.identities(opened, keys);
    var same = 0;
    for (var key : keys) {
      var nearKey = memory.state().across(folder, key);
      if (nearKey.isPresent()) {
        var identity = pairing.nearIdentity(folder, nearKey.get());
        if (identity.equals(identities.get(key))) {
          same++;
        } else if (identity.isPresent()) {
          return false;
        }
      }
    }
    return same > 0;
  }

  /** Asks for a folder that was not listed by its name: an absence is evidence, not truth. */
  boolean isGone(FolderName name, Side side) throws FaultException {
    try {
      (side == Side.NEAR ? near : far).open(name);
      return false;
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.NOT_FOUND) {
        return true;
      }
      throw e;
    }
  }

  /**
   * Takes for done what an earlier run renamed and did not record. Else the folder would be gone
   * under its old name on both sides, and all of it new under the new one.
   */
  void recover() throws FaultException {
    var left = memory.state().renamings();
    for (var renaming : left) {
      if (known.containsKey(renaming.from())
          && isFree(renaming.to())
          && isGone(renaming.from(), renaming.side())
          && !isGone(renaming.to(), renaming.side())) {
        memory.state().rename(renaming.from(), renaming.to());
      }
    }
    if (!left.isEmpty()) {
      memory.state().renamed();
      list();
    }
  }

  /** Renames a folder on the side where it has its old name, and lists both sides again. */
  void carryOut(Renaming rename) throws FaultException {
    memory.state().intend(rename);
    editor(rename.side()).rename(rename.from(), rename.to());
    if (rename.side() == Side.NEAR) {
      editor(Side.NEAR).settle(Set.of());
    }
    memory.state().rename(rename.from(), rename.to());
    list();
  }

  /** The editor of a side as a whole. */
  ReplicaEditor editor(Side side) throws FaultException {
    return (side == Side.NEAR ? near : far)
        .editor()
        .orElseThrow(() -> Changes.readOnly(side, FolderName.INBOX));
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Environment.Beside;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.State.Renaming;
import io.mailtide.engine.state.State.Rest;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folders of both sides and of the state. */
final class Hierarchy {
  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private SortedMap<FolderName, Folder> known = new TreeMap<>();
  private SortedMap<FolderName, FolderSummary> nearListed = new TreeMap<>();
  private SortedMap<FolderName, FolderSummary> farListed = new TreeMap<>();
  private Optional<Appearance> nearLooks = Optional.empty();
  private Optional<Appearance> farLooks = Optional.empty();
  private boolean isNearHard;

  Hierarchy(Job job, Memory memory, Replica near, Replica far) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
  }

  /**
   * The near side's folders, looked at while the far side is being reached: where the state is at
   * rest as they look from outside, else one by one.
   *
   * @param rest the state's, if it is at rest for this job
   */
  record Early(Optional<Rest> rest, SortedMap<FolderName, Folder> known, Beside<Looked> near)
      implements AutoCloseable {
    /** What was seen of the near side; where the state is at rest, it is not listed. */
    private record Looked(
        Optional<Appearance> looks, SortedMap<FolderName, FolderSummary> listing) {}

    /** Begins to look, in a thread of its own: nobody may use that side meanwhile. */
    static Early begin(Job job, Memory memory, Replica near) throws FaultException {
      var said = restsOn(job);
      var rest = said.isEmpty()
          ? Optional.<Rest>empty()
          : memory.state().rest().filter(before -> said.get().equals(before.job()));
      if (rest.isPresent()) {
        return new Early(rest, new TreeMap<>(), job.environment().beside(() -> {
          job.cancellation().check();
          return new Looked(near.appearance(), new TreeMap<>());
        }));
      }
      var known = foldersOf(memory);
      return new Early(rest, known, job.environment().beside(() -> {
        job.cancellation().check();
        var looks = looksMatter(job, known) ? near.appearance() : Optional.<Appearance>empty();
        return new Looked(looks, listed(job, known, near, Side.NEAR));
      }));
    }

    @Override
    public void close() {
      near.close();
    }
  }

  /** Whether to ask how the sides look: a run that finds nothing to do remembers it. */
  private static boolean looksMatter(Job job, SortedMap<FolderName, Folder> known) {
    return restsOn(job).isPresent() && !known.isEmpty();
  }

  /**
   * What of a job its decisions rest on; empty where it is to look at everything itself, or cannot
   * be told from others. How much it may remove, and how long that is kept, plays no part where
   * there is nothing to do.
   */
  private static Optional<String> restsOn(Job job) {
    if (job.full() || job.dryRun()) {
      return Optional.empty();
    }
    var selection = job.selection();
    var allowed = job.allowed();
    return job.folders()
        .said()
        .map(said -> Stream.of(
                selection.bytesMax(),
                selection.ageMax(),
                selection.headersOnly(),
                job.hierarchyDown(),
                job.hierarchyUp(),
                allowed.near(),
                allowed.nearRemovals(),
                allowed.far(),
                allowed.farRemovals(),
                said)
            .map(String::valueOf)
            .collect(Collectors.joining(" ")));
  }

  /**
   * Whether both sides look as they did when the state came to rest. It says so for certain: what
   * is listed and what is remembered are the same, and time plays no part where nothing waits.
   */
  boolean isAtRest(Early early) throws FaultException {
    if (early.rest().isEmpty()) {
      return false;
    }
    var before = early.rest().get();
    // A near side that is known to have changed need not wait for the other one to be listed.
    var farFirst = !early.near().isOver();
    if (farFirst) {
      farLooks = far.appearance();
    }
    nearLooks = early.near().result().looks();
    if (!nearLooks.equals(Optional.of(before.near()))) {
      return false;
    }
    if (!farFirst) {
      farLooks = far.appearance();
    }
    return farLooks.equals(Optional.of(before.far()));
  }

  /**
   * How both sides looked when they were listed, if a run with this job finds no folder to look
   * into as long as they and the state stay so.
   */
  Optional<Rest> rest() {
    var said = restsOn(job);
    var names = names();
    if (said.isEmpty()
        || nearLooks.isEmpty()
        || farLooks.isEmpty()
        || !names.stream().allMatch(this::isUnchanged)) {
      return Optional.empty();
    }
    return Optional.of(new Rest(nearLooks.get(), farLooks.get(), said.get(), names.size()));
  }

  private boolean isUnchanged(FolderName name) {
    return known.containsKey(name)
        && listed(Side.NEAR, name).map(FolderSummary::unchanged).orElse(false)
        && listed(Side.FAR, name).map(FolderSummary::unchanged).orElse(false);
  }

  /** Lists both sides. */
  void list() throws FaultException {
    nearLooks = Optional.empty();
    farLooks = Optional.empty();
    known = foldersOf(memory);
    farListed = listed(job, known, far, Side.FAR);
    nearListed = listed(job, known, near, Side.NEAR);
  }

  /** Lists both sides, of which the near one has been begun with, where they are not at rest. */
  void list(Early early) throws FaultException {
    if (early.rest().isPresent()) {
      known = foldersOf(memory);
      try (var listing = job.environment().beside(() -> listed(job, known, near, Side.NEAR))) {
        if (farLooks.isEmpty() && looksMatter(job, known)) {
          farLooks = far.appearance();
        }
        farListed = listed(job, known, far, Side.FAR);
        nearListed = listing.result();
      }
      return;
    }
    known = early.known();
    farLooks = looksMatter(job, known) ? far.appearance() : Optional.empty();
    farListed = listed(job, known, far, Side.FAR);
    var looked = early.near().result();
    nearLooks = looked.looks();
    nearListed = looked.listing();
  }

  private static SortedMap<FolderName, Folder> foldersOf(Memory memory) throws FaultException {
    var known = new TreeMap<FolderName, Folder>();
    memory.state().folders().forEach(folder -> known.put(folder.name(), folder));
    return known;
  }

  /**
   * The folders of a side. Known ones that the near side does not list are asked for by their
   * names; the far side's are when they are compared.
   */
  private static SortedMap<FolderName, FolderSummary> listed(
      Job job, SortedMap<FolderName, Folder> known, Replica replica, Side side)
      throws FaultException {
    job.cancellation().check();
    var observed = new HashMap<FolderName, Observed>();
    if (!job.full()) {
      for (var folder : known.values()) {
        var part = folder.part(side);
        if (job.folders().test(folder.name())
            && part.generation().isPresent()
            && part.checkpoint().isPresent()) {
          observed.put(
              folder.name(),
              new Observed(part.generation().get(), part.checkpoint().get()));
        }
      }
    }
    var listed = replica.folders(observed).stream()
        .collect(Collectors.toMap(
            FolderSummary::name, summary -> summary, (first, _) -> first, TreeMap::new));
    if (side == Side.NEAR) {
      for (var name : known.keySet()) {
        if (job.folders().test(name)
            && !listed.containsKey(name)
            && !isGoneForSure(name, replica)) {
          listed.put(name, new FolderSummary(name, false));
        }
      }
    }
    return listed;
  }

  /** What cannot be told of the folder alone is said when it is looked into. */
  private static boolean isGoneForSure(FolderName name, Replica replica) throws FaultException {
    try {
      return isGone(name, replica);
    } catch (FaultException e) {
      if (e.fault().reach() == Reach.REPLICA) {
        throw e;
      }
      return false;
    }
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

  /** Whether a folder that is known can be called so: neither that name nor one below it is. */
  boolean isFree(FolderName name) {
    return knownWithin(name).findAny().isEmpty();
  }

  /** That folder and all below it, as far as they are known. */
  Stream<FolderName> knownWithin(FolderName top) {
    return within(known, top);
  }

  /** That folder and all below it, as far as they are listed. */
  Stream<FolderName> listedWithin(Side side, FolderName top) {
    return within(side == Side.NEAR ? nearListed : farListed, top);
  }

  private static Stream<FolderName> within(SortedMap<FolderName, ?> folders, FolderName top) {
    // In the order of names they stand together, but for others that begin alike.
    return folders.tailMap(top).keySet().stream()
        .takeWhile(name -> name.text().startsWith(top.text()))
        .filter(name -> name.isWithin(top));
  }

  /** Asks for a folder that was not listed by its name: an absence is evidence, not truth. */
  boolean isGone(FolderName name, Side side) throws FaultException {
    return isGone(name, side == Side.NEAR ? near : far);
  }

  private static boolean isGone(FolderName name, Replica replica) throws FaultException {
    try {
      replica.open(name);
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
    nearLooks = Optional.empty();
    farLooks = Optional.empty();
    memory.state().intend(rename);
    editor(rename.side()).rename(rename.from(), rename.to());
    if (rename.side() == Side.NEAR) {
      editor(Side.NEAR).settle(Set.of());
    }
    memory.state().rename(rename.from(), rename.to());
    renamed(rename);
  }

  /** Takes a rename over into what was listed, for to list all again for each would be too much. */
  private void renamed(Renaming rename) throws FaultException {
    for (var name : knownWithin(rename.from()).toList()) {
      var folder = Objects.requireNonNull(known.remove(name));
      known.put(name.renamed(rename.from(), rename.to()), memory.state().folder(folder.id()));
    }
    var listing = rename.side() == Side.NEAR ? nearListed : farListed;
    for (var name : within(listing, rename.from()).toList()) {
      listing.remove(name);
      var now = name.renamed(rename.from(), rename.to());
      listing.put(now, new FolderSummary(now, false));
    }
  }

  /** The editor of a side as a whole. */
  ReplicaEditor editor(Side side) throws FaultException {
    return (side == Side.NEAR ? near : far)
        .editor()
        .orElseThrow(() -> Changes.readOnly(side, FolderName.INBOX));
  }

  /**
   * What is seen near, by whomever it was done, must not be undone by a power cut once the far side
   * or the state is told of it: a message would be gone that is tied, and so be removed there. To
   * be called when the near side has been observed, which is done once.
   */
  void hardenNear() throws FaultException {
    if (!isNearHard && !job.dryRun()) {
      editor(Side.NEAR).hardenAll();
      isNearHard = true;
    }
  }
}

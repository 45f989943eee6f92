package io.mailtide.engine.run;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.content.Identity;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.state.Contents.Content;
import io.mailtide.engine.state.Moves.Found;
import io.mailtide.engine.state.Moves.Lost;
import io.mailtide.engine.state.Moves.Stranger;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Recognises messages that a user moved to another folder: gone from one, new in another, and of
 * the same content. So they are moved on the other side too, and neither removed nor carried
 * across. What is gone and new in one folder stays where it is on the other side.
 *
 * <p>Near messages are compared by digest, far ones by size and {@link Identity}, for which a few
 * fields of the header are fetched. Where both users moved one message to different folders, it
 * follows the far one; the near one in a run that only sends.
 */
final class MoveFinder {
  private static final int PAGE = 500;

  private final Memory memory;
  private final Pairing pairing;
  private final Hierarchy hierarchy;
  private final Replica far;
  private final Map<Long, Folder> folders = new HashMap<>();
  private final Set<Long> rows = new HashSet<>();
  private final Set<Place> taken = new HashSet<>();
  private final List<Action.Move> moves = new ArrayList<>();

  private record Place(long folder, Side side, MessageKey key) {}

  MoveFinder(
      Memory memory, Pairing pairing, Hierarchy hierarchy, Replica far, List<Compared> compared) {
    this.memory = memory;
    this.hierarchy = hierarchy;
    this.pairing = pairing;
    this.far = far;
    compared.forEach(found -> folders.put(found.folder().id(), found.folder()));
  }

  /**
   * Finds the moves among folders that were all observed.
   *
   * @param nearAllowed whether messages may be moved near
   * @param farAllowed whether messages may be moved far
   */
  List<Action.Move> find(boolean nearAllowed, boolean farAllowed) throws FaultException {
    pairing.reconsider();
    if (farAllowed) {
      movedNear();
    }
    if (nearAllowed) {
      movedFar();
    }
    if (nearAllowed || farAllowed) {
      movedByBoth(nearAllowed ? Side.NEAR : Side.FAR);
    }
    return List.copyOf(moves);
  }

  private void movedNear() throws FaultException {
    var found = compared(memory.moves().near());
    var strangers = new Strangers<Digest>();
    found.strangers().forEach(stranger -> strangers.add(stranger.digest().orElseThrow(), stranger));
    renamedNear(found.lost(), strangers);
    for (var lost : found.lost()) {
      if (rows.contains(lost.row())) {
        continue;
      }
      var there = strangers.takeOutside(lost.digest(), lost.folder());
      if (there.isPresent()) {
        enter(lost, Side.FAR, lost.folder(), lost.key(), there.get(), Side.NEAR);
      }
    }
  }

  /**
   * What is in its folder still has another key there: another program named its file anew, or
   * moved it away and back. Nobody else is to hear of that.
   */
  private void renamedNear(List<Lost> gone, Strangers<Digest> strangers) throws FaultException {
    var keys = new HashMap<Long, MessageKey>();
    for (var lost : gone) {
      var there = strangers.takeInside(lost.digest(), lost.folder());
      if (there.isPresent()) {
        keys.put(lost.row(), there.get().key());
        // What could not be sent is in step with that; forgotten first, for nothing else would.
        memory.ledger().forget(folder(lost.folder()), Side.NEAR, there.get().key());
      }
    }
    if (!keys.isEmpty()) {
      hierarchy.hardenNear();
      memory.moves().renamedNear(keys);
      rows.addAll(keys.keySet());
    }
  }

  private void movedFar() throws FaultException {
    var found = compared(memory.moves().far());
    var from = new OtherFolders();
    found.lost().forEach(lost -> from.add(lost.size(), lost.folder()));
    var there = new OtherFolders();
    found.strangers().forEach(stranger -> there.add(stranger.size(), stranger.folder()));
    var strangers = identified(found.strangers(), from);
    var likenesses = new HashMap<Long, Likeness>();
    // Folder by folder, for each one that is opened is listed.
    for (var lost : found.lost().stream()
        .filter(lost -> there.any(lost.size(), lost.folder()))
        .sorted((one, other) -> Long.compare(one.folder(), other.folder()))
        .toList()) {
      likeness(lost.size(), lost.folder(), lost.key())
          .ifPresent(likeness -> likenesses.put(lost.row(), likeness));
    }
    for (var lost : found.lost()) {
      var target = Optional.ofNullable(likenesses.get(lost.row()))
          .flatMap(likeness -> strangers.takeOutside(likeness, lost.folder()));
      if (target.isPresent()) {
        enter(lost, Side.NEAR, lost.folder(), lost.key(), target.get(), Side.FAR);
      }
    }
  }

  /** @param follows the side on which the message goes to where the other side's users put it */
  private void movedByBoth(Side follows) throws FaultException {
    if (!memory.moves().anyGoneOnBoth()) {
      return;
    }
    for (var folder : folders.values()) {
      pairing.readStrangers(folder);
    }
    var lostNear = compared(memory.moves().bothNear());
    var sizes = new HashMap<Digest, Set<Long>>();
    lostNear
        .lost()
        .forEach(
            lost -> sizes.computeIfAbsent(lost.digest(), _ -> new HashSet<>()).add(lost.size()));
    var near = new Strangers<Digest>();
    var there = new OtherFolders();
    for (var stranger : lostNear.strangers()) {
      if (isFree(stranger, Side.NEAR)
          && pairing.nearIdentity(folder(stranger.folder()), stranger.key()).isPresent()) {
        var digest = stranger.digest().orElseThrow();
        near.add(digest, stranger);
        for (var size : sizes.getOrDefault(digest, Set.of())) {
          there.add(size, stranger.folder());
        }
      }
    }
    var far = identified(compared(memory.moves().bothFar()).strangers(), there);
    for (var lost : lostNear.lost()) {
      if (!rows.contains(lost.row())) {
        movedByBoth(lost, near, far, follows);
      }
    }
  }

  private void movedByBoth(Lost lost, Strangers<Digest> near, Strangers<Likeness> far, Side follows)
      throws FaultException {
    for (var here : near.firsts(lost.digest())) {
      var likeness = likeness(lost.size(), here.folder(), here.key());
      var there = likeness.flatMap(same -> far.takeOutside(same, here.folder()));
      if (there.isPresent()) {
        near.take(lost.digest(), here.folder());
        if (follows == Side.NEAR) {
          take(here, Side.NEAR);
          enter(lost, Side.NEAR, here.folder(), here.key(), there.get(), Side.FAR);
        } else {
          take(there.get(), Side.FAR);
          enter(lost, Side.FAR, there.get().folder(), there.get().key(), here, Side.NEAR);
        }
        return;
      }
    }
  }

  /** Of what was found, what is in folders that are compared. */
  private Found compared(Found found) {
    return new Found(
        found.lost().stream()
            .filter(lost -> folders.containsKey(lost.folder()) && !rows.contains(lost.row()))
            .toList(),
        found.strangers().stream()
            .filter(stranger -> folders.containsKey(stranger.folder()))
            .toList());
  }

  /** What messages of one size in bytes have in common when they are the same. */
  private record Likeness(long size, String identity) {}

  private Optional<Likeness> likeness(long size, long folder, MessageKey near)
      throws FaultException {
    return pairing.nearIdentity(folder(folder), near).map(identity -> new Likeness(size, identity));
  }

  /** In which folders something of a size in bytes is. */
  private static final class OtherFolders {
    private final Map<Long, Set<Long>> folders = new HashMap<>();

    void add(long size, long folder) {
      folders.computeIfAbsent(size, _ -> new HashSet<>()).add(folder);
    }

    /** Whether there is any in another folder than this. */
    boolean any(long size, long folder) {
      var in = folders.getOrDefault(size, Set.of());
      return in.size() > (in.contains(folder) ? 1 : 0);
    }
  }

  /** Strangers that are free, by what they have in common, in the order of folders and keys. */
  private static final class Strangers<K> {
    private final Map<K, NavigableMap<Long, Deque<Stranger>>> byKind = new HashMap<>();

    void add(K kind, Stranger stranger) {
      byKind
          .computeIfAbsent(kind, _ -> new TreeMap<>())
          .computeIfAbsent(stranger.folder(), _ -> new ArrayDeque<>())
          .add(stranger);
    }

    /** The first of a kind in each of the first folders. */
    List<Stranger> firsts(K kind) {
      // Who fits with none in one folder fits with any in the next one.
      return byKind.getOrDefault(kind, new TreeMap<>()).values().stream()
          .limit(2)
          .map(Deque::getFirst)
          .toList();
    }

    /** Takes the first of a kind that is in another folder than this. */
    Optional<Stranger> takeOutside(K kind, long folder) {
      for (var first : firsts(kind)) {
        if (first.folder() != folder) {
          return Optional.of(take(kind, first.folder()));
        }
      }
      return Optional.empty();
    }

    /** Takes the first of a kind that is in this folder. */
    Optional<Stranger> takeInside(K kind, long folder) {
      return byKind.getOrDefault(kind, new TreeMap<>()).containsKey(folder)
          ? Optional.of(take(kind, folder))
          : Optional.empty();
    }

    /** Takes the first of a kind in a folder. */
    Stranger take(K kind, long folder) {
      var inFolders = Objects.requireNonNull(byKind.get(kind));
      var inFolder = Objects.requireNonNull(inFolders.get(folder));
      var taken = inFolder.removeFirst();
      if (inFolder.isEmpty()) {
        inFolders.remove(folder);
      }
      return taken;
    }
  }

  private boolean isFree(Stranger stranger, Side side) {
    return !taken.contains(new Place(stranger.folder(), side, stranger.key()));
  }

  private void take(Stranger stranger, Side side) throws FaultException {
    taken.add(new Place(stranger.folder(), side, stranger.key()));
    memory.observations().claim(folder(stranger.folder()), side, stranger.key());
  }

  private void enter(Lost lost, Side side, long from, MessageKey key, Stranger to, Side movedBy)
      throws FaultException {
    rows.add(lost.row());
    take(to, movedBy);
    moves.add(new Action.Move(
        lost.row(), side, folder(from).name(), key, folder(to.folder()).name(), to.key()));
  }

  private Folder folder(long id) {
    return Objects.requireNonNull(folders.get(id));
  }

  /**
   * Reads the identities of those far messages, folder by folder, that may be something from
   * another folder.
   */
  private Strangers<Likeness> identified(List<Stranger> strangers, OtherFolders from)
      throws FaultException {
    var wanted = new LinkedHashMap<Long, List<MessageKey>>();
    var contents = memory.contents();
    for (var stranger : strangers) {
      if (from.any(stranger.size(), stranger.folder())
          && contents.of(folder(stranger.folder()), Side.FAR, stranger.key()).isEmpty()) {
        wanted.computeIfAbsent(stranger.folder(), _ -> new ArrayList<>()).add(stranger.key());
      }
    }
    for (var entry : wanted.entrySet()) {
      var to = folder(entry.getKey());
      var opened = far.open(to.name());
      FolderWork.requireSame(memory.state().folder(to.id()), opened);
      var keys = entry.getValue();
      for (var first = 0; first < keys.size(); first += PAGE) {
        pairing.identify(to, opened, keys.subList(first, Math.min(keys.size(), first + PAGE)));
      }
    }
    var identified = new Strangers<Likeness>();
    for (var stranger : strangers) {
      if (from.any(stranger.size(), stranger.folder()) && isFree(stranger, Side.FAR)) {
        contents
            .of(folder(stranger.folder()), Side.FAR, stranger.key())
            .flatMap(Content::identity)
            .ifPresent(same -> identified.add(new Likeness(stranger.size(), same), stranger));
      }
    }
    return identified;
  }
}

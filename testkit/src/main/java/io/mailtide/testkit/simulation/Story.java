package io.mailtide.testkit.simulation;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the model knows of one message: where and how it was when both sides were last in step, and
 * what each side's users have done to it since. From that alone follows how it may end.
 */
final class Story {
  /**
   * What a side's users last did about the message's place.
   *
   * @param to where it is for them; absent: they removed it
   * @param from where they removed it
   */
  record Deed(Optional<FolderName> to, FolderName from, boolean byRename) {}

  final String content;
  final boolean recognisable;
  private final Optional<Side> born;
  private Optional<FolderName> agreed;
  private Flags agreedFlags;
  private final Map<Side, Deed> deeds = new EnumMap<>(Side.class);
  private final FlagActs flagged = new FlagActs();
  final Set<Side> movers = EnumSet.noneOf(Side.class);
  private final Set<Excuse> excuses = EnumSet.noneOf(Excuse.class);
  private final Set<FolderName> been = new TreeSet<>();

  /** Where each side's users took it from, to move it or to remove it. */
  private final Map<Side, Set<FolderName>> takenFrom = new EnumMap<>(Side.class);

  /** Whether a run was cut short that may have told of it. */
  boolean cutShort;

  /** How many runs saw no more than half of its moves. */
  private int halfSeen;

  /** How many runs could not tell its copies for what they are. */
  private int untellable;

  /** Whether a user of the server put it back where both sides had it: there it is a new one. */
  private boolean cameBack;

  /** Whether a user did anything to it since the run at work began. */
  boolean touched = true;

  private Story(
      String content,
      boolean recognisable,
      Optional<Side> born,
      Optional<FolderName> agreed,
      Flags agreedFlags) {
    this.content = content;
    this.recognisable = recognisable;
    this.born = born;
    this.agreed = agreed;
    this.agreedFlags = agreedFlags;
  }

  /** A message that came to one side. */
  static Story arrived(
      String content, boolean recognisable, Side side, FolderName folder, Flags flags) {
    var story = new Story(content, recognisable, Optional.of(side), Optional.empty(), Flags.NONE);
    story.deeds.put(side, new Deed(Optional.of(folder), folder, false));
    story.flag(side, Flags.NONE, flags);
    return story;
  }

  /** A message that both sides have. */
  static Story agreed(String content, boolean recognisable, FolderName folder, Flags flags) {
    var story = new Story(content, recognisable, Optional.empty(), Optional.of(folder), flags);
    story.touched = false;
    return story;
  }

  void move(Side side, FolderName from, FolderName to, boolean byRename) {
    touched = true;
    movers.add(side);
    been.addAll(places());
    deeds.put(side, new Deed(Optional.of(to), from, byRename));
    cameBack |= side == Side.FAR && agreed.equals(Optional.of(to));
    takenFrom(side).add(from);
  }

  void remove(Side side, FolderName from) {
    touched = true;
    been.addAll(places());
    deeds.put(side, new Deed(Optional.empty(), from, false));
    takenFrom(side).add(from);
  }

  private Set<FolderName> takenFrom(Side side) {
    return takenFrom.computeIfAbsent(side, _ -> new TreeSet<>());
  }

  void flag(Side side, Flags before, Flags after) {
    touched = true;
    flagged.add(side, before, after);
  }

  void excuse(Excuse excuse) {
    excuses.add(excuse);
    if (excuse == Excuse.UNTELLABLE) {
      untellable++;
    }
  }

  /** Whether the server's users put it there. */
  boolean isPutFar(FolderName folder) {
    return Optional.ofNullable(deeds.get(Side.FAR)).flatMap(Deed::to).equals(Optional.of(folder));
  }

  boolean isRemovedBy(Side side) {
    return Optional.ofNullable(deeds.get(side))
        .filter(deed -> deed.to().isEmpty())
        .isPresent();
  }

  /** Whether that side's users put it somewhere, also if they removed it then. */
  boolean isPutBy(Side side) {
    return born.equals(Optional.of(side)) || movers.contains(side);
  }

  /** Whether it may be in both places, where both sides' users put it somewhere else. */
  boolean mayBeInBoth() {
    return !recognisable || agreed.isEmpty() || isConfused();
  }

  /** A run did not come to its end, or not look into every folder. */
  void halfSeen() {
    cutShort |= !isSettled();
    if (!movers.isEmpty()) {
      excuse(Excuse.HALF_SEEN);
      halfSeen++;
    }
    if (!flagged.isEmpty()) {
      excuse(Excuse.HALF_TOLD);
    }
  }

  boolean isHalfSeen() {
    return halfSeen > 0;
  }

  /** Whether nobody did anything to it since both sides were in step. */
  boolean isSettled() {
    return agreed.isPresent() && deeds.isEmpty() && flagged.isEmpty();
  }

  boolean isMovedByBoth() {
    return movers.size() > 1;
  }

  Optional<FolderName> place() {
    return agreed;
  }

  boolean mentions(FolderName folder) {
    return places().contains(folder);
  }

  /** How well it fits that the message is in a folder of a side; the lower, the better. */
  int fit(Side side, FolderName folder) {
    var here = deeds.get(side);
    var there = deeds.get(side.other());
    if (isRemovedBy(side)) {
      return 6;
    }
    if (here != null && here.to().equals(Optional.of(folder))) {
      return 0;
    }
    if (here == null && there == null && agreed.equals(Optional.of(folder))) {
      return 1;
    }
    if (here == null && there != null) {
      return there.to().equals(Optional.of(folder))
          ? 2
          : agreed.equals(Optional.of(folder)) ? 3 : 5;
    }
    return mentions(folder) ? 4 : 5;
  }

  /** Whether a user of any side removed it. */
  boolean isRemoved() {
    return deeds.values().stream().anyMatch(deed -> deed.to().isEmpty());
  }

  /** All places that anybody ever saw or put it in since both sides were in step. */
  Set<FolderName> places() {
    var places = new TreeSet<>(been);
    agreed.ifPresent(places::add);
    for (var deed : deeds.values()) {
      places.add(deed.from());
      deed.to().ifPresent(places::add);
    }
    return places;
  }

  /**
   * The ends that are right: for each, the folders that the message may be in, on both sides alike.
   */
  Set<List<FolderName>> ends() {
    var ends = new HashSet<List<FolderName>>();
    var near = deeds.get(Side.NEAR);
    var far = deeds.get(Side.FAR);
    if (near == null && far == null) {
      ends.add(List.of(agreed.orElseThrow()));
    } else if (near == null || far == null) {
      ofOne(ends, near == null ? Side.FAR : Side.NEAR);
    } else {
      ofBoth(ends, near, far);
    }
    if (excuses.contains(Excuse.FORGOTTEN) && !deeds.isEmpty()) {
      ends.addAll(Ends.subsets(List.copyOf(places()), isRemoved()));
    }
    if (excuses.contains(Excuse.FORGOTTEN) && (isConfused() || isMovedByBoth())) {
      // In both places for a while, one copy was put to the other by its user.
      places().forEach(place -> Ends.addCopy(ends, place));
    }
    for (var copies = 1; copies <= untellable; copies++) {
      places().forEach(place -> Ends.addCopy(ends, place));
    }
    return ends;
  }

  /** Only one side's users did something: so it shall be. */
  private void ofOne(Set<List<FolderName>> ends, Side side) {
    var deed = java.util.Objects.requireNonNull(deeds.get(side));
    ends.add(deed.to().stream().toList());
    if (deed.to().isEmpty() && !knownToBeOfBoth(side)) {
      ends.add(List.of(deed.from()));
    }
    if (excuses.contains(Excuse.HALF_SEEN)) {
      addBeen(ends);
      if (deed.to().isPresent() && halfSeen > 1) {
        // The next run could not look into the folder that the message was moved to.
        been.forEach(place -> Ends.addCopy(ends, place));
      }
    }
    if (deed.to().isPresent() && mayBeDoubled()) {
      // A run moved it after its user, is not known to have, and finds nothing to know it again by.
      places().stream()
          .filter(place -> !deed.to().equals(Optional.of(place)))
          .forEach(place -> Ends.addCopy(ends, place));
    }
  }

  private boolean mayBeDoubled() {
    var unknown = !recognisable || excuses.contains(Excuse.UNTOLD);
    return unknown && excuses.contains(Excuse.HALF_SEEN);
  }

  /**
   * Whether a removal by this side's users can be told from a copy that never got there. Not where
   * a run may have been stopped between making that copy and learning of it.
   */
  private boolean knownToBeOfBoth(Side side) {
    return agreed.isPresent()
        ? movers.isEmpty()
        : born.equals(Optional.of(side)) && movers.isEmpty() && recognisable;
  }

  /**
   * Both sides' users did something. Both removed it: gone. One moved it and the other removed it
   * elsewhere: what somebody kept is kept; not where it was removed from there, or had been moved
   * by both, which may have ended where it was removed. Both moved it: it is in one of these
   * places; in both where nothing tells that what is new there is the same message: it has no
   * Message-ID, or it was new altogether.
   */
  private void ofBoth(Set<List<FolderName>> ends, Deed near, Deed far) {
    if (excuses.contains(Excuse.HALF_SEEN)) {
      addBeen(ends);
    }
    if (near.to().isEmpty() && far.to().isEmpty()) {
      ends.add(List.of());
      if (agreed.isEmpty() || !movers.isEmpty()) {
        ends.add(List.of(near.from()));
        ends.add(List.of(far.from()));
      }
    } else if (near.to().isPresent() && far.to().isPresent()) {
      var there = near.to().get();
      var across = far.to().get();
      ends.add(List.of(there));
      ends.add(List.of(across));
      // Moved while a run was at work, it may have been sent there before it was seen there.
      var apart = !there.equals(across) || excuses.contains(Excuse.RACED);
      if (apart && mayBeInBoth()) {
        ends.add(Stream.of(there, across).sorted().toList());
      }
      if (mayBeDoubled()) {
        places().forEach(place -> Ends.addCopy(ends, place));
      }
    } else {
      var kept = near.to().isPresent() ? near : far;
      var keeper = near.to().isPresent() ? Side.NEAR : Side.FAR;
      ends.add(kept.to().stream().toList());
      if (takenFrom(keeper.other()).contains(kept.to().orElseThrow())
          || kept.byRename()
          || isConfused()
          || !movers.contains(keeper)
          || isMovedByBoth()) {
        ends.add(List.of());
      }
    }
  }

  /**
   * Where its user had put it before: a run told that, is not known to have, and it looks like the
   * other user's wish now.
   */
  private void addBeen(Set<List<FolderName>> ends) {
    been.stream()
        .filter(place -> !agreed.equals(Optional.of(place)))
        .forEach(place -> ends.add(List.of(place)));
  }

  private boolean isConfused() {
    return !Collections.disjoint(
        excuses, EnumSet.of(Excuse.RACED, Excuse.HALF_SEEN, Excuse.HIDDEN));
  }

  /**
   * Whether a flag may be set, or not set, in the end. Each flag merges by itself: as the only
   * side's users who changed it left it; as either left it, where both changed it otherwise.
   */
  boolean mayBe(String flag, boolean set) {
    var near = flagged.by(Side.NEAR, flag);
    var far = flagged.by(Side.FAR, flag);
    var before = agreedFlags.contains(flag);
    if ((agreed.isEmpty() || excuses.contains(Excuse.FORGOTTEN))
        && (isFalse(near) || isFalse(far))) {
      return true; // cleared here, while a copy that has it was not known for one
    }
    if (excuses.contains(Excuse.HALF_TOLD) && flagged.wavered(flag)) {
      return true;
    }
    if ((excuses.contains(Excuse.FORGOTTEN) || excuses.contains(Excuse.UNFLAGGED)) && !set) {
      return true; // it came back as a copy, whose flags the server lost
    }
    if (isNewOnOneSide() && (near != null || far != null || FlagActs.isForeign(flag))) {
      return true;
    }
    if (movers.contains(Side.NEAR) && isFalse(near) && !flag.startsWith("\\")) {
      return true; // a Maildir's move may lose keywords by itself, so none is taken for cleared
    }
    if (near == null && far == null) {
      return set == before;
    }
    return (near != null && near == set) || (far != null && far == set);
  }

  private static boolean isFalse(@org.jspecify.annotations.Nullable Boolean value) {
    return value != null && !value;
  }

  /**
   * Whether the message that is there in the end may be a new one for one side, which knows nothing
   * of what was done there to the one that was removed.
   */
  private boolean isNewOnOneSide() {
    if (agreed.isEmpty()) {
      return deeds.size() > 1
          || isRemoved()
          || !excuses.isEmpty()
          || (!recognisable && !movers.isEmpty());
    }
    return !deeds.isEmpty()
        && (!recognisable || isRemoved() || deeds.size() > 1 || !excuses.isEmpty() || cameBack);
  }

  Flags agreedFlags() {
    return agreedFlags;
  }

  Set<String> flagsChanged() {
    return flagged.names();
  }

  @Override
  public String toString() {
    return "agreed %s %s, since then %s %s %s"
        .formatted(
            agreed.map(FolderName::text).orElse("nowhere"), agreedFlags, deeds, flagged, excuses);
  }
}

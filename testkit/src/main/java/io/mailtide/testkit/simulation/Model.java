package io.mailtide.testkit.simulation;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.MemoryStore.Mail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The plain reference: the users' acts, and what may come of them. Knows nothing of the engine.
 * Messages of one content cannot be told apart, and are judged together.
 */
final class Model {
  private final MemoryStore near;
  private final MemoryStore far;
  private final boolean sizesAreRight;
  private final boolean keysAreTold;
  private final boolean flagsAreKept;
  private final Map<String, List<Story>> stories = new TreeMap<>();
  private final Renames renames = new Renames();
  private final Set<String> removedOrMovedFar = new HashSet<>();
  private final Set<FolderName> numberedAnew = new HashSet<>();
  private final Set<FolderName> numberedMeanwhile = new HashSet<>();
  private final Set<FolderName> hidden = new HashSet<>();
  private final Set<String> skipped = new HashSet<>();
  private Predicate<String> unreadable = _ -> false;
  private boolean stateLost;
  private boolean running;

  Model(MemoryStore near, MemoryStore far, Life.Server server) {
    sizesAreRight = server.sizeError() == 0;
    keysAreTold = server.tellsKeys();
    flagsAreKept = server.keepsFlags();
    this.near = near;
    this.far = far;
  }

  private MemoryStore at(Side side) {
    return side == Side.NEAR ? near : far;
  }

  void running(boolean now) {
    running = now;
    if (now) {
      numberedMeanwhile.clear();
      stories.values().forEach(of -> of.forEach(story -> story.touched = false));
    }
  }

  void arrived(Side side, FolderName folder, String content, Flags flags) {
    var recognisable = sizesAreRight && hasIdentity(content);
    var story = Story.arrived(content, recognisable, side, folder, flags);
    stories.computeIfAbsent(content, _ -> new ArrayList<>()).add(story);
    acted(story);
  }

  /**
   * Whether the model can follow what a user does to this message: not while more copies are about
   * than there are messages, for a move is on its way.
   */
  boolean canFollow(Side side, FolderName folder, String content) {
    var of = stories.getOrDefault(content, List.of());
    var kept =
        of.size() == 1 ? 1 : of.stream().filter(story -> !story.isRemoved()).count();
    return places(side, content).size() == kept && story(side, folder, content).isPresent();
  }

  private Optional<Story> story(Side side, FolderName folder, String content) {
    return stories.getOrDefault(content, List.of()).stream()
        .filter(story -> renames.of(story.ends()).stream().anyMatch(end -> end.contains(folder))
            || story.mentions(folder))
        .min(Comparator.comparingInt(story -> story.fit(side, folder)));
  }

  private Story known(Side side, FolderName folder, String content) {
    return story(side, folder, content)
        .orElseThrow(() -> new Violation("from nowhere", content + " in " + folder));
  }

  void moved(Side side, FolderName from, FolderName to, String content, boolean byRename) {
    var story = known(side, from, content);
    story.move(side, from, to, byRename);
    acted(story);
    hide();
    if (side == Side.FAR) {
      removedOrMovedFar.add(content);
      if (skipped.contains(content)) {
        story.excuse(Excuse.HIDDEN);
      }
    }
  }

  void removed(Side side, FolderName from, String content) {
    var story = known(side, from, content);
    story.remove(side, from);
    acted(story);
    if (side == Side.FAR) {
      removedOrMovedFar.add(content);
    }
  }

  void flagged(Side side, FolderName folder, String content, Flags before, Flags after) {
    var story = known(side, folder, content);
    story.flag(side, before, after);
    acted(story);
  }

  void renamed(FolderName from, FolderName to) {
    renames.add(from, to);
  }

  /** The server's listings leave a folder out from now on. */
  void hidden(FolderName folder) {
    hidden.add(folder);
    hide();
  }

  /** The server's scans leave out a message from now on, and what becomes of it. */
  void skipped(String content) {
    skipped.add(content);
  }

  /** The server's listings and scans tell everything again. */
  void toldAll() {
    hidden.clear();
    skipped.clear();
  }

  private void hide() {
    stories.values().stream()
        .flatMap(List::stream)
        .filter(story -> hidden.stream().anyMatch(story::isPutFar))
        .forEach(story -> story.excuse(Excuse.HIDDEN));
  }

  private void acted(Story story) {
    if (running) {
      story.excuse(Excuse.RACED);
    }
    if (stateLost || numberedAnew.stream().anyMatch(story::mentions)) {
      story.excuse(Excuse.FORGOTTEN);
    }
  }

  /** A run did not come to its end, or not look into every folder. */
  void halfSeen() {
    for (var story : stories.values().stream().flatMap(List::stream).toList()) {
      story.halfSeen();
      if (story.isHalfSeen() && !keysAreTold) {
        story.excuse(Excuse.UNTOLD);
      }
      if (story.isHalfSeen() && !flagsAreKept) {
        story.excuse(Excuse.UNFLAGGED);
      }
    }
  }

  /**
   * A run begins that cannot look at all copies of the server's.
   *
   * @param headersOnly whether it looks at headers only
   * @param refused what the server does not hand over at all
   */
  void blind(boolean headersOnly, Set<String> refused) {
    unreadable = content -> (!sizesAreRight && refused.contains(content))
        || (headersOnly && !hasIdentity(content) && !(sizesAreRight && keysAreTold));
    excuseUnreadable(this::mayBeUntied);
  }

  /** The run at work loses its connection, or something is refused: what it did is in doubt. */
  void interrupted() {
    excuseUnreadable(story -> !story.isSettled() || mayBeUntied(story));
  }

  /** Whether a run may not know which copy there is that of one here. */
  private boolean mayBeUntied(Story story) {
    return stateLost
        || story.cutShort
        || story.isMovedByBoth()
        || (!keysAreTold && !story.movers.isEmpty())
        || numberedAnew.stream().anyMatch(story::mentions);
  }

  private void excuseUnreadable(Predicate<Story> which) {
    stories.forEach((content, of) -> {
      if (unreadable.test(content)) {
        of.stream().filter(which).forEach(story -> story.excuse(Excuse.UNTELLABLE));
      }
    });
  }

  /** A run at work may be about to ask for a message that the server does not hand over. */
  void untellable(String content) {
    if (running) {
      stories.getOrDefault(content, List.of()).forEach(story -> story.excuse(Excuse.UNTELLABLE));
    }
  }

  private static boolean hasIdentity(String content) {
    return content.startsWith("Message-ID");
  }

  /** Whether a scan of the server may lie about this message without being believed. */
  boolean isSurelyKnown(String content) {
    var of = stories.getOrDefault(content, List.of());
    return !stateLost && numberedAnew.isEmpty() && of.stream().allMatch(Story::isSettled);
  }

  void stateLost() {
    stateLost = true;
    forget(_ -> true);
  }

  /** The power failed: what had just come here never did, unless the server has heard of it. */
  void undone(String content) {
    var of = stories.getOrDefault(content, List.of());
    if (places(Side.FAR, content).size() < of.size()) {
      of.stream()
          .filter(story -> story.isPutBy(Side.NEAR) && !story.isRemoved())
          .findFirst()
          .ifPresent(of::remove);
      stories.values().removeIf(List::isEmpty);
    }
  }

  /** The server's keys in a folder mean nothing any more. */
  void numberedAnew(FolderName folder) {
    numberedAnew.add(folder);
    numberedMeanwhile.add(folder);
    forget(story -> renames.of(Set.of(List.copyOf(story.places()))).stream()
        .anyMatch(places -> places.contains(folder)));
  }

  private void forget(Predicate<Story> which) {
    stories.values().stream()
        .flatMap(List::stream)
        .filter(story -> which.test(story) && !story.isSettled())
        .forEach(story -> story.excuse(Excuse.FORGOTTEN));
  }

  private List<FolderName> places(Side side, String content) {
    return at(side).folderNames().stream()
        .flatMap(name -> at(side).mail(name).stream()
            .filter(mail -> mail.bytes().equals(content))
            .map(_ -> name))
        .sorted()
        .toList();
  }

  /** What must hold after each run, however it ended. */
  void checkSafe() {
    for (var entry : stories.entrySet()) {
      var content = entry.getKey();
      var there = places(Side.NEAR, content);
      var across = places(Side.FAR, content);
      if (there.size() + across.size() < copies(entry.getValue()).least()) {
        throw new Violation(
            "lost", describe(content) + " is near in " + there + " and far in " + across);
      }
      for (var story : entry.getValue()) {
        var place = story.place();
        if (entry.getValue().size() == 1
            && story.isSettled()
            && !(renamedPlaces(place.orElseThrow(), there) && renamedPlaces(place.get(), across))) {
          throw new Violation(
              "taken away", describe(content) + " is near in " + there + " and far in " + across);
        }
      }
    }
    for (var name : near.folderNames()) {
      for (var mail : near.removed(name)) {
        if (!removedOrMovedFar.contains(mail.bytes())) {
          throw new Violation("removed near, though no user did so far", describe(mail.bytes()));
        }
      }
    }
  }

  private boolean renamedPlaces(FolderName place, List<FolderName> found) {
    return renames.of(Set.of(List.of(place))).stream().anyMatch(end -> found.containsAll(end));
  }

  /**
   * After a run that came to its end: what is in step now as it should be is the new beginning. A
   * removal from here on is one of a message that both sides are known to have.
   */
  void settle() {
    for (var content : List.copyOf(stories.keySet())) {
      var of = stories.getOrDefault(content, List.of());
      var place = places(Side.NEAR, content);
      if (of.stream().noneMatch(story -> story.touched)
          && place.equals(places(Side.FAR, content))
          && flags(Side.NEAR, content).equals(flags(Side.FAR, content))
          && copies(of).mayEndIn(place)
          && (of.size() > 1 || flagsFault(of.getFirst()).isEmpty())) {
        begin(content, place);
      }
    }
    if (stories.values().stream().flatMap(List::stream).allMatch(Story::isSettled)) {
      renames.clear();
      stateLost = false;
      numberedAnew.retainAll(numberedMeanwhile);
    }
  }

  private void begin(String content, List<FolderName> places) {
    var recognisable = stories.getOrDefault(content, List.of()).getFirst().recognisable;
    var anew = new ArrayList<Story>();
    for (var place : new TreeSet<>(places)) {
      var nearFlags = mail(Side.NEAR, place, content).map(Mail::flags).toList();
      var farFlags = mail(Side.FAR, place, content).map(Mail::flags).toList();
      for (var i = 0; i < nearFlags.size(); i++) {
        var flags = nearFlags.get(i).plus(farFlags.get(i));
        anew.add(Story.agreed(content, recognisable, place, flags));
      }
    }
    if (anew.isEmpty()) {
      stories.remove(content);
    } else {
      stories.put(content, anew);
    }
  }

  private Copies copies(List<Story> of) {
    return new Copies(of, renames);
  }

  /** The flags of all messages of a content, as far as both sides can hold them. */
  private List<Flags> flags(Side side, String content) {
    return at(side).folderNames().stream()
        .flatMap(name -> mail(side, name, content))
        .map(mail -> FlagActs.shared(mail.flags()))
        .sorted(Comparator.comparing(Flags::toString))
        .toList();
  }

  private Stream<Mail> mail(Side side, FolderName folder, String content) {
    return at(side).mail(folder).stream().filter(mail -> mail.bytes().equals(content));
  }

  /** What must hold once all is calm: every message ended as one of its stories may end. */
  void checkEnds() {
    for (var entry : stories.entrySet()) {
      var content = entry.getKey();
      var place = places(Side.NEAR, content);
      if (!copies(entry.getValue()).mayEndIn(place)) {
        throw new Violation("ended wrongly", describe(content) + " is in " + place);
      }
      if (entry.getValue().size() == 1 && place.size() == 1) {
        flagsFault(entry.getValue().getFirst()).ifPresent(fault -> {
          throw new Violation("flags", describe(content) + ": " + fault);
        });
      }
    }
    for (var name : near.folderNames()) {
      for (var mail : near.mail(name)) {
        if (!stories.containsKey(mail.bytes())) {
          throw new Violation("came back", describe(mail.bytes()) + " in " + name);
        }
      }
    }
  }

  /** What is wrong with the flags of a message that is the only one of its content. */
  private Optional<String> flagsFault(Story story) {
    for (var side : Side.values()) {
      var place = places(side, story.content);
      if (place.size() != 1) {
        return Optional.empty();
      }
      var mail = mail(side, place.getFirst(), story.content).findFirst().orElseThrow();
      var flags = new TreeSet<>(story.flagsChanged());
      flags.addAll(mail.flags().names());
      flags.addAll(story.agreedFlags().names());
      for (var flag : flags) {
        var set = mail.flags().contains(flag);
        var holds = !flag.startsWith(side.other().name().toLowerCase(java.util.Locale.ROOT) + "-");
        if (holds ? !story.mayBe(flag, set) : set) {
          return Optional.of("%s has %s, and %s is wrong".formatted(side, mail.flags(), flag));
        }
      }
    }
    return Optional.empty();
  }

  private String describe(String content) {
    return World.name(content) + " " + stories.getOrDefault(content, List.of());
  }
}

package io.mailtide.testkit.simulation;

import static java.util.stream.Collectors.toSet;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The messages of one content: where their copies may be.
 *
 * <p>They cannot be told apart: which of them a user's act is about, and which two copies are taken
 * for one message, is nobody's to say. So what must be right is their number and that they are
 * where users put them. What the users of a side put somewhere may be taken for the same as what
 * those of the other put there; what one side removed may be what the other put elsewhere, and is
 * kept.
 *
 * @param of one at least
 */
record Copies(List<Story> of, Renames renames) {
  /** How many must be there at any time, on whatever side. */
  long least() {
    return of.size() > 1 ? leastTogether() : of.getFirst().isRemoved() ? 0 : 1;
  }

  private long leastTogether() {
    return of.size()
        - removedBy(Side.NEAR)
        - removedBy(Side.FAR)
        - Math.min(putBy(Side.NEAR), putBy(Side.FAR));
  }

  private long putBy(Side side) {
    return of.stream().filter(story -> story.isPutBy(side)).count();
  }

  private long removedBy(Side side) {
    return of.stream().filter(story -> story.isRemovedBy(side)).count();
  }

  /** Whether it is right that in the end they are in these places, on both sides alike. */
  boolean mayEndIn(List<FolderName> places) {
    return isSharedOut(of.stream().map(story -> renames.of(story.ends())).toList(), places)
        || (of.size() > 1 && isRightTogether(places));
  }

  /** Whether these places can be shared out among messages of these ends. */
  private static boolean isSharedOut(List<Set<List<FolderName>>> left, List<FolderName> places) {
    if (left.isEmpty()) {
      return places.isEmpty();
    }
    var others = left.subList(1, left.size());
    return left.getFirst().stream().anyMatch(end -> {
      var free = new ArrayList<>(places);
      return end.stream().allMatch(free::remove) && isSharedOut(others, free);
    });
  }

  private boolean isRightTogether(List<FolderName> places) {
    var known = renames.of(
        of.stream().flatMap(story -> story.places().stream()).map(List::of).collect(toSet()));
    // What a run moved and did not record may be taken for a copy of another, which a user removed;
    // also where one came and another was removed, for that looks like a move.
    var confused = of.stream().anyMatch(story -> story.cutShort);
    var mayComeBack = of.stream()
        .filter(story -> confused ? story.isRemoved() : mayComeBack(story))
        .count();
    var more = of.stream()
        .mapToLong(Copies::copiesMax)
        .map(max -> Math.max(0, max - 1))
        .sum();
    if (of.stream().anyMatch(Story::mayBeInBoth)) {
      more += Math.min(putBy(Side.NEAR), putBy(Side.FAR));
    }
    var gone =
        Math.max(removedBy(Side.NEAR) - putBy(Side.FAR), removedBy(Side.FAR) - putBy(Side.NEAR))
            - mayComeBack;
    return places.size() >= leastTogether()
        && places.size() <= of.size() - Math.max(0, gone) + more
        && places.stream().allMatch(place -> known.contains(List.of(place)));
  }

  /** Whether it may be there in the end though a user removed it. */
  private static boolean mayComeBack(Story story) {
    return story.isRemoved() && story.ends().stream().anyMatch(end -> !end.isEmpty());
  }

  /** How many copies of it there may be in the end, in one place or in several. */
  private static int copiesMax(Story story) {
    return story.ends().stream().mapToInt(List::size).max().orElse(0);
  }
}

package io.mailtide.testkit.simulation;

import io.mailtide.engine.FolderName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Lists of places that a message may be in. */
final class Ends {
  private Ends() {}

  /** All that is an end may also be one with one more copy at that place. */
  static void addCopy(Set<List<FolderName>> ends, FolderName place) {
    for (var end : List.copyOf(ends)) {
      if (!end.isEmpty()) {
        ends.add(Stream.concat(end.stream(), Stream.of(place)).sorted().toList());
      }
    }
  }

  /** Some of these places each; also none of them, if that is right. */
  static List<List<FolderName>> subsets(List<FolderName> places, boolean alsoNone) {
    var subsets = new ArrayList<List<FolderName>>();
    for (var bits = alsoNone ? 0 : 1; bits < 1 << places.size(); bits++) {
      var chosen = bits;
      var subset = new ArrayList<FolderName>();
      for (var i = 0; i < places.size(); i++) {
        if ((chosen & 1 << i) != 0) {
          subset.add(places.get(i));
        }
      }
      subsets.add(List.copyOf(subset));
    }
    return subsets;
  }
}

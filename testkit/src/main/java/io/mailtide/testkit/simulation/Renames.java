package io.mailtide.testkit.simulation;

import io.mailtide.engine.FolderName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the users of both sides called folders since both sides were in step. */
final class Renames {
  private final List<Rename> forth = new ArrayList<>();
  private final List<Rename> back = new ArrayList<>();

  private record Rename(FolderName from, FolderName to) {
    FolderName of(FolderName name) {
      return name.isWithin(from) ? name.renamed(from, to) : name;
    }
  }

  void add(FolderName from, FolderName to) {
    forth.add(new Rename(from, to));
    back.add(new Rename(to, from));
  }

  void clear() {
    forth.clear();
    back.clear();
  }

  /**
   * The same places, also under the names that users of any side gave to those folders: to what
   * they are called, or to what they were called when the other side's users renamed that.
   */
  Set<List<FolderName>> of(Set<List<FolderName>> ends) {
    if (forth.isEmpty()) {
      return ends;
    }
    var later = closure(ends, forth);
    var earlier = closure(ends, back);
    var all = closure(earlier, forth);
    earlier.removeAll(later);
    all.removeAll(earlier); // a name of before is none that it may have now
    return all;
  }

  private static Set<List<FolderName>> closure(Set<List<FolderName>> ends, List<Rename> renames) {
    var all = new HashSet<>(ends);
    for (var todo = new ArrayList<>(ends); !todo.isEmpty(); ) {
      var end = todo.removeLast();
      for (var rename : renames) {
        // Each by itself: one may have come under the old name after the folder lost it.
        for (var place : end) {
          var now = rename.of(place);
          if (!now.equals(place)) {
            var renamed = new ArrayList<>(end);
            renamed.remove(place);
            renamed.add(now);
            renamed.sort(null);
            if (all.add(renamed)) {
              todo.add(renamed);
            }
          }
        }
      }
    }
    return all;
  }
}

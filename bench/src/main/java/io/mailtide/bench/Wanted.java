package io.mailtide.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param cases to be run over each of the lines
 * @param growth whether the cost of growing folders is wanted, too
 * @param runs how often each tool is timed, where that is told
 */
record Wanted(List<Case> cases, List<Line> lines, boolean growth, OptionalInt runs, long seed) {
  private static final String GROWTH = "growth";

  /**
   * Reads words.
   *
   * @throws IllegalArgumentException when there is a wrong word or number
   * @throws NoSuchElementException when a number is missing at the end
   */
  static Wanted of(List<String> words) {
    var cases = new ArrayList<Case>();
    var lines = new ArrayList<Line>();
    var growth = false;
    var runs = OptionalInt.empty();
    var seed = 1L;
    for (var each = words.iterator(); each.hasNext(); ) {
      var word = each.next();
      switch (word) {
        case "--runs" -> runs = OptionalInt.of(positive(each.next()));
        case "--seed" -> seed = Long.parseLong(each.next());
        case GROWTH -> growth = true;
        default -> {
          var line = Line.SLOW.stream().filter(one -> one.label().equals(word)).findFirst();
          line.ifPresentOrElse(lines::add, () -> cases.add(named(word)));
        }
      }
    }
    var all = cases.isEmpty() && !growth;
    return new Wanted(
        all ? Case.TELLING : List.copyOf(cases),
        lines.isEmpty() ? List.of(Line.LOOPBACK) : List.copyOf(lines),
        growth || (all && lines.isEmpty()),
        runs,
        seed);
  }

  static String usage() {
    return """
        usage: ./build bench [CASE]... [LINE]... [--runs N] [--seed N]
        cases: %s, %s, smoke (all but the last, if none is named)
        lines: %s (loopback, if none is named)""".formatted(
            Case.TELLING.stream().map(Case::label).collect(Collectors.joining(", ")),
            GROWTH,
            Line.SLOW.stream().map(Line::label).collect(Collectors.joining(", ")));
  }

  private static Case named(String word) {
    return Stream.concat(Case.TELLING.stream(), Stream.of(Case.SMOKE))
        .filter(one -> one.label().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no case or line is called " + word));
  }

  private static int positive(String word) {
    var number = Integer.parseInt(word);
    if (number < 1) {
      throw new IllegalArgumentException("not a number of runs: " + word);
    }
    return number;
  }
}

package io.mailtide.bench;

import io.mailtide.bench.micro.MicroBenchmarks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param cases to be run over each of the lines
 * @param specials what else is wanted, once and over loopback
 * @param runs how often each tool is timed, where that is told
 */
record Wanted(
    List<Case> cases, List<Line> lines, Set<Special> specials, OptionalInt runs, long seed) {
  /** What is run in a way of its own. */
  enum Special {
    /** {@link Growth}. */
    GROWTH,
    /** {@link MicroBenchmarks}. */
    MICRO;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads words.
   *
   * @throws IllegalArgumentException when there is a wrong word or number
   * @throws NoSuchElementException when a number is missing at the end
   */
  static Wanted of(List<String> words) {
    var cases = new ArrayList<Case>();
    var lines = new ArrayList<Line>();
    var specials = EnumSet.noneOf(Special.class);
    var runs = OptionalInt.empty();
    var seed = 1L;
    for (var each = words.iterator(); each.hasNext(); ) {
      var word = each.next();
      switch (word) {
        case "--runs" -> runs = OptionalInt.of(positive(each.next()));
        case "--seed" -> seed = Long.parseLong(each.next());
        default -> {
          var line = Line.SLOW.stream().filter(one -> one.label().equals(word)).findFirst();
          var special = Arrays.stream(Special.values())
              .filter(one -> one.label().equals(word))
              .findFirst();
          line.ifPresent(lines::add);
          special.ifPresent(specials::add);
          if (line.isEmpty() && special.isEmpty()) {
            cases.add(named(word));
          }
        }
      }
    }
    var all = cases.isEmpty() && specials.isEmpty();
    if (all && lines.isEmpty()) {
      specials.addAll(EnumSet.allOf(Special.class));
    }
    return new Wanted(
        all ? Case.TELLING : List.copyOf(cases),
        lines.isEmpty() ? List.of(Line.LOOPBACK) : List.copyOf(lines),
        Collections.unmodifiableSet(specials),
        runs,
        seed);
  }

  static String usage() {
    return """
        usage: ./build bench [CASE]... [LINE]... [--runs N] [--seed N]
        cases: %s, %s, smoke (all but the last, if none is named)
        lines: %s (loopback, if none is named)""".formatted(
            Case.TELLING.stream().map(Case::label).collect(Collectors.joining(", ")),
            Arrays.stream(Special.values()).map(Special::label).collect(Collectors.joining(", ")),
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

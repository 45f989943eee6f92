package io.mailtide.client;

import io.mailtide.client.ProfileException.Problem;
import io.mailtide.engine.Synchronizer.Selection;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A table of a TOML file, read key by key. What is wrong with a value becomes a problem of the
 * file, and the value counts as not given, so that all problems of a file are found in one reading.
 * No message shows a value that may be a secret.
 */
final class TomlSection {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhdw])");

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,30})([KMG]?)");

  private static final int LIST_MAX = 1000;

  private final Source source;
  private final String heading;
  private final TomlPosition at;
  private final TomlTable table;

  private TomlSection(Source source, String heading, TomlPosition at, TomlTable table) {
    this.source = source;
    this.heading = heading;
    this.at = at;
    this.table = table;
  }

  /** The whole file as a table. */
  static TomlSection root(Source source, TomlTable table) {
    return new TomlSection(source, "", TomlPosition.positionAt(1, 1), table);
  }

  /**
   * What a table was read from.
   *
   * @param file absolute
   * @param home for paths that begin with {@code ~}
   * @param problems found so far; a set, for a value may be read twice
   */
  record Source(Path file, Path home, Set<Problem> problems) {}

  /** Reports a key that is none of these. */
  void allow(Collection<String> known) {
    for (var key : table.keySet()) {
      if (!known.contains(key)) {
        problem(key, "unknown key " + unknown(key, known, where()));
      }
    }
  }

  /** Reports a key that is missing. */
  void require(String key, String meaning) {
    if (!has(key)) {
      problem(this + " needs `" + key + "`: " + meaning);
    }
  }

  boolean has(String key) {
    return table.contains(List.of(key));
  }

  Set<String> keys() {
    return table.keySet();
  }

  /** A table within this one. */
  Optional<TomlSection> section(String key) {
    return value(key, TomlTable.class, "a table")
        .map(inner -> new TomlSection(
            source, (heading.isEmpty() ? "" : heading + ".") + shown(key), position(key), inner));
  }

  /** Text that is not empty and has no control characters. */
  Optional<String> text(String key) {
    return value(key, String.class, "text in quotes").filter(text -> decent(key, text));
  }

  /** Any text, which may be a secret. */
  Optional<String> secret(String key) {
    return value(key, String.class, "text in quotes").filter(text -> {
      if (text.isEmpty()) {
        problem(key, quoted(key) + " must not be empty");
      }
      return !text.isEmpty();
    });
  }

  /** A whole number from {@code min} to {@code max}, both included. */
  OptionalLong number(String key, long min, long max) {
    var number = value(key, Long.class, "a whole number");
    if (number.isEmpty()) {
      return OptionalLong.empty();
    }
    long given = number.get();
    if (given < min || given > max) {
      problem(key, quoted(key) + " must be from " + min + " to " + max + ", not " + given);
      return OptionalLong.empty();
    }
    return OptionalLong.of(given);
  }

  Optional<Boolean> flag(String key) {
    return value(key, Boolean.class, "true or false");
  }

  /** One of these words. */
  Optional<String> choice(String key, List<String> choices) {
    var text = value(key, String.class, "text in quotes");
    if (text.isPresent() && !choices.contains(text.get())) {
      problem(key, quoted(key) + " cannot be " + unknown(text.get(), choices));
      return Optional.empty();
    }
    return text;
  }

  /** A whole number and a unit, at least one second. */
  Optional<Duration> duration(String key) {
    return value(key, String.class, "a duration in quotes, such as \"30d\"").flatMap(text -> {
      var match = DURATION.matcher(text);
      var duration = match.matches()
          ? Duration.ofSeconds(Long.parseLong(match.group(1)) * seconds(match.group(2)))
          : Duration.ZERO;
      if (!duration.isPositive()) {
        problem(
            key,
            quoted(key)
                + " must be a number above zero, of nine digits at most, and one of s, m, h, d, w,"
                + " such as \"30d\" or \"10m\", not \""
                + shown(text)
                + "\"");
        return Optional.empty();
      }
      return Optional.of(duration);
    });
  }

  /** A whole number of bytes, or of K, M or G of 1024 each time, above zero. */
  private OptionalLong size(String key) {
    var text = value(key, String.class, "a size in quotes, such as \"25M\"");
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    var match = SIZE.matcher(text.get());
    var size = match.matches()
        ? new BigInteger(match.group(1)).shiftLeft(shift(match.group(2)))
        : BigInteger.ZERO;
    if (size.signum() == 0 || size.bitLength() >= Long.SIZE) {
      problem(
          key,
          quoted(key)
              + (size.signum() == 0
                  ? " must be a number above zero, of bytes or with K, M or G, such as \"25M\", not \""
                  : " must be at most " + Long.MAX_VALUE + " bytes, not \"")
              + shown(text.get())
              + "\"");
      return OptionalLong.empty();
    }
    return OptionalLong.of(size.longValueExact());
  }

  /** Which messages are carried across: the keys {@code max-size} and so on. */
  Selection selection() {
    return new Selection(
        size("max-size"), duration("max-age"), flag("headers-only").orElse(false));
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "" -> 0;
      case "K" -> 10;
      case "M" -> 20;
      case "G" -> 30;
      default -> throw new IllegalArgumentException(unit);
    };
  }

  private static long seconds(String unit) {
    return switch (unit) {
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3600;
      case "d" -> 86_400;
      case "w" -> 604_800;
      default -> throw new IllegalArgumentException(unit);
    };
  }

  /**
   * A path; {@code ~} is the home directory, a relative one starts at the configuration file's
   * folder.
   */
  Optional<Path> path(String key) {
    return text(key).flatMap(text -> {
      // The shell's other short forms would become directories of that name.
      if (text.startsWith("$") || text.matches("~[^/].*")) {
        problem(key, quoted(key) + " is not read by a shell; of its short forms only ~/ is known");
        return Optional.empty();
      }
      try {
        return Optional.of(resolve(text));
      } catch (InvalidPathException e) {
        problem(key, quoted(key) + " is no path that this system can have");
        return Optional.empty();
      }
    });
  }

  private Path resolve(String text) {
    var path = text.startsWith("~")
        ? source.home().resolve(text.substring(1).replaceFirst("^/+", ""))
        : source.file().resolveSibling(text);
    return path.normalize();
  }

  /**
   * A list of texts, each not empty and without control characters.
   *
   * @param complaint what is wrong with a text of this list, if anything
   */
  Optional<List<String>> texts(String key, Function<String, Optional<String>> complaint) {
    return value(key, TomlArray.class, "a list of texts").map(array -> {
      if (array.isEmpty() || array.size() > LIST_MAX) {
        problem(key, quoted(key) + " must have from 1 to " + LIST_MAX + " texts");
      }
      var texts = new ArrayList<String>();
      for (int i = 0; i < array.size(); i++) {
        var at = array.inputPositionOf(i);
        if (!(array.get(i) instanceof String text)) {
          report(at, quoted(key) + " must hold nothing but texts in quotes");
        } else if (decent(key, text)) {
          complaint.apply(text).ifPresent(wrong -> report(at, wrong));
          texts.add(text);
        }
      }
      return texts;
    });
  }

  /** Reports something wrong at a key, or at the head of this table where the key is not given. */
  void problem(String key, String text) {
    report(position(key), text);
  }

  /** Reports something wrong at the head of this table. */
  void problem(String text) {
    report(at, text);
  }

  /** The key as messages show it: {@code `port` in [stores.work]}. */
  String quoted(String key) {
    return "`" + key + "`" + where();
  }

  /** Where a key stands. */
  TomlPosition position(String key) {
    var position = table.inputPositionOf(List.of(key));
    return position == null ? at : position;
  }

  /** As messages show it: {@code [stores.work]}. */
  @Override
  public String toString() {
    return heading.isEmpty() ? "the file" : "[" + heading + "]";
  }

  private String where() {
    return heading.isEmpty() ? "" : " in [" + heading + "]";
  }

  private void report(@Nullable TomlPosition position, String text) {
    var there = position == null ? at : position;
    source.problems().add(new Problem(source.file(), there.line(), there.column(), text));
  }

  private boolean decent(String key, String text) {
    if (text.isEmpty()) {
      problem(key, quoted(key) + " must not be empty");
    } else if (text.chars().anyMatch(Character::isISOControl)) {
      problem(key, quoted(key) + " must not have control characters");
    } else {
      return true;
    }
    return false;
  }

  private <T> Optional<T> value(String key, Class<T> type, String wanted) {
    var value = table.get(List.of(key));
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      problem(key, quoted(key) + " must be " + wanted + ", not " + kind(value));
      return Optional.empty();
    }
    return Optional.of(type.cast(value));
  }

  private static String kind(Object value) {
    return switch (value) {
      case String _ -> "text";
      case Long _ -> "a number";
      case Double _ -> "a decimal number";
      case Boolean _ -> "true or false";
      case TomlArray _ -> "a list";
      case TomlTable _ -> "a table";
      default -> "a date or time";
    };
  }

  /** {@code `wrod`; did you mean `word`?}, or all there are when none is near. */
  static String unknown(String word, Collection<String> known) {
    return unknown(word, known, "");
  }

  /** The same, of a word in that table. */
  static String unknown(String word, Collection<String> known, TomlSection there) {
    return unknown(word, known, there.where());
  }

  private static String unknown(String word, Collection<String> known, String where) {
    return "`"
        + shown(word)
        + "`"
        + where
        + nearest(word, known)
            .map(near -> "; did you mean `" + near + "`?")
            .orElseGet(
                () -> "; known: " + known.stream().sorted().collect(Collectors.joining(", ")));
  }

  /** Of a word that may be anything, what fits into a message. */
  private static String shown(String word) {
    var line = word.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  /**
   * The known word nearest to this one, where one is near: some letters wrong, or one the beginning
   * of the other.
   */
  static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= Math.max(1, candidate.length() / 3)
            || (word.length() >= 3 && candidate.startsWith(word))
            || word.startsWith(candidate))
        .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
            .thenComparing(Comparator.naturalOrder()));
  }

  /** Letters to add, drop, replace or swap with the next, upper and lower case being the same. */
  private static int distance(String from, String to) {
    var a = from.toLowerCase(Locale.ROOT);
    var b = to.toLowerCase(Locale.ROOT);
    if (a.length() > 2 * b.length()) {
      return Integer.MAX_VALUE;
    }
    var rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int replaced = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        rows[i][j] = Math.min(replaced, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          rows[i][j] = Math.min(rows[i][j], 1 + rows[i - 2][j - 2]);
        }
      }
    }
    return rows[a.length()][b.length()];
  }
}

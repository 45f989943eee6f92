package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Each row of the list of quirks that is to be played has a test that names it: in its name, or as
 * the first words of the comment on it.
 */
final class QuirkRowsTest {
  private static final String PLAYED =
      "1 2 3 4 5 8 9 10 13 15 16 17 19 25 26 27 30 33 35 36 37 38 42 43"
          + " 44 45 46 47 49 50 52 53 54 57 58 59 60 61 66 69 70 71 72 73 74 77 79 80 82 83";

  /** Surefire runs tests in their module's directory. */
  private static final List<Path> TESTS = List.of(
      Path.of("src/test/java/io/mailtide/replica/imap"),
      Path.of("../wire/src/test/java/io/mailtide/wire/imap"));

  private static final Pattern COMMENT = Pattern.compile("/\\*\\* ((?:\\d+, )*\\d+)[.:;]");
  private static final Pattern METHOD = Pattern.compile("^  void (\\w+)\\(");
  private static final Pattern ROW = Pattern.compile("row(\\d+)");

  @Test
  void eachRow_isNamedByATest() throws IOException {
    var tests = new TreeMap<Integer, Set<String>>();
    for (var directory : TESTS) {
      try (var files = Files.list(directory)) {
        for (var file :
            files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
          read(file, tests);
        }
      }
    }
    var wanted = Arrays.stream(PLAYED.split(" ", -1)).map(Integer::valueOf).toList();
    assertThat(tests.keySet()).as("%s", tests).containsAll(wanted);
  }

  private static void read(Path file, Map<Integer, Set<String>> tests) throws IOException {
    var pending = List.<String>of();
    for (var line : Files.readAllLines(file)) {
      var comment = COMMENT.matcher(line);
      var method = METHOD.matcher(line);
      if (comment.find()) {
        pending = List.of(comment.group(1).split(", ", -1));
      } else if (method.find()) {
        var named = ROW.matcher(method.group(1))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
        named.addAll(pending);
        for (var row : named) {
          tests
              .computeIfAbsent(Integer.valueOf(row), _ -> new TreeSet<>())
              .add(file.getFileName() + " " + method.group(1));
        }
        pending = List.of();
      }
    }
  }
}

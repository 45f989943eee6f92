package io.mailtide.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Counts how often a program has the system force something to disk, by {@code strace(1)}. */
final class Forced {
  private static final String CALLS = "fsync,fdatasync,syncfs,sync,msync,sync_file_range";

  /** A line of its summary: share, seconds, microseconds a call, calls, errors, name. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^ *[\\d.]+ +[\\d.]+ +\\d+ +(\\d+) +(?:\\d+ +)?(\\w+)$");

  private Forced() {}

  /** Whether this can be counted here: the program is there, and may trace others. */
  static boolean countable(Path directory) throws InterruptedException {
    try {
      Execution.of(
          counting(List.of("true"), directory.resolve("forced")),
          directory,
          directory.resolve("strace.log"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The command, with its calls counted into a file. */
  static List<String> counting(List<String> command, Path summary) {
    var words = new ArrayList<>(List.of("strace", "-f", "--seccomp-bpf", "-qq", "-c"));
    words.addAll(List.of("-e", "trace=" + CALLS, "-o", summary.toString()));
    words.addAll(command);
    return words;
  }

  /** What was counted. */
  static OptionalLong in(Path summary) throws IOException {
    return OptionalLong.of(LINE.matcher(Files.readString(summary))
        .results()
        .filter(line -> List.of(CALLS.split(",", -1)).contains(line.group(2)))
        .mapToLong(line -> Long.parseLong(line.group(1)))
        .sum());
  }
}

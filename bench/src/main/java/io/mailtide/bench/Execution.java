package io.mailtide.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a command went.
 *
 * @param seconds from its start to its end
 * @param usage processor time of it and of what it started
 * @param peakBytes the most memory it held (VmHWM), as last seen while it ran; 0 where the system
 *     does not tell
 */
record Execution(double seconds, Usage usage, long peakBytes) {
  private static final long POLL_MILLIS = 5;
  private static final long KIB = 1_024;

  /**
   * Runs a command to its end. No other process of ours may end meanwhile.
   *
   * @param log where its output goes
   * @throws IOException when it does not end well; the message shows its output
   */
  static Execution of(List<String> command, Path home, Path log)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // Nothing of the user's own configuration or state may be read or touched.
    for (var name :
        List.of("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")) {
      builder.environment().put(name, home.toString());
    }
    var before = Usage.ofChildren();
    var start = System.nanoTime();
    var process = builder.start();
    var status = Path.of("/proc", Long.toString(process.pid()), "status");
    var peak = 0L;
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, peakOf(status));
    }
    var seconds = (System.nanoTime() - start) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + process.exitValue() + ":\n"
          + Files.readString(log));
    }
    return new Execution(seconds, Usage.ofChildren().minus(before), peak);
  }

  private static long peakOf(Path status) {
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // it has just ended, or this is not Linux
    }
  }
}

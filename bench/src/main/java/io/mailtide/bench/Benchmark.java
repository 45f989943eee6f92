package io.mailtide.bench;

import io.mailtide.engine.Environment;
import io.mailtide.testkit.Dovecot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs one case: every tool in turn, round after round, each time into a fresh directory, and again
 * with nothing to do.
 *
 * <p>Directories of earlier rounds stay until the end: creating many files just after deleting as
 * many costs several times more than it should. The first round fills the server's caches and is
 * not counted.
 */
final class Benchmark {
  /**
   * mbsync sleeps a second where a folder changed within the last one: a price of the pull before,
   * not of having nothing to do.
   */
  private static final Duration SETTLING = Duration.ofMillis(1_100);

  private final Case wanted;
  private final List<Tool> tools;
  private final Path directory;
  private final PrintStream out;

  Benchmark(Case wanted, List<Tool> tools, Path directory, PrintStream out) {
    this.wanted = wanted;
    this.tools = tools;
    this.directory = directory;
    this.out = out;
  }

  /**
   * Runs and prints.
   *
   * @throws IOException when a tool fails or does not deliver what the server holds
   */
  void run(int rounds, long seed) throws IOException, InterruptedException {
    delete(directory);
    Files.createDirectories(directory);
    try (var dovecot = Dovecot.builder().user(Case.USER, Case.PASSWORD).start()) {
      var served = wanted.fill(dovecot, seed);
      out.printf(
          "%n%s: %s, %.0f MB, seed %d, %d rounds, tools in turn%n",
          wanted.label(), wanted.description(), served.bytes() / 1e6, seed, rounds);
      var results = new ArrayList<Result>();
      for (var round = 0; round <= rounds; round++) {
        for (var tool : round % 2 == 0 ? tools : tools.reversed()) {
          var pair = pull(tool, dovecot, served, round);
          if (round > 0) {
            results.addAll(pair);
          }
        }
      }
      Report.print(out, tools, results);
    } finally {
      delete(directory);
    }
  }

  private List<Result> pull(Tool tool, Dovecot dovecot, Contents served, int round)
      throws IOException, InterruptedException {
    var home = Files.createDirectories(directory.resolve(tool.name() + "-" + round));
    var command = tool.prepare(home, dovecot.port());
    var results = new ArrayList<Result>();
    for (var work : Result.Work.values()) {
      if (work == Result.Work.NOTHING) {
        Environment.system().sleep(SETTLING);
      }
      flushDisk();
      var before = ServerTraffic.in(dovecot.log());
      var log = home.resolve(work + ".log");
      var execution = Execution.of(command, home, log);
      var delivered = Contents.of(Tool.mail(home));
      if (!tool.faithful(served, delivered)) {
        throw new IOException("%s: %s did not end with the server's mail: %s, but the server has %s"
            .formatted(work, tool.name(), delivered, served));
      }
      var traffic = ServerTraffic.in(dovecot.log()).minus(before);
      var roundTrips = Result.roundTrips(Files.readString(log));
      results.add(new Result(tool.name(), work, round, execution, traffic, roundTrips));
    }
    return results;
  }

  /** What an earlier run left to write must not be paid for by the next. */
  private static void flushDisk() throws IOException, InterruptedException {
    new ProcessBuilder("sync").start().waitFor();
  }

  static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (var paths = Files.walk(tree)) {
        for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}

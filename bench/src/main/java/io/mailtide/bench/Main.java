package io.mailtide.bench;

import io.mailtide.bench.micro.MicroBenchmarks;
import io.mailtide.engine.Environment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;

/**
 * The command behind {@code ./build bench}: runs the cases named, or all that tell something, and
 * writes their figures into the documentation.
 */
public final class Main {
  private static final int GROWTH_ROUNDS = 3;
  private static final int MICRO_FORKS = 2;

  /** Over a slow line a run takes minutes, and what little it varies is hidden by the waiting. */
  private static final int SLOW_RUNS = 1;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final Path root = Path.of("").toAbsolutePath();
  private final Path places = root.resolve("bench/target/runs");
  private final Path directory =
      places.resolve(Long.toString(Environment.system().clock().instant().toEpochMilli()));
  private final Page page = new Page(root.resolve("docs"));

  private Main() {}

  /**
   * Runs in the root of the repository.
   *
   * @param arguments names of cases and lines, {@code --runs N}, {@code --seed N}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT); // figures read alike everywhere
    Wanted wanted;
    try {
      wanted = Wanted.of(List.of(arguments));
    } catch (IllegalArgumentException | NoSuchElementException e) {
      System.err.println("bench: " + e.getMessage());
      System.err.println(Wanted.usage());
      System.exit(2);
      return;
    }
    var main = new Main();
    try {
      main.run(wanted);
    } finally {
      Benchmark.delete(main.places); // not before: see Benchmark
    }
  }

  private void run(Wanted wanted) throws IOException, InterruptedException {
    var mailtide = new Tool.Mailtide(List.of(root.resolve("mailtide").toString()));
    var tools = tools(mailtide);
    var machine = Machine.describe(root, tools);
    out.println(machine);
    for (var line : wanted.lines()) {
      for (var each : wanted.cases()) {
        var runs = wanted
            .runs()
            .orElse(line.equals(Line.LOOPBACK) ? each.runs() : Math.min(SLOW_RUNS, each.runs()));
        var now = Machine.now();
        var label = line.equals(Line.LOOPBACK) ? each.label() : each.label() + " " + line.label();
        var place = directory.resolve(label.replace(' ', '-'));
        var report = new Benchmark(each, line, tools, place, out).run(runs, wanted.seed());
        if (!each.equals(Case.SMOKE)) {
          var told = "%s; %s. Seed %d; runs of each tool, in turn: %d. %s; %s.%n%n%s"
              .formatted(
                  each.description(),
                  line.description(),
                  wanted.seed(),
                  runs,
                  now,
                  machine,
                  report.markdown());
          page.write(label, told, Plot.bars(report.figures()));
        }
      }
    }
    for (var special : wanted.specials()) {
      switch (special) {
        case GROWTH -> growth(wanted, mailtide, machine);
        case MICRO -> MicroBenchmarks.run(wanted.runs().orElse(MICRO_FORKS));
      }
    }
  }

  private void growth(Wanted wanted, Tool.Mailtide mailtide, String machine)
      throws IOException, InterruptedException {
    var now = Machine.now();
    var outcome = new Growth(mailtide, directory.resolve("growth"), out)
        .run(wanted.runs().orElse(GROWTH_ROUNDS), wanted.seed());
    page.write(
        Wanted.Special.GROWTH.label(),
        now + "; " + machine + ".\n\n" + outcome.markdown(),
        outcome.plot());
  }

  private List<Tool> tools(Tool.Mailtide mailtide) throws IOException, InterruptedException {
    var tools = new ArrayList<Tool>();
    tools.add(mailtide);
    if (Tool.installed(Tool.Floor.COMPILER)) {
      tools.add(Tool.Floor.compiled(
          root.resolve("bench/src/main/c/floor.c"), root.resolve("bench/target")));
    } else {
      out.println("There is no C compiler (cc): the floor is left out.");
    }
    if (Tool.installed(Tool.Mbsync.PROGRAM)) {
      tools.add(new Tool.Mbsync());
    } else {
      out.println("mbsync is not installed (Debian: isync), and left out.");
    }
    if (Tool.installed(Tool.OfflineImap.PROGRAM)) {
      tools.add(new Tool.OfflineImap());
    } else {
      out.println("offlineimap is not installed (Debian: offlineimap3), and left out.");
    }
    return List.copyOf(tools);
  }
}

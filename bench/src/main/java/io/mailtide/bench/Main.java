package io.mailtide.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;

/**
 * The command behind {@code ./build bench}: runs the cases named, or all that take long enough to
 * tell something.
 */
public final class Main {
  private static final String USAGE =
      "usage: ./build bench [smoke|real6k|big100k|many|growth]... [--runs N] [--seed N]";

  private static final int GROWTH_ROUNDS = 3;

  private Main() {}

  /**
   * Runs in the root of the repository.
   *
   * @param arguments names of cases, {@code --runs N}, {@code --seed N}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var cases = new ArrayList<Case>();
    var runs = OptionalInt.empty();
    var seed = 1L;
    var growth = false;
    try {
      for (var words = List.of(arguments).iterator(); words.hasNext(); ) {
        var word = words.next();
        switch (word) {
          case "--runs" -> runs = OptionalInt.of(Integer.parseInt(words.next()));
          case "--seed" -> seed = Long.parseLong(words.next());
          case "growth" -> growth = true;
          default -> cases.add(Case.named(word));
        }
      }
    } catch (IllegalArgumentException
        | NoSuchElementException e) { // a wrong word or number; none at all
      System.err.println("bench: " + e.getMessage());
      System.err.println(USAGE);
      System.exit(2);
    }
    var root = Path.of("").toAbsolutePath();
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var tools = new ArrayList<Tool>();
    var mailtide = new Tool.Mailtide(List.of(root.resolve("mailtide").toString()));
    tools.add(mailtide);
    if (Tool.Mbsync.installed()) {
      tools.add(new Tool.Mbsync());
    } else {
      out.println("mbsync is not installed (Debian: isync): Mailtide is measured alone.");
    }
    var directory = root.resolve("bench/target/runs");
    Machine.print(out, root, tools);
    if (growth) {
      new Growth(mailtide, directory, out).run(runs.orElse(GROWTH_ROUNDS), seed);
    }
    for (var wanted : cases.isEmpty() && !growth ? List.of(Case.REAL6K, Case.BIG100K) : cases) {
      new Benchmark(wanted, tools, directory, out).run(runs.orElse(wanted.runs()), seed);
    }
  }
}

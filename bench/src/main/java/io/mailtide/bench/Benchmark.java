package io.mailtide.bench;

import io.mailtide.engine.Environment;
import io.mailtide.testkit.Dovecot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Runs one case: every tool in turn, round after round.
 *
 * <p>A pull goes into a fresh directory each time, and is run again with nothing to do. For all
 * else each tool has an account of its own at the server, with the same mail in it, pulls that once
 * and keeps it; before each run the same changes are made to each.
 *
 * <p>Nothing is deleted before all is over: creating many files just after deleting as many costs
 * several times more than it should.
 */
final class Benchmark {
  private static final String SHARED_USER = "ann";

  private final Case wanted;
  private final Line line;
  private final List<Tool> tools;
  private final Path directory;
  private final PrintStream out;

  Benchmark(Case wanted, Line line, List<Tool> tools, Path directory, PrintStream out) {
    this.wanted = wanted;
    this.line = line;
    this.tools = tools.stream()
        .filter(tool -> tool.does(wanted.work()) && tool.does(line))
        .toList();
    this.directory = directory;
    this.out = out;
  }

  /**
   * Runs, in a directory that nothing else is in, and prints.
   *
   * @param rounds how often each tool is timed
   * @throws IOException when a tool fails, or leaves the two sides with different mail
   */
  Report run(int rounds, long seed) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    try (var dovecot = server();
        var _ = keeping(dovecot, directory)) {
      var title = "%s: %s; %s, seed %d, rounds in turn: %d"
          .formatted(wanted.label(), wanted.description(), line.description(), seed, rounds);
      out.printf("%n%s%n", title);
      var forcedCountable = Forced.countable(directory);
      var results = wanted.work() == Work.PULL
          ? pulls(dovecot, rounds, seed, forcedCountable)
          : standing(dovecot, rounds, seed, forcedCountable);
      var report = Report.of(tools, results);
      out.print(report.text());
      return report;
    }
  }

  /** Something that is put away before the server is. */
  @FunctionalInterface
  interface Keeping extends AutoCloseable {
    @Override
    void close();
  }

  /** Has what the server holds lie in the directory when it is closed, instead of being deleted. */
  static Keeping keeping(Dovecot dovecot, Path directory) {
    return () -> {
      try {
        Files.move(dovecot.mail(SHARED_USER).resolveSibling(""), directory.resolve("served"));
      } catch (IOException e) {
        System.err.println("What the server held is deleted now, for it could not be moved: " + e);
      }
    };
  }

  private Dovecot server() {
    var builder = Dovecot.builder().user(SHARED_USER, Case.PASSWORD);
    tools.forEach(tool -> builder.user(tool.name(), Case.PASSWORD));
    if (!line.equals(Line.LOOPBACK)) {
      builder.compression();
    }
    return builder.start();
  }

  /** Over a slow line nothing is warmed up or counted by the way: the line hides the difference. */
  private int firstRound() {
    return line.equals(Line.LOOPBACK) ? Result.WARM_UP : Result.WARM_UP + 1;
  }

  private List<Tool> inTurn(int round) {
    return round % 2 == 0 ? tools : tools.reversed();
  }

  private List<Result> pulls(Dovecot dovecot, int rounds, long seed, boolean countable)
      throws IOException, InterruptedException {
    wanted.filling().into(dovecot, SHARED_USER, seed);
    var served = Contents.of(dovecot.mail(SHARED_USER));
    out.printf("%s%n", served);
    var results = new ArrayList<Result>();
    for (var round = firstRound(); round <= rounds; round++) {
      for (var tool : inTurn(round)) {
        var home = Files.createDirectories(directory.resolve(tool.name() + "-" + round));
        var account = new Account(dovecot, SHARED_USER, home);
        for (var work : List.of(Work.PULL, Work.NOTHING)) {
          if (tool.does(work)) {
            results.add(new Run(tool, work, round, account, countable).against(served));
          }
        }
      }
    }
    return results;
  }

  private List<Result> standing(Dovecot dovecot, int rounds, long seed, boolean countable)
      throws IOException, InterruptedException {
    for (var tool : tools) {
      wanted.filling().into(dovecot, tool.name(), seed);
      var account = account(dovecot, tool);
      var command = tool.prepare(account.home(), dovecot.port(), account.user());
      Execution.of(command, account.home(), account.home().resolve("first.log"));
    }
    var results = new ArrayList<Result>();
    for (var round = firstRound(); round <= rounds; round++) {
      for (var tool : inTurn(round)) {
        var account = account(dovecot, tool);
        wanted.change().in(account, seed + round);
        var wantedMail = wanted.work() == Work.PUSH ? account.local() : account.served();
        results.add(new Run(tool, wanted.work(), round, account, countable).against(wantedMail));
      }
    }
    return results;
  }

  private Account account(Dovecot dovecot, Tool tool) throws IOException {
    return new Account(
        dovecot, tool.name(), Files.createDirectories(directory.resolve(tool.name())));
  }

  /** One timed run of a tool. */
  private final class Run {
    private final Tool tool;
    private final Work work;
    private final int round;
    private final Account account;
    private final boolean counting;

    Run(Tool tool, Work work, int round, Account account, boolean countable) {
      this.tool = tool;
      this.work = work;
      this.round = round;
      this.account = account;
      this.counting = round == Result.WARM_UP && countable;
    }

    /** Runs it; both sides must then hold the mail wanted. */
    Result against(Contents mail) throws IOException, InterruptedException {
      if (work != Work.PULL) {
        Environment.system().sleep(tool.settling());
      }
      flushDisk();
      var before = ServerTraffic.in(account.dovecot().log());
      var roundTrips = OptionalLong.empty();
      var carried = Optional.<ServerTraffic>empty();
      var forced = account.home().resolve(work + ".forced");
      Execution execution;
      if (line.equals(Line.LOOPBACK) && round != Result.WARM_UP) {
        execution = execute(account.dovecot().port(), forced);
      } else {
        var slow = line.equals(Line.LOOPBACK) ? Line.COUNTING : line;
        try (var way = SlowLine.to(account.dovecot().port(), slow)) {
          execution = execute(way.port(), forced);
          roundTrips = OptionalLong.of(way.roundTrips());
          if (!line.equals(Line.LOOPBACK)) {
            carried = Optional.of(way.carried());
          }
        }
      }
      var local = account.local();
      check(mail, local);
      return new Result(
          tool.name(),
          work,
          round,
          execution,
          carried.orElseGet(() -> ServerTraffic.in(account.dovecot().log()).minus(before)),
          roundTrips,
          counting ? Forced.in(forced) : OptionalLong.empty(),
          local.exactlyIn(mail),
          mail.messages());
    }

    private Execution execute(int port, Path forced) throws IOException, InterruptedException {
      var command = tool.prepare(account.home(), port, account.user());
      return Execution.of(
          counting ? Forced.counting(command, forced) : command,
          account.home(),
          account.home().resolve(work + ".log"));
    }

    private void check(Contents wantedMail, Contents local) throws IOException {
      var served = account.served();
      for (var side : List.of(local, served)) {
        if (!tool.faithful(wantedMail, side)) {
          throw new IOException(
              "%s: %s did not end with the same mail on both sides:%n%s here%n%s at the server%n%s wanted"
                  .formatted(work.label(), tool.name(), local, served, wantedMail));
        }
      }
    }
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

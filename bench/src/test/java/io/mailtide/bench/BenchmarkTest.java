package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.testkit.Dovecot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the benchmark in the small, with the real program and a real server. */
class BenchmarkTest {
  private static final Filling FEW = Filling.generated(3, 10, Filling.Size.LETTER);

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @TempDir
  private Path directory;

  @Test
  void smoke_printsFiguresOfEachTool() throws Exception {
    var tools = installed();
    assertThat(Machine.describe(directory, tools)).contains("Dovecot", "mailtide 0");
    var report = benchmark(Case.SMOKE, Line.LOOPBACK, tools).run(1, 7);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("loopback, seed 7, rounds in turn: 1", "50 messages")
        .contains("After every run both sides held the same mail");
    for (var tool : tools) {
      assertThat(report.text()).contains(tool.name() + " pull ");
    }
    assertThat(report.figures())
        .filteredOn(one -> one.tool().equals("mailtide"))
        .extracting(Figures::work)
        .containsExactly(Work.PULL, Work.NOTHING);
    var pull = report.figures().getFirst();
    assertThat(pull.seconds()).hasSize(1);
    assertThat(pull.userSeconds()).isPositive();
    assertThat(pull.back()).isGreaterThan(100_000);
    assertThat(pull.exactShare()).isEqualTo(1);
    assertThat(pull.roundTrips()).matches("[1-9]\\d?");
    // Nothing is deleted before all cases are over, not even what the server held.
    assertThat(directory.resolve("runs/served/ann/INBOX/cur")).isNotEmptyDirectory();
    assertThat(directory.resolve("runs/mailtide-1/mail/INBOX/cur")).isNotEmptyDirectory();
  }

  @Test
  void push_isTimedUntilTheServerHasIt() throws Exception {
    var pushed = new Case("push", "", 1, Work.PUSH, FEW, Change.push(5));
    var report = benchmark(pushed, Line.LOOPBACK, installed()).run(1, 7);
    assertThat(report.figures()).extracting(Figures::work).containsOnly(Work.PUSH);
    // 30, and five more before each of two runs.
    assertThat(report.figures().getFirst().all().getLast().messages()).isEqualTo(40);
  }

  @Test
  void delta_isTimedUntilItIsHere() throws Exception {
    var change = new Case("delta", "", 1, Work.DELTA, FEW, Change.delta(4, 3, 2));
    var report = benchmark(change, Line.LOOPBACK, installed()).run(1, 7);
    assertThat(report.figures()).extracting(Figures::work).containsOnly(Work.DELTA);
    assertThat(report.figures().getFirst().all().getLast().messages()).isEqualTo(34);
  }

  @Test
  void slowLine_isWaitedForAndCounted() throws Exception {
    var line = Line.SLOW.getFirst();
    var report =
        benchmark(Case.SMOKE, line, List.of(program("io.mailtide.cli.Main"))).run(1, 7);
    for (var one : report.figures()) {
      var trips = Long.parseLong(one.roundTrips());
      assertThat(one.all()).as("no warm-up").hasSize(1);
      assertThat(trips).isGreaterThanOrEqualTo(3);
      assertThat(one.seconds()[0]).isGreaterThan(trips * 0.05);
    }
  }

  @Test
  void growth_tellsWhatChangesCost() throws Exception {
    var mailtide = program("io.mailtide.cli.Main");
    var outcome = new Growth(mailtide, List.of(200), directory.resolve("runs"), out).run(1, 7);
    // 50 changes a side, of which the new messages, ten a side, are carried.
    assertThat(outcome.markdown()).containsPattern("\\| 200 \\|.*\\| 20 \\|");
    assertThat(outcome.plot()).contains("nothing to do", "polyline");
  }

  @Test
  void toolThatDeliversNothing_failsTheCase() {
    var idle = List.<Tool>of(new Tool.Mailtide(List.of("true")));
    assertThatThrownBy(() -> benchmark(Case.SMOKE, Line.LOOPBACK, idle).run(1, 7))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end with the same mail");
  }

  @Test
  void toolThatFails_failsTheCaseWithItsOutput() {
    var broken = List.<Tool>of(program("NoSuchProgram"));
    assertThatThrownBy(() -> benchmark(Case.SMOKE, Line.LOOPBACK, broken).run(1, 7))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended with 1")
        .hasMessageContaining("NoSuchProgram");
  }

  @Test
  void floor_deliversFlagsAndStrangeNames() throws Exception {
    var floor = Tool.Floor.compiled(floorSource(), directory.resolve("floor"));
    try (var dovecot = Dovecot.start()) {
      for (var name : List.of("INBOX", "A/Exmh \"users\"", "back\\slash", "受信箱", "empty")) {
        try (var filler = dovecot.fill("ann", name)) {
          for (var i = 0; i < 7 && !name.equals("empty"); i++) {
            filler.add(
                (name + i + "\n\nbody\n").getBytes(StandardCharsets.UTF_8),
                List.of("\\Seen", "\\Flagged").subList(0, i % 3),
                java.time.Instant.ofEpochSecond(1_500_000_000));
          }
        }
      }
      var account = new Account(dovecot, "ann", directory);
      var command = floor.prepare(directory, dovecot.port(), "ann");
      Execution.of(command, directory, directory.resolve("log"));
      assertThat(account.local()).isEqualTo(account.served());
      assertThat(account.local().messages()).isEqualTo(28);
      assertThat(account.mail().resolve("empty/cur")).isDirectory();
    }
  }

  @Test
  void forced_areCountedWhereThatIsPossible() throws Exception {
    assertThat(Tool.installed("strace") || !Forced.countable(directory)).isTrue();
    var summary = directory.resolve("summary");
    Files.writeString(summary, """
        % time     seconds  usecs/call     calls    errors syscall
        ------ ----------- ----------- --------- --------- ----------------
         98.20    0.001310        1310         4           syncfs
          1.80    0.000024          24        12         1 fdatasync
        ------ ----------- ----------- --------- --------- ----------------
        100.00    0.001334         667        16         1 total
        """);
    assertThat(Forced.in(summary)).hasValue(16);
  }

  @Test
  void usage_isThatOfTheCommand() throws Exception {
    var busy = List.of("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    var execution = Execution.of(busy, directory, directory.resolve("log"));
    assertThat(execution.usage().user()).isPositive();
    var idle = Execution.of(List.of("sleep", "0.2"), directory, directory.resolve("log"));
    assertThat(idle.usage().seconds()).isLessThan(idle.seconds());
  }

  @Test
  void middle_ofAnEvenCount_isBetween() {
    assertThat(Figures.middle(new double[] {1, 2, 9})).isEqualTo(2);
    assertThat(Figures.middle(new double[] {1, 2, 4, 9})).isEqualTo(3);
  }

  @Test
  void serverTraffic_addsUpSessions() {
    var log = """
        Nov 21 imap-login: Info: Login: user=<ann>
        Nov 21 imap(ann)<1><x>: Info: Disconnected: Logged out in=44 out=1200 deleted=0
        Nov 21 imap(ann)<2><y>: Info: Disconnected: Connection closed in=6 out=30 deleted=0
        """;
    assertThat(ServerTraffic.in(log)).isEqualTo(new ServerTraffic(50, 1_230));
  }

  private Benchmark benchmark(Case wanted, Line line, List<Tool> tools) {
    return new Benchmark(wanted, line, tools, directory.resolve("runs"), out);
  }

  private List<Tool> installed() throws Exception {
    var tools = new ArrayList<Tool>(List.of(program("io.mailtide.cli.Main")));
    if (Tool.installed(Tool.Floor.COMPILER)) {
      tools.add(Tool.Floor.compiled(floorSource(), directory.resolve("floor")));
    }
    if (Tool.installed(Tool.Mbsync.PROGRAM)) {
      tools.add(new Tool.Mbsync());
    }
    if (Tool.installed(Tool.OfflineImap.PROGRAM)) {
      tools.add(new Tool.OfflineImap());
    }
    return tools;
  }

  private static Path floorSource() {
    return Path.of("src/main/c/floor.c");
  }

  /** The program from this test's class path: ./mailtide would build it again. */
  private static Tool.Mailtide program(String mainClass) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new Tool.Mailtide(List.of(
        java, "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-cp", classPath, mainClass));
  }
}

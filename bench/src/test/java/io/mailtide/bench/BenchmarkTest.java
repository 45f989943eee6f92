package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the benchmark in the small, with the real program and a real server. */
class BenchmarkTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @TempDir
  private Path directory;

  @Test
  void smoke_printsFiguresOfEachTool() throws Exception {
    var tools = new ArrayList<Tool>(List.of(program("io.mailtide.cli.Main")));
    if (Tool.Mbsync.installed()) {
      tools.add(new Tool.Mbsync());
    }
    Machine.print(out, directory, tools);
    new Benchmark(Case.SMOKE, tools, directory.resolve("runs"), out).run(1, 7);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("Dovecot", "mailtide 0", "seed 7, 1 rounds")
        .containsPattern("mailtide pull .* \\d+\\R")
        .containsPattern("mailtide nothing to do +\\d+\\.\\d+")
        .contains("Every run ended with the server's mail");
    assertThat(directory.resolve("runs")).doesNotExist();
  }

  @Test
  void toolThatDeliversNothing_failsTheCase() {
    var idle = List.<Tool>of(new Tool.Mailtide(List.of("true")));
    var benchmark = new Benchmark(Case.SMOKE, idle, directory.resolve("runs"), out);
    assertThatThrownBy(() -> benchmark.run(1, 7))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not end with the server's mail");
  }

  @Test
  void toolThatFails_failsTheCaseWithItsOutput() {
    var broken = List.<Tool>of(program("NoSuchProgram"));
    var benchmark = new Benchmark(Case.SMOKE, broken, directory.resolve("runs"), out);
    assertThatThrownBy(() -> benchmark.run(1, 7))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended with 1")
        .hasMessageContaining("NoSuchProgram");
  }

  @Test
  void middle_ofAnEvenCount_isBetween() {
    assertThat(Report.middle(new double[] {1, 2, 9})).isEqualTo(2);
    assertThat(Report.middle(new double[] {1, 2, 4, 9})).isEqualTo(3);
  }

  @Test
  void roundTrips_areThoseOfTheLastEvent() {
    assertThat(Result.roundTrips("{\"event\":\"done\",\"roundTrips\":12}\n")).hasValue(12);
    assertThat(Result.roundTrips("nothing said")).isEmpty();
  }

  @Test
  void serverTraffic_addsUpSessions() {
    var log = """
        Nov 21 imap-login: Info: Login: user=<ann>
        Nov 21 imap(ann)<1><x>: Info: Disconnected: Logged out in=44 out=1200 deleted=0
        Nov 21 imap(ann)<2><y>: Info: Disconnected: Connection closed in=6 out=30 deleted=0
        """;
    assertThat(ServerTraffic.in(log)).isEqualTo(new ServerTraffic(50, 1_230, 2));
  }

  /** The program from this test's class path: ./mailtide would build it again. */
  private static Tool program(String mainClass) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new Tool.Mailtide(List.of(
        java, "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-cp", classPath, mainClass));
  }
}

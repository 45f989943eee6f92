package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @TempDir
  Path home = Path.of("");

  @Test
  void version_isThatOfTheBuild() throws Exception {
    var pom = Files.readString(Path.of("pom.xml"));
    var version = pom.replaceFirst("(?s).*?<version>([^<]*)</version>.*", "$1");
    assertThat(TestHost.in(home).run("--version").out()).isEqualTo("mailtide " + version + "\n");
  }

  @Test
  void help_listsTheCommandsAndTheExitCodes() {
    var ran = TestHost.in(home).run("--help");
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("sync", "status", "demo", "--config", "--json")
        .endsWith("""

            Exit codes:
                0   All done.
                1   Done in part; status says what failed.
                2   Wrong usage or configuration.
                3   Sign-in refused, or no permission.
                4   Network, or the server at its end.
                5   The local store, the state, or the program itself.
                6   Stopped by the brake.
              130   Cancelled.
            """)
        .doesNotContain("watch");
    assertThat(TestHost.in(home).run("sync", "--help").out())
        .contains("--allow-mass-delete", "--push", "--dry-run", "--headers-only");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      ''                 | no command was given
      watch              | there is no command `watch` in this version
      account            | there is no command `account` in this version
      snc                | there is no command `snc` in this version; did you mean `sync`?
      stats              | there is no command `stats` in this version; did you mean `status`?
      sync --ful         | there is no option `--ful` in this version; did you mean `--full`?
      sync --config      | Missing required parameter for option '--config'
      status a b         | `b` is one word too many
      sync --no-color --no-color | option '--no-color' should be specified only once
      """)
  void wrongUsage_isSaidInTwoLinesAtMost(String line, String expected) {
    var args = line.isBlank() ? new String[0] : line.strip().split(" ");
    var ran = TestHost.in(home).run(args);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("mailtide: " + expected).doesNotContain("Exception");
    assertThat(ran.err().lines().count()).isLessThanOrEqualTo(2);
  }

  @Test
  void wrongUsage_inJson() {
    var ran = TestHost.in(home).run("wacth", "--json");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines()).hasSize(2);
    assertThat(ran.out())
        .contains("\"event\":\"error\"", "MAPI_E_UNCONFIGURED")
        .contains("\"exitCode\":2}");
  }

  @Test
  void commonOptions_beforeAndAfterTheVerb() {
    var file = home.resolve("nowhere.toml").toString();
    assertThat(TestHost.in(home).run("--config", file, "sync").err()).contains(file);
    assertThat(TestHost.in(home).run("sync", "--config", file).err()).contains(file);
    assertThat(TestHost.in(home).run("--json", "sync").out()).startsWith("{");
  }

  @Test
  void colours_onlyOnATerminalThatCanAndMay() {
    var size = new TerminalSize(80, 24);
    var coloured = "\u001b[31m";
    assertThat(TestHost.in(home).run("sync").err()).doesNotContain(coloured);
    var terminal = TestHost.in(home).on(size, Map.of("TERM", "xterm"));
    assertThat(terminal.run("sync").err()).contains(coloured);
    assertThat(terminal.run("sync", "--no-color").err()).doesNotContain(coloured);
    assertThat(TestHost.in(home)
            .on(size, Map.of("TERM", "xterm", "NO_COLOR", "1"))
            .run("sync")
            .err())
        .doesNotContain(coloured);
    assertThat(TestHost.in(home).on(size, Map.of("TERM", "dumb")).run("sync").err())
        .doesNotContain(coloured);
  }

  /** The launcher has Java run with UTF-8 whatever the user's locale, and says what it was. */
  @Test
  void bars_areOfWhatTheUsersLocaleCanShow() {
    var size = new TerminalSize(80, 24);
    var ascii =
        Map.of("TERM", "xterm", "LANG", "de_DE", "LC_ALL", "C.UTF-8", "MAILTIDE_LC_ALL", "");
    assertThat(TestHost.in(home).store(1).on(size, ascii).run("sync").out())
        .contains("--------", "!! ")
        .doesNotContain("░", "✗");
    var unicode = Map.of("TERM", "xterm", "LANG", "de_DE", "LC_ALL", "C.UTF-8");
    assertThat(TestHost.in(home).store(1).on(size, unicode).run("sync").out()).contains("░", "✗");
  }

  @Test
  void aFaultOfOurOwn_hasNoStackTraceUnlessVerbose() {
    var broken = TestHost.in(home).store(1).interruptedBy((_, _) -> {
      throw new IllegalStateException("broken on purpose");
    });
    var ran = broken.run("sync");
    assertThat(ran.code()).isEqualTo(5);
    assertThat(ran.err()).isEqualTo("""
            mailtide: internal error: IllegalStateException: broken on purpose
            Nothing is lost. Run again with --verbose and report what it prints.
            """);
    assertThat(broken.run("sync", "--verbose").err()).contains("\tat io.mailtide.cli.Pump.run");
  }
}

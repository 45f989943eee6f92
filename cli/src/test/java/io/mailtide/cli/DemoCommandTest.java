package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.DemoCheck.Found;
import io.mailtide.demo.DemoMail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir
  Path home = Path.of("");

  @Test
  void demo_endToEnd() throws IOException {
    var there = home.resolve("demo");
    var ran = TestHost.in(home).run("demo", there.toString());
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains(
            "demo: 300 messages copied (1.7 MB)",
            "demo: nothing to do",
            "All is well: 300 messages in 5 folders arrived byte for byte, and a second run "
                + "had nothing to do.",
            "Write ~/.config/mailtide/config.toml:",
            "password-command",
            "mailtide sync work");

    var config = there.resolve("config.toml").toString();
    var status = TestHost.in(home).run("status", "--config", config);
    assertThat(status.code()).isZero();
    assertThat(status.out())
        .startsWith("demo: done ")
        .contains(" s ago", "300 messages in step in 5 folders", "110  INBOX", "Lists/Déjà lu");

    var again = TestHost.in(home).run("demo", there.toString());
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err())
        .isEqualTo("mailtide: " + there + " is not empty; name a new or an empty directory\n");
    foundOut(there.resolve("mail"));
  }

  /** The check of the demonstration would see a change. */
  private void foundOut(Path tree) throws IOException {
    var mail = DemoMail.load();
    assertThat(DemoCheck.compare(mail, tree)).isEqualTo(new Found(300, 0));
    Path file;
    try (var files = Files.walk(tree.resolve("INBOX"))) {
      file = files.filter(path -> path.toString().contains("/cur/")).findFirst().orElseThrow();
    }
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThat(DemoCheck.compare(mail, tree)).isEqualTo(new Found(299, 1));
    Files.delete(file);
    assertThat(DemoCheck.compare(mail, tree)).isEqualTo(new Found(299, 0));
    assertThat(new DemoCheck.Report(tree, 5, 300, 299, 0, 0, "mailtide").good()).isFalse();
    assertThat(new DemoCheck.Report(tree, 5, 300, 300, 1, 0, "mailtide").good()).isFalse();
    assertThat(new DemoCheck.Report(tree, 5, 300, 300, 0, 1, "mailtide").good()).isFalse();
    assertThat(new DemoCheck.Report(tree, 5, 300, 300, 0, 0, "mailtide").good()).isTrue();
  }

  @Test
  void demo_onATerminal() {
    var variables = Map.of("TERM", "xterm", "LANG", "C.UTF-8", "MAILTIDE_COMMAND", "./mailtide");
    var terminal = TestHost.in(home).on(new TerminalSize(80, 24), variables);
    var ran = terminal.run("demo", home.resolve("demo").toString());
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out()).contains("█", "\u001b[?25l", "\u001b[?25h", "./mailtide sync work");
  }

  @Test
  void stored_onlyWhereItCanBeTakenBack() {
    for (var text : List.of("a\r\nb\nc", "a\rb\r\n", "a\r", "a\r\r\n")) {
      var bytes = text.getBytes(StandardCharsets.US_ASCII);
      assertThat(DemoCheck.stored(bytes)).isSameAs(bytes);
    }
    assertThat(DemoCheck.stored("a\r\n\r\nb\r\n".getBytes(StandardCharsets.US_ASCII)))
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo("a\n\nb\n");
  }
}

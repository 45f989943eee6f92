package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Headers of real mail, from a real server into a Maildir, and then the rest. */
@Execution(ExecutionMode.CONCURRENT)
class HeadersOnlyTest {
  private static final int MESSAGES = 50;

  @TempDir
  Path directory;

  private static List<Path> files(Path inbox) throws IOException {
    try (var files = Files.walk(inbox)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().matches(".*/(cur|new)/[^/]+"))
          .toList();
    }
  }

  @Test
  void headersCome_areSeen_andAreCompleted() throws Exception {
    try (var server = Dovecot.start()) {
      try (var talk = server.talk("ann")) {
        for (var message : Corpus.messages().stream().limit(MESSAGES).toList()) {
          talk.append("INBOX", message.wire(), "", Instant.ofEpochSecond(1_000_000_000L));
        }
      }
      var program = Program.at(server.port(), directory);
      var inbox = program.mail().resolve("INBOX");

      var headers = program.run("--json", "sync", "--headers-only");
      assertThat(headers.exit()).as("%s", headers).isZero();
      assertThat(headers.number("copied")).isEqualTo(MESSAGES);
      for (var file : files(inbox)) {
        assertThat(file.getFileName().toString()).contains(",H=1");
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s ends with its header", file)
            .matches("(?s).*\r?\n\r?\n")
            .doesNotContainPattern("\n\r?\n.");
      }
      var again = program.run("--json", "sync", "--headers-only");
      assertThat(again.number("copied") + again.number("sent")).isZero();

      var seen = files(inbox).getFirst();
      Files.move(
          seen,
          inbox.resolve("cur").resolve(seen.getFileName().toString().split(":", 2)[0] + ":2,S"));
      var whole = program.run("--json", "sync");
      assertThat(whole.exit()).as("%s", whole).isZero();
      assertThat(whole.number("copied")).isEqualTo(MESSAGES);
      assertThat(whole.number("sent") + whole.number("removed")).isZero();
      try (var talk = server.talk("ann")) {
        var far = LocalMail.far(talk, "INBOX");
        assertThat(far).hasSize(MESSAGES).isEqualTo(LocalMail.near(inbox));
        assertThat(far).filteredOn(kept -> kept.flags().contains("\\Seen")).hasSize(1);
      }
      assertThat(files(inbox)).noneMatch(file -> file.toString().contains(",H=1"));
    }
  }
}

package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapTalk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Messages that are too large or too old, between a real server and a Maildir. */
@Execution(ExecutionMode.CONCURRENT)
class SelectionTest {
  private static final Instant LONG_AGO = Instant.parse("1990-02-03T04:05:06Z");

  private static final Instant LATELY = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir
  Path directory;

  private static byte[] message(String name, int lines) {
    return ("Message-ID: <" + name + "@example.org>\r\nSubject: " + name + "\r\n\r\n"
            + "some text\r\n".repeat(lines))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void both(ImapTalk talk, Path inbox, String name, int lines, Instant arrived)
      throws Exception {
    talk.append("INBOX", message(name + "-far", lines), "", arrived);
    var file = inbox.resolve("cur").resolve(name + ".1.host:2,");
    Files.writeString(
        file,
        new String(message(name + "-near", lines), StandardCharsets.US_ASCII)
            .replace("\r\n", "\n"));
    Files.setLastModifiedTime(file, FileTime.from(arrived));
  }

  private static int atServer(Dovecot server) {
    try (var talk = server.talk("ann")) {
      return LocalMail.far(talk, "INBOX").size();
    }
  }

  @Test
  void largeAndOldMessagesStay_untilTheLimitsAreTakenAway() throws Exception {
    try (var server = Dovecot.start()) {
      var host = List.of("host = \"127.0.0.1\"", "port = " + server.port(), "tls = \"none\"");
      var limits = List.of("max-size = \"4K\"", "max-age = \"9000d\"");
      var inbox = Files.createDirectories(directory.resolve("mail/INBOX"));
      for (var part : List.of("cur", "new", "tmp")) {
        Files.createDirectory(inbox.resolve(part));
      }
      try (var talk = server.talk("ann")) {
        both(talk, inbox, "fits", 1, LATELY);
        both(talk, inbox, "large", 1_000, LATELY);
        both(talk, inbox, "old", 1, LONG_AGO);
      }
      var narrow = new Program(
          directory, Stream.concat(host.stream(), limits.stream()).toArray(String[]::new));
      var first = narrow.run("sync");
      assertThat(first.exit()).as("%s", first).isZero();
      assertThat(first.out()).contains("4 messages left out by size or age");
      assertThat(atServer(server)).isEqualTo(4);
      assertThat(LocalMail.near(inbox)).hasSize(4);

      var again = narrow.run("--json", "sync");
      assertThat(again.number("copied") + again.number("sent")).isZero();
      assertThat(again.number("leftOut")).isEqualTo(4);

      var wide = new Program(directory, host.toArray(String[]::new)).run("--json", "sync");
      assertThat(wide.exit()).as("%s", wide).isZero();
      assertThat(wide.number("copied")).isEqualTo(2);
      assertThat(wide.number("sent")).isEqualTo(2);
      try (var talk = server.talk("ann")) {
        assertThat(LocalMail.near(inbox)).hasSize(6).isEqualTo(LocalMail.far(talk, "INBOX"));
      }
    }
  }
}

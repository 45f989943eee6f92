package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.Profile;
import io.mailtide.client.Session;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Submission;
import io.mailtide.engine.send.Transport.Reports;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ann, who has an account, an Outbox and a transport, all over TLS. */
final class Mailer {
  private static final String BOB = "bob@example.net";

  private final Path directory;
  private final Program program;

  /**
   * @param more lines of the transport's table; a password among them is in place of the right one
   */
  Mailer(Path directory, Path authority, int imapPort, int smtpPort, List<String> more) {
    this.directory = directory;
    var authorities = "tls-ca = \"%s\"".formatted(authority);
    var lines = new ArrayList<>(List.of(
        "host = \"localhost\"",
        "port = " + imapPort,
        authorities,
        "[default-store]",
        "path = \"local\"",
        "[transports.work]",
        "host = \"localhost\"",
        "port = " + smtpPort,
        authorities,
        "user = \"ann\"",
        "from = [\"ann@example.org\"]",
        "sent-to = \"work/Sent\""));
    lines.addAll(more);
    if (more.stream().noneMatch(line -> line.startsWith("password"))) {
      lines.add("password-env = \"MAIL_PASSWORD\"");
    }
    program = new Program(directory, lines.toArray(String[]::new));
  }

  Program program() {
    return program;
  }

  /** Hands a message in, by a process of its own or as a library does, which is faster. */
  void submit(String text, boolean byTheProgram) throws Exception {
    if (!byTheProgram) {
      submit(BOB, text);
      return;
    }
    var process = program.start("sendmail", "-i", "-f", "ann@example.org", BOB);
    try (var in = process.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThat(process.waitFor()).isZero();
  }

  /** Hands a message in for someone. */
  void submit(String recipient, String text) throws Exception {
    var profile = Profile.load(directory.resolve("config.toml"));
    var _ = Session.open(profile)
        .outbox()
        .submit(new Submission(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)),
            false,
            List.of(recipient),
            false,
            Optional.of("ann@example.org"),
            Optional.empty(),
            Reports.USUAL));
  }

  List<Outgoing> waiting() throws Exception {
    return Outbox.waiting(directory.resolve("state"));
  }

  /** Synchronises; it ends with this exit code, having said this, and no secret. */
  void ends(int exit, String... said) throws Exception {
    var ran = program.run("--no-color", "sync");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(exit);
    assertThat(List.of(said)).allSatisfy(words -> assertThat(ran.err()).contains(words));
    assertThat(ran.out() + ran.err()).doesNotContain("mistaken-word", "secret");
    assertThat(ran.out()).as("the store has its turn all the same").contains("work: ");
  }
}

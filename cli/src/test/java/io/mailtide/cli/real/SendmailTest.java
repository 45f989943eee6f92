package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.Recipient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** mutt and git send-email hand their mail to the program as they would to sendmail. */
class SendmailTest {
  @TempDir
  private Path directory;

  private Path sendmail = Path.of("");

  @BeforeEach
  void install() throws IOException {
    var program = new Program(
        directory,
        "host = \"127.0.0.1\"",
        "port = 1",
        "tls = \"none\"",
        "[default-store]",
        "path = \"local\"",
        "[transports.work]",
        "host = \"127.0.0.1\"",
        "from = [\"ann@example.org\"]");
    var words =
        program.command("sendmail").stream().map(word -> "'" + word + "'").toList();
    sendmail = Files.writeString(
        directory.resolve("sendmail"), "#!/bin/sh\nexec " + String.join(" ", words) + " \"$@\"\n");
    Files.setPosixFilePermissions(sendmail, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void run(Path in, String input, String... command) throws Exception {
    var process = begun(in, input, command);
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue())
        .as(Files.readString(directory.resolve("said")))
        .isZero();
  }

  private Process begun(Path in, String input, String... command) throws IOException {
    var builder = new ProcessBuilder(command)
        .directory(in.toFile())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("said").toFile()));
    var environment = builder.environment();
    environment.put("HOME", directory.toString());
    environment.put("MAIL_PASSWORD", "secret");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("EMAIL", "ann@example.org");
    environment.put("LC_ALL", "C.UTF-8");
    var process = builder.start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    return process;
  }

  private List<Outgoing> waiting() throws Exception {
    return Outbox.waiting(directory.resolve("state"));
  }

  private String stored(Outgoing message) throws IOException {
    return Files.readString(
        directory.resolve("local/Outbox/new").resolve(message.key().value()));
  }

  private static List<String> recipients(Outgoing message) {
    return message.recipients().stream().map(Recipient::address).toList();
  }

  @Test
  void mutt_handsAMessageIn() throws Exception {
    var muttrc = Files.writeString(directory.resolve("muttrc"), """
        set sendmail="%s -oem -oi"
        set from="Ann Example <ann@example.org>"
        set use_envelope_from=yes
        set record="%s/record"
        set write_bcc=yes
        set send_charset="us-ascii:utf-8"
        """.formatted(sendmail, directory));
    var body = "Grüße\n.\nFrom here on\n";
    run(
        directory,
        body,
        "mutt",
        "-n",
        "-F",
        muttrc.toString(),
        "-s",
        "Grüße aus Köln",
        "-c",
        "carol@example.net",
        "-b",
        "dave@example.net",
        "--",
        "Bob <bob@example.net>");
    var message = waiting().getFirst();
    assertThat(waiting()).hasSize(1);
    assertThat(message.envelope().sender()).isEqualTo("ann@example.org");
    assertThat(recipients(message))
        .containsExactlyInAnyOrder("bob@example.net", "carol@example.net", "dave@example.net");
    assertThat(stored(message))
        .contains(
            "From: Ann Example <ann@example.org>\n",
            "To: Bob <bob@example.net>\n",
            "Subject: =?utf-8?",
            "\n\n" + body)
        .doesNotContain("\r")
        .containsOnlyOnce("\nMessage-ID: ")
        .contains(message.messageId());
    var record = Files.readString(directory.resolve("record"));
    assertThat(record).as("what mutt itself kept of it").contains(message.messageId());
  }

  @Test
  void gitSendEmail_handsPatchesIn_inTheirOrder() throws Exception {
    var repository = Files.createDirectory(directory.resolve("repository"));
    run(repository, "", "git", "init", "-q", "-b", "main");
    run(repository, "", "git", "config", "user.name", "Ann Example");
    run(repository, "", "git", "config", "user.email", "ann@example.org");
    for (var number = 1; number <= 3; number++) {
      Files.writeString(repository.resolve("file"), "line " + number + " ü\n");
      run(repository, "", "git", "add", "file");
      run(repository, "", "git", "commit", "-q", "-m", "step " + number);
    }
    run(repository, "", "git", "format-patch", "-q", "--root", "-o", "patches");
    run(
        repository,
        "",
        "git",
        "-c",
        "sendemail.confirm=never",
        "send-email",
        "--smtp-server=" + sendmail,
        "--envelope-sender=ann@example.org",
        "--suppress-cc=all",
        "--to=Bob Builder <bob@example.net>",
        "--cc=carol@example.net",
        "--8bit-encoding=UTF-8",
        "patches");
    var messages = waiting();
    assertThat(messages)
        .extracting(Outgoing::subject)
        .containsExactly("[PATCH 1/3] step 1", "[PATCH 2/3] step 2", "[PATCH 3/3] step 3");
    for (var number = 1; number <= 3; number++) {
      var message = messages.get(number - 1);
      assertThat(message.envelope().sender()).isEqualTo("ann@example.org");
      assertThat(recipients(message)).containsExactly("bob@example.net", "carol@example.net");
      var patch = Files.readString(
          repository.resolve("patches/000" + number + "-step-" + number + ".patch"));
      assertThat(stored(message))
          .contains("From: Ann Example <ann@example.org>\n", "Bob Builder <bob@example.net>")
          .endsWith(patch.substring(patch.indexOf("\n\n")));
    }
  }

  @Test
  void manyProcessesAtOnce_eachHandsItsMessageIn() throws Exception {
    var processes = new ArrayList<Process>();
    for (var number = 1; number <= 6; number++) {
      processes.add(begun(
          directory,
          "From: ann@example.org\nSubject: number " + number + "\n\nx\n",
          sendmail.toString(),
          "bob@example.net"));
    }
    for (var process : processes) {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue())
          .as(Files.readString(directory.resolve("said")))
          .isZero();
    }
    assertThat(waiting())
        .extracting(Outgoing::subject)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 6).mapToObj(number -> "number " + number).toList());
  }
}

package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.TestHost.Ran;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.testkit.outbox.MemoryMailServer;
import io.mailtide.testkit.outbox.MemoryMailServer.Delivered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mailtide sendmail} takes and refuses, and what becomes of it. */
class SendmailCommandTest {
  private static final String MESSAGE = """
      Date: Thu, 1 Jan 2026 00:00:00 +0000
      From: Ann <ann@example.org>
      To: bob@example.net
      Message-ID: <1@example.org>
      Subject: hello

      Body
      """;

  @TempDir
  Path home = Path.of("");

  private final MemoryMailServer server = new MemoryMailServer();

  private TestHost host() {
    return TestHost.in(home).configured("""
            [default-store]
            path = "~/local"

            [stores.work]
            type = "imap"
            host = "127.0.0.1"
            port = 1
            tls = "none"
            user = "ann"
            password = "secret-word"
            path = "~/Mail"

            [transports.work]
            host = "smtp.example.org"
            from = ["ann@example.org"]
            """).sendingTo(server, _ -> {}).reading(MESSAGE);
  }

  private Ran sendmail(String... arguments) {
    var words = new ArrayList<>(List.of("sendmail"));
    words.addAll(List.of(arguments));
    return host().run(words.toArray(String[]::new));
  }

  private List<String> outbox() throws IOException {
    var folder = home.resolve("local/Outbox/new");
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.map(SendmailCommandTest::read).toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Delivered delivered() {
    var ran = host().run("send");
    assertThat(ran.code()).as(ran.err() + ran.out()).isZero();
    assertThat(server.delivered()).hasSize(1);
    return server.delivered().getFirst();
  }

  @Test
  void aMessage_isQueuedInSilence_andSentAndFiled() throws IOException {
    var ran = sendmail("bob@example.net");
    assertThat(ran).isEqualTo(new Ran(0, "", ""));
    assertThat(outbox()).containsExactly(MESSAGE);
    var sent = host().run("send");
    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(sent.out()).contains("Outbox: 1 message sent in").doesNotContain("left");
    assertThat(server.delivered().getFirst().bytes()).isEqualTo(MESSAGE.replace("\n", "\r\n"));
    assertThat(outbox()).isEmpty();
    try (var files = Files.list(home.resolve("local/Sent/cur"))) {
      assertThat(files.map(SendmailCommandTest::read)).containsExactly(MESSAGE);
    }
    assertThat(host().run("send").out()).contains("Outbox: nothing to send");
  }

  @Test
  void asMuttCallsIt() {
    assertThat(sendmail(
                "-oem",
                "-oi",
                "-f",
                "ann@example.org",
                "--",
                "bob@example.net",
                "carol@example.net")
            .code())
        .isZero();
    var envelope = delivered().envelope();
    assertThat(envelope.sender()).isEqualTo("ann@example.org");
    assertThat(envelope.recipients()).containsExactly("bob@example.net", "carol@example.net");
  }

  @Test
  void asGitSendEmailCallsIt() {
    assertThat(sendmail("-f", "ann@example.org", "-i", "bob@example.net").code())
        .isZero();
    assertThat(delivered().envelope().recipients()).containsExactly("bob@example.net");
  }

  /** Vixie's cron, and cronie. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-FCronDaemon -i -B8BITMIME -oem bob@example.net",
        "-FCronDaemon -i -odi -oem -oi -t -f root"
      })
  void asCronCallsIt(String arguments) throws IOException {
    var words = new ArrayList<>(List.of("sendmail"));
    words.addAll(List.of(arguments.split(" ")));
    var ran = host()
        .reading(
            "From: root (Cron Daemon)\nTo: bob@example.net\nSubject: Cron <root@box> true\n\nhi\n")
        .run(words.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(outbox()).singleElement().asString().contains("From: root (Cron Daemon)");
    assertThat(delivered().envelope().sender()).isEqualTo("ann@example.org");
  }

  @Test
  void asMailxCallsIt_joinedAndWithValuesBehind() {
    assertThat(sendmail(
                "-tioem",
                "-rann@example.org",
                "-Nnever",
                "-R",
                "hdrs",
                "-V",
                "id",
                "-v",
                "-odb",
                "-O",
                "DeliveryMode=b")
            .code())
        .isZero();
    var envelope = delivered().envelope();
    assertThat(envelope.recipients()).containsExactly("bob@example.net");
    assertThat(envelope.reports())
        .isEqualTo(new Reports(List.of("NEVER"), Optional.of(Returned.HDRS), Optional.of("id")));
  }

  @Test
  void reports_areAskedForAsGiven() {
    assertThat(sendmail("-Rfull", "-Vorder 7+1", "-N", "success, delay", "bob@example.net")
            .code())
        .isZero();
    assertThat(delivered().envelope().reports())
        .isEqualTo(new Reports(
            List.of("SUCCESS", "DELAY"), Optional.of(Returned.FULL), Optional.of("order 7+1")));
  }

  @Test
  void withoutAWish_noReportsAreAskedFor() {
    assertThat(sendmail("bob@example.net").code()).isZero();
    assertThat(delivered().envelope().reports()).isEqualTo(Reports.USUAL);
  }

  @Test
  void aDotAlone_endsTheMessage_unlessToldOtherwise() throws IOException {
    var dotted = MESSAGE + ".\nmore\n";
    assertThat(host().reading(dotted).run("sendmail", "bob@example.net").code()).isZero();
    assertThat(outbox()).containsExactly(MESSAGE);
    assertThat(host().reading(dotted).run("sendmail", "-i", "bob@example.net").code())
        .isZero();
    assertThat(outbox()).containsExactlyInAnyOrder(MESSAGE, dotted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-bs", "-bd", "-bp", "-bi", "-q", "-q15m", "-bz"})
  void whatIsNotToBeHad_isRefusedInWords(String option) throws IOException {
    var ran = sendmail(option, "bob@example.net");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("is not to be had here: ").contains("Nothing was queued");
    assertThat(outbox()).isEmpty();
  }

  private void refused(Ran ran, String... parts) throws IOException {
    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains(parts).doesNotContain("Exception", "secret-word");
    assertThat(ran.err().lines().count()).as(ran.err()).isBetween(1L, 2L);
    assertThat(outbox()).isEmpty();
    assertThat(host().run("status").out()).doesNotContain("Outbox");
  }

  @Test
  void badInput_isRefused_andNothingIsQueued() throws IOException {
    refused(sendmail(), "Outbox: reading the recipients: the message has none");
    refused(sendmail("-Z", "bob@example.net"), "no option `-Z` of sendmail");
    refused(sendmail("--read-it", "bob@example.net"), "no option `--read-it` of sendmail");
    refused(sendmail("-f"), "-f needs a value");
    refused(sendmail("-Bmime", "bob@example.net"), "7BIT, 8BITMIME");
    refused(sendmail("-Nmaybe", "bob@example.net"), "success, failure and delay");
    refused(sendmail("-Rsome", "bob@example.net"), "the value of -R is one of full, hdrs");
    refused(sendmail("-R"), "-R needs a value");
    refused(sendmail("-V", "", "bob@example.net"), "reading the envelope id", "1 to 100");
    refused(sendmail("-V", "x".repeat(101), "bob@example.net"), "reading the envelope id");
    refused(sendmail("-V", "=".repeat(34), "bob@example.net"), "reading the envelope id");
    refused(sendmail("-Vé", "bob@example.net"), "reading the envelope id");
    refused(sendmail("bob"), "`bob` has no domain");
    refused(sendmail("bob@"), "recipient `bob@`");
    refused(sendmail("-f", "ann@", "bob@example.net"), "sender `ann@`");
    refused(sendmail("-f", "Ann Lee", "bob@example.net"), "sender `Ann Lee`");
    refused(sendmail("-f", "<ann", "bob@example.net"), "sender `<ann`");
  }

  @Test
  void badInput_asJson_isAnErrorOfTheOutbox() {
    var ran = host().run("--json", "sendmail");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out())
        .containsPattern("\"event\":\"error\".*\"store\":\"Outbox\",.*MAPI_E_NO_RECIPIENTS"
            + ".*\"doing\":\"reading the recipients\",\"said\":\"[^\"]+\",\"next\":\"[^\"]+\"");
  }

  @Test
  void injections_areRefused() throws IOException {
    refused(sendmail("bob@example.net\nBcc: eve@example.com"), "control characters");
    refused(sendmail("bob@example.net\r\nRCPT TO:<eve@example.com>"), "control characters");
    refused(sendmail("-f", "ann@example.org>\r\nDATA", "bob@example.net"), "control characters");
    refused(sendmail("-F", "Ann\nBcc: eve@example.com", "bob@example.net"), "control characters");
    refused(sendmail("bob@example.net> NOTIFY=NEVER"), "recipient");
    refused(sendmail("<bob@example.net> SIZE=1"), "recipient");
    refused(sendmail("bob@exam ple.net"), "recipient");
    refused(sendmail("-Vid\r\nRCPT TO:<eve@example.com>", "bob@example.net"), "envelope id");
    refused(sendmail("-V", "id\0", "bob@example.net"), "envelope id");
    refused(sendmail("-Rfull\nDATA", "bob@example.net"), "the value of -R");
    refused(sendmail("-Nnever\nDATA", "bob@example.net"), "it must be never");
  }

  @Test
  void noTransport_forTheSender_isSaid() throws IOException {
    refused(
        host().reading(MESSAGE.replace("ann@", "eve@")).run("sendmail", "bob@example.net"),
        "choosing a transport for eve@example.org",
        "no transport has that address in its from");
  }

  @Test
  void aMessageWithoutAHeader_isRefused() throws IOException {
    refused(
        host().reading("hello\n").run("sendmail", "bob@example.net"),
        "does not begin with a header");
    refused(host().reading("").run("sendmail", "bob@example.net"), "does not begin with a header");
    refused(host().reading("\nhello\n").run("sendmail", "bob@example.net"), "header");
    refused(
        host().reading("Subject: x\nhello\n\nbody\n").run("sendmail", "bob@example.net"),
        "line 2 is no field");
  }

  @Test
  void withoutADefaultStore_thatIsSaid() {
    var ran = TestHost.in(home).store(1).reading(MESSAGE).run("sendmail", "bob@example.net");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("no default store is configured");
  }

  @Test
  void aDefaultStoreThatCannotBeWritten_isItsOwnExitCode() throws IOException {
    Files.writeString(home.resolve("local"), "no directory");
    assertThat(sendmail("bob@example.net").code()).isEqualTo(2); // path is configured wrongly
    Files.delete(home.resolve("local"));
    Files.createDirectories(home.resolve("local/Outbox/tmp"));
    Files.createDirectories(home.resolve("local/Outbox/cur"));
    Files.createDirectories(home.resolve(".local"));
    Files.writeString(home.resolve(".local/state"), "no directory");
    var ran = sendmail("bob@example.net");
    assertThat(ran.code()).as(ran.err()).isEqualTo(5);
  }

  @Test
  void theProgramsOwnOptions_mayComeBeforeAndAfter() {
    var ran = host().run("--json", "sendmail", "--verbose", "-oi", "--no-color", "bob@example.net");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("{\"event\":\"submitted\"", "\"id\":1}");
    assertThat(host().run("sendmail", "--help").out()).contains("mailtide sendmail [-t] [-i]");
    assertThat(host().run("--help").out()).contains("sendmail");
  }
}

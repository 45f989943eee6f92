package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.outbox.MemoryMailServer;
import io.mailtide.testkit.outbox.MemoryMailServer.Delivered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mailtide send} and {@code mailtide status} say of the Outbox. */
class SendCommandTest {
  @TempDir
  Path home = Path.of("");

  private final MemoryMailServer server = new MemoryMailServer();
  private Hook hook = _ -> {};

  @BeforeEach
  void configure() {
    var _ = TestHost.in(home).store(1, """
        [default-store]
        path = "~/local"

        [transports.work]
        host = "smtp.example.org"
        from = ["ann@example.org"]
        """);
  }

  private TestHost host() {
    return TestHost.in(home).sendingTo(server, call -> hook.before(call));
  }

  private void submit(int number) {
    var ran = host()
        .reading("From: ann@example.org\nSubject: number %d\n\nx\n".formatted(number))
        .run("sendmail", "bob@example.net");
    assertThat(ran.code()).as(ran.err()).isZero();
  }

  private Hook failing(Fault.Kind kind, String call) {
    return made -> {
      if (made.equals(call)) {
        throw new FaultException(
            Fault.of(kind, Fault.Reach.REPLICA, "talking to smtp.example.org", "no", "Look."));
      }
    };
  }

  @Test
  void whatIsRefused_isSaid_andShown_andEnds() {
    server.say("bob@example.net", Verdict.REFUSED);
    submit(1);
    var ran = host().run("send");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("error: Outbox: sending message 1 (\"number 1\") with transport work"
            + " to bob@example.net: 550 5.1.1 bob@example.net is unknown");
    assertThat(ran.out()).contains("nothing sent in", "1 left (mailtide status says why)");
    var status = host().run("status");
    assertThat(status.code()).isZero();
    assertThat(status.out())
        .contains(
            "Outbox: 1 message to be sent",
            "  1  number 1, from ann@example.org with work, ",
            ": waits for your word",
            "to bob@example.net: refused (550 5.1.1 bob@example.net is unknown)",
            "mailtide send --retry 1");
    assertThat(host().run("status", "work").out()).doesNotContain("Outbox");
    server.say("bob@example.net", Verdict.TAKEN);
    assertThat(host().run("send").code()).as("not unasked").isEqualTo(1);
    assertThat(host().run("send", "--retry", "1").code()).isZero();
    assertThat(server.delivered()).hasSize(1);
    assertThat(host().run("status").out()).doesNotContain("Outbox");
  }

  @Test
  void anAddressIsCorrected_byTheCommandThatIsShown() {
    server.say("bob@example.net", Verdict.REFUSED);
    submit(1);
    submit(2);
    assertThat(host().run("send").err()).contains("mailtide send --retry 1 --to ADDRESS");
    for (var wrong : List.of(
        List.of("send", "--to", "bobby@example.net"),
        List.of("send", "--retry", "1", "2", "--to", "bobby@example.net"),
        List.of("send", "--retry", "all", "--to", "bobby@example.net"),
        List.of("send", "--retry", "1", "--to", "bobby@"))) {
      assertThat(host().run(wrong.toArray(String[]::new)).code()).isEqualTo(2);
    }
    var ran = host().run("send", "--retry", "1", "--to", "bobby@example.net", "--to", "al@x.org");
    assertThat(ran.err()).isEmpty();
    assertThat(server.delivered())
        .singleElement()
        .extracting(delivered -> delivered.envelope().recipients())
        .isEqualTo(List.of("bobby@example.net", "al@x.org"));
    server.say("bob@example.net", Verdict.TAKEN);
    assertThat(host().run("send", "--retry", "all").code()).isZero();
    assertThat(server.delivered()).hasSize(2);
  }

  @Test
  void exitCodes_sayWhatWentWrong() {
    submit(1);
    hook = failing(Fault.Kind.SIGN_IN, "TRANSPORT open");
    assertThat(host().run("send").code()).isEqualTo(3);
    hook = failing(Fault.Kind.NETWORK, "TRANSPORT open");
    assertThat(host().run("send").code()).isEqualTo(4);
    hook = failing(Fault.Kind.CANCELLED, "TRANSPORT open");
    assertThat(host().run("send").code()).isEqualTo(130);
    assertThat(host().run("send", "--retry", "1", "--drop", "1").code()).isEqualTo(2);
    assertThat(host().run("send", "--retry", "x").code()).isEqualTo(2);
    assertThat(host().run("send", "--retry", "9").err()).contains("there is none in the Outbox");
    hook = _ -> {};
    assertThat(host().run("send").code()).isZero();
    assertThat(TestHost.in(home).store(1).run("send").code())
        .as("no default store")
        .isEqualTo(2);
  }

  @Test
  void inDoubt_isShownWithAdvice_andDropped() throws IOException {
    submit(1);
    hook = failing(Fault.Kind.NETWORK, "TRANSPORT answer");
    assertThat(host().run("send").code()).isEqualTo(1);
    assertThat(host().run("status").out())
        .contains("in doubt", "It may have been sent or not", "mailtide send --drop 1");
    hook = _ -> {};
    assertThat(host().run("send", "--drop", "1").code()).isZero();
    assertThat(host().run("status").out()).doesNotContain("Outbox");
    try (var files = Files.walk(home.resolve("local/.mailtide/removed"))) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
  }

  @Test
  void whatIsDropped_isHadBackFromTheUndoArea_asADraft() throws IOException {
    submit(1);
    assertThat(host().run("send", "--drop", "1").code()).isZero();
    var listed = host().run("undo", "_default-store");
    assertThat(listed.out())
        .startsWith("_default-store: 1 message removed; mailtide undo _default-store --restore")
        .contains("  Outbox  ", "ann@example.org: number 1");
    assertThat(host().run("undo").out()).contains("work: ", listed.out());
    assertThat(host().run("undo", "work").out()).doesNotContain("Outbox");
    var restored = host().run("undo", "_default-store", "--restore-all");
    assertThat(restored.code()).as(restored.err()).isZero();
    assertThat(restored.out()).contains("1 message restored", "mailtide sendmail -t < FILE");
    try (var drafts = Files.list(home.resolve("local/Drafts/cur"));
        var recent = Files.list(home.resolve("local/Drafts/new"))) {
      assertThat(Stream.concat(drafts, recent)).hasSize(1);
    }
    try (var waiting = Files.walk(home.resolve("local/Outbox"))) {
      assertThat(waiting.filter(file -> file.toString().matches(".*/(cur|new)/.*")))
          .isEmpty();
    }
    assertThat(host().run("send").code()).isZero();
    assertThat(server.delivered()).isEmpty();
  }

  @Test
  void theUndoAreaOfTheDefaultStore_isShut_whileItIsSent() {
    submit(1);
    var meanwhile = new ArrayList<TestHost.Ran>();
    hook = call -> {
      if (call.equals("TRANSPORT answer")) {
        meanwhile.add(TestHost.in(home).run("undo", "_default-store"));
      }
    };
    assertThat(host().run("send").code()).isZero();
    assertThat(meanwhile).singleElement().satisfies(ran -> {
      assertThat(ran.code()).isEqualTo(5);
      assertThat(ran.err()).contains("Repeat this when it is over");
    });
    assertThat(TestHost.in(home).store(1).run("undo", "_default-store").err())
        .contains("no default store is configured");
  }

  @Test
  void asJson_eachMessageIsAnEvent() {
    server.say("bob@example.net", Verdict.DEFERRED);
    submit(1);
    var sent = host().run("send", "--json").out();
    assertThat(sent.lines().filter(line -> line.startsWith("{\"event\":\"outgoing\"")))
        .singleElement()
        .asString()
        .contains(
            "\"store\":\"Outbox\",\"id\":1,\"state\":\"queued\"",
            "\"verdict\":\"deferred\",\"said\":\"451 4.7.1 bob@example.net later\"",
            "\"nextTry\":\"",
            "\"trouble\":{");
    assertThat(sent).contains("\"event\":\"done\"", "\"failed\":1");
    assertThat(host().run("status", "--json").out()).contains("\"event\":\"outgoing\"");
  }

  @Test
  void drop_saysWhatItTakesOut_andADryRunWhatItWould() {
    submit(1);
    submit(2);
    var planned = host().run("send", "--drop", "1", "--dry-run");
    assertThat(planned.code()).isZero();
    assertThat(planned.out())
        .contains("Outbox: would take out 1 message\n", "dry run: 1 change to make")
        .doesNotContain("would send");
    assertThat(host().run("send", "--drop", "1", "2").out())
        .startsWith("Outbox: 2 messages taken out in ");
    assertThat(host().run("send", "--drop", "1", "--dry-run").err()).contains("there is none in");
  }

  @Test
  void anOutboxThatCannotBeRead_isAnErrorOfStatus() throws IOException {
    submit(1);
    Files.writeString(home.resolve(".local/state/mailtide/_outbox.sqlite"), "no database");
    var ran = host().run("status");
    assertThat(ran.code()).isEqualTo(5);
    assertThat(ran.err()).startsWith("mailtide: Outbox: ");
    assertThat(host().run("status", "--json").out())
        .containsPattern("\"event\":\"error\".*\"store\":\"Outbox\",.*\"kind\":\"state-damaged\","
            + ".*\"doing\":\"[^\"]+\",\"said\":\"[^\"]+\",\"next\":\"[^\"]+\"");
  }

  @Test
  void dryRun_tellsWhatWouldGo() {
    submit(1);
    submit(2);
    var ran = host().run("send", "--dry-run");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("would send 2 messages", "nothing was changed");
    assertThat(server.delivered()).isEmpty();
  }

  /** The store's server cannot be reached, which keeps nothing from being sent. */
  @Test
  void sync_sends_butNotWhenTheUserNarrowsIt() {
    submit(1);
    for (var arguments : List.of(
        List.of("sync", "work"),
        List.of("sync", "--pull"),
        List.of("sync", "--folder", "INBOX"),
        List.of("sync", "--dry-run"))) {
      assertThat(host().run(arguments.toArray(String[]::new)).code())
          .as("%s", arguments)
          .isEqualTo(4);
      assertThat(server.delivered()).as("%s", arguments).isEmpty();
    }
    assertThat(host().run("sync", "--dry-run").out())
        .contains("Outbox: would send 1 message", "Outbox: dry run: 1 change to make")
        .doesNotContain("Outbox: Outbox");
    var ran = host().run("sync");
    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.out()).contains("Outbox: 1 message sent in ", "work: stopped after ");
    assertThat(server.delivered()).hasSize(1);
    assertThat(host().run("sync").out()).contains("Outbox: nothing to send (");
    submit(2);
    var json = host().run("sync", "--json").out();
    assertThat(json)
        .contains(
            "{\"event\":\"outgoing\"",
            "\"store\":\"Outbox\",\"phase\":\"waiting\"",
            "\"store\":\"Outbox\",\"phase\":\"finishing\"")
        .containsPattern("\"store\":\"Outbox\".*\"messagesDone\":1,\"messages\":1,");
  }

  @Test
  void aRefusedSender_isCorrected() {
    server.say("bob@example.net", Verdict.REFUSED);
    submit(1);
    assertThat(host().run("send").code()).isEqualTo(1);
    server.say("bob@example.net", Verdict.TAKEN);
    for (var words : List.of(
        List.of("send", "--from", "<>"),
        List.of("send", "--retry", "all", "--from", "<>"),
        List.of("send", "--retry", "1", "2", "--from", "<>"))) {
      var ran = host().run(words.toArray(String[]::new));
      assertThat(ran.code()).isEqualTo(2);
      assertThat(ran.err()).contains("--from addresses one message anew");
    }
    var wrong = host().run("send", "--retry", "1", "--from", "ann");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("sender `ann`", "nothing was changed");
    assertThat(host().run("send", "--retry", "1", "--from", "<>").code()).isZero();
    assertThat(server.delivered().getFirst().envelope().sender()).isEmpty();
  }

  @Test
  void aFileThatNobodyHandedIn_isShownByStatus_withAdvice() throws IOException {
    assertThat(host().run("status").err()).isEmpty();
    assertThat(home.resolve("local")).as("looking makes nothing").doesNotExist();
    submit(1);
    assertThat(host().run("status").err()).isEmpty();
    Files.writeString(home.resolve("local/Outbox/new/1.put.here"), "Subject: x\n\nx\n");
    var ran = host().run("status");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("Outbox: 1 message to be sent");
    assertThat(ran.err())
        .contains(
            "warning: Outbox: looking into the folder Outbox: a file there that nobody handed in",
            "1.put.here",
            "mailtide sendmail -t < FILE");
    assertThat(host().run("--json", "status").out())
        .contains("\"event\":\"error\"", "\"severity\":\"warning\"", "1.put.here");
    assertThat(host().run("status", "work").err()).isEmpty();
  }

  @Test
  void manyHandIn_whileItIsSent_andAllGetThereOnce_eachInItsOrder() throws Exception {
    var threads = new ArrayList<CompletableFuture<Void>>();
    for (var thread = 1; thread <= 3; thread++) {
      var first = thread * 100;
      threads.add(CompletableFuture.runAsync(() -> {
        for (var number = first; number < first + 12; number++) {
          submit(number);
        }
      }));
    }
    var all = CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new));
    while (!all.isDone()) {
      var ran = host().run("send");
      assertThat(ran.code()).as(ran.err()).isIn(0, 1);
    }
    all.get();
    assertThat(host().run("send").code()).isZero();
    var numbers = server.delivered().stream().map(SendCommandTest::number).toList();
    assertThat(numbers).hasSize(36).doesNotHaveDuplicates();
    for (var thread = 1; thread <= 3; thread++) {
      var hundred = thread;
      assertThat(numbers.stream().filter(number -> number / 100 == hundred).toList())
          .isSorted();
    }
    try (var files = Files.list(home.resolve("local/Sent/cur"))) {
      assertThat(files).hasSize(36);
    }
    try (var files = Files.list(home.resolve("local/Outbox/tmp"))) {
      assertThat(files).isEmpty();
    }
  }

  private static int number(Delivered delivered) {
    return List.of(delivered.bytes().split("\r\n")).stream()
        .filter(line -> line.startsWith("Subject: number "))
        .map(line -> Integer.valueOf(line.substring(16)))
        .findFirst()
        .orElseThrow();
  }
}

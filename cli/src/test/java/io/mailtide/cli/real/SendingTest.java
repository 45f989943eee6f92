package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.real.LocalMail.Kept;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.FaultProxy.Direction;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.TestCertificates;
import io.mailtide.testkit.TestCertificates.Kind;
import io.mailtide.testkit.server.Exim;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real mail from sendmail to real servers, over TLS, signed in; and what can keep it from there.
 */
class SendingTest {
  private static final int MESSAGES = 200;
  private static final int BY_THE_PROGRAM = 8;
  private static final int KILLED_MESSAGES = 100;
  private static final int KILLS = 10;
  private static final int LONGEST_MILLIS = 700;

  /** Within this no run comes to sending. */
  private static final int SHORTEST_MILLIS = 150;

  private static final String BCC = "Bcc: secret@example.net\n";

  @TempDir
  private static Path keys;

  private static TestCertificates certificates;

  @TempDir
  private Path directory;

  @BeforeAll
  static void makeCertificates() {
    certificates = new TestCertificates(keys);
  }

  private static TestCertificates.Leaf good() {
    return certificates.leaf(Kind.GOOD);
  }

  private static Dovecot dovecot() {
    return Dovecot.builder()
        .user("ann", "secret")
        .tls(good().certificate(), good().key())
        .start();
  }

  private Mailer mailer(int imapPort, int smtpPort, String... more) {
    return new Mailer(directory, certificates.authority(), imapPort, smtpPort, List.of(more));
  }

  /** Real messages that Exim keeps as they are, and without Bcc of their own. */
  private static List<String> mail(int messages) {
    var some = new ArrayList<String>();
    var all = Corpus.messages();
    for (var i = 0; some.size() < messages; i += all.size() / messages / 2) {
      var text = new String(all.get(i).stored(), StandardCharsets.ISO_8859_1);
      if (text.indexOf('\r') < 0 && text.indexOf('\0') < 0 && !text.matches("(?si).*\\nbcc:.*")) {
        some.add(text);
      }
    }
    return some;
  }

  private static String withBcc(List<String> mail, int number) {
    return (number % 10 == 0 ? BCC : "") + mail.get(number);
  }

  @Test
  void realMail_arrivesInOrderByteForByte_andItsCopiesByTheSameRun() throws Exception {
    try (var exim = Exim.start(good());
        var dovecot = dovecot()) {
      var mailer = mailer(dovecot.tlsPort(), exim.tlsPort());
      var mail = mail(MESSAGES);
      for (var i = 0; i < MESSAGES; i++) {
        mailer.submit(withBcc(mail, i), i % (MESSAGES / BY_THE_PROGRAM) == 0);
      }
      assertThat(mailer.waiting()).hasSize(MESSAGES);
      var ran = mailer.program().run("--json", "sync");
      assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
      assertThat(ran.out().lines().filter(line -> line.contains("\"state\":\"sent\"")))
          .hasSizeGreaterThanOrEqualTo(MESSAGES);
      var received = exim.received();
      assertThat(received).hasSize(MESSAGES);
      for (var i = 0; i < MESSAGES; i++) {
        var text = new String(received.get(i), StandardCharsets.ISO_8859_1);
        var original = mail.get(i).endsWith("\n") ? mail.get(i) : mail.get(i) + "\n";
        assertThat(text).as("message %s", i).endsWith(original);
        assertThat(text.substring(0, text.length() - original.length()))
            .as("put before message %s", i)
            .matches("(Date: [^\n]+\n|Message-ID: [^\n]+\n)*");
      }
      try (var talk = dovecot.talk("ann")) {
        var copies = LocalMail.far(talk, "Sent");
        assertThat(copies).hasSize(MESSAGES);
        // The server keeps whole seconds of the time of arrival.
        assertThat(LocalMail.near(mailer.program().mail().resolve("Sent")))
            .extracting(Kept::sha256, Kept::flags)
            .containsExactlyInAnyOrderElementsOf(copies.stream()
                .map(copy -> Tuple.tuple(copy.sha256(), copy.flags()))
                .toList());
        var complete = Corpus.crlf(withBcc(mail, 0).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(copies)
            .as("with Bcc")
            .anyMatch(copy -> copy.sha256().equals(ImapTalk.sha256(complete)));
      }
      assertThat(mailer.waiting()).isEmpty();
      var again = mailer.program().run("sync");
      assertThat(again.out()).contains("Outbox: nothing to send", "work: nothing to do");
      assertThat(exim.received()).hasSize(MESSAGES);
    }
  }

  @Test
  void killedAgainAndAgain_nothingIsLost_andNothingGoesTwice() throws Exception {
    var seed = Long.getLong("kill.seed", 1);
    var random = new Random(seed);
    try (var exim = Exim.start(good());
        var dovecot = dovecot()) {
      var mailer = mailer(dovecot.tlsPort(), exim.tlsPort());
      var mail = mail(KILLED_MESSAGES);
      for (var i = 0; i < KILLED_MESSAGES; i++) {
        mailer.submit("X-Number: " + i + ".\n" + mail.get(i), false);
      }
      var longest = LONGEST_MILLIS;
      var killed = 0;
      for (var left = KILLED_MESSAGES; left > 0 && killed < KILLS; ) {
        var process = mailer.program().start(killed % 2 == 0 ? "sync" : "send");
        var millis = random.nextInt(SHORTEST_MILLIS, longest);
        if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
          break; // what is left is in doubt
        }
        process.destroyForcibly().waitFor();
        killed++;
        var now = mailer.waiting().size();
        // Where nothing was sent, it was killed too early: the machine is busy.
        longest = now == left ? longest * 3 / 2 : longest;
        left = now;
      }
      var last = mailer.program().run("sync");
      var doubtful = mailer.waiting().stream().map(Outgoing::id).toList();
      assertThat(last.exit())
          .as("seed %d: %s%s", seed, last.out(), last.err())
          .isEqualTo(doubtful.isEmpty() ? 0 : 1);
      assertThat(killed).as("seed %d", seed).isPositive();
      assertThat(mailer.waiting()).allMatch(message -> message.state() == State.IN_DOUBT);
      assertThat(doubtful).hasSizeLessThanOrEqualTo(killed);
      var numbers = exim.received().stream().map(SendingTest::number).toList();
      assertThat(numbers).as("seed %d", seed).doesNotHaveDuplicates().isSorted();
      var accounted = new HashSet<>(numbers);
      doubtful.forEach(id -> accounted.add((int) (id - 1)));
      assertThat(accounted).as("seed %d", seed).hasSize(KILLED_MESSAGES);
      try (var talk = dovecot.talk("ann")) {
        assertThat(LocalMail.far(talk, "Sent")).hasSize(KILLED_MESSAGES - doubtful.size());
      }
    }
  }

  private static int number(byte[] message) {
    var text = new String(message, StandardCharsets.ISO_8859_1);
    var begin = text.indexOf("X-Number: ") + "X-Number: ".length();
    return Integer.parseInt(text.substring(begin, text.indexOf('.', begin)));
  }

  @Test
  void stoppedInTheMiddleOfAMessage_itStaysQueued_andGoesWithTheNextRun() throws Exception {
    try (var exim = Exim.start(good());
        var dovecot = dovecot();
        var proxy = FaultProxy.before("127.0.0.1", exim.tlsPort())) {
      var mailer = mailer(dovecot.tlsPort(), proxy.port());
      mailer.submit("Subject: large\n\n" + "text and text\n".repeat(300_000), false);
      proxy.stallAfter(Direction.TO_SERVER, 1 << 20);
      var process = mailer.program().start("sync");
      proxy.awaitStall();
      process.destroy();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(mailer.waiting())
          .singleElement()
          .extracting(Outgoing::state)
          .isEqualTo(State.QUEUED);
      proxy.heal();
      assertThat(mailer.program().run("sync").exit()).isZero();
      assertThat(exim.received()).hasSize(1);
    }
  }

  @Test
  void whatIsWrong_isSaid_andTheMessageIsKept() throws Exception {
    try (var exim = Exim.start(good());
        var selfSigned = Exim.start(certificates.leaf(Kind.SELF_SIGNED));
        var dovecot = dovecot()) {
      var mailer = mailer(dovecot.tlsPort(), exim.tlsPort(), "password = \"mistaken-word\"");
      mailer.submit("Subject: one\n\nx\n", false);
      mailer.ends(
          3, "error: Outbox: signing in", "535", "What waits in the Outbox is sent by a later run");

      mailer = mailer(dovecot.tlsPort(), selfSigned.tlsPort());
      mailer.ends(4, "error: Outbox: ", "certificate");
      assertThat(mailer.waiting()).extracting(Outgoing::state).containsExactly(State.QUEUED);

      mailer = mailer(dovecot.tlsPort(), exim.tlsPort());
      mailer.ends(0);
      assertThat(exim.received()).hasSize(1);

      mailer.submit("Subject: large\n\n" + "text and text\n".repeat(1_600_000), false);
      mailer.ends(
          1, "sending message 2 (\"large\")", "at most 20971520 bytes", "mailtide send --drop 2");
      assertThat(mailer.waiting()).extracting(Outgoing::state).containsExactly(State.HELD);
      assertThat(mailer.program().run("send", "--drop", "2").exit()).isZero();

      mailer.submit("nobody@example.net", "Subject: refused\n\nx\n");
      mailer.ends(1, "to nobody@example.net: 550 no such user", "mailtide send --retry 3");
      assertThat(mailer.waiting()).extracting(Outgoing::state).containsExactly(State.HELD);
      assertThat(mailer.program().run("send", "--drop", "3").exit()).isZero();

      mailer.submit("later@example.net", "Subject: later\n\nx\n");
      mailer.ends(1, "to later@example.net: 451 not now", "It is tried again by later runs");
      assertThat(mailer.waiting()).extracting(Outgoing::state).containsExactly(State.QUEUED);
      assertThat(exim.received()).hasSize(1);
    }
  }
}

package io.mailtide.replica.imap;

import static io.mailtide.replica.imap.QuirkyStore.INBOX;
import static io.mailtide.replica.imap.QuirkyStore.PLAIN;
import static io.mailtide.replica.imap.QuirkyStore.assertDone;
import static io.mailtide.replica.imap.QuirkyStore.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that want to be left alone for a while, and hang up. */
final class ThrottledTest {
  @TempDir
  private Path directory = Path.of("");

  private QuirkyStore store = new QuirkyStore(directory);

  @BeforeEach
  void begin() {
    store = new QuirkyStore(directory);
  }

  /** 3: wherever it comes, the run waits as long as it is told, and goes on. */
  @ParameterizedTest
  @CsvSource({
    "UID FETCH 1:4 (UID INTERNALDATE, BAD Request is throttled.",
    "UID FETCH 1 (UID INTERNALDATE, NO Request is throttled.",
    "'EXAMINE \"Work\"', NO Request is throttled.",
    "'SELECT \"INBOX\"', NO Request is throttled.",
    "APPEND, BAD Request is throttled.",
    "UID STORE, NO Request is throttled.",
    "LIST, NO Request is throttled.",
    "LOGIN, NO Request is throttled."
  })
  void row3_throttledAndCutOff_waitsAndGoesOn(String command, String refusal) throws IOException {
    assertDone(store.run());
    for (int number = 1; number <= 4; number++) {
      store.server.put("INBOX", message(number));
      store.put(INBOX, number + 10, "\\Flagged");
    }
    store.server.lostFlags.add("\\Flagged");
    store.server.put("Work", message(5));
    var said = refusal + " Suggested Backoff Time: 2961 milliseconds";
    var outcome = store.run(
        store.greeting("ready", PLAIN).on(command, "%t " + said + "\n" + Answers.CUT),
        store.greeting("ready", PLAIN));
    assertDone(outcome);
    assertThat(store.slept).containsExactly(Duration.ofMillis(2961));
    assertThat(store.faults).hasSize(1).allSatisfy(fault -> {
      assertThat(fault.kind()).isEqualTo(Kind.THROTTLED);
      assertThat(fault.said()).isEqualTo(said.substring(said.indexOf("Request")));
      assertThat(fault.next()).isEqualTo("Waiting 3 s, then connecting again and going on.");
    });
    store.assertSame();
    store.assertAtRest();
  }

  /** 3: a wait that nobody would sit through ends the run, and nothing more is asked. */
  @Test
  void row3_throttledForLong_endsTheRun() throws IOException {
    for (int number = 1; number <= 4; number++) {
      store.server.put("INBOX", message(number));
    }
    store.server.put("Work", message(5));
    var outcome = store.run(store
        .greeting("ready", PLAIN)
        .on(
            "UID FETCH 1:4 (UID INTERNALDATE",
            "%t NO Suggested Backoff Time: 300001 milliseconds"));
    var failure = outcome.failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
    assertThat(failure.next())
        .isEqualTo("The server wants to be left alone for 301 seconds: run again after that.");
    assertThat(outcome.failed()).isZero();
    assertThat(store.slept).isEmpty();
    assertThat(store.heard)
        .as("what was on its way already, and nothing else")
        .endsWith(
            "UID FETCH 1:4 (UID INTERNALDATE BODY.PEEK[])",
            "EXAMINE \"Work\"",
            "UID FETCH 1 (UID INTERNALDATE BODY.PEEK[])",
            "LOGOUT");
    assertDone(store.run());
    store.assertSame();
    store.assertAtRest();
  }
}

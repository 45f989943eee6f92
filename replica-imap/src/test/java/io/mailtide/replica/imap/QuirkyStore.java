package io.mailtide.replica.imap;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A store kept in step with a server of quirks: the whole engine, with near mail in memory. */
final class QuirkyStore {
  static final FolderName INBOX = FolderName.INBOX;
  static final String PLAIN = "IMAP4rev1 LITERAL+ UIDPLUS MOVE";

  final MemoryStore near = new MemoryStore(Side.NEAR);
  final MailServer server = new MailServer();
  final List<Fault> faults = new ArrayList<>();
  final List<String> notices = new ArrayList<>();
  final List<Duration> slept = new ArrayList<>();
  final Map<String, Object> settings = new HashMap<>();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** How long everything takes: from one look at the clock to the next. */
  Duration pace = Duration.ZERO;

  private final Path directory;

  /** What the server was told in the last run. */
  List<String> heard = List.of();

  QuirkyStore(Path directory) {
    this.directory = directory;
    near.create(INBOX);
    server.box("INBOX");
  }

  /** A message of this number, as the server has it. */
  static String message(int number) {
    return "Message-ID: <%d@example.org>\nDate: day %d\nSubject: %d\n\nBody %d\n"
        .formatted(number, number, number, number);
  }

  /** As it is on the wire, and in memory here. */
  static String wire(String text) {
    return text.replace("\n", "\r\n");
  }

  /** The user puts a message here. */
  void put(FolderName name, int number, String... flags) {
    near.put(name, wire(message(number)), Flags.of(flags), Instant.parse("2003-02-01T04:05:06Z"));
  }

  /** The user removes the first message of a folder here. */
  void removeFirst(FolderName name) {
    near.remove(name, near.mail(name).getFirst().key());
  }

  /** The texts of the messages in a folder here, with LF. */
  List<String> texts(FolderName name) {
    return near.mail(name).stream()
        .map(mail -> mail.bytes().replace("\r\n", "\n"))
        .sorted()
        .toList();
  }

  /** The server, saying so much of itself. */
  Answers greeting(String greeting, String capabilities) {
    return Answers.greeting("* OK [CAPABILITY " + capabilities + "] " + greeting)
        .on("CAPABILITY", "* CAPABILITY " + capabilities + "\n%t OK done")
        .before(server);
  }

  Outcome run() throws IOException {
    return run(greeting("ready", PLAIN));
  }

  /** Runs once; each connection is played the next of these. */
  Outcome run(Answers... connections) throws IOException {
    faults.clear();
    notices.clear();
    slept.clear();
    now = now.plus(Duration.ofMinutes(1));
    try (var peer = ScriptedPeer.playing(connections)) {
      var fixture = Fixture.at(peer.port());
      settings.forEach(fixture::with);
      var outcome = Synchronizer.run(job(fixture), new SyncListener() {
        @Override
        public void progress(Progress progress) {}

        @Override
        public void planned(Planned act) {}

        @Override
        public void fault(Fault fault) {
          faults.add(fault);
        }
      });
      notices.addAll(fixture.notices);
      return outcome;
    } finally {
      heard =
          Arrays.stream(connections).flatMap(played -> played.heard().stream()).toList();
    }
  }

  /** What was said that carries messages or changes something. */
  List<String> heavy() {
    return heard.stream()
        .filter(
            command -> command.matches(
                "(APPEND|CREATE|DELETE|RENAME|EXPUNGE|UID (STORE|MOVE|COPY|EXPUNGE)).*|.*BODY\\.PEEK.*"))
        .toList();
  }

  static void assertDone(Outcome outcome) {
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
  }

  void assertSame() {
    for (var name : near.folderNames()) {
      assertThat(texts(name))
          .as("%s", name)
          .containsExactlyElementsOf(server.texts(name.text()).stream().sorted().toList());
    }
  }

  /** Two more runs find nothing to do. */
  void assertAtRest() throws IOException {
    for (int run = 0; run < 2; run++) {
      assertDone(run());
      assertThat(heavy()).isEmpty();
    }
  }

  private Job job(Fixture fixture) {
    var environment = new Environment() {
      @Override
      public InstantSource clock() {
        return () -> now = now.plus(pace);
      }

      @Override
      public RandomGenerator random() {
        return RandomGenerator.getDefault();
      }

      @Override
      public void sleep(Duration duration) {
        slept.add(duration);
        now = now.plus(duration);
      }
    };
    fixture.environment = environment;
    return new Job(
        "store",
        directory,
        () -> near.open(_ -> {}),
        fixture::open,
        FolderFilter.ALL,
        Selection.ALL,
        true,
        true,
        new Allowed(true, CARRY_OUT, true, CARRY_OUT),
        false,
        false,
        true,
        Duration.ofDays(30),
        environment,
        new Cancellation());
  }
}

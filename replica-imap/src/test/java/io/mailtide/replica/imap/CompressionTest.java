package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compression (RFC 4978), where the line turns out to be slow. */
final class CompressionTest {
  private static final String OFFERING = QuirkyStore.PLAIN + " COMPRESS=DEFLATE";
  private static final int MESSAGES = 2_000;

  /** More folders than are asked for before the first answer. */
  private static final int SENT_AHEAD = 55;

  private static final int EACH = 500;

  @TempDir
  private Path directory = Path.of("");

  private Optional<Dovecot> server = Optional.empty();

  @AfterEach
  void stop() {
    server.ifPresent(Dovecot::close);
  }

  /** Time that passes at each look at the clock, and is so measured for each read. */
  private record Paced(Duration pace) implements Environment {
    @Override
    public InstantSource clock() {
      var now = new Instant[] {Instant.parse("2026-01-01T00:00:00Z")};
      return () -> now[0] = now[0].plus(pace);
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }

    @Override
    public void sleep(Duration duration) {}
  }

  @ParameterizedTest
  @CsvSource({"20, '', true", "20, compress=deflate, false", "0, '', false"})
  void fetch_onASlowLine_isCompressed(int millis, String without, boolean compressed)
      throws FaultException {
    try (var dovecot = Dovecot.builder().user("ann", "secret").compression().start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", MESSAGES, 8_000, 1);
      var keys = Fixture.keys(LongStream.rangeClosed(1, MESSAGES).toArray());
      var plain = new Bodies();
      try (var replica =
          Fixture.at(dovecot.port()).with("without", "COMPRESS=DEFLATE").open()) {
        replica.open(FolderName.INBOX).fetch(keys, plain);
      }
      var fixture = Fixture.at(dovecot.port()).with("without", without);
      fixture.environment = new Paced(Duration.ofMillis(millis));
      try (var replica = fixture.open()) {
        var bodies = new Bodies();
        var folder = replica.open(FolderName.INBOX);
        folder.fetch(keys, bodies);
        assertThat(bodies.taken).hasSize(MESSAGES).isEqualTo(plain.taken);
        var size = bodies.taken.values().stream().mapToLong(Bodies.Taken::size).sum();
        if (compressed) {
          assertThat(replica.traffic().bytesIn()).isLessThan(size * 9 / 10);
        } else {
          assertThat(replica.traffic().bytesIn()).isGreaterThan(size);
        }
        assertThat(new Memory().scan(folder).complete()).isTrue();
      }
    }
  }

  /**
   * Little is asked for before it is known that the line is slow; and what one connection found out
   * holds for all.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 3})
  void foldersToCome_onASlowLine_comeCompressed(long connections) throws FaultException {
    var names = Stream.of("A", "B", "C", "D").map(FolderName::parse).toList();
    var keys = Fixture.keys(LongStream.rangeClosed(1, EACH).toArray());
    var fixture =
        Fixture.at(filled(names).port()).with("max-connections", connections).eager();
    fixture.environment = new Paced(Duration.ofMillis(20));
    try (var replica = fixture.open()) {
      replica.folders(Map.of());
      Fixture.expect(
          replica,
          names.stream()
              .map(name -> new Expected.Fetched(name, keys, Part.WHOLE))
              .toList());
      for (var name : names) {
        var bodies = new Bodies();
        replica.open(name).fetch(keys, bodies);
        assertThat(bodies.taken.values()).hasSize(EACH).allMatch(body -> body.size() > 8_000);
      }
      long plain = replica.traffic().bytesIn(); // compressed, they are nearly nothing
      assertThat(plain / 8_000).isBetween(100L, 150 * connections + 150);
    }
  }

  private Dovecot filled(List<FolderName> folders) {
    var dovecot = Dovecot.builder().user("ann", "secret").compression().start();
    server = Optional.of(dovecot);
    for (var folder : folders) {
      try (var filler = dovecot.fill("ann", folder.text())) {
        for (int number = 1; number <= EACH; number++) {
          var message = QuirkyStore.message(number) + "line of text\r\n".repeat(600);
          filler.add(message.getBytes(StandardCharsets.US_ASCII), List.of(), Instant.EPOCH);
        }
      }
    }
    return dovecot;
  }

  /** Until the line is known to be slow, nobody asks: a short run has no round trip more. */
  @Test
  void aShortRun_asksForNone() throws IOException {
    var store = new QuirkyStore(directory);
    store.pace = Duration.ofSeconds(1);
    store.server.put("INBOX", QuirkyStore.message(1));
    QuirkyStore.assertDone(store.run(store.greeting("ready", OFFERING)));
    assertThat(store.heard).isNotEmpty().noneMatch(command -> command.startsWith("COMPRESS"));
  }

  @Test
  void refused_theRunGoesOn() throws IOException {
    var store = slow();
    QuirkyStore.assertDone(
        store.run(store.greeting("ready", OFFERING).on("COMPRESS DEFLATE", "%t NO not today")));
    assertThat(store.faults).isEmpty();
    assertThat(store.heard).containsOnlyOnce("COMPRESS DEFLATE");
    store.assertSame();
  }

  /**
   * The folder that is changed next is opened behind the last command of the one before: behind
   * that, and not behind the question whether to compress, which goes first. Else that folder's
   * changes would be made in the next one.
   */
  @Test
  void askedBeforeAChange_theNextFolderIsOpenedBehindTheChange() throws IOException {
    var store = slow();
    QuirkyStore.assertDone(store.run());
    store.server.put("INBOX", QuirkyStore.message(90) + "line of text\n".repeat(80_000));
    for (int folder = 1; folder <= SENT_AHEAD; folder++) {
      var name = FolderName.parse("Work" + folder);
      store.near.setFlags(name, store.near.mail(name).getFirst().key(), Flags.of("\\Flagged"));
    }
    for (int number = 91; number <= 95; number++) {
      store.server.put("INBOX", QuirkyStore.message(number) + "line of text\n".repeat(80_000));
    }
    QuirkyStore.assertDone(
        store.run(store.greeting("ready", OFFERING).on("COMPRESS DEFLATE", "%t NO not today")));
    assertThat(store.faults).isEmpty();
    assertThat(store.heard).containsOnlyOnce("COMPRESS DEFLATE");
    assertThat(store.heard.indexOf("COMPRESS DEFLATE"))
        .as("asked between the bodies and the changes")
        .isLessThan(lastStore(store.heard));
    for (int folder = 1; folder <= SENT_AHEAD; folder++) {
      assertThat(store.server.box("Work" + folder).mail.values())
          .as("Work%d", folder)
          .allSatisfy(mail -> assertThat(mail.flags()).contains("\\Flagged"));
    }
    store.assertSame();
  }

  private static int lastStore(List<String> heard) {
    return heard.lastIndexOf(heard.stream()
        .filter(command -> command.startsWith("UID STORE"))
        .reduce((_, last) -> last)
        .orElseThrow());
  }

  /** 81: the run connects again, and does without. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0007\u0007" + Answers.CUT, Answers.CUT})
  void row81_streamsThatBreakOrEndEarly_areDoneWithout(String stream) throws IOException {
    var store = slow();
    var broken = store.greeting("ready", OFFERING).on("COMPRESS DEFLATE", "%t OK so\n" + stream);
    var plain = store.greeting("ready", OFFERING);
    QuirkyStore.assertDone(store.run(broken, plain));
    assertThat(store.faults).extracting(Fault::kind).containsExactly(Kind.NETWORK);
    assertThat(broken.heard()).contains("COMPRESS DEFLATE");
    assertThat(plain.heard()).isNotEmpty().doesNotContain("COMPRESS DEFLATE");
    store.assertSame();
  }

  private QuirkyStore slow() {
    var store = new QuirkyStore(directory);
    store.pace = Duration.ofMillis(100);
    for (int number = 1; number <= 5; number++) {
      store.server.put("INBOX", QuirkyStore.message(number) + "line of text\n".repeat(80_000));
    }
    for (int folder = 1; folder <= SENT_AHEAD; folder++) {
      store.server.put("Work" + folder, QuirkyStore.message(5 + folder));
    }
    return store;
  }
}

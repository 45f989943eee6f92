package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Expected.Fetched;
import io.mailtide.engine.Replica.Expected.Scanned;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls from a real Dovecot, once with all its abilities and once with less and less of them. */
@Execution(ExecutionMode.CONCURRENT)
final class DovecotPullTest {
  private static final String QRESYNC =
      "IMAP4rev1 SASL-IR ENABLE ID NAMESPACE CONDSTORE QRESYNC ESEARCH LIST-EXTENDED LIST-STATUS LITERAL+";
  private static final String CONDSTORE = "IMAP4rev1 ENABLE CONDSTORE ESEARCH";
  private static final String PLAIN = "IMAP4rev1";

  private static Dovecot server(String capabilities) {
    return Dovecot.builder().user("ann", "secret").capability(capabilities).start();
  }

  @ParameterizedTest
  @ValueSource(strings = {QRESYNC, CONDSTORE, PLAIN})
  void scan_changesOfAllKinds_areFound(String capabilities) throws FaultException {
    try (var dovecot = server(capabilities)) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 50, 1_000, 1);
      var memory = new Memory();
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        assertThat(memory.scan(replica.open(FolderName.INBOX)).complete()).isTrue();
      }
      assertThat(memory.messages).hasSize(50);
      assertThat(memory.messages.get(1L)).isEqualTo(Flags.of("\\Seen"));
      assertThat(memory.messages.get(2L)).isEqualTo(Flags.NONE);

      try (var talk = dovecot.talk("ann")) {
        talk.send("SELECT INBOX");
        talk.send("UID STORE 4 +FLAGS (\\Flagged todo)");
        talk.send("UID STORE 7:9,50 +FLAGS (\\Deleted)");
        talk.send("EXPUNGE");
        talk.append(
            "INBOX",
            SyntheticMail.message(2, 1, 700),
            "\\Draft",
            Instant.ofEpochSecond(1_000_000_000));
      }
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var summaries = replica.folders(Fixture.known(FolderName.INBOX, memory));
        assertThat(summaries).containsExactly(new FolderSummary(FolderName.INBOX, false));
        var scan = memory.scan(replica.open(FolderName.INBOX));
        assertThat(scan.complete()).isEqualTo(capabilities.equals(PLAIN));
      }
      assertThat(memory.messages).hasSize(47).doesNotContainKeys(7L, 8L, 9L, 50L);
      assertThat(memory.messages.get(4L)).isEqualTo(Flags.of("\\Flagged", "todo"));
      assertThat(memory.messages.get(51L)).isEqualTo(Flags.of("\\Draft"));
      if (!capabilities.equals(PLAIN)) {
        assertThat(memory.lastPresent).containsExactly(4L, 51L);
        assertThat(memory.lastVanished).containsExactly(7L, 8L, 9L, 50L);
      }
      if (capabilities.equals(QRESYNC)) {
        assertThat(memory.looked).as("those that vanished, and no other").isEqualTo(4);
      }

      try (var replica = Fixture.at(dovecot.port()).open()) {
        var summaries = replica.folders(Fixture.known(FolderName.INBOX, memory));
        assertThat(summaries)
            .containsExactly(new FolderSummary(FolderName.INBOX, !capabilities.equals(PLAIN)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {QRESYNC, CONDSTORE})
  void folders_nothingChangedSinceFirstScan_isUnchanged(String capabilities) throws FaultException {
    try (var dovecot = server(capabilities)) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 20, 1_000, 1);
      SyntheticMail.fill(dovecot, "ann", "A/B", 20, 1_000, 1);
      var name = FolderName.parse("A/B");
      var memory = new Memory();
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var folder = replica.open(name);
        memory.scan(folder);
        folder.fetch(Fixture.keys(1, 2, 3), new Bodies());
      }
      try (var replica = Fixture.at(dovecot.port()).open()) {
        assertThat(replica.folders(Fixture.known(name, memory)))
            .contains(new FolderSummary(name, true), new FolderSummary(FolderName.INBOX, false));
        assertThat(replica.traffic().roundTrips())
            .isLessThanOrEqualTo(capabilities.equals(QRESYNC) ? 7 : 9);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {QRESYNC, PLAIN})
  void fetch_anyMessages_areByteExact(String capabilities) throws FaultException {
    try (var dovecot = server(capabilities);
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 300, 5_000, 3);
      var held = talk.held("INBOX");
      var bodies = new Bodies();
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var folder = replica.open(FolderName.INBOX);
        folder.fetch(
            Fixture.keys(held.stream()
                .filter(one -> one.uid() % 3 != 0)
                .mapToLong(one -> one.uid())
                .toArray()),
            bodies);
        assertThat(folder.confirmGone(Set.copyOf(Fixture.keys(1, 300, 301, 4_000_000_000L))))
            .isEqualTo(Set.copyOf(Fixture.keys(301, 4_000_000_000L)));
      }
      assertThat(bodies.taken).hasSize(200);
      assertThat(bodies.abandoned).isZero();
      for (var one : held) {
        if (one.uid() % 3 != 0) {
          assertThat(bodies.taken.get(Long.toString(one.uid())))
              .isEqualTo(new Bodies.Taken(one.sha256(), one.size(), Optional.of(one.arrived())));
        }
      }
      assertThat(List.of(dovecot.log().split("\n")))
          .noneMatch(line -> line.contains("imap(ann)") && line.contains("Error"));
    }
  }

  @Test
  void open_aFolderThatWasNotListed_asksForItByItsName() throws FaultException {
    try (var dovecot = Dovecot.start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 1, 500, 1);
      var name = FolderName.parse("A/Entwürfe & mehr");
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var missing = catchThrowableOfType(FaultException.class, () -> replica.open(name));
        assertThat(missing.fault().kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(missing.fault().folder()).contains(name);
        try (var talk = dovecot.talk("ann")) {
          talk.send("CREATE \"A/Entw&APw-rfe &- mehr\"");
        }
        assertThat(replica.open(name).name()).isEqualTo(name);
      }
    }
  }

  /** It was told of; what was told behind it is sent ahead all the same. */
  @Test
  void aFolderThatDoesNotCome_keepsNothingBehindItBack() throws FaultException {
    var names = Stream.of("A", "B", "C", "D", "E").map(FolderName::parse).toList();
    try (var dovecot = server(QRESYNC)) {
      names.forEach(name -> SyntheticMail.fill(dovecot, "ann", name.text(), 3, 1_000, 1));
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var told = names.iterator();
        replica.expect(() -> told.hasNext()
            ? Optional.of(new Scanned(told.next(), Optional.empty(), false))
            : Optional.empty());
        long before = replica.traffic().roundTrips();
        for (var name : names.subList(1, names.size())) {
          assertThat(new Memory().scan(replica.open(name)).complete()).isTrue();
        }
        assertThat(replica.traffic().roundTrips() - before).isLessThanOrEqualTo(2);
      }
    }
  }

  /** More than fits on the way: a server that is kept waiting begins with the next command. */
  @Test
  void manyMessagesOfManyFolders_eachComesOnce() throws FaultException {
    int count = 1_000;
    var names = Stream.of("A", "B", "C", "D", "E").map(FolderName::parse).toList();
    try (var dovecot = Dovecot.builder().user("ann", "secret").start();
        var replica = Fixture.at(dovecot.port()).open()) {
      for (var name : names) {
        SyntheticMail.fill(dovecot, "ann", name.text(), count, 8_000, 1);
      }
      replica.folders(Map.of());
      var coming = new ArrayList<Fetched>();
      for (var name : names) {
        for (int from = 1; from <= count; from += 250) {
          coming.add(new Fetched(name, keys(from), Part.WHOLE));
        }
      }
      Fixture.expect(replica, coming);
      for (var name : names) {
        var bodies = new Bodies();
        var folder = replica.open(name);
        for (int from = 1; from <= count; from += 250) {
          folder.fetch(keys(from), bodies);
        }
        assertThat(bodies.taken).as(name.text()).hasSize(count);
      }
    }
  }

  private static List<MessageKey> keys(int from) {
    return Fixture.keys(LongStream.range(from, from + 250).toArray());
  }
}

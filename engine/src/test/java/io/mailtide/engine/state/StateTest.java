package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.plan.Trio.Absent;
import io.mailtide.engine.plan.Trio.Present;
import io.mailtide.engine.state.Journal.Intent;
import io.mailtide.engine.state.State.Folder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Digest DIGEST = new Digest("ab".repeat(32));

  @TempDir
  Path directory;

  private Path file;
  private Database database;
  private State state;
  private Observations observations;
  private Journal journal;
  private Ledger ledger;

  @BeforeEach
  void open() throws FaultException {
    file = directory.resolve("sub").resolve("work.sqlite");
    reopen();
  }

  private void reopen() throws FaultException {
    database = Database.open(file, Environment.system());
    state = new State(database);
    observations = new Observations(database);
    journal = new Journal(database);
    ledger = new Ledger(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static MessageKey key(String text) {
    return new MessageKey(text);
  }

  private Intent intent(Folder folder, String far, String near, String flags) {
    return new Intent(
        folder, key(far), key(near), Flags.parse(flags), Flags.parse(flags), 10, DIGEST, false);
  }

  private void agree(Folder folder, String far, String near, String flags) throws FaultException {
    journal.advance(List.of(intent(folder, far, near, flags)), List.of());
  }

  private void see(Folder folder, Side side, boolean complete, String... keysAndFlags)
      throws FaultException {
    try (var recorder = observations.record(folder, side, false)) {
      for (var i = 0; i < keysAndFlags.length; i += 2) {
        recorder.present(new Sighting(
            key(keysAndFlags[i]), Flags.parse(keysAndFlags[i + 1]), OptionalLong.of(100)));
      }
      recorder.finish(complete);
    }
  }

  @Test
  void foldersAndCheckpoints_outliveTheProcess() throws FaultException {
    var folder = state.add(FolderName.parse("A/B"));
    state.generation(folder, Side.FAR, new Generation("17"));
    state.checkpoint(folder, Side.FAR, Optional.of(new Checkpoint("far")));
    state.checkpoint(folder, Side.NEAR, Optional.of(new Checkpoint("near")));
    agree(folder, "1", "a", "");
    database.close();
    reopen();
    var read = state.folders().getFirst();
    assertThat(read.name()).isEqualTo(FolderName.parse("A/B"));
    assertThat(read.far())
        .isEqualTo(
            new State.Part(Optional.of(new Generation("17")), Optional.of(new Checkpoint("far"))));
    assertThat(read.near().checkpoint()).contains(new Checkpoint("near"));
    assertThat(read.near().generation()).isEmpty();
  }

  @Test
  void whatNothingRestsUpon_waitsForTheNextIntents_andIsNeverDurableWithoutWhatWasWrittenBefore()
      throws FaultException {
    var folder = state.add(FolderName.parse("A"));
    agree(folder, "1", "a", "");
    state.checkpoint(folder, Side.FAR, Optional.of(new Checkpoint("1")));
    state.add(FolderName.parse("B"));
    assertThat(durableFolders()).isEqualTo("A");
    journal.advance(List.of(), List.of(intent(folder, "2", "b", "")));
    assertThat(durableFolders()).isEqualTo("A 1, B");
    state.add(FolderName.parse("C"));
    database.close();
    assertThat(durableFolders()).isEqualTo("A 1, B");
  }

  @Test
  void whatWaits_doesNotWaitForEver() throws FaultException {
    for (var number = 0; number < 2_000; number++) {
      state.add(FolderName.parse("folder " + number));
    }
    assertThat(durableFolders()).contains("folder 999");
  }

  /** As another process sees them. */
  private String durableFolders() throws FaultException {
    try (var other = Database.openToRead(file).orElseThrow()) {
      return new State(other)
          .folders().stream()
              .map(folder -> folder.name()
                  + folder.far().checkpoint().map(at -> " " + at.value()).orElse(""))
              .collect(Collectors.joining(", "));
    }
  }

  @Test
  void aNewerFormat_isRefused_andLeftAsItIs() throws Exception {
    database.close();
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = other.createStatement()) {
      statement.execute("PRAGMA user_version=999");
    }
    var before = Files.readAllBytes(file);
    var thrown =
        catchThrowableOfType(FaultException.class, () -> Database.open(file, Environment.system()));
    assertThat(thrown.fault().kind()).isEqualTo(Kind.STATE_NEWER);
    assertThat(thrown.fault().said()).contains("999");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    reopenAfterwards();
  }

  private void reopenAfterwards() throws Exception {
    Files.delete(file);
    reopen();
  }

  @Test
  void rubbishInsteadOfState_isDamage() throws Exception {
    database.close();
    Files.writeString(file, "this is no database at all, whatever its name says. ".repeat(100));
    var thrown =
        catchThrowableOfType(FaultException.class, () -> Database.open(file, Environment.system()));
    assertThat(thrown.fault().kind()).isEqualTo(Kind.STATE_DAMAGED);
    assertThat(thrown.fault().next()).contains("Move that file away");
    reopenAfterwards();
  }

  @Test
  void aStrangersDatabase_isNotTaken() throws Exception {
    var strange = directory.resolve("strange.sqlite");
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + strange);
        var statement = other.createStatement()) {
      statement.execute("CREATE TABLE theirs (x)");
    }
    var thrown = catchThrowableOfType(
        FaultException.class, () -> Database.open(strange, Environment.system()));
    assertThat(thrown.fault().kind()).isEqualTo(Kind.STATE_DAMAGED);
  }

  @Test
  void aDirectoryThatCannotBeMade_isADiskFault() throws Exception {
    Files.writeString(directory.resolve("plain"), "");
    var thrown = catchThrowableOfType(
        FaultException.class,
        () -> Database.open(directory.resolve("plain/sub/work.sqlite"), Environment.system()));
    assertThat(thrown.fault().kind()).isEqualTo(Kind.DISK);
  }

  @Test
  void readingWhereNothingIs_makesNothing() throws Exception {
    var nowhere = directory.resolve("none.sqlite");
    assertThat(Database.openToRead(nowhere)).isEmpty();
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void aStore_isLockedOnce() throws Exception {
    try (var held = StoreLock.take(directory, "work")) {
      assertThat(held).isNotNull();
      assertThatExceptionOfType(FaultException.class)
          .isThrownBy(() -> StoreLock.take(directory, "work"))
          .satisfies(e -> assertThat(e.fault().kind()).isEqualTo(Kind.BUSY));
    }
    StoreLock.take(directory, "work").close();
  }

  @Test
  void knownKeys_areFoundByRange_inOrderOfNumbers() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    for (var uid : List.of("100", "9", "20", "4294967295")) {
      agree(folder, uid, "n" + uid, "");
    }
    var known = state.known(folder, Side.FAR);
    assertThat(known.count()).isEqualTo(4);
    assertThat(known.between(9, 100, 10)).containsExactly(key("9"), key("20"), key("100"));
    assertThat(known.between(10, Long.MAX_VALUE, 2)).containsExactly(key("20"), key("100"));
  }

  @Test
  void whatIsAsAgreed_isNoDifference() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "1", "n1", "\\Seen");
    see(folder, Side.NEAR, true, "n1", "\\Seen");
    see(folder, Side.FAR, true, "1", "\\Seen");
    assertThat(observations.differences(folder)).isEmpty();
    assertThat(observations.toCopy(folder, Side.FAR, NOW).messages()).isZero();
    assertThat(observations.toCopy(folder, Side.NEAR, NOW).messages()).isZero();
  }

  @Test
  void differences_showBothSidesAsTheyAre() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "1", "n1", "");
    agree(folder, "2", "n2", "a");
    agree(folder, "3", "n3", "");
    see(folder, Side.NEAR, true, "n1", "x", "n2", "a", "n3", "");
    see(folder, Side.FAR, true, "1", "y", "3", "");
    var trios = observations.differences(folder);
    assertThat(trios).hasSize(2);
    assertThat(trios.get(0).near().now()).isEqualTo(new Present(Flags.of("x")));
    assertThat(trios.get(0).far().now()).isEqualTo(new Present(Flags.of("y")));
    assertThat(trios.get(1).far().key()).contains(key("2"));
    assertThat(trios.get(1).far().now()).isEqualTo(new Absent());
    assertThat(trios.get(1).near().now()).isEqualTo(new Present(Flags.of("a")));
  }

  @Test
  void anIncompleteScan_saysNothingOfWhatItDidNotShow() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "1", "n1", "");
    agree(folder, "2", "n2", "");
    try (var recorder = observations.record(folder, Side.FAR, false)) {
      recorder.vanished(key("2"));
      recorder.vanished(key("77"));
      recorder.finish(false);
    }
    assertThat(observations.differences(folder)).hasSize(1);
    observations.stillThere(folder, Side.FAR, List.of(key("2")));
    assertThat(observations.differences(folder)).isEmpty();
  }

  @Test
  void newFarMessages_comeInOrder_pageByPage() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "5", "n5", "");
    see(folder, Side.FAR, true, "10", "", "9", "\\Seen", "5", "", "100", "");
    assertThat(observations.toCopy(folder, Side.FAR, NOW))
        .isEqualTo(new Observations.Amount(3, 300));
    var first = observations.toCopy(folder, Side.FAR, NOW, Optional.empty(), 2);
    assertThat(first).extracting(Sighting::key).containsExactly(key("9"), key("10"));
    assertThat(observations.toCopy(folder, Side.FAR, NOW, Optional.of(key("10")), 2))
        .extracting(Sighting::key)
        .containsExactly(key("100"));
  }

  @Test
  void anotherFoldersMessages_areNotMixedUp() throws FaultException {
    var one = state.add(FolderName.parse("one"));
    var two = state.add(FolderName.parse("two"));
    agree(one, "1", "n1", "");
    see(two, Side.FAR, true, "1", "");
    assertThat(observations.differences(one)).isEmpty();
    assertThat(observations.toCopy(two, Side.FAR, NOW).messages()).isEqualTo(1);
  }

  @Test
  void intents_outliveTheProcess_untilTheirOutcome() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    var intent = intent(folder, "1", "n1", "\\Seen");
    journal.advance(List.of(), List.of(intent));
    database.close();
    reopen();
    assertThat(journal.left(folder)).containsExactly(intent);
    assertThat(state.messages(folder)).isZero();
    journal.advance(List.of(intent), List.of());
    assertThat(journal.left(folder)).isEmpty();
    assertThat(state.messages(folder)).isEqualTo(1);
  }

  @Test
  void aNewGeneration_leavesTheMessagesToBeFoundByContent() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "1", "n1", "a");
    see(folder, Side.NEAR, true, "n1", "a b");
    state.farGenerationChanged(folder, new Generation("18"));
    assertThat(state.messages(folder)).isZero();
    var twins = new Twins(database);
    assertThat(twins.lost(folder, DIGEST, 0))
        .contains(
            new Twins.Twin(1, key("n1"), Flags.of("a", "b"), Flags.of("a"), Flags.of("a"), false));
    assertThat(twins.lost(folder, DIGEST, 1)).isEmpty();
    assertThat(observations.differences(folder))
        .allMatch(trio -> trio.far().key().isEmpty());
    journal.pair(List.of(intent(folder, "900", "n1", "a")));
    assertThat(state.messages(folder)).isEqualTo(1);
    assertThat(twins.lost(folder, DIGEST, 0)).isEmpty();
  }

  @Test
  void aTwinThatIsGoneNear_isNone() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "1", "n1", "");
    see(folder, Side.NEAR, true);
    state.farGenerationChanged(folder, new Generation("18"));
    assertThat(new Twins(database).lost(folder, DIGEST, 0)).isEmpty();
  }

  @Test
  void theLedger_keepsAMessageBackUntilItsTime_andForgetsItWhenCopied() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    var message = new Sighting(key("7"), Flags.of("a"), OptionalLong.empty());
    var fault = Fault.of(Kind.REFUSED, Fault.Reach.MESSAGE, "fetching", "no", "wait");
    ledger.enter(folder, Side.FAR, message, fault, NOW);
    assertThat(ledger.due(folder.name(), NOW)).isTrue();
    ledger.enter(folder, Side.FAR, message, fault, NOW);
    assertThat(ledger.due(folder.name(), NOW)).isFalse();
    assertThat(ledger.entries().getFirst().tries()).isEqualTo(2);

    see(folder, Side.FAR, false);
    ledger.rejoin(folder, Side.FAR, false);
    assertThat(observations.toCopy(folder, Side.FAR, NOW).messages()).isZero();
    var later = NOW.plus(Duration.ofMinutes(5));
    assertThat(ledger.due(folder.name(), later)).isTrue();
    assertThat(observations.toCopy(folder, Side.FAR, later, Optional.empty(), 9))
        .containsExactly(message);

    agree(folder, "7", "n7", "a");
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void theLedger_dropsWhatIsGone() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    var message = new Sighting(key("7"), Flags.NONE, OptionalLong.empty());
    var fault = Fault.of(Kind.REFUSED, Fault.Reach.MESSAGE, "fetching", "no", "wait");
    ledger.enter(folder, Side.FAR, message, fault, NOW);
    ledger.enter(folder.name(), fault, NOW);
    see(folder, Side.FAR, true);
    ledger.rejoin(folder, Side.FAR, true);
    assertThat(ledger.entries())
        .extracting(entry -> entry.message())
        .containsExactly(Optional.empty());
    ledger.cleared(folder.name());
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void waits_growToADay() {
    assertThat(Ledger.wait(1)).isZero();
    assertThat(Ledger.wait(2)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Ledger.wait(3)).isEqualTo(Duration.ofMinutes(10));
    assertThat(Ledger.wait(60)).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void forgettingAFolder_leavesNothingOfIt() throws FaultException {
    var folder = state.add(FolderName.INBOX);
    agree(folder, "1", "n1", "");
    journal.advance(List.of(), List.of(intent(folder, "2", "n2", "")));
    state.forget(folder);
    assertThat(state.folders()).isEmpty();
    assertThat(state.messages()).isZero();
  }
}

package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that finds both sides and the state as one that had nothing to do looks no further. */
class RestTest {
  private static final FolderName NEW = FolderName.parse("New");
  private static final List<String> AT_REST =
      List.of("FAR appearance", "NEAR appearance", "NEAR purgeRemoved");

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory = Path.of("");

  private TwoWayWorld world = new TwoWayWorld(directory);

  @BeforeEach
  void begin() {
    world = new TwoWayWorld(directory);
    for (var number = 1; number <= 4; number++) {
      world.put(Side.FAR, INBOX, number, "\\Seen");
    }
    world.put(Side.NEAR, INBOX, 5);
    world.put(Side.NEAR, WORK, 6);
    world.put(Side.FAR, OLD, 7);
    comeToRest();
  }

  /** Runs until a run looks at nothing but how both sides look. */
  private void comeToRest() {
    for (var runs = 1; !Set.copyOf(calls()).equals(Set.copyOf(AT_REST)); runs++) {
      assertThat(runs).as("runs until the store is at rest").isLessThan(4);
    }
  }

  private List<String> calls() {
    var calls = new ArrayList<String>();
    assertThat(world.synchronise(calls::add).failure()).isEmpty();
    return calls;
  }

  private void assertLooks() {
    assertThat(calls()).contains("FAR folders", "NEAR folders");
  }

  @Test
  void aFirstRun_asksForNothingOfTheKind() {
    world.loseState();
    assertThat(calls()).contains("FAR folders").doesNotContain("FAR appearance", "NEAR appearance");
  }

  @Test
  void atRest_aRunComesToTheSameEnd_andTellsTheSameTotals() {
    var atRest = world.synchronise();
    var told = List.copyOf(world.progress);
    world.full = true;
    var full = world.synchronise();
    assertThat(atRest.withheld() + atRest.failed() + atRest.leftOut()).isZero();
    assertThat(full.copied() + full.sent() + full.flagged()).isZero();
    assertThat(told.getLast()).isEqualTo(world.progress.getLast());
    assertThat(told.stream().map(progress -> progress.phase()).distinct())
        .isEqualTo(
            world.progress.stream().map(progress -> progress.phase()).distinct().toList());
    assertThat(told.getLast().folders()).isEqualTo(3);
  }

  private static Arguments row(String what, Consumer<TwoWayWorld> edit) {
    return arguments(what, edit);
  }

  static Stream<Arguments> events() {
    return Stream.of(
        row("a message comes far", world -> world.put(Side.FAR, INBOX, 8)),
        row("a message comes near", world -> world.put(Side.NEAR, OLD, 8)),
        row("a message is flagged far", world -> world.flag(Side.FAR, INBOX, 1)),
        row("a message is flagged near", world -> world.flag(Side.NEAR, INBOX, 5, "\\Seen")),
        row("a message goes far", world -> world.remove(Side.FAR, INBOX, 1)),
        row("a message goes near", world -> world.remove(Side.NEAR, INBOX, 2)),
        row("a message is moved", world -> world.move(Side.NEAR, INBOX, 2, WORK)),
        row("a folder comes far", world -> world.far.create(NEW)),
        row("a folder comes near", world -> world.near.create(NEW)),
        row("a folder goes far", world -> world.far.drop(WORK)),
        row("a folder goes near", world -> world.near.drop(WORK)),
        row("a folder is renamed", world -> world.far.rename(WORK, NEW)),
        row("a folder is numbered anew", world -> world.far.renumber(INBOX)),
        row("a removed message is put back", RestTest::undo));
  }

  private static void undo(TwoWayWorld world) {
    world.remove(Side.FAR, INBOX, 1);
    world.synchronise();
    world.synchronise();
    world.synchronise();
    try (var area =
        Synchronizer.undoArea(world.directory, "store", () -> world.near.open(_ -> {}))) {
      var there = area.list().stream().map(removed -> removed.id()).toList();
      assertThat(area.restore(there)).hasSize(1);
    } catch (FaultException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void whateverHappens_theNextRunLooks_andThenAllIsAtRestAgain(
      String what, Consumer<TwoWayWorld> edit) {
    edit.accept(world);
    assertLooks();
    world.assertSame();
    comeToRest();
  }

  /** As it mostly is, on a disk of this machine. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void whateverHappens_whereTheNearSideIsQuick_theNextRunLooks(
      String what, Consumer<TwoWayWorld> edit) {
    world.nearIsQuick = true;
    whateverHappens_theNextRunLooks_andThenAllIsAtRestAgain(what, edit);
  }

  @Test
  void aNearSideThatIsKnownToHaveChanged_isListedWhileTheFarOneIsAsked() {
    world.nearIsQuick = true;
    assertThat(calls()).startsWith("NEAR appearance", "FAR appearance").hasSize(AT_REST.size());
    world.put(Side.NEAR, OLD, 8);
    assertThat(calls()).startsWith("NEAR appearance", "NEAR folders", "FAR appearance");
  }

  static Stream<Arguments> jobs() {
    var few = FolderFilter.said("few", name -> name.equals(INBOX));
    var small = new Selection(OptionalLong.of(1_000), Optional.empty(), false);
    var young = new Selection(OptionalLong.empty(), Optional.of(Duration.ofDays(9_999)), false);
    var headers = new Selection(OptionalLong.empty(), Optional.empty(), true);
    return Stream.of(
        row("other folders", world -> world.folders = few),
        row("folders that cannot be told", world -> world.folders = name -> !name.equals(NEW)),
        row("a limit of size", world -> world.selection = small),
        row("a limit of age", world -> world.selection = young),
        row("headers only", world -> world.selection = headers),
        row("another direction", world -> world.allowed = TwoWayWorld.PULL),
        row("the other direction", world -> world.allowed = TwoWayWorld.PUSH),
        row("other deletions", world -> world.allowed = TwoWayWorld.KEEP),
        row("in full", world -> world.full = true),
        row("a dry run", world -> world.dryRun = true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jobs")
  void aRunOfAnotherKind_looks(String what, Consumer<TwoWayWorld> change) {
    change.accept(world);
    assertLooks();
  }

  @Test
  void aFullRun_orADryOne_orOneWhoseFoldersCannotBeTold_comesToNoRest() {
    world.full = true;
    assertLooks();
    assertLooks();
    world.full = false;
    world.folders = name -> !name.equals(NEW);
    assertLooks();
    assertLooks();
    world.dryRun = true;
    assertLooks();
    assertLooks();
  }

  @Test
  void aDryRun_leavesTheRestAsItIs() {
    world.dryRun = true;
    assertLooks();
    world.dryRun = false;
    assertThat(calls()).isEqualTo(AT_REST);
  }

  @Test
  void whoeverWritesToTheState_endsTheRest() throws FaultException {
    var file = world.directory.resolve("store.sqlite");
    try (var database = Database.open(file, Environment.system())) {
      var state = new State(database);
      var work = state.folders().stream()
          .filter(folder -> folder.name().equals(WORK))
          .findFirst()
          .orElseThrow();
      state.forget(work);
    }
    assertLooks();
    world.assertSame();
    comeToRest();
  }

  @Test
  void aRepair_endsTheRest_whereItMends() {
    world.rot(Side.NEAR, INBOX, world.mail(Side.NEAR, INBOX, 1).key(), "Subject: bad\r\n\r\nx\r\n");
    assertThat(calls()).isEqualTo(AT_REST);
    world.audit(true, TwoWayWorld.QUIET);
    assertLooks();
    comeToRest();
  }

  @Test
  void aMessageThatFails_isTriedWhenItsTimeComes() {
    var key = world.far.put(INBOX, TwoWayWorld.message(9), Flags.NONE, TwoWayWorld.ARRIVED);
    world.far.refuse(INBOX, key);
    for (var runs = 0; runs < 4; runs++) {
      assertLooks();
    }
    world.far.refuseNothing();
    world.now = world.now.plus(Duration.ofDays(2));
    assertLooks();
    world.assertSame();
    comeToRest();
  }

  @Test
  void whatIsLeftOut_keepsItFromRest() {
    world.selection = new Selection(OptionalLong.of(10), Optional.empty(), false);
    world.put(Side.FAR, INBOX, 9);
    for (var runs = 0; runs < 4; runs++) {
      assertLooks();
    }
    assertThat(world.synchronise().leftOut()).isEqualTo(1);
  }

  @Test
  void whatIsWithheld_keepsItFromRest() {
    world.allowed = TwoWayWorld.PULL;
    world.flag(Side.NEAR, INBOX, 1, "\\Flagged");
    for (var runs = 0; runs < 4; runs++) {
      assertLooks();
    }
    world.allowed = TwoWayWorld.BOTH;
    assertLooks();
    world.assertSame();
  }

  @Test
  void removalsThatTheBrakeHolds_keepItFromRest() {
    for (var number = 1; number <= 5; number++) {
      world.remove(Side.FAR, INBOX, number);
    }
    world.allowMassDelete = false;
    for (var runs = 0; runs < 3; runs++) {
      assertThat(world.synchronise().failure()).isPresent();
    }
    world.allowMassDelete = true;
    assertLooks();
    world.assertSame();
  }

  @Test
  void aFolderThatListingsLeaveOut_keepsItFromRest() {
    world.far.hide(WORK);
    for (var runs = 0; runs < 3; runs++) {
      assertLooks();
    }
    world.far.tellAll();
    assertThat(calls()).doesNotContain("FAR scan", "NEAR scan");
    comeToRest();
  }

  @Test
  void aFolderThatIsOnOneSideAlone_keepsItFromRest() {
    world.allowed = TwoWayWorld.PUSH;
    comeToRest();
    world.far.create(NEW);
    for (var runs = 0; runs < 3; runs++) {
      assertLooks();
    }
  }

  @Test
  void aSideThatCannotTellChanges_isAlwaysLookedAt() {
    world.far.trackNothing();
    for (var runs = 0; runs < 3; runs++) {
      assertLooks();
    }
  }

  @Test
  void aRunThatFailsAtOnce_leavesTheRestAsItIs() {
    var outcome = world.synchronise(call -> {
      if (call.equals("FAR appearance")) {
        throw new FaultException(Fault.of(Kind.NETWORK, Reach.REPLICA, "listing", "cut", ""));
      }
    });
    assertThat(outcome.failure()).isPresent();
    assertThat(calls()).isEqualTo(AT_REST);
  }

  @Test
  void aCancelledRun_isNotTakenForOneAtRest() {
    world.cancellation.request();
    assertThat(world.synchronise().failure()).isPresent();
    world.cancellation = new Cancellation();
    assertThat(calls()).isEqualTo(AT_REST);
  }
}

package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.ARRIVED;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of messages that are too large or too old to be carried across. */
class SelectionTest {
  private static final Selection SMALL =
      new Selection(OptionalLong.of(1_000), Optional.of(Duration.ofDays(30)), false);
  private static final Instant RECENT = Instant.parse("2025-12-24T00:00:00Z");

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  private static String large(int number) {
    return message(number) + "x".repeat(2_000) + "\r\n";
  }

  private static TwoWayWorld begun(Path directory) {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    world.put(Side.FAR, INBOX, 1);
    assertThat(world.synchronise().failure()).isEmpty();
    world.selection = SMALL;
    for (var side : Side.values()) {
      var base = side == Side.NEAR ? 10 : 20;
      world.at(side).put(INBOX, message(base), Flags.NONE, RECENT);
      world.at(side).put(INBOX, large(base + 1), Flags.NONE, RECENT);
      world.put(side, INBOX, base + 2); // in 2020: old
    }
    return world;
  }

  @Test
  void largeAndOldMessagesStayWhereTheyAre_andAreNoFailure() {
    var world = begun(directory);
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    assertThat(world.faults).isEmpty();
    assertThat(outcome.copied()).isEqualTo(1);
    assertThat(outcome.sent()).isEqualTo(1);
    assertThat(outcome.leftOut()).isEqualTo(4);
    assertThat(outcome.withheld()).isZero();
    assertThat(world.contents(Side.NEAR, INBOX)).doesNotContain(large(21), message(22));
    assertThat(world.contents(Side.FAR, INBOX)).doesNotContain(large(11), message(12));
  }

  @Test
  void aSecondRun_looksIntoNoFolder_andStillTellsOfThem() {
    var world = begun(directory);
    world.synchronise();
    var calls = new ArrayList<String>();
    var outcome = world.synchronise(calls::add);
    assertThat(outcome.leftOut()).isEqualTo(4);
    assertThat(calls).doesNotContain("FAR open", "NEAR open", "FAR scan", "NEAR scan");
  }

  @Test
  void whenTheLimitsAreWidened_theyAreCarriedAcross_withoutListingEverything() {
    var world = begun(directory);
    world.synchronise();
    world.selection = new Selection(SMALL.bytesMax(), Optional.empty(), false);
    assertThat(world.synchronise().leftOut()).as("the large ones").isEqualTo(2);
    assertThat(world.contents(Side.NEAR, INBOX)).contains(message(22)).doesNotContain(large(21));
    world.selection = Selection.ALL;
    var outcome = world.synchronise();
    assertThat(outcome.copied()).isEqualTo(1);
    assertThat(outcome.sent()).isEqualTo(1);
    assertThat(outcome.leftOut()).isZero();
    world.assertSame();
  }

  @Test
  void killedAtAnyCall_nothingIsLostOrDoubled() throws IOException {
    for (var at = 1; ; at++) {
      var world = begun(Files.createDirectory(directory.resolve("world" + at)));
      var narrow = world.killed(at);
      assertThat(world.synchronise().leftOut()).as("killed at call %d", at).isEqualTo(4);
      world.selection = Selection.ALL;
      var wide = world.killed(at);
      assertThat(world.synchronise().failure()).as("killed at call %d", at).isEmpty();
      world.assertSame();
      assertThat(world.contents(Side.FAR, INBOX)).as("killed at call %d", at).hasSize(7);
      if (!narrow && !wide) {
        return;
      }
    }
  }

  @Test
  void whatIsInStep_staysInStep_whenItGrowsOld() {
    var world = begun(directory);
    world.synchronise();
    world.flag(Side.FAR, INBOX, 1, "\\Flagged"); // of 2020
    var outcome = world.synchronise();
    assertThat(outcome.removed()).isZero();
    assertThat(world.mail(Side.NEAR, INBOX, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
    world.remove(Side.NEAR, INBOX, 1);
    world.synchronise();
    assertThat(world.contents(Side.FAR, INBOX)).doesNotContain(message(1));
  }

  @ParameterizedTest
  @EnumSource
  void anOldMessageInStep_isMovedAsEver(Side side) {
    var world = begun(directory);
    world.synchronise();
    world.move(side, INBOX, 1, WORK);
    assertThat(world.synchronise().moved()).isEqualTo(1);
    assertThat(world.contents(side.other(), WORK)).containsExactly(message(1));
  }

  @ParameterizedTest
  @EnumSource
  void oneThatIsGone_isNotCountedAnyMore_norItsFlagsChanged(Side side) {
    var world = begun(directory);
    world.synchronise();
    var base = side == Side.NEAR ? 10 : 20;
    world.flag(side, INBOX, base + 2, "\\Flagged");
    assertThat(world.synchronise().leftOut()).as("new flags make it no smaller").isEqualTo(4);
    world.remove(side, INBOX, base + 2);
    assertThat(world.synchronise().leftOut()).isEqualTo(3);
    world.selection = Selection.ALL;
    world.synchronise();
    world.assertSame();
  }

  @ParameterizedTest
  @EnumSource
  void aFolderRemovedOnOneSide_isKeptForWhatWasLeftOutOnTheOther(Side side) {
    var world = begun(directory);
    world.at(side).put(WORK, message(30), Flags.NONE, RECENT);
    world.at(side).put(WORK, large(31), Flags.NONE, RECENT);
    world.synchronise();
    world.at(side.other()).drop(WORK);
    assertThat(world.synchronise().failure()).isEmpty();
    assertThat(world.contents(side, WORK)).containsExactly(large(31));
    assertThat(world.contents(side.other(), WORK)).isEmpty();
    assertThat(world.at(side.other()).folderNames()).contains(WORK);
    world.selection = Selection.ALL;
    world.synchronise();
    world.assertSame();
  }

  @Test
  void afterTheStateIsLost_whatIsOldAndOnBothSides_isPairedAndNotLeftOut() {
    var world = begun(directory);
    world.synchronise();
    world.loseState();
    assertThat(world.synchronise().leftOut()).isEqualTo(4);
    world.selection =
        new Selection(OptionalLong.empty(), Optional.of(Duration.ofDays(365_000)), false);
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSame();
    assertThat(world.mail(Side.NEAR, INBOX, 1).arrived()).isEqualTo(ARRIVED.plusSeconds(1));
  }
}

package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.ARRIVED;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Act;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.testkit.TwoWayTable.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a run in both directions does in each situation: plain; again, when it must do nothing; and
 * killed at every single call, and resumed.
 */
@Execution(ExecutionMode.CONCURRENT)
class TwoWayScenariosTest {
  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  @ParameterizedTest
  @MethodSource("io.mailtide.testkit.TwoWayTable#all")
  void bothSidesEndTheSame_andASecondRunDoesNothing(Scenario scenario) {
    var world = begun(scenario, directory);
    scenario.edits().accept(world);
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    world.assertSame();
    scenario.after().accept(world);
    assertQuiet(world);
  }

  /** A dry run tells of just as many changes as the run then makes, and makes none. */
  @ParameterizedTest
  @MethodSource("io.mailtide.testkit.TwoWayTable#all")
  void aDryRun_tellsWhatTheRunDoes_andDoesNothing(Scenario scenario) {
    var world = begun(scenario, directory);
    scenario.edits().accept(world);
    world.dryRun = true;
    var acts = new TreeSet<String>();
    var rehearsed = world.synchronise(call -> acts.add(call));
    assertThat(rehearsed.failure()).isEmpty();
    assertThat(acts.stream().filter(TwoWayScenariosTest::changes)).isEmpty();
    var planned = world.planned.stream().map(Planned::act).toList();
    world.dryRun = false;
    var outcome = world.synchronise();
    if (!planned.contains(Act.RENAME_FOLDER)) { // what changed in it too shows once it is renamed
      assertThat(count(planned, Act.MOVE)).isEqualTo(outcome.moved());
      assertThat(count(planned, Act.REMOVE)).isEqualTo(outcome.removed());
      // What only a fetched body tells from its like is planned as a copy.
      assertThat(count(planned, Act.COPY))
          .isEqualTo(outcome.copied() + outcome.sent() + scenario.lookalikes());
    }
    world.assertSame();
  }

  private static long count(List<Act> acts, Act act) {
    return acts.stream().filter(act::equals).count();
  }

  private static boolean changes(String call) {
    return Stream.of(
            "stage",
            "upload",
            "remove",
            "setFlags",
            "move",
            "create",
            "rename",
            "publish",
            "settle")
        .anyMatch(act -> call.contains(" " + act));
  }

  private static TwoWayWorld begun(Scenario scenario, Path directory) {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    scenario.before().accept(world);
    assertThat(world.synchronise().failure()).isEmpty();
    return world;
  }

  private static void assertQuiet(TwoWayWorld world) {
    var acts = new TreeSet<String>();
    var fetched = world.far.fetched() + world.near.fetched();
    var outcome = world.synchronise(call -> {
      if (changes(call)) {
        acts.add(call);
      }
    });
    assertThat(outcome.failure()).isEmpty();
    assertThat(acts).as("a second run").isEmpty();
    assertThat(world.far.fetched() + world.near.fetched()).isEqualTo(fetched);
  }

  @ParameterizedTest
  @MethodSource("io.mailtide.testkit.TwoWayTable#all")
  void killedAtAnyCall_theNextRunEndsAsIfNothingHadHappened(Scenario scenario) throws IOException {
    var plain = begun(scenario, Files.createDirectory(directory.resolve("plain")));
    scenario.edits().accept(plain);
    plain.synchronise();
    for (var at = 1; ; at++) {
      var world = begun(scenario, Files.createDirectory(directory.resolve("at" + at)));
      scenario.edits().accept(world);
      if (!world.killed(at)) {
        break;
      }
      world.near.cutPower(new SplittableRandom(at));
      var outcome = world.synchronise();
      assertThat(outcome.failure()).as("killed at call %d", at).isEmpty();
      for (var side : Side.values()) {
        assertThat(world.at(side).folderNames())
            .as("%s, killed at call %d", side, at)
            .isEqualTo(plain.at(side).folderNames());
        for (var name : plain.at(side).folderNames()) {
          assertThat(world.shown(side, name))
              .as("%s %s, killed at call %d", side, name, at)
              .isEqualTo(plain.shown(side, name));
        }
      }
      assertQuiet(world);
      TwoWayWorld.delete(world.directory);
    }
  }

  @Test
  void messagesNumberedAnewWhileTheRunGoesOn_areNotTakenForOthers() {
    var world = new TwoWayWorld(directory);
    TwoWayTable.ten(world);
    world.synchronise();
    world.flag(Side.NEAR, INBOX, 1, "\\Flagged");
    var opened = new int[1];
    var outcome = world.synchronise(call -> {
      if (call.equals("FAR open") && ++opened[0] == 1) {
        world.far.renumber(INBOX);
      }
    });
    assertThat(outcome.failure()).isEmpty();
    world.synchronise();
    world.assertSame();
    assertThat(outcome.flagged()).isZero();
    assertThat(world.mail(Side.FAR, INBOX, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
  }

  @ParameterizedTest
  @EnumSource
  void madeAgainAfterItWasCompared_theFolderHoldsNoMessageToMove(Side by) {
    var world = new TwoWayWorld(directory);
    world.near.create(WORK);
    world.far.create(WORK);
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, INBOX, 2);
    world.synchronise();
    world.move(by, INBOX, 1, WORK);
    var again = by == Side.NEAR ? INBOX : WORK;
    var outcome = world.synchronise(TwoWayWorld.at(
        _ -> {
          world.far.drop(again);
          world.put(Side.FAR, again, by == Side.NEAR ? 3 : 1); // of one size, and the same key
        },
        by == Side.NEAR ? "NEAR settle" : "FAR confirmGone",
        "FAR open"));
    var told = Stream.concat(world.faults.stream(), outcome.failure().stream());
    assertThat(told).extracting(Fault::kind).containsExactly(Kind.CHANGED);
    assertThat(world.contents(Side.NEAR, by == Side.NEAR ? INBOX : WORK))
        .doesNotContain(message(1));
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(message(1));
  }

  @Test
  void nothingIsFetchedThatIsHere() {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    TwoWayTable.ten(world);
    world.synchronise();
    var fetched = world.far.fetched();
    world.loseState();
    world.synchronise();
    world.far.renumber(INBOX);
    world.synchronise();
    world.move(Side.FAR, INBOX, 1, WORK);
    world.far.rename(WORK, OLD);
    world.synchronise();
    world.assertSame();
    assertThat(world.far.fetched()).isEqualTo(fetched);
  }

  @Test
  void removedHereAlone_onPurpose_itStaysAway_whenTheFolderIsNumberedAnew() {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 2);
    world.put(Side.FAR, WORK, 3);
    world.synchronise();
    world.allowed = TwoWayWorld.KEEP;
    world.remove(Side.NEAR, WORK, 1);
    world.remove(Side.NEAR, WORK, 2);
    world.synchronise();
    world.far.renumber(WORK);
    for (var run = 0; run < 3; run++) {
      assertThat(world.synchronise().copied()).isZero();
      assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1), message(3));
    }
    assertQuiet(world);
    assertThat(world.contents(Side.FAR, WORK)).hasSize(4);
    world.far.renumber(WORK);
    world.remove(Side.FAR, WORK, 2);
    world.synchronise();
    world.allowed = TwoWayWorld.BOTH;
    world.far.drop(WORK);
    world.synchronise();
    assertThat(world.near.folderNames()).as("nothing is known of it").doesNotContain(WORK);
  }

  @Test
  void nothingIsSentThatIsThere() {
    var world = new TwoWayWorld(directory);
    TwoWayTable.ten(world);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.near.rename(WORK, OLD);
    var sent = new ArrayList<String>();
    world.synchronise(call -> {
      if (call.contains("upload")) {
        sent.add(call);
      }
    });
    world.assertSame();
    assertThat(sent).isEmpty();
  }

  @Test
  void oneMessageThatIsRefused_blocksNoOther_andIsRetriedAlone() {
    var world = new TwoWayWorld(directory);
    TwoWayTable.ten(world);
    world.synchronise();
    world.far.limitSize(100);
    world.near.put(INBOX, message(50) + "x".repeat(200), Flags.NONE, ARRIVED);
    world.put(Side.NEAR, INBOX, 51);
    var outcome = world.synchronise();
    assertThat(outcome.sent()).isEqualTo(1);
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(world.faults).extracting(Fault::kind).containsExactly(Kind.REFUSED);
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.far.limitSize(1000);
    world.now = world.now.plus(Duration.ofDays(1));
    var retried = world.synchronise();
    assertThat(retried.sent()).isEqualTo(1);
    assertThat(retried.failed()).isZero();
    world.assertSame();
  }

  @Test
  void aFolderThatMayOnlyBeRead_isPulled_andSaysSo() {
    var world = new TwoWayWorld(directory);
    TwoWayTable.ten(world);
    world.synchronise();
    world.far.protect(WORK);
    world.put(Side.FAR, WORK, 60);
    world.put(Side.NEAR, WORK, 61);
    world.flag(Side.NEAR, WORK, 10, "\\Flagged");
    var outcome = world.synchronise();
    assertThat(outcome.copied()).isEqualTo(1);
    assertThat(outcome.sent()).isZero();
    assertThat(world.faults).extracting(Fault::kind).containsExactly(Kind.NO_ACCESS);
    assertThat(world.contents(Side.NEAR, WORK)).hasSize(5);
    assertThat(world.contents(Side.FAR, WORK)).hasSize(4);
  }

  @Test
  void aLargeShareRemovedHere_stopsAtTheBrake_untilAllowed() {
    var world = new TwoWayWorld(directory);
    world.allowMassDelete = false;
    for (var i = 0; i < 100; i++) {
      world.put(Side.FAR, INBOX, i);
    }
    world.synchronise();
    for (var i = 0; i < 30; i++) {
      world.remove(Side.NEAR, INBOX, i);
    }
    world.put(Side.NEAR, INBOX, 200);
    var outcome = world.synchronise();
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.BRAKE);
    assertThat(outcome.sent()).as("new mail goes all the same").isEqualTo(1);
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(101);
    world.allowMassDelete = true;
    assertThat(world.synchronise().removed()).isEqualTo(30);
    world.assertSame();
  }

  /** Another program's mail, which a power cut may take away again: that would be a removal. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsTiedToItsCopyHere_isMadeDurableBefore(boolean byItsBytes) {
    var world = new TwoWayWorld(directory);
    // Without a Message-ID it is fetched and compared.
    var text = byItsBytes ? "Subject: one\r\n\r\none\r\n" : message(1);
    world.allowed = TwoWayWorld.PULL; // else it is done before anything is sent
    world.near.put(INBOX, text, Flags.NONE, ARRIVED);
    world.far.put(INBOX, text, Flags.NONE, ARRIVED);
    var calls = new ArrayList<String>();
    assertThat(world.synchronise(calls::add).failure()).isEmpty();
    assertThat(calls).doesNotContain("NEAR publish", "FAR upload");
    assertThat(calls)
        .filteredOn("NEAR settle"::equals)
        .as("also where it is done anyway: before flags are compared, and at the end")
        .hasSize(byItsBytes ? 3 : 1);
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(1);
  }
}

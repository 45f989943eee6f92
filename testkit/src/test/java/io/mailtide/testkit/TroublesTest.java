package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.ARRIVED;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one side does not take, or does not give: it blocks nothing else, is told, and comes through
 * once the trouble is over; whenever the runs meanwhile are killed.
 */
class TroublesTest {
  private static final int OTHER = 90;

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  /**
   * A trouble.
   *
   * @param edits what the users do, and what stands against it
   * @param kind what is told
   */
  record Trouble(String name, Consumer<TwoWayWorld> edits, Kind kind) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Trouble> troubles() {
    return Stream.of(
        new Trouble(
            "a message that is too large",
            world -> {
              world.far.limitSize(100);
              world.near.put(INBOX, message(50) + "x".repeat(200), Flags.NONE, ARRIVED);
            },
            Kind.REFUSED),
        new Trouble(
            "over quota",
            world -> {
              world.far.limitQuota(0);
              world.put(Side.NEAR, WORK, 51);
            },
            Kind.QUOTA),
        new Trouble(
            "a file that cannot be read",
            world ->
                world.near.makeUnreadable(world.near.put(INBOX, message(52), Flags.NONE, ARRIVED)),
            Kind.NO_ACCESS),
        new Trouble(
            "a message that is listed and not handed over",
            world -> world.far.refuse(world.far.put(INBOX, message(53), Flags.NONE, ARRIVED)),
            Kind.REFUSED),
        new Trouble(
            "a folder that may only be read",
            world -> {
              world.far.protect(WORK);
              world.put(Side.NEAR, WORK, 54);
              world.flag(Side.NEAR, WORK, 10, "\\Flagged");
              world.remove(Side.NEAR, WORK, 11);
            },
            Kind.NO_ACCESS),
        new Trouble(
            "a folder that cannot be made here",
            world -> {
              world.near.makeImpossible(OLD);
              world.put(Side.FAR, OLD, 55);
            },
            Kind.COLLISION),
        new Trouble(
            "a folder that cannot be made there",
            world -> {
              world.far.makeImpossible(OLD);
              world.put(Side.NEAR, OLD, 56);
            },
            Kind.COLLISION));
  }

  private static TwoWayWorld begun(Trouble trouble, Path directory) {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    TwoWayTable.ten(world);
    assertThat(world.synchronise().failure()).isEmpty();
    trouble.edits().accept(world);
    world.put(Side.FAR, INBOX, OTHER);
    return world;
  }

  private static void assertHealed(TwoWayWorld world) {
    world.far.heal();
    world.near.heal();
    world.now = world.now.plus(Duration.ofDays(1));
    var healed = world.synchronise();
    assertThat(healed.failure()).isEmpty();
    assertThat(healed.failed()).isZero();
    world.assertSame();
    for (var name : world.near.folderNames()) {
      assertThat(world.contents(Side.NEAR, name)).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void aTrouble_isTold_blocksNothing_andPasses(Trouble trouble) {
    var world = begun(trouble, directory);
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(world.faults).extracting(fault -> fault.kind()).contains(trouble.kind());
    assertThat(world.contents(Side.NEAR, INBOX)).contains(message(OTHER));
    assertThat(world.synchronise().failed()).as("it is still there").isEqualTo(1);
    assertHealed(world);
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void whatFailedWhileTheClockWasAhead_doesNotWaitForThatDay(Trouble trouble) {
    var world = begun(trouble, directory);
    var today = world.now;
    world.now = today.plus(Duration.ofDays(365));
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.synchronise();
    world.now = today;
    assertHealed(world);
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void killedAtAnyCall_itPassesAllTheSame(Trouble trouble) throws IOException {
    for (var at = 1; ; at++) {
      var world = begun(trouble, Files.createDirectory(directory.resolve("at" + at)));
      if (!world.killed(at)) {
        break;
      }
      world.near.cutPower(new SplittableRandom(at));
      assertThat(world.synchronise().failed()).as("killed at call %d", at).isEqualTo(1);
      assertHealed(world);
      TwoWayWorld.delete(world.directory);
    }
  }

  @Test
  void aFlagThatAUserSetsJustBeforeTheMessageIsMoved_goesAcross() {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.move(Side.FAR, INBOX, 1, WORK);
    world.synchronise(call -> {
      if (call.equals("NEAR move")) {
        world.flag(Side.NEAR, INBOX, 1, "\\Flagged");
      }
    });
    world.synchronise();
    assertThat(world.mail(Side.FAR, WORK, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
    world.assertSame();
  }

  @Test
  void whatTheServerKeepsOnce_staysHereAsOftenAsItIs_andIsSentOnce() {
    var world = new TwoWayWorld(directory);
    world.far.keepOne();
    world.put(Side.NEAR, INBOX, 1);
    world.put(Side.NEAR, INBOX, 1, "\\Seen");
    world.put(Side.NEAR, INBOX, 2);
    for (var run = 1; run < 4; run++) {
      var calls = new ArrayList<String>();
      var outcome = world.synchronise(calls::add);
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.failed()).isZero();
      assertThat(calls.contains("FAR upload")).as("run %d", run).isEqualTo(run == 1);
      assertThat(world.contents(Side.NEAR, INBOX))
          .containsExactly(message(1), message(1), message(2));
      assertThat(world.contents(Side.FAR, INBOX)).containsExactly(message(1), message(2));
    }
    world.remove(Side.FAR, INBOX, 1);
    assertThat(world.synchronise().removed()).isEqualTo(1);
    assertThat(world.contents(Side.NEAR, INBOX)).containsExactly(message(1), message(2));
  }

  /** No scan of changes would show it again. */
  @Test
  void whatFailedInAFolder_isNotForgotten_byARunThatLeavesTheFolderOut() {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.put(Side.FAR, WORK, 1);
    world.far.refuse(world.mail(Side.FAR, WORK, 1).key());
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.folders = INBOX::equals;
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.folders = _ -> true;
    assertHealed(world);
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1));
  }

  /** Else a power cut could take a message from here that is at the server: removed by its user. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatOthersDidHere_isMadeDurable_beforeTheServerIsToldOfIt(boolean isNew) {
    var world = new TwoWayWorld(directory);
    world.put(Side.NEAR, WORK, 1);
    world.put(Side.NEAR, WORK, 2);
    world.put(Side.NEAR, WORK, 3);
    world.synchronise();
    if (isNew) {
      world.put(Side.NEAR, WORK, 4);
    } else {
      world.remove(Side.NEAR, WORK, 1);
    }
    var calls = new ArrayList<String>();
    world.synchronise(calls::add);
    assertThat(calls).containsSubsequence("NEAR settle", isNew ? "FAR upload" : "FAR remove");
  }

  private static void cut() throws FaultException {
    throw new FaultException(
        Fault.of(Kind.NETWORK, Reach.REPLICA, "sending a message", "cut off", "Go on."));
  }

  /** As a virus scanner between here and the server does it. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "13", "24", "3 4", "0 12 24"})
  void whatEndsTheConnectionWhenItIsSent_keepsNothingElseFromBeingSent(String guilty) {
    var world = new TwoWayWorld(directory);
    world.far.create(INBOX);
    var keys = new ArrayList<String>();
    for (var number = 0; number < 25; number++) {
      keys.add(world.near.put(INBOX, message(number), Flags.NONE, ARRIVED).value());
    }
    world.put(Side.NEAR, WORK, 50);
    var infected =
        Stream.of(guilty.split(" ")).map(Integer::parseInt).map(keys::get).toList();
    var outcome = world.synchronise(call -> {
      var sent = List.of(call.replaceFirst("FAR upload of \\[(.*)]", "$1").split(", "));
      if (infected.stream().anyMatch(sent::contains)) {
        cut();
      }
    });
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.sent()).isEqualTo(26 - infected.size());
    assertThat(outcome.failed()).isEqualTo(infected.size());
    assertThat(world.far.mail(INBOX)).hasSize(25 - infected.size());
    world.now = world.now.plus(Duration.ofDays(1));
    assertThat(world.synchronise().sent()).isEqualTo(infected.size());
    world.assertSame();
  }

  @Test
  void whereTheLineIsToBlame_noMessageIsSetAside() {
    var world = new TwoWayWorld(directory);
    world.far.create(INBOX);
    for (var number = 0; number < 25; number++) {
      world.put(Side.NEAR, INBOX, number);
    }
    var outcome = world.synchronise(call -> {
      if (call.startsWith("FAR upload of")) {
        cut();
      }
    });
    assertThat(outcome.failure()).isPresent();
    assertThat(outcome.failed()).isZero();
    assertThat(world.synchronise().sent()).isEqualTo(25);
    world.assertSame();
  }
}

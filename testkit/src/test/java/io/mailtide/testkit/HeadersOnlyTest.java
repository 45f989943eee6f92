package io.mailtide.testkit;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of messages of which only the header is here. */
class HeadersOnlyTest {
  private static final Selection HEADERS =
      new Selection(OptionalLong.empty(), Optional.empty(), true);

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  private static String header(int number) {
    return "Message-ID: <%d@example.org>\r\nSubject: %d\r\n\r\n".formatted(number, number);
  }

  /** Five far messages, of which the first was copied whole, the others as headers. */
  private static TwoWayWorld begun(Path directory) {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    world.put(Side.FAR, INBOX, 0, "\\Seen");
    assertThat(world.synchronise().failure()).isEmpty();
    world.selection = HEADERS;
    for (var i = 1; i < 5; i++) {
      world.put(Side.FAR, INBOX, i, "\\Seen");
    }
    return world;
  }

  private static TwoWayWorld copied(Path directory) {
    var world = begun(directory);
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.copied()).isEqualTo(4);
    return world;
  }

  private static MemoryStore.Mail near(TwoWayWorld world, int number) {
    return world.near.mail(INBOX).stream()
        .filter(mail -> mail.bytes().equals(header(number)))
        .findFirst()
        .orElseThrow();
  }

  private static void completes(TwoWayWorld world, String when) {
    world.selection = Selection.ALL;
    assertThat(world.synchronise().failure()).as(when).isEmpty();
    world.assertSame();
    assertThat(world.contents(Side.FAR, INBOX)).as(when).allMatch(mail -> mail.contains("Body"));
    assertThat(world.near.removed(INBOX)).as(when).isEmpty();
    assertThat(world.near.staged(INBOX)).as(when).isEmpty();
  }

  @Test
  void newFarMessages_comeAsHeaders_andASecondRunDoesNothing() {
    var world = copied(directory);
    assertThat(world.far.fetched()).as("whole bodies: the one of before").isEqualTo(1);
    assertThat(world.contents(Side.NEAR, INBOX))
        .containsExactlyInAnyOrder(message(0), header(1), header(2), header(3), header(4));
    var calls = new ArrayList<String>();
    world.synchronise(calls::add);
    assertThat(calls).doesNotContain("FAR open", "NEAR open");
    world.near.put(INBOX, message(20), Flags.NONE, TwoWayWorld.ARRIVED);
    var outcome = world.synchronise();
    assertThat(outcome.sent()).as("whole messages go as ever, headers never").isEqualTo(1);
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(6);
  }

  @Test
  void flagsRemovalsAndMoves_goBothWays() {
    var world = copied(directory);
    world.near.setFlags(INBOX, near(world, 1).key(), Flags.of("\\Flagged"));
    world.flag(Side.FAR, INBOX, 2, "\\Answered");
    world.near.move(INBOX, near(world, 3).key(), WORK);
    world.near.remove(INBOX, near(world, 4).key());
    var outcome = world.synchronise();
    assertThat(outcome.moved()).isEqualTo(1);
    assertThat(outcome.removed()).isEqualTo(1);
    assertThat(outcome.sent()).isZero();
    assertThat(world.mail(Side.FAR, INBOX, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
    assertThat(near(world, 2).flags()).isEqualTo(Flags.of("\\Answered"));
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(message(3));
    world.move(Side.FAR, WORK, 3, INBOX);
    world.move(Side.FAR, INBOX, 2, WORK);
    assertThat(world.synchronise().moved()).isEqualTo(2);
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(header(2));
    assertThat(world.far.fetched()).isEqualTo(1);
    completes(world, "after all of it");
  }

  @Test
  void withoutTheSetting_allAreCompleted_withTheFlagsOfNow() {
    var world = copied(directory);
    world.near.setFlags(INBOX, near(world, 1).key(), Flags.of("\\Flagged"));
    completes(world, "plain");
    assertThat(world.mail(Side.FAR, INBOX, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
    var fetched = world.far.fetched();
    assertThat(fetched).isEqualTo(5);
    var calls = new ArrayList<String>();
    world.synchronise(calls::add);
    assertThat(calls).doesNotContain("FAR open", "NEAR open");
    assertThat(world.far.fetched()).isEqualTo(fetched);
  }

  @Test
  void killedAtAnyCall_nothingIsLostOrDoubled() throws IOException {
    for (var at = 1; ; at++) {
      var world = begun(Files.createDirectory(directory.resolve("world" + at)));
      var headers = world.killed(at);
      var when = "killed at call " + at;
      assertThat(world.synchronise().failure()).as(when).isEmpty();
      assertThat(world.contents(Side.NEAR, INBOX)).as(when).hasSize(5);
      world.selection = Selection.ALL;
      var whole = world.killed(at);
      if (at % 2 == 0) {
        world.near.cutPower(new SplittableRandom(at));
      }
      completes(world, when);
      assertThat(world.contents(Side.FAR, INBOX)).as(when).hasSize(5);
      if (!headers && !whole) {
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void removedBeforeItIsCompleted_itIsRemovedOnBothSides(Side side) {
    var world = copied(directory);
    if (side == Side.NEAR) {
      world.near.remove(INBOX, near(world, 1).key());
    } else {
      world.remove(Side.FAR, INBOX, 1);
    }
    world.selection = Selection.ALL;
    assertThat(world.synchronise().removed()).isEqualTo(1);
    world.assertSame();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(4);
  }

  @Test
  void oneThatTheServerDoesNotHandOver_staysAsItIs_andIsTriedAgain() {
    var world = copied(directory);
    world.far.refuse(world.mail(Side.FAR, INBOX, 2).key());
    world.selection = Selection.ALL;
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.flag(Side.FAR, INBOX, 2, "\\Flagged");
    assertThat(world.synchronise().failed()).isEqualTo(1);
    assertThat(near(world, 2).flags()).isEqualTo(Flags.of("\\Flagged"));
    world.far.refuseNothing();
    world.now = world.now.plus(Duration.ofDays(2));
    assertThat(world.synchronise().failed()).isZero();
    world.assertSame();
  }

  @Test
  void oneThatTheServerHandsOverEmpty_staysAsItIs_andIsTriedAgain() {
    var world = copied(directory);
    var key = world.mail(Side.FAR, INBOX, 2).key();
    world.far.stateWrongSizes(17);
    world.rot(Side.FAR, INBOX, key, "");
    world.selection = Selection.ALL;
    assertThat(world.synchronise().failed()).isEqualTo(1);
    assertThat(near(world, 2).bytes()).isEqualTo(header(2));
    world.rot(Side.FAR, INBOX, key, message(2));
    world.now = world.now.plus(Duration.ofDays(2));
    assertThat(world.synchronise().failed()).isZero();
    world.assertSame();
  }

  @Test
  void afterTheStateIsLost_orUidsChanged_theyAreTiedAgain() {
    for (var lost : List.of(true, false)) {
      var world = copied(directory.resolve("lost" + lost));
      if (lost) {
        world.loseState();
      } else {
        world.far.renumber(INBOX);
      }
      var outcome = world.synchronise();
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.copied() + outcome.sent()).isZero();
      assertThat(world.contents(Side.NEAR, INBOX)).hasSize(5);
      assertThat(world.contents(Side.FAR, INBOX)).hasSize(5);
      completes(world, "lost " + lost);
    }
  }

  @Test
  void aHeaderIsNeverTakenForTheWholeMessageOfThatHeader() {
    var world = copied(directory);
    var plain = "Subject: no id\r\n\r\n";
    world.near.put(INBOX, plain + "Mine\r\n", Flags.NONE, TwoWayWorld.ARRIVED);
    world.far.put(INBOX, plain + "Yours\r\n", Flags.NONE, TwoWayWorld.ARRIVED);
    assertThat(world.synchronise().failure()).isEmpty();
    world.selection = Selection.ALL;
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSame();
    assertThat(world.contents(Side.FAR, INBOX)).contains(plain + "Mine\r\n", plain + "Yours\r\n");
  }

  @Test
  void anAudit_comparesHeaders_andFetchesNoBody() {
    var world = copied(directory);
    var bodies = world.far.fetched();
    assertThat(world.audit()).isEmpty();
    assertThat(world.far.fetched() - bodies).as("the one that is here whole").isEqualTo(1);
    world.remove(Side.FAR, INBOX, 1);
    world.near.remove(INBOX, near(world, 2).key());
    assertThat(world.audit()).containsExactlyInAnyOrder("MISSING INBOX FAR", "MISSING INBOX NEAR");
  }

  @Test
  void aRepair_putsTheWholeMessageInThePlaceOfAHeaderThatChanged() {
    var world = copied(directory);
    var key = near(world, 1).key();
    var rotten = header(1).replace("Subject", "Sebject");
    world.rot(Side.NEAR, INBOX, key, rotten);
    var audited = world.audit(true, _ -> {});
    assertThat(audited.found()).containsExactly("CHANGED INBOX NEAR");
    assertThat(audited.left()).isEmpty();
    assertThat(world.near.removed(INBOX)).extracting(MemoryStore.Mail::key).containsExactly(key);
    assertThat(world.contents(Side.NEAR, INBOX)).contains(message(1)).doesNotContain(rotten);
    assertThat(world.synchronise().removed()).isZero();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(5).contains(message(1));
    world.selection = Selection.ALL;
    world.synchronise();
    world.assertSame();
  }
}

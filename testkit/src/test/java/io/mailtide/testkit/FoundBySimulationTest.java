package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.PULL;
import static io.mailtide.testkit.TwoWayWorld.PUSH;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.refusing;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the simulation found, each as small as it became. */
class FoundBySimulationTest {
  private TwoWayWorld world;

  FoundBySimulationTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
  }

  @Test
  void aFolderRemovedHere_staysThere_inAPull() {
    world.far.create(WORK);
    world.synchronise();
    world.near.drop(WORK);
    world.allowed = PULL;
    world.synchronise();
    assertThat(world.far.folderNames()).contains(WORK);
    world.assertSameInTheEnd();
    assertThat(world.far.folderNames()).doesNotContain(WORK);
  }

  @Test
  void storedUnderAnUnknownKey_andGoneBeforeItWasFound_isSentAgain() {
    world.far.keepKeysSecret();
    world.put(Side.NEAR, INBOX, 1);
    var uploaded = new boolean[1];
    var outcome = world.synchronise(call -> {
      uploaded[0] |= call.equals("FAR uploaded");
      if (uploaded[0] && call.equals("FAR scan")) {
        throw new FaultException(
            Fault.of(Kind.PROTOCOL, Reach.REPLICA, call, "connection lost", ""));
      }
    });
    assertThat(outcome.failure()).isPresent();
    world.remove(Side.FAR, INBOX, 1);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(1);
  }

  @Test
  void aPushAfterTheStateWasLost_sendsNothingTwice_whereSizesAreWrong() {
    world.far.stateWrongSizes(7);
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.loseState();
    world.put(Side.NEAR, INBOX, 2);
    world.allowed = PUSH;
    assertThat(world.synchronise().sent()).as("what is new goes all the same").isEqualTo(1);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(2);
  }

  @Test
  void aMessageThatIsNotHandedOver_afterTheStateWasLost_isNotDoubled() {
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.loseState();
    world.far.refuse(world.mail(Side.FAR, INBOX, 1).key());
    world.synchronise();
    world.synchronise();
    world.far.refuseNothing();
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(1);
  }

  @Test
  void aFolderThatCannotBeRead_afterTheStateWasLost_isNotDoubled() {
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.loseState();
    world.synchronise(refusing("NEAR fetch: a body"));
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(1);
  }

  @Test
  void publishingThatIsRefused_isNotRepeatedInTheSameRun() {
    for (var i = 0; i < 3; i++) {
      world.put(Side.FAR, INBOX, i);
      world.put(Side.NEAR, INBOX, 10 + i);
      world.put(Side.FAR, OLD, 20 + i);
    }
    var published = new int[1];
    world.synchronise(call -> {
      if (call.equals("NEAR publish") && ++published[0] == 2) {
        throw new FaultException(Fault.of(Kind.REFUSED, Reach.FOLDER, call, "refused", ""));
      }
    });
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(6);
  }

  @Test
  void flagsChangedHere_ofAMessageMovedThere_areToldAfterAPush() {
    world.put(Side.NEAR, INBOX, 1);
    world.synchronise();
    world.far.create(WORK);
    world.move(Side.FAR, INBOX, 1, WORK);
    world.flag(Side.NEAR, INBOX, 1, "\\Flagged");
    world.allowed = PUSH;
    world.synchronise();
    world.assertSameInTheEnd();
    assertThat(world.mail(Side.FAR, WORK, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
  }

  @Test
  void movedHere_intoAFolderThatWasRemovedThere_itIsAloneInIt() {
    world.put(Side.FAR, OLD, 1);
    world.put(Side.NEAR, WORK, 2);
    world.put(Side.NEAR, WORK, 3);
    world.synchronise();
    world.move(Side.NEAR, OLD, 1, WORK);
    world.remove(Side.NEAR, WORK, 3);
    world.far.drop(WORK);
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(TwoWayWorld.message(1));
  }

  @Test
  void movedHere_intoAFolderThatWasRemovedThere_waitsWhileTheRemovalsWait() {
    world.put(Side.FAR, OLD, 1);
    world.put(Side.NEAR, WORK, 2);
    world.synchronise();
    world.move(Side.NEAR, OLD, 1, WORK);
    world.far.drop(WORK);
    world.allowed = PUSH;
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(TwoWayWorld.message(1));
  }

  @Test
  void aFolderMadeAgainThere_hasNoneOfTheFailuresOfTheOneBefore() {
    world.put(Side.NEAR, WORK, 1);
    world.synchronise();
    world.loseState();
    world.far.refuse(WORK, world.mail(Side.FAR, WORK, 1).key());
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.far.drop(WORK);
    world.far.refuseNothing();
    world.assertSameInTheEnd();
  }

  @Test
  void withoutMessageId_sentUnderAnUnknownKey_andMovedHere_isNotDoubled() {
    world.far.keepKeysSecret();
    var key = world.near.put(WORK, "Subject: x\r\n\r\nx\r\n", Flags.NONE, TwoWayWorld.ARRIVED);
    world.allowed = PUSH;
    world.synchronise();
    world.near.move(WORK, key, INBOX);
    world.assertSameInTheEnd();
    assertThat(world.far.mail(WORK)).isEmpty();
    assertThat(world.far.mail(INBOX)).hasSize(1);
  }

  @Test
  void movedByBothToOnePlace_whileARunIsAtWork_isTiedOnce() {
    world.put(Side.NEAR, INBOX, 1);
    world.near.create(WORK);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.far.create(OLD);
    world.move(Side.FAR, INBOX, 1, OLD);
    var moved = new boolean[1];
    var outcome = world.synchronise(call -> {
      if (call.equals("NEAR scan") && !moved[0]) {
        moved[0] = true;
        world.move(Side.FAR, OLD, 1, WORK);
      }
    });
    assertThat(outcome.failure()).isEmpty();
    world.assertSameInTheEnd();
  }

  @Test
  void aCommitThatFails_leavesNothingThatRestsOnIt() {
    for (var at = 1; at <= 8; at++) {
      world.loseState();
      world = new TwoWayWorld(world.directory);
      world.near.create(INBOX);
      world.far.create(INBOX);
      world.put(Side.NEAR, INBOX, 1);
      world.put(Side.FAR, INBOX, 2);
      var failing = at;
      var commits = new int[1];
      world.commits = call -> {
        if (++commits[0] == failing) {
          throw new FaultException(Fault.of(Kind.DISK_FULL, Reach.REPLICA, call, "full", ""));
        }
      };
      world.synchronise();
      world.commits = _ -> {};
      world.remove(Side.FAR, INBOX, 2);
      world.assertSameInTheEnd();
      assertThat(world.contents(Side.FAR, INBOX)).containsExactly(TwoWayWorld.message(1));
    }
  }

  @Test
  void refusedThere_andThenKnownForAMovedOne_failsNoMore() {
    world.put(Side.NEAR, INBOX, 1);
    world.synchronise();
    world.far.limitSize(1);
    world.put(Side.NEAR, WORK, 1);
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.remove(Side.NEAR, INBOX, 1);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).hasSize(1);
  }

  @Test
  void movedByBoth_andBackByOne_isNotDoubled() {
    world.put(Side.FAR, OLD, 1);
    world.synchronise();
    world.move(Side.NEAR, OLD, 1, INBOX);
    world.far.create(WORK);
    world.move(Side.FAR, OLD, 1, WORK);
    world.move(Side.FAR, WORK, 1, OLD);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, OLD)).hasSize(1);
    assertThat(world.contents(Side.FAR, INBOX)).isEmpty();
  }

  @Test
  void notHandedOver_andThenTheOneThatAMovedOneBecame_failsNoMore() {
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.put(Side.FAR, INBOX, 1);
    world.far.refuse(INBOX, world.mail(Side.FAR, INBOX, 1).key());
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.remove(Side.FAR, WORK, 1);
    world.far.refuseNothing();
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(1);
  }

  @Test
  void aFolderThatCouldNotBeMade_andIsNoMore_failsNoMore() {
    world.put(Side.FAR, WORK, 1);
    assertThat(world.synchronise(refusing("NEAR create")).failed()).isEqualTo(1);
    world.far.rename(WORK, OLD);
    world.assertSameInTheEnd();
  }

  @Test
  void refusedThere_andThenTheOneThatAMovedOneBecame_keepsItsFlags_whereverItIsKilled() {
    for (var at = 1; ; at++) {
      world.loseState();
      world = new TwoWayWorld(world.directory);
      world.near.create(INBOX);
      world.far.create(INBOX);
      world.put(Side.NEAR, INBOX, 1);
      world.synchronise();
      world.far.limitSize(1);
      world.put(Side.NEAR, WORK, 1, "\\Flagged");
      world.synchronise();
      world.remove(Side.NEAR, INBOX, 1);
      var wasKilled = world.killed(at);
      world.assertSameInTheEnd();
      assertThat(world.mail(Side.FAR, WORK, 1).flags()).isEqualTo(Flags.of("\\Flagged"));
      if (!wasKilled) {
        return;
      }
    }
  }

  @Test
  void aFolderRemovedThere_beforeWhatWasSentToItWasFound_isThereOrNot_onBothSides() {
    world.far.keepKeysSecret();
    world.put(Side.NEAR, WORK, 1);
    var uploaded = new boolean[1];
    world.synchronise(call -> {
      uploaded[0] |= call.equals("FAR uploaded");
      if (uploaded[0] && call.equals("FAR scan")) {
        throw new FaultException(
            Fault.of(Kind.PROTOCOL, Reach.REPLICA, call, "connection lost", ""));
      }
    });
    world.far.drop(WORK);
    assertThat(world.synchronise().failure()).isEmpty();
    world.assertSame();
  }

  @Test
  void newInAFolderRemovedThere_whileTheBrakeHolds_isSentLater() {
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 2);
    world.synchronise();
    world.put(Side.NEAR, WORK, 3);
    world.far.drop(WORK);
    world.allowMassDelete = false;
    world.synchronise();
    world.allowMassDelete = true;
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(TwoWayWorld.message(3));
  }

  @Test
  void flagsChangedHere_whileTheBrakeHoldsTheRemoval_areNotForgotten() {
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, INBOX, 2);
    world.synchronise();
    world.flag(Side.NEAR, INBOX, 1, "\\Seen");
    world.remove(Side.FAR, INBOX, 1);
    world.remove(Side.FAR, INBOX, 2);
    world.allowMassDelete = false;
    assertThat(world.synchronise().failure()).isPresent();
    world.far.renumber(INBOX); // so what was held back comes again
    world.assertSameInTheEnd();
    assertThat(world.mail(Side.FAR, INBOX, 1).flags().contains("\\Seen")).isTrue();
  }
}

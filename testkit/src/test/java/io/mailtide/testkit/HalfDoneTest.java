package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.PUSH;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.at;
import static io.mailtide.testkit.TwoWayWorld.message;
import static io.mailtide.testkit.TwoWayWorld.refusing;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a failure in the middle of a run leaves behind, and what users do then. */
class HalfDoneTest {
  private static final FolderName NEW = FolderName.parse("New");

  private final TwoWayWorld world;

  HalfDoneTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = begun(directory);
  }

  private static TwoWayWorld begun(Path directory) {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    return world;
  }

  @Test
  void anUploadInDoubt_isSettled_beforeTheMessageIsMovedThere() {
    world.put(Side.NEAR, WORK, 1);
    world.synchronise(refusing("FAR upload"));
    world.move(Side.NEAR, WORK, 1, INBOX);
    world.put(Side.FAR, WORK, 2);
    world.synchronise();
    world.move(Side.FAR, INBOX, 1, WORK);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1), message(2));
  }

  @Test
  void aRenameThatWasToldAndNotRecorded_isNoWishOfTheOtherUsers() {
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 2);
    world.synchronise();
    world.move(Side.NEAR, WORK, 2, INBOX);
    world.near.rename(WORK, OLD);
    world.killedAt("FAR renamed");
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, INBOX)).containsExactly(message(2));
    assertThat(world.contents(Side.FAR, OLD)).containsExactly(message(1));
  }

  @Test
  void aRenameThatWasToldAndIsSaidToHaveFailed_bringsNothingBack() {
    world.put(Side.NEAR, WORK, 1);
    world.put(Side.NEAR, WORK, 2);
    world.synchronise();
    world.remove(Side.NEAR, WORK, 2);
    world.near.rename(WORK, OLD);
    assertThat(world.synchronise(refusing("FAR renamed")).failed()).isEqualTo(1);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, OLD)).containsExactly(message(1));
  }

  @Test
  void aFolderMadeHereAgain_andThenRenamed_isSeenWholeUnderItsOldName() {
    world.put(Side.NEAR, WORK, 1);
    world.synchronise();
    world.put(Side.FAR, WORK, 2);
    world.near.drop(WORK);
    world.synchronise();
    world.near.rename(WORK, OLD);
    world.near.create(WORK);
    world.assertSameInTheEnd();
  }

  @Test
  void aFolderMadeThereAgain_andNumberedAnewInTheSameRun_losesNothing() {
    world.far.create(WORK);
    world.synchronise();
    world.far.drop(WORK);
    world.put(Side.NEAR, WORK, 1);
    world.synchronise(at(_ -> world.far.renumber(WORK), "FAR uploaded", "FAR open"));
    assertThat(world.near.removed(WORK)).isEmpty();
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(message(1));
  }

  @Test
  void movedHere_intoAFolderRemovedThere_andCutOff_isNotRemovedHere_whenThatIsNumberedAnew() {
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, WORK, 2);
    world.synchronise();
    world.far.drop(WORK);
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.killedAt("FAR moved", "FAR open");
    world.far.renumber(WORK);
    world.synchronise();
    assertThat(world.near.removed(WORK)).as("what was removed there").hasSize(1);
    world.assertSameInTheEnd();
  }

  @Test
  void aFolderMadeThereAgain_isNotTakenForTheOneBefore_byWhatIsMovedOutOfItHere()
      throws IOException {
    var killed = true;
    for (var call = 1; killed; call++) {
      var life = begun(Files.createDirectory(world.directory.resolve("killed" + call)));
      life.put(Side.FAR, INBOX, 1);
      life.put(Side.FAR, WORK, 2);
      life.put(Side.FAR, WORK, 3);
      life.synchronise();
      life.far.rename(WORK, NEW);
      life.far.renumber(NEW); // so its messages move one by one
      life.move(Side.NEAR, INBOX, 1, WORK);
      killed = life.killed(call);
      life.put(Side.FAR, WORK, 4);
      life.assertSameInTheEnd();
      assertThat(life.contents(Side.FAR, WORK)).contains(message(1), message(4));
    }
  }

  @Test
  void aFolderMadeThereAgain_whileWhatWasRemovedWithItWaits_isNotTakenForTheOneBefore() {
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 2);
    world.synchronise();
    world.far.drop(WORK);
    world.put(Side.NEAR, WORK, 3);
    world.allowed = PUSH;
    world.synchronise();
    world.remove(Side.NEAR, WORK, 1);
    world.put(Side.FAR, WORK, 4);
    world.put(Side.FAR, WORK, 5);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).contains(message(3), message(4), message(5));
  }

  @Test
  void anUploadInDoubt_thatIsElsewhereNow_isNotTakenForWhatTheServersUsersMovedThere() {
    world.put(Side.NEAR, INBOX, 1);
    world.killedAt("FAR upload");
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.folders = WORK::equals;
    world.synchronise();
    world.folders = _ -> true;
    world.move(Side.FAR, WORK, 1, INBOX);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).containsExactly(message(1));
    assertThat(world.contents(Side.NEAR, WORK)).isEmpty();
  }

  @Test
  void removedHereByARunThatWasKilled_itIsNotRemovedThere_whenItIsShownAgain() {
    var content = "Subject: x\r\n\r\nx\r\n"; // without a Message-ID it looks the same when gone
    world.far.put(WORK, content, Flags.NONE, TwoWayWorld.ARRIVED);
    world.synchronise();
    world.far.rename(WORK, OLD);
    world.far.hide(OLD);
    world.killedAt("NEAR removed", "NEAR await hardening");
    world.far.tellAll();
    world.assertSameInTheEnd();
    assertThat(world.far.mail(OLD)).hasSize(1);
  }

  @Test
  void aFolderThatCannotBeMade_blocksNoMoves() {
    world.put(Side.NEAR, WORK, 1);
    world.put(Side.NEAR, INBOX, 2);
    world.synchronise();
    world.far.renumber(WORK); // so its messages move one by one
    world.move(Side.NEAR, INBOX, 2, WORK);
    world.far.rename(WORK, OLD);
    var told = world.synchronise(refusing("FAR create"));
    assertThat(told.failure()).isEmpty();
    assertThat(told.failed()).isPositive();
    world.assertSameInTheEnd();
  }

  @Test
  void movedHere_andNotRecorded_isNotDoubled() {
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, INBOX, 2);
    world.synchronise();
    world.near.drop(WORK);
    world.move(Side.FAR, INBOX, 2, WORK);
    world.synchronise(at(refusing("NEAR open"), "NEAR moved", "NEAR open"));
    world.flag(Side.FAR, WORK, 2, "\\Seen");
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(2));
  }

  @Test
  void movedHere_andNotRecorded_isRemovedWhenItIsRemovedThere() {
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.move(Side.FAR, INBOX, 1, WORK);
    world.synchronise(refusing("NEAR beginHardening"));
    world.synchronise();
    world.remove(Side.FAR, WORK, 1);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, WORK)).isEmpty();
  }

  @Test
  void removedHere_justBeforeItIsMoved_staysWhereItWasPutThere() {
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.move(Side.FAR, WORK, 1, OLD);
    world.synchronise(at(_ -> world.remove(Side.NEAR, WORK, 1), "NEAR move"));
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, OLD)).containsExactly(message(1));
  }

  @Test
  void storedUnderAnUnknownKey_andRemovedBeforeItWasFound_isSentAgainByTheNextRun() {
    world.far.keepKeysSecret();
    world.synchronise();
    world.put(Side.NEAR, INBOX, 1);
    world.killedAt("FAR uploaded", "FAR fetch: half a body");
    world.remove(Side.FAR, INBOX, 1);
    assertThat(world.synchronise().failure()).isEmpty();
    assertThat(world.contents(Side.FAR, INBOX)).containsExactly(message(1));
  }

  @Test
  void aFolderIsRenamed_alsoWhereNoKeyThereIsKnown() {
    world.far.keepKeysSecret();
    world.put(Side.NEAR, WORK, 1);
    world.synchronise();
    world.move(Side.NEAR, WORK, 1, OLD);
    world.killedAt("FAR moved", "FAR scan");
    world.near.rename(OLD, NEW);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, OLD)).isEmpty();
    assertThat(world.contents(Side.FAR, NEW)).containsExactly(message(1));
  }

  @Test
  void movedHere_afterItWasDeliveredAndNotRecorded_whatItWasACopyOfIsCopied() {
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, WORK, 2);
    var cut = at(
        call -> {
          throw new FaultException(Fault.of(Kind.DISK_FULL, Reach.REPLICA, call, "disk full", ""));
        },
        "NEAR stage: end",
        "NEAR stage: end");
    assertThat(world.synchronise(cut).failure()).isPresent();
    world.move(Side.NEAR, INBOX, 1, OLD);
    world.assertSameInTheEnd();
  }

  @Test
  void removedHereByARunThatWasKilled_itDoesNotComeBackWithAPowerCut() {
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.remove(Side.FAR, INBOX, 1);
    world.killedAt("NEAR removed");
    world.killedAt("NEAR discardStaged"); // it is forgotten by then
    world.near.cutPower(() -> -1); // whatever may be lost is lost
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).isEmpty();
  }

  @Test
  void movedHereAndBack_andMovedThere_isNotDoubled() {
    world.near.trackNothing();
    world.far.trackNothing();
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.move(Side.NEAR, WORK, 1, INBOX);
    world.move(Side.FAR, INBOX, 1, WORK);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1));
    assertThat(world.contents(Side.NEAR, INBOX)).isEmpty();
  }

  @Test
  void movedHere_andItsUploadInDoubt_isNotMovedThereToo() {
    world.far.stateWrongSizes(1000);
    world.put(Side.NEAR, INBOX, 1);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.synchronise(refusing("NEAR confirmGone", "FAR uploaded"));
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(message(1));
    assertThat(world.contents(Side.FAR, INBOX)).isEmpty();
  }

  @Test
  void aCopyBesideAMessageThatIsMoved_isTiedOnItsOwn() {
    world.far.keepKeysSecret();
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.far.rename(WORK, OLD);
    world.put(Side.NEAR, WORK, 1);
    world.near.rename(WORK, NEW);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, OLD)).containsExactly(message(1));
    assertThat(world.contents(Side.FAR, NEW)).containsExactly(message(1));
  }

  @Test
  void refusedThere_andThenMovedHere_failsNoMore() {
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.far.rename(WORK, OLD);
    world.move(Side.NEAR, WORK, 1, INBOX);
    world.far.limitSize(1);
    world.allowed = PUSH;
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.far.heal();
    world.assertSameInTheEnd();
  }

  @Test
  void whatFailedInAFolder_isNotOver_becauseALaterRoundWentWell() {
    world.put(Side.NEAR, INBOX, 1);
    world.put(Side.FAR, INBOX, 2);
    assertThat(world.synchronise(refusing("NEAR published")).failed()).isEqualTo(1);
    world.assertSameInTheEnd();
  }

  @Test
  void aDryRun_inWhichAFolderFails_isNotAllWell() {
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.put(Side.FAR, WORK, 2);
    world.dryRun = true;
    var told = world.synchronise(refusing("FAR open"));
    assertThat(told.failed()).isEqualTo(1);
    world.dryRun = false;
    assertThat(world.synchronise().failed()).as("it forgets what it did not do").isZero();
  }

  @Test
  void aDiskThatIsNotMounted_isNotFilled_byWhatARunHadLeftToDo() {
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, WORK, 2);
    world.killedAt("NEAR publish");
    world.near.drop(WORK);
    world.near.drop(INBOX);
    var told = world.synchronise();
    assertThat(told.failure().map(Fault::kind)).contains(Kind.BRAKE);
    assertThat(told.failure().map(Fault::said).orElseThrow()).contains("stopped while");
    assertThat(world.near.folderNames()).isEmpty();
  }

  @Test
  void removedWithItsFolder_andKeptHereOnPurpose_itStays_andIsNotSentAgain() {
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.allowed = TwoWayWorld.KEEP;
    world.far.drop(WORK);
    for (var run = 0; run < 3; run++) {
      world.synchronise();
    }
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1));
    assertThat(world.far.folderNames()).doesNotContain(WORK);
    world.put(Side.NEAR, WORK, 2);
    world.synchronise();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(message(2));
  }
}

package io.mailtide.testkit;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.testkit.MemoryStore.Hook;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the simulation found, each as small as it became. */
class FoundBySimulationTest {
  private static final Allowed BOTH = new Allowed(true, CARRY_OUT, true, CARRY_OUT);
  private static final Allowed PULL = new Allowed(true, CARRY_OUT, false, WAIT);
  private static final Allowed PUSH = new Allowed(false, WAIT, true, CARRY_OUT);

  private final TwoWayWorld world;

  FoundBySimulationTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
  }

  /** Refuses the first such call. */
  private static Hook refusing(String refused) {
    var done = new boolean[1];
    return call -> {
      if (call.equals(refused) && !done[0]) {
        done[0] = true;
        throw new FaultException(Fault.of(Kind.REFUSED, Reach.FOLDER, call, "refused", ""));
      }
    };
  }

  private void assertSameInTheEnd() {
    world.allowed = BOTH;
    world.now = world.now.plus(Duration.ofDays(2));
    assertThat(world.synchronise().failure()).isEmpty();
    assertThat(world.synchronise().failed()).isZero();
    world.assertSame();
  }

  @Test
  void aFolderRemovedHere_staysThere_inAPull() {
    world.far.create(WORK);
    world.synchronise();
    world.near.drop(WORK);
    world.allowed = PULL;
    world.synchronise();
    assertThat(world.far.folderNames()).contains(WORK);
    assertSameInTheEnd();
    assertThat(world.far.folderNames()).doesNotContain(WORK);
  }

  @Test
  void aFolderRenamedHere_thatTheServerDoesNotList_isNotDoubled() {
    for (var i = 0; i < 3; i++) {
      world.put(Side.FAR, WORK, i);
    }
    world.synchronise();
    world.far.hide(WORK);
    world.near.rename(WORK, OLD);
    world.synchronise();
    world.far.tellAll();
    assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, OLD)).hasSize(3);
    assertThat(world.contents(Side.FAR, WORK)).isEmpty();
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
    assertSameInTheEnd();
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
    assertSameInTheEnd();
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
    assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(1);
  }

  @Test
  void aFolderThatCannotBeRead_afterTheStateWasLost_isNotDoubled() {
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.loseState();
    world.synchronise(refusing("NEAR fetch: a body"));
    assertSameInTheEnd();
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
    assertSameInTheEnd();
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(6);
  }
}

package io.mailtide.testkit;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.NEVER;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;
import static io.mailtide.testkit.TwoWayWorld.ARRIVED;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.QUIET;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.StoreStatus;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.MemoryStore.Mail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does in each situation, on replicas in memory. */
class PullScenariosTest {
  private final TwoWayWorld world;
  private final MemoryStore near;
  private final MemoryStore far;

  PullScenariosTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new TwoWayWorld(directory);
    near = world.near;
    far = world.far;
    world.allowMassDelete = false;
    pullRemovals(CARRY_OUT);
  }

  private void pullRemovals(Removals removals) {
    world.allowed = new Allowed(true, removals, false, WAIT);
  }

  private Outcome synchronise() {
    return world.synchronise();
  }

  private void fill(FolderName name, int from, int to) {
    for (var i = from; i < to; i++) {
      world.put(Side.FAR, name, i, "\\Seen");
    }
  }

  private List<String> contents(FolderName name) {
    return world.contents(Side.NEAR, name);
  }

  private List<String> farContents(FolderName name) {
    return world.contents(Side.FAR, name);
  }

  private StoreStatus status() throws FaultException {
    return StoreStatus.read(world.directory, "store").orElseThrow();
  }

  @Test
  void aFirstRun_copiesFoldersAndMessages_withFlagsAndTimes() throws FaultException {
    fill(INBOX, 0, 3);
    far.create(WORK);
    var outcome = synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.copied()).isEqualTo(3);
    assertThat(near.folderNames()).containsExactly(INBOX, WORK);
    assertThat(near.mail(INBOX))
        .allSatisfy(mail -> assertThat(mail.flags()).isEqualTo(Flags.of("\\Seen")))
        .extracting(Mail::arrived)
        .containsExactly(ARRIVED, ARRIVED.plusSeconds(1), ARRIVED.plusSeconds(2));
    assertThat(status().folders())
        .extracting(StoreStatus.FolderStatus::messages)
        .containsExactly(3L, 0L);
    assertThat(status().lastRun().orElseThrow().result()).isEqualTo("done");
  }

  @Test
  void aSecondRun_opensNoFolder() {
    fill(INBOX, 0, 3);
    fill(WORK, 3, 5);
    synchronise();
    var calls = new ArrayList<String>();
    var outcome = world.synchronise(calls::add);
    assertThat(outcome.copied()).isZero();
    assertThat(calls)
        .containsExactly(
            "FAR appearance",
            "FAR folders",
            "NEAR appearance",
            "NEAR folders",
            "NEAR purgeRemoved");
  }

  @Test
  void changesFollow() {
    fill(INBOX, 0, 30);
    synchronise();
    far.setFlags(INBOX, new MessageKey("1"), Flags.of("\\Flagged", "label"));
    far.remove(INBOX, new MessageKey("2"));
    fill(INBOX, 30, 31);
    var outcome = synchronise();
    assertThat(outcome)
        .extracting(Outcome::copied, Outcome::flagged, Outcome::removed)
        .containsExactly(1L, 1L, 1L);
    assertThat(contents(INBOX)).isEqualTo(farContents(INBOX));
    assertThat(near.mail(INBOX).getFirst().flags()).isEqualTo(Flags.of("\\Flagged", "label"));
    assertThat(near.removed(INBOX)).extracting(Mail::bytes).containsExactly(message(1));
  }

  @Test
  void aLargeShareRemoved_stopsAtTheBrake_untilAllowed() throws FaultException {
    fill(INBOX, 0, 100);
    synchronise();
    far.mail(INBOX).stream().limit(30).forEach(mail -> far.remove(INBOX, mail.key()));
    fill(INBOX, 100, 101);
    var braked = synchronise();
    assertThat(braked.failure().orElseThrow().kind()).isEqualTo(Kind.BRAKE);
    assertThat(braked.failure().orElseThrow().said()).contains("30 of the 100", "INBOX");
    assertThat(braked.removed()).isZero();
    assertThat(braked.copied()).as("new mail comes all the same").isEqualTo(1);
    assertThat(near.mail(INBOX)).hasSize(101);
    assertThat(status().lastRun().orElseThrow().result()).isEqualTo("failed");

    assertThat(synchronise().failure().orElseThrow().kind())
        .as("the brake holds until somebody decides")
        .isEqualTo(Kind.BRAKE);
    world.allowMassDelete = true;
    assertThat(synchronise().removed()).isEqualTo(30);
    assertThat(contents(INBOX)).isEqualTo(farContents(INBOX));
  }

  @Test
  void manySmallSharesThatAreALargeOneTogether_stopAtTheBrake() {
    for (var i = 0; i < 10; i++) {
      fill(FolderName.parse("F" + i), i * 10, i * 10 + 10);
    }
    synchronise();
    for (var i = 0; i < 10; i++) {
      var name = FolderName.parse("F" + i);
      far.mail(name).stream().limit(3).forEach(mail -> far.remove(name, mail.key()));
    }
    assertThat(synchronise().failure().orElseThrow().said()).contains("30 of all 100");
  }

  @Test
  void aFolderThatVanished_isTheBrakesBusiness_andThenGoes() {
    fill(INBOX, 0, 3);
    fill(WORK, 3, 6);
    synchronise();
    far.drop(WORK);
    assertThat(synchronise().failure().orElseThrow().kind()).isEqualTo(Kind.BRAKE);
    assertThat(near.mail(WORK)).hasSize(3);
    world.allowMassDelete = true;
    assertThat(synchronise().failure()).isEmpty();
    assertThat(near.folderNames()).doesNotContain(WORK);
    assertThat(synchronise().failure()).isEmpty();
  }

  @Test
  void aServerThatForgetsToListAFolder_isAskedForItByName() {
    fill(INBOX, 0, 3);
    fill(WORK, 3, 6);
    synchronise();
    world.allowMassDelete = true;
    far.hide(WORK);
    assertThat(synchronise().removed()).isZero();
    assertThat(near.mail(WORK)).hasSize(3);
  }

  @Test
  void aScanThatMissesMessages_isNotBelieved() {
    fill(INBOX, 0, 30);
    synchronise();
    world.full = true;
    far.skipInScans(new MessageKey("7"));
    var outcome = synchronise();
    assertThat(outcome.removed()).isZero();
    assertThat(near.mail(INBOX)).hasSize(30);
  }

  @Test
  void removalsNotWanted_staysAndIsNotAskedForAgain() {
    fill(INBOX, 0, 30);
    synchronise();
    pullRemovals(NEVER);
    far.remove(INBOX, new MessageKey("1"));
    assertThat(synchronise().removed()).isZero();
    pullRemovals(CARRY_OUT);
    world.full = true;
    assertThat(synchronise().removed()).as("it is a local message now").isZero();
    assertThat(near.mail(INBOX)).hasSize(30);
  }

  @Test
  void theStateLost_bothSidesArePairedByContent_andNothingDoubles() {
    fill(INBOX, 0, 20);
    synchronise();
    world.loseState();
    far.setFlags(INBOX, new MessageKey("1"), Flags.of("\\Flagged"));
    var outcome = synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.copied()).isZero();
    assertThat(contents(INBOX)).isEqualTo(farContents(INBOX));
    assertThat(near.mail(INBOX).getFirst().flags())
        .as("what either side had")
        .isEqualTo(Flags.of("\\Seen", "\\Flagged"));
  }

  @Test
  void equalMessages_stayAsMany() {
    far.put(INBOX, message(1), Flags.NONE, ARRIVED);
    far.put(INBOX, message(1), Flags.NONE, ARRIVED);
    synchronise();
    assertThat(near.mail(INBOX)).hasSize(2);
    world.loseState();
    far.put(INBOX, message(1), Flags.NONE, ARRIVED);
    assertThat(synchronise().copied()).isEqualTo(1);
    assertThat(near.mail(INBOX)).hasSize(3);
  }

  @Test
  void aNewUidValidity_isNoReasonToStartOver() {
    fill(INBOX, 0, 20);
    synchronise();
    near.setFlags(INBOX, near.mail(INBOX).getFirst().key(), Flags.of("\\Seen", "mine"));
    far.renumber(INBOX);
    far.setFlags(INBOX, far.mail(INBOX).getLast().key(), Flags.NONE);
    fill(INBOX, 20, 21);
    var outcome = synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.copied()).isEqualTo(1);
    assertThat(outcome.removed()).isZero();
    assertThat(world.faults).extracting(Fault::kind).containsExactly(Kind.CHANGED);
    assertThat(contents(INBOX)).isEqualTo(farContents(INBOX));
    assertThat(near.mail(INBOX).getFirst().flags()).isEqualTo(Flags.of("\\Seen", "mine"));
    assertThat(near.mail(INBOX).stream().filter(mail -> mail.flags().isEmpty())).hasSize(1);
    assertThat(synchronise().copied()).isZero();
  }

  @Test
  void localChanges_stayAndWait() throws FaultException {
    fill(INBOX, 0, 30);
    synchronise();
    var mail = near.mail(INBOX);
    near.setFlags(INBOX, mail.get(0).key(), Flags.of("mine"));
    near.remove(INBOX, mail.get(1).key());
    near.put(INBOX, "born here", Flags.NONE, ARRIVED);
    far.setFlags(INBOX, new MessageKey("1"), Flags.of("\\Seen", "\\Flagged"));
    var outcome = synchronise();
    assertThat(outcome.withheld()).isEqualTo(3);
    assertThat(near.mail(INBOX).getFirst().flags()).isEqualTo(Flags.of("mine", "\\Flagged"));
    assertThat(near.mail(INBOX)).hasSize(30);
    assertThat(synchronise().withheld()).as("they are not forgotten").isEqualTo(3);
    assertThat(status().lastRun().orElseThrow().withheld()).isEqualTo(3);
  }

  @Test
  void aLocalStoreThatTurnedEmpty_isTakenForADiskThatIsNotMounted() {
    fill(INBOX, 0, 3);
    synchronise();
    near.drop(INBOX);
    var outcome = synchronise();
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.BRAKE);
    assertThat(outcome.copied()).isZero();
  }

  @Test
  void aMessageThatIsNotHandedOver_goesToTheLedger_andIsRetriedAlone() throws FaultException {
    fill(INBOX, 0, 5);
    far.refuse(new MessageKey("3"));
    var outcome = synchronise();
    assertThat(outcome.copied()).isEqualTo(4);
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(outcome.failure()).isEmpty();
    var entry = status().ledger().getFirst();
    assertThat(entry.message()).contains(new MessageKey("3"));
    assertThat(entry.advice()).isNotEmpty();
    assertThat(status().lastRun().orElseThrow().result()).isEqualTo("partial");

    var calls = new ArrayList<String>();
    assertThat(world.synchronise(QUIET, calls::add).failed()).isEqualTo(1);
    assertThat(calls).contains("FAR fetch").doesNotContain("FAR fetch: a body");
    assertThat(status().ledger().getFirst().tries()).isEqualTo(2);

    calls.clear();
    world.synchronise(QUIET, calls::add);
    assertThat(calls).as("it waits for its time").doesNotContain("FAR fetch");

    far.refuseNothing();
    world.now = world.now.plus(Duration.ofHours(1));
    assertThat(synchronise().copied()).isEqualTo(1);
    assertThat(status().ledger()).isEmpty();
    assertThat(contents(INBOX)).isEqualTo(farContents(INBOX));
  }

  @Test
  void aFolderThatCannotBeOpened_doesNotBlockTheOthers() throws FaultException {
    fill(INBOX, 0, 2);
    fill(WORK, 2, 4);
    var opens = new int[1];
    Hook refusing = call -> {
      if (call.equals("FAR open") && opens[0]++ == 0) {
        throw new FaultException(Fault.of(
            Kind.NO_ACCESS, Reach.FOLDER, "opening the folder", "Permission denied", "Ask."));
      }
    };
    var outcome = world.synchronise(QUIET, refusing);
    assertThat(outcome.copied()).isEqualTo(2);
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(status().ledger().getFirst().folder()).isEqualTo(INBOX);
    assertThat(synchronise().copied()).isEqualTo(2);
    assertThat(status().ledger()).isEmpty();
  }

  @Test
  void aConnectionThatBreaksWhileMailComes_isMadeAgain() {
    fill(INBOX, 0, 5);
    fill(WORK, 5, 10);
    var bodies = new int[1];
    var outcome = world.synchronise(QUIET, call -> {
      if (call.equals("FAR fetch: a body") && ++bodies[0] == 7) {
        throw new FaultException(
            Fault.of(Kind.NETWORK, Reach.REPLICA, "fetching", "connection lost", ""));
      }
    });
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.copied()).isEqualTo(10);
    assertThat(bodies[0]).as("nothing is fetched twice").isEqualTo(10);
    assertThat(world.faults)
        .extracting(Fault::next)
        .containsExactly("Connecting again and going on.");
  }

  @Test
  void aConnectionThatBreaksAtOnce_isNotTriedForEver() {
    fill(INBOX, 0, 5);
    var outcome = world.synchronise(QUIET, _ -> {
      throw new FaultException(
          Fault.of(Kind.NETWORK, Reach.REPLICA, "listing", "connection lost", ""));
    });
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.NETWORK);
  }

  @Test
  void aDiskThatIsFull_endsTheRun_andTheNextOneGoesOn() {
    fill(INBOX, 0, 5);
    var ends = new int[1];
    var outcome = world.synchronise(
        call -> {
          if (call.equals("NEAR stage: write") && ++ends[0] == 4) {
            throw new FaultException(
                Fault.of(Kind.DISK_FULL, Reach.REPLICA, "writing", "no space left", "Free some."));
          }
        },
        QUIET);
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.DISK_FULL);
    assertThat(near.staged(INBOX)).isEmpty();
    assertThat(synchronise().failure()).isEmpty();
    assertThat(contents(INBOX)).isEqualTo(farContents(INBOX));
  }

  @Test
  void cancelled_changesNothingMore_andTheNextRunGoesOn() {
    fill(INBOX, 0, 5);
    fill(WORK, 5, 10);
    var bodies = new int[1];
    var outcome = world.synchronise(QUIET, call -> {
      if (call.equals("FAR fetch: a body") && ++bodies[0] == 5) {
        world.cancellation.request();
      }
    });
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.CANCELLED);
    assertThat(near.mail(WORK)).isEmpty();
    world.cancellation = new Cancellation();
    assertThat(synchronise().copied()).isEqualTo(5);
    assertThat(contents(WORK)).isEqualTo(farContents(WORK));
  }

  @Test
  void killedAtAnyCall_theNextRunEndsAsIfNothingHadHappened() {
    for (var step = 1; ; step++) {
      world.loseState();
      for (var store : List.of(near, far)) {
        store.folderNames().forEach(store::drop);
      }
      far.create(INBOX);
      fill(INBOX, 0, 4);
      synchronise();
      far.setFlags(INBOX, far.mail(INBOX).get(0).key(), Flags.of("\\Flagged"));
      far.remove(INBOX, far.mail(INBOX).get(1).key());
      fill(INBOX, 4, 7);
      fill(WORK, 7, 9);
      var killed = world.killed(step);
      if (killed) {
        near.cutPower(new SplittableRandom(step));
      }
      assertThat(synchronise().failure()).isEmpty();
      for (var name : List.of(INBOX, WORK)) {
        assertThat(contents(name)).as("killed at call %d", step).isEqualTo(farContents(name));
        assertThat(near.staged(name)).as("killed at call %d", step).isEmpty();
      }
      assertThat(near.mail(INBOX).stream().filter(mail -> mail.flags().contains("\\Flagged")))
          .hasSize(1);
      if (!killed) {
        assertThat(step).isGreaterThan(30);
        return;
      }
    }
  }
}

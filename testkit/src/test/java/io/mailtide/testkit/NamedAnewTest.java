package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages here whose files were given other names, as by another tool, by a copy that was put
 * back, or by a user who moved them away and back: they stay what they are at the server.
 */
class NamedAnewTest {
  private static final int MANY = 200;

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  private TwoWayWorld world;

  @BeforeEach
  void begin() {
    world = new TwoWayWorld(directory);
  }

  private void inStep(int messages) {
    for (var i = 0; i < messages; i++) {
      world.put(Side.FAR, INBOX, i, "\\Seen");
    }
    world.synchronise();
    world.assertSame();
  }

  private void nameAnew(int messages) {
    for (var i = 0; i < messages; i++) {
      world.move(Side.NEAR, INBOX, i, INBOX);
    }
  }

  /** As a program does that leaves it to the system when that is durable. */
  private void renameSoftly(int number) {
    var folder = world.near.folder(INBOX);
    var entry = Objects.requireNonNull(
        folder.entries.get(world.mail(Side.NEAR, INBOX, number).key()));
    folder.entries.put(world.near.newKey(folder), entry.moved(++folder.clock));
    entry.changed = folder.clock;
    folder.foreignEdits++;
  }

  private List<String> keys() {
    return world.far.mail(INBOX).stream().map(mail -> mail.key().value()).toList();
  }

  private static long done(Outcome outcome) {
    return outcome.copied() + outcome.sent() + outcome.moved() + outcome.removed();
  }

  @Test
  void allOfAFolder_isNeitherSentAgainNorHeldByTheBrake() {
    inStep(MANY);
    var before = keys();
    nameAnew(MANY);
    world.allowMassDelete = false;
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(done(outcome)).isZero();
    assertThat(keys()).isEqualTo(before);
    world.assertSame();
    assertThat(done(world.synchronise())).isZero();
  }

  @Test
  void whatBothUsersDidToItsFlags_isMerged() {
    inStep(2);
    nameAnew(1);
    world.flag(Side.NEAR, INBOX, 0, "\\Seen", "\\Flagged");
    world.flag(Side.FAR, INBOX, 0, "\\Answered");
    assertThat(world.synchronise().flagged()).isPositive();
    world.assertSame();
    assertThat(world.mail(Side.FAR, INBOX, 0).flags())
        .isEqualTo(Flags.of("\\Answered", "\\Flagged"));
  }

  @Test
  void aLaterRemoval_isOneOfThatMessage() {
    inStep(3);
    nameAnew(2);
    world.synchronise();
    world.remove(Side.NEAR, INBOX, 0);
    world.remove(Side.FAR, INBOX, 1);
    assertThat(world.synchronise().removed()).isEqualTo(2);
    world.assertSame();
    assertThat(world.contents(Side.NEAR, INBOX)).containsExactly(message(2));
  }

  @Test
  void ofCopiesThatAreTheSame_oneMayGoAndOneBeMoved() {
    world.near.create(WORK);
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, INBOX, 1);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.remove(Side.NEAR, INBOX, 1);
    world.move(Side.NEAR, INBOX, 1, INBOX);
    var outcome = world.synchronise();
    assertThat(outcome.sent()).isZero();
    assertThat(outcome.moved()).isEqualTo(1);
    assertThat(outcome.removed()).isEqualTo(1);
    world.assertSame();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(1);
    assertThat(world.contents(Side.FAR, WORK)).hasSize(1);
  }

  @Test
  void whatCouldNotBeSentBefore_failsNoMore() {
    inStep(1);
    world.far.limitSize(1);
    world.put(Side.NEAR, INBOX, 0);
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.remove(Side.NEAR, INBOX, 0);
    var outcome = world.synchronise();
    assertThat(outcome.failed()).isZero();
    assertThat(outcome.removed()).isZero();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(1);
  }

  @Test
  void whatTheServersUserMovedMeanwhile_followsIt() {
    inStep(2);
    nameAnew(1);
    world.far.create(OLD);
    world.move(Side.FAR, INBOX, 0, OLD);
    world.synchronise();
    world.assertSame();
    assertThat(world.contents(Side.NEAR, OLD)).containsExactly(message(0));
    assertThat(world.contents(Side.NEAR, INBOX)).containsExactly(message(1));
  }

  /** Gone on both sides, and here again: its user may have put it back. */
  @Test
  void whatTheServersUserRemovedMeanwhile_isAMessageOfItsOwn() {
    inStep(2);
    nameAnew(1);
    world.remove(Side.FAR, INBOX, 0);
    assertThat(world.synchronise().sent()).isEqualTo(1);
    world.assertSame();
    assertThat(world.contents(Side.NEAR, INBOX)).containsExactly(message(0), message(1));
  }

  @Test
  void aRunThatOnlyFetches_leavesItToOneThatSends() {
    inStep(2);
    var before = keys();
    nameAnew(1);
    world.allowed = new Allowed(true, Removals.CARRY_OUT, false, Removals.WAIT);
    world.synchronise();
    assertThat(keys()).isEqualTo(before);
    assertThat(world.contents(Side.NEAR, INBOX)).hasSize(2);
    world.assertSameInTheEnd();
    assertThat(keys()).isEqualTo(before);
  }

  @Test
  void whatIsKnownByItsNewName_keepsItWhenThePowerFails() throws IOException {
    for (var dice = 0; dice < 10; dice++) {
      anew();
      inStep(3);
      renameSoftly(0);
      world.synchronise();
      var there = world.mail(Side.NEAR, INBOX, 0).key();
      world.near.cutPower(new SplittableRandom(dice));
      assertThat(world.mail(Side.NEAR, INBOX, 0).key()).isEqualTo(there);
    }
  }

  private void anew() throws IOException {
    TwoWayWorld.delete(directory);
    Files.createDirectories(directory);
    begin();
  }

  @Test
  void killedAtAnyCallByAPowerCut_whichMayUndoTheNames_nothingIsSentOrRemoved() throws IOException {
    var at = 1;
    for (var again = true; again; at++) {
      anew();
      inStep(3);
      var before = keys();
      renameSoftly(0);
      renameSoftly(1);
      again = world.killed(at);
      world.near.cutPower(new SplittableRandom(at));
      world.assertSameInTheEnd();
      assertThat(keys()).as("killed at %d", at).isEqualTo(before);
    }
    assertThat(at).isGreaterThan(10);
  }
}

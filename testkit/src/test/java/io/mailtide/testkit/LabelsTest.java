package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message that the far side has in many folders, and says so, is fetched once. */
class LabelsTest {
  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  private static TwoWayWorld world(Path directory) {
    var world = new TwoWayWorld(directory);
    world.far.tellsContents = true;
    for (var name : List.of(INBOX, OLD, WORK)) {
      world.far.create(name);
    }
    return world;
  }

  /** The first message is in all folders, the second in one. */
  private static TwoWayWorld labelled(Path directory) {
    var world = world(directory);
    world.put(Side.FAR, INBOX, 1, "\\Seen");
    world.put(Side.FAR, OLD, 1, "\\Flagged");
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 2);
    return world;
  }

  /** In step, with a message in the INBOX. */
  private static TwoWayWorld inStep(Path directory) {
    var world = world(directory);
    world.put(Side.FAR, INBOX, 1);
    assertThat(world.synchronise().copied()).isEqualTo(1);
    return world;
  }

  private static void assertFetched(TwoWayWorld world, int bodies) {
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    assertThat(world.far.fetched()).isEqualTo(bodies);
    world.assertSame();
    var calls = new ArrayList<String>();
    world.synchronise(calls::add);
    assertThat(calls).doesNotContain("FAR open", "NEAR open");
  }

  @Test
  void inThreeFolders_isFetchedOnce() {
    assertFetched(labelled(directory), 2);
  }

  @Test
  void inAnotherFolderLater_isNotFetchedAgain() {
    var world = inStep(directory);
    world.put(Side.FAR, WORK, 1);
    assertFetched(world, 1);
  }

  @Test
  void folderNewLater_isNotFetchedAgain() {
    var world = labelled(directory);
    world.folders = name -> name.equals(WORK);
    world.synchronise();
    world.folders = _ -> true;
    assertFetched(world, 2);
  }

  /** What may be here already cannot be told, and nothing behind it is asked for before it. */
  @Test
  void whatIsAskedForAhead_isWhatComesNext() {
    var world = world(directory);
    var last = FolderName.parse("Zoo");
    world.far.create(last);
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, OLD, 2);
    world.put(Side.FAR, WORK, 3);
    world.put(Side.FAR, last, 2);
    assertFetched(world, 3);
    assertThat(world.far.askedInVain()).isZero();
  }

  @Test
  void nothingTold_isFetchedEachTime() {
    var world = labelled(directory);
    world.far.tellsContents = false;
    assertFetched(world, 4);
  }

  @Test
  void copyChangedHere_isFetchedAgain() {
    var world = inStep(directory);
    world.rot(Side.NEAR, INBOX, world.mail(Side.NEAR, INBOX, 1).key(), message(9));
    world.put(Side.FAR, WORK, 1);
    assertThat(world.synchronise().failed()).isZero();
    assertThat(world.far.fetched()).isEqualTo(2);
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1));
    assertThat(world.near.staged(WORK)).isEmpty();
  }

  @Test
  void copyUnreadable_isFetchedAgain() {
    var world = inStep(directory);
    world.near.makeUnreadable(world.mail(Side.NEAR, INBOX, 1).key());
    world.put(Side.FAR, WORK, 1);
    assertFetched(world, 2);
  }

  /** What the far side made of it is not known. */
  @Test
  void sentFromHere_isFetched() {
    var world = inStep(directory);
    world.put(Side.NEAR, INBOX, 2);
    world.synchronise();
    world.put(Side.FAR, WORK, 2);
    assertFetched(world, 2);
  }

  @Test
  void headerAlone_isNoCopyOfTheWhole() {
    var world = world(directory);
    world.put(Side.FAR, INBOX, 1);
    world.selection = new Selection(OptionalLong.empty(), Optional.empty(), true);
    world.synchronise();
    world.selection = Selection.ALL;
    world.folders = name -> name.equals(WORK);
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    assertThat(world.contents(Side.NEAR, WORK)).containsExactly(message(1));
  }

  @Test
  void killedAnywhere_theNextRunsBringBothTogether() throws IOException {
    for (var call = 1; ; call++) {
      var there = Files.createDirectory(directory.resolve("killed" + call));
      var world = labelled(there);
      var killed = world.killed(call);
      world.assertSameInTheEnd();
      assertThat(world.far.fetched()).as("killed at call %d", call).isLessThanOrEqualTo(5);
      TwoWayWorld.delete(there);
      if (!killed) {
        return;
      }
    }
  }
}

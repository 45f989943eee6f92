package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.PULL;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the simulation found about folders that are renamed, each as small as it became. */
class FoundRenamesTest {
  private TwoWayWorld world;

  FoundRenamesTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
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
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, OLD)).hasSize(3);
    assertThat(world.contents(Side.FAR, WORK)).isEmpty();
  }

  @Test
  void aFolderMadeHere_underTheNameOfOneRenamed_isSeenWhole() {
    world.put(Side.FAR, WORK, 1);
    world.synchronise();
    world.near.rename(WORK, OLD);
    world.put(Side.NEAR, WORK, 2);
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(TwoWayWorld.message(2));
    assertThat(world.contents(Side.FAR, OLD)).containsExactly(TwoWayWorld.message(1));
  }

  @Test
  void renamedHere_andInPartRemovedThere_inAPull_isSeenWholeUnderItsNewName() {
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 2);
    world.synchronise();
    world.near.rename(WORK, OLD);
    world.remove(Side.FAR, WORK, 1);
    world.allowed = PULL;
    world.synchronise();
    world.assertSameInTheEnd();
  }

  @Test
  void movedHere_intoAFolderThatWasRenamedThere_isAloneUnderItsOldName() {
    world.put(Side.FAR, INBOX, 1);
    world.put(Side.FAR, WORK, 2);
    world.near.create(OLD);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.move(Side.NEAR, WORK, 2, OLD);
    world.far.rename(WORK, FolderName.parse("New"));
    world.assertSameInTheEnd();
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(TwoWayWorld.message(1));
  }

  @Test
  void renamedThere_afterAFolderBelowWasSeenUnderItsNewName_failsNothing() {
    var below = FolderName.parse("Work/Below");
    var anew = FolderName.parse("New/Below");
    world.put(Side.FAR, WORK, 1);
    world.put(Side.FAR, WORK, 4);
    world.put(Side.FAR, below, 2);
    world.put(Side.FAR, below, 3);
    world.synchronise();
    world.far.refuse(below, world.mail(Side.FAR, below, 2).key()); // so it is not known for renamed
    world.far.rename(WORK, FolderName.parse("New"));
    world.far.hide(FolderName.parse("New"));
    world.allowMassDelete = false;
    world.synchronise();
    world.allowMassDelete = true;
    assertThat(world.contents(Side.NEAR, anew)).hasSize(1);
    assertThat(world.contents(Side.NEAR, WORK)).as("held by the brake").hasSize(2);
    world.near.drop(anew);
    world.far.tellAll();
    world.far.refuseNothing();
    world.assertSameInTheEnd();
  }

  @Test
  void renamedThere_andInPartRemovedHere_itIsStillARename() {
    for (var number = 1; number <= 4; number++) {
      world.put(Side.FAR, WORK, number);
    }
    world.synchronise();
    world.far.rename(WORK, OLD);
    world.remove(Side.NEAR, WORK, 1);
    var calls = new ArrayList<String>();
    world.synchronise(calls::add);
    assertThat(calls).contains("NEAR rename").doesNotContain("NEAR move", "NEAR stage");
    world.assertSame();
    assertThat(world.contents(Side.NEAR, OLD)).hasSize(3);
  }
}

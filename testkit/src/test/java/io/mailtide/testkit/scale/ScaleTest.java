package io.mailtide.testkit.scale;

import static io.mailtide.testkit.scale.Growing.INBOX;
import static io.mailtide.testkit.scale.Growing.OLD;
import static io.mailtide.testkit.scale.Growing.WORK;
import static io.mailtide.testkit.scale.Growing.message;
import static io.mailtide.testkit.scale.Growing.nameless;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.MemoryStore.Mail;
import io.mailtide.testkit.OnMemoryDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * No statement of a run, and no call of a side, comes to more than in proportion to the number of
 * messages or folders: four times as many cost four times as much.
 */
@Execution(ExecutionMode.CONCURRENT)
class ScaleTest {
  private static final int SMALL = 1_000;
  private static final int TIMES = 4;

  /** Of what is in proportion, some more for what is looked at by pages. */
  private static final double GROWTH_MAX = TIMES * 1.3;

  /** What is less than that for each message does not count. */
  private static final int SLACK = 3;

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  /** @param life ends with the run that counts */
  private void assertInProportion(Consumer<Growing> life) {
    var small = lived(life, SMALL);
    var large = lived(life, SMALL * TIMES);
    var tooMany = new ArrayList<String>();
    large.forEach((what, count) -> {
      var before = small.getOrDefault(what, 0L);
      if (count > before * GROWTH_MAX + SLACK * SMALL) {
        tooMany.add("%,d became %,d: %s".formatted(before, count, what.replaceAll("\\s+", " ")));
      }
    });
    assertThat(tooMany).isEmpty();
  }

  private Map<String, Long> lived(Consumer<Growing> life, int size) {
    try {
      var there = Files.createDirectory(directory.resolve(Integer.toString(size)));
      var world = new Growing(there, size);
      life.accept(world);
      var counts = new HashMap<>(world.calls);
      counts.putAll(world.steps.counts());
      return counts;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void stateLost() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, message(i));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void stateLost_withoutIdentities() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, nameless(i));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void stateLost_allTheSame() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, nameless(1));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void stateLost_allTheSame_named() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, message(1));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void numberedAnew() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, message(i));
      }
      world.inStep();
      world.far.renumber(INBOX);
      world.run();
    });
  }

  @Test
  void numberedAnew_withoutIdentities() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, nameless(i));
      }
      world.inStep();
      world.far.renumber(INBOX);
      world.run();
    });
  }

  @Test
  void newHere() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.put(Side.NEAR, INBOX, message(i));
      }
      assertThat(world.inStep().sent()).isEqualTo(world.size);
    });
  }

  @Test
  void newHere_keysNotTold() {
    assertInProportion(world -> {
      world.far.keepKeysSecret();
      for (var i = 0; i < world.size; i++) {
        world.put(Side.NEAR, INBOX, nameless(i));
      }
      assertThat(world.inStep().sent()).isEqualTo(world.size);
    });
  }

  private static void inStepInTheInbox(Growing world) {
    for (var i = 0; i < world.size; i++) {
      world.putBoth(INBOX, message(i));
    }
    world.inStep();
  }

  private static void moveAll(Growing world, Side side) {
    for (var mail : world.at(side).mail(INBOX)) {
      world.at(side).move(INBOX, mail.key(), WORK);
    }
  }

  @Test
  void movedThere() {
    assertInProportion(world -> {
      inStepInTheInbox(world);
      moveAll(world, Side.FAR);
      assertThat(world.inStep().moved()).isEqualTo(world.size);
    });
  }

  @Test
  void movedHere() {
    assertInProportion(world -> {
      inStepInTheInbox(world);
      moveAll(world, Side.NEAR);
      assertThat(world.inStep().moved()).isEqualTo(world.size);
    });
  }

  @Test
  void movedByBoth() {
    assertInProportion(world -> {
      inStepInTheInbox(world);
      moveAll(world, Side.FAR);
      for (var mail : world.near.mail(INBOX)) {
        world.near.move(INBOX, mail.key(), OLD);
      }
      assertThat(world.inStep().moved()).isEqualTo(world.size);
    });
  }

  @Test
  void moved_allTheSame() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, message(1));
      }
      world.inStep();
      moveAll(world, Side.NEAR);
      assertThat(world.inStep().moved()).isEqualTo(world.size);
    });
  }

  @Test
  void flaggedAndRemoved() {
    assertInProportion(world -> {
      inStepInTheInbox(world);
      for (var side : Side.values()) {
        var mails = world.at(side).mail(INBOX).stream()
            .sorted(Comparator.comparing(Mail::bytes))
            .toList();
        for (var i = 0; i < mails.size(); i++) {
          switch ((i + (side == Side.NEAR ? 0 : 2)) % 4) {
            case 0 -> world.at(side).setFlags(INBOX, mails.get(i).key(), Flags.of("\\Seen"));
            case 1 -> world.at(side).remove(INBOX, mails.get(i).key());
            default -> {}
          }
        }
      }
      assertThat(world.inStep().removed()).isEqualTo(world.size / 2);
    });
  }

  /** What is gone there and kept here is no work for those that come later. */
  @Test
  void kept_andOneNew() {
    assertInProportion(world -> {
      inStepInTheInbox(world);
      world.allowed = new Allowed(true, Removals.NEVER, true, Removals.NEVER);
      world.far.mail(INBOX).forEach(mail -> world.far.remove(INBOX, mail.key()));
      world.inStep();
      world.put(Side.FAR, INBOX, nameless(7));
      assertThat(world.inStep().copied()).isEqualTo(1);
      assertThat(world.calls.get("NEAR fetch: a body")).isNull();
    });
  }

  @Test
  void refusedThenHandedOver() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, nameless(i));
      }
      world.far.mail(INBOX).stream().map(Mail::key).forEach(key -> world.far.refuse(INBOX, key));
      assertThat(world.run().failed()).isEqualTo(world.size);
      world.far.refuseNothing();
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void leftOutThenPaired() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size; i++) {
        world.put(Side.FAR, INBOX, message(i));
      }
      world.far.trackNothing();
      world.selection = new Selection(OptionalLong.of(10), Optional.empty(), false);
      assertThat(world.inStep().leftOut()).isEqualTo(world.size);
      world.far.mail(INBOX).forEach(mail -> world.put(Side.NEAR, INBOX, mail.bytes()));
      world.selection = Selection.ALL;
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void headersOnly_stateLost() {
    assertInProportion(world -> {
      world.selection = new Selection(OptionalLong.empty(), Optional.empty(), true);
      for (var i = 0; i < world.size; i++) {
        world.putBoth(INBOX, nameless(i));
        world.putBoth(INBOX, message(i));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void manyFolders() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size / 8; i++) {
        world.putBoth(FolderName.parse("Folder" + i), message(i));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void manyFolders_movedAmong() {
    assertInProportion(world -> {
      var folders = world.size / 8;
      for (var i = 0; i < folders; i++) {
        world.putBoth(FolderName.parse("Folder" + i), message(i));
      }
      world.inStep();
      for (var i = 0; i < folders; i += 2) {
        var name = FolderName.parse("Folder" + i);
        var to = FolderName.parse("Folder" + (i + 1));
        world.far.move(name, world.far.mail(name).getFirst().key(), to);
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void manyFolders_renamed() {
    assertInProportion(world -> {
      var folders = world.size / 20;
      for (var i = 0; i < folders; i++) {
        world.putBoth(FolderName.parse("Folder" + i), message(i));
      }
      world.inStep();
      for (var i = 0; i < folders; i++) {
        world.far.rename(FolderName.parse("Folder" + i), FolderName.parse("New" + i));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void manyFolders_renamedHere() {
    assertInProportion(world -> {
      var folders = world.size / 20;
      for (var i = 0; i < folders; i++) {
        world.putBoth(FolderName.parse("Folder" + i), message(i));
      }
      world.inStep();
      for (var i = 0; i < folders; i++) {
        world.near.rename(FolderName.parse("Folder" + i), FolderName.parse("New" + i));
      }
      assertThat(world.inStep().copied()).isZero();
    });
  }

  @Test
  void underManyLabels() {
    assertInProportion(world -> {
      for (var i = 0; i < world.size / 40; i++) {
        for (var name : List.of(INBOX, OLD, WORK)) {
          world.put(Side.FAR, name, message(i));
        }
      }
      assertThat(world.inStep().copied()).isEqualTo(3L * (world.size / 40));
    });
  }
}

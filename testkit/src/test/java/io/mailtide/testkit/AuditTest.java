package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.ARRIVED;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.SyncListener.Progress;
import io.mailtide.testkit.MemoryStore.Mail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Audits: each kind of difference is found, told apart and mended, and nothing is lost by it. */
@Execution(ExecutionMode.CONCURRENT)
class AuditTest {
  private static final FolderName NEW = FolderName.parse("New");

  /** As message 1 by identity and size, and another by content. */
  private static final String ROTTEN = message(1).replace("Body", "Bady");

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  private static TwoWayWorld begun(Path directory) {
    var world = new TwoWayWorld(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    for (var number = 1; number <= 4; number++) {
      world.put(Side.FAR, INBOX, number, "\\Seen");
    }
    world.put(Side.NEAR, WORK, 5);
    world.put(Side.FAR, OLD, 6);
    assertThat(world.synchronise().failure()).isEmpty();
    assertThat(world.synchronise().withheld()).isZero();
    return world;
  }

  private static Arguments row(String finding, Consumer<TwoWayWorld> edit) {
    return arguments(finding, edit);
  }

  /** What happens to the sides, and what is found. */
  static Stream<Arguments> differences() {
    return Stream.of(
        row("MISSING INBOX NEAR", world -> world.remove(Side.NEAR, INBOX, 1)),
        row("MISSING INBOX FAR", world -> world.remove(Side.FAR, INBOX, 1)),
        row("MISSING INBOX NEAR pending", world -> world.put(Side.FAR, INBOX, 7)),
        row("MISSING INBOX FAR pending", world -> world.put(Side.NEAR, INBOX, 7)),
        row("MISSING INBOX NEAR", AuditTest::forgetFar),
        row("CHANGED INBOX NEAR", world -> rot(world, Side.NEAR)),
        row("CHANGED INBOX FAR", world -> rot(world, Side.FAR)),
        row("DOUBLED INBOX NEAR pending", world -> world.put(Side.NEAR, INBOX, 1)),
        row("DOUBLED INBOX FAR pending", world -> world.put(Side.FAR, INBOX, 1)),
        row("FLAGS INBOX NEAR pending", world -> world.flag(Side.NEAR, INBOX, 1, "\\Flagged")),
        row("FLAGS INBOX FAR pending", world -> world.flag(Side.FAR, INBOX, 1, "\\Seen", "todo")),
        row("FOLDER_MISSING Work NEAR", world -> world.near.drop(WORK)),
        row("FOLDER_MISSING Old FAR", world -> world.far.drop(OLD)),
        row("FOLDER_MISSING New NEAR pending", world -> world.far.create(NEW)));
  }

  private static void rot(TwoWayWorld world, Side side) {
    world.rot(side, INBOX, world.mail(side, INBOX, 1).key(), ROTTEN);
  }

  /** A message that a listing left out once, so that no run looks for it again. */
  private static void forgetFar(TwoWayWorld world) {
    var key = world.far.put(INBOX, message(7), Flags.NONE, ARRIVED);
    world.far.skipInScans(key);
    world.synchronise();
    world.far.unseen.clear();
    assertThat(world.synchronise().copied()).isZero();
  }

  @Test
  void equalSides_showNothing_alsoWhereOneCannotHoldAFlag() {
    var world = begun(directory);
    world.put(Side.FAR, INBOX, 7, "\\Seen", "far-only");
    world.synchronise();
    assertThat(world.audit()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("differences")
  void eachDifference_isFound_andNothingChanges(String finding, Consumer<TwoWayWorld> edit)
      throws IOException {
    var world = begun(directory);
    edit.accept(world);
    var before = everything(world);
    var state = Files.readAllBytes(directory.resolve("store.sqlite"));
    var acts = new TreeSet<String>();
    var audited = world.audit(false, acts::add);
    assertThat(audited.found()).containsExactly(finding);
    assertThat(audited.outcome().failure()).isEmpty();
    assertThat(audited.outcome().found().differences()).isEqualTo(1);
    assertThat(audited.outcome().left()).isEmpty();
    assertThat(everything(world)).isEqualTo(before);
    assertThat(directory.resolve("store.sqlite")).hasBinaryContent(state);
    assertThat(acts.stream().map(act -> act.replaceFirst("(NEAR|FAR) ([a-zA-Z]+).*", "$2")))
        .isSubsetOf("folders", "open", "scan", "fetch", "confirmGone");
  }

  @ParameterizedTest
  @MethodSource("differences")
  void eachDifference_isMended_andNothingIsLost(String finding, Consumer<TwoWayWorld> edit) {
    var world = begun(directory);
    edit.accept(world);
    var before = contents(world);
    var audited = world.audit(true, _ -> {});
    assertThat(audited.outcome().failure()).isEmpty();
    assertThat(audited.found()).containsExactly(finding);
    assertThat(audited.left()).isEmpty();
    assertThat(audited.outcome().left().orElseThrow().differences()).isZero();
    world.assertSame();
    before.forEach(
        (folder, texts) -> assertThat(contents(world).get(folder)).as(folder).containsAll(texts));
    assertThat(world.synchronise().withheld()).isZero();
    world.assertSame();
  }

  /** Of the many calls of three runs, not every one, but other ones in each situation. */
  private static final int STRIDE = 9;

  @ParameterizedTest
  @MethodSource("differences")
  void aRepairThatIsKilled_losesNothing_andTheNextOneEnds(
      String finding, Consumer<TwoWayWorld> edit) throws IOException {
    for (var kill = 1; ; kill += STRIDE) {
      var world = begun(Files.createDirectory(directory.resolve("k" + kill)));
      edit.accept(world);
      var before = contents(world);
      var killed = TwoWayWorld.killed(kill, hook -> world.audit(true, hook));
      assertThat(world.audit(true, _ -> {}).outcome().left().map(count -> count.differences()))
          .as("%s, killed at call %d", finding, kill)
          .isIn(Optional.of(0L), Optional.empty());
      assertThat(world.audit()).as("%s, killed at call %d", finding, kill).isEmpty();
      world.assertSame();
      before.forEach(
          (folder, texts) -> assertThat(contents(world).get(folder)).as(folder).containsAll(texts));
      if (!killed) {
        return;
      }
    }
  }

  /** Both versions, on both sides, once each, though their headers and sizes are the same. */
  @Test
  void bothVersionsOfAChangedMessage_endOnBothSides_alsoWhereARepairIsKilledAtAnyCall()
      throws IOException {
    for (var kill = 1; ; kill++) {
      var world = begun(Files.createDirectory(directory.resolve("k" + kill)));
      rot(world, Side.NEAR);
      var killed = TwoWayWorld.killed(kill, hook -> world.audit(true, hook));
      world.synchronise();
      if (!world.audit().isEmpty()) {
        world.audit(true, _ -> {});
      }
      for (var side : Side.values()) {
        assertThat(world.contents(side, INBOX))
            .as("%s, killed at call %d", side, kill)
            .containsExactlyInAnyOrder(message(1), message(2), message(3), message(4), ROTTEN);
      }
      if (!killed) {
        return;
      }
    }
  }

  @Test
  void copiesThatAreTooMany_goToTheUndoArea_andNothingIsRemovedAtTheServer() {
    var world = begun(directory);
    world.put(Side.NEAR, INBOX, 1);
    world.put(Side.NEAR, INBOX, 1);
    world.put(Side.FAR, INBOX, 2);
    var audited = world.audit(true, call -> assertThat(call).isNotEqualTo("FAR remove"));
    assertThat(audited.outcome().left().orElseThrow().differences()).isZero();
    assertThat(world.near.removed(INBOX).stream().map(Mail::bytes))
        .containsExactly(message(1), message(1));
    assertThat(world.contents(Side.NEAR, INBOX))
        .containsExactly(message(1), message(2), message(2), message(3), message(4));
    world.assertSame();
  }

  /** Else a program that reads it would take it for a run that connects and has nothing to do. */
  @Test
  void mending_tellsItsPhaseAndTotals() {
    var world = begun(directory);
    rot(world, Side.NEAR);
    world.put(Side.NEAR, INBOX, 2);
    world.audit(true, _ -> {});
    var mending = world.progress.stream()
        .dropWhile(told -> told.phase() != Phase.FINISHING)
        .dropWhile(told -> told.phase() == Phase.FINISHING)
        .takeWhile(told -> told.phase() != Phase.CONNECTING)
        .toList();
    assertThat(mending).isNotEmpty().allSatisfy(told -> {
      assertThat(told.phase()).isEqualTo(Phase.TRANSFERRING);
      assertThat(told.messages()).isEqualTo(2);
      assertThat(told.bytes()).isEqualTo(message(1).length());
    });
    assertThat(mending)
        .extracting(Progress::messagesDone)
        .isSorted()
        .startsWith(0L)
        .endsWith(2L);
    assertThat(mending.getLast().bytesDone()).isEqualTo(mending.getLast().bytes());
  }

  /** To copy each to the other side would have it altered again, and so on with every repair. */
  @Test
  void aMessageThatTheServerAlteredWhenItTookIt_isTold_andLeftAsItIs() {
    var world = begun(directory);
    world.rot(Side.FAR, WORK, world.mail(Side.FAR, WORK, 5).key(), message(5).replace("Body", "X"));
    var before = everything(world);
    var audited = world.audit(true, _ -> {});
    assertThat(audited.found()).containsExactly("CHANGED Work FAR");
    assertThat(audited.left()).containsExactly("CHANGED Work FAR");
    assertThat(everything(world)).isEqualTo(before);
  }

  /** Taken for the message, it would be put in the place of the file. */
  @Test
  void aMessageThatTheServerHandsOverEmpty_isTold_andLeftAsItIs() {
    var world = begun(directory);
    world.far.stateWrongSizes(300);
    world.rot(Side.FAR, INBOX, world.mail(Side.FAR, INBOX, 1).key(), "");
    var before = everything(world);
    var audited = world.audit(true, _ -> {});
    assertThat(audited.found()).containsExactly("UNREADABLE INBOX FAR");
    assertThat(everything(world)).isEqualTo(before);
  }

  @Test
  void aMoveSinceTheLastRun_isTold_andLeftToTheRun() {
    var world = begun(directory);
    world.move(Side.NEAR, INBOX, 1, WORK);
    var audited = world.audit(true, _ -> {});
    assertThat(audited.found())
        .containsExactlyInAnyOrder("MISSING INBOX NEAR pending", "MISSING Work FAR pending");
    assertThat(audited.left()).isEmpty();
    assertThat(world.contents(Side.FAR, INBOX)).doesNotContain(message(1));
    assertThat(world.contents(Side.FAR, WORK)).containsExactly(message(1), message(5));
    world.assertSame();
  }

  @Test
  void whatIsNotHandedOver_isTold_andIsNotMissing() {
    var world = begun(directory);
    world.far.refuse(world.mail(Side.FAR, INBOX, 3).key());
    var audited = world.audit(true, _ -> {});
    assertThat(audited.found()).containsExactly("UNREADABLE INBOX FAR");
    assertThat(audited.left()).containsExactly("UNREADABLE INBOX FAR");
    assertThat(world.contents(Side.NEAR, INBOX)).contains(message(3));
  }

  @Test
  void aMessageThatAListingLeavesOut_isNotMissing() {
    var world = begun(directory);
    world.far.skipInScans(world.mail(Side.FAR, INBOX, 1).key());
    world.near.skipInScans(world.mail(Side.NEAR, INBOX, 2).key());
    assertThat(world.audit()).isEmpty();
  }

  @Test
  void newNumbersAtTheServer_areNoDifference() {
    var world = begun(directory);
    world.far.renumber(INBOX);
    assertThat(world.audit()).isEmpty();
  }

  @Test
  void withoutAState_equalSidesAreEqual() {
    var world = begun(directory);
    world.loseState();
    assertThat(world.audit()).isEmpty();
    assertThat(directory.resolve("store.sqlite")).doesNotExist();
  }

  @Test
  void aLocalStoreThatIsNotThere_isNotRepaired() {
    var world = begun(directory);
    List.copyOf(world.near.folderNames()).forEach(world.near::drop);
    var audited = world.audit(true, _ -> {});
    assertThat(audited.outcome().failure().orElseThrow().kind()).isEqualTo(Kind.BRAKE);
    assertThat(world.near.folderNames()).isEmpty();
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(4);
  }

  private static Map<String, Set<String>> contents(TwoWayWorld world) {
    var contents = new HashMap<String, Set<String>>();
    for (var side : Side.values()) {
      for (var folder : world.at(side).folderNames()) {
        contents
            .computeIfAbsent(folder.text(), _ -> new TreeSet<>())
            .addAll(world.contents(side, folder));
      }
    }
    return contents;
  }

  private static List<String> everything(TwoWayWorld world) {
    var all = new ArrayList<String>();
    for (var side : Side.values()) {
      for (var folder : world.at(side).folderNames()) {
        all.add(side + " " + folder + " "
            + world.at(side).mail(folder).stream()
                .map(Mail::toString)
                .collect(Collectors.joining()));
      }
    }
    return all;
  }
}

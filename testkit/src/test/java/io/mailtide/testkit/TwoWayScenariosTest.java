package io.mailtide.testkit;

import static io.mailtide.engine.Allowed.Removals.CARRY_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Allowed;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.MemoryStore.Mail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a run in both directions does in each situation: plain; again, when it must do nothing; and
 * killed at every single call, and resumed.
 */
class TwoWayScenariosTest {
  private static final FolderName INBOX = FolderName.INBOX;
  private static final FolderName WORK = FolderName.parse("Work");
  private static final FolderName OLD = FolderName.parse("Old");
  private static final Instant ARRIVED = Instant.parse("2020-02-03T04:05:06Z");
  private static final Hook QUIET = _ -> {};

  /** In memory where there is such a place: a state is forced to disk often. */
  private static final Path MEMORY = Path.of("/dev/shm");

  private Path directory = MEMORY;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "mailtide")
        : Files.createTempDirectory("mailtide");
  }

  @AfterEach
  void deleteDirectory() throws IOException {
    delete(directory);
  }

  /** Both sides, with what has happened to them. */
  private static final class World {
    final MemoryStore near = new MemoryStore(Side.NEAR);
    final MemoryStore far = new MemoryStore(Side.FAR);
    final List<Fault> faults = new ArrayList<>();
    final Path directory;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    boolean allowMassDelete = true;
    Allowed allowed = new Allowed(true, CARRY_OUT, true, CARRY_OUT);

    World(Path directory) {
      this.directory = directory;
    }

    Outcome synchronise() {
      return synchronise(QUIET);
    }

    Outcome synchronise(Hook hook) {
      faults.clear();
      now = now.plus(Duration.ofMinutes(1));
      var job = new Job(
          "store",
          directory,
          () -> near.open(hook),
          () -> far.open(hook),
          _ -> true,
          true,
          true,
          allowed,
          false,
          allowMassDelete,
          Duration.ofDays(30),
          new SteppedEnvironment(),
          new Cancellation());
      return Synchronizer.run(job, new SyncListener() {
        @Override
        public void progress(Progress progress) {}

        @Override
        public void fault(Fault fault) {
          faults.add(fault);
        }
      });
    }

    private final class SteppedEnvironment implements Environment {
      @Override
      public InstantSource clock() {
        return () -> now;
      }

      @Override
      public RandomGenerator random() {
        return new SplittableRandom(1);
      }

      @Override
      public void sleep(Duration duration) {
        now = now.plus(duration);
      }
    }

    MemoryStore at(Side side) {
      return side == Side.NEAR ? near : far;
    }

    /** The messages of a folder by content, with flags and times: what both sides must agree on. */
    List<String> shown(Side side, FolderName name) {
      return at(side).mail(name).stream()
          .map(mail -> mail.bytes() + mail.flags() + mail.arrived())
          .sorted()
          .toList();
    }

    List<String> contents(Side side, FolderName name) {
      return at(side).mail(name).stream().map(Mail::bytes).sorted().toList();
    }

    Mail mail(Side side, FolderName name, int number) {
      return at(side).mail(name).stream()
          .filter(mail -> mail.bytes().equals(message(number)))
          .findFirst()
          .orElseThrow();
    }

    void put(Side side, FolderName name, int number, String... flags) {
      at(side).put(name, message(number), Flags.of(flags), ARRIVED.plusSeconds(number));
    }

    void flag(Side side, FolderName name, int number, String... flags) {
      at(side).setFlags(name, mail(side, name, number).key(), Flags.of(flags));
    }

    void remove(Side side, FolderName name, int number) {
      at(side).remove(name, mail(side, name, number).key());
    }

    void move(Side side, FolderName from, int number, FolderName to) {
      at(side).move(from, mail(side, from, number).key(), to);
    }

    void loseState() {
      try (var files = Files.list(directory)) {
        for (var file : files.toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    void assertSame() {
      assertThat(near.folderNames()).isEqualTo(far.folderNames());
      for (var name : near.folderNames()) {
        assertThat(shown(Side.NEAR, name)).as("%s", name).isEqualTo(shown(Side.FAR, name));
      }
    }
  }

  private static String message(int number) {
    return "Message-ID: <%d@example.org>\r\nSubject: %d\r\n\r\nBody %d\r\n"
        .formatted(number, number, number);
  }

  /**
   * A situation.
   *
   * @param before what both sides and the state agree on first
   * @param edits what the users do then
   * @param after what must be, beside that both sides are the same
   */
  record Scenario(
      String name, Consumer<World> before, Consumer<World> edits, Consumer<World> after) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static void ten(World world) {
    for (var i = 0; i < 10; i++) {
      world.put(Side.FAR, INBOX, i, "\\Seen");
    }
    for (var i = 10; i < 13; i++) {
      world.put(Side.FAR, WORK, i);
    }
  }

  private static Stream<Scenario> scenarios() {
    return Stream.concat(oneSide(), bothSides());
  }

  private static Stream<Scenario> oneSide() {
    return Stream.of(Side.values())
        .flatMap(side -> Stream.of(
            new Scenario(
                "new at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.put(side, INBOX, 20, "\\Seen", "label");
                  world.put(side, INBOX, 21);
                },
                world -> assertThat(world.contents(side.other(), INBOX)).hasSize(12)),
            new Scenario(
                "the first run, all at " + side,
                _ -> {},
                world -> {
                  for (var i = 0; i < 5; i++) {
                    world.put(side, INBOX, i, "\\Flagged");
                    world.put(side, WORK, i + 5);
                  }
                },
                world -> assertThat(world.contents(side.other(), WORK)).hasSize(5)),
            new Scenario(
                "flags at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.flag(side, INBOX, 1, "\\Flagged", "label");
                  world.flag(side, INBOX, 2);
                },
                world -> assertThat(world.mail(side.other(), INBOX, 1).flags())
                    .isEqualTo(Flags.of("\\Flagged", "label"))),
            new Scenario(
                "removed at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.remove(side, INBOX, 1);
                  world.remove(side, INBOX, 2);
                },
                world -> assertThat(world.contents(side.other(), INBOX)).hasSize(8)),
            new Scenario(
                "removed at " + side + ", flagged at the other side",
                TwoWayScenariosTest::ten,
                world -> {
                  world.remove(side, INBOX, 1);
                  world.flag(side.other(), INBOX, 1, "\\Flagged");
                },
                world -> assertThat(world.contents(side.other(), INBOX)).hasSize(9)),
            new Scenario(
                "moved at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.move(side, INBOX, 1, WORK);
                  world.move(side, INBOX, 2, WORK);
                },
                world -> assertThat(world.contents(side.other(), WORK)).hasSize(5)),
            new Scenario(
                "moved at " + side + " to a new folder",
                TwoWayScenariosTest::ten,
                world -> world.move(side, INBOX, 1, OLD),
                world -> assertThat(world.contents(side.other(), OLD)).hasSize(1)),
            new Scenario(
                "moved at " + side + ", flagged at the other side",
                TwoWayScenariosTest::ten,
                world -> {
                  world.move(side, INBOX, 1, WORK);
                  world.flag(side.other(), INBOX, 1, "\\Seen", "\\Flagged", "label");
                },
                world -> assertThat(world.mail(side, WORK, 1).flags())
                    .isEqualTo(Flags.of("\\Seen", "\\Flagged", "label"))),
            new Scenario(
                "moved and flagged at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.move(side, INBOX, 1, WORK);
                  world.flag(side, WORK, 1, "\\Seen", "\\Flagged", "label");
                },
                world -> assertThat(world.mail(side.other(), WORK, 1).flags())
                    .isEqualTo(Flags.of("\\Seen", "\\Flagged", "label"))),
            new Scenario(
                "moved at " + side + ", removed at the other side",
                TwoWayScenariosTest::ten,
                world -> {
                  world.move(side, INBOX, 1, WORK);
                  world.remove(side.other(), INBOX, 1);
                },
                world -> assertThat(world.contents(side, WORK))
                    .as("what somebody kept is kept")
                    .hasSize(4)),
            new Scenario(
                "a folder made at " + side,
                TwoWayScenariosTest::ten,
                world -> world.at(side).create(OLD),
                world -> assertThat(world.at(side.other()).folderNames()).contains(OLD)),
            new Scenario(
                "a folder removed at " + side,
                TwoWayScenariosTest::ten,
                world -> world.at(side).drop(WORK),
                world -> assertThat(world.at(side.other()).folderNames()).doesNotContain(WORK)),
            new Scenario(
                "a folder removed at " + side + ", new mail in it at the other side",
                TwoWayScenariosTest::ten,
                world -> {
                  world.at(side).drop(WORK);
                  world.put(side.other(), WORK, 30);
                },
                world -> assertThat(world.contents(side, WORK)).containsExactly(message(30))),
            new Scenario(
                "a folder renamed at " + side,
                TwoWayScenariosTest::ten,
                world -> world.at(side).rename(WORK, OLD),
                world -> assertThat(world.contents(side.other(), OLD)).hasSize(3)),
            new Scenario(
                "a folder renamed at " + side + ", new mail in it at the other side",
                TwoWayScenariosTest::ten,
                world -> {
                  world.at(side).rename(WORK, OLD);
                  world.put(side.other(), WORK, 31);
                },
                world -> assertThat(world.contents(side, OLD)).hasSize(4)),
            new Scenario(
                "the same message twice in a folder at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.put(side, INBOX, 40);
                  world.put(side, INBOX, 40);
                },
                world -> assertThat(world.contents(side.other(), INBOX)).hasSize(12)),
            new Scenario(
                "no Message-ID at " + side,
                TwoWayScenariosTest::ten,
                world -> {
                  world.at(side).put(INBOX, "Subject: none\r\n\r\nOne\r\n", Flags.NONE, ARRIVED);
                  world.at(side).put(INBOX, "Subject: none\r\n\r\nTwo\r\n", Flags.NONE, ARRIVED);
                },
                world -> assertThat(world.contents(side.other(), INBOX)).hasSize(12))));
  }

  private static Stream<Scenario> bothSides() {
    return Stream.of(
        new Scenario(
            "new at both sides",
            TwoWayScenariosTest::ten,
            world -> {
              world.put(Side.NEAR, INBOX, 20, "\\Seen");
              world.put(Side.FAR, INBOX, 21);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(12)),
        new Scenario(
            "the same message new at both sides",
            TwoWayScenariosTest::ten,
            world -> {
              world.put(Side.NEAR, INBOX, 20, "\\Seen");
              world.put(Side.FAR, INBOX, 20, "label");
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(11)),
        new Scenario(
            "removed at both sides",
            TwoWayScenariosTest::ten,
            world -> {
              world.remove(Side.NEAR, INBOX, 1);
              world.remove(Side.FAR, INBOX, 1);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(9)),
        new Scenario(
            "flags at both sides",
            TwoWayScenariosTest::ten,
            world -> {
              world.flag(Side.NEAR, INBOX, 1, "\\Seen", "\\Flagged");
              world.flag(Side.FAR, INBOX, 1, "label");
            },
            world -> assertThat(world.mail(Side.FAR, INBOX, 1).flags())
                .isEqualTo(Flags.of("\\Flagged", "label"))),
        new Scenario(
            "moved to different folders",
            TwoWayScenariosTest::ten,
            world -> {
              world.move(Side.NEAR, INBOX, 1, WORK);
              world.move(Side.FAR, INBOX, 1, OLD);
            },
            world -> {
              assertThat(world.contents(Side.NEAR, OLD)).as("the server's wins").hasSize(1);
              assertThat(world.contents(Side.NEAR, WORK)).hasSize(3);
            }),
        new Scenario(
            "the state lost, and changes since",
            TwoWayScenariosTest::ten,
            world -> {
              world.loseState();
              world.flag(Side.NEAR, INBOX, 1, "\\Seen", "mine");
              world.put(Side.NEAR, INBOX, 20);
              world.put(Side.FAR, INBOX, 21);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(12)),
        new Scenario(
            "UIDVALIDITY changed, and changes since",
            TwoWayScenariosTest::ten,
            world -> {
              world.far.renumber(INBOX);
              world.flag(Side.NEAR, INBOX, 1, "\\Seen", "mine");
              world.put(Side.NEAR, INBOX, 20);
            },
            world -> assertThat(world.mail(Side.FAR, INBOX, 1).flags())
                .isEqualTo(Flags.of("\\Seen", "mine"))),
        new Scenario(
            "a server that keeps keys to itself",
            world -> {
              world.far.keepKeysSecret();
              ten(world);
            },
            world -> {
              world.put(Side.NEAR, INBOX, 20, "\\Seen");
              world.put(Side.NEAR, INBOX, 21);
              world.move(Side.NEAR, INBOX, 1, WORK);
            },
            world -> assertThat(world.contents(Side.FAR, WORK)).hasSize(4)),
        new Scenario(
            "a server that loses flags at upload",
            world -> {
              world.far.loseUploadedFlags();
              ten(world);
            },
            world -> world.put(Side.NEAR, INBOX, 20, "\\Seen", "label"),
            world -> assertThat(world.mail(Side.FAR, INBOX, 20).flags())
                .isEqualTo(Flags.of("\\Seen", "label"))),
        new Scenario(
            "a server that cannot tell changes",
            world -> {
              world.far.trackNothing();
              ten(world);
            },
            world -> {
              world.put(Side.NEAR, INBOX, 20, "\\Seen");
              world.remove(Side.FAR, INBOX, 1);
              world.flag(Side.NEAR, INBOX, 2, "label");
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(10)));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void bothSidesEndTheSame_andASecondRunDoesNothing(Scenario scenario) {
    var world = begun(scenario, directory);
    scenario.edits.accept(world);
    var outcome = world.synchronise();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    world.assertSame();
    scenario.after.accept(world);
    assertQuiet(world);
  }

  private static World begun(Scenario scenario, Path directory) {
    var world = new World(directory);
    world.near.create(INBOX);
    world.far.create(INBOX);
    scenario.before.accept(world);
    assertThat(world.synchronise().failure()).isEmpty();
    return world;
  }

  private static void assertQuiet(World world) {
    var acts = new TreeSet<String>();
    var fetched = world.far.fetched() + world.near.fetched();
    var outcome = world.synchronise(call -> {
      if (Stream.of("stage", "upload", "remove", "setFlags", "move", "create", "rename", "publish")
          .anyMatch(act -> call.contains(" " + act))) {
        acts.add(call);
      }
    });
    assertThat(outcome.failure()).isEmpty();
    assertThat(acts).as("a second run").isEmpty();
    assertThat(world.far.fetched() + world.near.fetched()).isEqualTo(fetched);
  }

  /** Stands for {@code kill -9}. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void killedAtAnyCall_theNextRunEndsAsIfNothingHadHappened(Scenario scenario) throws IOException {
    var plain = begun(scenario, Files.createDirectory(directory.resolve("plain")));
    scenario.edits.accept(plain);
    plain.synchronise();
    for (var at = 1; ; at++) {
      var world = begun(scenario, Files.createDirectory(directory.resolve("at" + at)));
      scenario.edits.accept(world);
      if (!killed(world, at)) {
        break;
      }
      world.near.cutPower(new SplittableRandom(at));
      var outcome = world.synchronise();
      assertThat(outcome.failure()).as("killed at call %d", at).isEmpty();
      for (var side : Side.values()) {
        assertThat(world.at(side).folderNames())
            .as("%s, killed at call %d", side, at)
            .isEqualTo(plain.at(side).folderNames());
        for (var name : plain.at(side).folderNames()) {
          assertThat(world.shown(side, name))
              .as("%s %s, killed at call %d", side, name, at)
              .isEqualTo(plain.shown(side, name));
        }
      }
      assertQuiet(world);
      delete(world.directory);
    }
  }

  private static boolean killed(World world, int at) {
    var calls = new int[1];
    try {
      world.synchronise(_ -> {
        if (++calls[0] == at) {
          throw new Killed();
        }
      });
      return false;
    } catch (Killed e) {
      return true;
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void nothingIsFetchedThatIsHere() {
    var world = new World(directory);
    world.near.create(INBOX);
    ten(world);
    world.synchronise();
    var fetched = world.far.fetched();
    world.loseState();
    world.synchronise();
    world.far.renumber(INBOX);
    world.synchronise();
    world.move(Side.FAR, INBOX, 1, WORK);
    world.far.rename(WORK, OLD);
    world.synchronise();
    world.assertSame();
    assertThat(world.far.fetched()).isEqualTo(fetched);
  }

  @Test
  void nothingIsSentThatIsThere() {
    var world = new World(directory);
    ten(world);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.near.rename(WORK, OLD);
    var sent = new ArrayList<String>();
    world.synchronise(call -> {
      if (call.contains("upload")) {
        sent.add(call);
      }
    });
    world.assertSame();
    assertThat(sent).isEmpty();
  }

  @Test
  void oneMessageThatIsRefused_blocksNoOther_andIsRetriedAlone() {
    var world = new World(directory);
    ten(world);
    world.synchronise();
    world.far.limitSize(100);
    world.near.put(INBOX, message(50) + "x".repeat(200), Flags.NONE, ARRIVED);
    world.put(Side.NEAR, INBOX, 51);
    var outcome = world.synchronise();
    assertThat(outcome.sent()).isEqualTo(1);
    assertThat(outcome.failed()).isEqualTo(1);
    assertThat(world.faults).extracting(Fault::kind).containsExactly(Kind.REFUSED);
    assertThat(world.synchronise().failed()).isEqualTo(1);
    world.far.limitSize(1000);
    world.now = world.now.plus(Duration.ofDays(1));
    var retried = world.synchronise();
    assertThat(retried.sent()).isEqualTo(1);
    assertThat(retried.failed()).isZero();
    world.assertSame();
  }

  @Test
  void aFolderThatMayOnlyBeRead_isPulled_andSaysSo() {
    var world = new World(directory);
    ten(world);
    world.synchronise();
    world.far.protect(WORK);
    world.put(Side.FAR, WORK, 60);
    world.put(Side.NEAR, WORK, 61);
    world.flag(Side.NEAR, WORK, 10, "\\Flagged");
    var outcome = world.synchronise();
    assertThat(outcome.copied()).isEqualTo(1);
    assertThat(outcome.sent()).isZero();
    assertThat(world.faults).extracting(Fault::kind).containsExactly(Kind.NO_ACCESS);
    assertThat(world.contents(Side.NEAR, WORK)).hasSize(5);
    assertThat(world.contents(Side.FAR, WORK)).hasSize(4);
  }

  @Test
  void aLargeShareRemovedHere_stopsAtTheBrake_untilAllowed() {
    var world = new World(directory);
    world.allowMassDelete = false;
    for (var i = 0; i < 100; i++) {
      world.put(Side.FAR, INBOX, i);
    }
    world.synchronise();
    for (var i = 0; i < 30; i++) {
      world.remove(Side.NEAR, INBOX, i);
    }
    world.put(Side.NEAR, INBOX, 200);
    var outcome = world.synchronise();
    assertThat(outcome.failure().orElseThrow().kind()).isEqualTo(Kind.BRAKE);
    assertThat(outcome.sent()).as("new mail goes all the same").isEqualTo(1);
    assertThat(world.contents(Side.FAR, INBOX)).hasSize(101);
    world.allowMassDelete = true;
    assertThat(world.synchronise().removed()).isEqualTo(30);
    world.assertSame();
  }
}

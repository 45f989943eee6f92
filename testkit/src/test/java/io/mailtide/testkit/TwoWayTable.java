package io.mailtide.testkit;

import static io.mailtide.testkit.TwoWayWorld.ARRIVED;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The situations that a run in both directions is tried in. */
final class TwoWayTable {
  private static final String LOOKALIKES = "equal Message-IDs, and the state lost";

  private TwoWayTable() {}

  /**
   * A situation.
   *
   * @param before what both sides and the state agree on first
   * @param edits what the users do then
   * @param after what must be, beside that both sides are the same
   */
  record Scenario(
      String name,
      Consumer<TwoWayWorld> before,
      Consumer<TwoWayWorld> edits,
      Consumer<TwoWayWorld> after) {
    /** How many copies, either way, only a look at the bodies saves. */
    int lookalikes() {
      return name.equals(LOOKALIKES) ? 6 : 0;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Some messages in two folders, in step. */
  static void ten(TwoWayWorld world) {
    for (var i = 0; i < 10; i++) {
      world.put(Side.FAR, INBOX, i, "\\Seen");
    }
    for (var i = 10; i < 13; i++) {
      world.put(Side.FAR, WORK, i);
    }
  }

  /** Every situation. */
  static Stream<Scenario> all() {
    return Stream.of(
            Stream.of(Side.values()).flatMap(TwoWayTable::messages),
            Stream.of(Side.values()).flatMap(TwoWayTable::removals),
            Stream.of(Side.values()).flatMap(TwoWayTable::moves),
            Stream.of(Side.values()).flatMap(TwoWayTable::folders),
            bothAtOnce(),
            forgetful(),
            lookalikes(),
            poorServers())
        .flatMap(scenarios -> scenarios);
  }

  /** New messages and flags. */
  private static Stream<Scenario> messages(Side side) {
    return Stream.of(
        new Scenario(
            "new at " + side,
            TwoWayTable::ten,
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
            TwoWayTable::ten,
            world -> {
              world.flag(side, INBOX, 1, "\\Flagged", "label");
              world.flag(side, INBOX, 2);
            },
            world -> assertThat(world.mail(side.other(), INBOX, 1).flags())
                .isEqualTo(Flags.of("\\Flagged", "label"))),
        new Scenario(
            "the same message twice in a folder at " + side,
            TwoWayTable::ten,
            world -> {
              world.put(side, INBOX, 40);
              world.put(side, INBOX, 40);
            },
            world -> assertThat(world.contents(side.other(), INBOX)).hasSize(12)),
        new Scenario(
            "no Message-ID at " + side,
            TwoWayTable::ten,
            world -> {
              world.at(side).put(INBOX, "Subject: none\r\n\r\nOne\r\n", Flags.NONE, ARRIVED);
              world.at(side).put(INBOX, "Subject: none\r\n\r\nTwo\r\n", Flags.NONE, ARRIVED);
            },
            world -> assertThat(world.contents(side.other(), INBOX)).hasSize(12)));
  }

  /** Removals, alone and against flags. */
  private static Stream<Scenario> removals(Side side) {
    return Stream.of(
        new Scenario(
            "removed at " + side,
            TwoWayTable::ten,
            world -> {
              world.remove(side, INBOX, 1);
              world.remove(side, INBOX, 2);
            },
            world -> assertThat(world.contents(side.other(), INBOX)).hasSize(8)),
        new Scenario(
            "removed at " + side + ", flagged at the other side",
            TwoWayTable::ten,
            world -> {
              world.remove(side, INBOX, 1);
              world.flag(side.other(), INBOX, 1, "\\Flagged");
            },
            world -> assertThat(world.contents(side.other(), INBOX)).hasSize(9)));
  }

  /** Moves, alone and against all else. */
  private static Stream<Scenario> moves(Side side) {
    return Stream.of(
        new Scenario(
            "moved at " + side,
            TwoWayTable::ten,
            world -> {
              world.move(side, INBOX, 1, WORK);
              world.move(side, INBOX, 2, WORK);
            },
            world -> assertThat(world.contents(side.other(), WORK)).hasSize(5)),
        new Scenario(
            "moved at " + side + " to a new folder",
            TwoWayTable::ten,
            world -> world.move(side, INBOX, 1, OLD),
            world -> assertThat(world.contents(side.other(), OLD)).hasSize(1)),
        new Scenario(
            "moved at " + side + ", flagged at the other side",
            TwoWayTable::ten,
            world -> {
              world.move(side, INBOX, 1, WORK);
              world.flag(side.other(), INBOX, 1, "\\Seen", "\\Flagged", "label");
            },
            world -> assertThat(world.mail(side, WORK, 1).flags())
                .isEqualTo(Flags.of("\\Seen", "\\Flagged", "label"))),
        new Scenario(
            "moved and flagged at " + side,
            TwoWayTable::ten,
            world -> {
              world.move(side, INBOX, 1, WORK);
              world.flag(side, WORK, 1, "\\Seen", "\\Flagged", "label");
            },
            world -> assertThat(world.mail(side.other(), WORK, 1).flags())
                .isEqualTo(Flags.of("\\Seen", "\\Flagged", "label"))),
        new Scenario(
            "all moved out of a folder at " + side + ", and it removed",
            TwoWayTable::ten,
            world -> {
              for (var i = 10; i < 13; i++) {
                world.move(side, WORK, i, OLD);
              }
              world.at(side).drop(WORK);
            },
            world -> assertThat(world.contents(side.other(), OLD)).hasSize(3)),
        new Scenario(
            "moved at " + side + ", removed at the other side",
            TwoWayTable::ten,
            world -> {
              world.move(side, INBOX, 1, WORK);
              world.remove(side.other(), INBOX, 1);
            },
            world -> assertThat(world.contents(side, WORK))
                .as("what somebody kept is kept")
                .hasSize(4)));
  }

  /** Folders made, removed and renamed. */
  private static Stream<Scenario> folders(Side side) {
    return Stream.of(
        new Scenario(
            "a folder made at " + side,
            TwoWayTable::ten,
            world -> world.at(side).create(OLD),
            world -> assertThat(world.at(side.other()).folderNames()).contains(OLD)),
        new Scenario(
            "a folder removed at " + side,
            TwoWayTable::ten,
            world -> world.at(side).drop(WORK),
            world -> assertThat(world.at(side.other()).folderNames()).doesNotContain(WORK)),
        new Scenario(
            "a folder removed at " + side + ", new mail in it at the other side",
            TwoWayTable::ten,
            world -> {
              world.at(side).drop(WORK);
              world.put(side.other(), WORK, 30);
            },
            world -> assertThat(world.contents(side, WORK)).containsExactly(message(30))),
        new Scenario(
            "a folder renamed at " + side,
            TwoWayTable::ten,
            world -> world.at(side).rename(WORK, OLD),
            world -> assertThat(world.contents(side.other(), OLD)).hasSize(3)),
        new Scenario(
            "a folder renamed at " + side + ", new mail in it at the other side",
            TwoWayTable::ten,
            world -> {
              world.at(side).rename(WORK, OLD);
              world.put(side.other(), WORK, 31);
            },
            world -> assertThat(world.contents(side, OLD)).hasSize(4)));
  }

  /** Changes of one kind on both sides. */
  private static Stream<Scenario> bothAtOnce() {
    return Stream.of(
        new Scenario(
            "new at both sides",
            TwoWayTable::ten,
            world -> {
              world.put(Side.NEAR, INBOX, 20, "\\Seen");
              world.put(Side.FAR, INBOX, 21);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(12)),
        new Scenario(
            "the same message new at both sides",
            TwoWayTable::ten,
            world -> {
              world.put(Side.NEAR, INBOX, 20, "\\Seen");
              world.put(Side.FAR, INBOX, 20, "label");
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(11)),
        new Scenario(
            "removed at both sides",
            TwoWayTable::ten,
            world -> {
              world.remove(Side.NEAR, INBOX, 1);
              world.remove(Side.FAR, INBOX, 1);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(9)),
        new Scenario(
            "flags at both sides",
            TwoWayTable::ten,
            world -> {
              world.flag(Side.NEAR, INBOX, 1, "\\Seen", "\\Flagged");
              world.flag(Side.FAR, INBOX, 1, "label");
            },
            world -> assertThat(world.mail(Side.FAR, INBOX, 1).flags())
                .isEqualTo(Flags.of("\\Flagged", "label"))),
        new Scenario(
            "a folder renamed otherwise at both sides",
            TwoWayTable::ten,
            world -> {
              world.near.rename(WORK, OLD);
              world.far.rename(WORK, FolderName.parse("Far"));
            },
            world -> {
              assertThat(world.contents(Side.NEAR, FolderName.parse("Far"))).hasSize(3);
              assertThat(world.contents(Side.NEAR, OLD)).isEmpty();
            }),
        new Scenario(
            "moved to different folders",
            TwoWayTable::ten,
            world -> {
              world.move(Side.NEAR, INBOX, 1, WORK);
              world.move(Side.FAR, INBOX, 1, OLD);
            },
            world -> {
              assertThat(world.contents(Side.NEAR, OLD)).as("the server's wins").hasSize(1);
              assertThat(world.contents(Side.NEAR, WORK)).hasSize(3);
            }));
  }

  /** What both sides knew of each other is lost. */
  private static Stream<Scenario> forgetful() {
    return Stream.of(
        new Scenario(
            "the state lost, and changes since",
            TwoWayTable::ten,
            world -> {
              world.loseState();
              world.flag(Side.NEAR, INBOX, 1, "\\Seen", "mine");
              world.put(Side.NEAR, INBOX, 20);
              world.put(Side.FAR, INBOX, 21);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX)).hasSize(12)),
        new Scenario(
            "UIDVALIDITY changed, and changes since",
            TwoWayTable::ten,
            world -> {
              world.far.renumber(INBOX);
              world.flag(Side.NEAR, INBOX, 1, "\\Seen", "mine");
              world.put(Side.NEAR, INBOX, 20);
            },
            world -> assertThat(world.mail(Side.FAR, INBOX, 1).flags())
                .isEqualTo(Flags.of("\\Seen", "mine"))),
        new Scenario(
            "UIDVALIDITY changed, and one removed at the server since",
            TwoWayTable::ten,
            world -> {
              world.far.renumber(INBOX);
              world.remove(Side.FAR, INBOX, 1);
            },
            world -> assertThat(world.contents(Side.FAR, INBOX))
                .as("nobody can tell that it was removed: it is kept")
                .hasSize(10)));
  }

  /** Messages that are hard to tell apart. */
  private static Stream<Scenario> lookalikes() {
    Consumer<TwoWayWorld> equalIds = world -> {
      ten(world);
      for (var body : new String[] {"One", "Two", "Two"}) {
        world.far.put(
            INBOX, "Message-ID: <same@example.org>\r\n\r\n" + body + "\r\n", Flags.NONE, ARRIVED);
      }
    };
    return Stream.of(
        new Scenario(
            "equal Message-IDs",
            TwoWayTable::ten,
            equalIds,
            world -> assertThat(world.contents(Side.NEAR, INBOX)).hasSize(23)),
        new Scenario(
            LOOKALIKES,
            equalIds,
            TwoWayWorld::loseState,
            world -> assertThat(world.contents(Side.NEAR, INBOX)).hasSize(13)),
        new Scenario(
            "equal Message-IDs, and one moved here",
            equalIds,
            world -> {
              var moved = world.near.mail(INBOX).stream()
                  .filter(mail -> mail.bytes().endsWith("One\r\n"))
                  .findFirst()
                  .orElseThrow();
              world.near.move(INBOX, moved.key(), WORK);
            },
            world -> assertThat(world.contents(Side.FAR, WORK)).hasSize(4)));
  }

  /** Servers that can less than others. */
  private static Stream<Scenario> poorServers() {
    return Stream.of(
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
}

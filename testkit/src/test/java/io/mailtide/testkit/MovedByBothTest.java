package io.mailtide.testkit;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;
import static io.mailtide.testkit.TwoWayWorld.INBOX;
import static io.mailtide.testkit.TwoWayWorld.OLD;
import static io.mailtide.testkit.TwoWayWorld.WORK;
import static io.mailtide.testkit.TwoWayWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Allowed;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One message, put into different folders by the users of both sides. */
class MovedByBothTest {
  private static final Allowed BOTH = new Allowed(true, CARRY_OUT, true, CARRY_OUT);

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  private static Stream<Arguments> firstRuns() {
    return Stream.of(
        Arguments.of(BOTH, OLD),
        Arguments.of(new Allowed(true, CARRY_OUT, false, WAIT), OLD),
        Arguments.of(new Allowed(false, WAIT, true, CARRY_OUT), WORK));
  }

  /** It goes where the side that may not be changed has it, else where the server has it. */
  @ParameterizedTest
  @MethodSource("firstRuns")
  void isInOnePlace_whicheverWayTheFirstRunGoes(Allowed first, FolderName place) {
    var world = new TwoWayWorld(directory);
    world.put(Side.FAR, INBOX, 1);
    world.near.create(WORK);
    world.far.create(OLD);
    world.synchronise();
    world.move(Side.NEAR, INBOX, 1, WORK);
    world.move(Side.FAR, INBOX, 1, OLD);
    world.allowed = first;
    world.synchronise();
    assertThat(world.contents(Side.NEAR, place)).containsExactly(message(1));
    world.allowed = BOTH;
    world.synchronise();
    world.assertSame();
    assertThat(Stream.of(INBOX, WORK, OLD).flatMap(name -> world.contents(Side.FAR, name).stream()))
        .containsExactly(message(1));
    assertThat(world.contents(Side.FAR, place)).containsExactly(message(1));
  }
}

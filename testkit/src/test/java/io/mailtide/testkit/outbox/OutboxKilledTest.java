package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.crlf;
import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.OnMemoryDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Killed, or robbed of its power, at every call of a side or of a transport and before every
 * commit: no message is lost, none is sent twice unasked, and what is in doubt is said to be.
 */
class OutboxKilledTest {
  private static final int MESSAGES = 3;

  @TempDir(factory = OnMemoryDisk.class)
  private Path directory;

  /**
   * Three messages; two recipients each, of which one gets the second never and the third later.
   */
  private OutboxWorld begun(String name) throws IOException {
    var world = new OutboxWorld(Files.createDirectory(directory.resolve(name)));
    world.server.say("refused2@example.net", Verdict.REFUSED);
    world.server.say("later3@example.net", Verdict.DEFERRED);
    return world;
  }

  private static void submitAll(OutboxWorld world) throws FaultException {
    world.submit(message(1), "bob@example.net", "carol@example.net");
    world.submit(message(2), "bob@example.net", "refused2@example.net");
    world.submit(message(3), "later3@example.net", "carol@example.net");
  }

  /** What runs after whatever happened: the next day, all are well. */
  private static void heal(OutboxWorld world) throws FaultException {
    world.server.say("refused2@example.net", Verdict.TAKEN);
    world.server.say("later3@example.net", Verdict.TAKEN);
    for (var run = 0; run < 3; run++) {
      world.now = world.now.plus(Duration.ofDays(2));
      assertThat(world.flush().failures()).isEmpty();
    }
    for (var held : world.waiting()) {
      if (held.state() == State.HELD) {
        world.flush(OutboxWorld.retry(held.id()));
      }
    }
  }

  /** How often each recipient of a message was handed it. */
  private static List<String> taken(OutboxWorld world, int number) {
    return world.server.delivered().stream()
        .filter(delivered -> OutboxWorld.subject(delivered.bytes()).equals("" + number))
        .flatMap(delivered -> delivered.envelope().recipients().stream())
        .sorted()
        .toList();
  }

  private static void assertNothingLostOrDoubled(
      OutboxWorld world, List<String> sent, List<String> removed) throws FaultException {
    var doubtful = world.waiting().stream().map(Outgoing::subject).toList();
    assertThat(world.waiting()).allSatisfy(message -> {
      assertThat(message.state()).isEqualTo(State.IN_DOUBT);
      assertThat(message.trouble().orElseThrow().next())
          .contains("mailtide send --retry " + message.id(), "--drop " + message.id());
    });
    for (var number = 1; number <= MESSAGES; number++) {
      var to = taken(world, number);
      assertThat(to).as("message %s goes to nobody twice", number).doesNotHaveDuplicates();
      var bytes = crlf(message(number));
      if (doubtful.contains("" + number)) {
        assertThat(world.outbox()).as("what is in doubt stays").contains(bytes);
        assertThat(sent).doesNotContain(bytes);
      } else {
        assertThat(to).as("message %s gets to all", number).hasSize(2);
        assertThat(world.outbox()).doesNotContain(bytes);
        assertThat(sent.stream().filter(bytes::equals).count()
                + removed.stream().filter(bytes::equals).count())
            .as("copies of message %s", number)
            .isEqualTo(1);
      }
    }
  }

  private int killedAtEvery(
      String name,
      Consumer<OutboxWorld> prepared,
      Function<OutboxWorld, List<String>> sent,
      Optional<IntFunction<RandomGenerator>> powerCut)
      throws IOException, FaultException {
    var doubts = 0;
    var killed = true;
    for (var at = 1; killed; at++) {
      var world = begun(name + at);
      prepared.accept(world);
      submitAll(world);
      killed = world.killed(at, OutboxWorld::flush);
      if (killed && powerCut.isPresent()) {
        var random = powerCut.get().apply(at);
        world.local.cutPower(random);
        world.work.cutPower(random);
      }
      heal(world);
      doubts += world.waiting().isEmpty() ? 0 : 1;
      var removed =
          world.local.removed(Outbox.FOLDER).stream().map(mail -> mail.bytes()).toList();
      assertNothingLostOrDoubled(
          world, sent.apply(world), sent.apply(world).isEmpty() ? removed : List.of());
      for (var left : world.waiting()) {
        world.flush(OutboxWorld.retry(left.id()));
      }
      assertThat(world.waiting()).as("a person's word ends all doubt").isEmpty();
    }
    return doubts;
  }

  @Test
  void killedAnywhereInAFlush() throws Exception {
    assertThat(killedAtEvery("a", _ -> {}, OutboxWorld::sent, Optional.empty()))
        .as("some kills fall between handing over and its record")
        .isBetween(6, 20);
  }

  @Test
  void robbedOfPowerAnywhereInAFlush() throws Exception {
    assertThat(killedAtEvery("p", _ -> {}, OutboxWorld::sent, Optional.of(SplittableRandom::new)))
        .isPositive();
  }

  @Test
  void robbedOfPowerAnywhereInAFlush_andOfAllThatMayBeLost() throws Exception {
    assertThat(killedAtEvery("all", _ -> {}, OutboxWorld::sent, Optional.of(_ -> () -> -1)))
        .isPositive();
  }

  @Test
  void killedAnywhere_withTheCopyInAnAccountsFolder() throws Exception {
    Consumer<OutboxWorld> atWork = world -> world.sentTo = Optional.of(world.atWork());
    assertThat(
            killedAtEvery("w", atWork, OutboxWorld::sentAtWork, Optional.of(SplittableRandom::new)))
        .isPositive();
  }

  @Test
  void killedAnywhere_whereTheServerFilesTheCopy() throws Exception {
    Consumer<OutboxWorld> there = world -> world.server.fileSentCopies();
    assertThat(killedAtEvery("s", there, _ -> List.of(), Optional.empty())).isPositive();
  }

  @Test
  void killedWithOneMessageAlone_nothingOfItIsLeftBehind() throws Exception {
    var killed = true;
    for (var at = 1; killed; at++) {
      var world = begun("alone" + at);
      world.submit(message(1), "bob@example.net");
      killed = world.killed(at, OutboxWorld::flush);
      world.flush();
      if (world.waiting().isEmpty()) {
        assertThat(world.outbox()).isEmpty();
        assertThat(world.sent()).containsExactly(crlf(message(1)));
      }
    }
  }

  @Test
  void killedAnywhereWhileASubmissionIsUnderWay_itIsThereWholeOrNotAtAll() throws Exception {
    var killed = true;
    for (var at = 1; killed; at++) {
      var world = begun("submit" + at);
      killed = world.killed(at, being -> {
        try {
          being.submit(message(1), "bob@example.net");
        } catch (FaultException e) {
          throw new AssertionError(e);
        }
      });
      world.local.cutPower(new SplittableRandom(at));
      var queued = world.waiting().size();
      assertThat(queued).isLessThanOrEqualTo(1);
      if (!killed) {
        assertThat(queued).as("who was told so can rely on it").isEqualTo(1);
      }
      assertThat(world.flush().failures()).isEmpty();
      assertThat(world.server.delivered()).hasSize(queued);
      assertThat(world.sent()).hasSize(queued);
      world.submit(message(2), "bob@example.net");
      assertThat(world.flush().sent()).isEqualTo(1);
    }
  }

  @Test
  void killedAnywhere_whatReportsAreWantedIsKept() throws Exception {
    var reports =
        new Reports(List.of("SUCCESS", "DELAY"), Optional.of(Returned.HDRS), Optional.of("a+b 1"));
    var killed = true;
    for (var at = 1; killed; at++) {
      var world = begun("reports" + at);
      world.server.say("later3@example.net", Verdict.DEFERRED);
      var _ = world.submit(
          OutboxWorld.submission(message(1), reports, "bob@example.net", "later3@example.net"));
      killed = world.killed(at, OutboxWorld::flush);
      heal(world);
      for (var left : world.waiting()) {
        world.flush(OutboxWorld.retry(left.id()));
      }
      assertThat(world.server.delivered())
          .isNotEmpty()
          .allSatisfy(delivered -> assertThat(delivered.envelope().reports()).isEqualTo(reports));
    }
  }

  @Test
  void killedAnywhereWhileOneIsDropped_itIsInTheUndoAreaOnce() throws Exception {
    var killed = true;
    for (var at = 1; killed; at++) {
      var world = begun("drop" + at);
      var id = world.submit(message(1), "bob@example.net");
      killed = world.killed(at, being -> being.flush(OutboxWorld.drop(id)));
      world.flush(OutboxWorld.drop(id));
      assertThat(world.local.removed(Outbox.FOLDER)).hasSize(1);
      assertThat(world.outbox()).isEmpty();
      assertThat(world.waiting()).isEmpty();
      assertThat(world.flush().sent()).isZero();
    }
  }
}

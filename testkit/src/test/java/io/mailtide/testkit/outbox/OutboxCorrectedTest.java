package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.crlf;
import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Request;
import io.mailtide.engine.send.Outbox.Retry;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.OnMemoryDisk;
import io.mailtide.testkit.outbox.MemoryMailServer.Delivered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person can do about messages that were refused. */
class OutboxCorrectedTest {
  private final Path directory;
  private OutboxWorld world;

  OutboxCorrectedTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    this.directory = directory;
    this.world = new OutboxWorld(directory);
  }

  private static Request to(long id, String... addresses) {
    return new Request(
        new Retry(List.of(id), false, List.of(addresses), Optional.empty()), List.of(), false);
  }

  private static Request from(long id, String sender) {
    return new Request(
        new Retry(List.of(id), false, List.of(), Optional.of(sender)), List.of(), false);
  }

  private static Request allHeld(boolean dryRun) {
    return new Request(new Retry(List.of(), true, List.of(), Optional.empty()), List.of(), dryRun);
  }

  private List<List<String>> asked() {
    return world.server.delivered().stream()
        .map(Delivered::envelope)
        .map(envelope -> envelope.recipients())
        .toList();
  }

  private void refused(String message, String... recipients) throws FaultException {
    world.server.say("wrong@example.net", Verdict.REFUSED);
    world.submit(message, recipients);
    world.flush();
  }

  private List<String> senders() {
    return world.server.delivered().stream()
        .map(Delivered::envelope)
        .map(envelope -> envelope.sender())
        .toList();
  }

  @Test
  void aWrongSender_isReplaced_andStaysSo() throws FaultException {
    world.more = List.of(new Way(
        "home",
        List.of("anna@example.net"),
        () -> world.server.open(world.hook),
        Optional.empty(),
        List.of()));
    refused(message(1), "wrong@example.net", "bob@example.net");
    assertThat(world.only().trouble().orElseThrow().next()).contains("--from ADDRESS");
    world.flush(from(1, "Anna <anna@example.net>"));
    assertThat(world.only().transport()).as("the way is that of the sender").isEqualTo("home");
    world.server.say("wrong@example.net", Verdict.TAKEN);
    world.flush(OutboxWorld.retry(1));
    assertThat(senders()).containsExactly("ann@example.org", "anna@example.net");
    assertThat(asked()).containsExactly(List.of("bob@example.net"), List.of("wrong@example.net"));
    assertThat(world.waiting()).isEmpty();
  }

  @Test
  void aSenderThatIsNoAddress_changesNothing() throws FaultException {
    refused(message(1), "wrong@example.net");
    for (var sender : List.of("anna", "a@b\r\nDATA", "a@x.org, b@x.org")) {
      var outcome = world.flush(from(1, sender));
      assertThat(outcome.failures()).singleElement().satisfies(fault -> {
        assertThat(fault.kind()).isEqualTo(Kind.INVALID);
        assertThat(fault.next()).contains("--from", "nothing was changed");
      });
      assertThat(world.only().tries()).isEqualTo(1);
    }
    assertThat(world.only().envelope().sender()).isEqualTo("ann@example.org");
    assertThat(world.delivered()).isEmpty();
  }

  @Test
  void nobody_mayBeTheSender() throws FaultException {
    refused(message(1), "wrong@example.net");
    world.server.say("wrong@example.net", Verdict.TAKEN);
    world.flush(from(1, "<>"));
    assertThat(senders()).containsExactly("");
  }

  @Test
  void aWrongAddress_isReplaced_asTheAdviceSays() throws FaultException {
    refused(message(1), "wrong@example.net");
    var key = world.local.mail(Outbox.FOLDER).getFirst().key();
    assertThat(world.only().trouble().orElseThrow().next())
        .contains("mailtide send --retry 1 --to ADDRESS", "mailtide send --drop 1", key.value());
    var outcome = world.flush(to(1, "Right <right@example.net>, carol@example.net"));
    assertThat(outcome.failures()).isEmpty();
    assertThat(asked()).containsExactly(List.of("right@example.net", "carol@example.net"));
    assertThat(world.sent()).containsExactly(crlf(message(1)));
    assertThat(world.waiting()).isEmpty();
  }

  @Test
  void whoHasTakenIt_neverGetsItAgain_whateverIsAsked() throws FaultException {
    refused(message(1), "wrong@example.net", "bob@example.net", "late@example.net");
    world.flush(to(1, "bob@EXAMPLE.net"));
    assertThat(world.only().state()).isEqualTo(State.HELD);
    world.server.say("right@example.net", Verdict.DEFERRED);
    world.flush(to(1, "right@example.net", "bob@EXAMPLE.net"));
    assertThat(world.only().recipients())
        .extracting(Outgoing.Recipient::address)
        .containsExactly("bob@example.net", "late@example.net", "right@example.net");
    world.server.say("right@example.net", Verdict.TAKEN);
    world.flush();
    assertThat(asked())
        .containsExactly(
            List.of("bob@example.net", "late@example.net"), List.of("right@example.net"));
    assertThat(world.sent()).hasSize(1);
  }

  @Test
  void whereAllHaveTakenIt_thatIsSaid() throws FaultException {
    refused(message(1), "wrong@example.net", "bob@example.net");
    var outcome = world.flush(to(1, "bob@example.net"));
    assertThat(outcome.failures()).extracting(Fault::kind).containsExactly(Kind.INVALID);
    assertThat(outcome.failures().getFirst().said()).contains("it was sent there already");
  }

  @Test
  void whatIsMalformed_changesNothing_andSendsNothing() throws FaultException {
    refused(message(1), "wrong@example.net");
    world.submit(message(2), "bob@example.net");
    for (var bad : List.of("right@", "", "a@example.net\r\nRCPT TO:<b@example.net>")) {
      var outcome = world.flush(to(1, bad));
      assertThat(outcome.failures()).singleElement().satisfies(fault -> {
        assertThat(fault.kind()).isIn(Kind.INVALID, Kind.NO_RECIPIENTS);
        assertThat(fault.next()).contains("nothing was changed, and nothing sent");
      });
    }
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.delivered()).isEmpty();
  }

  @Test
  void whatWasSaidInPlaceOfTheHeader_staysSo() throws FaultException {
    refused(message(1).replace("bob@example.net", "wrong@example.net"));
    world.server.say("right@example.net", Verdict.REFUSED);
    world.flush(to(1, "right@example.net"));
    world.server.say("right@example.net", Verdict.TAKEN);
    world.server.say("wrong@example.net", Verdict.TAKEN);
    world.flush(OutboxWorld.retry(1));
    assertThat(asked()).containsExactly(List.of("right@example.net"));
  }

  @Test
  void killedAnywhere_itNeverGoesToThoseOfBefore_norTwice() throws IOException, FaultException {
    var killed = true;
    for (var at = 1; killed; at++) {
      world = new OutboxWorld(Files.createDirectory(directory.resolve("killed" + at)));
      refused(message(1).replace("bob@example.net", "wrong@example.net"));
      world.server.say("wrong@example.net", Verdict.TAKEN);
      killed = world.killed(at, being -> being.flush(to(1, "right@example.net")));
      world.flush();
      assertThat(asked())
          .as("killed at %s", at)
          .isIn(List.of(), List.of(List.of("right@example.net")));
      if (!killed) {
        assertThat(asked()).hasSize(1);
      }
    }
  }

  @Test
  void all_areThoseHeld_andNoneInDoubt() throws FaultException {
    refused(message(1), "wrong@example.net");
    refused(message(2), "wrong@example.net");
    world.submit(message(3), "bob@example.net");
    world.hook = OutboxWorld.failing(Kind.NETWORK, 1, "TRANSPORT answer");
    world.flush();
    world.hook = OutboxWorld.QUIET;
    assertThat(world.delivered()).containsExactly("3");
    assertThat(world.waiting())
        .extracting(Outgoing::state)
        .containsExactly(State.HELD, State.HELD, State.IN_DOUBT);
    world.flush(allHeld(true));
    assertThat(world.planned).extracting(Planned::size).hasSize(2);
    world.server.say("wrong@example.net", Verdict.TAKEN);
    assertThat(world.flush(allHeld(false)).left()).isEqualTo(1);
    assertThat(world.delivered()).containsExactly("3", "1", "2");
    assertThat(world.only().state()).isEqualTo(State.IN_DOUBT);
  }

  @Test
  void whatIsInDoubt_staysSo_whenItsHeaderIsNotWell() throws FaultException {
    world.submit(message(1));
    world.hook = OutboxWorld.failing(Kind.NETWORK, 1, "TRANSPORT answer");
    world.flush();
    world.hook = OutboxWorld.QUIET;
    var key = world.local.mail(Outbox.FOLDER).getFirst().key();
    world.local.edit(Outbox.FOLDER, key, crlf(message(1).replace("bob@example.net", "bob@")));
    world.flush(OutboxWorld.retry(1));
    assertThat(world.only().state()).isEqualTo(State.IN_DOUBT);
    world.flush(allHeld(false));
    assertThat(world.delivered()).containsExactly("1");
  }
}

package io.mailtide.testkit.outbox;

import static io.mailtide.testkit.outbox.OutboxWorld.crlf;
import static io.mailtide.testkit.outbox.OutboxWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.SyncListener.Act;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Request;
import io.mailtide.engine.send.Outbox.Retry;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.testkit.MemoryStore.Mail;
import io.mailtide.testkit.OnMemoryDisk;
import io.mailtide.testkit.outbox.MemoryMailServer.Delivered;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a message from the Outbox over a transport to Sent. */
class OutboxTest {
  private final OutboxWorld world;

  OutboxTest(@TempDir(factory = OnMemoryDisk.class) Path directory) {
    world = new OutboxWorld(directory);
  }

  @Test
  void aMessage_isSentAsItIs_andFiledInSent() throws FaultException {
    world.submit(message(1), "bob@example.net");
    assertThat(world.outbox()).containsExactly(crlf(message(1)));
    var outcome = world.flush();
    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.sent()).isEqualTo(1);
    assertThat(outcome.left()).isZero();
    assertThat(world.server.delivered()).hasSize(1);
    var delivered = world.server.delivered().getFirst();
    assertThat(delivered.bytes()).isEqualTo(crlf(message(1)));
    assertThat(delivered.envelope().sender()).isEqualTo("ann@example.org");
    assertThat(delivered.envelope().recipients()).containsExactly("bob@example.net");
    assertThat(world.outbox()).isEmpty();
    assertThat(world.sent()).containsExactly(crlf(message(1)));
    assertThat(world.local.mail(Outbox.SENT))
        .extracting(Mail::flags)
        .containsExactly(Flags.of("\\Seen"));
    assertThat(world.handled).extracting(Outgoing::state).containsExactly(State.SENT);
    assertThat(world.waiting()).isEmpty();
    assertThat(world.local.removed(Outbox.FOLDER)).as("its copy is in Sent").isEmpty();
  }

  @Test
  void messages_leaveInTheOrderOfSubmission() throws FaultException {
    for (var number = 1; number <= 150; number++) {
      world.submit(message(number), "bob@example.net");
    }
    assertThat(world.flush().sent()).isEqualTo(150);
    assertThat(world.delivered())
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 150).mapToObj(Integer::toString).toList());
    assertThat(world.sent()).hasSize(150);
    var last = world.progress.getLast();
    assertThat(last.messagesDone()).isEqualTo(last.messages()).isEqualTo(150);
    assertThat(last.bytesDone()).isEqualTo(last.bytes()).isPositive();
  }

  @Test
  void bcc_isNotSent_andStaysInTheSentCopy() throws FaultException {
    var message =
        message(1).replace("\n\n", "\nBcc: carol@example.net,\n\tdave@example.net\n\nBcc: x\n");
    world.submit(message);
    world.flush();
    var delivered = world.server.delivered().getFirst();
    assertThat(delivered.envelope().recipients())
        .containsExactly("bob@example.net", "carol@example.net", "dave@example.net");
    assertThat(delivered.bytes())
        .isEqualTo(crlf(message(1).replace("\n\n", "\n\nBcc: x\n")))
        .doesNotContain("carol", "dave");
    assertThat(world.sent()).containsExactly(crlf(message));
  }

  @Test
  void withSentTo_theCopyGoesThere_andTheFolderIsMade() throws FaultException {
    world.sentTo = Optional.of(world.atWork());
    world.submit(message(1), "bob@example.net");
    world.flush();
    assertThat(world.sentAtWork()).containsExactly(crlf(message(1)));
    assertThat(world.sent()).isEmpty();
    assertThat(world.outbox()).isEmpty();
  }

  @Test
  void whereTheServerFilesIt_noCopyIsMade_andTheMessageIsKeptAWhile() throws FaultException {
    world.server.fileSentCopies();
    world.submit(message(1), "bob@example.net");
    assertThat(world.flush().left()).isZero();
    assertThat(world.sent()).isEmpty();
    assertThat(world.outbox()).isEmpty();
    assertThat(world.local.removed(Outbox.FOLDER)).hasSize(1);
  }

  @Test
  void aTemporaryRefusal_isTriedAgain_everLater() throws FaultException {
    world.server.say("bob@example.net", Verdict.DEFERRED);
    world.submit(message(1), "bob@example.net");
    assertThat(world.flush().left()).isEqualTo(1);
    assertThat(world.faults).singleElement().satisfies(fault -> {
      assertThat(fault.doing()).contains("sending message 1 (\"1\")", "work", "bob@example.net");
      assertThat(fault.said()).contains("451 4.7.1");
      assertThat(fault.next()).isEqualTo("It is tried again by later runs.");
    });
    assertThat(world.only().state()).isEqualTo(State.QUEUED);
    world.flush();
    assertThat(world.only().tries()).as("the first retry is the next run's").isEqualTo(2);
    world.flush();
    assertThat(world.only().tries()).as("then it waits").isEqualTo(2);
    assertThat(world.only().nextTry()).isAfter(world.now.plus(Duration.ofMinutes(4)));
    world.server.say("bob@example.net", Verdict.TAKEN);
    world.now = world.now.plus(Duration.ofMinutes(5));
    assertThat(world.flush().sent()).isEqualTo(1);
    assertThat(world.delivered()).containsExactly("1");
  }

  @Test
  void partlyRefused_itStays_andWhoHasItNeverGetsItAgain() throws FaultException {
    world.server.say("carol@example.net", Verdict.REFUSED);
    world.server.say("dave@example.net", Verdict.DEFERRED);
    world.submit(message(1), "bob@example.net", "carol@example.net", "dave@example.net");
    world.flush();
    assertThat(world.only().state()).isEqualTo(State.QUEUED);
    world.server.say("dave@example.net", Verdict.TAKEN);
    world.flush();
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.only().recipients())
        .extracting(
            Outgoing.Recipient::address, recipient -> recipient.verdict().orElseThrow())
        .containsExactly(
            tuple("bob@example.net", Verdict.TAKEN),
            tuple("carol@example.net", Verdict.REFUSED),
            tuple("dave@example.net", Verdict.TAKEN));
    assertThat(world.outbox()).hasSize(1);
    world.flush();
    assertThat(asked())
        .as("no more is done unasked")
        .containsExactly(List.of("bob@example.net"), List.of("dave@example.net"));
    world.server.say("carol@example.net", Verdict.TAKEN);
    world.flush(OutboxWorld.retry(1));
    assertThat(asked())
        .containsExactly(
            List.of("bob@example.net"), List.of("dave@example.net"), List.of("carol@example.net"));
    assertThat(world.sent()).hasSize(1);
    assertThat(world.waiting()).isEmpty();
  }

  private List<List<String>> asked() {
    return world.server.delivered().stream()
        .map(Delivered::envelope)
        .map(envelope -> envelope.recipients())
        .toList();
  }

  @Test
  void whatIsDropped_goesToTheUndoArea_andNothingIsSent() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.submit(message(2), "bob@example.net");
    var outcome = world.flush(OutboxWorld.drop(1));
    assertThat(outcome.dropped()).isEqualTo(1);
    assertThat(outcome.left()).isEqualTo(1);
    assertThat(world.local.removed(Outbox.FOLDER)).hasSize(1);
    assertThat(world.delivered()).isEmpty();
    world.flush();
    assertThat(world.delivered()).containsExactly("2");
  }

  @Test
  void aDryRun_tellsWhatWouldBeDropped_andWhatIsRefused() throws FaultException {
    world.server.say("bob@example.net", Verdict.REFUSED);
    world.submit(message(1), "bob@example.net");
    world.flush();
    world.submit(message(2), "bob@example.net");
    var dropped = world.flush(new Request(Retry.NONE, List.of(1L, 1L, 7L), true));
    assertThat(world.planned).singleElement().satisfies(planned -> {
      assertThat(planned.act()).isEqualTo(Act.REMOVE);
      assertThat(planned.message().orElseThrow().value()).isEqualTo("1");
    });
    assertThat(dropped.failures()).extracting(Fault::kind).containsExactly(Kind.NOT_FOUND);
    var retried = world.flush(new Request(Retry.of(List.of(1L, 7L)), List.of(), true));
    assertThat(world.planned).extracting(Planned::act).containsExactly(Act.SEND, Act.SEND);
    assertThat(retried.failures()).extracting(Fault::kind).containsExactly(Kind.NOT_FOUND);
    assertThat(world.outbox()).hasSize(2);
  }

  @Test
  void aDryRun_refusesWhatWasSentAlready() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.hook = OutboxWorld.failing(Kind.DISK_FULL, 1, "LOCAL stage");
    world.flush();
    for (var request : List.of(
        new Request(Retry.of(List.of(1L)), List.of(), true),
        new Request(Retry.NONE, List.of(1L), true))) {
      assertThat(world.flush(request).failures())
          .extracting(Fault::kind)
          .containsExactly(Kind.INVALID);
      assertThat(world.planned).isEmpty();
    }
  }

  @Test
  void whatSomeHaveTaken_isFiledAsSent_whenItIsDropped() throws FaultException {
    world.server.say("carol@example.net", Verdict.REFUSED);
    world.submit(message(1), "bob@example.net", "carol@example.net");
    world.flush();
    world.flush(OutboxWorld.drop(1));
    assertThat(world.sent()).containsExactly(crlf(message(1)));
    assertThat(world.outbox()).isEmpty();
  }

  @Test
  void whatWasSent_cannotBeDropped_andIsFiledOnce() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.hook = OutboxWorld.failing(Kind.DISK_FULL, 1, "LOCAL stage");
    world.flush();
    world.hook = OutboxWorld.QUIET;
    assertThat(world.only().state()).isEqualTo(State.SENT);
    assertThat(world.flush(OutboxWorld.drop(1)).failures()).singleElement().satisfies(fault -> {
      assertThat(fault.kind()).isEqualTo(Kind.INVALID);
      assertThat(fault.said()).isEqualTo("it was sent already");
    });
    assertThat(world.sent()).hasSize(1);
    assertThat(world.waiting()).isEmpty();
  }

  @Test
  void anUnknownId_isSaid() {
    var outcome = world.flush(OutboxWorld.retry(7));
    assertThat(outcome.failures()).extracting(Fault::kind).containsExactly(Kind.NOT_FOUND);
  }

  @Test
  void correctedInPlace_itsRecipientsAreReadAnew() throws FaultException {
    world.server.say("bob@example.net", Verdict.REFUSED);
    world.submit(message(1));
    world.flush();
    assertThat(world.only().state()).isEqualTo(State.HELD);
    var key = world.local.mail(Outbox.FOLDER).getFirst().key();
    world.local.edit(Outbox.FOLDER, key, crlf(message(1).replace("bob@", "bobby@")));
    world.flush(OutboxWorld.retry(1));
    assertThat(asked()).containsExactly(List.of("bobby@example.net"));
    assertThat(world.sent().getFirst()).contains("bobby@");
  }

  @Test
  void correctedForTheWorse_itIsHeld_andSaysSo() throws FaultException {
    world.server.say("bob@example.net", Verdict.REFUSED);
    world.submit(message(1));
    world.flush();
    var key = world.local.mail(Outbox.FOLDER).getFirst().key();
    world.local.edit(Outbox.FOLDER, key, crlf(message(1).replace("bob@example.net", "bob@")));
    world.flush(OutboxWorld.retry(1));
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.faults).singleElement().extracting(Fault::kind).isEqualTo(Kind.INVALID);
    assertThat(world.delivered()).isEmpty();
  }

  @Test
  void oneThatCannotBeRead_isHeldWhenItIsTriedAgain_andTheRestGoes() throws FaultException {
    world.server.say("bob@example.net", Verdict.REFUSED);
    world.submit(message(1));
    world.flush();
    world.submit(message(2), "carol@example.net");
    world.hook = OutboxWorld.failing(Kind.DISK, 1, "LOCAL fetch");
    world.flush(OutboxWorld.retry(1));
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.only().trouble().orElseThrow().kind()).isEqualTo(Kind.DISK);
    assertThat(world.delivered()).containsExactly("2");
  }

  /** Some servers take a bare CR for the end of a line: Bcc would be one for them. */
  @ParameterizedTest
  @ValueSource(strings = {"X: y\rBcc: carol@example.net", "X: \0", "no field"})
  void aHeaderThatOthersMayReadOtherwise_isRefused_andHeldWhereItLies(String line)
      throws FaultException {
    var strange = message(2).replace("Subject", line + "\nSubject");
    var refused =
        catchThrowableOfType(FaultException.class, () -> world.submit(strange, "bob@x.net"));
    assertThat(refused.fault().kind()).isEqualTo(Kind.INVALID);
    assertThat(world.waiting()).isEmpty();
    world.submit(message(1), "bob@example.net");
    var key = world.local.mail(Outbox.FOLDER).getFirst().key();
    world.local.edit(Outbox.FOLDER, key, crlf(strange));
    world.flush();
    assertThat(world.delivered()).isEmpty();
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.only().trouble().orElseThrow().kind()).isEqualTo(Kind.INVALID);
  }

  @Test
  void senders_chooseTheWay() throws FaultException {
    var other = new MemoryMailServer();
    world.more = List.of(new Way(
        "home",
        List.of("Ann@Home.example"),
        () -> other.open(world.hook),
        Optional.empty(),
        List.of()));
    world.submit(message(1), "bob@example.net");
    world.submit(message(2).replace("ann@example.org", "ann@home.example"), "bob@example.net");
    world.flush();
    assertThat(world.delivered()).containsExactly("1");
    assertThat(other.delivered()).hasSize(1);
  }

  @Test
  void aWayThatIsGone_keepsItsMessages_andSaysSo() throws FaultException {
    world.more = List.of(new Way(
        "home",
        List.of("ann@home.example"),
        () -> world.server.open(world.hook),
        Optional.empty(),
        List.of()));
    world.submit(message(1).replace("ann@example.org", "ann@home.example"), "bob@example.net");
    world.submit(message(3).replace("ann@example.org", "ann@home.example"), "bob@example.net");
    world.submit(message(2), "bob@example.net");
    world.more = List.of();
    var outcome = world.flush();
    assertThat(outcome.failures())
        .as("once, for all of them")
        .extracting(Fault::kind)
        .containsExactly(Kind.CONFIGURATION);
    assertThat(outcome.left()).isEqualTo(2);
    assertThat(world.delivered()).containsExactly("2");
  }

  @Test
  void aDryRun_tellsWhatWouldGo() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.flush(new Request(Retry.NONE, List.of(), true));
    assertThat(world.planned).extracting(Planned::act).containsExactly(Act.SEND);
    assertThat(world.delivered()).isEmpty();
    assertThat(world.outbox()).hasSize(1);
  }

  @Test
  void aMessageTakenOutOfTheOutboxByHand_isHeld_andSaid() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.local.remove(Outbox.FOLDER, world.local.mail(Outbox.FOLDER).getFirst().key());
    world.submit(message(2), "bob@example.net");
    world.flush();
    assertThat(world.delivered()).containsExactly("2");
    assertThat(world.only().state()).isEqualTo(State.HELD);
    assertThat(world.faults).singleElement().extracting(Fault::kind).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void theDefaultStore_hasItsFoldersFromTheFirstMessageOn() throws FaultException {
    world.submit(message(1), "bob@example.net");
    assertThat(world.local.folderNames())
        .containsExactlyInAnyOrder(FolderName.INBOX, Outbox.FOLDER, Outbox.SENT);
  }

  @Test
  void cancelled_nothingMoreIsSent() throws FaultException {
    world.submit(message(1), "bob@example.net");
    world.submit(message(2), "bob@example.net");
    world.hook = call -> {
      if (call.equals("TRANSPORT answer")) {
        world.cancellation.request();
      }
    };
    var outcome = world.flush();
    assertThat(outcome.failures()).extracting(Fault::kind).containsExactly(Kind.CANCELLED);
    assertThat(world.delivered()).containsExactly("1");
    assertThat(outcome.left()).isEqualTo(1);
    assertThat(world.sent()).hasSize(1);
  }
}

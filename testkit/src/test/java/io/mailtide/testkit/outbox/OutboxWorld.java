package io.mailtide.testkit.outbox;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.engine.SyncListener.Progress;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Job;
import io.mailtide.engine.send.Outbox.Listener;
import io.mailtide.engine.send.Outbox.Outcome;
import io.mailtide.engine.send.Outbox.Place;
import io.mailtide.engine.send.Outbox.Request;
import io.mailtide.engine.send.Outbox.Retry;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Submission;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.MemoryStore.Mail;
import io.mailtide.testkit.outbox.MemoryMailServer.Delivered;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** A default store, an account and a mail server in memory, with what has happened to them. */
final class OutboxWorld {
  static final Hook QUIET = _ -> {};
  static final FolderName WORK_SENT = FolderName.parse("Sent");

  final MemoryStore local = new MemoryStore(Side.NEAR);
  final MemoryStore work = new MemoryStore(Side.NEAR);
  final MemoryMailServer server = new MemoryMailServer();
  final List<Fault> faults = new ArrayList<>();
  final List<Outgoing> handled = new ArrayList<>();
  final List<Planned> planned = new ArrayList<>();
  final List<Progress> progress = new ArrayList<>();
  final Path directory;
  final Cancellation cancellation = new Cancellation();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  Optional<Place> sentTo = Optional.empty();
  List<Place> proofs = List.of();
  Hook hook = QUIET;
  List<Way> more = List.of();

  OutboxWorld(Path directory) {
    this.directory = directory;
  }

  Job job() {
    var ways = new ArrayList<>(List.of(
        new Way("work", List.of("ann@example.org"), () -> server.open(hook), sentTo, proofs)));
    ways.addAll(more);
    return new Job(
        directory,
        () -> local.open(call -> hook.before("LOCAL" + call.substring(4))),
        ways,
        Duration.ofDays(30),
        new SteppedEnvironment(),
        cancellation);
  }

  Place atWork() {
    return new Place(
        "work", () -> work.open(call -> hook.before("WORK" + call.substring(4))), WORK_SENT);
  }

  long submit(String message, String... recipients) throws FaultException {
    return submit(submission(message, recipients));
  }

  long submit(Submission submission) throws FaultException {
    now = now.plusSeconds(1);
    return Outbox.submit(job(), submission);
  }

  static Submission submission(String message, String... recipients) {
    return submission(message, Reports.USUAL, recipients);
  }

  static Submission submission(String message, Reports reports, String... recipients) {
    return new Submission(
        new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)),
        false,
        List.of(recipients),
        recipients.length == 0,
        Optional.empty(),
        Optional.empty(),
        reports);
  }

  Outcome flush() {
    return flush(Request.FLUSH);
  }

  Outcome flush(Request request) {
    now = now.plusSeconds(1);
    faults.clear();
    handled.clear();
    planned.clear();
    return Outbox.flush(job(), request, new Listener() {
      @Override
      public void handled(Outgoing message) {
        handled.add(message);
      }

      @Override
      public void progress(Progress here) {
        progress.add(here);
      }

      @Override
      public void planned(Planned act) {
        planned.add(act);
      }

      @Override
      public void fault(Fault fault) {
        faults.add(fault);
      }
    });
  }

  static Request retry(long id) {
    return new Request(Retry.of(List.of(id)), List.of(), false);
  }

  static Request drop(long id) {
    return new Request(Retry.NONE, List.of(id), false);
  }

  List<Outgoing> waiting() throws FaultException {
    return Outbox.waiting(directory);
  }

  Outgoing only() throws FaultException {
    return waiting().getFirst();
  }

  List<String> outbox() {
    return bytes(local.mail(Outbox.FOLDER));
  }

  List<String> sent() {
    return bytes(local.mail(Outbox.SENT));
  }

  List<String> sentAtWork() {
    return bytes(work.mail(WORK_SENT));
  }

  private static List<String> bytes(List<Mail> mail) {
    return mail.stream().map(Mail::bytes).toList();
  }

  /** The subjects of what the server took, in order. */
  List<String> delivered() {
    return server.delivered().stream()
        .map(Delivered::bytes)
        .map(OutboxWorld::subject)
        .toList();
  }

  static String subject(String message) {
    return message
        .lines()
        .filter(line -> line.startsWith("Subject: "))
        .findFirst()
        .orElse("Subject: ")
        .substring(9);
  }

  /** A whole message. */
  static String message(int number) {
    return """
        Date: Thu, 1 Jan 2026 00:00:00 +0000
        From: Ann <ann@example.org>
        To: bob@example.net
        Message-ID: <%1$d@example.org>
        Subject: %1$d

        Body %1$d
        """.formatted(number);
  }

  static String crlf(String text) {
    return text.replace("\n", "\r\n");
  }

  /** Stands for {@code kill -9}. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Does something that is killed at its so-manieth call or commit; false when it has fewer. */
  boolean killed(int at, Consumer<OutboxWorld> doing) {
    var calls = new int[1];
    hook = _ -> {
      if (++calls[0] == at) {
        throw new Killed();
      }
    };
    try {
      doing.accept(this);
      return false;
    } catch (Killed e) {
      return true;
    } finally {
      hook = QUIET;
    }
  }

  /** Fails the first so-many calls of that name. */
  static Hook failing(Kind kind, int times, String... calls) {
    var seen = new int[1];
    var names = new HashSet<>(List.of(calls));
    return call -> {
      if (names.contains(call) && seen[0]++ < times) {
        throw new FaultException(
            Fault.of(kind, Reach.REPLICA, "talking to smtp.example.org", "lost", "Look."));
      }
    };
  }

  private final class SteppedEnvironment implements Environment {
    private final SplittableRandom random = new SplittableRandom(now.toEpochMilli());

    @Override
    public InstantSource clock() {
      return () -> now;
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public void sleep(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public void beforeCommit() throws FaultException {
      hook.before("commit");
    }
  }
}

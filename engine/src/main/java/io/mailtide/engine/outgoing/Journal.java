package io.mailtide.engine.outgoing;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Synchronizer.HeldUndoArea;
import io.mailtide.engine.Synchronizer.Opener;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.send.Transport.Reply;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.OutgoingMail;
import io.mailtide.engine.state.StoreLock;
import io.mailtide.engine.state.UndoSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the state of an Outbox is, and what messages that were cut off come to. */
public final class Journal {
  /** No store can be called so. */
  private static final String NAME = "_outbox";

  private static final Duration WAIT = Duration.ofMillis(20);
  private static final int WAITS_MAX = 10;

  private Journal() {}

  private static Path file(Path stateDirectory) {
    return StoreLock.file(stateDirectory, NAME, ".sqlite");
  }

  static Database open(Path stateDirectory, Environment environment) throws FaultException {
    return Database.openOutbox(file(stateDirectory), environment);
  }

  /** Keeps a second flush away. Whoever only looks holds the lock for a moment: it is awaited. */
  static StoreLock lock(Path stateDirectory, Environment environment) throws FaultException {
    for (var waits = 0; ; waits++) {
      try {
        return lock(stateDirectory);
      } catch (FaultException e) {
        if (e.fault().kind() != Kind.BUSY || waits == WAITS_MAX) {
          throw e;
        }
        try {
          environment.sleep(WAIT);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  private static StoreLock lock(Path stateDirectory) throws FaultException {
    try {
      return StoreLock.take(stateDirectory, NAME);
    } catch (FaultException e) {
      if (e.fault().kind() != Kind.BUSY) {
        throw e;
      }
      throw new FaultException(
          Fault.of(
                  Kind.BUSY,
                  Reach.REPLICA,
                  "sending the Outbox",
                  "another run of Mailtide is at work on it",
                  "What is due goes out with that one, else with the next mailtide send.")
              .in(Outbox.FOLDER),
          e);
    }
  }

  /** Holds the undo area of the default store, and keeps flushes away. */
  public static HeldUndoArea undoArea(Path stateDirectory, Opener store) throws FaultException {
    StoreLock lock;
    try {
      lock = lock(stateDirectory);
    } catch (FaultException e) {
      throw e.fault().kind() == Kind.BUSY
          ? new FaultException(
              e.fault().advising("Repeat this when it is over; nothing was changed."), e)
          : e;
    }
    return UndoSession.open(lock, "the default store", store);
  }

  /** What is in the Outbox. */
  public static List<Outgoing> waiting(Path stateDirectory) throws FaultException {
    return known(stateDirectory).stream()
        .filter(message -> message.state() != State.FILED && message.state() != State.DROPPED)
        .toList();
  }

  /**
   * What is in the Outbox, or about to leave it. What nobody is handing over any more is in doubt.
   */
  static List<Outgoing> known(Path stateDirectory) throws FaultException {
    var opened = Database.openOutboxToRead(file(stateDirectory));
    if (opened.isEmpty()) {
      return List.of();
    }
    try (var database = opened.get()) {
      var messages = new OutgoingMail(database).all();
      var handing = messages.stream().anyMatch(message -> message.state() == State.SUBMITTING)
          && !isUnlocked(stateDirectory);
      return messages.stream()
          .map(message ->
              message.state() == State.SUBMITTING && !handing ? inDoubt(message) : message)
          .toList();
    }
  }

  /** Whether there is nothing at all to be done, not even to clear away. */
  static boolean isEmpty(Path stateDirectory) throws FaultException {
    var opened = Database.openOutboxToRead(file(stateDirectory));
    if (opened.isEmpty()) {
      return true;
    }
    try (var database = opened.get()) {
      return new OutgoingMail(database).count() == 0;
    }
  }

  /** The keys of all that is in the Outbox, or about to leave it. */
  static Set<MessageKey> keys(Path stateDirectory) throws FaultException {
    var opened = Database.openOutboxToRead(file(stateDirectory));
    if (opened.isEmpty()) {
      return Set.of();
    }
    try (var database = opened.get()) {
      return Set.copyOf(new OutgoingMail(database).keys());
    }
  }

  private static boolean isUnlocked(Path stateDirectory) throws FaultException {
    try (var _ = lock(stateDirectory)) {
      return true;
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.BUSY) {
        return false;
      }
      throw e;
    }
  }

  private static Outgoing inDoubt(Outgoing message) {
    return new Outgoing(
        message.id(),
        message.key(),
        message.transport(),
        message.envelope(),
        message.recipients(),
        message.messageId(),
        message.subject(),
        message.size(),
        message.submitted(),
        State.IN_DOUBT,
        message.tries(),
        message.nextTry(),
        Optional.of(cutOff(message)));
  }

  /** Why a message is in doubt whose handover ended with its process. */
  static Fault cutOff(Outgoing message) {
    return doubt(message, "Mailtide was stopped before the server's answer came");
  }

  /** What a person is told of a message in doubt. */
  static Fault doubt(Outgoing message, String said) {
    var id = message.id();
    return about(
        message,
        Kind.IN_DOUBT,
        said,
        "It may have been sent or not: ask a recipient, or look at the server. "
            + ("mailtide send --retry %d sends it (again), mailtide send --drop %d takes it out "
                    + "of the Outbox; until then it stays there.")
                .formatted(id, id));
  }

  /** What a person can do about a message that is held. */
  static String held(Outgoing message) {
    return ("Then mailtide send --retry %1$d (its file %2$s in the Outbox may be edited before); "
            + "to send it to others than those who have not taken it, mailtide send --retry %1$d "
            + "--to ADDRESS; from another sender, --from ADDRESS; to give it up, "
            + "mailtide send --drop %1$d. Who has taken it does not get it again.")
        .formatted(message.id(), message.key());
  }

  /** With who refused it, and what happens next. */
  static Reply told(Outgoing message, String recipient, Reply reply) {
    if (reply.verdict() == Verdict.TAKEN) {
      return reply;
    }
    var kind = reply.fault().map(Fault::kind).orElse(Kind.REFUSED);
    var advice = reply.fault().map(Fault::next).orElse("");
    var next = reply.verdict() == Verdict.DEFERRED
        ? "It is tried again by later runs."
        : (advice + " " + held(message)).strip();
    var fault = Fault.of(
            kind, Reach.MESSAGE, doing(message) + " to " + recipient, reply.said(), next)
        .in(Outbox.FOLDER)
        .about(new MessageKey(Long.toString(message.id())));
    return new Reply(reply.verdict(), reply.said(), Optional.of(fault));
  }

  /**
   * Why a message that was handed over is still to be dealt with, by what is known of recipients.
   */
  static Optional<Fault> untaken(Outgoing message) {
    return message.recipients().stream()
        .filter(recipient -> !recipient.taken())
        .flatMap(recipient -> recipient.verdict().stream()
            .map(verdict -> new Reply(verdict, recipient.said(), Optional.empty()))
            .flatMap(reply -> told(message, recipient.address(), reply).fault().stream()))
        .findFirst();
  }

  /** A fault about one message, named so that a person knows it. */
  static Fault about(Outgoing message, Kind kind, String said, String next) {
    return Fault.of(kind, Reach.MESSAGE, doing(message), said, next)
        .in(Outbox.FOLDER)
        .about(new MessageKey(Long.toString(message.id())));
  }

  static String doing(Outgoing message) {
    var subject = message.subject();
    var shown = subject.length() <= 60 ? subject : subject.substring(0, 60) + "…";
    return "sending message %d (%s) with transport %s"
        .formatted(
            message.id(),
            shown.isEmpty() ? "no subject" : "\"" + shown + "\"",
            message.transport());
  }
}

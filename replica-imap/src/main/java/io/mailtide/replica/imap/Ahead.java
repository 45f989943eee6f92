package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Expectations;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.replica.imap.session.LookAhead;
import io.mailtide.replica.imap.session.LookAhead.Sent;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Response.Condition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Opens mailboxes and asks for what is in them before their turn, as far as the engine tells what
 * comes: so many folders cost few round trips.
 */
final class Ahead {
  private final Session session;
  private final Folders folders;
  private final LookAhead line;
  private Expectations expectations = Optional::empty;

  /** Told, and not sent; or sent, and passed over. */
  private final Deque<Expected> told = new ArrayDeque<>();

  private final Deque<Visit> visits = new ArrayDeque<>();

  /** The folder that was opened last, when it was opened by this. */
  private Optional<FolderName> current = Optional.empty();

  Ahead(Session session, Folders folders) {
    this.session = session;
    this.folders = folders;
    line = session.connection().lookAhead();
  }

  /**
   * What was sent for an expectation.
   *
   * @param opening absent when the mailbox is the one before
   */
  private record Visit(Expected what, Mailbox mailbox, Optional<Sent> opening, Sent question) {
    boolean isOf(FolderName folder) {
      return what.folder().equals(folder);
    }
  }

  void expect(Expectations next) {
    expectations = next;
    told.clear();
    visits.clear();
    current = Optional.empty();
  }

  /**
   * Opens a mailbox to read it, when that was expected.
   *
   * @return absent when it must be opened the ordinary way; the line is clear then
   */
  Optional<Mailbox> open(FolderName folder) throws FaultException {
    takeBackLost();
    if (visits.stream().anyMatch(visit -> visit.isOf(folder))) {
      while (!visits.element().isOf(folder)) {
        visits.remove();
      }
    } else {
      takeBackAll();
      if (told.stream().anyMatch(what -> what.folder().equals(folder))) {
        while (!told.element().folder().equals(folder)) {
          told.remove();
        }
      }
      current = Optional.empty();
    }
    fill(folder);
    var visit = visits.peek();
    if (visit == null || !visit.isOf(folder) || visit.opening().isEmpty()) {
      takeBackAll();
      return Optional.empty();
    }
    var mailbox = visit.mailbox();
    var answer = line.take(visit.opening().get(), mailbox::note).getFirst();
    mailbox.note(answer);
    if (answer.condition() != Condition.OK) {
      takeBackAll();
      return Optional.empty();
    }
    visits.remove();
    visits.addFirst(new Visit(visit.what(), mailbox, Optional.empty(), visit.question()));
    current = Optional.of(folder);
    return Optional.of(mailbox);
  }

  /** Clears the line: a mailbox is opened the ordinary way. */
  void leave() throws FaultException {
    takeBackAll();
    current = Optional.empty();
  }

  /** The answers to a question about the open mailbox, when it was put ahead. */
  Optional<Sent> answers(Expected question) throws FaultException {
    takeBackLost();
    if (!current.equals(Optional.of(question.folder()))) {
      return Optional.empty();
    }
    fill(question.folder());
    var visit = visits.peek();
    if (visit == null || visit.opening().isPresent() || !visit.what().equals(question)) {
      return Optional.empty();
    }
    visits.remove();
    return Optional.of(visit.question());
  }

  /** Sends as much as may be on its way, when what comes first is about this folder. */
  private void fill(FolderName folder) throws FaultException {
    boolean first = visits.isEmpty();
    while (line.isOpen()) {
      var next = told.isEmpty() ? expectations.next() : Optional.of(told.remove());
      if (next.isEmpty()) {
        return;
      }
      if ((first && !next.get().folder().equals(folder)) || !send(next.get())) {
        told.addFirst(next.get());
        return;
      }
      first = false;
    }
  }

  private boolean send(Expected what) throws FaultException {
    var folder = what.folder();
    var before =
        visits.isEmpty() ? current : Optional.of(visits.getLast().what().folder());
    boolean opens = !before.equals(Optional.of(folder));
    // Two questions about one mailbox may be answered at once, mixed (RFC 9051 section 5.5).
    if (opens ? !folders.isListed(folder) : !visits.isEmpty()) {
      return false;
    }
    var mailbox = folders.toOpen(folder);
    var commands = commands(what, mailbox);
    if (commands.size() > Fetcher.WINDOW) {
      return false;
    }
    var opening = opens
        ? line.send(List.of(ImapReplica.select(session, mailbox.name, false)))
        : Optional.<Sent>empty();
    var question = opens && opening.isEmpty() ? Optional.<Sent>empty() : line.send(commands);
    question.ifPresent(sent -> visits.add(new Visit(what, mailbox, opening, sent)));
    return question.isPresent();
  }

  private List<? extends Command> commands(Expected what, Mailbox mailbox) {
    return switch (what) {
      case Expected.Scanned(var _, var since, boolean wantsArrival) ->
        Scanner.questions(session, mailbox, since, wantsArrival);
      case Expected.Fetched(var _, var keys, var part) -> Fetcher.commands(session, keys, part);
    };
  }

  /** What was passed over for another command can be sent once more. */
  private void takeBackLost() throws FaultException {
    if (!visits.isEmpty() && !line.has(visits.getLast().question())) {
      takeBackAll();
    }
  }

  private void takeBackAll() throws FaultException {
    line.passOver();
    while (!visits.isEmpty()) {
      told.addFirst(visits.removeLast().what());
    }
  }
}

package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Expectations;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.replica.imap.session.Connection;
import io.mailtide.replica.imap.session.Exchange;
import io.mailtide.replica.imap.session.Lanes;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Response.Tagged;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Opens mailboxes and asks for what is in them before their turn, as far as the engine tells what
 * comes: so many folders cost few round trips. Where several connections are open, what is read is
 * shared out among them: folder by folder, and messages of one folder by some at a time.
 *
 * <p>What comes waits in the system's buffers until it is wanted, and when these are full, the
 * server waits: nothing is held here, and the servers' processes work side by side all the same.
 */
final class Ahead {
  /** So many folders may have been told of and not opened in their turn. */
  private static final int MISSED_MAX = 8;

  private final Lanes lanes;
  private final Folders folders;
  private Expectations expectations = Optional::empty;

  /** What is told, and not over: from the next one on. */
  private final Deque<Visit> visits = new ArrayDeque<>();

  /** Where each connection will be when all that was sent ahead over it is answered. */
  private final Map<Connection, Place> places = new HashMap<>();

  /** The folder that was opened last, when it was opened by this. */
  private Optional<Place> current = Optional.empty();

  /** Whether something was changed since this was made. */
  private boolean changed;

  private long losses; // as many are made good

  Ahead(Lanes lanes, Folders folders) {
    this.lanes = lanes;
    this.folders = folders;
  }

  void expect(Expectations next) {
    expectations = next;
    visits.clear();
    var kept = current.filter(this::staysOpen);
    places.values().removeIf(place -> kept.filter(place::equals).isEmpty());
    kept.ifPresent(Place::keep);
    current = Optional.empty();
    lanes.measure();
  }

  /** Whether no other mailbox was opened there since, nor will be. */
  private boolean staysOpen(Place place) {
    return place.equals(places.get(lanes.first().connection()))
        && place.isOpen()
        && lanes.first().ahead().commands() == 0
        && folders.isOpen(List.of(place.mailbox.name));
  }

  /**
   * Opens a mailbox, when that was expected.
   *
   * @return absent when it must be opened the ordinary way; the line is clear then
   */
  Optional<Place> open(FolderName folder, Access access) throws FaultException {
    recover();
    if (!isTold(folder)) {
      if (lanes.first().ahead().commands() > 0) {
        leave();
      }
      catchUp(folder);
    }
    while (isTold(folder) && !visits.element().isOf(folder)) {
      visits.remove();
    }
    fill(folder);
    var visit = visits.peek();
    var part = visit == null ? null : visit.parts.peek();
    if (part == null
        || !visit.isOf(folder)
        || part.place().isOpenAlready()
        || part.place().isToChange() != (access == Access.CHANGE)) {
      leave();
      return Optional.empty();
    }
    var place = part.place();
    if (!place.enter() || (place.isToChange() && place.mailbox.readOnly)) {
      visits.remove();
      leave();
      return Optional.empty();
    }
    if (part.commands().isEmpty()) {
      visits.remove();
    }
    place.session.ahead().flush(); // the server can begin while this side is busy
    current = Optional.of(place);
    return current;
  }

  private boolean isTold(FolderName folder) {
    return visits.stream().anyMatch(visit -> visit.isOf(folder));
  }

  /** What was told before a folder and did not come keeps nothing behind it from being sent. */
  private void catchUp(FolderName folder) throws FaultException {
    while (visits.size() < MISSED_MAX && !isTold(folder)) {
      var next = expectations.next();
      if (next.isEmpty()) {
        return;
      }
      visits.add(new Visit(next.get()));
    }
  }

  /** Clears the line: a mailbox is opened the ordinary way. */
  void leave() throws FaultException {
    clear(lanes.first());
    current = Optional.empty();
    recover();
  }

  /** Something is about to be changed, over the first connection alone. */
  void changing() {
    changed = true;
    lanes.dismiss();
  }

  private void clear(Session session) throws FaultException {
    session.ahead().passOver();
    places.remove(session.connection());
  }

  /** The sizes of messages of the mailbox that is open to be changed, when asked for ahead. */
  Optional<Answers> sizes(Set<MessageKey> keys) throws FaultException {
    return current.isPresent()
            && current.get().what instanceof Expected.Changed told
            && told.sized().equals(keys)
        ? answers(told)
        : Optional.empty();
  }

  /** The answers to a question about the open mailbox, when it was put ahead. */
  Optional<Answers> answers(Expected question) throws FaultException {
    if (current.isEmpty() || !current.get().folder().equals(question.folder())) {
      return Optional.empty();
    }
    recover();
    fill(question.folder());
    var visit = visits.peek();
    if (visit == null || !visit.what.equals(question) || visit.parts.isEmpty()) {
      return Optional.empty();
    }
    if (question instanceof Expected.Scanned
        && !visit.parts.element().place().equals(current.get())) {
      visits.remove();
      return Optional.empty();
    }
    return Optional.of(new Answers(visit, current.get()));
  }

  /** Answers on their way to one question about the open mailbox. */
  final class Answers {
    private final Visit visit;
    private final Place place;
    private final List<Command> again = new ArrayList<>();

    private Answers(Visit visit, Place place) {
      this.visit = visit;
      this.place = place;
    }

    /**
     * Takes them. What could not be asked ahead, or over another connection, is asked now.
     *
     * @param handler told of all that is not the end of a command, once the mailbox it is about has
     *     taken note
     * @return the ends of the commands
     */
    List<Tagged> take(Exchange.Handler handler) throws FaultException {
      var ends = new ArrayList<Tagged>();
      for (var part = visit.parts.poll(); part != null; part = visit.parts.poll()) {
        ends.addAll(take(part, handler));
        recover();
        fill(place.folder());
      }
      visits.remove(visit);
      visit.unsent(place, false).forEach(again::addAll);
      if (!again.isEmpty()) {
        ends.addAll(place.session.connection().run(again, Fetcher.WINDOW, noting(place, handler)));
      }
      return ends;
    }

    /** A mailbox numbered otherwise on another connection is another one, with other messages. */
    private List<Tagged> take(Visit.Part part, Exchange.Handler handler) throws FaultException {
      var there = part.place();
      if ((!there.equals(place) && !there.enter())
          || !there.mailbox.generation().equals(place.mailbox.generation())) {
        again.addAll(part.commands());
        return List.of();
      }
      return there.session.ahead().take(part.sent(), noting(there, handler));
    }

    private static Exchange.Handler noting(Place place, Exchange.Handler handler) {
      return response -> {
        place.mailbox.note(response);
        handler.accept(response);
      };
    }
  }

  /** Sends as much as may be on its way, when what comes first is about this folder. */
  private void fill(FolderName folder) throws FaultException {
    for (var session : lanes.all()) {
      var place = Optional.ofNullable(places.get(session.connection()));
      session.ahead().settle(response -> place.ifPresent(at -> at.mailbox.note(response)));
    }
    add(folder);
    var next = Optional.ofNullable(visits.peek()).map(visit -> visit.parts.peek());
    for (var session : lanes.all()) {
      if (next.filter(part -> part.place().session.equals(session)).isEmpty()) {
        session.ahead().flush(); // its server can begin while the other one's answers are taken
      }
    }
  }

  private void add(FolderName folder) throws FaultException {
    boolean first = true;
    for (var visit : visits) {
      if ((first && !visit.isOf(folder)) || !sendAll(visit) || visit.isToChange()) {
        return;
      }
      first = false;
    }
    while (lanes.all().stream()
        .anyMatch(session -> session.ahead().isOpen(session.windowAhead()))) {
      var next = expectations.next();
      if (next.isEmpty()) {
        return;
      }
      var visit = new Visit(next.get());
      visits.add(visit);
      if ((first && !visit.isOf(folder)) || !sendAll(visit) || visit.isToChange()) {
        return;
      }
      first = false;
    }
    lanes.crowded();
  }

  /** Whether it may be asked over this connection now. */
  private boolean mayGo(Visit visit, Session session) {
    if (!session.ahead().isOpen(session.windowAhead())
        || (!session.equals(lanes.first()) && !visit.mayBeShared(changed))) {
      return false;
    }
    var place = places.get(session.connection());
    return place == null || !visit.isIn(place) || isAlone(visit, session);
  }

  /**
   * Whether no other question is on its way there, and few pieces of this one: two questions about
   * one mailbox may be answered at once, mixed (RFC 9051 section 5.5).
   */
  private boolean isAlone(Visit visit, Session session) {
    return visits.stream()
            .filter(other -> other != visit && other.isOf(visit.what.folder()))
            .allMatch(other -> other.partsOver(session) == 0)
        && visit.partsOver(session) < Fetcher.WINDOW;
  }

  /** Whether all of it is on its way. */
  private boolean sendAll(Visit visit) throws FaultException {
    while (!visit.isSent()) {
      var lane = lanes.all().stream()
          .filter(session -> mayGo(visit, session))
          .min((one, other) ->
              Integer.compare(one.ahead().commands(), other.ahead().commands()));
      if (lane.isEmpty()) {
        if (visit.mayBeShared(changed)) {
          lanes.crowded();
        }
        return false;
      }
      if (!send(visit, lane.get())) {
        return false;
      }
    }
    return true;
  }

  private boolean send(Visit visit, Session session) throws FaultException {
    var before = places.get(session.connection());
    var place = Optional.ofNullable(before).filter(visit::isIn);
    if (place.isEmpty() && folders.isListed(visit.what.folder())) {
      place = Place.sent(session, folders.toOpen(visit.what.folder()), visit);
    }
    if (place.isEmpty()) {
      return false;
    }
    places.put(session.connection(), place.get());
    var unsent = visit.unsent(place.get(), lanes.all().size() > 1);
    var sent = unsent.element().isEmpty()
        ? place.get().opening() // nothing else is to be asked
        : session.ahead().send(unsent.element(), session.windowAhead());
    if (sent.isEmpty()) {
      return false;
    }
    visit.parts.add(new Visit.Part(place.get(), unsent.remove(), sent.get()));
    return true;
  }

  /** Whether so many messages that are about to be changed are the last of the open folder. */
  boolean isLast(FolderName folder, long messages) {
    return current.filter(place -> place.folder().equals(folder)).isPresent()
        && current.get().isDoneBy(messages);
  }

  /** Has the next folder to change opened, and asked, right behind the commands run next. */
  void followWithNext() {
    lanes.first().ahead().follow(() -> {
      if (visits.isEmpty()) {
        expectations.next().ifPresent(next -> visits.add(new Visit(next)));
      }
      var next = visits.peek();
      if (next != null && next.isToChange()) {
        sendAll(next);
      }
    });
  }

  /** What was passed over for another command is sent once more in its turn. */
  private void recover() throws FaultException {
    if (losses == lanes.losses()) {
      return;
    }
    losses = lanes.losses();
    for (var visit : visits) {
      for (var part : List.copyOf(visit.parts)) {
        var session = part.place().session;
        if (!lanes.has(session) || !part.sent().isOnTheWay()) {
          visit.lose(part);
          if (current.filter(place -> place.session.equals(session)).isPresent()) {
            places.put(session.connection(), current.get());
          } else {
            places.remove(session.connection());
          }
        }
      }
    }
  }

  /**
   * Those of the messages that are on no connection: one may not see yet what another one has told
   * of.
   *
   * @param gone those that are not there on the one on which the folder is open
   */
  Set<MessageKey> gone(FolderName folder, Session asked, Mailbox mailbox, Set<MessageKey> gone)
      throws FaultException {
    var left = new HashSet<>(gone);
    for (var session : lanes.all()) {
      if (left.isEmpty() || session.equals(asked)) {
        continue;
      }
      clear(session);
      var there = folders.toOpen(folder);
      var select = ImapReplica.select(session, there.name, false);
      there.note(session.connection().run(select, there::note));
      if (session.equals(lanes.first())) {
        folders.opened(Optional.of(there.name));
      }
      if (there.generation().equals(mailbox.generation())) {
        left.retainAll(new Lookup(session, there).gone(Set.copyOf(left)));
      } else {
        left.clear(); // proves nothing
      }
    }
    return left;
  }
}

package io.mailtide.replica.imap;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.replica.imap.session.LookAhead.Sent;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What the engine will ask for next, and what of it was sent before its turn. */
final class Visit {
  final Expected what;

  /** What is on its way, in the order in which it is taken. */
  final Deque<Part> parts = new ArrayDeque<>();

  /** What is still to be sent, in pieces; absent while nothing has been sent. */
  private Optional<Deque<List<? extends Command>>> unsent = Optional.empty();

  Visit(Expected what) {
    this.what = what;
  }

  /**
   * Commands that were sent together.
   *
   * @param commands none, where it is enough to open the mailbox
   * @param sent of these, or of what opens it
   */
  record Part(Place place, List<? extends Command> commands, Sent sent) {}

  boolean isOf(FolderName folder) {
    return what.folder().equals(folder);
  }

  /**
   * Whether it is about the mailbox as it is opened there. What stayed open is good enough to fetch
   * from; how far the mailbox has come is told when it is opened.
   */
  boolean isIn(Place place) {
    return isOf(place.folder())
        && place.isToChange() == isToChange()
        && (!place.isKept() || what instanceof Expected.Fetched);
  }

  /** Whether what comes after it depends on what is done then. */
  boolean isToChange() {
    return what instanceof Expected.Changed;
  }

  /**
   * Whether it may go over any connection: what is changed, and what was, is looked at over the
   * connection that changes it.
   *
   * @param changed whether anything was changed
   */
  boolean mayBeShared(boolean changed) {
    return switch (what) {
      case Expected.Scanned _ -> !changed;
      case Expected.Fetched _ -> true;
      case Expected.Changed _ -> false;
    };
  }

  boolean isSent() {
    return unsent.isPresent() && unsent.get().isEmpty();
  }

  /** How much of it is on its way over a connection. */
  long partsOver(Session session) {
    return parts.stream().filter(part -> part.place().session.equals(session)).count();
  }

  /** Puts it back among what is to be sent. */
  void lose(Part part) {
    parts.remove(part);
    unsent.orElseThrow().addFirst(part.commands());
  }

  /**
   * What is to be sent, in pieces that need not go over one connection.
   *
   * @param place where the first of them is asked
   * @param shared whether there are several connections
   */
  Deque<List<? extends Command>> unsent(Place place, boolean shared) {
    if (unsent.isEmpty()) {
      var pieces = new ArrayDeque<List<? extends Command>>(pieces(place, shared));
      if (pieces.isEmpty()) {
        pieces.add(List.of());
      }
      unsent = Optional.of(pieces);
    }
    return unsent.get();
  }

  private List<? extends List<? extends Command>> pieces(Place place, boolean shared) {
    var session = place.session;
    return switch (what) {
      case Expected.Scanned(var _, var since, boolean wantsArrival) ->
        List.of(Scanner.questions(session, place.mailbox, since, wantsArrival));
      case Expected.Fetched(var _, var keys, var part) ->
        Fetcher.commands(session, keys, part, shared).stream().map(List::of).toList();
      case Expected.Changed(var _, var sized, long _) ->
        asksSizes(session) ? List.of(Lookup.sizeQuestions(sized)) : List.of();
    };
  }

  /** Whether the sizes that the server states are worth asking for. */
  static boolean asksSizes(Session session) {
    return !session.profile().has(Workaround.WRONG_SIZES);
  }
}

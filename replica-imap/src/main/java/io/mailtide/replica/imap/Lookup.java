package io.mailtide.replica.imap;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.replica.imap.session.Exchange;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.Fetch;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Command.Numbering;
import io.mailtide.wire.imap.Command.Search;
import io.mailtide.wire.imap.Command.SearchKey;
import io.mailtide.wire.imap.Command.SearchResult;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/** Finds out which messages are in the open mailbox, by SEARCH and by FETCH. */
final class Lookup {
  /**
   * Length of a set of messages in a command: servers need to take lines of 1,000 bytes only (RFC
   * 7162 section 4).
   */
  static final int SET_LENGTH_MAX = 900;

  private final Session session;
  private final Mailbox mailbox;
  private final List<UidSet> found = new ArrayList<>();
  private final UidTable listed = new UidTable();
  private boolean unsure;

  Lookup(Session session, Mailbox mailbox) {
    this.session = session;
    this.mailbox = mailbox;
  }

  static Uid uid(MessageKey key) {
    return new Uid(Long.parseLong(key.value()));
  }

  /** Sets of these messages, for a command each. */
  static List<UidSet> sets(Collection<MessageKey> keys) {
    return UidSet.of(keys.stream().map(Lookup::uid).toList()).split(SET_LENGTH_MAX);
  }

  /**
   * Those of the messages that neither SEARCH nor FETCH finds. What is refused proves nothing, nor
   * does it that an old one is not found where old ones may be hidden.
   */
  Set<MessageKey> gone(Set<MessageKey> keys) throws FaultException {
    if (keys.isEmpty()) {
      return Set.of();
    }
    var commands = new ArrayList<Command>();
    for (var set : sets(keys)) {
      commands.add(new Search(Numbering.UID, List.of(), List.of(new SearchKey.Uids(set))));
      commands.add(new Fetch(Numbering.UID, set, List.of(FetchItem.UID), Optional.empty()));
    }
    var ends = session.connection().run(commands, session.window(), this::note);
    for (int index = 1; index < ends.size(); index += 2) {
      unsure |= ends.get(index).condition() != Condition.OK;
    }
    var gone = new HashSet<MessageKey>();
    for (var key : keys) {
      if (!unsure && !isThere(uid(key).value())) {
        gone.add(key);
      }
    }
    if (!gone.isEmpty() && (mailbox.mayBeCapped(session) || session.showsPart(mailbox.exists))) {
      var shown = new Lookup(session, mailbox);
      if (shown.all().isEmpty()) {
        return Set.of();
      }
      long lowest = shown.lowest();
      gone.removeIf(key -> uid(key).value() < lowest);
    }
    return gone;
  }

  /** What asks for the sizes of messages. */
  static List<Fetch> sizeQuestions(Collection<MessageKey> keys) {
    return sets(keys).stream()
        .map(set ->
            new Fetch(Numbering.UID, set, List.of(FetchItem.UID, FetchItem.SIZE), Optional.empty()))
        .toList();
  }

  /**
   * The sizes that the server states of those of the messages that are there. A refusal tells
   * nothing of the messages that were not told of before it, so nothing can be done with them.
   *
   * @param answers to {@link #sizeQuestions}, where these have been sent
   */
  Map<MessageKey, Long> sizes(Collection<MessageKey> keys, Optional<Ahead.Answers> answers)
      throws FaultException {
    var sizes = new HashMap<MessageKey, Long>();
    Exchange.Handler handler = response -> {
      if (response instanceof Response.Fetch fetch
          && fetch.uid().isPresent()
          && fetch.size().isPresent()) {
        sizes.put(new MessageKey(fetch.uid().get().toString()), fetch.size().getAsLong());
      }
    };
    var ends = answers.isPresent()
        ? answers.get().take(handler)
        : session.connection().run(sizeQuestions(keys), session.window(), response -> {
          mailbox.note(response);
          handler.accept(response);
        });
    sizes.keySet().retainAll(keys);
    for (var end : ends) {
      if (end.condition() != Condition.OK
          && !Faults.is(end.code(), Name.EXPUNGEISSUED)
          && sizes.size() < keys.size()) {
        throw new FaultException(
            Faults.refused(Reach.FOLDER, "looking once more at messages to remove", end));
      }
    }
    return sizes;
  }

  /**
   * All messages of the mailbox, by SEARCH where its answer agrees with the number of messages
   * (quirk 55), else by FETCH.
   *
   * @return tells of a UID whether it is there; absent when the server cannot say
   */
  Optional<LongPredicate> all() throws FaultException {
    if (!session.profile().has(Workaround.NO_SEARCH) && search()) {
      return Optional.of(this::isThere);
    }
    found.clear();
    unsure = false;
    mailbox.watch();
    long before = mailbox.exists;
    var answer = session
        .connection()
        .run(
            new Fetch(Numbering.UID, UidSet.ALL, List.of(FetchItem.UID), Optional.empty()),
            this::note);
    boolean whole =
        answer.condition() == Condition.OK && !unsure && listed.size() + mailbox.removed >= before;
    return whole ? Optional.of(this::isThere) : Optional.empty();
  }

  /**
   * The messages marked as deleted, by SEARCH and by FETCH: with one overlooked here, another
   * program's message might be removed. What is heard last of a message counts.
   */
  Set<Long> deleted() throws FaultException {
    var marked = new HashSet<Long>();
    Exchange.Handler handler = response -> {
      mailbox.note(response);
      if (response instanceof Response.Search search) {
        search.messages().numbers(mailbox.exists).forEach(marked::add);
      } else if (response instanceof Response.Fetch fetch
          && fetch.uid().isPresent()
          && fetch.flags().isPresent()) {
        long uid = fetch.uid().get().value();
        if (Flags.of(fetch.flags().get()).contains("\\Deleted")) {
          marked.add(uid);
        } else {
          marked.remove(uid);
        }
      }
    };
    var commands = List.of(
        Command.Bare.NOOP,
        new Search(Numbering.UID, List.of(), List.of(new SearchKey.Deleted())),
        new Fetch(
            Numbering.UID, UidSet.ALL, List.of(FetchItem.UID, FetchItem.FLAGS), Optional.empty()));
    var end = session.connection().run(commands, session.window(), handler).getLast();
    if (end.condition() != Condition.OK) {
      throw new FaultException(
          Faults.refused(Reach.FOLDER, "looking for messages marked as deleted", end));
    }
    return marked;
  }

  /** How many messages {@link #all} found. */
  long count() {
    return found.isEmpty()
        ? listed.size()
        : found.stream().mapToLong(set -> set.count().orElse(0)).sum();
  }

  /** The lowest UID that {@link #all} found; 0 where there is none. */
  long lowest() {
    return found.isEmpty()
        ? listed.lowest()
        : found.stream()
            .flatMap(set -> set.first().stream())
            .mapToLong(Uid::value)
            .min()
            .orElse(0);
  }

  private boolean search() throws FaultException {
    mailbox.watch();
    var results = session.hasEsearch() ? List.of(SearchResult.ALL) : List.<SearchResult>of();
    var answer = session
        .connection()
        .run(new Search(Numbering.UID, results, List.of(new SearchKey.All())), this::note);
    return answer.condition() == Condition.OK && !unsure && count() == mailbox.exists;
  }

  private boolean isThere(long uid) {
    return listed.contains(uid) || found.stream().anyMatch(set -> set.contains(new Uid(uid)));
  }

  private void note(Response response) {
    mailbox.note(response);
    switch (response) {
      case Response.Search search when !search.messages().isEmpty() -> found.add(search.messages());
      case Response.ESearch search -> search.all().ifPresent(found::add);
      case Response.Fetch fetch -> fetch.uid().ifPresent(uid -> listed.add(uid.value()));
      case Response.Malformed _ -> unsure = true;
      case Response _ -> {}
    }
  }
}

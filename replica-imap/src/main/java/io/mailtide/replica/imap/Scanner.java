package io.mailtide.replica.imap;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Known;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Sighting.ContentId;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.Fetch;
import io.mailtide.wire.imap.Command.Fetch.ChangedSince;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Command.Numbering;
import io.mailtide.wire.imap.ModSeq;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.Response.Tagged;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * One observation of the open mailbox.
 *
 * <p>What changed is asked by modification sequence where there is one to ask from; then the counts
 * are added up, and only when they disagree it is asked which messages there are. In every other
 * case, and whenever the server said something that cannot be, all messages are listed. A message
 * is told of once, whichever way it was seen.
 */
final class Scanner {
  private static final int KNOWN_BATCH = 1_000;
  private static final int FLAG_LISTS_MAX = 1_000;
  private static final int RANGES_MAX = 1_000;
  private static final List<UidSet.Range> EVERYTHING =
      List.of(new UidSet.Range(new Uid(1), new Uid(Uid.MAX)));

  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Known known;
  private final Observer observer;
  private final UidTable seen = new UidTable();
  private final Map<List<String>, Flags> flagLists = new HashMap<>();
  private final List<UidSet> vanished = new ArrayList<>();
  private long firstNew = 1;
  private long fresh;
  private long highest;
  private boolean unsure;

  /** Of {@link #questions}, until they are taken. */
  private Optional<Ahead.Answers> answers;

  /** @param answers to {@link #questions}, where these were put already */
  Scanner(
      Session session,
      FolderName folder,
      Mailbox mailbox,
      Known known,
      Observer observer,
      Optional<Ahead.Answers> answers) {
    this.answers = answers;
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
    this.known = known;
    this.observer = observer;
  }

  /**
   * What a scan is likely to ask, before it is known how the mailbox is: more than is needed rather
   * than too little.
   */
  static List<Fetch> questions(
      Session session, Mailbox mailbox, Optional<Checkpoint> since, boolean wantsArrival) {
    var then = countedFrom(session, since);
    if (then.isEmpty()) {
      return List.of(listing(session, mailbox, UidSet.ALL, wantsArrival));
    }
    var questions = new ArrayList<Fetch>();
    if (then.get().uidNext() > 1) {
      questions.add(changed(session, then.get()));
    }
    var fresh = UidSet.from(new Uid(then.get().uidNext()));
    questions.add(listing(session, mailbox, fresh, wantsArrival));
    return questions;
  }

  /** From where changes can be asked for, if the mailbox is still the same. */
  private static Optional<ImapCheckpoint> countedFrom(Session session, Optional<Checkpoint> since) {
    return since
        .flatMap(ImapCheckpoint::parse)
        .filter(then -> session.hasCondstore() && then.modSeq().isPresent());
  }

  Scan scan(Optional<Checkpoint> since) throws FaultException {
    var from = countedFrom(session, since);
    var then = from.filter(this::isUsable);
    if (answers.isPresent() && (from.isPresent() ? then.isEmpty() : mailbox.exists == 0)) {
      answers.get().take(_ -> {}); // not what is needed
      answers = Optional.empty();
    }
    mailbox.gone.begin(then);
    var changes = then.isPresent() ? changes(then.get()) : Optional.<Scan>empty();
    var scan = changes.isPresent() ? changes.get() : everything();
    int altered = mailbox.uploaded.takeAltered();
    if (altered > 0) {
      session
          .connection()
          .context()
          .notices()
          .notice(
              ("%s: the server altered %d of the messages that were just uploaded: it states other"
                      + " sizes or times of arrival. What is here stays as it is.")
                  .formatted(folder, altered));
    }
    return scan;
  }

  /** A counter that went back tells that the server's numbers began anew (quirks 30, 50, 69). */
  private boolean isUsable(ImapCheckpoint then) {
    return mailbox.exists > 0
        && mailbox.validity.isPresent()
        && then.generation().equals(mailbox.generation())
        && mailbox.modSeq.isPresent()
        && mailbox.modSeq.get().compareTo(then.modSeq().get()) >= 0
        && mailbox.uidNext.isPresent()
        && mailbox.uidNext.get().value() >= then.uidNext();
  }

  /** Absent when the answers do not fit together. */
  private Optional<Scan> changes(ImapCheckpoint then) throws FaultException {
    mailbox.watch();
    firstNew = then.uidNext();
    var commands = new ArrayList<Fetch>();
    if (then.uidNext() > 1 && !mailbox.modSeq.equals(since(then))) {
      commands.add(changed(session, then));
    }
    if (mailbox.uidNext.orElseThrow().value() > then.uidNext()) {
      commands.add(listing(UidSet.from(new Uid(then.uidNext()))));
    }
    for (var end : ask(commands)) {
      unsure |= end.condition() != Condition.OK;
    }
    if (unsure || vanished.stream().anyMatch(UidSet::isOpen)) {
      return Optional.empty();
    }
    return mailbox.removed > 0 ? Optional.of(halfway(then)) : counted(then);
  }

  private static Optional<ModSeq> since(ImapCheckpoint then) {
    return then.from().or(then::modSeq);
  }

  private static Fetch changed(Session session, ImapCheckpoint then) {
    return new Fetch(
        Numbering.UID,
        UidSet.range(new Uid(1), new Uid(then.uidNext() - 1)),
        List.of(FetchItem.UID, FetchItem.FLAGS),
        since(then).map(since -> new ChangedSince(since, session.hasQresync())));
  }

  /** The answers, of what was asked ahead or is asked now. */
  private List<Tagged> ask(List<Fetch> commands) throws FaultException {
    if (answers.isPresent()) {
      var sent = answers.get();
      answers = Optional.empty();
      return sent.take(this::see);
    }
    return session.connection().run(commands, session.window(), this::note);
  }

  /** Messages went while the scan was under way; what vanished before is told by the next one. */
  private Scan halfway(ImapCheckpoint then) {
    return new Scan(false, Optional.of(then.text()));
  }

  private Optional<Scan> counted(ImapCheckpoint then) throws FaultException {
    boolean capped = mailbox.mayBeCapped(session);
    if (capped && !Mailbox.isCap(session, mailbox.exists)) {
      return Optional.of(halfway(then)); // what comes while it is open shows beyond the cap
    }
    var ranges = vanished.stream().flatMap(set -> set.ranges().stream()).toList();
    // To look at each range takes a question; at too many, it takes less to look at everything.
    var gone = goneOf(this::hasVanished, ranges.size() > RANGES_MAX ? EVERYTHING : ranges);
    long messages = then.messages() + fresh - gone.size() - forgotten(then, gone);
    // Where some may be hidden, or were, as many may have come up as went.
    if (messages != mailbox.exists || capped || Mailbox.isCap(session, then.messages())) {
      var lookup = new Lookup(session, mailbox);
      Optional<LongPredicate> there = lookup.all();
      if (there.isEmpty()) {
        return Optional.empty();
      }
      long oldest = capped ? lookup.lowest() : 0;
      gone = goneOf(uid -> uid > oldest && !there.get().test(uid), EVERYTHING);
      messages = lookup.count();
    }
    if (capped) {
      tellHidden(mailbox.exists);
    }
    for (var key : gone) {
      observer.vanished(key);
      var uid = Lookup.uid(key);
      mailbox.gone.add(uid, uid);
    }
    return Optional.of(
        new Scan(false, Optional.of(checkpoint(then.uidNext(), messages, then.modSeq()))));
  }

  /** How many went that were counted then, and are known no more. */
  private long forgotten(ImapCheckpoint then, Set<MessageKey> gone) {
    return mailbox
        .gone
        .uids()
        .filter(uid -> uid < then.uidNext()
            && hasVanished(uid)
            && !seen.contains(uid)
            && !gone.contains(new MessageKey(Long.toString(uid))))
        .count();
  }

  private boolean hasVanished(long uid) {
    return vanished.stream().anyMatch(set -> set.contains(new Uid(uid)));
  }

  /**
   * Those of the known messages in these ranges that are gone by this account; never one that this
   * scan has seen.
   */
  private Set<MessageKey> goneOf(LongPredicate isGone, List<UidSet.Range> ranges)
      throws FaultException {
    var gone = new LinkedHashSet<MessageKey>();
    for (var range : ranges) {
      long last = range.last().value();
      for (long from = range.first().value(); from <= last; ) {
        var batch = known.between(from, last, KNOWN_BATCH);
        for (var key : batch) {
          long uid = Lookup.uid(key).value();
          if (isGone.test(uid) && !seen.contains(uid)) {
            gone.add(key);
          }
          from = uid + 1;
        }
        if (batch.size() < KNOWN_BATCH) {
          break;
        }
      }
    }
    return gone;
  }

  private Scan everything() throws FaultException {
    mailbox.watch();
    unsure = false;
    firstNew = 1;
    long before = mailbox.exists;
    // Some servers refuse 1:* where there is nothing (quirk 71).
    if (before > 0) {
      var end = ask(List.of(listing(UidSet.ALL))).getFirst();
      if (end.condition() != Condition.OK) {
        throw new FaultException(
            Faults.refused(Reach.FOLDER, "listing the messages", end).in(folder));
      }
    }
    if (session.showsPart(before)) {
      tellHidden(before);
      return new Scan(false, Optional.empty());
    }
    if (unsure || seen.size() + mailbox.removed < before) {
      session
          .connection()
          .context()
          .notices()
          .notice("%s: the server shows %d messages of %d; none is taken for removed."
              .formatted(folder, seen.size(), before));
      return new Scan(false, Optional.empty());
    }
    if (mailbox.mayBeCapped(session)) {
      tellHidden(before);
      long oldest = seen.lowest();
      for (var key : goneOf(uid -> uid > oldest, EVERYTHING)) {
        observer.vanished(key);
      }
      return new Scan(false, Optional.of(checkpoint(1, seen.size(), Optional.empty())));
    }
    return new Scan(true, Optional.of(checkpoint(1, seen.size(), Optional.empty())));
  }

  private void tellHidden(long shown) {
    if (mailbox.gone.toTell()) {
      session
          .connection()
          .context()
          .notices()
          .notice(("%s: the server shows the newest %,d messages, and hides older ones if there are"
                  + " more; none of those is taken for removed. %s")
              .formatted(
                  folder,
                  shown,
                  session.profile().has(Workaround.CAPPED)
                      ? "Let it show all in the account's settings there (IMAP, folder size limits)."
                      : "Spread them over more folders."));
    }
  }

  private Fetch listing(UidSet messages) {
    return listing(session, mailbox, messages, observer.wantsArrival());
  }

  private static Fetch listing(
      Session session, Mailbox mailbox, UidSet messages, boolean wantsArrival) {
    var items = new ArrayList<>(List.of(FetchItem.UID, FetchItem.FLAGS, FetchItem.SIZE));
    if (wantsArrival || !mailbox.uploaded.isEmpty()) {
      items.add(FetchItem.INTERNALDATE);
    }
    session.contentId().ifPresent(items::add);
    return new Fetch(Numbering.UID, messages, items, Optional.empty());
  }

  /** @param before the modification sequence of the observation before; absent: there is none */
  private Checkpoint checkpoint(long uidNextMin, long messages, Optional<ModSeq> before) {
    long uidNext = Math.max(
        Math.max(uidNextMin, highest + 1), mailbox.uidNext.map(Uid::value).orElse(1L));
    var modSeq = session.hasCondstore() ? mailbox.modSeq : Optional.<ModSeq>empty();
    // What was changed just now may show only later (quirk 30): the next scan asks for it again.
    boolean late = session.profile().has(Workaround.LATE_CHANGES) && !before.equals(modSeq);
    return new ImapCheckpoint(
            mailbox.generation(), uidNext, messages, modSeq, late ? before : Optional.empty())
        .text();
  }

  private void note(Response response) throws FaultException {
    mailbox.note(response);
    see(response);
  }

  private void see(Response response) throws FaultException {
    switch (response) {
      case Response.Fetch fetch
      when fetch.uid().isPresent() && fetch.flags().isPresent() ->
        see(fetch.uid().get().value(), fetch.flags().get(), fetch);
      case Response.Vanished(var earlier, var uids) when earlier -> vanished.add(uids);
      case Response.Malformed _ -> unsure = true;
      case Response _ -> {}
    }
  }

  private void see(long uid, List<String> names, Response.Fetch fetch) throws FaultException {
    if (!seen.add(uid)) {
      return;
    }
    if (uid >= firstNew) {
      fresh++;
    }
    highest = Math.max(highest, uid);
    if (flagLists.size() >= FLAG_LISTS_MAX) {
      flagLists.clear();
    }
    var flags = flagLists.computeIfAbsent(names, Flags::of);
    mailbox.uploaded.compare(uid, fetch, !session.profile().has(Workaround.WRONG_SIZES));
    observer.present(new Sighting(
        new MessageKey(Long.toString(uid)),
        flags,
        fetch.size(),
        fetch.internalDate(),
        false,
        content(fetch)));
  }

  // fetch-emailid-resp = "EMAILID" SP "(" objectid ")" (RFC 8474 section 7); Gmail's is a number.
  private Optional<ContentId> content(Response.Fetch fetch) {
    return session
        .contentId()
        .map(item -> fetch.others().get(item.text()))
        .map(value -> value.startsWith("(") ? value.substring(1, value.length() - 1) : value)
        .filter(value -> !value.isEmpty() && !value.equals("NIL"))
        .map(ContentId::new);
  }
}

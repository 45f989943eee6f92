package io.mailtide.replica.imap;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.Fetch;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Command.Numbering;
import io.mailtide.wire.imap.Command.Store;
import io.mailtide.wire.imap.Command.Store.Change;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One change of flags in the open mailbox: messages with the same change go together. Each flag is
 * set or cleared by itself, so no condition (UNCHANGEDSINCE) is put: it could only refuse what does
 * not conflict.
 */
final class FlagWriter {
  private static final int FLAGS_LENGTH_MAX = 500;

  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Runnable onLast;

  /** The flags that the server told of since the last change of a message. */
  private final Map<Long, Flags> told = new HashMap<>();

  /** @param onLast called before what is most likely the last command */
  FlagWriter(Session session, FolderName folder, Mailbox mailbox, Runnable onLast) {
    this.onLast = onLast;
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
  }

  /** Makes the changes and tells what there is then. */
  Map<MessageKey, Flags> set(List<FlagChange> changes) throws FaultException {
    var additions = new LinkedHashMap<Flags, List<Uid>>();
    var clearances = new LinkedHashMap<Flags, List<Uid>>();
    for (var change : changes) {
      group(additions, change.add(), change.key());
      group(clearances, change.clear(), change.key());
    }
    onLast.run();
    store(additions, clearances);
    var keys = new TreeMap<Long, MessageKey>();
    changes.forEach(change -> keys.put(Lookup.uid(change.key()).value(), change.key()));
    ask(keys.keySet());
    var now = new HashMap<MessageKey, Flags>();
    keys.forEach(
        (uid, key) -> Optional.ofNullable(told.get(uid)).ifPresent(flags -> now.put(key, flags)));
    return now;
  }

  private void group(Map<Flags, List<Uid>> groups, Flags flags, MessageKey key) {
    var possible = mailbox.representable(flags);
    if (!possible.isEmpty()) {
      groups.computeIfAbsent(possible, _ -> new ArrayList<>()).add(Lookup.uid(key));
    }
  }

  private void store(Map<Flags, List<Uid>> additions, Map<Flags, List<Uid>> clearances)
      throws FaultException {
    var commands = commands(Change.SET, additions);
    commands.addAll(commands(Change.CLEAR, clearances));
    if (commands.isEmpty()) {
      return;
    }
    var ends = session.connection().run(commands, session.window(), this::note);
    for (int index = 0; index < ends.size(); index++) {
      if (!isDone(ends.get(index))) {
        refused(commands.get(index), ends.get(index));
      }
    }
    additions.forEach((flags, uids) -> {
      var held = mailbox.representable(flags).names(); // without what was refused
      forget(uids, now -> held.stream().allMatch(now::contains));
    });
    clearances.forEach(
        (flags, uids) -> forget(uids, now -> flags.names().stream().noneMatch(now::contains)));
  }

  /** What does not show what was done may have been told before that. */
  private void forget(List<Uid> uids, Predicate<Flags> showsIt) {
    for (var uid : uids) {
      told.computeIfPresent(uid.value(), (_, now) -> showsIt.test(now) ? now : null);
    }
  }

  private static List<Store> commands(Change change, Map<Flags, List<Uid>> groups) {
    var commands = new ArrayList<Store>();
    groups.forEach((flags, uids) -> {
      for (var names : inLines(flags)) {
        int length = names.stream().mapToInt(name -> name.length() + 1).sum();
        for (var set : UidSet.of(uids).split(Lookup.SET_LENGTH_MAX - length)) {
          commands.add(new Store(set, change, names));
        }
      }
    });
    return commands;
  }

  private static List<List<String>> inLines(Flags flags) {
    var lines = new ArrayList<List<String>>();
    int length = FLAGS_LENGTH_MAX;
    for (var name : flags.names()) {
      length += name.length() + 1;
      if (length > FLAGS_LENGTH_MAX) {
        lines.add(new ArrayList<>());
        length = name.length() + 1;
      }
      lines.getLast().add(name);
    }
    return lines;
  }

  /** That some of the messages are gone is no refusal. */
  private static boolean isDone(Response.Tagged end) {
    return end.condition() == Condition.OK || Faults.is(end.code(), Name.EXPUNGEISSUED);
  }

  /**
   * Tries one flag by one, to find the one that is refused. Servers that say they take any keyword
   * may still refuse one (quirk 10); such a keyword is taken as one that cannot be held. Anything
   * else that is refused is a failure, and found again by the next run.
   */
  private void refused(Store command, Response.Tagged answer) throws FaultException {
    var fault = Faults.refused(Reach.FOLDER, "changing flags", answer).in(folder);
    var name = command.flags().getFirst();
    boolean passing = fault.reach() == Reach.REPLICA
        || Faults.is(answer.code(), Name.INUSE)
        || Faults.is(answer.code(), Name.NOPERM)
        || Faults.is(answer.code(), Name.UNAVAILABLE);
    if (passing || (command.flags().size() == 1 && name.startsWith("\\"))) {
      throw new FaultException(fault);
    }
    if (command.flags().size() == 1) {
      mailbox.refusedKeywords.add(Flags.of(name));
      session
          .connection()
          .context()
          .notices()
          .notice("%s: the server does not keep the keyword %s: %s"
              .formatted(folder, name, answer.text()));
      return;
    }
    for (var one : command.flags()) {
      var alone = new Store(command.messages(), command.change(), List.of(one));
      var end = session.connection().run(alone, this::note);
      if (!isDone(end)) {
        refused(alone, end);
      }
    }
  }

  /** Asks for the flags of those that the server did not tell of (quirk 70). */
  private void ask(Set<Long> uids) throws FaultException {
    var untold =
        uids.stream().filter(uid -> !told.containsKey(uid)).map(Uid::new).toList();
    if (untold.isEmpty() || mailbox.exists == 0) {
      return;
    }
    var commands = new ArrayList<Command>();
    for (var set : UidSet.of(untold).split(Lookup.SET_LENGTH_MAX)) {
      commands.add(
          new Fetch(Numbering.UID, set, List.of(FetchItem.UID, FetchItem.FLAGS), Optional.empty()));
    }
    for (var end : session.connection().run(commands, session.window(), this::note)) {
      if (end.condition() != Condition.OK) {
        throw new FaultException(
            Faults.refused(Reach.FOLDER, "asking for the flags", end).in(folder));
      }
    }
  }

  private void note(Response response) {
    mailbox.note(response);
    if (response instanceof Response.Fetch fetch
        && fetch.uid().isPresent()
        && fetch.flags().isPresent()) {
      told.put(fetch.uid().get().value(), Flags.of(fetch.flags().get()));
    }
  }
}

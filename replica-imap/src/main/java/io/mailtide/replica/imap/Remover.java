package io.mailtide.replica.imap;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.replica.imap.session.Exchange;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.Store;
import io.mailtide.wire.imap.Command.Transfer;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.UidSet;
import io.mailtide.wire.imap.UidValidity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes messages out of the open mailbox: for good, or to another mailbox.
 *
 * <p>Only these messages. A server without UID EXPUNGE can only remove all that are marked as
 * deleted at once, so where another program has marked others, ours are left marked and the failure
 * says so: to remove the others would be to do what nobody asked for, to unmark them would undo
 * what somebody did.
 */
final class Remover {
  private static final String REMOVING = "removing messages";
  private static final String MOVING = "moving messages";

  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Runnable onLast;

  /** @param onLast called before what is most likely the last command */
  Remover(Session session, FolderName folder, Mailbox mailbox, Runnable onLast) {
    this.onLast = onLast;
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
  }

  /** Removes messages for good. */
  void expunge(Collection<MessageKey> keys) throws FaultException {
    var sets = Lookup.sets(keys);
    var marked = run(sets.stream()
        .map(set -> new Store(set, Store.Change.SET_SILENTLY, List.of("\\Deleted")))
        .toList());
    for (var end : marked) {
      check(end, REMOVING);
    }
    var left = session.hasUidplus() ? leftOf(sets, keys) : left(keys);
    if (left.isEmpty()) {
      return;
    }
    // UID EXPUNGE is not offered, or refused (quirk 47), or does nothing (quirk 67).
    checkAlone(left);
    check(session.connection().run(Command.Bare.EXPUNGE, mailbox::note), REMOVING);
    if (!left(left).isEmpty()) {
      throw new FaultException(Fault.of(
              Kind.REFUSED,
              Reach.FOLDER,
              REMOVING,
              "the server says that it removed them, and still shows them",
              "The next run tries again.")
          .in(folder));
    }
  }

  /**
   * Removes what is marked. Not sent ahead of the marks, nor other commands of it: Dovecot, while
   * it has news of another program to tell, would answer OK and not see the marks yet, and shows
   * messages to commands that come along with the one that removes them.
   *
   * @return those of the messages that are there still
   */
  private Set<MessageKey> leftOf(List<UidSet> sets, Collection<MessageKey> keys)
      throws FaultException {
    boolean isTold = session.hasQresync(); // VANISHED names them: nothing is to be asked then
    if (isTold) {
      onLast.run();
    }
    var left = new HashSet<>(keys);
    session
        .connection()
        .run(sets.stream().map(Command.UidExpunge::new).toList(), session.window(), response -> {
          mailbox.note(response);
          if (response instanceof Response.Vanished(var earlier, var uids) && !earlier) {
            left.removeIf(key -> uids.contains(Lookup.uid(key)));
          }
        });
    if (left.isEmpty()) {
      return left;
    }
    if (!isTold) {
      onLast.run();
    }
    return left(left);
  }

  private Set<MessageKey> left(Collection<MessageKey> keys) throws FaultException {
    if (mailbox.exists == 0) {
      return Set.of();
    }
    var left = new HashSet<>(keys);
    left.removeAll(new Lookup(session, mailbox).gone(Set.copyOf(keys)));
    return left;
  }

  /** Makes sure that a plain EXPUNGE would remove none but these. */
  private void checkAlone(Collection<MessageKey> keys) throws FaultException {
    var marked = new Lookup(session, mailbox).deleted();
    keys.forEach(key -> marked.remove(Lookup.uid(key).value()));
    if (!marked.isEmpty()) {
      throw new FaultException(Fault.of(
              Kind.UNSUPPORTED,
              Reach.FOLDER,
              REMOVING,
              ("the server can only remove all messages marked as deleted at once, and another"
                      + " program has marked %d more")
                  .formatted(marked.size()),
              "They stay marked as deleted. Remove or unmark the others with the other program"
                  + " (\"compact\", \"expunge\"); then the next run removes these.")
          .in(folder));
    }
  }

  /**
   * Moves messages.
   *
   * @return their keys there, as far as the server tells them in a way that makes sense
   */
  Map<MessageKey, MessageKey> move(Collection<MessageKey> keys, MailboxName target)
      throws FaultException {
    var copied = new Copied(keys);
    var sets = Lookup.sets(keys);
    session
        .connection()
        .run(new Command.Status(target, List.of(Command.StatusItem.UIDVALIDITY)), copied);
    if (session.hasMove()) {
      sets = transfer(Transfer.Way.MOVE, sets, target, copied);
    }
    if (!sets.isEmpty()) {
      copy(sets, target, copied);
    }
    return copied.keys();
  }

  /** Servers without MOVE, and those whose MOVE fails (quirk 6). */
  private void copy(List<UidSet> sets, MailboxName target, Copied copied) throws FaultException {
    if (!session.hasUidplus()) {
      // First, for a copy whose original cannot be removed would be a second message.
      checkAlone(keys(sets));
    }
    var refused = transfer(Transfer.Way.COPY, sets, target, copied);
    var done = new ArrayList<>(sets);
    done.removeAll(refused);
    if (!done.isEmpty()) {
      expunge(keys(done));
    }
    if (!refused.isEmpty()) {
      throw new FaultException(copied.refusal(folder));
    }
  }

  /**
   * Copies or moves.
   *
   * @return those that were refused, for a reason that may be about this way of doing it
   */
  private List<UidSet> transfer(
      Transfer.Way way, List<UidSet> sets, MailboxName target, Copied copied)
      throws FaultException {
    var commands = sets.stream().map(set -> new Transfer(way, set, target)).toList();
    var ends = session.connection().run(commands, session.window(), copied);
    var refused = new ArrayList<UidSet>();
    for (int index = 0; index < ends.size(); index++) {
      var end = ends.get(index);
      copied.accept(end);
      if (end.condition() != Condition.OK && !Faults.is(end.code(), Name.EXPUNGEISSUED)) {
        refused.add(sets.get(index));
        var fault = Faults.refused(Reach.FOLDER, MOVING, end).in(folder);
        copied.refused = Optional.of(fault);
        if (way == Transfer.Way.MOVE && fault.kind() != Kind.REFUSED) {
          throw new FaultException(fault);
        }
      }
    }
    return refused;
  }

  private List<MessageKey> keys(List<UidSet> sets) {
    var keys = new ArrayList<MessageKey>();
    for (var set : sets) {
      set.numbers(Long.MAX_VALUE).forEach(uid -> keys.add(new MessageKey(Long.toString(uid))));
    }
    return keys;
  }

  private List<Response.Tagged> run(List<? extends Command> commands) throws FaultException {
    return session.connection().run(commands, session.window(), mailbox::note);
  }

  private void check(Response.Tagged end, String doing) throws FaultException {
    if (end.condition() != Condition.OK && !Faults.is(end.code(), Name.EXPUNGEISSUED)) {
      throw new FaultException(Faults.refused(Reach.FOLDER, doing, end).in(folder));
    }
  }

  /** What the server says of copies while it makes them. */
  private final class Copied implements Exchange.Handler {
    private final Map<Long, MessageKey> wanted = new HashMap<>();
    private final Map<MessageKey, MessageKey> keys = new HashMap<>();
    private Optional<UidValidity> validity = Optional.empty();
    private Optional<Fault> refused = Optional.empty();

    Copied(Collection<MessageKey> keys) {
      keys.forEach(key -> wanted.put(Lookup.uid(key).value(), key));
    }

    @Override
    public void accept(Response response) {
      mailbox.note(response);
      switch (response) {
        case Response.MailboxStatus status -> validity = status.uidValidity();
        case Response.Untagged untagged -> untagged.code().ifPresent(this::note);
        case Response.Tagged tagged -> tagged.code().ifPresent(this::note);
        case Response _ -> {}
      }
    }

    /** Numbers of another generation than the mailbox has, or not in pairs, tell nothing (16). */
    private void note(ResponseCode code) {
      if (code instanceof ResponseCode.CopyUid(var of, var source, var target)
          && validity.equals(Optional.of(of))
          && source.count().equals(target.count())
          && source.count().orElse(0) <= wanted.size()) {
        var there = target.numbers(wanted.size()).iterator();
        source.numbers(wanted.size()).forEach(uid -> {
          var to = new MessageKey(Long.toString(there.nextLong()));
          Optional.ofNullable(wanted.get(uid)).ifPresent(key -> keys.put(key, to));
        });
      }
    }

    Map<MessageKey, MessageKey> keys() {
      return keys;
    }

    Fault refusal(FolderName folder) {
      return refused.orElseThrow().in(folder);
    }
  }
}

package io.mailtide.replica.imap;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.Manage;
import io.mailtide.wire.imap.Command.Manage.Verb;
import io.mailtide.wire.imap.Command.Select;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Creates, renames and removes mailboxes. What is removed from them is the server's to keep. */
final class AccountEditor implements ReplicaEditor {
  private final Session session;
  private final Folders folders;

  /** Told before anything is changed. */
  private final Runnable onChange;

  /** What was to be removed and stayed, for there are folders below it. */
  private final Set<FolderName> waiting = new HashSet<>();

  /** @param onChange told before anything is changed */
  AccountEditor(Session session, Folders folders, Runnable onChange) {
    this.onChange = onChange;
    this.session = session;
    this.folders = folders;
  }

  @Override
  public void create(FolderName name) throws FaultException {
    var doing = "creating the folder";
    if (name.equals(FolderName.INBOX) || folders.isListed(name)) {
      return;
    }
    onChange.run();
    var mailbox = folders.newMailbox(name, doing);
    var use = folders.use(name);
    var answer = use.isPresent() && session.can("CREATE-SPECIAL-USE")
        ? run(new Command.CreateForUse(mailbox, use.get().attribute()))
        : run(new Manage(Verb.CREATE, mailbox));
    if (answer.condition() != Condition.OK && !folders.exists(mailbox)) {
      // Servers should make what is above it, and some do not.
      createAbove(name);
      answer = run(new Manage(Verb.CREATE, mailbox));
      if (answer.condition() != Condition.OK) {
        throw refused(name, doing, answer);
      }
    }
    folders.add(name, mailbox);
    subscribe(Verb.SUBSCRIBE, List.of(mailbox));
  }

  private void createAbove(FolderName name) throws FaultException {
    for (int depth = 1; depth < name.segments().size(); depth++) {
      var above = new FolderName(name.segments().subList(0, depth));
      run(new Manage(Verb.CREATE, folders.newMailbox(above, "creating the folder")));
    }
  }

  private FaultException refused(FolderName name, String doing, Response.Tagged answer) {
    var fault = Faults.refused(Reach.FOLDER, doing, answer).in(name);
    return new FaultException(
        fault.kind() == Kind.REFUSED
            ? Fault.of(
                    Kind.REFUSED,
                    Reach.FOLDER,
                    doing,
                    fault.said(),
                    "If it is the name that the server cannot take, rename it on this machine.")
                .in(name)
            : fault);
  }

  /** New mailboxes are subscribed to, for many programs show no others; it is no harm if not. */
  private void subscribe(Verb verb, List<MailboxName> mailboxes) throws FaultException {
    var commands = mailboxes.stream().map(mailbox -> new Manage(verb, mailbox)).toList();
    session.connection().run(commands, session.window(), response -> {});
  }

  @Override
  public void rename(FolderName from, FolderName to) throws FaultException {
    var doing = "renaming the folder to " + to;
    if (from.equals(FolderName.INBOX)) {
      throw new FaultException(Fault.of(
              Kind.UNSUPPORTED,
              Reach.FOLDER,
              doing,
              "a server has an INBOX always",
              "Give it its name back on this machine.")
          .in(from));
    }
    onChange.run();
    var source = folders.mailbox(from);
    var target = folders.newMailbox(to, doing);
    if (folders.exists(target)) {
      throw collision(to, doing, "there is a folder of that name");
    }
    var moving = folders.within(from);
    moving.put(from, source);
    leave(moving.values());
    var answer = run(new Command.Rename(source, target));
    if (answer.condition() != Condition.OK && Faults.kind(answer.code()) == Kind.REFUSED) {
      createAbove(to);
      answer = run(new Command.Rename(source, target));
    }
    if (answer.condition() != Condition.OK) {
      throw Faults.kind(answer.code()) == Kind.COLLISION
          ? collision(to, doing, answer.text())
          : refused(from, doing, answer);
    }
    var renamed = new ArrayList<MailboxName>();
    for (var entry : moving.entrySet()) {
      var name = entry.getKey().renamed(from, to);
      var rest = entry.getValue().text().substring(source.text().length());
      var mailbox = MailboxName.of(target.text() + rest);
      folders.remove(entry.getKey());
      folders.add(name, mailbox);
      renamed.add(mailbox);
    }
    subscribe(Verb.SUBSCRIBE, renamed);
    subscribe(Verb.UNSUBSCRIBE, List.copyOf(moving.values()));
  }

  private static FaultException collision(FolderName to, String doing, String said) {
    return new FaultException(
        Fault.of(Kind.COLLISION, Reach.FOLDER, doing, said, "Rename one of the two.")
            .in(to));
  }

  /** Some servers end the session of one who has a mailbox open that goes away. */
  private void leave(Collection<MailboxName> mailboxes) throws FaultException {
    if (!folders.isOpen(mailboxes)) {
      return;
    }
    folders.opened(Optional.empty());
    boolean quiet = session.can("UNSELECT") || session.can("IMAP4rev2");
    run(
        quiet
            ? Command.Bare.UNSELECT
            : new Select(Select.Access.READ_ONLY, MailboxName.INBOX, Select.Tracking.Simple.NONE));
  }

  /**
   * The server is asked how many messages there are just before; there is no command that would ask
   * and remove at once. Folders below it stay, by RFC 9051 section 6.3.5; where a server is known
   * to take them along, or removes none that has any, such a folder is left alone until those below
   * it are removed.
   */
  @Override
  public void removeEmpty(FolderName name) throws FaultException {
    if (name.equals(FolderName.INBOX)) {
      return;
    }
    onChange.run();
    var mailbox = folders.mailbox(name);
    leave(List.of(mailbox));
    if (!isEmpty(mailbox)) {
      return;
    }
    if (session.profile().has(Workaround.FOLDED_NAMES) && folders.hasChildren(mailbox)) {
      waiting.add(name);
      return;
    }
    var answer = run(new Manage(Verb.DELETE, mailbox));
    if (answer.condition() != Condition.OK
        && Faults.kind(answer.code()) != Kind.NOT_FOUND
        && folders.exists(mailbox)) {
      var refusal = Faults.refused(Reach.FOLDER, "removing the folder", answer).in(name);
      if (refusal.reach() == Reach.FOLDER && folders.hasChildren(mailbox)) {
        waiting.add(name);
        return;
      }
      throw new FaultException(refusal);
    }
    folders.remove(name);
    subscribe(Verb.UNSUBSCRIBE, List.of(mailbox));
    removeAbove(name);
  }

  private void removeAbove(FolderName name) throws FaultException {
    int depth = name.segments().size() - 1;
    if (depth > 0) {
      var above = new FolderName(name.segments().subList(0, depth));
      if (waiting.remove(above)) {
        removeEmpty(above);
      } else {
        removeAbove(above);
      }
    }
  }

  private boolean isEmpty(MailboxName mailbox) throws FaultException {
    var messages = new ArrayList<OptionalLong>();
    session
        .connection()
        .run(new Command.Status(mailbox, List.of(Command.StatusItem.MESSAGES)), response -> {
          if (response instanceof Response.MailboxStatus status) {
            messages.add(status.messages());
          }
        });
    return messages.equals(List.of(OptionalLong.of(0)));
  }

  private Response.Tagged run(Command command) throws FaultException {
    return session.connection().run(command, response -> {});
  }

  /** Only a new observation tells how the server counts our changes. */
  @Override
  public Map<FolderName, Checkpoint> settle(Set<FolderName> folders) {
    return Map.of();
  }

  /** Nothing: what was removed is gone, or in the Trash, which is the user's. */
  @Override
  public void purgeRemoved(Instant then) {}
}

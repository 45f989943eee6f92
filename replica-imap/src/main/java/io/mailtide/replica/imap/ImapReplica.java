package io.mailtide.replica.imap;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Traffic;
import io.mailtide.replica.imap.ServerProfile.Workaround;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.ListMailboxes;
import io.mailtide.wire.imap.Command.Select;
import io.mailtide.wire.imap.Command.Select.Tracking;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.Response.ListEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/** An account at a server, over one connection. */
final class ImapReplica implements Replica {
  private final Session session;
  private SequencedMap<FolderName, MailboxName> names = new TreeMap<>();
  private Optional<Character> delimiter = Optional.empty();

  ImapReplica(Session session) {
    this.session = session;
  }

  @Override
  public List<FolderSummary> folders(Map<FolderName, Observed> known) throws FaultException {
    var listing = Listing.of(session, known);
    names = listing.names();
    delimiter = listing.delimiter();
    return listing.summaries();
  }

  /**
   * A folder that was not listed is asked for all the same: that it is missing from a list does not
   * prove it gone.
   */
  @Override
  public ReplicaFolder open(FolderName name, Access access) throws FaultException {
    var listed = names.get(name);
    var mailbox = listed == null ? FolderNames.mailbox(name, session.prefix(), delimiter) : listed;
    var opened = new Mailbox(mailbox);
    var answer = session.connection().run(select(mailbox), opened::note);
    if (answer.condition() == Condition.OK) {
      return new ImapFolder(session, name, opened);
    }
    var refused = Faults.refused(
            Reach.FOLDER, "opening the folder at " + session.connection().account(), answer)
        .in(name);
    if (listed == null && refused.reach() == Reach.FOLDER && !lists(mailbox)) {
      refused = Fault.of(Kind.NOT_FOUND, Reach.FOLDER, refused.doing(), answer.text(), "")
          .in(name);
    }
    throw new FaultException(refused);
  }

  private boolean lists(MailboxName mailbox) throws FaultException {
    var found = new ArrayList<ListEntry>();
    session.connection().run(ListMailboxes.plain("", mailbox.text()), response -> {
      if (response instanceof ListEntry entry && entry.name().equals(mailbox)) {
        found.add(entry);
      }
    });
    return !found.isEmpty();
  }

  /**
   * Opens for reading only, so that nothing is marked; where that misleads the server, for writing
   * (quirk 61).
   */
  private Command select(MailboxName mailbox) {
    var access = session.profile().has(Workaround.SELECT)
        ? Select.Access.READ_WRITE
        : Select.Access.READ_ONLY;
    boolean ask = session.hasCondstore() && session.enabled().words().isEmpty();
    return new Select(access, mailbox, ask ? Tracking.Simple.CONDSTORE : Tracking.Simple.NONE);
  }

  @Override
  public Optional<ReplicaEditor> editor() {
    return Optional.empty();
  }

  @Override
  public Traffic traffic() {
    return session.connection().traffic();
  }

  @Override
  public void close() {
    session.connection().logout();
  }
}

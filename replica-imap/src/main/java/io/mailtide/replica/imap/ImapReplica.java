package io.mailtide.replica.imap;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Traffic;
import io.mailtide.replica.imap.session.Account.Removals;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.Lanes;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.Select;
import io.mailtide.wire.imap.Command.Select.Tracking;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An account at a server. What is changed is changed over the first of its connections. */
final class ImapReplica implements Replica {
  private final Lanes lanes;
  private final Session session;
  private final Folders folders;
  private final AccountEditor editor;
  private final Trash trash;
  private final Ahead ahead;

  /** @param removals what becomes of removed messages */
  ImapReplica(Lanes lanes, Removals removals, SpecialFolders special) {
    this.lanes = lanes;
    session = lanes.first();
    folders = new Folders(session, special);
    ahead = new Ahead(lanes, folders);
    editor = new AccountEditor(session, folders, ahead::changing);
    trash = new Trash(removals, session, editor, folders);
  }

  @Override
  public List<FolderSummary> folders(Map<FolderName, Observed> known) throws FaultException {
    return folders.list(known);
  }

  @Override
  public Optional<Appearance> appearance() throws FaultException {
    return folders.appearance();
  }

  /**
   * A folder that was not listed is asked for all the same: that it is missing from a list does not
   * prove it gone.
   */
  @Override
  public ReplicaFolder open(FolderName name, Access access) throws FaultException {
    if (access == Access.CHANGE) {
      ahead.changing();
    }
    var place = ahead.open(name, access);
    if (place.isPresent()) {
      return opened(place.get().session, name, place.get().mailbox, access == Access.CHANGE);
    }
    var opened = folders.toOpen(name);
    if (folders.isAnother(name, opened.name)) {
      throw new FaultException(Fault.of(
              Kind.NOT_FOUND,
              Reach.FOLDER,
              "opening the folder at " + session.connection().account(),
              "it is known here by another name",
              "")
          .in(name));
    }
    boolean change = access == Access.CHANGE;
    var answer = select(opened, change);
    if (change && Faults.kind(answer.code()) == Kind.NO_ACCESS) {
      change = false;
      answer = select(opened, false);
    }
    folders.opened(Optional.of(opened.name));
    if (answer.condition() == Condition.OK) {
      return opened(session, name, opened, change && !opened.readOnly);
    }
    var refused = Faults.refused(
            Reach.FOLDER, "opening the folder at " + session.connection().account(), answer)
        .in(name);
    if (!folders.isListed(name)
        && refused.reach() == Reach.FOLDER
        && !folders.exists(opened.name)) {
      refused = Fault.of(Kind.NOT_FOUND, Reach.FOLDER, refused.doing(), answer.text(), "")
          .in(name);
    }
    throw new FaultException(refused);
  }

  private ImapFolder opened(Session over, FolderName name, Mailbox mailbox, boolean editable) {
    if (over.equals(session)) {
      folders.opened(Optional.of(mailbox.name));
    }
    var editor = editable
        ? Optional.of(new MailboxEditor(session, name, mailbox, folders, trash, ahead))
        : Optional.<MailboxEditor>empty();
    var folder = new ImapFolder(over, name, mailbox, editor, ahead);
    over.ahead().onReturn(() -> folder.reopen(editable));
    return folder;
  }

  private Response.Tagged select(Mailbox opened, boolean change) throws FaultException {
    var answer = session.connection().run(select(session, opened.name, change), opened::note);
    opened.note(answer);
    return answer;
  }

  /**
   * Opens for reading only where nothing shall be changed, so that nothing is marked; where that
   * misleads the server, for writing (quirk 61).
   */
  static Select select(Session session, MailboxName mailbox, boolean change) {
    var access = change || session.profile().has(Workaround.SELECT)
        ? Select.Access.READ_WRITE
        : Select.Access.READ_ONLY;
    boolean ask = session.hasCondstore() && session.enabled().words().isEmpty();
    return new Select(access, mailbox, ask ? Tracking.Simple.CONDSTORE : Tracking.Simple.NONE);
  }

  @Override
  public void expect(Expectations expected) {
    ahead.expect(expected);
  }

  @Override
  public Optional<ReplicaEditor> editor() {
    return Optional.of(editor);
  }

  @Override
  public Traffic traffic() {
    return lanes.traffic();
  }

  @Override
  public void close() {
    lanes.close();
  }
}

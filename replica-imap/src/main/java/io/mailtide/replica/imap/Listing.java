package io.mailtide.replica.imap;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.ListOption;
import io.mailtide.wire.imap.Command.StatusItem;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.Response.ListEntry;
import io.mailtide.wire.imap.Response.MailboxStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The mailboxes of an account, and which of them have not changed. */
final class Listing {
  /** What Exchange calls folders that hold no mail, in English. */
  private static final Set<String> NON_MAIL = Set.of("calendar", "contacts", "files");

  private static final Command.ListMailboxes PLAIN = Command.ListMailboxes.plain("", "*");

  private final Session session;
  private final Map<FolderName, Observed> known;
  private final SpecialFolders special;
  private final SequencedMap<MailboxName, ListEntry> entries = new LinkedHashMap<>();
  private final Map<MailboxName, MailboxStatus> statuses = new HashMap<>();
  private SequencedMap<FolderName, MailboxName> names = new LinkedHashMap<>();

  private Listing(Session session, Map<FolderName, Observed> known, SpecialFolders special) {
    this.session = session;
    this.known = known;
    this.special = special;
  }

  /** Asks the server. */
  static Listing of(Session session, Map<FolderName, Observed> known, SpecialFolders special)
      throws FaultException {
    var listing = new Listing(session, known, special);
    listing.ask();
    return listing;
  }

  /** Which mailbox stands for each folder, in the server's order. */
  SequencedMap<FolderName, MailboxName> names() {
    return names;
  }

  /** What separates the segments of the server's names; absent where it has no hierarchy. */
  Optional<Character> delimiter() {
    return entries.values().stream()
        .flatMap(entry -> entry.delimiter().stream())
        .findFirst();
  }

  List<FolderSummary> summaries() {
    var summaries = new ArrayList<FolderSummary>();
    names.forEach((folder, mailbox) ->
        summaries.add(new FolderSummary(folder, isUnchanged(folder, mailbox))));
    return summaries;
  }

  private void ask() throws FaultException {
    // Without anything to compare it with, the condition
    // of mailboxes is not worth the server's work.
    boolean withStatus = session.hasListStatus() && !known.isEmpty();
    // Many servers tell uses only when they are asked for them.
    boolean withUses = session.can("SPECIAL-USE") && !special.isEmpty();
    var extended = new Command.ListMailboxes(
        List.of(),
        "",
        List.of("*"),
        withUses ? List.of(ListOption.SPECIAL_USE) : List.of(),
        withStatus ? items() : List.of());
    if (!(withStatus || withUses) || !list(extended)) {
      entries.clear();
      withStatus = false;
      list(PLAIN);
    }
    names = special.rename(
        entries.values(), FolderNames.of(List.copyOf(entries.values()), session.prefix()));
    if (session.profile().has(Workaround.NON_MAIL_FOLDERS)) {
      names.keySet().removeIf(folder -> isNonMail(folder) && !known.containsKey(folder));
    }
    if (!withStatus) {
      askEach();
    }
  }

  /** They are listed as others, and what is in them cannot be fetched (quirk 13). */
  private static boolean isNonMail(FolderName folder) {
    return NON_MAIL.contains(folder.segments().getFirst().toLowerCase(Locale.ROOT));
  }

  /**
   * Whether the list can be used. One without INBOX came from a server that stumbled over the
   * question (quirk 56).
   */
  private boolean list(Command.ListMailboxes command) throws FaultException {
    var answer = session.connection().run(command, this::note);
    if (answer.condition() == Condition.OK) {
      return entries.containsKey(MailboxName.INBOX);
    }
    var refusal = Faults.refused(
        Reach.REPLICA, "listing the folders of " + session.connection().account(), answer);
    if (command.equals(PLAIN)) {
      throw new FaultException(refusal);
    }
    return false;
  }

  /** Asks one by one, where the answer may prove something. */
  private void askEach() throws FaultException {
    var commands = new ArrayList<Command>();
    names.forEach((folder, mailbox) -> {
      var then = checkpoint(folder);
      if (then.isPresent() && (session.hasCondstore() || then.get().messages() == 0)) {
        commands.add(new Command.Status(mailbox, items()));
      }
    });
    if (!commands.isEmpty()) {
      session.connection().run(commands, session.window(), this::note);
    }
  }

  private List<StatusItem> items() {
    var items =
        new ArrayList<>(List.of(StatusItem.MESSAGES, StatusItem.UIDNEXT, StatusItem.UIDVALIDITY));
    if (session.hasCondstore()) {
      items.add(StatusItem.HIGHESTMODSEQ);
    }
    return items;
  }

  private void note(Response response) {
    switch (response) {
      case ListEntry entry -> entries.put(entry.name(), entry);
      case MailboxStatus status -> statuses.put(status.name(), status);
      case Response _ -> {}
    }
  }

  private Optional<ImapCheckpoint> checkpoint(FolderName folder) {
    return Optional.ofNullable(known.get(folder))
        .flatMap(observed -> ImapCheckpoint.parse(observed.checkpoint()));
  }

  /**
   * Only what the server states counts: without modification sequences, only emptiness stays the
   * same for certain.
   */
  private boolean isUnchanged(FolderName folder, MailboxName mailbox) {
    var status = Optional.ofNullable(statuses.get(mailbox));
    return checkpoint(folder).isPresent()
        && status.isPresent()
        && isUnchanged(checkpoint(folder).get(), status.get());
  }

  private boolean isUnchanged(ImapCheckpoint then, MailboxStatus now) {
    boolean same = now.uidValidity()
            .map(value -> value.toString().equals(then.generation()))
            .orElse(false)
        && now.uidNext().map(uid -> uid.value() == then.uidNext()).orElse(false)
        && now.messages().orElse(-1) == then.messages();
    boolean sameChanges = session.hasCondstore()
        && now.highestModSeq().isPresent()
        && now.highestModSeq().equals(then.modSeq())
        && then.from().isEmpty();
    return same && (sameChanges || then.messages() == 0);
  }
}

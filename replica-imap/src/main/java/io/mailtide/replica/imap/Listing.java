package io.mailtide.replica.imap;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.ListOption;
import io.mailtide.wire.imap.Command.StatusItem;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.ModSeq;
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

  /** What attributes say of a mailbox that may hold something new. */
  private static final Set<String> INTEREST = Set.of("\\marked", "\\unmarked");

  private static final Command.ListMailboxes PLAIN = Command.ListMailboxes.plain("", "*");

  private final Session session;
  private final Map<FolderName, Observed> known;
  private final SpecialFolders special;
  private final SequencedMap<MailboxName, ListEntry> entries = new LinkedHashMap<>();
  private final Map<MailboxName, MailboxStatus> statuses = new HashMap<>();
  private SequencedMap<FolderName, MailboxName> names = new LinkedHashMap<>();

  /** Whether the server did not answer the question for all at once (quirk 56). */
  private boolean stumbled;

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

  /**
   * Asks the server for all that it tells of its mailboxes at once; absent where that proves
   * nothing: without modification sequences, or where they or UIDs are not what they should be.
   */
  static Optional<Listing> ofAll(Session session, SpecialFolders special) throws FaultException {
    if (!session.hasListStatus()
        || !session.hasCondstore()
        || session.profile().has(Workaround.LATE_CHANGES)
        || session.profile().has(Workaround.UNSTEADY_UIDS)) {
      return Optional.empty();
    }
    var listing = new Listing(session, Map.of(), special);
    listing.stumbled = !listing.list(listing.extended(true));
    return Optional.of(listing);
  }

  /**
   * The same answers of the server, seen by what is known. Where it stumbled over the question, it
   * is put in plain words, and not once more.
   */
  Listing seenBy(Map<FolderName, Observed> known) throws FaultException {
    var listing = new Listing(session, known, special);
    if (stumbled) {
      listing.askPlainly();
      return listing;
    }
    listing.entries.putAll(entries);
    listing.statuses.putAll(statuses);
    listing.name();
    return listing;
  }

  /**
   * By all that the names and conditions of folders follow from: what the server said, whom it said
   * it to, and how it is read. Absent where it did not state enough of a mailbox for any change of
   * it to show. Whether it thinks that something of interest happened is of none here.
   */
  Optional<Appearance> appearance() {
    if (stumbled) {
      return Optional.empty();
    }
    var text = new StringBuilder()
        .append(session.connection().account())
        .append('\0')
        .append(session.profile())
        .append('\0')
        .append(session.prefix())
        .append('\0')
        .append(special)
        .append('\0');
    for (var entry : entries.values()) {
      text.append(entry.name().text()).append('\0').append(entry.delimiter().orElse('\0'));
      for (var attribute : entry.attributes()) {
        if (!INTEREST.contains(attribute.toLowerCase(Locale.ROOT))) {
          text.append(attribute);
        }
      }
      if (Folders.isOpenable(entry)) {
        var status = Optional.ofNullable(statuses.get(entry.name())).filter(Listing::tellsChanges);
        if (status.isEmpty()) {
          return Optional.empty();
        }
        write(status.get(), text);
      }
      text.append('\0');
    }
    return Optional.of(Appearance.of(text.toString()));
  }

  private static void write(MailboxStatus status, StringBuilder text) {
    text.append(' ')
        .append(status.uidValidity().orElseThrow().value())
        .append(' ')
        .append(status.uidNext().orElseThrow().value())
        .append(' ')
        .append(status.messages().getAsLong())
        .append(' ')
        .append(status.highestModSeq().map(ModSeq::value).orElse(0L));
  }

  private static boolean tellsChanges(MailboxStatus status) {
    return status.uidValidity().isPresent()
        && status.uidNext().isPresent()
        && status.messages().isPresent()
        && (status.highestModSeq().isPresent() || status.messages().getAsLong() == 0);
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
    if (!(withStatus || withUses()) || !list(extended(withStatus))) {
      askPlainly();
      return;
    }
    name();
    if (!withStatus) {
      askEach();
    }
  }

  private void askPlainly() throws FaultException {
    entries.clear();
    list(PLAIN);
    name();
    askEach();
  }

  /** Many servers tell uses only when they are asked for them. */
  private boolean withUses() {
    return session.can("SPECIAL-USE") && !special.isEmpty();
  }

  private Command.ListMailboxes extended(boolean withStatus) {
    return new Command.ListMailboxes(
        List.of(),
        "",
        List.of("*"),
        withUses() ? List.of(ListOption.SPECIAL_USE) : List.of(),
        withStatus ? items() : List.of());
  }

  private void name() {
    names = special.rename(
        entries.values(), FolderNames.of(List.copyOf(entries.values()), session.prefix()));
    if (session.profile().has(Workaround.NON_MAIL_FOLDERS)) {
      names.keySet().removeIf(folder -> isNonMail(folder) && !known.containsKey(folder));
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

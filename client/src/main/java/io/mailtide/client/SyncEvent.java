package io.mailtide.client;

import io.mailtide.engine.Auditor.Count;
import io.mailtide.engine.Auditor.Finding;
import io.mailtide.engine.Auditor.Outcome;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.mapi.HResult;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What happens while stores synchronise, in numbers and in words for people. Free of secrets. */
public sealed interface SyncEvent
    permits SyncEvent.SyncProgress,
        SyncEvent.SyncError,
        SyncEvent.SyncPlanned,
        SyncEvent.AuditFinding,
        SyncEvent.AuditDone,
        SyncEvent.StoreDone,
        OutgoingMail.Message {
  /** The name of the store it is about. */
  String store();

  /** What a store is doing. */
  enum Phase {
    /** The store does not say. */
    WORKING,
    /** Its turn has not come. */
    WAITING,
    CONNECTING,
    LISTING,
    COMPARING,
    /** An audit reads messages. */
    READING,
    TRANSFERRING,
    /** The messages of the Outbox go out. */
    SENDING,
    FINISHING
  }

  /** How grave an error is. */
  enum Severity {
    /** The run goes on, and all that can be done is done. */
    WARNING,
    /** Something could not be done. */
    ERROR
  }

  /**
   * A result as the contract states it.
   *
   * @param name for instance {@code MAPI_E_LOGON_FAILED}; the number where it has no name
   * @param value the 32 bits; negative: a failure
   */
  record Code(String name, int value) {
    static Code of(HResult result) {
      return new Code(result.name().orElseGet(result::hex), result.code());
    }

    /** Whether it is a failure. */
    public boolean failed() {
      return value < 0;
    }

    /** The 32 bits, written {@code 0x80040111}. */
    public String hex() {
      return new HResult(value).hex();
    }

    /** The name and the number: {@code MAPI_E_LOGON_FAILED (0x80040111)}. */
    @Override
    public String toString() {
      return new HResult(value).toString();
    }
  }

  /**
   * Where a store is. No number ever falls during a run, and no done number passes its total. The
   * totals of messages and bytes are known when {@link Phase#TRANSFERRING} begins.
   *
   * @param step the current step, for people: "Copying 120 of 6,046 messages, INBOX"
   * @param folder the folder in hand, where there is one
   * @param index the position over all, of {@code indexMax}
   * @param indexMax the position that means complete; may grow while work is discovered
   * @param foldersDone folders listed and compared, of {@code folders}
   * @param messagesDone messages copied, changed, removed or given up, of {@code messages}
   * @param bytesDone bytes of message bodies copied or given up, of {@code bytes} as the server
   *     states the sizes
   */
  record SyncProgress(
      String store,
      Phase phase,
      String step,
      Optional<String> folder,
      long index,
      long indexMax,
      long foldersDone,
      long folders,
      long messagesDone,
      long messages,
      long bytesDone,
      long bytes)
      implements SyncEvent {

    /** The same at this step and position, as the contract reports them. */
    SyncProgress at(String step, long index, long indexMax) {
      return new SyncProgress(
          store,
          phase,
          step,
          folder,
          index,
          indexMax,
          foldersDone,
          folders,
          messagesDone,
          messages,
          bytesDone,
          bytes);
    }

    /** What is known of a store that only says what the contract has it say. */
    static SyncProgress plain(String store) {
      return nothing(store, Phase.WORKING, "");
    }

    private static SyncProgress nothing(String store, Phase phase, String step) {
      return new SyncProgress(store, phase, step, Optional.empty(), 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** A task that has not begun; the step says for what it waits, if for anything. */
    static SyncProgress waiting(String store, String step) {
      return nothing(store, Phase.WAITING, step);
    }
  }

  /**
   * An error or a warning.
   *
   * @param folder the folder it happened in, where there is one
   * @param message the message it is about, as the server numbers it, where there is one
   * @param kind what went wrong, in one word or two for programs: {@code sign-in},
   *     {@code disk-full}; {@code other} where the store does not say
   * @param doing what was being done, as a clause; empty where the store does not say
   * @param said what the server or the system said, or all that the store says; may be empty
   * @param next what happens next, or what the user must do; may be empty
   */
  record SyncError(
      String store,
      Optional<String> folder,
      Optional<String> message,
      Code code,
      String kind,
      Severity severity,
      String doing,
      String said,
      String next)
      implements SyncEvent {

    static SyncError of(String store, Fault fault, Severity severity) {
      return new SyncError(
          store,
          fault.folder().map(FolderName::text),
          fault.message().map(MessageKey::value),
          Code.of(Verdicts.result(fault.kind())),
          fault.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          severity,
          fault.doing(),
          fault.said(),
          fault.next());
    }

    /** What is known of an error of a store that only says what the contract has it say. */
    static SyncError plain(String store, HResult result, String text) {
      return new SyncError(
          store,
          Optional.empty(),
          Optional.empty(),
          Code.of(result),
          "other",
          result.failed() ? Severity.ERROR : Severity.WARNING,
          "",
          text,
          "");
    }

    /** The exit code of a program that ends with this. */
    public int exitCode() {
      return Verdicts.exitCode(new HResult(code.value()));
    }

    /**
     * All of it in a line or two for people: "work, INBOX: fetching message 12: no such message. It
     * is tried again."
     */
    public String text() {
      if (doing.isEmpty()) {
        return said;
      }
      var text = new StringBuilder(store);
      // The Outbox is the one folder that sending is about: once is enough.
      folder
          .filter(name -> !(name.equals(store) && store.equals(OutgoingMail.NAME)))
          .ifPresent(name -> text.append(", ").append(name));
      text.append(": ").append(doing);
      if (!said.isEmpty()) {
        text.append(": ").append(said);
      }
      if (!next.isEmpty()) {
        text.append(".!?".indexOf(text.charAt(text.length() - 1)) < 0 ? ". " : " ")
            .append(next);
      }
      return text.toString();
    }
  }

  /**
   * Something that a run would do; told by a dry run, which does nothing.
   *
   * @param act what: {@code create-folder}, {@code rename-folder}, {@code remove-folder},
   *     {@code copy}, {@code flag}, {@code move}, {@code remove} or {@code send}
   * @param here whether it would be done on this machine; else at the server
   * @param folder the folder that would change, or that the message would leave
   * @param message the message, by its key on the side where it is; absent where it is about the
   *     folder
   * @param to the folder's new name, or the folder that the message would be moved to
   * @param add flags and keywords that the message would be given, in order
   * @param clear flags and keywords that it would lose, in order
   * @param size in bytes, of a message that would be copied, where it is known
   */
  record SyncPlanned(
      String store,
      String act,
      boolean here,
      String folder,
      Optional<String> message,
      Optional<String> to,
      List<String> add,
      List<String> clear,
      OptionalLong size)
      implements SyncEvent {
    static SyncPlanned of(String store, Planned planned) {
      return new SyncPlanned(
          store,
          planned.act().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          planned.side() == Side.NEAR,
          planned.folder().text(),
          planned.message().map(MessageKey::value),
          planned.to().map(FolderName::text),
          List.copyOf(planned.add().names()),
          List.copyOf(planned.clear().names()),
          planned.size());
    }
  }

  /**
   * A difference between the sides, found by an audit.
   *
   * @param kind {@code folder-missing}, {@code missing}, {@code changed}, {@code doubled},
   *     {@code flags} or {@code unreadable}
   * @param here whether it is this machine that lacks something, has it too often, changed or
   *     cannot hand it over; else the server
   * @param localKey the message's key here, where it is here
   * @param serverKey the message's key at the server, where it is there
   * @param digest SHA-256 of the message in CRLF form, in hexadecimal digits, where there is one
   * @param pending whether the next ordinary run finds it and acts upon it
   * @param left whether it was found after a repair
   * @param what what is different, for people
   */
  record AuditFinding(
      String store,
      String kind,
      String folder,
      boolean here,
      Optional<String> localKey,
      Optional<String> serverKey,
      Optional<String> digest,
      boolean pending,
      boolean left,
      String what)
      implements SyncEvent {
    static AuditFinding of(String store, Finding finding, boolean left) {
      return new AuditFinding(
          store,
          finding.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          finding.folder().text(),
          finding.side() == Side.NEAR,
          finding.near().map(MessageKey::value),
          finding.far().map(MessageKey::value),
          finding.digest(),
          finding.pending(),
          left,
          finding.what());
    }
  }

  /**
   * What the audit of a store came to.
   *
   * @param folders folders that were compared
   * @param messagesHere messages read here
   * @param messagesThere messages read at the server
   * @param differences what was found
   * @param pending of these, what the next ordinary run acts upon
   * @param left what was left after a repair; absent where there was none
   * @param failed folders that could not be compared
   */
  record AuditDone(
      String store,
      long folders,
      long messagesHere,
      long messagesThere,
      long differences,
      long pending,
      OptionalLong left,
      long failed)
      implements SyncEvent {
    static AuditDone of(String store, Outcome outcome) {
      var found = outcome.found();
      return new AuditDone(
          store,
          found.folders(),
          found.near(),
          found.far(),
          found.differences(),
          found.pending(),
          outcome
              .left()
              .map(Count::differences)
              .map(OptionalLong::of)
              .orElseGet(OptionalLong::empty),
          outcome.left().orElse(found).failed());
    }
  }

  /**
   * A store's synchronisation is over; the last event of that store.
   *
   * @param exitCode the documented exit code that belongs to it
   * @param copied messages copied from the server
   * @param sent messages copied to the server
   * @param moved messages moved to another folder, as they were on the other side
   * @param flagged messages whose flags changed
   * @param removed messages removed, here to the undo area or at the server
   * @param failed messages or folders that could not be brought in step and are tried again later
   * @param withheld changes that wait for a run that goes their way
   * @param leftOut messages not carried across, for they are too large or too old
   * @param bytesIn bytes received from the server, as on the wire
   * @param bytesOut bytes sent to the server, as on the wire
   * @param roundTrips times that the server's answer had to be waited for
   */
  record StoreDone(
      String store,
      Code code,
      int exitCode,
      long copied,
      long sent,
      long moved,
      long flagged,
      long removed,
      long failed,
      long withheld,
      long leftOut,
      long bytesIn,
      long bytesOut,
      long roundTrips,
      Duration duration)
      implements SyncEvent {

    /** What is known of a store that only says what the contract has it say. */
    static StoreDone plain(String store, HResult result) {
      return new StoreDone(
          store,
          Code.of(result),
          Verdicts.exitCode(result),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          Duration.ZERO);
    }
  }
}

package io.mailtide.engine.outgoing;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Job;
import io.mailtide.engine.send.Submission;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.state.OutgoingMail;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes one message in. It is staged and hardened; one commit records it with its envelope; then it
 * is published. Killed before the commit, it was never there, and its sender was not told
 * otherwise; killed after it, the next flush publishes it. It takes no lock: others hand in theirs,
 * and a flush may send this one, at the same time.
 */
public final class Submitter {
  private static final int NAME_MAX = 200;
  private static final List<String> EVENTS = List.of("SUCCESS", "FAILURE", "DELAY");

  /** On the way, where some characters take three (RFC 3461 section 4.4). */
  private static final int ENVELOPE_ID_MAX = 100;

  private final Job job;
  private final Ways ways;

  public Submitter(Job job) {
    this.job = job;
    this.ways = new Ways(job.ways());
  }

  /** What is known of a message once its header was seen. */
  private static final class Known {
    Optional<Addressed> addressed = Optional.empty();
    String messageId = "";
    String subject = "";
  }

  /** From whom, to whom and which way a message goes. */
  record Addressed(String transport, String sender, boolean senderRead, List<String> recipients) {}

  /** Takes it in; its id. */
  public long submit(Submission submission) throws FaultException {
    var arguments = EnvelopeReader.recipients(submission.recipients());
    if (!submission.recipientsInHeader()) {
      var _ = EnvelopeReader.distinct(arguments); // before the message is waited for
    }
    check(submission);
    try (var replica = job.store().open()) {
      var editor = Folders.toDeliver(replica, Outbox.FOLDER, FOLDERS);
      return queue(submission, arguments, editor);
    }
  }

  /** What a default store has at least. */
  static final List<FolderName> FOLDERS = List.of(FolderName.INBOX, Outbox.FOLDER, Outbox.SENT);

  private long queue(Submission submission, List<String> arguments, DeliveringEditor editor)
      throws FaultException {
    var known = new Known();
    var staged = editor.stage();
    var recorded = false;
    try {
      var counted = new long[1];
      var message =
          new Header.Changing(header -> complete(header, submission, arguments, known), bytes -> {
            counted[0] += bytes.remaining();
            staged.write(bytes);
          });
      new PipedMessage(message, submission.dotEnds()).read(submission.content());
      message.end();
      var now = job.environment().clock().instant();
      staged.end(now);
      editor.harden();
      var addressed = known.addressed.orElseThrow();
      var entry = new OutgoingMail.Entry(
          staged.key(),
          addressed.transport(),
          new Envelope(addressed.sender(), addressed.recipients(), submission.reports()),
          addressed.senderRead(),
          submission.recipientsInHeader(),
          known.messageId,
          known.subject,
          counted[0],
          now);
      long id;
      try (var database = Journal.open(job.stateDirectory(), job.environment())) {
        id = new OutgoingMail(database).add(entry);
      }
      recorded = true;
      // A flush may have done that already, and even have sent it.
      var _ = editor.publish(staged.key(), Flags.NONE);
      return id;
    } finally {
      if (!recorded) {
        staged.discard();
      }
    }
  }

  private byte[] complete(Header header, Submission submission, List<String> arguments, Known known)
      throws FaultException {
    if (header.fields().isEmpty() || header.fields().getFirst().name().isEmpty()) {
      throw EnvelopeReader.wrong(
          Kind.INVALID, "reading the message", "it does not begin with a header");
    }
    var wrong = header.wrong();
    if (wrong.isPresent()) {
      throw EnvelopeReader.wrong(Kind.INVALID, "reading the header of the message", wrong.get());
    }
    var recipients = new ArrayList<>(arguments);
    if (submission.recipientsInHeader()) {
      recipients.addAll(EnvelopeReader.recipients(header));
    }
    var addressed = address(ways, header, sender(submission), recipients);
    var own = addressed.sender().isEmpty() ? ways.ownAddress().orElse("") : addressed.sender();
    if (!header.has("from") && own.isEmpty()) {
      throw noSender();
    }
    var complete = Completion.of(header, own, submission.fullName().orElse(""), job.environment());
    known.addressed = Optional.of(addressed);
    known.messageId = complete.first("message-id").orElse("");
    known.subject = complete.first("subject").orElse("");
    return complete.bytes();
  }

  /** The sender that was given, where one was. */
  private static Optional<String> sender(Submission submission) throws FaultException {
    var given = submission.sender().filter(address -> !EnvelopeReader.isUser(address));
    return given.isPresent() ? Optional.of(EnvelopeReader.sender(given.get())) : Optional.empty();
  }

  /**
   * Addresses a message.
   *
   * @param given the sender, where one was given
   */
  static Addressed address(
      Ways ways, Header header, Optional<String> given, List<String> recipients)
      throws FaultException {
    var to = EnvelopeReader.distinct(recipients);
    var read = EnvelopeReader.sender(header);
    var senders = new ArrayList<String>();
    given.filter(address -> !address.isEmpty()).ifPresent(senders::add);
    read.ifPresent(senders::add);
    if (senders.isEmpty()) {
      ways.ownAddress().ifPresent(senders::add);
    }
    var way = ways.of(senders);
    var sender = given.or(() -> senders.stream().findFirst());
    if (sender.isEmpty()) {
      throw noSender();
    }
    return new Addressed(way.name(), sender.get(), given.isEmpty(), to);
  }

  private static FaultException noSender() {
    return EnvelopeReader.wrong(
        Kind.INVALID,
        "reading the sender of the message",
        "its header names none, nor does the configuration; give one with -f, or give a transport"
            + " its from");
  }

  private static void check(Submission submission) throws FaultException {
    var name = submission.fullName().orElse("");
    if (name.length() > NAME_MAX || name.chars().anyMatch(Character::isISOControl)) {
      throw EnvelopeReader.wrong(
          Kind.INVALID,
          "reading the sender's name",
          "it is longer than " + NAME_MAX + " characters, or has control characters");
    }
    var _ = sender(submission);
    check(submission.reports());
  }

  private static void check(Reports reports) throws FaultException {
    var events = reports.notifyOn();
    if (!events.equals(List.of("NEVER")) && !EVENTS.containsAll(events)) {
      throw EnvelopeReader.wrong(
          Kind.INVALID,
          "reading what the sender wants to be told",
          "it must be never, or some of success, failure and delay");
    }
    var id = reports.envelopeId();
    if (id.isPresent() && !isEnvelopeId(id.get())) {
      throw EnvelopeReader.wrong(
          Kind.INVALID,
          "reading the envelope id",
          "it must have 1 to " + ENVELOPE_ID_MAX
              + " characters, all of them printable ASCII; a space, + and = count as three");
    }
  }

  private static boolean isEnvelopeId(String id) {
    return id.matches("[ -~]+")
        && id.chars().map(c -> " +=".indexOf(c) < 0 ? 1 : 3).sum() <= ENVELOPE_ID_MAX;
  }
}

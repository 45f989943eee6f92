package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.Recipient;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Reply;
import io.mailtide.engine.send.Transport.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The journal of an Outbox: what is in it, and how far each message is. Each change is durable when
 * it returns. Others may write at the same time; each change begins with a write, so that it waits
 * for its turn and sees what they wrote.
 */
public final class OutgoingMail {
  private final Database database;

  public OutgoingMail(Database database) {
    this.database = database;
  }

  /**
   * A message as it is handed in.
   *
   * @param key its key in the folder Outbox, staged or there
   * @param senderRead whether the sender was read from its header
   * @param recipientsRead whether recipients were read from its header
   */
  public record Entry(
      MessageKey key,
      String transport,
      Envelope envelope,
      boolean senderRead,
      boolean recipientsRead,
      String messageId,
      String subject,
      long size,
      Instant submitted) {}

  /** Queues a message; its id. */
  public long add(Entry entry) throws FaultException {
    var id = new long[1];
    database.transaction(() -> {
      id[0] = OutboxSchema.insert(database, entry);
      OutboxSchema.insert(database, id[0], untold(entry.envelope().recipients()));
    });
    return id[0];
  }

  private static List<Recipient> untold(List<String> addresses) {
    return addresses.stream()
        .map(address -> new Recipient(address, Optional.empty(), ""))
        .toList();
  }

  /** All messages, in the order in which they were handed in. */
  public List<Outgoing> all() throws FaultException {
    return select("1 = ?", 1);
  }

  /** How many messages there are. */
  public long count() throws FaultException {
    return database.read(() -> {
      try (var rows = database.query("SELECT count(*) FROM outgoing")) {
        rows.next();
        return rows.getLong(1);
      }
    });
  }

  /** Their keys in the folder Outbox. */
  public List<MessageKey> keys() throws FaultException {
    return database.keys("SELECT key FROM outgoing");
  }

  /** Those in one of these states, in that order. */
  public List<Outgoing> in(Outgoing.State state) throws FaultException {
    return select("state = ?", state.name());
  }

  /** The message of that id. */
  public Optional<Outgoing> find(long id) throws FaultException {
    return select("id = ?", id).stream().findFirst();
  }

  private List<Outgoing> select(String condition, Object parameter) throws FaultException {
    return database.read(() -> {
      var found = new ArrayList<Outgoing>();
      try (var rows =
          database.query("SELECT * FROM outgoing WHERE " + condition + " ORDER BY id", parameter)) {
        while (rows.next()) {
          found.add(outgoing(rows));
        }
      }
      return found;
    });
  }

  private Outgoing outgoing(ResultSet rows) throws SQLException {
    var id = rows.getLong("id");
    var recipients = new ArrayList<Recipient>();
    try (var each = database.query(
        "SELECT address, verdict, said FROM recipient WHERE message = ? ORDER BY number", id)) {
      while (each.next()) {
        recipients.add(new Recipient(
            each.getString(1),
            Optional.ofNullable(each.getString(2)).map(Verdict::valueOf),
            each.getString(3)));
      }
    }
    return OutboxSchema.message(rows, recipients);
  }

  /** What a message's envelope was read from. */
  public record Read(boolean sender, boolean recipients) {}

  /** What its envelope was read from. */
  public Read read(Outgoing message) throws FaultException {
    return database.read(() -> {
      try (var rows = database.query(
          "SELECT sender_read, recipients_read FROM outgoing WHERE id = ?", message.id())) {
        return rows.next()
            ? new Read(rows.getInt(1) == 1, rows.getInt(2) == 1)
            : new Read(false, false);
      }
    });
  }

  /**
   * From here on the other side may take it, for those whom it has agreed to.
   *
   * @param asked the places in the envelope of those it was asked to take it for
   * @param replies in their order; absent for those whom it has agreed to
   * @param filesCopy whether it then files a copy; that proves something where no message of that
   *     Message-ID was, or may have been, taken before
   * @return false: it does not wait any more, and must not be sent
   */
  public boolean submitting(
      Outgoing message,
      List<Integer> asked,
      List<Optional<Reply>> replies,
      boolean filesCopy,
      Instant now)
      throws FaultException {
    var rows = new int[1];
    database.transaction(() -> {
      rows[0] = database.update(
          "UPDATE outgoing SET state = 'SUBMITTING', proven_from = CASE WHEN ? AND NOT EXISTS"
              + " (SELECT 1 FROM handed WHERE message_id = ?) THEN ? END"
              + " WHERE id = ? AND state = 'QUEUED'",
          filesCopy ? 1 : 0,
          message.messageId(),
          now.toEpochMilli(),
          message.id());
      if (rows[0] > 0) {
        OutboxSchema.answer(database, message.id(), asked, replies);
      }
    });
    return rows[0] > 0;
  }

  /** It was not handed over after all. */
  public void requeue(Outgoing message) throws FaultException {
    database.transaction(() -> database.update(
        "UPDATE outgoing SET state = 'QUEUED' WHERE id = ? AND state = 'SUBMITTING'",
        message.id()));
  }

  /** When the handover began of which a copy that the other side filed is proof; else absent. */
  public Optional<Instant> provenFrom(Outgoing message) throws FaultException {
    return database.read(() -> {
      try (var rows =
          database.query("SELECT proven_from FROM outgoing WHERE id = ?", message.id())) {
        var from = rows.next() ? rows.getLong(1) : 0;
        return from == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(from));
      }
    });
  }

  /** Its copy is where it belongs. */
  public void filed(Collection<Outgoing> messages) throws FaultException {
    state(messages, Outgoing.State.FILED);
  }

  /** A person wants it gone. What some have taken was sent, and is filed as such. */
  public void dropped(Outgoing message) throws FaultException {
    var sent = message.recipients().stream().anyMatch(Recipient::taken);
    state(List.of(message), sent ? Outgoing.State.SENT : Outgoing.State.DROPPED);
  }

  private void state(Collection<Outgoing> messages, Outgoing.State state) throws FaultException {
    database.transaction(() -> {
      for (var message : messages) {
        database.update("UPDATE outgoing SET state = ? WHERE id = ?", state.name(), message.id());
      }
    });
  }

  /**
   * The other side has answered.
   *
   * @param asked the places in the envelope of those it was asked to take it for
   * @param replies in their order
   * @param state what comes of it
   * @param filedThere whether the other side files a copy
   * @return false: somebody else has decided about it meanwhile, and nothing is recorded
   */
  public boolean answered(
      Outgoing message,
      List<Integer> asked,
      List<Reply> replies,
      Outgoing.State state,
      boolean filedThere,
      Instant now)
      throws FaultException {
    var trouble = replies.stream().flatMap(reply -> reply.fault().stream()).findFirst();
    var rows = new int[1];
    database.transaction(() -> {
      rows[0] = database.update(
          "UPDATE outgoing SET state = ?, filed_there = ? WHERE id = ?"
              + " AND state IN ('QUEUED', 'SUBMITTING')",
          state.name(),
          filedThere ? 1 : 0,
          message.id());
      if (rows[0] == 0) {
        return;
      }
      OutboxSchema.answer(
          database, message.id(), asked, replies.stream().map(Optional::of).toList());
      tried(message, trouble, now);
      if (replies.stream().anyMatch(reply -> reply.verdict() == Verdict.TAKEN)) {
        handed(message, now);
      }
    });
    return rows[0] > 0;
  }

  /** A copy of that Message-ID proves nothing more, for it may be of this handover. */
  private void handed(Outgoing message, Instant now) throws SQLException {
    database.update(
        "INSERT OR REPLACE INTO handed VALUES (?, ?)", message.messageId(), now.toEpochMilli());
  }

  /** It was tried in vain: what comes of it, and why. */
  public void failed(Outgoing message, Outgoing.State state, Fault fault, Instant now)
      throws FaultException {
    database.transaction(() -> {
      database.update("UPDATE outgoing SET state = ? WHERE id = ?", state.name(), message.id());
      tried(message, Optional.of(fault), now);
      if (state == Outgoing.State.IN_DOUBT) {
        handed(message, now);
      }
    });
  }

  private void tried(Outgoing message, Optional<Fault> trouble, Instant now) throws SQLException {
    var tries = message.tries() + 1;
    database.update(
        "UPDATE outgoing SET tries = ?, next_try = ? WHERE id = ?",
        tries,
        now.plus(Ledger.wait(tries)).toEpochMilli(),
        message.id());
    trouble(message, trouble);
  }

  /** It was not its turn, and why; it is not tried again before then. */
  public void waits(Collection<Outgoing> messages, Fault fault, Instant nextTry)
      throws FaultException {
    database.transaction(() -> {
      for (var message : messages) {
        database.update(
            "UPDATE outgoing SET next_try = ? WHERE id = ?", nextTry.toEpochMilli(), message.id());
        trouble(message, Optional.of(fault));
      }
    });
  }

  private void trouble(Outgoing message, Optional<Fault> trouble) throws SQLException {
    database.update(
        "UPDATE outgoing SET kind = ?, doing = ?, said = ?, next = ? WHERE id = ?",
        trouble.map(fault -> fault.kind().name()).orElse(null),
        trouble.map(Fault::doing).orElse(null),
        trouble.map(Fault::said).orElse(null),
        trouble.map(Fault::next).orElse(null),
        message.id());
  }

  /**
   * How a message goes from now on.
   *
   * @param senderRead whether the sender was read from its header
   * @param recipients who is to get it of those who have not taken it, or in their place
   * @param recipientsRead whether these were read from its header
   */
  public record Anew(
      String transport,
      String sender,
      boolean senderRead,
      List<String> recipients,
      boolean recipientsRead) {}

  /**
   * A person wants it tried again, now. That is seen at once with where it goes: nobody who was to
   * be left out may get it.
   */
  public void retry(Outgoing message, Anew anew, Instant now) throws FaultException {
    var all =
        new ArrayList<>(message.recipients().stream().filter(Recipient::taken).toList());
    all.addAll(untold(anew.recipients()));
    database.transaction(() -> {
      database.update(
          "UPDATE outgoing SET state = 'QUEUED', tries = 0, next_try = ?, transport = ?,"
              + " sender = ?, sender_read = ?, recipients_read = ? WHERE id = ?",
          now.toEpochMilli(),
          anew.transport(),
          anew.sender(),
          anew.senderRead() ? 1 : 0,
          anew.recipientsRead() ? 1 : 0,
          message.id());
      trouble(message, Optional.empty());
      database.update("DELETE FROM recipient WHERE message = ?", message.id());
      OutboxSchema.insert(database, message.id(), all);
    });
  }

  /**
   * It was found where only the server can have put it: those whom that had agreed to when it was
   * handed over have taken it. Their verdict alone was left open then.
   *
   * @param trouble why it does not go to others
   */
  public void proven(Outgoing message, Optional<Fault> trouble) throws FaultException {
    var verdicts = message.recipients().stream()
        .flatMap(recipient -> recipient.verdict().stream())
        .toList();
    database.transaction(() -> {
      database.update(
          "UPDATE outgoing SET state = ?, filed_there = 1 WHERE id = ?",
          Outgoing.State.after(verdicts, Outgoing.State.FILED).name(),
          message.id());
      trouble(message, trouble);
      database.update(
          "UPDATE recipient SET verdict = 'TAKEN' WHERE message = ? AND verdict IS NULL",
          message.id());
    });
  }

  /** A message and the key of its copy, which is staged and about to be published. */
  public record Copy(Outgoing message, MessageKey key) {}

  /** Records copies that are about to be published. */
  public void filing(List<Copy> copies) throws FaultException {
    database.transaction(() -> {
      for (var copy : copies) {
        database.update(
            "UPDATE outgoing SET filed_as = ? WHERE id = ?",
            copy.key().value(),
            copy.message().id());
      }
    });
  }

  /** The key of the copy that was about to be published. */
  public Optional<MessageKey> copy(Outgoing message) throws FaultException {
    return database
        .keys("SELECT filed_as FROM outgoing WHERE id = ? AND filed_as IS NOT NULL", message.id())
        .stream()
        .findFirst();
  }

  /** Whether the other side files a copy of it. */
  public boolean isFiledThere(Outgoing message) throws FaultException {
    return database.exists("SELECT 1 FROM outgoing WHERE id = ? AND filed_there = 1", message.id());
  }

  /** Forgets messages that have left the Outbox, and what was handed over before then. */
  public void forget(Collection<Outgoing> messages, Instant then) throws FaultException {
    database.transaction(() -> {
      database.update("DELETE FROM handed WHERE at < ?", then.toEpochMilli());
      for (var message : messages) {
        database.update("DELETE FROM recipient WHERE message = ?", message.id());
        database.update("DELETE FROM outgoing WHERE id = ?", message.id());
      }
    });
  }
}

package io.mailtide.replica.imap;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.UploadingEditor.Outcomes;
import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.replica.imap.message.HeaderFields;
import io.mailtide.replica.imap.message.Lint;
import io.mailtide.replica.imap.session.Exchange;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.Append;
import io.mailtide.wire.imap.Command.StatusItem;
import io.mailtide.wire.imap.Command.Upload;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One upload of messages to the open mailbox.
 *
 * <p>Small messages go in batches, read into memory before the server hears of them, so that one
 * that changed or vanished does no harm; where the server has MULTIAPPEND, a batch is one command,
 * and when that is refused each goes alone. Large messages are streamed.
 */
final class Uploader {
  /** A batch is all or nothing, so it must be cheap to repeat. */
  private static final int BATCH_MESSAGES_MAX = 1_000;

  private static final long BATCH_BYTES_MAX = 4 << 20;

  /** Larger ones are streamed. */
  private static final long SMALL_BYTES_MAX = 1 << 20;

  private static final String DOING = "uploading a message";

  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Outcomes outcomes;
  private final Untold untold;
  private final Runnable onLast;

  /** The keys that were told, each once: a server that has a message already may tell its key. */
  private final Set<MessageKey> given = new HashSet<>();

  /** What keeps all further messages from being uploaded. */
  private Optional<Fault> stop = Optional.empty();

  /** @param onLast called before what is most likely the last command */
  Uploader(
      Session session, FolderName folder, Mailbox mailbox, Outcomes outcomes, Runnable onLast) {
    this.onLast = onLast;
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
    this.outcomes = outcomes;
    untold = new Untold(session, folder, mailbox, given);
  }

  void upload(List<Outgoing> messages) throws FaultException {
    try {
      sendAll(messages);
    } catch (FaultException e) {
      if (e.fault().reach() == Reach.REPLICA) {
        untold.tellUnsought(outcomes);
      } else {
        untold.tell(outcomes);
      }
      throw e;
    }
    untold.tell(outcomes);
  }

  private void sendAll(List<Outgoing> messages) throws FaultException {
    long sizeMax = sizeMax();
    var batch = new ArrayList<Outgoing>();
    long bytes = 0;
    for (var message : messages) {
      if (message.size() == 0 || message.size() > sizeMax) {
        outcomes.refused(message, unfit(message, sizeMax));
        continue;
      }
      if (batch.size() == BATCH_MESSAGES_MAX || bytes + message.size() > BATCH_BYTES_MAX) {
        send(batch);
        batch.clear();
        bytes = 0;
      }
      if (message.size() > SMALL_BYTES_MAX) {
        stream(message);
      } else {
        batch.add(message);
        bytes += message.size();
      }
    }
    if (session.hasUidplus()) { // else what was stored is looked for
      onLast.run();
    }
    send(batch);
  }

  /** The largest message that the server takes (RFC 7889), as far as it says so. */
  private long sizeMax() throws FaultException {
    var general = session.connection().capabilities().value("APPENDLIMIT");
    if (general.isPresent()) {
      return limit(general.get());
    }
    var limits = new ArrayList<Long>();
    if (session.can("APPENDLIMIT")) {
      session
          .connection()
          .run(new Command.Status(mailbox.name, List.of(StatusItem.APPENDLIMIT)), response -> {
            mailbox.note(response);
            if (response instanceof Response.MailboxStatus status) {
              limits.add(limit(status.others().getOrDefault("APPENDLIMIT", "NIL")));
            }
          });
    }
    return limits.isEmpty() ? Long.MAX_VALUE : limits.getFirst();
  }

  private static long limit(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
  }

  private Fault unfit(Outgoing message, long sizeMax) {
    return message.size() == 0
        ? fault(message, Kind.REFUSED, "it is empty, and no server takes that", "Remove it.")
        : fault(
            message,
            Kind.REFUSED,
            "it has %,d bytes, and the server takes no more than %,d"
                .formatted(message.size(), sizeMax),
            "It stays on this machine alone, unless it is made smaller.");
  }

  private Fault fault(Outgoing message, Kind kind, String said, String next) {
    return Fault.of(kind, Reach.MESSAGE, DOING, said, next).in(folder).about(message.near());
  }

  /** A message with its bytes. */
  private record Loaded(Outgoing message, ByteBuffer bytes) {
    HeaderFields fields() {
      var fields = new HeaderFields();
      fields.take(bytes);
      return fields;
    }
  }

  private void send(List<Outgoing> batch) throws FaultException {
    var loaded = new ArrayList<Loaded>();
    for (var message : batch) {
      load(message).ifPresent(loaded::add);
    }
    if (loaded.isEmpty()) {
      return;
    }
    if (loaded.size() > 1 && session.can("MULTIAPPEND") && together(loaded)) {
      return;
    }
    var commands = loaded.stream().map(one -> append(List.of(one.message()))).toList();
    run(commands, new Handler() {
      @Override
      public void ended(int command, Response.Tagged end) throws FaultException {
        told(loaded.get(command).message(), loaded.get(command).fields(), end);
      }

      @Override
      public void write(int command, int message, ByteSink sink) throws FaultException {
        sink.write(loaded.get(command).bytes().duplicate());
      }
    });
  }

  /** False when none of them is stored, for a reason that may be that of one alone. */
  private boolean together(List<Loaded> loaded) throws FaultException {
    var messages = loaded.stream().map(Loaded::message).toList();
    var handler = new Handler() {
      boolean done;

      @Override
      public void ended(int command, Response.Tagged end) throws FaultException {
        done = end.condition() == Condition.OK;
        if (done) {
          var keys = keys(end, messages.size());
          for (int index = 0; index < messages.size(); index++) {
            stored(messages.get(index), loaded.get(index).fields(), keys, index);
          }
        } else {
          // What is over the quota together may fit in part.
          stop = stopping(end).filter(fault -> fault.kind() != Kind.QUOTA);
        }
      }

      @Override
      public void write(int command, int message, ByteSink sink) throws FaultException {
        sink.write(loaded.get(message).bytes().duplicate());
      }
    };
    run(List.of(append(messages)), handler);
    return handler.done;
  }

  private Optional<Loaded> load(Outgoing message) throws FaultException {
    var buffer = ByteBuffer.allocate((int) message.size());
    var length = new Length();
    boolean there;
    try {
      there = message.content().writeTo(bytes -> {
        length.count += bytes.remaining();
        if (length.count <= message.size()) {
          buffer.put(bytes);
        } else {
          bytes.position(bytes.limit());
        }
      });
    } catch (FaultException e) {
      if (e.fault().reach() != Reach.MESSAGE) {
        throw e;
      }
      outcomes.refused(message, e.fault());
      return Optional.empty();
    }
    if (!there) {
      outcomes.vanished(message);
    } else if (length.count != message.size()) {
      outcomes.refused(message, changed(message, length.count));
    } else {
      return Optional.of(new Loaded(message, buffer.flip()));
    }
    return Optional.empty();
  }

  private static final class Length {
    long count;
  }

  private Fault changed(Outgoing message, long count) {
    var cut = Faults.cutShort(message.size(), count);
    return fault(message, Kind.CHANGED, cut.said(), "The next run tries again.");
  }

  private void stream(Outgoing message) throws FaultException {
    var fields = new HeaderFields();
    run(List.of(append(List.of(message))), new Handler() {
      @Override
      public void ended(int command, Response.Tagged end) throws FaultException {
        told(message, fields, end);
      }

      @Override
      public void write(int command, int place, ByteSink sink) throws FaultException {
        var length = new Length();
        boolean there;
        try {
          there = message.content().writeTo(bytes -> {
            length.count += bytes.remaining();
            fields.take(bytes);
            sink.write(bytes);
          });
        } catch (FaultException e) {
          if (e.fault().reach() != Reach.MESSAGE) {
            throw e;
          }
          outcomes.refused(message, e.fault());
          if (length.count == 0) {
            return;
          }
          throw new FaultException(Faults.cutShort(message.size(), length.count), e);
        }
        if (!there) {
          outcomes.vanished(message);
        } else if (length.count != message.size()) {
          outcomes.refused(message, changed(message, length.count));
        }
      }
    });
  }

  private Append append(List<Outgoing> messages) {
    return new Append(
        mailbox.name,
        messages.stream()
            .map(message -> new Upload(
                List.copyOf(mailbox.representable(message.flags()).names()),
                message.arrived(),
                message.size()))
            .toList());
  }

  /** Tells what became of a message that was sent alone. */
  private void told(Outgoing message, HeaderFields fields, Response.Tagged end)
      throws FaultException {
    if (end.condition() == Condition.OK) {
      stored(message, fields, keys(end, 1), 0);
      return;
    }
    stop = stop.or(() -> stopping(end));
    if (stopping(end).isPresent()) {
      return;
    }
    outcomes.refused(message, fault(message, Kind.REFUSED, end.text(), advice(message, end)));
  }

  private void stored(Outgoing message, HeaderFields fields, List<MessageKey> keys, int index)
      throws FaultException {
    if (keys.isEmpty() || !given.add(keys.get(index))) {
      untold.add(message, fields, keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(index)));
    } else {
      mailbox.uploaded.add(Lookup.uid(keys.get(index)).value(), message);
      outcomes.stored(message, Optional.of(keys.get(index)));
    }
  }

  /** What a refusal says of all messages, not of one. */
  private Optional<Fault> stopping(Response.Tagged end) {
    var fault = Faults.refused(Reach.MESSAGE, DOING, end);
    boolean all = fault.reach() != Reach.MESSAGE
        || fault.kind() != Kind.REFUSED
        || Faults.is(end.code(), Name.INUSE)
        || Faults.is(end.code(), Name.UNAVAILABLE);
    var reach = fault.reach() == Reach.MESSAGE ? Reach.FOLDER : fault.reach();
    return all ? Optional.of(fault.reaching(reach).in(folder)) : Optional.empty();
  }

  private static String advice(Outgoing message, Response.Tagged end) throws FaultException {
    if (Faults.is(end.code(), Name.TOOBIG) || Faults.is(end.code(), Name.LIMIT)) {
      return "It has %,d bytes. It stays on this machine alone, unless it is made smaller."
          .formatted(message.size());
    }
    var lint = new Lint();
    message.content().writeTo(lint);
    var guess = lint.guess();
    return (guess.isEmpty() ? "It has %,d bytes.".formatted(message.size()) : guess)
        + " It stays on this machine; later runs try again.";
  }

  /**
   * The numbers of messages just added; none where the server does not tell them (quirk 47), or not
   * as numbers of this mailbox (quirk 82).
   */
  private List<MessageKey> keys(Response.Tagged end, int count) {
    if (end.code().orElse(null) instanceof ResponseCode.AppendUid(var validity, var uids)
        && mailbox.validity.equals(Optional.of(validity))
        && uids.count().equals(OptionalLong.of(count))
        && isNew(uids)) {
      return uids.numbers(count)
          .mapToObj(uid -> new MessageKey(Long.toString(uid)))
          .toList();
    }
    return List.of();
  }

  private boolean isNew(UidSet uids) {
    return mailbox.uidNext.map(Uid::value).orElse(1L)
        <= uids.first().map(Uid::value).orElse(0L);
  }

  private void run(List<Append> commands, Handler handler) throws FaultException {
    session.connection().run(commands, session.window(), handler);
    if (stop.isPresent()) {
      throw new FaultException(stop.get());
    }
  }

  /** What goes for all ways of sending. */
  private abstract class Handler implements Exchange.Handler {
    @Override
    public void accept(Response response) {
      mailbox.note(response);
    }

    @Override
    public boolean goesOn() {
      return stop.isEmpty();
    }
  }
}

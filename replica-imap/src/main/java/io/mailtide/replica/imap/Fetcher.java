package io.mailtide.replica.imap;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Body;
import io.mailtide.engine.ReplicaFolder.BodySink;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.imap.session.Faults;
import io.mailtide.replica.imap.session.Faults.Trouble;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.Fetch;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Command.Numbering;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One reading of messages of the open mailbox: bodies go from the wire to the sink as they come.
 */
final class Fetcher {
  /**
   * Few: while answers are long, more questions ahead gain nothing, and could fill the way there.
   */
  static final int WINDOW = 4;

  /** How many messages a command asks for where others take turns, or compression may begin. */
  private static final int BETWEEN_MAX = 100;

  /** What did not come is asked for once more by itself (quirks 36, 52), but not without end. */
  private static final int ALONE_MAX = 50;

  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Part part;
  private final BodySink sink;
  private final SortedMap<Long, MessageKey> wanted = new TreeMap<>();
  private final SubstituteNote note;

  /** The body under way, or come whole and not yet known whose it is. */
  private @Nullable Body body;

  Fetcher(
      Session session,
      FolderName folder,
      Mailbox mailbox,
      List<MessageKey> keys,
      Part part,
      BodySink sink) {
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
    this.part = part;
    this.sink = sink;
    keys.forEach(key -> wanted.put(Lookup.uid(key).value(), key));
    note = new SubstituteNote(session.profile().has(Workaround.SUBSTITUTE_NOTES));
  }

  /** @param answers to {@link #commands}, where these have been sent */
  void fetch(Optional<Ahead.Answers> answers) throws FaultException {
    var keys = List.copyOf(wanted.values());
    take(() -> answers.isPresent()
        ? answers.get().take(this::see)
        : session.connection().run(commands(session, keys, part, false), WINDOW, this::take));
    var alone = wanted.keySet().stream()
        .limit(ALONE_MAX)
        .map(uid -> command(UidSet.of(new Uid(uid)), part))
        .toList();
    if (!alone.isEmpty()) {
      take(() -> session.connection().run(alone, WINDOW, this::take));
    }
  }

  /**
   * What asks for messages.
   *
   * @param shared whether the commands are shared out among connections
   */
  static List<Fetch> commands(Session session, List<MessageKey> keys, Part part, boolean shared) {
    var uids = keys.stream().map(Lookup::uid).sorted().toList();
    boolean few = part == Part.WHOLE && (shared || session.connection().mayCompress());
    int each = few ? BETWEEN_MAX : Math.max(1, uids.size());
    var commands = new ArrayList<Fetch>();
    for (int from = 0; from < uids.size(); from += each) {
      var some = uids.subList(from, Math.min(uids.size(), from + each));
      for (var set : UidSet.of(some).split(Lookup.SET_LENGTH_MAX)) {
        commands.add(command(set, part));
      }
    }
    return commands;
  }

  private static Fetch command(UidSet messages, Part part) {
    var item = switch (part) {
      case WHOLE -> FetchItem.MESSAGE;
      case HEADER -> FetchItem.HEADER;
      case IDENTITY -> FetchItem.IDENTITY;
    };
    var items = List.of(FetchItem.UID, FetchItem.INTERNALDATE, item);
    return new Fetch(Numbering.UID, messages, items, Optional.empty());
  }

  private interface Answers {
    List<Response.Tagged> take() throws FaultException;
  }

  private void take(Answers answers) throws FaultException {
    boolean done = false;
    try {
      for (var end : answers.take()) {
        if (end.condition() != Condition.OK
            && Trouble.of(end.code(), end.text()).isPresent()) {
          throw new FaultException(
              Faults.refused(Reach.REPLICA, "fetching messages", end).in(folder));
        }
      }
      done = true;
    } finally {
      if (!done) {
        abandonAfterFailure();
      }
    }
    abandon();
  }

  /** Some servers give the whole header when a part of it was asked for (quirk 73). */
  private boolean isAskedFor(String item) {
    return switch (part) {
      case WHOLE -> item.equals("BODY[]");
      case HEADER, IDENTITY -> item.startsWith("BODY[HEADER");
    };
  }

  private void take(Response response) throws FaultException {
    mailbox.note(response);
    see(response);
  }

  private void see(Response response) throws FaultException {
    switch (response) {
      case Response.BodyBegin begin -> begin(begin);
      case Response.BodyPiece(var bytes) -> write(bytes);
      case Response.Fetch fetch -> end(fetch);
      case Response.Malformed _ -> abandon();
      case Response _ -> {}
    }
  }

  /**
   * A body that nobody asked for, or that the server says is not there, is passed over (quirks 13,
   * 70).
   */
  private void begin(Response.BodyBegin begin) throws FaultException {
    abandon();
    boolean unasked =
        begin.uid().isPresent() && !wanted.containsKey(begin.uid().get().value());
    if (isAskedFor(begin.item()) && begin.length().isPresent() && !unasked) {
      note.reset();
      body = sink.begin();
    }
  }

  private void write(ByteBuffer bytes) throws FaultException {
    if (body != null) {
      note.look(bytes);
      body.write(bytes);
    }
  }

  private void end(Response.Fetch fetch) throws FaultException {
    if (body == null) {
      return;
    }
    var key = fetch.uid().map(uid -> wanted.get(uid.value()));
    if (key.isEmpty() || note.found()) {
      abandon();
      return;
    }
    var whole = body;
    body = null;
    wanted.remove(fetch.uid().get().value());
    whole.end(key.get(), fetch.internalDate());
  }

  private void abandon() throws FaultException {
    if (body != null) {
      var broken = body;
      body = null;
      broken.abandon();
    }
  }

  /** The failure that is on its way matters more than one on the way out. */
  private void abandonAfterFailure() {
    try {
      abandon();
    } catch (FaultException e) {
      System.getLogger("mailtide.imap").log(System.Logger.Level.DEBUG, "while giving up a body", e);
    }
  }

  /**
   * Recognises the note that Exchange hands over instead of a message that it cannot give (quirk
   * 17), by the beginning of the message. To keep it would be to take it for the message.
   */
  private static final class SubstituteNote {
    private static final String SUBJECT = "\nSubject: Retrieval using the IMAP4 protocol failed";
    private static final int LOOK_BYTES = 4_096;

    private final byte[] beginning;
    private int length;

    /** Looks only at servers that do so. */
    SubstituteNote(boolean enabled) {
      beginning = new byte[enabled ? LOOK_BYTES : 0];
    }

    /** Another message begins. */
    void reset() {
      length = 0;
    }

    /** Looks at bytes of it and leaves them as they are. */
    void look(ByteBuffer bytes) {
      int more = Math.min(beginning.length - length, bytes.remaining());
      bytes.get(bytes.position(), beginning, length, more);
      length += more;
    }

    boolean found() {
      return new String(beginning, 0, length, StandardCharsets.ISO_8859_1).contains(SUBJECT);
    }
  }
}

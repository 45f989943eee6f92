package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Body;
import io.mailtide.engine.ReplicaFolder.BodySink;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.UploadingEditor.Outcomes;
import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.replica.imap.message.HeaderFields;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.Command.Fetch;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Command.Numbering;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Messages that a server stored without telling under which UIDs. What it shows above the UIDNEXT
 * of before is looked through for them (quirks 16, 47, 59), after CHECK (quirk 72), by their
 * headers: a server that alters what it is given (quirks 19, 64, 80) would otherwise seem to have
 * none of them, and to have got as many others. What is not clear is told as not known.
 */
final class Untold {
  /** More than that came meanwhile: not worth looking through. */
  private static final int OTHERS_MAX = 500;

  private final Session session;
  private final FolderName folder;
  private final Mailbox mailbox;
  private final Set<MessageKey> given;
  private final Map<Outgoing, HeaderFields> stored = new LinkedHashMap<>();
  private final Map<Outgoing, MessageKey> told = new HashMap<>();

  /** @param given the keys of other messages, which are not looked at */
  Untold(Session session, FolderName folder, Mailbox mailbox, Set<MessageKey> given) {
    this.given = given;
    this.session = session;
    this.folder = folder;
    this.mailbox = mailbox;
  }

  /**
   * A message that was stored.
   *
   * @param instead the key of another one, which the server told for this one, too: where this one
   *     is not found, the server keeps that one for both
   */
  void add(Outgoing message, HeaderFields fields, Optional<MessageKey> instead) {
    stored.put(message, fields);
    instead.ifPresent(key -> told.put(message, key));
  }

  /** Looks for all of them, and tells what became of them. */
  void tell(Outcomes outcomes) throws FaultException {
    if (stored.isEmpty()) {
      return;
    }
    Map<Outgoing, MessageKey> keys = Map.of();
    try {
      session.connection().run(session.check(), mailbox::note);
      keys = find();
    } finally {
      tell(outcomes, keys);
    }
  }

  /** Tells that they are stored, and no more: the connection is gone. */
  void tellUnsought(Outcomes outcomes) throws FaultException {
    tell(outcomes, Map.of());
  }

  private void tell(Outcomes outcomes, Map<Outgoing, MessageKey> keys) throws FaultException {
    keys.forEach((message, key) -> mailbox.uploaded.add(Lookup.uid(key).value(), message));
    for (var message : stored.keySet()) {
      outcomes.stored(
          message,
          Optional.ofNullable(keys.get(message)).or(() -> Optional.ofNullable(told.get(message))));
    }
    stored.clear();
  }

  private Map<Outgoing, MessageKey> find() throws FaultException {
    if (mailbox.uidNext.isEmpty()) {
      return Map.of();
    }
    long next = mailbox.uidNext.get().value();
    var added = new TreeSet<Long>();
    session
        .connection()
        .run(
            new Fetch(
                Numbering.UID,
                UidSet.from(new Uid(next)),
                List.of(FetchItem.UID),
                Optional.empty()),
            response -> {
              mailbox.note(response);
              if (response instanceof Response.Fetch fetch) {
                // A range that begins above the last message takes in that one.
                fetch.uid().map(Uid::value).filter(uid -> uid >= next).ifPresent(added::add);
              }
            });
    given.forEach(key -> added.remove(Lookup.uid(key).value()));
    if (added.isEmpty() || added.size() > stored.size() + OTHERS_MAX) {
      return Map.of();
    }
    var headers = new Headers();
    var wanted = added.stream().map(uid -> new MessageKey(Long.toString(uid))).toList();
    new Fetcher(session, folder, mailbox, wanted, Part.IDENTITY, headers).fetch(Optional.empty());
    mailbox.uidNext = Optional.of(new Uid(Math.min(added.last() + 1, Uid.MAX)));
    return match(headers.found);
  }

  private Map<Outgoing, MessageKey> match(Map<Long, HeaderFields> found) {
    var keys = new HashMap<Outgoing, MessageKey>();
    for (var trait : List.<Function<HeaderFields, Optional<String>>>of(
        HeaderFields::messageId, HeaderFields::dateFromSubject)) {
      var there = new HashMap<String, List<Long>>();
      found.forEach((uid, fields) -> trait
          .apply(fields)
          .ifPresent(text -> there.computeIfAbsent(text, _ -> new ArrayList<>()).add(uid)));
      var ours = new HashMap<String, List<Outgoing>>();
      stored.forEach((message, fields) -> {
        if (!keys.containsKey(message)) {
          trait
              .apply(fields)
              .ifPresent(
                  text -> ours.computeIfAbsent(text, _ -> new ArrayList<>()).add(message));
        }
      });
      ours.forEach((text, messages) -> {
        var uids = there.getOrDefault(text, List.of());
        for (int index = 0; uids.size() == messages.size() && index < uids.size(); index++) {
          keys.put(messages.get(index), new MessageKey(Long.toString(uids.get(index))));
          found.remove(uids.get(index));
        }
      });
    }
    return keys;
  }

  /** Takes headers, in order of their UIDs. */
  private static final class Headers implements BodySink {
    private final Map<Long, HeaderFields> found = new TreeMap<>();

    @Override
    public Body begin() {
      var fields = new HeaderFields();
      return new Body() {
        @Override
        public void write(ByteBuffer bytes) {
          fields.take(bytes);
        }

        @Override
        public void end(MessageKey key, Optional<Instant> arrived) {
          found.put(Lookup.uid(key).value(), fields);
        }

        @Override
        public void abandon() {}
      };
    }
  }
}

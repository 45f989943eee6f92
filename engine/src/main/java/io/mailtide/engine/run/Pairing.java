package io.mailtide.engine.run;

import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Body;
import io.mailtide.engine.ReplicaFolder.BodySink;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.content.Identity;
import io.mailtide.engine.content.Sha256;
import io.mailtide.engine.state.Contents.Content;
import io.mailtide.engine.state.Contents.Likeness;
import io.mailtide.engine.state.Contents.Twins;
import io.mailtide.engine.state.Journal.Intent;
import io.mailtide.engine.state.Moves.Near;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.Uploads.Upload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ties messages that only one side of a folder shows to their copies on the other, without carrying
 * a body across: after the state was lost, after the far side numbered its messages anew, where
 * another tool filled the Maildir, and after an upload whose reply was lost.
 *
 * <p>Near messages are read whole; of the far ones, the fields of the header that make an
 * {@link Identity}. Same identity and same size: the same message. What stays unclear, for there is
 * no Message-ID or the server states other sizes, is fetched and compared byte for byte when it
 * arrives ({@link Transfer}).
 */
final class Pairing {
  private static final int PAGE = 500;

  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Hierarchy hierarchy;
  private final Tally tally;
  private Optional<ReplicaFolder> lastNear = Optional.empty();

  /** Uploads whose reply was lost, and that were found there. */
  private final List<Near> foundAndGone = new ArrayList<>();

  Pairing(Job job, Memory memory, Replica near, Hierarchy hierarchy, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.hierarchy = hierarchy;
    this.tally = tally;
  }

  /**
   * Reads what is needed here to tie what can be tied, in a folder whose sides have been observed.
   *
   * @return whether the far side is to be asked for the rest, by {@link #pair}
   */
  boolean begin(Folder folder) throws FaultException {
    var uploads = uploads(folder);
    if (memory.contents().unreadFar(folder, Optional.empty(), 1).isEmpty()) {
      settle(uploads.values());
      return false;
    }
    memory.contents().findToRead(folder, job.selection().headersOnly());
    read(folder, after -> memory.contents().toRead(after, PAGE));
    var known = new HashMap<MessageKey, Content>();
    for (var upload : uploads.values()) {
      if (memory.contents().of(folder, Side.NEAR, upload.near()).isEmpty()) {
        known.put(upload.near(), upload.content());
      }
    }
    memory.contents().put(folder, Side.NEAR, known);
    return memory.contents().hasIdentity(folder, Side.NEAR)
        || (job.selection().headersOnly() && memory.contents().any(folder, Side.NEAR));
  }

  /**
   * Ties it. What was on its way and is not tied may still be among the far messages that are
   * nobody's: their arrival tells.
   */
  void pair(Folder folder, ReplicaFolder far) throws FaultException {
    var uploads = uploads(folder);
    readFar(folder, far);
    Optional<Likeness> last = Optional.empty();
    for (; ; ) {
      var likenesses = memory.contents().likenesses(folder, last);
      if (likenesses.isEmpty()) {
        break;
      }
      for (var likeness : likenesses) {
        tie(folder, memory.contents().twins(folder, likeness), uploads);
      }
      last = Optional.of(likenesses.getLast());
    }
    tieHeaders(folder);
  }

  /** Ties header-only copies, whose size says nothing. */
  private void tieHeaders(Folder folder) throws FaultException {
    Optional<Likeness> last = Optional.empty();
    for (; ; ) {
      var likenesses = memory.contents().headerLikenesses(folder, last);
      if (likenesses.isEmpty()) {
        return;
      }
      for (var likeness : likenesses) {
        memory.journal().pair(pairs(folder, memory.contents().headerTwins(folder, likeness)));
      }
      last = Optional.of(likenesses.getLast());
    }
  }

  /** As many as both sides have, durable on this one. */
  private List<Intent> pairs(Folder folder, Twins group) throws FaultException {
    hierarchy.hardenNear();
    var pairs = new ArrayList<Intent>();
    for (var i = 0; i < Math.min(group.near().size(), group.far().size()); i++) {
      pairs.add(pair(folder, group.near().get(i), group.far().get(i)));
    }
    return pairs;
  }

  private Map<MessageKey, Upload> uploads(Folder folder) throws FaultException {
    var uploads = new LinkedHashMap<MessageKey, Upload>();
    memory.uploads().left(folder).forEach(upload -> uploads.put(upload.near(), upload));
    return uploads;
  }

  /**
   * What was on its way, is not tied, and of which the far side never said that it took it, did not
   * get there.
   */
  private void settle(Iterable<Upload> uploads) throws FaultException {
    var lost = new ArrayList<Upload>();
    for (var upload : uploads) {
      if (!upload.stored()) {
        lost.add(upload);
      }
    }
    memory.uploads().drop(lost);
  }

  private interface Unread {
    List<MessageKey> page(Optional<MessageKey> after) throws FaultException;
  }

  /** Reads the near messages of a folder that may be sent now. */
  void readStrangers(Folder folder) throws FaultException {
    var now = job.environment().clock().instant();
    read(folder, after -> memory.contents().unreadStrangers(folder, now, after, PAGE));
  }

  private void read(Folder folder, Unread unread) throws FaultException {
    Optional<ReplicaFolder> opened = Optional.empty();
    Optional<MessageKey> last = Optional.empty();
    for (; ; ) {
      job.cancellation().check();
      var keys = unread.page(last);
      if (keys.isEmpty()) {
        return;
      }
      last = Optional.of(keys.getLast());
      if (opened.isEmpty()) {
        lastNear = Optional.empty();
        opened = Optional.of(opened(folder));
      }
      var contents = new HashMap<MessageKey, Content>();
      for (var key : keys) {
        try {
          var content = read(opened.get(), key);
          if (content.isPresent()) {
            contents.put(key, content.get());
          } else {
            memory.observations().gone(folder, Side.NEAR, key);
          }
        } catch (FaultException e) {
          unreadable(folder, key, e);
        }
      }
      memory.contents().put(folder, Side.NEAR, contents);
    }
  }

  /** One file that cannot be read keeps no other from being sent. */
  private void unreadable(Folder folder, MessageKey key, FaultException e) throws FaultException {
    if (e.fault().reach() != Reach.MESSAGE) {
      throw e;
    }
    var fault = e.fault().in(folder.name()).about(key);
    var seen = memory.observations().seen(folder, Side.NEAR, key);
    if (seen.isPresent()) {
      memory
          .ledger()
          .enter(folder, Side.NEAR, seen.get(), fault, job.environment().clock().instant());
      memory.observations().claim(folder, Side.NEAR, key);
    }
    tally.fault(fault);
    var unknown = new Content(Optional.empty(), 0, Optional.empty(), Optional.empty());
    memory.contents().put(folder, Side.NEAR, Map.of(key, unknown));
  }

  /** Reads a near message whole; empty when it is gone. */
  private static Optional<Content> read(ReplicaFolder near, MessageKey key) throws FaultException {
    var reading = new Reading();
    near.fetch(List.of(key), reading);
    return reading.content;
  }

  private static final class Reading implements BodySink, Body {
    private final Identity identity = new Identity();
    private final Sha256 digest = Sha256.begin();
    private long size;
    private Optional<Content> content = Optional.empty();

    @Override
    public Body begin() {
      return this;
    }

    @Override
    public void write(ByteBuffer bytes) {
      identity.take(bytes);
      size += bytes.remaining();
      digest.update(bytes);
    }

    @Override
    public void end(MessageKey key, Optional<Instant> arrived) {
      content =
          Optional.of(new Content(identity.value(), size, Optional.of(digest.end()), arrived));
    }

    @Override
    public void abandon() {}
  }

  private void readFar(Folder folder, ReplicaFolder far) throws FaultException {
    Optional<MessageKey> last = Optional.empty();
    for (; ; ) {
      job.cancellation().check();
      var keys = memory.contents().unreadFar(folder, last, PAGE);
      if (keys.isEmpty()) {
        return;
      }
      identify(folder, far, keys);
      last = Optional.of(keys.getLast());
    }
  }

  /** Reads what makes the identity of these far messages. */
  void identify(Folder folder, ReplicaFolder far, List<MessageKey> keys) throws FaultException {
    var found = new HashMap<MessageKey, Content>();
    for (var key : keys) {
      // Also for one that the server does not hand over, so that nobody asks for ever.
      var size = memory.contents().statedSize(folder, Side.FAR, key);
      found.put(key, new Content(Optional.empty(), size, Optional.empty(), Optional.empty()));
    }
    far.fetch(keys, Part.IDENTITY, new Identities(found));
    memory.contents().put(folder, Side.FAR, found);
  }

  /** The identities of far messages, as far as they have one. */
  Map<MessageKey, Optional<String>> identities(ReplicaFolder far, List<MessageKey> keys)
      throws FaultException {
    lastNear = Optional.empty();
    return fetched(far, keys);
  }

  private static Map<MessageKey, Optional<String>> fetched(
      ReplicaFolder folder, List<MessageKey> keys) throws FaultException {
    var found = new HashMap<MessageKey, Content>();
    for (var key : keys) {
      found.put(key, new Content(Optional.empty(), 0, Optional.empty(), Optional.empty()));
    }
    folder.fetch(keys, Part.IDENTITY, new Identities(found));
    var identities = new HashMap<MessageKey, Optional<String>>();
    found.forEach((key, content) -> identities.put(key, content.identity()));
    return identities;
  }

  private record Identities(Map<MessageKey, Content> found) implements BodySink {
    @Override
    public Body begin() {
      var identity = new Identity();
      return new Body() {
        @Override
        public void write(ByteBuffer bytes) {
          identity.take(bytes);
          bytes.position(bytes.limit());
        }

        @Override
        public void end(MessageKey key, Optional<Instant> arrived) {
          found.computeIfPresent(
              key,
              (_, content) -> new Content(
                  identity.value(), content.size(), Optional.empty(), Optional.empty()));
        }

        @Override
        public void abandon() {}
      };
    }
  }

  /**
   * Ties as many as both sides have; where near ones differ in spite of all, what arrives must
   * tell.
   */
  private void tie(Folder folder, Twins group, Map<MessageKey, Upload> uploads)
      throws FaultException {
    var pairs = group.nearAlike() ? pairs(folder, group) : List.<Intent>of();
    memory.journal().pair(pairs);
    for (var pair : pairs) {
      var upload = uploads.remove(pair.near());
      if (upload != null
          && memory.observations().seen(folder, Side.NEAR, pair.near()).isEmpty()) {
        // Its user removed it while nobody knew whether it had been stored.
        memory.observations().gone(folder, Side.NEAR, pair.near());
        foundAndGone.add(new Near(folder, pair.near()));
      }
    }
    memory.contents().done(folder, Side.NEAR, group.near());
    memory.contents().done(folder, Side.FAR, group.far());
  }

  /**
   * Looks again, once all folders have been observed, at uploads whose reply was lost, that were
   * found there and are gone here: the users of the far side may have moved another copy there.
   */
  void reconsider() throws FaultException {
    lastNear = Optional.empty();
    memory.moves().untieMoved(foundAndGone);
    foundAndGone.clear();
  }

  private Intent pair(Folder folder, MessageKey nearKey, MessageKey farKey) throws FaultException {
    var content = memory.contents().of(folder, Side.NEAR, nearKey).orElseThrow();
    var digest = content.digest().orElseThrow();
    var headers = memory.contents().isHeadersOnly(folder, nearKey);
    var size = headers ? memory.contents().statedSize(folder, Side.FAR, farKey) : content.size();
    var farFlags = flags(folder, Side.FAR, farKey);
    var agreed = memory.twins().unpaired(folder, nearKey);
    if (agreed.isPresent()) {
      var twin = agreed.get();
      return new Intent(
          folder, farKey, nearKey, twin.nearAgreed(), twin.farAgreed(), size, digest, headers);
    }
    // Nothing was agreed: what both have is, and each side's other flags are news to the other.
    var nearFlags = flags(folder, Side.NEAR, nearKey);
    var both = nearFlags.minus(nearFlags.minus(farFlags));
    return new Intent(folder, farKey, nearKey, both, both, size, digest, headers);
  }

  private Flags flags(Folder folder, Side side, MessageKey key) throws FaultException {
    return memory.observations().seen(folder, side, key).map(Sighting::flags).orElse(Flags.NONE);
  }

  /** The identity of a near message. */
  Optional<String> nearIdentity(Folder folder, MessageKey key) throws FaultException {
    var known = memory.contents().of(folder, Side.NEAR, key);
    if (known.isPresent()) {
      return known.get().identity();
    }
    try {
      return fetched(opened(folder), List.of(key)).getOrDefault(key, Optional.empty());
    } catch (FaultException e) {
      if (e.fault().reach() == Reach.MESSAGE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * A near folder, which stays open until another one is: to look for a message there lists all of
   * it.
   */
  private ReplicaFolder opened(Folder folder) throws FaultException {
    if (lastNear.isEmpty() || !lastNear.get().name().equals(folder.name())) {
      lastNear = Optional.of(near.open(folder.name()));
    }
    return lastNear.get();
  }
}

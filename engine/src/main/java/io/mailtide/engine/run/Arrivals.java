package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.DeliveringEditor.Staged;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Body;
import io.mailtide.engine.ReplicaFolder.BodySink;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.content.Sha256;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.Twins.Twin;
import io.mailtide.engine.state.Uploads.Upload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes in bodies: each is staged near and digested while it streams through. */
final class Arrivals implements BodySink {
  /**
   * A message that arrived whole and is staged.
   *
   * @param size of what arrived, in bytes, in CRLF form
   */
  record Arrival(Sighting far, Staged staged, long size, Digest digest) {}

  /** Is handed what arrived. */
  @FunctionalInterface
  interface Taker {
    void take(Arrival arrival) throws FaultException;
  }

  private final DeliveringEditor editor;
  private final Part part;
  private final Map<MessageKey, Sighting> wanted;
  private final Taker taker;
  private final Tally tally;
  private final Instant now;
  private Optional<FaultException> refused = Optional.empty();

  /**
   * @param part how much of each is asked for
   * @param wanted what is asked for; what arrives is taken out
   * @param now stands in for a time of arrival that the far side does not tell
   */
  Arrivals(
      DeliveringEditor editor,
      Part part,
      Map<MessageKey, Sighting> wanted,
      Taker taker,
      Tally tally,
      Instant now) {
    this.editor = editor;
    this.part = part;
    this.wanted = wanted;
    this.taker = taker;
    this.tally = tally;
    this.now = now;
  }

  /**
   * What the near side threw while taking in, if it did: then the far side is not to blame for the
   * end.
   */
  Optional<FaultException> refused() {
    return refused;
  }

  /**
   * Whether nothing came of a message of which there is something, by its stated size: servers that
   * are wrong about sizes state one all the same.
   */
  private static boolean isWithheld(long stated, long arrived) {
    return arrived == 0 && stated > 0;
  }

  @Override
  public Body begin() throws FaultException {
    return new Incoming(guard(() -> editor.stage(part)));
  }

  private interface Attempt<T> {
    T run() throws FaultException;
  }

  private <T> T guard(Attempt<T> attempt) throws FaultException {
    try {
      return attempt.run();
    } catch (FaultException e) {
      refused = Optional.of(e);
      throw e;
    }
  }

  private final class Incoming implements Body {
    private final Staged staged;
    private final Sha256 digest = Sha256.begin();
    private long size;

    Incoming(Staged staged) {
      this.staged = staged;
    }

    @Override
    public void write(ByteBuffer bytes) throws FaultException {
      var length = bytes.remaining();
      digest.update(bytes);
      guard(() -> {
        staged.write(bytes);
        return length;
      });
      size += length;
      tally.arrived(length);
    }

    @Override
    public void end(MessageKey key, Optional<Instant> arrival) throws FaultException {
      var far = wanted.get(key);
      if (far == null || isWithheld(far.size().orElse(0), size)) {
        staged.discard(); // nobody asked for it, or not twice; or it did not arrive at all
        return;
      }
      wanted.remove(key);
      if (part != Part.WHOLE) {
        tally.arrived(Math.max(0, far.size().orElse(size) - size)); // no more of it comes
      }
      guard(() -> {
        staged.end(arrival.orElse(now));
        taker.take(new Arrival(far, staged, size, digest.end()));
        return key;
      });
    }

    @Override
    public void abandon() {
      staged.discard();
    }
  }

  /**
   * Finds the near message that a far one is a copy of, by the digest of what arrived: what
   * {@link Pairing} could not tie without a download. Each near message is found once.
   */
  static final class Twins {
    private final Folder folder;
    private final Memory memory;
    private final Set<MessageKey> taken = new HashSet<>();
    private final Map<Kind, Place> places = new HashMap<>();
    private final Map<Digest, Deque<Upload>> uploads = new HashMap<>();
    private final boolean anyHere;
    private final boolean anyRemoved;

    /** What arrives: what of a message, and its digest. */
    private record Kind(Digest digest, Part part) {}

    /** How far the near messages of a kind were looked through, for there may be many. */
    private static final class Place {
      long row;
      Optional<MessageKey> stranger = Optional.empty();
    }

    Twins(Folder folder, Memory memory) throws FaultException {
      this.folder = folder;
      this.memory = memory;
      anyHere = memory.twins().anyUntied(folder);
      anyRemoved = memory.twins().anyRemoved(folder);
      for (var upload : memory.uploads().left(folder)) {
        var digest = upload.content().digest().orElseThrow();
        uploads.computeIfAbsent(digest, _ -> new ArrayDeque<>()).add(upload);
      }
    }

    /** What was found is tied now, and found no more by its content. */
    void tied() throws FaultException {
      memory.twins().forget(folder, List.copyOf(taken));
      taken.clear();
      places.clear();
    }

    /** A header tells nothing about what is more than a header. */
    private static boolean isAlike(Part part, boolean headersOnly) {
      return part == Part.WHOLE || headersOnly;
    }

    /**
     * The near twin of a far message, if there is one that was not given away yet.
     *
     * @param part what of the message the digest is of
     */
    Optional<Twin> of(Digest digest, Flags farFlags, Part part) throws FaultException {
      var here = anyHere ? inFolder(digest, farFlags, part) : Optional.<Twin>empty();
      return here.isEmpty() && part == Part.WHOLE ? sent(digest) : here;
    }

    /** Whether its user had removed it here alone; then it is tied to nothing here, as before. */
    boolean isRemoved(Arrival arrival, Part part) throws FaultException {
      return anyRemoved
          && memory
              .twins()
              .tieRemoved(
                  folder, arrival.digest(), part == Part.HEADER, arrival.far().key());
    }

    private Optional<Twin> inFolder(Digest digest, Flags farFlags, Part part)
        throws FaultException {
      var place = places.getOrDefault(new Kind(digest, part), new Place());
      var found = lost(digest, part, place);
      if (found.isEmpty()) {
        found = stranger(digest, farFlags, part, place);
      }
      if (found.isPresent()) {
        places.put(new Kind(digest, part), place);
      }
      return found;
    }

    private Optional<Twin> lost(Digest digest, Part part, Place place) throws FaultException {
      for (; ; ) {
        var twin = memory.twins().lost(folder, digest, place.row);
        if (twin.isEmpty()) {
          return twin;
        }
        place.row = twin.get().row();
        if (isAlike(part, twin.get().headersOnly()) && taken.add(twin.get().near())) {
          return twin;
        }
      }
    }

    private Optional<Twin> stranger(Digest digest, Flags farFlags, Part part, Place place)
        throws FaultException {
      for (; ; ) {
        var next = memory.twins().stranger(folder, digest, place.stranger);
        if (next.isEmpty()) {
          return Optional.empty();
        }
        place.stranger = next;
        var stranger = next.get();
        var headersOnly = memory.contents().isHeadersOnly(folder, stranger);
        if (isAlike(part, headersOnly) && taken.add(stranger)) {
          var flags = memory.observations().seen(folder, Side.NEAR, stranger).map(Sighting::flags);
          var now = flags.orElse(Flags.NONE);
          // Nothing was agreed: what both have is, and each side's other flags are news to the
          // other.
          var both = now.minus(now.minus(farFlags));
          return Optional.of(new Twin(0, stranger, now, both, both, headersOnly));
        }
      }
    }

    /** One that was on its way, and whose user removed or moved it before that was known. */
    private Optional<Twin> sent(Digest digest) throws FaultException {
      var same = uploads.getOrDefault(digest, new ArrayDeque<>());
      for (var upload = same.poll(); upload != null; upload = same.poll()) {
        if (memory.observations().seen(folder, Side.NEAR, upload.near()).isEmpty()
            && taken.add(upload.near())) {
          memory.observations().gone(folder, Side.NEAR, upload.near());
          return Optional.of(new Twin(0, upload.near(), Flags.NONE, Flags.NONE, Flags.NONE, false));
        }
      }
      return Optional.empty();
    }
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.DeliveringEditor.Staged;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Body;
import io.mailtide.engine.ReplicaFolder.BodySink;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.content.Sha256;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

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
      var far = wanted.remove(key);
      if (far == null) {
        staged.discard(); // nobody asked for it, or not twice
        return;
      }
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
}

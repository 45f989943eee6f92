package io.mailtide.net;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server as a stream of bytes, in plain text or TLS, compressed or not, in which
 * nothing waits without a limit.
 *
 * <p>Blocking, for platform and virtual threads; for one thread at a time, save {@link #cancel} and
 * the counts, which are for any. After a {@link NetException} it is of no more use, with one
 * exception: a read that {@linkplain NetFailure.TimedOut timed out} lost nothing and may be
 * repeated.
 */
public final class Link implements AutoCloseable {
  private final Endpoint peer;
  private final Trust trust;
  private final Timeouts timeouts;
  private final InstantSource clock;
  private final Tcp tcp;
  private final Transcript transcript = new Transcript();
  private final Rate incoming = new Rate();
  private final Rate outgoing = new Rate();
  private Duration waited = Duration.ZERO;
  private @Nullable Tls tls;
  private @Nullable Compression compression;

  /** What is read from and written to. */
  private Layer top;

  /**
   * A link not yet connected, so that it can be given to whoever may cancel it.
   *
   * @param clock what deadlines are measured by; it is never set
   */
  public Link(Endpoint peer, Trust trust, Timeouts timeouts, InstantSource clock) {
    this.peer = peer;
    this.trust = trust;
    this.timeouts = timeouts;
    this.clock = clock;
    tcp = new Tcp(peer, clock);
    top = tcp;
  }

  /** Connects, in plain text; {@link #startTls} may follow. */
  public void connect() throws NetException {
    tcp.connect(deadline(Phase.CONNECT));
    transcript.noted("connected to " + description());
  }

  /** Connects and begins TLS at once, before anything is said (RFC 8314). */
  public void connectTls() throws NetException {
    trust.prepare();
    connect();
    handshake();
  }

  /**
   * Begins TLS on a connection where both sides have just agreed to (RFC 9051 section 6.2.1).
   * Nothing that came in plain text may be used thereafter, capabilities least of all.
   *
   * @param unread what was read and not yet consumed. There must be nothing: whatever follows the
   *     server's agreement in plain text is an attack ({@link NetFailure.Injected}), and the
   *     connection is closed
   */
  public void startTls(ByteBuffer unread) throws NetException {
    if (tls != null) {
      throw new IllegalStateException("TLS has begun already");
    }
    if (unread.hasRemaining() || tcp.hasArrived(Phase.HANDSHAKE)) {
      tcp.close();
      throw new NetException(new NetFailure.Injected(peer));
    }
    handshake();
  }

  private void handshake() throws NetException {
    var begun = new Tls(peer, tcp, trust.engine(peer));
    begun.handshake(deadline(Phase.HANDSHAKE));
    tls = begun;
    top = begun;
    transcript.noted("TLS begun: " + begun.version());
  }

  /**
   * Compresses what is said from now on, both ways (RFC 4978).
   *
   * @param unread what was read behind the other side's agreement, compressed already; it is taken
   */
  public void startCompression(ByteBuffer unread) {
    if (compression != null) {
      throw new IllegalStateException("compression has begun already");
    }
    compression = new Compression(peer, top, unread);
    top = compression;
    transcript.noted("compression begun");
  }

  /** Whether TLS protects what is said from now on. */
  public boolean isSecure() {
    return tls != null;
  }

  /** A deadline as far from now as this link's time limits say. */
  public Deadline deadline(Phase phase) {
    var allowed = timeouts.of(phase);
    return new Deadline(phase, allowed, clock.instant().plus(allowed));
  }

  /**
   * Reads what has arrived, as much as has room, waiting for the first byte until the deadline.
   * Large heap buffers are fastest: from 64 KiB on, and at least 17 KiB, TLS decrypts straight into
   * them.
   *
   * @param target with room for at least one byte
   * @return how many bytes were put into it, at least one; -1: the other side closed, and will say
   *     no more
   */
  public int read(ByteBuffer target, Deadline deadline) throws NetException {
    if (!target.hasRemaining()) {
      throw new IllegalArgumentException("no room to read into");
    }
    var begun = clock.instant();
    int count = top.read(target, deadline);
    var waiting = Duration.between(begun, clock.instant());
    waited = waiting.isPositive() ? waited.plus(waiting) : waited;
    if (count > 0 && deadline.phase() == Phase.BODY) {
      incoming.add(count, waiting);
    }
    return count;
  }

  /**
   * Whether there is something to read, or the end. With TLS it may turn out to be only part of
   * something. Does not wait.
   */
  boolean hasArrived(Phase phase) throws NetException {
    return top.hasArrived(phase);
  }

  /** A deadline that has come. */
  Deadline now(Phase phase) {
    return new Deadline(phase, timeouts.of(phase), clock.instant());
  }

  /** Writes all of it, until the deadline. The buffer is the caller's again on return. */
  public void write(ByteBuffer source, Deadline deadline) throws NetException {
    int count = source.remaining();
    var begun = clock.instant();
    top.write(source, deadline);
    if (deadline.phase() == Phase.UPLOAD) {
      outgoing.add(count, Duration.between(begun, clock.instant()));
    }
  }

  public Endpoint peer() {
    return peer;
  }

  /** What was said last. */
  public Transcript transcript() {
    return transcript;
  }

  /** For people: host, port, address, and how it is protected. */
  public String description() {
    return peer + " (" + tcp.address() + ", " + (tls == null ? "plain text" : tls.version()) + ")";
  }

  /**
   * How many bytes a second of messages ({@link Phase#BODY}) came of late, by the time spent
   * waiting for them: about as many as the line or the other side gives, whichever is slower.
   * Absent until enough came to tell.
   */
  public OptionalLong incomingRate() {
    return incoming.perSecond();
  }

  /** The same, but as slow as it ever was of late; absent for longer. */
  public OptionalLong steadyIncomingRate() {
    return incoming.steadily();
  }

  /** How many bytes a second of messages ({@link Phase#UPLOAD}) were taken of late, likewise. */
  public OptionalLong outgoingRate() {
    return outgoing.perSecond();
  }

  /** How long reads took so far, in all: little, where what is read has come before. */
  public Duration waited() {
    return waited;
  }

  /** Bytes received, as on the wire: encrypted and compressed. Any thread. */
  public long bytesIn() {
    return tcp.received();
  }

  /** Bytes sent, as on the wire. Any thread. */
  public long bytesOut() {
    return tcp.sent();
  }

  /**
   * Stops whatever waits on this link, now and from now on, with {@link NetFailure.Cancelled}. Any
   * thread, any number of times, at once. The thread that uses the link still closes it.
   */
  public void cancel() {
    tcp.cancel();
  }

  /** Closes the connection, without waiting for the other side; does not throw. */
  @Override
  public void close() {
    if (tls != null) {
      tls.sayLast();
    }
    tcp.close();
    top = tcp;
    if (compression != null) {
      compression.close();
    }
  }
}

package io.mailtide.net;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** TLS over a {@link Tcp}, client side. One thread. */
final class Tls implements Layer {
  private static final int ARRIVED_BYTES = 1 << 17;
  private static final int SHOWN_BYTES_MAX = 60;

  /** Content types of TLS records (RFC 8446 section 5.1). */
  private static final int ALERT = 21;

  private static final int HANDSHAKE = 22;

  private final Endpoint peer;
  private final Tcp tcp;
  private final SSLEngine engine;

  /** Encrypted, arrived, not yet decrypted: from position to limit. */
  private final ByteBuffer arrived;

  /** Encrypted, to be sent. */
  private final ByteBuffer leaving;

  /**
   * Decrypted, for a caller whose buffer has no room for a whole record: from position to limit.
   */
  private final ByteBuffer spilt;

  private boolean heardTls;

  Tls(Endpoint peer, Tcp tcp, SSLEngine engine) {
    this.peer = peer;
    this.tcp = tcp;
    this.engine = engine;
    var session = engine.getSession();
    arrived = ByteBuffer.allocate(Math.max(ARRIVED_BYTES, session.getPacketBufferSize()))
        .flip();
    leaving = ByteBuffer.allocate(session.getPacketBufferSize());
    spilt = ByteBuffer.allocate(session.getApplicationBufferSize()).flip();
  }

  void handshake(Deadline deadline) throws NetException {
    try {
      engine.beginHandshake();
      for (; ; ) {
        switch (engine.getHandshakeStatus()) {
          case NEED_TASK -> engine.getDelegatedTask().run();
          case NEED_WRAP -> wrap(ByteBuffer.allocate(0), deadline);
          case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrapHandshake(deadline);
          case FINISHED, NOT_HANDSHAKING -> {
            return;
          }
        }
      }
    } catch (SSLException e) {
      sayLast();
      throw new NetException(
          UntrustedException.in(e)
              .<NetFailure>map(
                  found -> new NetFailure.NotTrusted(peer, found.why(), found.certificate()))
              .orElseGet(() -> new NetFailure.NoCommonTls(peer, String.valueOf(e.getMessage()))),
          e);
    }
  }

  private void unwrapHandshake(Deadline deadline) throws SSLException, NetException {
    var result = engine.unwrap(arrived, spilt.clear());
    spilt.flip();
    switch (result.getStatus()) {
      case OK -> {}
      case BUFFER_UNDERFLOW -> {
        if (!fill(deadline)) {
          throw new NetException(closed(deadline));
        }
        checkIsTls();
      }
      case BUFFER_OVERFLOW -> throw new SSLException("a record larger than the session allows");
      case CLOSED -> throw new NetException(closed(deadline));
    }
  }

  /** A server that speaks plain text is told from one that speaks TLS badly by its first byte. */
  private void checkIsTls() throws NetException {
    int first = arrived.get(arrived.position());
    if (!heardTls && first != HANDSHAKE && first != ALERT) {
      var start = new byte[Math.min(arrived.remaining(), SHOWN_BYTES_MAX)];
      arrived.get(arrived.position(), start);
      var text = new String(start, StandardCharsets.US_ASCII).replaceAll("[^ -~]+", " ");
      throw new NetException(new NetFailure.NotTls(peer, text.strip()));
    }
    heardTls = true;
  }

  /**
   * {@inheritDoc}
   *
   * @return -1 also where the other side closed without saying so in TLS: what frames the messages
   *     above knows whether anything is missing
   */
  @Override
  public int read(ByteBuffer target, Deadline deadline) throws NetException {
    int before = target.position();
    try {
      while (true) {
        if (spilt.hasRemaining()) {
          int count = Math.min(spilt.remaining(), target.remaining());
          target.put(target.position(), spilt, spilt.position(), count);
          target.position(target.position() + count);
          spilt.position(spilt.position() + count);
          return target.position() - before;
        }
        boolean fits = target.remaining() >= spilt.capacity();
        if (!fits && target.position() > before) {
          return target.position() - before;
        }
        var result = engine.unwrap(arrived, fits ? target : spilt.clear());
        if (!fits) {
          spilt.flip();
        }
        answer(result.getHandshakeStatus(), deadline);
        switch (result.getStatus()) {
          case OK -> {}
          case BUFFER_OVERFLOW -> throw new SSLException("a record larger than the session allows");
          case BUFFER_UNDERFLOW -> {
            if (target.position() > before) {
              return target.position() - before;
            }
            if (!fill(deadline)) {
              return -1;
            }
          }
          case CLOSED -> {
            return target.position() > before ? target.position() - before : -1;
          }
        }
      }
    } catch (SSLException e) {
      sayLast();
      throw broken(e, deadline);
    }
  }

  @Override
  public boolean hasArrived(Phase phase) throws NetException {
    return spilt.hasRemaining() || arrived.hasRemaining() || tcp.hasArrived(phase);
  }

  /** New keys and the like, in the midst of the data. */
  private void answer(SSLEngineResult.HandshakeStatus status, Deadline deadline)
      throws SSLException, NetException {
    switch (status) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> {
        if (!engine.isOutboundDone()) {
          wrap(ByteBuffer.allocate(0), deadline);
        }
      }
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {}
    }
  }

  @Override
  public void write(ByteBuffer source, Deadline deadline) throws NetException {
    try {
      while (source.hasRemaining()) {
        wrap(source, deadline);
      }
    } catch (SSLException e) {
      throw broken(e, deadline);
    }
  }

  private void wrap(ByteBuffer source, Deadline deadline) throws SSLException, NetException {
    var result = engine.wrap(source, leaving.clear());
    tcp.write(leaving.flip(), deadline);
    if (result.getStatus() == SSLEngineResult.Status.CLOSED && source.hasRemaining()) {
      throw new NetException(closed(deadline));
    }
  }

  /** Reads more; false: the other side closed. */
  private boolean fill(Deadline deadline) throws NetException {
    arrived.compact();
    try {
      return tcp.read(arrived, deadline) > 0;
    } finally {
      arrived.flip();
    }
  }

  private NetFailure closed(Deadline deadline) {
    return new NetFailure.ClosedByPeer(peer, deadline.phase(), "more of TLS");
  }

  private NetException broken(SSLException e, Deadline deadline) {
    return new NetException(
        new NetFailure.TlsBroken(peer, deadline.phase(), String.valueOf(e.getMessage())), e);
  }

  /** Tells the other side that this one ends, and why, as far as that goes without waiting. */
  void sayLast() {
    try {
      engine.closeOutbound();
      while (!engine.isOutboundDone()
          && engine.wrap(ByteBuffer.allocate(0), leaving.clear()).bytesProduced() > 0) {
        tcp.writeIfPossible(leaving.flip());
      }
    } catch (SSLException e) {
      // There are no last words in this state.
      return;
    }
  }

  /** The protocol's version: {@code TLSv1.3}. */
  String version() {
    return engine.getSession().getProtocol();
  }
}

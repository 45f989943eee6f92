package io.mailtide.net;

import io.mailtide.wire.Machine;
import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Moves bytes between a {@link Machine} and a {@link Link}: the whole shell around a protocol. One
 * thread, the link's.
 *
 * <p>Events go into the link's {@link Transcript} as they are, which is logged (INFO) when a wait
 * fails.
 *
 * <p>What the machine asks to send is written before anything is read, so a machine that sends much
 * on end must not make the other side answer much meanwhile: both would wait for each other until
 * the deadline.
 *
 * @param <E> what the machine makes of the bytes
 */
public final class Pump<E> {
  private static final System.Logger LOG = System.getLogger("mailtide.net");
  private static final int BUFFER_BYTES = 1 << 17;
  private static final int UNSENT_BYTES = 1 << 16;

  private final Link link;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private final ByteBuffer unsent = ByteBuffer.allocate(UNSENT_BYTES);
  private Machine<E> machine;

  public Pump(Link link, Machine<E> machine) {
    this.link = link;
    this.machine = machine;
  }

  /**
   * The machine's next event. Buffers within it are valid until the next call.
   *
   * @throws NetException also when the other side {@linkplain NetFailure.ClosedByPeer closed} or
   *     sent what {@linkplain NetFailure.Garbled cannot be understood}; thereafter only a wait that
   *     timed out may be repeated
   */
  public E await(Deadline deadline) throws NetException {
    try {
      for (; ; ) {
        var event = next(deadline);
        if (event.isPresent()) {
          link.transcript().received(event.get());
          return event.get();
        }
        fill(deadline);
      }
    } catch (NetException e) {
      LOG.log(
          System.Logger.Level.INFO,
          () -> e.getMessage() + ". What was said last:\n"
              + String.join("\n", link.transcript().lines()));
      throw e;
    }
  }

  /**
   * The machine's next event if it has come already: for one who has much to send, and listens now
   * and then.
   *
   * @throws NetException as {@link #await} does, but never that the time ran out
   */
  public Optional<E> poll(Phase phase) throws NetException {
    var now = link.now(phase);
    try {
      var event = next(now);
      while (event.isEmpty() && link.hasArrived(phase)) {
        fill(now);
        event = next(now);
      }
      event.ifPresent(link.transcript()::received);
      return event;
    } catch (NetException e) {
      if (e.failure() instanceof NetFailure.TimedOut) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Puts bytes with what is to be sent; where there is no more room, that is sent. */
  public void put(ByteBuffer bytes, Phase phase) throws NetException {
    while (bytes.hasRemaining()) {
      if (!unsent.hasRemaining()) {
        flush(phase);
      }
      int count = Math.min(bytes.remaining(), unsent.remaining());
      unsent.put(unsent.position(), bytes, bytes.position(), count);
      unsent.position(unsent.position() + count);
      bytes.position(bytes.position() + count);
    }
  }

  /**
   * Sends all bytes that were put there.
   *
   * @throws NetException the connection is still open, for the other side may have said why it
   *     takes no more; nothing can be sent any more
   */
  public void flush(Phase phase) throws NetException {
    if (unsent.position() > 0) {
      link.write(unsent.flip(), link.deadline(phase));
      unsent.clear();
    }
  }

  /** Absent when the machine needs more bytes. */
  private Optional<E> next(Deadline deadline) throws NetException {
    for (; ; ) {
      switch (machine.next()) {
        case Step.Emit<E>(var event) -> {
          return Optional.of(event);
        }
        case Step.Send<E>(var bytes) -> {
          link.transcript().sent(bytes.remaining() + " bytes");
          link.write(bytes, deadline);
        }
        case Step.Starved<E>() -> {
          return Optional.empty();
        }
        case Step.Closed<E>(var expected) ->
          throw new NetException(
              new NetFailure.ClosedByPeer(link.peer(), deadline.phase(), expected));
        case Step.Broken<E> broken ->
          throw new NetException(
              new NetFailure.Garbled(link.peer(), deadline.phase(), broken.expected()));
      }
    }
  }

  private void fill(Deadline deadline) throws NetException {
    buffer.clear();
    try {
      link.read(buffer, deadline);
    } finally {
      buffer.flip();
    }
    machine.accept(buffer);
  }

  /**
   * Begins TLS once both sides have agreed to, as {@link Link#startTls} does, with a new machine:
   * of what the old one learnt or holds in plain text, nothing survives.
   */
  public void startTls(Machine<E> fresh) throws NetException {
    link.startTls(buffer);
    machine = fresh;
  }

  /**
   * Begins compression once both sides have agreed to, as {@link Link#startCompression} does, right
   * behind the event that told so. The machine goes on.
   */
  public void startCompression() {
    link.startCompression(buffer);
  }
}

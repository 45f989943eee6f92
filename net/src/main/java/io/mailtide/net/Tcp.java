package io.mailtide.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of which every wait ends at its deadline, or with {@link #cancel}. All but that
 * is for one thread.
 *
 * <p>The channel never blocks; a selector of its own does the waiting, reads and writes alike. (A
 * blocking socket has no time limit for writing, and one for reading only through a copy.)
 */
final class Tcp implements Layer, AutoCloseable {
  private static final int EARLY_BYTES = 1 << 12;
  private static final System.Logger LOG = System.getLogger(Tcp.class.getName());

  private final Endpoint peer;
  private final InstantSource clock;
  private volatile boolean cancelled;
  private volatile @Nullable SocketChannel channel;
  private volatile @Nullable Selector selector;
  private volatile @Nullable FutureTask<InetAddress[]> lookup;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  /** What arrived and was not asked for yet: from position to limit. */
  private ByteBuffer early = ByteBuffer.allocate(0);

  private boolean ended;

  Tcp(Endpoint peer, InstantSource clock) {
    this.peer = peer;
    this.clock = clock;
  }

  /** Tries all addresses of the host in turn, each with an equal share of the time that is left. */
  void connect(Deadline deadline) throws NetException {
    var addresses = resolve(deadline);
    for (int i = 0; i < addresses.length - 1; i++) {
      try {
        connect(addresses[i], deadline.share(clock.instant(), addresses.length - i));
        return;
      } catch (NetException e) {
        checkCancelled(deadline.phase());
      }
    }
    connect(addresses[addresses.length - 1], deadline);
  }

  /**
   * In a thread of its own: the system's resolver can neither be given a time limit nor be stopped.
   */
  private InetAddress[] resolve(Deadline deadline) throws NetException {
    var task = new FutureTask<>(() -> InetAddress.getAllByName(peer.host()));
    lookup = task;
    checkCancelled(deadline.phase());
    Thread.ofPlatform().daemon().name("lookup " + peer.host()).start(task);
    try {
      return task.get(deadline.millisLeft(clock.instant()), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new NetException(new NetFailure.NotResolved(peer), e);
    } catch (TimeoutException e) {
      throw new NetException(timedOut(deadline), e);
    } catch (CancellationException e) {
      throw cancelled(deadline.phase(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(deadline.phase(), e);
    }
  }

  private void connect(InetAddress address, Deadline deadline) throws NetException {
    try {
      close();
      var opened = SocketChannel.open();
      channel = opened;
      var waiting = Selector.open();
      selector = waiting;
      checkCancelled(deadline.phase());
      opened.configureBlocking(false);
      opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
      opened.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      opened.register(waiting, 0);
      if (!opened.connect(new InetSocketAddress(address, peer.port()))) {
        do {
          await(SelectionKey.OP_CONNECT, deadline);
        } while (!opened.finishConnect());
      }
    } catch (ClosedChannelException | CancelledKeyException | ClosedSelectorException e) {
      throw cancelled(deadline.phase(), e);
    } catch (NetException e) {
      throw e;
    } catch (ConnectException e) {
      throw new NetException(new NetFailure.Refused(peer, text(e)), e);
    } catch (IOException e) {
      throw new NetException(new NetFailure.Unreachable(peer, text(e)), e);
    }
  }

  @Override
  public int read(ByteBuffer target, Deadline deadline) throws NetException {
    try {
      for (; ; ) {
        checkCancelled(deadline.phase());
        int count = early.hasRemaining() ? takeEarly(target) : ended ? -1 : arriving(target);
        if (count != 0) {
          return count;
        }
        await(SelectionKey.OP_READ, deadline);
      }
    } catch (IOException | CancelledKeyException | ClosedSelectorException e) {
      throw translated(e, deadline.phase());
    }
  }

  private int arriving(ByteBuffer target) throws IOException {
    int count = open().read(target);
    if (count > 0) {
      received.addAndGet(count);
    }
    return count;
  }

  private int takeEarly(ByteBuffer target) {
    int count = Math.min(early.remaining(), target.remaining());
    target.put(target.position(), early, early.position(), count);
    target.position(target.position() + count);
    early.position(early.position() + count);
    return count;
  }

  @Override
  public void write(ByteBuffer source, Deadline deadline) throws NetException {
    try {
      while (source.hasRemaining()) {
        checkCancelled(deadline.phase());
        int count = open().write(source);
        sent.addAndGet(count);
        if (count == 0) {
          await(SelectionKey.OP_WRITE, deadline);
        }
      }
    } catch (IOException | CancelledKeyException | ClosedSelectorException e) {
      throw translated(e, deadline.phase());
    }
  }

  @Override
  public boolean hasArrived(Phase phase) throws NetException {
    try {
      if (!early.hasRemaining() && !ended) {
        early = early.capacity() > 0 ? early.clear() : ByteBuffer.allocate(EARLY_BYTES);
        ended = arriving(early) < 0;
        early.flip();
      }
      return early.hasRemaining() || ended;
    } catch (IOException e) {
      throw translated(e, phase);
    }
  }

  /** Writes as much as goes without waiting, and drops the rest and any failure: for last words. */
  void writeIfPossible(ByteBuffer source) {
    try {
      sent.addAndGet(open().write(source));
    } catch (IOException e) {
      source.position(source.limit());
    }
  }

  private SocketChannel open() throws ClosedChannelException {
    var current = channel;
    if (current == null) {
      throw new ClosedChannelException();
    }
    return current;
  }

  private void await(int operations, Deadline deadline) throws IOException {
    var waiting = selector;
    if (waiting == null) {
      throw new ClosedChannelException();
    }
    waiting.keys().forEach(key -> key.interestOps(operations));
    for (; ; ) {
      checkCancelled(deadline.phase());
      long millis = deadline.millisLeft(clock.instant());
      if (millis <= 0) {
        throw new NetException(timedOut(deadline));
      }
      if (waiting.select(millis) > 0) {
        waiting.selectedKeys().clear();
        return;
      }
    }
  }

  private void checkCancelled(Phase phase) throws NetException {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new NetException(new NetFailure.Cancelled(peer, phase));
    }
  }

  private NetException cancelled(Phase phase, Throwable cause) {
    return new NetException(new NetFailure.Cancelled(peer, phase), cause);
  }

  private NetFailure timedOut(Deadline deadline) {
    return new NetFailure.TimedOut(peer, deadline.phase(), deadline.allowed());
  }

  private NetException translated(Exception e, Phase phase) {
    return switch (e) {
      case NetException known -> known;
      case ClosedChannelException closed -> cancelled(phase, closed);
      case CancelledKeyException closed -> cancelled(phase, closed);
      case ClosedSelectorException closed -> cancelled(phase, closed);
      default -> new NetException(new NetFailure.Lost(peer, phase, text(e)), e);
    };
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }

  long received() {
    return received.get();
  }

  long sent() {
    return sent.get();
  }

  /** The address connected to; the name where there is none yet. */
  String address() {
    try {
      var current = channel;
      return current != null && current.getRemoteAddress() instanceof InetSocketAddress address
          ? address.getAddress().getHostAddress()
          : peer.host();
    } catch (IOException e) {
      return peer.host();
    }
  }

  /** Ends all waits, now and to come, with {@link NetFailure.Cancelled}. Any thread. */
  void cancel() {
    cancelled = true;
    var pending = lookup;
    if (pending != null) {
      pending.cancel(false);
    }
    var waiting = selector;
    if (waiting != null) {
      waiting.wakeup();
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
    closeQuietly(selector);
  }

  /** A failure to close changes nothing: what had to arrive was answered before. */
  private static void closeQuietly(@Nullable Closeable resource) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a socket", e);
    }
  }
}

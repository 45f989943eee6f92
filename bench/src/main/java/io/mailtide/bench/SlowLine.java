package io.mailtide.bench;

import io.mailtide.engine.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A way to a server on this machine that takes as long as a {@link Line} says. It counts round
 * trips that wait for one another.
 *
 * <p>Two threads a connection and way: one reads as fast as the line carries, the other writes when
 * what was read has had the time to arrive. What travels between them is limited, as TCP's window
 * limits it, so that a reader that does not keep up holds the sender back.
 *
 * <p>Each piece carries a number: how many round trips lie behind it. The server's carry that of
 * the last piece that it had got on that connection; the tool's carry one more than the highest
 * that had come back on any. So what is sent without waiting adds nothing, on however many
 * connections.
 */
final class SlowLine implements AutoCloseable {
  private static final int PIECE = 16 * 1_024;

  /** Pieces on their way: 4 MiB. */
  private static final int WINDOW = 256;

  /** How far behind time a reader may have woken up without losing some of the rate. */
  private static final long SLACK_NANOS = 5_000_000;

  private static final double NANOS = 1e9;
  private static final int BACKLOG = 50;

  private final Line line;
  private final int target;
  private final ServerSocket server;
  private final Way up = new Way();
  private final Way down = new Way();
  private final AtomicLong cameBack = new AtomicLong();
  private final List<Socket> open = new ArrayList<>();

  private SlowLine(Line line, int target) throws IOException {
    this.line = line;
    this.target = target;
    server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Begins to listen. */
  static SlowLine to(int port, Line line) throws IOException {
    return new SlowLine(line, port);
  }

  int port() {
    return server.getLocalPort();
  }

  /** The longest chain of round trips so far, each begun after the one before had ended. */
  long roundTrips() {
    return cameBack.get();
  }

  /** What went over the line so far, as it was: compressed, where that was agreed. */
  ServerTraffic carried() {
    return new ServerTraffic(up.carried(), down.carried());
  }

  /**
   * Bytes on their way.
   *
   * @param due when they arrive, on the clock of {@link System#nanoTime}
   * @param behind how many round trips lie behind them
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
  private record Piece(byte[] bytes, long due, long behind) {}

  /** One way of the line, shared by all connections. */
  private final class Way {
    private long free = System.nanoTime();
    private long carried;

    /** Takes the line for so many bytes; returns when the last of them will have been sent. */
    synchronized long take(int bytes) {
      carried += bytes;
      var begin = Math.max(free, System.nanoTime() - SLACK_NANOS);
      free = begin + (long) (bytes * NANOS / line.bytesPerSecond());
      return free;
    }

    synchronized long carried() {
      return carried;
    }
  }

  private void accept() {
    try {
      while (true) {
        var client = keep(server.accept());
        Thread.ofVirtual().start(() -> connect(client));
      }
    } catch (IOException e) {
      return; // closed: no more connections
    }
  }

  private void connect(Socket client) {
    try {
      // TCP's handshake takes a round trip, and the server begins when the third packet arrives.
      var behind = new AtomicLong(cameBack.get() + 2);
      Environment.system().sleep(line.roundTrip().multipliedBy(3).dividedBy(2));
      var far = keep(new Socket(InetAddress.getLoopbackAddress(), target));
      client.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      carry(
          new Ends(client, far),
          up,
          () -> cameBack.get() + 1,
          piece -> behind.accumulateAndGet(piece.behind, Math::max));
      carry(
          new Ends(far, client),
          down,
          behind::get,
          piece -> cameBack.accumulateAndGet(piece.behind, Math::max));
    } catch (IOException e) {
      close(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Ends(Socket from, Socket to) {}

  private void carry(Ends ends, Way way, LongSupplier behind, Consumer<Piece> arrived) {
    var pieces = new ArrayBlockingQueue<Piece>(WINDOW);
    start(() -> send(ends, way, behind, pieces), ends);
    start(
        () -> {
          try {
            deliver(pieces, ends.to, arrived);
          } finally {
            pieces.clear(); // the sender may wait for a place
          }
        },
        ends);
  }

  private void send(Ends ends, Way way, LongSupplier behind, BlockingQueue<Piece> pieces)
      throws IOException, InterruptedException {
    var buffer = new byte[PIECE];
    for (; ; ) {
      var count = ends.from.getInputStream().read(buffer);
      var number = behind.getAsLong();
      var read = System.nanoTime();
      var sent = Math.max(read, way.take(Math.max(count, 0)));
      sleepUntil(sent);
      var due = sent + line.roundTrip().dividedBy(2).toNanos();
      pieces.put(new Piece(Arrays.copyOf(buffer, Math.max(count, 0)), due, number));
      if (count < 0) {
        return;
      }
    }
  }

  /** Writes each piece when it is due, up to the empty one that stands for the end. */
  private static void deliver(BlockingQueue<Piece> pieces, Socket to, Consumer<Piece> arrived)
      throws IOException, InterruptedException {
    for (; ; ) {
      var piece = pieces.take();
      sleepUntil(piece.due);
      if (piece.bytes.length == 0) {
        to.shutdownOutput();
        return;
      }
      arrived.accept(piece);
      to.getOutputStream().write(piece.bytes);
    }
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    var left = nanos - System.nanoTime();
    if (left > 0) {
      Environment.system().sleep(Duration.ofNanos(left));
    }
  }

  @FunctionalInterface
  private interface Carrying {
    void run() throws IOException, InterruptedException;
  }

  /** What fails at one end is passed on to the other. */
  private static void start(Carrying carrying, Ends ends) {
    Thread.ofVirtual().start(() -> {
      try {
        carrying.run();
      } catch (IOException e) {
        close(ends.from);
        close(ends.to);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private Socket keep(Socket socket) {
    synchronized (open) {
      open.add(socket);
    }
    return socket;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      return; // it is as closed as it can be
    }
  }

  /** Ends all connections. */
  @Override
  public void close() throws IOException {
    server.close();
    synchronized (open) {
      open.forEach(SlowLine::close);
    }
  }
}

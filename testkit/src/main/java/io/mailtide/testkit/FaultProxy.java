package io.mailtide.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A proxy on loopback in front of a server, which counts what passes and can cut the connection or
 * let it stall after so many bytes. What is set holds for connections made afterwards, each
 * counting from its own beginning.
 */
public final class FaultProxy implements AutoCloseable {
  private static final long MINUTES_MAX = 5;

  private final String targetHost;
  private final int targetPort;
  private final ServerSocket server;
  private final AtomicInteger connections = new AtomicInteger();
  private final Way toServer = new Way();
  private final Way toClient = new Way();
  private final CountDownLatch stalled = new CountDownLatch(1);
  private final CountDownLatch resumed = new CountDownLatch(1);
  private final List<Socket> open = new ArrayList<>();

  /** Which way bytes go. */
  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  private static final class Way {
    final AtomicLong passed = new AtomicLong();
    volatile long cutAt = Long.MAX_VALUE;
    volatile long stallAt = Long.MAX_VALUE;
  }

  private FaultProxy(String targetHost, int targetPort) throws IOException {
    this.targetHost = targetHost;
    this.targetPort = targetPort;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Begins to listen. */
  public static FaultProxy before(String host, int port) throws IOException {
    return new FaultProxy(host, port);
  }

  public String host() {
    return "localhost";
  }

  public int port() {
    return server.getLocalPort();
  }

  /**
   * Connections to come are cut, both ways and with a reset, once so many bytes have gone that way.
   */
  public FaultProxy cutAfter(Direction direction, long bytes) {
    way(direction).cutAt = bytes;
    return this;
  }

  /** Connections to come stall that way once so many bytes have gone, until {@link #resume}. */
  public FaultProxy stallAfter(Direction direction, long bytes) {
    way(direction).stallAt = bytes;
    return this;
  }

  /** Connections to come pass unharmed. */
  public FaultProxy heal() {
    for (var direction : Direction.values()) {
      way(direction).cutAt = Long.MAX_VALUE;
      way(direction).stallAt = Long.MAX_VALUE;
    }
    return this;
  }

  /** Waits until a connection stalls: that many bytes have gone, and no more will. */
  public void awaitStall() throws InterruptedException {
    if (!stalled.await(MINUTES_MAX, TimeUnit.MINUTES)) {
      throw new AssertionError("nothing stalled");
    }
  }

  /** Lets what stalls go on, now and from now on. */
  public void resume() {
    resumed.countDown();
  }

  /** Bytes that went that way, of all connections. */
  public long passed(Direction direction) {
    return way(direction).passed.get();
  }

  /** How many connections came. */
  public int connections() {
    return connections.get();
  }

  private Way way(Direction direction) {
    return switch (direction) {
      case TO_SERVER -> toServer;
      case TO_CLIENT -> toClient;
    };
  }

  private void accept() {
    try {
      while (true) {
        var client = keep(server.accept());
        connections.incrementAndGet();
        try {
          var target = keep(new Socket(targetHost, targetPort));
          client.setTcpNoDelay(true);
          target.setTcpNoDelay(true);
          copy(client, target, toServer);
          copy(target, client, toClient);
        } catch (IOException e) {
          reset(client);
        }
      }
    } catch (IOException e) {
      // Closed: no more connections.
      return;
    }
  }

  private Socket keep(Socket socket) {
    synchronized (open) {
      open.add(socket);
    }
    return socket;
  }

  private void copy(Socket from, Socket to, Way way) {
    long cutAt = way.cutAt;
    long stallAt = way.stallAt;
    Thread.ofVirtual().start(() -> {
      try {
        pass(from, to, way, cutAt, stallAt);
      } catch (IOException e) {
        reset(from);
        reset(to);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private void pass(Socket from, Socket to, Way way, long cutAt, long stallAt)
      throws IOException, InterruptedException {
    var buffer = new byte[1 << 16];
    long passed = 0;
    for (; ; ) {
      if (passed >= cutAt) {
        throw new IOException("cut as asked");
      }
      if (passed >= stallAt) {
        stalled.countDown();
        resumed.await();
      }
      long next = passed < stallAt ? Math.min(cutAt, stallAt) : cutAt;
      int count =
          from.getInputStream().read(buffer, 0, (int) Math.min(buffer.length, next - passed));
      if (count < 0) {
        to.shutdownOutput();
        return;
      }
      passed += count;
      // Counted first, so that whoever has received the bytes finds them counted.
      way.passed.addAndGet(count);
      to.getOutputStream().write(buffer, 0, count);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
      return;
    }
  }

  /** Cuts all connections. */
  @Override
  public void close() throws IOException {
    resume();
    server.close();
    synchronized (open) {
      open.forEach(FaultProxy::reset);
    }
  }
}

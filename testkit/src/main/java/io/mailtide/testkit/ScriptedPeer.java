package io.mailtide.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A TCP server on loopback that knows no protocol: it plays a script to each connection, in the
 * order in which they come. Closing it ends the test: it fails when a script failed, did not come
 * to its end, or was not asked for.
 */
public final class ScriptedPeer implements AutoCloseable {
  /** How long a failing test may wait; one that succeeds never does. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ServerSocket server;
  private final List<Script> scripts;
  private final Duration patience;
  private final Thread acceptor;
  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch stalled = new CountDownLatch(1);

  /** One a connection; these two are the acceptor's until it has ended. */
  private final List<Conversation> conversations = new ArrayList<>();

  private final List<Thread> players = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * What to say to one connection; runs in a thread of its own. The connection ends when it
   * returns.
   */
  @FunctionalInterface
  public interface Script {
    void play(Conversation conversation) throws IOException;
  }

  ScriptedPeer(List<Script> scripts, Duration patience) throws IOException {
    this.scripts = scripts;
    this.patience = patience;
    server = new ServerSocket(0, scripts.size(), InetAddress.getLoopbackAddress());
    acceptor = Thread.ofPlatform().daemon().name("scripted peer").start(this::accept);
  }

  /** Begins to listen; the first connection is played the first script, and so on. */
  public static ScriptedPeer playing(Script... scripts) throws IOException {
    return new ScriptedPeer(List.of(scripts), PATIENCE);
  }

  /** {@code localhost}. */
  public String host() {
    return "localhost";
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Lets a script go on that {@linkplain Conversation#stall stalls}, now or later. */
  public void release() {
    released.countDown();
  }

  /** Waits until a script stalls, or ends. */
  public void awaitStall() throws InterruptedException {
    stalled.await();
  }

  private void accept() {
    for (var script : scripts) {
      try {
        var conversation = new Conversation(server.accept(), stalled, released);
        conversations.add(conversation);
        players.add(
            Thread.ofPlatform().daemon().name("script").start(() -> play(script, conversation)));
      } catch (IOException e) {
        failure.compareAndSet(
            null, new AssertionError("a script was not asked for: no connection came", e));
        return;
      }
    }
  }

  private void play(Script script, Conversation conversation) {
    try (conversation) {
      script.play(conversation);
    } catch (IOException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      stalled.countDown();
    }
  }

  /** Releases what stalls, and waits for the scripts to end. */
  @Override
  public void close() throws IOException {
    release();
    try {
      acceptor.join(patience);
      server.close();
      acceptor.join();
      for (int i = 0; i < players.size(); i++) {
        if (!players.get(i).join(patience)) {
          failure.compareAndSet(
              null, new AssertionError("script " + (i + 1) + " still waits for the other side"));
          conversations.get(i).close();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.compareAndSet(null, e);
    }
    var found = failure.get();
    if (found != null) {
      throw new AssertionError("the script failed: " + found, found);
    }
  }
}

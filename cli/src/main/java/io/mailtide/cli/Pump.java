package io.mailtide.cli;

import io.mailtide.client.Audit;
import io.mailtide.client.SendReceive;
import io.mailtide.client.Sending;
import io.mailtide.client.SyncEvent;
import io.mailtide.client.Verdicts;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs a send/receive in a thread of its own and shows it in the calling one, which also keeps the
 * view's clock going. So a view needs no lock.
 */
final class Pump {
  private static final int EVENTS_MAX = 64;
  private static final long TICK_MILLIS = 100;
  private static final Duration RESTORE = Duration.ofMillis(200);

  private final Host host;
  private final View view;

  Pump(Host host, View view) {
    this.host = host;
    this.view = view;
  }

  /**
   * What can be run and cancelled: a {@link SendReceive}, a {@link Sending}, an {@link Audit}, or a
   * test's own.
   */
  interface Work {
    int run(Consumer<SyncEvent> listener) throws InterruptedException;

    void cancel();

    /** The same, with someone else told of each event too. */
    default Work watched(Consumer<SyncEvent> watcher) {
      var self = this;
      return new Work() {
        @Override
        public int run(Consumer<SyncEvent> listener) throws InterruptedException {
          return self.run(watcher.andThen(listener));
        }

        @Override
        public void cancel() {
          self.cancel();
        }
      };
    }

    static Work of(Audit audit) {
      return new Work() {
        @Override
        public int run(Consumer<SyncEvent> listener) throws InterruptedException {
          return audit.run(listener);
        }

        @Override
        public void cancel() {
          audit.cancel();
        }
      };
    }

    static Work of(Sending sending) {
      return new Work() {
        @Override
        public int run(Consumer<SyncEvent> listener) throws InterruptedException {
          return sending.run(listener);
        }

        @Override
        public void cancel() {
          sending.cancel();
        }
      };
    }

    static Work of(SendReceive sendReceive) {
      return new Work() {
        @Override
        public int run(Consumer<SyncEvent> listener) throws InterruptedException {
          return sendReceive.run(listener);
        }

        @Override
        public void cancel() {
          sendReceive.cancel();
        }
      };
    }
  }

  /** Returns the exit code when the work is over. */
  int run(Work work) throws InterruptedException {
    var events = new ArrayBlockingQueue<Optional<SyncEvent>>(EVENTS_MAX);
    var task = new FutureTask<>(() -> {
      try {
        return work.run(event -> put(events, Optional.of(event)));
      } finally {
        put(events, Optional.empty());
      }
    });
    var interrupted = new AtomicBoolean();
    Runnable first = () -> {
      interrupted.set(true);
      work.cancel();
    };
    try (var _ = host.interrupts().listen(first, this::restore)) {
      Thread.ofVirtual().name("send-receive").start(task);
      show(events, interrupted);
      int code = task.get();
      return interrupted.get() && code != Verdicts.DONE ? Verdicts.CANCELLED : code;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the send/receive failed", e.getCause());
    } finally {
      view.close();
    }
  }

  private void show(ArrayBlockingQueue<Optional<SyncEvent>> events, AtomicBoolean interrupted)
      throws InterruptedException {
    var told = false;
    while (true) {
      var next = events.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
      var now = host.environment().clock().instant();
      if (interrupted.get() && !told) {
        told = true;
        view.stopping();
      }
      if (next == null) {
        view.tick(now);
      } else if (next.isPresent()) {
        view.accept(next.get(), now);
      } else {
        return;
      }
    }
  }

  /**
   * The second interrupt: the view is not asked, for it may be the one that hangs. Where it hangs
   * in writing, it keeps all others from that too: then the terminal is left as it is.
   */
  private void restore() {
    if (!(view instanceof TerminalView)) {
      return;
    }
    var restoring = Thread.ofPlatform().daemon().name("restore").start(() -> {
      host.out().print(TerminalView.SHOW + "\r\n");
      host.out().flush();
    });
    try {
      var _ = restoring.join(RESTORE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void put(
      ArrayBlockingQueue<Optional<SyncEvent>> events, Optional<SyncEvent> event) {
    try {
      events.put(event);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the view was busy", e);
    }
  }
}

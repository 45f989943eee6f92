package io.mailtide.replica.maildir.disk;

import io.mailtide.replica.maildir.disk.Durability.Hardener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes small messages in a thread of its own while the next ones are taken in; and does there
 * what else need not be waited for.
 */
public final class Writer implements AutoCloseable {
  private static final int WAITING_MAX = 64;
  private static final int SLICE = 64; // so many in a row, before what waits to be written comes

  private final Buffers buffers;
  private final Deque<Future<Void>> waiting = new ArrayDeque<>();
  private final List<Future<Void>> others = new ArrayList<>();
  private Optional<ExecutorService> thread = Optional.empty();
  private Future<Void> newest = CompletableFuture.completedFuture(null);

  public Writer(Buffers buffers) {
    this.buffers = buffers;
  }

  /**
   * Takes the buffer over.
   *
   * @throws IOException when one before could not be written
   */
  public void write(Path file, byte[] buffer, int used, Instant arrived) throws IOException {
    if (waiting.size() >= WAITING_MAX) {
      Hardener.await(waiting.element());
      waiting.remove();
    }
    newest = running().submit(() -> {
      put(file, buffer, used, arrived);
      return null;
    });
    waiting.add(newest);
  }

  private ExecutorService running() {
    var running = thread.orElseGet(() -> Executors.newSingleThreadExecutor(
        Thread.ofPlatform().daemon().name("mailtide writing").factory()));
    thread = Optional.of(running);
    return running;
  }

  /** Acts on something. */
  @FunctionalInterface
  public interface Act<T> {
    void on(T item) throws IOException;
  }

  /**
   * Acts on each of these after what was handed over until now is written, and in turn with what
   * comes later: whoever has more to write does not wait for all of them.
   *
   * @return fails as the first act that fails does; then no more of them are acted on
   */
  public <T> Future<Void> each(List<T> items, Act<T> act) {
    var done = new CompletableFuture<Void>();
    others.add(done.exceptionally(_ -> null)); // a hardening waits for it, and fails not with it
    some(running(), items, act, done);
    return done;
  }

  private static <T> void some(
      ExecutorService running, List<T> items, Act<T> act, CompletableFuture<Void> done) {
    running.execute(() -> {
      var slice = items.subList(0, Math.min(SLICE, items.size()));
      try {
        for (var item : slice) {
          act.on(item);
        }
        if (slice.size() == items.size()) {
          done.complete(null);
        } else {
          some(running, items.subList(slice.size(), items.size()), act, done);
        }
      } catch (IOException | RuntimeException | Error e) { // also that the thread takes no more
        done.completeExceptionally(e);
      }
    });
  }

  private void put(Path file, byte[] buffer, int used, Instant arrived) throws IOException {
    try (var channel = create(file)) {
      var whole = false;
      try {
        writeAll(channel, ByteBuffer.wrap(buffer, 0, used));
        Files.setLastModifiedTime(file, FileTime.from(arrived));
        whole = true;
      } finally {
        if (!whole) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException _) {
      // Its folder went while it waited: who publishes it finds it missing.
    }
    buffers.give(buffer);
  }

  /** Waits until all that was handed over is written, or could not be. */
  public void await() throws IOException {
    if (thread.isPresent() && !newest.isDone()) {
      Hardener.await(thread.get().submit(() -> null));
    }
  }

  /**
   * What was handed over since the last call, each done when it is written, and failed when it is
   * not.
   */
  public List<Future<Void>> take() {
    var taken = new ArrayList<>(waiting);
    taken.addAll(others);
    waiting.clear();
    others.clear();
    return taken;
  }

  /** Creates a file that is for its owner alone, to be written and read back. */
  public static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        EnumSet.of(
            StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
        Directories.forFile());
  }

  /** Writes all of it, at the channel's position. */
  public static void writeAll(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  @Override
  public void close() {
    thread.ifPresent(ExecutorService::close);
  }
}

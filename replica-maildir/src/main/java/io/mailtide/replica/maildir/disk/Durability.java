package io.mailtide.replica.maildir.disk;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Makes durable what was written, many files at once. Told of each change, so that it can be done
 * in whichever way the system allows. One thread.
 */
public interface Durability extends AutoCloseable {
  /**
   * To be called before the first change in a folder: errors of writing back are seen from then on.
   */
  void begin(Path folder) throws IOException;

  /** A file was written and closed. */
  void wrote(Path file);

  /** An entry of a directory was made, renamed or removed. */
  void changed(Path directory);

  /** Whatever is on the file systems, also by other programs, where that can be forced. */
  void everything();

  /**
   * Takes what was written and changed until now: what is returned makes it durable, in whichever
   * thread, while more is written. Absent when nothing was changed.
   */
  Optional<Callable<Void>> take();

  @Override
  void close();

  /**
   * The best way here: {@code syncfs(2)} where there is one and native access is granted, else file
   * by file.
   */
  static Durability best() {
    Optional<NativeSync> sync =
        System.getProperty("os.name", "").equals("Linux") ? NativeSync.load() : Optional.empty();
    return sync.<Durability>map(FileSystemSync::new).orElseGet(FileByFileSync::new);
  }

  /**
   * Chosen at the first change: to link to the system takes time that most runs have no use for.
   */
  final class WhenNeeded implements Durability {
    private final Supplier<Durability> choice;
    private Optional<Durability> chosen = Optional.empty();

    public WhenNeeded(Supplier<Durability> choice) {
      this.choice = choice;
    }

    private Durability chosen() {
      var now = chosen.orElseGet(choice);
      chosen = Optional.of(now);
      return now;
    }

    @Override
    public void begin(Path folder) throws IOException {
      chosen().begin(folder);
    }

    @Override
    public void wrote(Path file) {
      chosen().wrote(file);
    }

    @Override
    public void changed(Path directory) {
      chosen().changed(directory);
    }

    @Override
    public void everything() {
      chosen().everything();
    }

    @Override
    public Optional<Callable<Void>> take() {
      return chosen.flatMap(Durability::take);
    }

    @Override
    public void close() {
      chosen.ifPresent(Durability::close);
    }
  }

  /**
   * Makes changes durable in the background, one lot after the other. One that fails fails all that
   * come after it: the system tells only once that it could not write back.
   */
  final class Hardener implements AutoCloseable {
    private final Durability durability;
    private final Writer writer;
    private FutureTask<Void> last = new FutureTask<>(() -> null);

    /** @param writer writes some of what {@code durability} is told of */
    public Hardener(Durability durability, Writer writer) {
      this.durability = durability;
      this.writer = writer;
      last.run();
    }

    /** Begins; {@link #await} tells when all changes until now will outlive a power cut. */
    public Future<Void> begin() {
      durability.take().ifPresent(changes -> {
        var before = last;
        var written = writer.take();
        last = new FutureTask<>(() -> {
          await(before);
          for (var one : written) {
            await(one);
          }
          return changes.call();
        });
        Thread.ofPlatform().daemon().name("mailtide hardening").start(last);
      });
      return last;
    }

    public static void await(Future<Void> begun) throws IOException {
      try {
        begun.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new ClosedByInterruptException().initCause(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failed) {
          throw failed;
        }
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try {
        await(last);
      } catch (IOException | IllegalStateException _) {
        // Whoever waited for it was told.
      }
      durability.close();
    }
  }
}

package io.mailtide.replica.maildir.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * An {@code fsync(2)} for each file and directory, from several threads, so that they share the
 * file system's commits. Files come before directories: no name becomes durable before its content.
 */
public final class FileByFileSync implements Durability {
  private static final int THREADS = 8;

  private final Set<Path> files = new LinkedHashSet<>();
  private final Set<Path> directories = new LinkedHashSet<>();

  @Override
  public void begin(Path folder) {}

  @Override
  public void wrote(Path file) {
    files.add(file);
    directories.add(Directories.parent(file));
  }

  @Override
  public void changed(Path directory) {
    directories.add(directory);
  }

  /** Only what this was told of: what others did is theirs to force. */
  @Override
  public void everything() {}

  /** How many files and directories are to be forced. */
  int size() {
    return files.size() + directories.size();
  }

  @Override
  public Optional<Callable<Void>> take() {
    if (directories.isEmpty()) {
      return Optional.empty();
    }
    var written = List.copyOf(files);
    var changed = List.copyOf(directories);
    files.clear();
    directories.clear();
    return Optional.of(() -> {
      all(written, StandardOpenOption.WRITE);
      all(changed, StandardOpenOption.READ);
      return null;
    });
  }

  private static void all(List<Path> queue, OpenOption option) throws IOException {
    if (queue.isEmpty()) {
      return;
    }
    var count = Math.min(THREADS, queue.size());
    try (var threads = Executors.newFixedThreadPool(count)) {
      var parts = new ArrayList<Callable<Void>>();
      for (var part = 0; part < count; part++) {
        var first = part;
        parts.add(() -> {
          for (var i = first; i < queue.size(); i += count) {
            force(queue.get(i), option);
          }
          return null;
        });
      }
      for (var done : threads.invokeAll(parts)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing back to the disk", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case UncheckedIOException failed -> throw failed.getCause();
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private static void force(Path path, OpenOption option) throws IOException {
    try {
      Directories.force(path, option);
    } catch (NoSuchFileException _) {
      // Discarded, or moved on by another program: not ours to keep any more.
    }
  }

  @Override
  public void close() {
    files.clear();
    directories.clear();
  }
}

package io.mailtide.replica.maildir.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * One {@code syncfs(2)} for each file system that holds folders, usually one for everything. Where
 * little was changed, file by file: {@code syncfs} also waits for all that others write there,
 * which may be a film on its way.
 */
public final class FileSystemSync implements Durability {
  /** So many files and directories cost less one by one. */
  private static final int FEW = 32;

  private final NativeSync system;
  private final Map<Object, Integer> descriptors = new HashMap<>();
  private final Set<Path> begun = new HashSet<>();
  private final FileByFileSync few = new FileByFileSync();
  private boolean many;

  public FileSystemSync(NativeSync system) {
    this.system = system;
  }

  @Override
  public void begin(Path folder) throws IOException {
    if (begun.add(folder)) {
      var device = Files.getAttribute(folder, "unix:dev");
      if (!descriptors.containsKey(device)) {
        descriptors.put(device, system.open(folder));
      }
    }
  }

  @Override
  public void wrote(Path file) {
    if (!many) {
      few.wrote(file);
      count();
    }
  }

  @Override
  public void changed(Path directory) {
    if (!many) {
      few.changed(directory);
      count();
    }
  }

  private void count() {
    if (few.size() > FEW) {
      everything();
    }
  }

  @Override
  public void everything() {
    few.close();
    many = true;
  }

  @Override
  public Optional<Callable<Void>> take() {
    if (!many) {
      return few.take();
    }
    many = false;
    var there = List.copyOf(descriptors.values());
    return Optional.of(() -> {
      for (var descriptor : there) {
        system.sync(descriptor);
      }
      return null;
    });
  }

  @Override
  public void close() {
    for (var descriptor : descriptors.values()) {
      try {
        system.close(descriptor);
      } catch (IOException _) {
        // Opened to read: nothing can be lost here; what matters was said by sync.
      }
    }
    descriptors.clear();
    begun.clear();
  }
}

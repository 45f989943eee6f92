package io.mailtide.replica.maildir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes durable what was written, many files at once. Told of each change, so that it can be done
 * in whichever way the system allows. One thread.
 */
interface Durability extends AutoCloseable {
  /**
   * To be called before the first change in a folder: errors of writing back are seen from then on.
   */
  void begin(Path folder) throws IOException;

  /** A file was written and closed. */
  void wrote(Path file);

  /** An entry of a directory was made, renamed or removed. */
  void changed(Path directory);

  /** Returns when all of that will outlive a power cut. Costs nothing when nothing was changed. */
  void harden() throws IOException;

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
}

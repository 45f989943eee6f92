package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second run from a store. The system lets go of it when the process ends, however it ends.
 */
public final class StoreLock implements AutoCloseable {
  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock or throws {@link Kind#BUSY}; does not wait. The directory is made where it is
   * missing.
   */
  public static StoreLock take(Path stateDirectory, String store) throws FaultException {
    var file = file(stateDirectory, store, ".lock");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (locked(channel)) {
        return new StoreLock(channel);
      }
      channel.close();
    } catch (IOException e) {
      throw new FaultException(
          Fault.of(
              Kind.DISK,
              Reach.REPLICA,
              "locking the store with " + file,
              e.getClass().getSimpleName() + ": " + e.getMessage(),
              "Make the state directory writable, or set state-dir."),
          e);
    }
    throw new FaultException(Fault.of(
        Kind.BUSY,
        Reach.REPLICA,
        "locking the store " + store,
        "another run of Mailtide is synchronising it",
        "Wait for it to end, or stop it; nothing was changed."));
  }

  /** A file of the store's; characters that a file name may not hold are escaped. */
  public static Path file(Path directory, String store, String suffix) {
    var name = new StringBuilder();
    store.chars().forEach(c -> {
      if (Character.isLetterOrDigit(c) || c == '-' || c == '_' || (c == '.' && !name.isEmpty())) {
        name.appendCodePoint(c);
      } else {
        name.append("%%%04x".formatted(c));
      }
    });
    return directory.resolve(name + suffix);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger(StoreLock.class.getName()).log(System.Logger.Level.DEBUG, "unlocking", e);
    }
  }
}

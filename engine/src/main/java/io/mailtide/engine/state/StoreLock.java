package io.mailtide.engine.state;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second run from a store. The system lets go of it when the process ends, however it ends.
 */
public final class StoreLock implements AutoCloseable {
  /**
   * What this process holds. The system lets go of a lock as soon as the process closes any
   * descriptor of its file, so a file that is in here must not even be opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path held;
  private final FileChannel channel;

  private StoreLock(Path held, FileChannel channel) {
    this.held = held;
    this.channel = channel;
  }

  /**
   * Takes the lock or throws {@link Kind#BUSY}; does not wait. The directory is made where it is
   * missing.
   */
  public static StoreLock take(Path stateDirectory, String store) throws FaultException {
    var file = file(stateDirectory, store, ".lock");
    try {
      var held = makeDirectory(file).toRealPath().resolve(file.getFileName());
      var taken = HELD.add(held) ? locked(held) : Optional.<FileChannel>empty();
      if (taken.isPresent()) {
        return new StoreLock(held, taken.get());
      }
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

  /** Makes the directory of a file of the state where it is missing, seen by its owner alone. */
  static Path makeDirectory(Path file) throws IOException {
    var directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    return Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
  }

  /** Makes a file of the state where it is missing, likewise. */
  static void makeFile(Path file) throws IOException {
    try {
      Files.createFile(file, ownerOnly(file, "rw-------"));
    } catch (FileAlreadyExistsException e) {
      // It keeps its rights: they are its owner's business.
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String rights) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /** Locks a file that was put among those held; it stays there where it could be locked. */
  private static Optional<FileChannel> locked(Path file) throws IOException {
    var locked = false;
    Optional<FileChannel> channel = Optional.empty();
    try {
      makeFile(file);
      channel = Optional.of(FileChannel.open(file, StandardOpenOption.WRITE));
      locked = channel.get().tryLock() != null;
      return locked ? channel : Optional.empty();
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // held by other code of this process
    } finally {
      if (!locked) {
        if (channel.isPresent()) {
          channel.get().close();
        }
        HELD.remove(file);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger(StoreLock.class.getName()).log(System.Logger.Level.DEBUG, "unlocking", e);
    } finally {
      HELD.remove(held);
    }
  }
}

package io.mailtide.replica.maildir;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.replica.maildir.disk.NativeSync;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Translates I/O errors to faults, once. */
final class Faults {
  /** With less room than this, a failed write is put down to the disk being full. */
  private static final long FULL_BELOW_BYTES = 1 << 20;

  private Faults() {}

  /** What may fail. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException, FaultException;
  }

  /**
   * Runs it.
   *
   * @param doing a clause, to which the path is added
   * @param reach how far a lack of permission, or of the path, reaches; all else is about the whole
   *     replica
   */
  static <T> T translate(String doing, Path path, Reach reach, Attempt<T> attempt)
      throws FaultException {
    try {
      return attempt.run();
    } catch (IOException e) {
      throw new FaultException(fault(doing, path, reach, e), e);
    } catch (DirectoryIteratorException e) {
      throw new FaultException(fault(doing, path, reach, Objects.requireNonNull(e.getCause())), e);
    }
  }

  private static Fault fault(String doing, Path path, Reach reach, IOException e) {
    var clause = doing + ", " + path;
    return switch (e) {
      case ClosedByInterruptException _ -> Cancellation.fault();
      case NoSuchFileException _, NotDirectoryException _ ->
        Fault.of(
            Kind.NOT_FOUND,
            reach,
            clause,
            "no such file or directory" + where(path, e),
            "It was moved or removed meanwhile; the next run looks again.");
      case AccessDeniedException _ ->
        Fault.of(
            Kind.DISK,
            reach,
            clause,
            "permission denied" + where(path, e),
            "Give the user that runs Mailtide the right to read and write there.");
      default ->
        full(path, e)
            ? Fault.of(
                Kind.DISK_FULL,
                Reach.REPLICA,
                clause,
                said(e),
                "Make room on that disk and run again; nothing is lost.")
            : Fault.of(
                Kind.DISK,
                Reach.REPLICA,
                clause,
                said(e) + where(path, e),
                "Check the disk, and that it is mounted to write; nothing is lost on the server.");
    };
  }

  private static String where(Path path, IOException e) {
    return Optional.of(e)
        .filter(FileSystemException.class::isInstance)
        .map(FileSystemException.class::cast)
        .map(FileSystemException::getFile)
        .filter(file -> !file.equals(path.toString()))
        .map(file -> ": " + file)
        .orElse("");
  }

  /** What the system said of it. */
  static String said(IOException e) {
    var reason = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  /** Java does not hand over the error number, so the disk itself is asked. */
  private static boolean full(Path path, IOException e) {
    if (e instanceof NativeSync.SyncFailedException failed) {
      return failed.full();
    }
    try {
      var there = path;
      while (there.getParent() != null && !Files.exists(there)) {
        there = there.getParent();
      }
      return Files.getFileStore(there).getUsableSpace() < FULL_BELOW_BYTES;
    } catch (IOException _) {
      return false;
    }
  }
}

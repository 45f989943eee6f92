package io.mailtide.replica.maildir.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes and removes directories, and moves files between them; mail is for its owner's eyes only.
 */
public final class Directories {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private static final FileAttribute<?>[] FILE = only("rw-------");
  private static final FileAttribute<?>[] DIRECTORY = only("rwx------");

  private Directories() {}

  private static FileAttribute<?>[] only(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** The attributes of a new file. */
  public static FileAttribute<?>[] forFile() {
    return FILE;
  }

  /** What there is of that name, if anything: where nothing is, that costs no exception. */
  public static Optional<BasicFileAttributes> look(Path path, LinkOption... options)
      throws IOException {
    return Optional.ofNullable(path.getFileSystem()
        .provider()
        .readAttributesIfExists(path, BasicFileAttributes.class, options));
  }

  /** Creates a directory; false when there was one. */
  public static boolean create(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, DIRECTORY);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(directory)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Creates a directory and those above it.
   *
   * @return the directories that have a new entry
   */
  public static List<Path> createAll(Path directory) throws IOException {
    var missing = new ArrayList<Path>();
    for (var at = directory; at != null && !Files.isDirectory(at); at = at.getParent()) {
      missing.add(at);
    }
    var changed = new ArrayList<Path>();
    for (var path : missing.reversed()) {
      if (create(path)) {
        changed.add(parent(path));
      }
    }
    return changed;
  }

  public static Path parent(Path path) {
    var parent = path.getParent();
    return parent == null ? path : parent;
  }

  /** Renames a file, never onto another. */
  public static void move(Path source, Path target) throws IOException {
    if (look(target, LinkOption.NOFOLLOW_LINKS).isPresent()) {
      throw new FileAlreadyExistsException(target.toString());
    }
    // Without this option Java does nothing where both are links to one file, and does not say so.
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Renames a file, never onto another, though the target may be on another file system.
   *
   * @param spare where a copy may lie until it is whole; beside the target
   */
  public static void move(Path source, Path target, Path spare) throws IOException {
    try {
      move(source, target);
    } catch (AtomicMoveNotSupportedException _) {
      carry(source, target, spare);
    }
  }

  /** Moves by copying; the source goes when the copy has its name and will outlive a power cut. */
  public static void carry(Path source, Path target, Path spare) throws IOException {
    Files.copy(source, spare, StandardCopyOption.COPY_ATTRIBUTES);
    force(spare, StandardOpenOption.WRITE);
    move(spare, target);
    force(parent(target), StandardOpenOption.READ);
    Files.delete(source);
  }

  /** Makes one file or directory durable. */
  public static void force(Path path, OpenOption option) throws IOException {
    try (var channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  public static void deleteTree(Path top) throws IOException {
    Files.walkFileTree(top, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
          throws IOException {
        if (failure != null) {
          throw failure;
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }
}

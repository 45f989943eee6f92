package io.mailtide.replica.maildir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes and removes directories; mail is for its owner's eyes only. */
final class Directories {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private Directories() {}

  private static FileAttribute<?>[] only(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** The attributes of a new file. */
  static FileAttribute<?>[] forFile() {
    return only("rw-------");
  }

  /** Creates a directory; false when there was one. */
  static boolean create(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, only("rwx------"));
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
  static List<Path> createAll(Path directory) throws IOException {
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

  static Path parent(Path path) {
    var parent = path.getParent();
    return parent == null ? path : parent;
  }

  static void deleteTree(Path top) throws IOException {
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

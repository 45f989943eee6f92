package io.mailtide.replica.maildir;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/**
 * Where removed messages stay a while: {@code .mailtide/removed/DATE/FOLDER/cur} under the root, by
 * the day of the removal (UTC). On the same file system, so that a removal is one rename, and the
 * file keeps its time.
 */
final class UndoArea {
  private final FolderPaths paths;
  private final UniqueNames names;
  private final Durability durability;

  UndoArea(FolderPaths paths, UniqueNames names, Durability durability) {
    this.paths = paths;
    this.names = names;
    this.durability = durability;
  }

  private Path top() {
    return paths.root().resolve(FolderPaths.OWN).resolve("removed");
  }

  /** Moves a message's file here. */
  void take(FolderName folder, Path from, MessageFile file, Instant now)
      throws IOException, FaultException {
    var day = top().resolve(LocalDate.ofInstant(now, ZoneOffset.UTC).toString());
    var directory = paths.under(day, folder).resolve("cur");
    Directories.createAll(directory).forEach(durability::changed);
    try {
      Files.move(file.in(from), directory.resolve(file.name()));
    } catch (FileAlreadyExistsException _) {
      // It was removed before that day, restored, and is removed again.
      var other = new MessageFile(false, names.next(), file.letters());
      Files.move(file.in(from), directory.resolve(other.name()));
    }
    durability.changed(directory);
  }

  /** Deletes the days that were over by then. */
  void purge(Instant then) throws IOException {
    try (var days = Files.newDirectoryStream(top())) {
      for (var day : days) {
        if (overBy(then, day.getFileName().toString())) {
          Directories.deleteTree(day);
          durability.changed(top());
        }
      }
    } catch (NoSuchFileException _) {
      return;
    }
    deleteIfEmpty(top());
    deleteIfEmpty(Directories.parent(top()));
  }

  private static boolean overBy(Instant then, String day) {
    try {
      return !LocalDate.parse(day)
          .plusDays(1)
          .atStartOfDay(ZoneOffset.UTC)
          .toInstant()
          .isAfter(then);
    } catch (DateTimeParseException _) {
      return false; // not ours
    }
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException _) {
      // Still in use.
    }
  }
}

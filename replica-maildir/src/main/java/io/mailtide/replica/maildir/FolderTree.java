package io.mailtide.replica.maildir;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.ReplicaProvider.Notices;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lists, creates and removes the directories that are folders: those that hold {@code cur},
 * {@code new} and {@code tmp}.
 */
final class FolderTree {
  /** How deep directories are looked into; folder names are shorter on any server. */
  private static final int DEPTH_MAX = 64;

  private static final List<String> PARTS = List.of("tmp", "new", "cur");

  private final FolderPaths paths;
  private final Durability durability;
  private final Notices notices;

  FolderTree(FolderPaths paths, Durability durability, Notices notices) {
    this.paths = paths;
    this.durability = durability;
    this.notices = notices;
  }

  static boolean isFolder(Path directory) {
    return PARTS.stream().allMatch(part -> Files.isDirectory(directory.resolve(part)));
  }

  static FaultException noFolder(String doing, FolderName name, Path directory) {
    return new FaultException(Fault.of(
            Kind.NOT_FOUND,
            Reach.FOLDER,
            doing + ", " + directory,
            "there is no directory with cur, new and tmp",
            "It was moved or removed; the next run looks again.")
        .in(name));
  }

  /** All folders. */
  Map<FolderName, Path> list() throws IOException, FaultException {
    var found = new TreeMap<FolderName, Path>();
    if (paths.plus() && isFolder(paths.root())) {
      found.put(FolderName.INBOX, paths.root());
    }
    list(paths.root(), List.of(), "", new HashSet<>(), found);
    return found;
  }

  /**
   * Looks into a directory.
   *
   * @param names of the directories from the root to it, pieces put together
   * @param begun the pieces so far of the name that goes on in this directory
   * @param above the directories on the way here, for links may lead back
   */
  private void list(
      Path directory,
      List<String> names,
      String begun,
      Set<Object> above,
      Map<FolderName, Path> found)
      throws IOException, FaultException {
    var key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    if (above.size() > DEPTH_MAX || !above.add(key)) {
      return;
    }
    try (var children = Files.newDirectoryStream(directory)) {
      for (var child : children) {
        var name = child.getFileName().toString();
        if ((begun.isEmpty() && !paths.isCandidate(name)) || !Files.isDirectory(child)) {
          continue;
        }
        checkDecoded(child);
        if (name.endsWith(FolderPaths.CONTINUED)) {
          var piece = name.substring(0, name.length() - FolderPaths.CONTINUED.length());
          list(child, names, begun + piece, above, found);
        } else {
          var whole = new ArrayList<>(names);
          whole.add(begun + name);
          enter(child, whole, found);
          if (!paths.plus()) {
            list(child, whole, "", above, found);
          }
        }
      }
    } catch (NoSuchFileException e) {
      if (directory.equals(paths.root())) {
        throw e;
      }
      // Removed while we looked.
    }
    above.remove(key);
  }

  private void enter(Path directory, List<String> names, Map<FolderName, Path> found)
      throws FaultException {
    if (!isFolder(directory)) {
      return;
    }
    var name = paths.name(names, directory);
    if (name.isPresent()) {
      found.put(name.get(), directory);
    } else {
      notices.notice("Left alone: " + directory
          + " holds mail, but Mailtide would call a folder of that name otherwise. Rename it "
          + "to have it take part.");
    }
  }

  private static void checkDecoded(Path directory) throws FaultException {
    if (FolderPaths.isUndecodable(directory.getFileName().toString())) {
      throw new FaultException(
          Fault.of(
              Kind.CONFIGURATION,
              Reach.REPLICA,
              "listing the folders, " + directory,
              "the directory's name cannot be read in the character set of this environment",
              "Run Mailtide in a UTF-8 locale, for instance with LC_ALL=C.UTF-8; or rename the directory."));
    }
  }

  /**
   * Creates a folder; the directories above it become folders only when they are created
   * themselves.
   */
  void create(FolderName name, Path directory) throws IOException, FaultException {
    for (var at = directory; !at.equals(paths.root()); at = Directories.parent(at)) {
      if (Files.isDirectory(at)) {
        checkSpelling(name, at);
      }
    }
    durability.begin(paths.root());
    Directories.createAll(directory).forEach(durability::changed);
    for (var part : PARTS) {
      if (Directories.create(directory.resolve(part))) {
        durability.changed(directory);
      }
    }
  }

  /**
   * A directory that is there, though not by this name, belongs to another folder that the file
   * system cannot tell from it.
   */
  private static void checkSpelling(FolderName name, Path directory)
      throws IOException, FaultException {
    var others = new ArrayList<Path>();
    try (var siblings = Files.newDirectoryStream(Directories.parent(directory))) {
      siblings.forEach(others::add);
    }
    if (!others.contains(directory)) {
      throw new FaultException(Fault.of(
              Kind.COLLISION,
              Reach.FOLDER,
              "creating the local folder, " + directory,
              "the file system cannot tell its name from that of another folder",
              "Rename one of the two on the server, or keep the mail on a file system that "
                  + "tells case and accents apart.")
          .in(name));
    }
  }

  /**
   * Renames a folder and those below it: one directory, or in Maildir++ one for each. These go from
   * the innermost outwards, so that the folder itself is there until all have gone, and a rename
   * that was cut off can be repeated.
   */
  void rename(FolderName from, FolderName to) throws IOException, FaultException {
    if (from.equals(FolderName.INBOX)) {
      throw new FaultException(Fault.of(
              Kind.UNSUPPORTED,
              Reach.FOLDER,
              "renaming the local INBOX to " + to,
              "every store has an INBOX",
              "Move its messages instead.")
          .in(from));
    }
    var source = paths.of(from);
    if (!isFolder(source)) {
      throw noFolder("renaming the local folder to " + to, from, source);
    }
    durability.begin(paths.root());
    var moved = paths.plus()
        ? list().keySet().stream()
            .filter(name -> name.isWithin(from))
            .sorted(Comparator.reverseOrder())
            .toList()
        : List.of(from);
    for (var name : moved) {
      checkFree(from, name.renamed(from, to));
    }
    for (var name : moved) {
      var target = paths.of(name.renamed(from, to));
      Directories.createAll(Directories.parent(target)).forEach(durability::changed);
      Directories.move(paths.of(name), target);
      durability.changed(Directories.parent(paths.of(name)));
      durability.changed(Directories.parent(target));
    }
  }

  private void checkFree(FolderName from, FolderName to) throws FaultException {
    var target = paths.of(to);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) || target.startsWith(paths.of(from))) {
      throw new FaultException(Fault.of(
              Kind.COLLISION,
              Reach.FOLDER,
              "renaming the local folder " + from + " to " + to,
              Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                  ? "there is " + target + " already"
                  : "one lies within the other",
              "Its messages are brought in step one by one.")
          .in(to));
    }
  }

  /** Removes a folder that holds no message; folders in it stay, and what is not mail. */
  void removeEmpty(Path directory, UniqueNames names) throws IOException {
    if (!isFolder(directory)
        || !isEmpty(directory.resolve("new"))
        || !isEmpty(directory.resolve("cur"))) {
      return;
    }
    durability.begin(paths.root());
    discardStaged(directory, names);
    for (var part : List.of("new", "tmp", "cur")) {
      try {
        Files.deleteIfExists(directory.resolve(part));
      } catch (DirectoryNotEmptyException _) {
        // Something was delivered at this moment: it is a folder with a message again.
        for (var again : PARTS) {
          Directories.create(directory.resolve(again));
        }
        return;
      }
    }
    durability.changed(directory);
    if (directory.equals(paths.root())) {
      return;
    }
    deleteDirectory(directory);
  }

  private void deleteDirectory(Path directory) throws IOException {
    try (var rest = Files.newDirectoryStream(directory, "{dovecot*,maildirfolder}")) {
      for (var file : rest) {
        if (!Files.isDirectory(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
    try {
      Files.deleteIfExists(directory);
      durability.changed(Directories.parent(directory));
    } catch (DirectoryNotEmptyException _) {
      // It holds other folders, or what is not ours.
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  /** Deletes what earlier runs of ours left in {@code tmp}. */
  static void discardStaged(Path directory, UniqueNames names) throws IOException {
    try (var files = Files.newDirectoryStream(directory.resolve("tmp"))) {
      for (var file : files) {
        if (names.isOfEarlierRun(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}

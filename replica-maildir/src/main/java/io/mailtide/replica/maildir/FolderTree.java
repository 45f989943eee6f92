package io.mailtide.replica.maildir;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.ReplicaProvider.Notices;
import io.mailtide.replica.maildir.disk.Directories;
import io.mailtide.replica.maildir.disk.Durability;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
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
import java.util.Set;

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

  /** A directory that is a folder, as it looked when it was listed. */
  record Listed(FolderName name, Path directory, Stamps stamps) {}

  static boolean isFolder(Path directory) {
    for (var part : PARTS) {
      if (!Files.isDirectory(directory.resolve(part))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Makes sure that there is such a folder. An empty {@code new}, {@code cur} or {@code tmp} may
   * have been cleaned away, or left out of a copy: where a part that holds messages is there, it is
   * made again.
   *
   * @throws FaultException {@link Kind#NOT_FOUND} when there surely is none
   */
  void require(FolderName name, Path directory) throws IOException, FaultException {
    if (isFolder(directory)) {
      return;
    }
    var at = paths.root();
    requireDirectory(name, at, directory);
    for (var piece : paths.root().relativize(directory)) {
      at = at.resolve(piece);
      requireDirectory(name, at, directory);
    }
    if (!isThere(directory.resolve("cur")) && !isThere(directory.resolve("new"))) {
      throw noFolder("opening the local folder", name, directory);
    }
    make(directory);
  }

  private static void requireDirectory(FolderName name, Path at, Path directory)
      throws IOException, FaultException {
    if (Directories.look(at).isEmpty() && Files.isSymbolicLink(at)) {
      throw new FaultException(Fault.of(
              Kind.DISK,
              Reach.FOLDER,
              "opening the local folder, " + directory,
              at + " is a link that leads nowhere",
              "Is the disk mounted that it leads to? If its mail is to go on the server, too, "
                  + "remove the link.")
          .in(name));
    }
    if (!isThere(at)) {
      throw noFolder("opening the local folder", name, directory);
    }
  }

  private static boolean isThere(Path directory) throws IOException {
    return Directories.look(directory).filter(BasicFileAttributes::isDirectory).isPresent();
  }

  private void make(Path directory) throws IOException {
    durability.begin(paths.root());
    Directories.createAll(directory).forEach(durability::changed);
    for (var part : PARTS) {
      if (Directories.create(directory.resolve(part))) {
        durability.changed(directory);
      }
    }
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

  /** All folders, each once, in the order in which their directories are found. */
  List<Listed> list() throws IOException, FaultException {
    var found = new ArrayList<Listed>();
    var root = Files.readAttributes(paths.root(), BasicFileAttributes.class);
    if (paths.plus()) {
      Stamps.ofFolder(paths.root())
          .ifPresent(stamps -> found.add(new Listed(FolderName.INBOX, paths.root(), stamps)));
    }
    list(paths.root(), root, List.of(), "", new HashSet<>(), found);
    return found;
  }

  /**
   * Looks into a directory.
   *
   * @param itself how it looks
   * @param names of the directories from the root to it, pieces put together
   * @param begun the pieces so far of the name that goes on in this directory
   * @param above the directories on the way here, for links may lead back
   */
  private void list(
      Path directory,
      BasicFileAttributes itself,
      List<String> names,
      String begun,
      Set<Object> above,
      List<Listed> found)
      throws IOException, FaultException {
    if (above.size() > DEPTH_MAX || !above.add(itself.fileKey())) {
      return;
    }
    try (var children = Files.newDirectoryStream(directory)) {
      for (var child : children) {
        var name = child.getFileName().toString();
        if (begun.isEmpty() && !paths.isCandidate(name)) {
          continue;
        }
        var looks = Stamps.look(child).filter(BasicFileAttributes::isDirectory);
        if (looks.isPresent()) {
          checkDecoded(child);
          visit(child, looks.get(), name, names, begun, above, found);
        }
      }
    } catch (NoSuchFileException e) {
      if (directory.equals(paths.root())) {
        throw e;
      }
      // Removed while we looked.
    } catch (AccessDeniedException e) {
      if (directory.equals(paths.root())) {
        throw e;
      }
      // A folder in it that is known is asked for by its name, and not taken for gone.
      notices.notice("Left alone: " + directory + " cannot be read (permission denied).");
    }
    above.remove(itself.fileKey());
  }

  private void visit(
      Path directory,
      BasicFileAttributes itself,
      String name,
      List<String> above,
      String begun,
      Set<Object> within,
      List<Listed> found)
      throws IOException, FaultException {
    if (name.endsWith(FolderPaths.CONTINUED)) {
      var piece = name.substring(0, name.length() - FolderPaths.CONTINUED.length());
      list(directory, itself, above, begun + piece, within, found);
      return;
    }
    var names = new ArrayList<>(above);
    names.add(begun + name);
    enter(directory, names, found);
    if (!paths.plus()) {
      list(directory, itself, names, "", within, found);
    }
  }

  private void enter(Path directory, List<String> names, List<Listed> found)
      throws IOException, FaultException {
    var stamps = Stamps.ofFolder(directory);
    if (stamps.isEmpty()) {
      return;
    }
    var name = paths.name(names, directory);
    if (name.isPresent()) {
      found.add(new Listed(name.get(), directory, stamps.get()));
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
    make(directory);
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
        ? list().stream()
            .map(Listed::name)
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

package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Removed;
import io.mailtide.engine.Replica.UndoArea;
import io.mailtide.replica.maildir.disk.Buffers;
import io.mailtide.replica.maildir.disk.Directories;
import io.mailtide.replica.maildir.disk.Durability;
import io.mailtide.replica.maildir.disk.Durability.Hardener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Where removed messages stay a while: {@code .mailtide/removed/DATE/FOLDER/cur} under the root, by
 * the day of the removal (UTC). On the same file system as the root, so that a removal is one
 * rename, as a rule, and the file keeps its time. Keywords are numbered anew there, in
 * {@code DATE/FOLDER}: those of the folder may mean something else when the message comes back.
 */
final class RemovedMail implements UndoArea {
  private static final String CUR = "cur";
  private static final int ID_DIGITS = 12;
  private static final int HEADER_BYTES_MAX = 1 << 16;

  private final FolderTree tree;
  private final FolderPaths paths;
  private final UniqueNames names;
  private final Durability durability;
  private final Hardener hardener;
  private final Environment environment;
  private final Map<Path, Keywords> keywords = new HashMap<>();

  RemovedMail(
      FolderTree tree,
      FolderPaths paths,
      UniqueNames names,
      Durability durability,
      Hardener hardener,
      Environment environment) {
    this.tree = tree;
    this.paths = paths;
    this.names = names;
    this.durability = durability;
    this.hardener = hardener;
    this.environment = environment;
  }

  private Path top() {
    return paths.root().resolve(FolderPaths.OWN).resolve("removed");
  }

  /**
   * Moves a message's file here.
   *
   * @param flags what its letters mean
   */
  void take(FolderName folder, Path from, MessageFile file, Flags flags)
      throws IOException, FaultException {
    var today = LocalDate.ofInstant(environment.clock().instant(), ZoneOffset.UTC);
    var day = paths.under(top().resolve(today.toString()), folder);
    var directory = day.resolve(CUR);
    Directories.createAll(directory).forEach(durability::changed);
    var letters = file.letters();
    if (!MessageFile.capitals(letters).equals(letters)) {
      letters = keywords(day).letters(flags, MessageFile.capitals(letters));
    }
    var kept = new MessageFile(false, file.base(), letters);
    var other = new MessageFile(false, names.like(file.base()), letters);
    try {
      move(file.in(from), (kept.isTooLong() ? other : kept).in(day));
    } catch (FileAlreadyExistsException _) {
      // It was removed before that day, put back by someone, and is removed again.
      move(file.in(from), other.in(day));
    }
    durability.changed(directory);
  }

  private void move(Path from, Path to) throws IOException {
    Directories.move(from, to, to.resolveSibling("." + names.next()));
  }

  private Keywords keywords(Path directory) throws IOException, FaultException {
    var known = keywords.get(directory);
    if (known == null) {
      known = new Keywords(directory, environment);
      keywords.put(directory, known);
    }
    return known;
  }

  /**
   * A message's file here.
   *
   * @param day the directory of that day
   * @param directory the one that stands for the folder
   */
  private record Kept(Path day, Path directory, FolderName folder, MessageFile file) {
    Path path() {
      return file.in(directory);
    }

    /** The same however often it is asked for, and for no other message here. */
    String id() {
      var text = day.relativize(directory.resolve(file.base())).toString();
      try {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(day.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        var hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }

  /** Is told what is kept. */
  private interface Visitor {
    void visit(Kept kept) throws IOException, FaultException;
  }

  private void each(Visitor visitor) throws IOException, FaultException {
    for (var day : entries(top())) {
      if (date(day).isPresent()) {
        each(day, day, visitor);
      }
    }
  }

  private void each(Path day, Path directory, Visitor visitor) throws IOException, FaultException {
    for (var entry : entries(directory)) {
      if (!Files.isDirectory(entry)) {
        continue;
      }
      if (!entry.getFileName().toString().equals(CUR)) {
        each(day, entry, visitor);
        continue;
      }
      var folder = paths.nameUnder(day, directory);
      if (folder.isPresent()) {
        for (var file : entries(entry)) {
          var name = file.getFileName().toString();
          if (!name.startsWith(".") && Files.isRegularFile(file)) {
            visitor.visit(new Kept(day, directory, folder.get(), new MessageFile(false, name)));
          }
        }
      }
    }
  }

  /** What is in a directory now; nothing where there is none. */
  private static List<Path> entries(Path directory) throws IOException {
    var entries = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (NoSuchFileException _) {
      return List.of();
    }
    return entries;
  }

  @Override
  public List<Removed> list() throws FaultException {
    return Faults.translate("looking for removed messages", top(), Reach.REPLICA, () -> {
      var removed = new ArrayList<Removed>();
      each(kept -> {
        try {
          removed.add(removed(kept));
        } catch (NoSuchFileException _) {
          // Somebody took it out meanwhile.
        }
      });
      return removed;
    });
  }

  private static Removed removed(Kept kept) throws IOException, FaultException {
    var attributes = Files.readAttributes(kept.path(), BasicFileAttributes.class);
    var header = header(kept);
    return new Removed(
        kept.id(),
        kept.folder(),
        since(kept),
        attributes.size(),
        field(header, "from"),
        field(header, "subject"),
        field(header, "date"));
  }

  /** When the file was renamed last, if that was on that day; else when the day began. */
  private static Instant since(Kept kept) throws IOException {
    var begin = date(kept.day()).orElseThrow().atStartOfDay(ZoneOffset.UTC).toInstant();
    var views = kept.path().getFileSystem().supportedFileAttributeViews();
    if (views.contains("unix")) {
      var changed = ((FileTime) Files.getAttribute(kept.path(), "unix:ctime")).toInstant();
      if (date(kept.day()).equals(Optional.of(LocalDate.ofInstant(changed, ZoneOffset.UTC)))) {
        return changed;
      }
    }
    return begin;
  }

  private static List<String> header(Kept kept) throws IOException, FaultException {
    var bytes = new ByteArrayOutputStream();
    try (var file = FileChannel.open(kept.path())) {
      LineEnds.readHeader(file, false, new Buffers(), part -> {
        while (part.hasRemaining() && bytes.size() < HEADER_BYTES_MAX) {
          bytes.write(part.get());
        }
      });
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** The first field of that name, unfolded (RFC 5322 section 2.2.3). */
  private static String field(List<String> header, String name) {
    var value = new StringBuilder();
    var found = false;
    for (var line : header) {
      var folded = line.startsWith(" ") || line.startsWith("\t");
      if (found && !folded) {
        break;
      }
      if (found) {
        value.append(line);
      } else if (!folded && line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        value.append(line.substring(name.length() + 1));
        found = true;
      }
    }
    return value.toString().strip();
  }

  @Override
  public Set<String> restore(Collection<String> ids, UnaryOperator<FolderName> into)
      throws FaultException {
    return Faults.translate("restoring messages", paths.root(), Reach.REPLICA, () -> {
      var wanted = Set.copyOf(ids);
      var found = new ArrayList<Kept>();
      each(kept -> {
        if (wanted.contains(kept.id())) {
          found.add(kept);
        }
      });
      var restored = new LinkedHashSet<String>();
      for (var kept : found) {
        try {
          restore(kept, into.apply(kept.folder()));
          restored.add(kept.id());
        } catch (NoSuchFileException e) {
          if (Files.exists(kept.path())) {
            throw e;
          }
        }
      }
      Hardener.await(hardener.begin());
      return restored;
    });
  }

  private void restore(Kept kept, FolderName folder) throws IOException, FaultException {
    var directory = paths.of(folder);
    if (!FolderTree.isFolder(directory)) {
      tree.create(folder, directory);
    }
    durability.begin(paths.root());
    durability.begin(directory);
    // Else the next program that opens the folder would remove it again.
    var flags =
        keywords(kept.directory()).flags(kept.file().letters()).minus(Flags.of("\\Deleted"));
    var others = MessageFile.capitals(kept.file().letters()).replace("T", "");
    var letters = keywords(directory).letters(flags, others);
    var file = MessageFile.delivered(names.like(kept.file().base()), letters);
    Directories.move(
        kept.path(), file.in(directory), directory.resolve("tmp").resolve(names.next()));
    durability.changed(Directories.parent(kept.path()));
    durability.changed(Directories.parent(file.in(directory)));
  }

  /** Deletes the days that were over by then. */
  void purge(Instant then) throws IOException {
    for (var day : entries(top())) {
      if (date(day).filter(date -> overBy(then, date)).isPresent()) {
        Directories.deleteTree(day);
        durability.changed(top());
      }
    }
    keywords.clear();
    deleteIfEmpty(top());
    deleteIfEmpty(Directories.parent(top()));
  }

  private static boolean overBy(Instant then, LocalDate day) {
    return !day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().isAfter(then);
  }

  /** The date that a directory stands for; empty when it is not ours. */
  private static Optional<LocalDate> date(Path day) {
    try {
      return Optional.of(LocalDate.parse(day.getFileName().toString()));
    } catch (DateTimeParseException _) {
      return Optional.empty();
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

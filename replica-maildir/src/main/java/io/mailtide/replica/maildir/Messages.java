package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.replica.maildir.Listing.Odd;
import io.mailtide.replica.maildir.disk.Directories;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The message files of one folder, found by base name. Other programs rename them at any time,
 * without locks: who finds a file gone looks it up again.
 */
final class Messages {
  /** A file that is renamed this often while we look is not being read mail but played with. */
  private static final int TRIES = 100;

  /** Longer than a tick of any file system's clock. */
  private static final Duration WAIT_MAX = Duration.ofSeconds(3);

  private final Path folder;
  private final Environment environment;
  private final Listings listings;
  private Optional<Listing> last = Optional.empty();

  /** Letters that messages were seen with, by base name. */
  private final Map<String, String> shown = new HashMap<>();

  /** How the folder looked when we had moved messages there. */
  private Optional<String> left = Optional.empty();

  Messages(Path folder, Listings listings) {
    this.folder = folder;
    this.environment = listings.environment;
    this.listings = listings;
  }

  /**
   * What was listed of the folders of one replica, to list none again that has not changed since,
   * or by our own moves alone. Bounded, for they are all in memory. One thread.
   */
  static final class Listings {
    /** So many names are kept besides those of the folder that was opened last. */
    static final int NAMES_MAX = 600_000;

    private static final int FOLDERS_MAX = 100;

    private final Environment environment;
    private final LinkedHashMap<Path, Messages> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long made;

    Listings(Environment environment) {
      this.environment = environment;
    }

    /** How many listings were made to find messages in. */
    long made() {
      return made;
    }

    /** A folder that is opened. */
    Messages of(Path folder) throws IOException {
      kept.values().forEach(other -> other.shown.clear());
      var messages = new Messages(folder, this);
      var before = kept.remove(folder);
      if (before != null) {
        var stamps = Stamps.of(folder);
        messages.left = before.left;
        messages.last = before.last.filter(
            listing -> before.left.equals(Optional.of(stamps.text())) || listing.holds(stamps));
      }
      makeRoom();
      kept.put(folder, messages);
      return messages;
    }

    private void makeRoom() {
      var names = kept.values().stream().mapToLong(Messages::names).sum();
      for (var eldest = kept.values().iterator();
          eldest.hasNext() && (names > NAMES_MAX || kept.size() > FOLDERS_MAX); ) {
        names -= eldest.next().names();
        eldest.remove();
      }
    }
  }

  /** All that is there now is in the listing: it was kept in step with what we did. */
  void leave() throws IOException {
    left = Optional.of(Stamps.of(folder).text());
  }

  private long names() {
    return last.isPresent() ? last.get().names().size() : 0;
  }

  /** Is told of files. */
  @FunctionalInterface
  interface Visitor {
    void visit(MessageFile file) throws IOException, FaultException;
  }

  /**
   * Visits every file, {@code new} before {@code cur}, for that is the way messages go.
   *
   * @return what was not visited: with an empty base name there is nothing to know a message by,
   *     and with one that cannot be decoded it would not be found again
   */
  static Odd each(Path folder, Visitor visitor) throws IOException, FaultException {
    var odd = Odd.NONE;
    for (var fresh : new boolean[] {true, false}) {
      try (var files = Files.newDirectoryStream(folder.resolve(fresh ? "new" : "cur"))) {
        for (var file : files) {
          var path = file.toString(); // to have the name as a path of its own first takes longer
          var name = path.substring(path.lastIndexOf(File.separatorChar) + 1);
          if (MessageFile.isOdd(name)) {
            odd = odd.plus(name);
          } else if (!name.startsWith(".")) {
            visitor.visit(new MessageFile(fresh, name));
          }
        }
      }
    }
    return odd;
  }

  /** Looks for messages in a listing that has just been made. */
  void use(Listing listing) {
    last = Optional.of(listing);
    shown.clear();
  }

  private NameIndex list() throws IOException, FaultException {
    listings.made++;
    var listing = Listing.of(folder, environment);
    use(listing);
    return listing.names();
  }

  private NameIndex index() throws IOException, FaultException {
    return last.isPresent() ? last.get().names() : list();
  }

  /**
   * A message was seen with these letters: as long as nothing is listed, it is looked for there.
   */
  void shown(String base, String letters) {
    if (last.isEmpty()) {
      shown.put(base, letters);
    }
  }

  private Optional<MessageFile> whereItWas(String base) throws IOException {
    var letters = shown.get(base);
    if (letters == null) {
      return Optional.empty();
    }
    var files = new ArrayList<MessageFile>();
    files.add(new MessageFile(false, base, letters));
    if (letters.isEmpty()) {
      files.add(new MessageFile(true, base));
    }
    for (var file : files) {
      if (Directories.look(file.in(folder), LinkOption.NOFOLLOW_LINKS).isPresent()) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /**
   * Where a message is. What is not where it was is looked for again until the folder held still
   * meanwhile: a listing may miss a file that is renamed under it.
   */
  Optional<MessageFile> find(String base) throws IOException, FaultException {
    var found = whereItWas(base);
    if (found.isPresent()) {
      return found;
    }
    found = index().get(base);
    for (var tries = 0; found.isEmpty() && !heldStill(); tries++) {
      if (tries == TRIES) {
        throw restless();
      }
      found = list().get(base);
    }
    return found;
  }

  /** Whether a listing shows a message; one that came since may be missing. */
  boolean listed(String base) throws IOException, FaultException {
    return index().get(base).isPresent();
  }

  /**
   * Whether the folder is sure to have held still since it was listed. A change in the same tick of
   * the file system's clock as the one before it would not show, so that tick is waited out, for
   * the next listing to be sure.
   */
  private boolean heldStill() throws IOException, FaultException {
    var listing = last.orElseThrow();
    if (!Stamps.of(folder).text().equals(listing.before().text())) {
      return false;
    }
    var unsure = Duration.between(listing.began(), listing.before().settlesAt());
    if (!unsure.isPositive() || unsure.compareTo(WAIT_MAX) > 0) {
      return true;
    }
    Maildir.sleep(environment, unsure);
    return false;
  }

  /**
   * Those that are in no listing, if one can be had of a folder that holds still. What a listing
   * passes over is not missing: in another locale a name that was listed before may not be decoded.
   */
  Set<MessageKey> missing(Set<MessageKey> keys) throws IOException, FaultException {
    for (var tries = 0; tries < TRIES; tries++) {
      var listed = list();
      if (heldStill()) {
        return keys.stream()
            .filter(key -> listed.get(key.value()).isEmpty() && isListable(key))
            .collect(Collectors.toUnmodifiableSet());
      }
    }
    throw restless();
  }

  private static boolean isListable(MessageKey key) {
    try {
      return !FolderPaths.isUndecodable(Path.of(key.value()).toString());
    } catch (InvalidPathException _) {
      return false;
    }
  }

  /** Does something with a message's file. */
  @FunctionalInterface
  interface Act<T> {
    /** Throws {@link NoSuchFileException} when the file is not there any more. */
    T on(MessageFile file) throws IOException, FaultException;
  }

  /** Acts on a message wherever it is; empty when it is gone. */
  <T> Optional<T> act(String base, Act<T> act) throws IOException, FaultException {
    for (var tries = 0; tries < TRIES; tries++) {
      var file = find(base);
      if (file.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(act.on(file.get()));
      } catch (NoSuchFileException _) {
        list(); // which says so when it is the folder that is gone
      }
    }
    throw restless();
  }

  private FaultException restless() {
    return new FaultException(Fault.of(
        Kind.CHANGED,
        Reach.FOLDER,
        "looking for a message in " + folder,
        "another program renames messages there without end",
        "The next run tries again."));
  }

  /** Enters a file that is there from now on. */
  void appeared(MessageFile file) {
    last.ifPresent(listing -> listing.names().put(file));
    shown.computeIfPresent(file.base(), (_, _) -> file.letters());
  }

  void disappeared(MessageFile file) {
    last.ifPresent(listing -> listing.names().remove(file.base()));
    shown.remove(file.base());
  }
}

package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.replica.maildir.disk.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Between flags and the letters of a file name. Capitals are Maildir's own flags; {@code a} to
 * {@code z} are the keywords that the folder's {@value #FILE} numbers from 0 to 25, one
 * {@code NUMBER NAME} a line, as Dovecot does. A keyword for which no letter is left cannot be
 * held. Letters with a meaning unknown here stay as they are, and get no other as long as a file
 * bears them: the {@value #FILE} that named them may have been deleted, and may come back.
 *
 * <p>The file is replaced whole, through a lock file that is also its successor, so that Dovecot
 * and we exclude each other.
 */
final class Keywords {
  static final String FILE = "dovecot-keywords";

  private static final String LOCK = FILE + ".lock";
  private static final String OURS = FILE + ".mailtide";
  private static final int LETTERS = 26;
  private static final int FILE_BYTES_MAX = 1 << 16;

  /** What servers take is shorter; and so many lines as there are letters fit into the file. */
  private static final int NAME_BYTES_MAX = 255;

  private static final int KNOWN_MAX = 4_096;
  private static final Duration LOCK_PAUSE = Duration.ofMillis(50);
  private static final int LOCK_TRIES = 40;
  private static final Duration LOCK_STALE = Duration.ofMinutes(2);
  private static final Map<String, Character> SYSTEM = system();

  private final Path folder;
  private final Environment environment;
  private final Map<Character, String> names = new TreeMap<>();
  private final Map<String, Flags> known = new HashMap<>();

  /** Letters found before, as long as the names stay as they are. */
  private final Map<Flags, String> spelled = new HashMap<>();

  /** Whether no letter is left, as far as is known. */
  private boolean full;

  /** How the file looked that the names are from; empty where there was none. */
  private String loaded = "";

  Keywords(Path folder, Environment environment) throws IOException, FaultException {
    this.folder = folder;
    this.environment = environment;
    load();
  }

  private static Map<String, Character> system() {
    var letters = new LinkedHashMap<String, Character>();
    letters.put("\\Draft", 'D');
    letters.put("\\Flagged", 'F');
    letters.put("$Forwarded", 'P');
    letters.put("\\Answered", 'R');
    letters.put("\\Seen", 'S');
    letters.put("\\Deleted", 'T');
    return letters;
  }

  /** Reads the file again if it is another one by now. */
  void refresh() throws IOException, FaultException {
    if (!loaded.equals(
        Directories.look(folder.resolve(FILE)).map(Keywords::look).orElse(""))) {
      load();
    }
  }

  private static String look(BasicFileAttributes file) {
    return file.fileKey() + "@" + file.lastModifiedTime() + " " + file.size();
  }

  /** Reads the file again. */
  void load() throws IOException, FaultException {
    names.clear();
    full = false;
    loaded = "";
    forget();
    var file = folder.resolve(FILE);
    String text;
    try {
      var there = Directories.look(file);
      if (there.isEmpty()) {
        return;
      }
      loaded = look(there.get());
      if (there.get().size() > FILE_BYTES_MAX) {
        throw new FaultException(
            Fault.of(
                Kind.DISK,
                Reach.FOLDER,
                "reading the names of keywords, " + file,
                "it is longer than 64 KiB",
                "Put a copy of an earlier day in its place, or delete it; the server keeps all keywords."));
      }
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException _) {
      return;
    }
    for (var line : text.lines().toList()) {
      var blank = line.indexOf(' ');
      var name = line.substring(blank + 1).strip();
      if (blank >= 1 && blank <= 2 && isKeyword(name)) {
        var number = line.substring(0, blank);
        if (!isLost(number, name)) {
          number(number).ifPresent(letter -> names.put(letter, name));
        }
      }
    }
    full = names.size() == LETTERS;
  }

  /** Whether Dovecot wrote this because it found the letter in file names, and no name for it. */
  private static boolean isLost(String number, String name) {
    return name.startsWith("unknown-" + number)
        && name.chars().skip("unknown-".length() + number.length()).allMatch(c -> c == '?');
  }

  private void forget() {
    known.clear();
    spelled.clear();
  }

  private static java.util.Optional<Character> number(String digits) {
    if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return java.util.Optional.empty();
    }
    var number = Integer.parseInt(digits);
    return number < LETTERS
        ? java.util.Optional.of((char) ('a' + number))
        : java.util.Optional.empty();
  }

  /** Whether it can be a keyword, and a line of the file. */
  private static boolean isKeyword(String name) {
    return !name.isEmpty()
        && !name.startsWith("\\")
        && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
        && name.chars().noneMatch(c -> c <= ' ' || c == 0x7F);
  }

  /** Whether there are keywords among these letters that have no name here. */
  boolean areNameless(String letters) {
    for (var i = 0; i < letters.length(); i++) { // for each message of a listing: no stream
      var letter = letters.charAt(i);
      if (letter >= 'a' && letter <= 'z' && !names.containsKey(letter)) {
        return true;
      }
    }
    return false;
  }

  /** A letter that has no name here; empty where all have one. */
  String nameless() {
    return IntStream.range(0, LETTERS)
        .mapToObj(i -> (char) ('z' - i))
        .filter(letter -> !names.containsKey(letter))
        .findFirst()
        .map(String::valueOf)
        .orElse("");
  }

  /** What the letters mean. */
  Flags flags(String letters) {
    if (known.size() > KNOWN_MAX) {
      forget();
    }
    return known.computeIfAbsent(letters, _ -> {
      var flags = new TreeSet<String>();
      SYSTEM.forEach((flag, letter) -> {
        if (letters.indexOf(letter) >= 0) {
          flags.add(flag);
        }
      });
      names.forEach((letter, name) -> {
        if (letters.indexOf(letter) >= 0) {
          flags.add(name);
        }
      });
      return Flags.of(flags);
    });
  }

  /**
   * The letters of these flags, as far as there are any, beside those among {@code before} that
   * mean nothing here. New keywords get a letter, on disk, before this returns.
   */
  String letters(Flags flags, String before) throws IOException, FaultException {
    if (!full && !spelled.containsKey(flags) && !missing(flags).isEmpty()) {
      add(flags);
    }
    if (spelled.size() > KNOWN_MAX) {
      forget();
    }
    var given = spelled.computeIfAbsent(flags, this::spell);
    if (before.isEmpty()) {
      return given;
    }
    var others = before
        .chars()
        .filter(letter -> !SYSTEM.containsValue((char) letter) && !names.containsKey((char) letter))
        .toArray();
    if (others.length == 0) {
      return given;
    }
    return IntStream.concat(given.chars(), IntStream.of(others))
        .sorted()
        .distinct()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The letters of these flags, as far as there are any by now. */
  String spell(Flags flags) {
    var letters = new TreeSet<Character>();
    SYSTEM.forEach((flag, letter) -> {
      if (flags.contains(flag)) {
        letters.add(letter);
      }
    });
    names.forEach((letter, name) -> {
      if (flags.contains(name)) {
        letters.add(letter);
      }
    });
    var text = new StringBuilder();
    letters.forEach(text::append);
    return text.toString();
  }

  /** Those of these flags that might have a letter, and have none. */
  Set<String> missing(Flags flags) {
    var missing = new TreeSet<String>();
    for (var flag : flags.names()) {
      if (isKeyword(flag)
          && !SYSTEM.containsKey(flag)
          && names.values().stream().noneMatch(name -> same(name, flag))) {
        missing.add(flag);
      }
    }
    return missing;
  }

  private static boolean same(String one, String other) {
    return one.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
  }

  private void add(Flags flags) throws IOException, FaultException {
    var lock = folder.resolve(LOCK);
    var channel = lock(lock);
    try (channel) {
      load();
      var taken = borne();
      taken.addAll(names.keySet());
      var free = 'a';
      for (var name : missing(flags)) {
        while (taken.contains(free)) {
          free++;
        }
        if (free < 'a' + LETTERS) {
          names.put(free++, name);
        }
      }
      full = free >= 'a' + LETTERS;
      forget();
      var text = new StringBuilder();
      names.forEach(
          (letter, name) -> text.append(letter - 'a').append(' ').append(name).append('\n'));
      var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
      loaded = Directories.look(lock).map(Keywords::look).orElse("");
      Files.move(
          lock,
          folder.resolve(FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      // The names of files tell flags by it from now on.
      Directories.force(folder, StandardOpenOption.READ);
      Files.deleteIfExists(folder.resolve(OURS));
    } catch (IOException | FaultException e) {
      Files.deleteIfExists(lock);
      Files.deleteIfExists(folder.resolve(OURS));
      load();
      throw e;
    }
  }

  /** The letters that files bear. */
  private Set<Character> borne() throws IOException {
    var letters = new TreeSet<Character>();
    try (var files = Files.newDirectoryStream(folder.resolve("cur"))) {
      for (var file : files) {
        new MessageFile(false, file.getFileName().toString())
            .letters()
            .chars()
            .forEach(letter -> letters.add((char) letter));
      }
    } catch (NoSuchFileException _) {
      // A folder that is removed just now, or one of the undo area that is about to be filled.
    }
    return letters;
  }

  /**
   * Takes the lock: a link to a file of ours, by which a later run knows for ours a lock that a
   * killed one left.
   */
  private FileChannel lock(Path lock) throws IOException, FaultException {
    var ours = folder.resolve(OURS);
    if (Files.exists(ours) && Files.exists(lock) && Files.isSameFile(ours, lock)) {
      Files.delete(lock);
    }
    Files.deleteIfExists(ours);
    var channel = FileChannel.open(
        ours,
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        Directories.forFile());
    for (var tries = 0; tries < LOCK_TRIES; tries++) {
      try {
        Files.createLink(lock, ours);
        return channel;
      } catch (FileAlreadyExistsException _) {
        breakIfStale(lock);
        Maildir.sleep(environment, LOCK_PAUSE);
      }
    }
    channel.close();
    Files.deleteIfExists(ours);
    throw new FaultException(Fault.of(
        Kind.BUSY,
        Reach.FOLDER,
        "giving new keywords a letter, " + lock,
        "another program holds the lock",
        "The next run tries again. If no other program is at work there, delete that file."));
  }

  private void breakIfStale(Path lock) throws IOException {
    try {
      var since = Files.getLastModifiedTime(lock).toInstant();
      if (since.plus(LOCK_STALE).isBefore(environment.clock().instant())) {
        Files.deleteIfExists(lock);
      }
    } catch (NoSuchFileException _) {
      // Released meanwhile.
    }
  }
}

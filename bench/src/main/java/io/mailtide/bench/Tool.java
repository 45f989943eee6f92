package io.mailtide.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A program that keeps a Maildir tree in step with a server, or at least pulls into one. */
sealed interface Tool {
  String name();

  /**
   * Writes the configuration for an account at a local server.
   *
   * @param home a directory of this account's own: the tool's configuration, state and mail go
   *     there
   * @return the command that brings both sides in step
   */
  List<String> prepare(Path home, int port, String user) throws IOException;

  /** The command that says which version it is. */
  List<String> version();

  /** Whether this is something the tool can do. */
  default boolean does(Work work) {
    return true;
  }

  /** Whether it makes use of what a server offers over such a line. */
  default boolean does(Line line) {
    return true;
  }

  /** How long the local side must have rested for a run to take as long as it does later, too. */
  default Duration settling() {
    return Duration.ZERO;
  }

  /** Whether two sides that it brought in step hold the same mail, as far as it keeps mail. */
  boolean faithful(Contents one, Contents other);

  /** Where {@link #prepare} tells it to put mail. */
  static Path mail(Path home) {
    return home.resolve("mail");
  }

  /** Whether a program can be started by its name. */
  static boolean installed(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /**
   * This project's program.
   *
   * @param start the words that start it
   */
  record Mailtide(List<String> start) implements Tool {
    @Override
    public String name() {
      return "mailtide";
    }

    @Override
    public List<String> prepare(Path home, int port, String user) throws IOException {
      var config = home.resolve("config.toml");
      Files.writeString(
          config, """
          state-dir = "%s"

          [stores.bench]
          type = "imap"
          host = "127.0.0.1"
          port = %d
          tls = "none"
          user = "%s"
          password = "%s"
          path = "%s"
          """.formatted(home.resolve("state"), port, user, Case.PASSWORD, mail(home)));
      return words("sync", "--json", "--config", config.toString(), "bench");
    }

    @Override
    public List<String> version() {
      return words("--version");
    }

    @Override
    public boolean faithful(Contents one, Contents other) {
      return one.equals(other);
    }

    private List<String> words(String... more) {
      var words = new ArrayList<>(start);
      words.addAll(Arrays.asList(more));
      return words;
    }
  }

  /** isync's mbsync as it comes: one channel, its own choice of durability and compression. */
  record Mbsync() implements Tool {
    static final String PROGRAM = "mbsync";

    private static final Duration SETTLING = Duration.ofMillis(1_100);

    @Override
    public String name() {
      return PROGRAM;
    }

    @Override
    public List<String> prepare(Path home, int port, String user) throws IOException {
      var config = home.resolve("mbsyncrc");
      Files.createDirectories(mail(home));
      Files.createDirectories(home.resolve("state"));
      Files.writeString(config, """
          IMAPAccount bench
          Host 127.0.0.1
          Port %d
          User %s
          Pass %s
          SSLType None

          IMAPStore far
          Account bench

          MaildirStore near
          Path "%s/"
          Inbox "%s/INBOX"
          SubFolders Verbatim

          Channel bench
          Far :far:
          Near :near:
          Patterns *
          Create Near
          Expunge Both
          SyncState "%s/"
          """.formatted(
              port, user, Case.PASSWORD, mail(home), mail(home), home.resolve("state")));
      return List.of(PROGRAM, "-q", "-c", config.toString(), "bench");
    }

    @Override
    public List<String> version() {
      return List.of(PROGRAM, "--version");
    }

    /** It sleeps a second where a folder changed within the last one. */
    @Override
    public Duration settling() {
      return SETTLING;
    }

    /** It adds a header to what it pulls and drops bare CRs, so its copies are never exact. */
    @Override
    public boolean faithful(Contents one, Contents other) {
      return one.lenient().equals(other.lenient()) && one.flags().equals(other.flags());
    }
  }

  /** OfflineIMAP as it comes. */
  record OfflineImap() implements Tool {
    static final String PROGRAM = "offlineimap";

    /** It writes some messages anew for good: MIME boundaries added, blank lines at the end. */
    private static final double EXACT_MIN = 0.9;

    @Override
    public String name() {
      return PROGRAM;
    }

    @Override
    public List<String> prepare(Path home, int port, String user) throws IOException {
      var config = home.resolve("offlineimaprc");
      Files.writeString(
          config, """
          [general]
          metadata = %s
          accounts = bench

          [Account bench]
          localrepository = near
          remoterepository = far

          [Repository near]
          type = Maildir
          localfolders = %s
          sep = /

          [Repository far]
          type = IMAP
          remotehost = 127.0.0.1
          remoteport = %d
          remoteuser = %s
          remotepass = %s
          ssl = no
          starttls = no
          """.formatted(home.resolve("state"), mail(home), port, user, Case.PASSWORD));
      return List.of(PROGRAM, "-o", "-u", "quiet", "-c", config.toString());
    }

    @Override
    public List<String> version() {
      return List.of(PROGRAM, "--version");
    }

    @Override
    public boolean faithful(Contents one, Contents other) {
      return one.messages() == other.messages()
          && one.flags().equals(other.flags())
          && one.exactlyIn(other) >= EXACT_MIN * one.messages();
    }
  }

  /**
   * What no tool can be faster than: it fetches all messages over two connections, pipelined,
   * writes each into a file of its own, and has all of it forced to disk at once. It remembers
   * nothing.
   *
   * @param program the compiled {@code floor.c}
   */
  record Floor(Path program) implements Tool {
    static final String COMPILER = "cc";

    /** Compiles it. */
    static Floor compiled(Path source, Path directory) throws IOException, InterruptedException {
      var program = Files.createDirectories(directory).resolve("floor");
      var command = List.of(COMPILER, "-O2", "-pthread", "-Wall", "-Wextra", "-Werror", "-o");
      var words = new ArrayList<>(command);
      words.addAll(List.of(program.toString(), source.toString()));
      Execution.of(words, directory, directory.resolve("floor.log"));
      return new Floor(program);
    }

    @Override
    public String name() {
      return "floor";
    }

    @Override
    public List<String> prepare(Path home, int port, String user) throws IOException {
      return List.of(
          program.toString(),
          Integer.toString(port),
          user,
          Case.PASSWORD,
          Files.createDirectories(mail(home)).toString());
    }

    @Override
    public List<String> version() {
      return List.of(COMPILER, "--version");
    }

    @Override
    public boolean does(Work work) {
      return work == Work.PULL;
    }

    /** {@inheritDoc} It knows no COMPRESS, and so is no floor where others have that. */
    @Override
    public boolean does(Line line) {
      return line.equals(Line.LOOPBACK);
    }

    @Override
    public boolean faithful(Contents one, Contents other) {
      return one.equals(other);
    }
  }
}

package io.mailtide.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A program that pulls mail into a Maildir tree. */
sealed interface Tool {
  String name();

  /**
   * Writes the configuration for a pull from a local server.
   *
   * @param home a fresh directory of this pull's own: the tool's configuration, state and mail go
   *     there
   * @return the command that pulls; run again, it has nothing to do
   */
  List<String> prepare(Path home, int port) throws IOException;

  /** The command that says which version it is. */
  List<String> version();

  /** Whether the mail it delivered is what the server has, as far as this tool keeps it. */
  boolean faithful(Contents served, Contents delivered);

  /** Where {@link #prepare} tells it to put mail. */
  static Path mail(Path home) {
    return home.resolve("mail");
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
    public List<String> prepare(Path home, int port) throws IOException {
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
          """.formatted(home.resolve("state"), port, Case.USER, Case.PASSWORD, mail(home)));
      return words("sync", "--json", "--config", config.toString(), "bench");
    }

    @Override
    public List<String> version() {
      return words("--version");
    }

    @Override
    public boolean faithful(Contents served, Contents delivered) {
      return served.equals(delivered);
    }

    private List<String> words(String... more) {
      var words = new ArrayList<>(start);
      words.addAll(Arrays.asList(more));
      return words;
    }
  }

  /**
   * isync's mbsync as it comes: one pull-only channel, its own choice of durability and
   * compression.
   */
  record Mbsync() implements Tool {
    static boolean installed() {
      return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
          .anyMatch(directory -> Files.isExecutable(Path.of(directory, "mbsync")));
    }

    @Override
    public String name() {
      return "mbsync";
    }

    @Override
    public List<String> prepare(Path home, int port) throws IOException {
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
          Sync Pull
          Create Near
          SyncState "%s/"
          """.formatted(
              port, Case.USER, Case.PASSWORD, mail(home), mail(home), home.resolve("state")));
      return List.of("mbsync", "-q", "-c", config.toString(), "bench");
    }

    @Override
    public List<String> version() {
      return List.of("mbsync", "--version");
    }

    /** It adds a header to every message and drops bare CRs, so its copies are never exact. */
    @Override
    public boolean faithful(Contents served, Contents delivered) {
      return served.messages() == delivered.messages()
          && served.lenient().equals(delivered.lenient());
    }
  }
}

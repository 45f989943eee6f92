package io.mailtide.cli.training;

import io.mailtide.cli.Main;
import io.mailtide.demo.DemoMail;
import io.mailtide.demo.DemoServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Does what users do most often, in one process, while the virtual machine notes for its cache what
 * it loads and links on the way ({@code -XX:AOTCacheOutput}). Started by {@code ./build package}.
 *
 * <p>All that is noted is loaded at each start, so the servers run in a process of their own.
 */
public final class Training {
  private static final String CONFIG = "config.toml";
  private static final String SMALL = "small.toml";
  private static final String MAIL = "mail.toml";

  /** An Outbox whose transport is never asked for. */
  private static final String SENDING = """
      state-dir = "sending"

      [default-store]
      path = "local"

      [stores.none]
      type = "imap"
      host = "127.0.0.1"
      user = "ann"
      password-command = "false"
      path = "none"

      [transports.none]
      host = "127.0.0.1"
      from = ["ann@example.org"]
      """;

  /** Before these connections to the small server, something is done there. */
  static final int MAIL_COMES = 3;

  static final int MAIL_IS_USED = 4;

  private Training() {}

  /** Takes an empty directory to work in, or {@code --server} and a directory. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, GeneralSecurityException {
    if (arguments[0].equals("--server")) {
      serve(Path.of(arguments[1]));
    } else {
      train(Path.of(arguments[0]));
    }
  }

  private static void train(Path directory) throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var server = new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            Training.class.getName(),
            "--server",
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (var ready = server.inputReader()) {
      if (ready.readLine() == null) {
        throw new IOException("the servers did not start");
      }
      for (var options : List.of("--no-color", "--quiet", "--json")) {
        run(directory.resolve(CONFIG), options, "sync");
      }
      run(directory.resolve(CONFIG), "--no-color", "status");
      run(directory.resolve(SMALL), "--no-color", "sync");
      run(directory.resolve(SMALL), "--no-color", "sync", "small");
      change(directory);
      send(Files.writeString(directory.resolve(MAIL), SENDING));
    } finally {
      server.destroy();
      server.waitFor();
    }
    run(List.of("--version"));
  }

  /** Changes go both ways: new messages, flags, removals. */
  private static void change(Path directory) throws IOException {
    var here = directory.resolve("small/INBOX/cur");
    for (int number = 1; number <= 3; number++) {
      var message = "Message-ID: <%d@here.example>\nSubject: x\n\nx\n".formatted(number);
      Files.writeString(here.resolve(number + ".here:2,S"), message);
    }
    run(directory.resolve(SMALL), "--no-color", "sync");
    Files.move(here.resolve("1.here:2,S"), here.resolve("1.here:2,FS"));
    Files.delete(here.resolve("2.here:2,S"));
    for (int times = 0; times < 2; times++) {
      run(directory.resolve(SMALL), "--no-color", "sync");
    }
  }

  private static void send(Path config) {
    run(config, "--no-color", "send");
    var message = "To: bob@example.org\nSubject: x\n\nx\n";
    System.setIn(new ByteArrayInputStream(message.getBytes(StandardCharsets.US_ASCII)));
    run(config, "sendmail", "-oi", "-t");
  }

  private static void run(Path config, String... words) {
    run(Stream.concat(Stream.of("--config", config.toString()), Stream.of(words))
        .toList());
  }

  private static void run(List<String> words) {
    int exit = Main.run(words);
    if (exit != 0) {
      throw new IllegalStateException(words + " ended with " + exit);
    }
  }

  /** Serves until the process is ended; says so once it is ready. */
  private static void serve(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    try (var server = DemoServer.start(DemoMail.load());
        var small = SmallServer.start(directory)) {
      Files.writeString(directory.resolve(CONFIG), server.configuration("demo"));
      Files.writeString(directory.resolve(SMALL), small.configuration());
      System.out.println("ready");
      Thread.currentThread().join();
    }
  }
}

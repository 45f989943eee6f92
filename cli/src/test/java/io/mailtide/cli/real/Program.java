package io.mailtide.cli.real;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A directory with a configuration in it, and the program run on it, each time as a process of its
 * own.
 */
final class Program {
  private static final long MINUTES_MAX = 30;

  private final Path directory;
  private final Path config;

  /** @param host lines of the store's table that say where the server is */
  Program(Path directory, String... host) {
    this.directory = directory;
    this.config = directory.resolve("config.toml");
    var lines = new ArrayList<>(List.of(
        "state-dir = \"%s\"".formatted(directory.resolve("state")),
        "[stores.work]",
        "type = \"imap\"",
        "user = \"ann\"",
        "password-env = \"MAIL_PASSWORD\"",
        "path = \"%s\"".formatted(mail())));
    lines.addAll(List.of(host));
    try {
      Files.write(config, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On a server on this port of the loopback interface, without TLS. */
  static Program at(int port, Path directory) {
    return new Program(directory, "host = \"127.0.0.1\"", "port = " + port, "tls = \"none\"");
  }

  Path mail() {
    return directory.resolve("mail");
  }

  /** How a run ended. */
  record Ended(int exit, String out, String err) {
    /** A number of the store's {@code done} event. */
    long number(String field) {
      var matcher =
          Pattern.compile("\"event\":\"done\".*\"" + field + "\":(\\d+)").matcher(out);
      if (!matcher.find()) {
        throw new AssertionError("no " + field + " in\n" + out + err);
      }
      return Long.parseLong(matcher.group(1));
    }
  }

  /** What starts it. */
  List<String> command(String... arguments) {
    var command = new ArrayList<>(Packaged.command());
    command.addAll(List.of("--config", config.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Starts it. */
  Process start(String... arguments) throws IOException {
    return start(command(arguments));
  }

  private Process start(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command)
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile());
    builder.environment().put("MAIL_PASSWORD", "secret");
    return builder.start();
  }

  /** Runs it to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    return run(command(arguments));
  }

  /** Runs a command that runs it. */
  Ended run(List<String> command) throws IOException, InterruptedException {
    var process = start(command);
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + MINUTES_MAX + " minutes: " + text("err"));
    }
    return new Ended(process.exitValue(), text("out"), text("err"));
  }

  private String text(String file) throws IOException {
    return Files.readString(directory.resolve(file), StandardCharsets.UTF_8);
  }
}

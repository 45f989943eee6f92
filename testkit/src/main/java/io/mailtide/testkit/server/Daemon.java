package io.mailtide.testkit.server;

import io.mailtide.testkit.ImapTalk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server process of a test's own, with the directory that it has for itself. It ends with the
 * test, or with the JVM.
 */
public final class Daemon implements AutoCloseable {
  private static final int ATTEMPTS = 5;
  private static final int POLLS_MAX = 12_000;
  private static final int POLL_MILLIS = 10;
  private static final int STOP_SECONDS_MAX = 60;
  private static final String MAIL = "mail";

  private final Path directory;
  private final int[] ports;
  private final Process process;
  private final Thread killer;

  private Daemon(Path directory, int[] ports, Process process) {
    this.directory = directory;
    this.ports = ports;
    this.process = process;
    this.killer = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /** Starts the process that serves these two ports of the loopback interface. */
  @FunctionalInterface
  public interface Launch {
    Process on(int port, int secondPort) throws IOException;
  }

  /** A new directory that every user may look into. */
  public static Path directory(String prefix) throws IOException {
    return directory(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), prefix);
  }

  /** The same, within a directory that every user may look into. */
  public static Path directory(Path place, String prefix) throws IOException {
    var directory = Files.createTempDirectory(place, prefix);
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @param directory its name must be in the greeting, for on a port that was free another server
   *     may have been quicker; the server's messages go to the file {@code log} in it
   */
  public static Daemon start(Path directory, Launch launch) {
    try {
      for (int attempt = 1; ; attempt++) {
        var ports = freePorts();
        var daemon = new Daemon(directory, ports, launch.on(ports[0], ports[1]));
        if (daemon.answers()) {
          return daemon;
        }
        daemon.stop();
        if (attempt == ATTEMPTS || !daemon.isPortTaken()) {
          var log = daemon.log();
          delete(directory);
          throw new IllegalStateException("The server in " + directory + " does not start: " + log);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port, first or second. */
  public int port(int index) {
    return ports[index];
  }

  /** What the server said so far. */
  public String log() {
    var log = directory.resolve("log");
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "no log";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isPortTaken() {
    return log().contains("Address already in use");
  }

  public static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  /** The user that servers run as: they do not serve mail as root. */
  public static String user() {
    return isRoot() ? MAIL : System.getProperty("user.name", "nobody");
  }

  /** Gives files to the user that servers run as. */
  public static void own(Path... paths) throws IOException {
    if (isRoot()) {
      for (var path : paths) {
        Files.setOwner(path, MailUser.PRINCIPAL);
      }
    }
  }

  /** Looked up once, for it may be asked for with every message. */
  private static final class MailUser {
    static final UserPrincipal PRINCIPAL = lookUp();

    private static UserPrincipal lookUp() {
      try {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(MAIL);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Waits for the greeting; false when the process ended or never came so far. */
  private boolean answers() {
    var mark = directory.getFileName().toString();
    try {
      for (int poll = 0; poll < POLLS_MAX; poll++) {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS) || isPortTaken()) {
          return false;
        }
        if (ImapTalk.greeting(ports[0]).filter(text -> text.contains(mark)).isPresent()) {
          return true;
        }
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Two ports that are free now. */
  private static int[] freePorts() throws IOException {
    var loopback = InetAddress.getLoopbackAddress();
    try (var one = new ServerSocket(0, 1, loopback);
        var two = new ServerSocket(0, 1, loopback)) {
      return new int[] {one.getLocalPort(), two.getLocalPort()};
    }
  }

  /**
   * Ends the process, and those that it started, at once: nothing of them is needed any more, and
   * to end in order takes seconds. So does it to hear of the end of the others, whose new parent
   * may look after them now and then only.
   */
  private void stop() {
    Runtime.getRuntime().removeShutdownHook(killer);
    var started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server in " + directory + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the server and deletes its directory. */
  @Override
  public void close() {
    stop();
    delete(directory);
  }

  private static void delete(Path directory) {
    try (var paths = Files.walk(directory)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger("mailtide.testkit").log(System.Logger.Level.DEBUG, "left " + directory, e);
    }
  }

  /** Runs a command to its end. */
  static void run(ProcessBuilder command, String input) throws IOException {
    var process = command.redirectErrorStream(true).start();
    try (var to = process.outputWriter(StandardCharsets.UTF_8)) {
      to.write(input);
    }
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(List.copyOf(command.command()) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

package io.mailtide.client;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where a secret comes from; asked anew each time, and never printed. */
sealed interface Secret {
  /** How long a command may take: time enough for a person to unlock a key store. */
  Duration COMMAND_TIME = Duration.ofMinutes(2);

  /** The longest secret, in bytes. */
  int LENGTH_MAX = 65_536;

  /**
   * Fetches the secret: its first line, without blanks around it.
   *
   * @param what whose it is, for messages: "password of store `work`"
   * @param environment the environment variables
   * @param cancellation ends a command
   * @throws FaultException {@link Fault.Kind#CONFIGURATION}, and {@link Fault.Kind#CANCELLED} on
   *     interruption, or when a stop was asked for while a command ran
   */
  String fetch(String what, Map<String, String> environment, Cancellation cancellation)
      throws FaultException;

  /** The secret itself, as it stands in the configuration; blanks and all. */
  record Given(String value) implements Secret {
    @Override
    public String fetch(String what, Map<String, String> environment, Cancellation cancellation) {
      return value;
    }

    @Override
    public String toString() {
      return "Given[hidden]";
    }
  }

  /** A variable of the environment. */
  record Variable(String name) implements Secret {
    @Override
    public String fetch(String what, Map<String, String> environment, Cancellation cancellation)
        throws FaultException {
      return firstLine(what, environment.getOrDefault(name, ""))
          .orElseThrow(() -> fault(
              what, "the environment variable " + name + " is not set", "Set it, and run again."));
    }
  }

  /** The first line of a file. */
  record InFile(Path path) implements Secret {
    @Override
    public String fetch(String what, Map<String, String> environment, Cancellation cancellation)
        throws FaultException {
      try (var in = Files.newInputStream(path)) {
        var text = new String(in.readNBytes(LENGTH_MAX), StandardCharsets.UTF_8);
        return firstLine(what, text)
            .orElseThrow(
                () -> fault(what, "the first line of " + path + " is empty", "Put it there."));
      } catch (NoSuchFileException e) {
        throw fault(what, "there is no file " + path, "Make it, readable by you alone.");
      } catch (IOException e) {
        throw fault(what, "cannot read " + path + ": " + ProfileReader.why(e), "Make it readable.");
      }
    }
  }

  /**
   * The first line that a command of the shell prints. The command line itself may hold a secret,
   * so it is not shown.
   *
   * @param line for {@code /bin/sh -c}
   * @param time how long it may take
   */
  record Command(String line, Duration time) implements Secret {
    /**
     * How a shell reports Ctrl-C, which the terminal sends to it and to us: then it is not the
     * command's failure.
     */
    private static final int INTERRUPTED = 130;

    /** So much later than the shell we may hear of it. */
    private static final Duration HEARD = Duration.ofSeconds(1);

    private static final String BY_HAND = "Run the command by hand to see what it needs.";

    @Override
    public String fetch(String what, Map<String, String> environment, Cancellation cancellation)
        throws FaultException {
      var builder = new ProcessBuilder("/bin/sh", "-c", line);
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectInput(Path.of("/dev/null").toFile());
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        throw fault(what, "cannot start /bin/sh: " + e.getMessage(), BY_HAND);
      }
      try (var _ = cancellation.onRequest(() -> end(process))) {
        return answer(what, process, cancellation);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FaultException(Cancellation.fault(), e);
      } finally {
        end(process);
      }
    }

    private static void end(Process process) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    private String answer(String what, Process process, Cancellation cancellation)
        throws FaultException, InterruptedException {
      var printed = reading(process.getInputStream());
      var complaint = reading(process.getErrorStream());
      if (!process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw fault(what, "its command did not end within " + time.toSeconds() + " s", BY_HAND);
      }
      if (process.exitValue() == INTERRUPTED) {
        var asked = new CountDownLatch(1);
        try (var _ = cancellation.onRequest(asked::countDown)) {
          var _ = asked.await(HEARD.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
      cancellation.check();
      var secret = firstLine(what, soon(printed, printed.firstLine()));
      if (process.exitValue() != 0 || secret.isEmpty()) {
        var said = shown(soon(complaint, complaint.end()), secret);
        throw fault(
            what,
            (process.exitValue() == 0
                    ? "its command printed nothing"
                    : "its command ended with status " + process.exitValue())
                + (said.isEmpty() ? "" : ": " + said),
            BY_HAND);
      }
      return secret.get();
    }

    /**
     * Reads in a thread of its own, so that the command never waits for us. What the command leaves
     * running in the background may hold its output open for long; so whoever waits does so for a
     * while only. Not a virtual thread: reading a pipe would hold its carrier all that time.
     */
    private static Output reading(InputStream from) {
      var output =
          new Output(new ByteArrayOutputStream(), new CountDownLatch(1), new CountDownLatch(1));
      Thread.ofPlatform().daemon().start(() -> output.takeAll(from));
      return output;
    }

    private static String soon(Output output, CountDownLatch enough) throws InterruptedException {
      // Whether that came or not: what has come by now is what there is.
      var _ = enough.await(10, TimeUnit.SECONDS);
      return output.text();
    }

    /**
     * What a command says for people: short, in one line, and without the secret should it be in
     * there.
     */
    private static String shown(String said, Optional<String> secret) {
      var open = secret.map(hidden -> said.replace(hidden, "[hidden]")).orElse(said);
      var line = open.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
      return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }

    @Override
    public String toString() {
      return "Command[hidden]";
    }
  }

  /**
   * What a command has printed so far.
   *
   * @param firstLine released when the first line is complete
   * @param end released at its end
   */
  record Output(ByteArrayOutputStream bytes, CountDownLatch firstLine, CountDownLatch end) {
    /** Keeps the first {@link #LENGTH_MAX} bytes and drops the rest. */
    void takeAll(InputStream from) {
      try (var in = new BufferedInputStream(from)) {
        for (int next = in.read(); next >= 0; next = in.read()) {
          if (bytes.size() < LENGTH_MAX) {
            bytes.write(next);
          }
          if (next == '\n') {
            firstLine.countDown();
          }
        }
      } catch (IOException e) {
        bytes.reset();
      } finally {
        firstLine.countDown();
        end.countDown();
      }
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private static Optional<String> firstLine(String what, String text) throws FaultException {
    var line = text.lines().findFirst().orElse("");
    if (line.length() >= LENGTH_MAX) {
      throw fault(
          what, "it is longer than " + LENGTH_MAX + " bytes", "Look at where it comes from.");
    }
    return Optional.of(line.strip()).filter(stripped -> !stripped.isEmpty());
  }

  /**
   * Whether the file's group may, or everybody. No, where it is not there or the file system knows
   * no such permissions.
   */
  static boolean othersMayRead(Path path) {
    try {
      var granted = Files.getPosixFilePermissions(path);
      return granted.contains(GROUP_READ) || granted.contains(OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static FaultException fault(String what, String said, String next) {
    return new FaultException(
        Fault.of(Fault.Kind.CONFIGURATION, Fault.Reach.REPLICA, "getting the " + what, said, next));
  }
}

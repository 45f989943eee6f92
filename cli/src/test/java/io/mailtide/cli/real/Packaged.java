package io.mailtide.cli.real;

import io.mailtide.cli.training.Linking;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The program as it is packaged: in jars, linked, with a cache of its classes, without which most
 * of a small run goes into loading and linking them. Made once, and deleted when the JVM ends.
 */
final class Packaged {
  /** The launcher's options, and an end at once where the heap is too small. */
  private static final List<String> OPTIONS = List.of(
      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
      "-Xmx256m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-XX:+ExitOnOutOfMemoryError",
      "-Xlog:aot*=off",
      "--enable-native-access=ALL-UNNAMED");

  private static final Path DIRECTORY = make();
  private static final List<String> COMMAND = withCache();

  private Packaged() {}

  /** What starts it, but for its arguments. */
  static List<String> command() {
    return COMMAND;
  }

  private static Path make() {
    try {
      var directory = Files.createTempDirectory("mailtide-program");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> withCache() {
    var classes = List.of("-cp", classPath(), "io.mailtide.cli.Main");
    var cache = DIRECTORY.resolve("classes.aot");
    var training = new ArrayList<>(OPTIONS);
    training.add("-XX:AOTCacheOutput=" + cache);
    training.addAll(classes);
    training.addAll(List.of("demo", DIRECTORY.resolve("demo").toString()));
    var output = DIRECTORY.resolve("output").toFile();
    try {
      var trained = new ProcessBuilder(training)
          .redirectErrorStream(true)
          .redirectOutput(output)
          .start()
          .waitFor();
      if (trained != 0 || Files.notExists(cache)) {
        throw new IllegalStateException(
            "no cache of classes: " + Files.readString(output.toPath()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    var command = new ArrayList<>(OPTIONS);
    command.add("-XX:AOTCache=" + cache);
    command.addAll(classes);
    return List.copyOf(command);
  }

  /** What the tests have, without themselves: a cache goes with jars only. */
  private static String classPath() {
    var jars = new ArrayList<String>();
    var entries =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (var entry : entries.split(File.pathSeparator, -1)) {
      if (Files.isRegularFile(Path.of(entry))) {
        jars.add(entry);
      } else if (entry.endsWith("classes") && !entry.endsWith("test-classes")) {
        jars.add(jar(entry, DIRECTORY.resolve(jars.size() + ".jar")).toString());
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static Path jar(String classes, Path jar) {
    var tool = ToolProvider.findFirst("jar").orElseThrow();
    if (tool.run(System.out, System.err, "-c0f", jar.toString(), "-C", classes, ".") != 0) {
      throw new IllegalStateException("cannot pack " + classes);
    }
    try {
      Linking.link(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jar;
  }

  private static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.getLogger("mailtide.cli").log(System.Logger.Level.DEBUG, "left " + directory, e);
    }
  }
}

package io.mailtide.testkit.server;

import io.mailtide.testkit.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Programs of Debian packages that exclude each other: {@code ./build test} unpacks them into
 * {@code .build/servers} instead of installing them. From there they are copied, for the user that
 * a server runs as need not have access to the repository.
 */
final class Unpacked {
  private static final Path SERVERS = Corpus.repository().resolve(".build").resolve("servers");

  private final Path bin;
  private final Path lib;

  private Unpacked(Path directory) {
    bin = directory.resolve("bin");
    lib = directory.resolve("lib");
  }

  /** Fails where they are missing. */
  static void check() {
    check(SERVERS);
  }

  private static void check(Path needed) {
    if (Files.notExists(needed)) {
      throw new IllegalStateException("This test needs " + needed
          + ": ./build test unpacks Debian's Cyrus, Courier and Exim there.");
    }
  }

  /**
   * Copies programs and the libraries of all.
   *
   * @param directory to put them in
   * @param programs where they lie below the root directory
   */
  static Unpacked into(Path directory, String... programs) throws IOException {
    var unpacked = new Unpacked(directory);
    Files.createDirectory(unpacked.bin);
    Files.createDirectory(unpacked.lib);
    for (var program : programs) {
      var from = SERVERS.resolve(program);
      check(from);
      Files.copy(from, unpacked.bin.resolve(from.getFileName()));
    }
    for (var library : libraries()) {
      Files.copy(library, unpacked.lib.resolve(library.getFileName()));
    }
    return unpacked;
  }

  /** By the names under which programs ask for them. */
  private static List<Path> libraries() throws IOException {
    try (var files = Files.find(
        SERVERS.resolve("usr/lib"),
        2,
        (file, _) -> file.getFileName().toString().matches("lib.*\\.so(\\.\\d+)?"))) {
      return files.toList();
    }
  }

  Path program(String name) {
    return bin.resolve(name);
  }

  Path library(String name) {
    return lib.resolve(name);
  }

  /** What finds the libraries. */
  Map<String, String> environment() {
    return Map.of("LD_LIBRARY_PATH", lib.toString());
  }
}

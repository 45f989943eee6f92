package io.mailtide.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What figures mean nothing without: the machine and the versions. */
final class Machine {
  private static final double GIB = 1_024 * 1_024 * 1_024;

  private Machine() {}

  static void print(PrintStream out, Path directory, List<Tool> tools)
      throws IOException, InterruptedException {
    out.printf(
        "%d cores, %.1f GiB memory, %s %s, %s, JDK %s%n",
        Runtime.getRuntime().availableProcessors(),
        memory() / GIB,
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Files.getFileStore(directory).type(),
        System.getProperty("java.runtime.version"));
    var versions = new ArrayList<String>();
    versions.add("Dovecot " + firstLine(List.of("dovecot", "--version")));
    for (var tool : tools) {
      versions.add(tool.name() + ": " + firstLine(tool.version()));
    }
    out.println(String.join(", ", versions) + "; loopback, no TLS, server without COMPRESS");
  }

  private static double memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String firstLine(List<String> command) throws IOException, InterruptedException {
    var home = Files.createTempDirectory("version");
    var log = home.resolve("output");
    try {
      Execution.of(command, home, log);
      return Files.readString(log).lines().findFirst().orElse("?");
    } finally {
      Benchmark.delete(home);
    }
  }
}

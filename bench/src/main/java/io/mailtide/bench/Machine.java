package io.mailtide.bench;

import com.sun.management.OperatingSystemMXBean;
import io.mailtide.engine.Environment;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** What figures mean nothing without: the machine, what else it does, and the versions. */
final class Machine {
  private static final double GIB = 1_024 * 1_024 * 1_024;

  private Machine() {}

  /** Hardware and versions. */
  static String describe(Path directory, List<Tool> tools)
      throws IOException, InterruptedException {
    var parts = new ArrayList<String>();
    parts.add("%d cores, %.1f GiB memory, %s %s, %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            system().getTotalMemorySize() / GIB,
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Files.getFileStore(directory).type(),
            System.getProperty("java.runtime.version")));
    parts.add("Dovecot " + firstLine(List.of("dovecot", "--version"))
        + " with Maildir, without TLS; it offers COMPRESS over slow lines only");
    for (var tool : tools) {
      parts.add(tool.name() + ": " + firstLine(tool.version()));
    }
    return String.join("; ", parts);
  }

  /** Today, and how many processes wanted a processor during the last minute. */
  static String now() {
    var today = LocalDate.ofInstant(Environment.system().clock().instant(), ZoneOffset.UTC);
    return "%s, load %.1f before the first run".formatted(today, system().getSystemLoadAverage());
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
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

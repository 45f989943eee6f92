package io.mailtide.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;

/**
 * A hundred and fifty simulated lives; {@code -Dsimulation.seeds=N -Dsimulation.seed=S} for more,
 * or one again.
 */
class PullSimulationTest {
  private static final Path MEMORY = Path.of("/dev/shm");

  @Test
  void whatMustAlwaysHold_holdsForEverySeed() throws IOException {
    var first = Long.getLong("simulation.seed", 1L);
    var seeds = Long.getLong("simulation.seeds", 150L);
    System.Logger log = System.getLogger(PullSimulationTest.class.getName());
    log.log(System.Logger.Level.INFO, "simulating {0} lives from seed {1}", seeds, first);
    for (var seed = first; seed < first + seeds; seed++) {
      // SQLite's commits are real; in memory they cost no disk.
      var directory = Files.isWritable(MEMORY)
          ? Files.createTempDirectory(MEMORY, "mailtide")
          : Files.createTempDirectory("mailtide");
      try {
        new PullSimulation(seed, directory).run();
      } catch (Throwable e) {
        throw new AssertionError(
            "seed " + seed + " (-Dsimulation.seed=" + seed + " replays it)", e);
      } finally {
        delete(directory);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(directory, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path folder, java.io.IOException error)
          throws IOException {
        Files.delete(folder);
        return FileVisitResult.CONTINUE;
      }
    });
  }
}

package io.mailtide.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the cache of classes is made by: what it leaves out is slower for those who do it. */
class TrainingTest {
  @TempDir
  private Path directory = Path.of("");

  @Test
  void everythingIsDone() throws IOException, InterruptedException {
    var output = directory.resolve("output");
    var training = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "--enable-native-access=ALL-UNNAMED",
            Training.class.getName(),
            directory.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      assertThat(training.waitFor(2, TimeUnit.MINUTES)).as("at its end").isTrue();
    } finally {
      training.descendants().forEach(ProcessHandle::destroyForcibly);
      training.destroyForcibly();
    }
    var said = Files.readString(output);
    assertThat(training.exitValue()).as(said).isZero();
    assertThat(said)
        .contains("small: nothing to do")
        .containsPattern("small: 4 messages copied .*, 3 messages sent, 0 failed")
        .containsPattern("small: 1 message copied .*, 2 flags changed, 2 removed .*, 0 failed")
        .containsPattern("\nmailtide ");
    assertThat(directory.resolve("small/INBOX/cur")).isDirectoryContaining("glob:**:2,FS");
  }
}

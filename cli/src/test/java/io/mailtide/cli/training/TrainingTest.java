package io.mailtide.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the cache of classes is made by: what it leaves out is slower for those who do it. */
class TrainingTest {
  @TempDir
  private Path directory = Path.of("");

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void everythingIsDone() throws IOException, InterruptedException {
    var training = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "--enable-native-access=ALL-UNNAMED",
            Training.class.getName(),
            directory.toString())
        .redirectErrorStream(true)
        .start();
    var said = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(training.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("small: nothing to do")
        .containsPattern("small: 4 messages copied .*, 3 messages sent, 0 failed")
        .containsPattern("small: 1 message copied .*, 2 flags changed, 2 removed .*, 0 failed")
        .containsPattern("\nmailtide ");
    assertThat(directory.resolve("small/INBOX/cur")).isDirectoryContaining("glob:**:2,FS");
  }
}

package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./mailtide} hands to Java, which a script stands in for. */
class LauncherTest {
  private static final String JAVA =
      "#!/bin/sh\necho \"$LC_ALL ${MAILTIDE_LC_ALL-none} ${MAILTIDE_COMMAND##*/}\"\n";

  @TempDir
  Path root = Path.of("");

  /** What Java is started with in surroundings that hold these variables and no other locale. */
  private String started(Map<String, String> locale) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(root.resolve("mailtide").toString()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().putAll(locale);
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  private void file(String name, String text, String permissions) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void java_hasALocaleForAllNames_andTheProgramKnowsTheUsers() throws Exception {
    file("mailtide", Files.readString(Path.of("..", "mailtide")), "rwxr-xr-x");
    file("java/bin/java", JAVA, "rwxr-xr-x");
    for (var source : new String[] {"java/release", "pom.xml", "cli/pom.xml", "cli/src/main/a"}) {
      file(source, "", "rw-r--r--");
    }
    file("cli/target/dist/java-home", root.resolve("java") + "\n", "rw-r--r--");
    file("cli/target/dist/built", "", "rw-r--r--");
    assertThat(started(Map.of())).isEqualTo("C.UTF-8  mailtide");
    assertThat(started(Map.of("LC_ALL", "C"))).isEqualTo("C.UTF-8 C mailtide");
    assertThat(started(Map.of("LANG", "de_DE"))).isEqualTo("C.UTF-8  mailtide");
    assertThat(started(Map.of("LC_ALL", "de_DE.utf8"))).isEqualTo("de_DE.utf8 none mailtide");
  }
}

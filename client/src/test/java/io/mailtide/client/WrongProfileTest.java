package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.client.Profile.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class WrongProfileTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @FieldSource("io.mailtide.client.WrongProfiles#CASES")
  void load_wrong_saysWhereAndWhat(WrongProfiles.Case wrong) throws Exception {
    var file = write(wrong.text());

    assertThat(problems(file))
        .containsExactlyElementsOf(
            wrong.problems().stream().map(problem -> file + ":" + problem).toList());
  }

  @Test
  void load_noFile_saysSo() throws Exception {
    var file = folder.resolve("none.toml");

    assertThat(problems(file))
        .containsExactly(file
            + ": there is no configuration here; README.md shows a short one, and mailtide "
            + "demo needs none");
  }

  @Test
  void load_notText_saysSo() throws Exception {
    var file = Files.write(folder.resolve("config.toml"), new byte[] {'a', (byte) 0xFF});

    assertThat(problems(file)).containsExactly(file + ": not text in UTF-8");
  }

  @Test
  void load_aDirectory_saysSo() throws Exception {
    assertThat(problems(folder)).containsExactly(folder + ": cannot be read: Is a directory");
  }

  @Test
  void load_hugeFile_isNotRead() throws Exception {
    var file = write("#".repeat(1 << 20) + "\n");

    assertThat(problems(file))
        .containsExactly(file + ": longer than 1 MiB, which no configuration is");
  }

  @Test
  void load_deepNesting_isRefused() throws Exception {
    assertThat(problems(write("a = " + "[".repeat(100_000)))).isNotEmpty();
  }

  @Test
  void load_noLocalTypeInstalled_saysSo() throws Exception {
    var file = write(WrongProfiles.STORE);

    assertThatThrownBy(() -> Profile.load(
            file, new Surroundings(Map.of(), folder, List.of(PaperProvider.IMAP), List.of())))
        .isInstanceOf(ProfileException.class)
        .hasMessage(file + ":1:1: no type of local store is installed");
  }

  @Test
  void load_noTransportInstalled_saysSo() throws Exception {
    var file = write(WrongProfiles.STORE + "[transports.out]\nhost = \"a\"");

    assertThatThrownBy(() ->
            Profile.load(file, new Surroundings(Map.of(), folder, PaperProvider.ALL, List.of())))
        .isInstanceOf(ProfileException.class)
        .hasMessage(file + ":8:1: no way of sending is installed");
  }

  @Test
  void load_manyProblems_showsThemAllALineEachInTheOrderOfTheFile() throws Exception {
    var file = write("statdir = 1\n" + WrongProfiles.STORE.replace("\"imap\"", "4")
        + "[groups.all]\nstores = 5");

    var thrown =
        catchThrowableOfType(ProfileException.class, () -> Profile.load(file, surroundings()));

    assertThat(String.valueOf(thrown.getMessage()).lines())
        .containsExactlyElementsOf(problems(file))
        .hasSize(3)
        .isSortedAccordingTo((a, b) -> Integer.compare(line(file, a), line(file, b)));
  }

  /**
   * Every slip of one letter in every key, unless it makes another key, is answered with a key one
   * slip away.
   */
  @Test
  void load_anyKeyWithASlip_suggestsTheNearest() throws Exception {
    var keys = ProfileKeys.store(PaperProvider.IMAP, PaperProvider.MAILDIR);
    var text = new StringBuilder(WrongProfiles.STORE);
    var slips = new ArrayList<String>();
    for (var key : keys) {
      for (var slip : slips(key)) {
        if (!keys.contains(slip) && !slips.contains(slip)) {
          slips.add(slip);
          text.append('"').append(slip).append("\" = 1\n");
        }
      }
    }

    var suggested = new ArrayList<String>();
    for (var problem : problems(write(text.toString()))) {
      var words = problem.split("`", -1);
      assertThat(words).as(problem).hasSize(5);
      assertThat(slips(words[3])).as(problem).contains(words[1]);
      suggested.add(words[1]);
    }
    assertThat(suggested).containsExactlyElementsOf(slips).hasSizeGreaterThan(500);
  }

  /** With a letter lost, doubled, replaced, or swapped with the next. */
  private static List<String> slips(String key) {
    var slips = new LinkedHashSet<String>();
    for (int i = 0; i < key.length(); i++) {
      var before = key.substring(0, i);
      var after = key.substring(i + 1);
      slips.add(before + after);
      slips.add(before + key.charAt(i) + key.charAt(i) + after);
      slips.add(before + "z" + after);
      if (!after.isEmpty()) {
        slips.add(before + after.charAt(0) + key.charAt(i) + after.substring(1));
      }
    }
    slips.remove(key);
    return List.copyOf(slips);
  }

  private static int line(Path file, String problem) {
    return Integer.parseInt(problem.substring(file.toString().length() + 1).split(":", 2)[0]);
  }

  private List<String> problems(Path file) {
    var thrown =
        catchThrowableOfType(ProfileException.class, () -> Profile.load(file, surroundings()));
    assertThat(thrown).isNotNull();
    assertThat(thrown).hasMessageNotContaining("s3cret");
    return thrown.problems().stream().map(Object::toString).toList();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("config.toml"), text);
  }

  private Surroundings surroundings() {
    return new Surroundings(Map.of(), folder, PaperProvider.ALL, PaperTransport.ALL);
  }
}

package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.Profile.Surroundings;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Side;
import io.mailtide.engine.send.TransportProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds docs/configuration.md and the design's example against the code, with the real types of
 * stores.
 */
class ConfigurationPageTest {
  private static final Pattern KEY =
      Pattern.compile("(?m)^\\| `([^`]+)` \\| .* \\| .* \\| .* \\|$");
  private static final List<ReplicaProvider> PROVIDERS = Surroundings.system().providers();
  private static final List<TransportProvider> TRANSPORTS =
      Surroundings.system().transports();

  @TempDir
  private Path home;

  @Test
  void thePageNamesEveryKeyAndNoneOther() {
    assertThat(documented("At the top")).containsExactlyInAnyOrderElementsOf(ProfileKeys.ROOT);
    assertThat(documented("`[default-store]`"))
        .containsExactlyInAnyOrderElementsOf(ProfileKeys.DEFAULT_STORE);
    assertThat(documented("`[transports.NAME]`"))
        .containsExactlyInAnyOrderElementsOf(ProfileKeys.transport(TRANSPORTS.getFirst()));
    assertThat(documented("`[groups.NAME]`"))
        .containsExactlyInAnyOrderElementsOf(ProfileKeys.GROUP);
    assertThat(documented("`[stores.NAME]`"))
        .containsExactlyInAnyOrderElementsOf(
            ProfileKeys.store(provider(Side.FAR), provider(Side.NEAR)));
  }

  @Test
  void thePageNamesEveryChoice() {
    var settings = Stream.of(Side.values()).flatMap(side -> provider(side).settings().stream());

    assertThat(settings.filter(setting -> setting.kind() == Setting.Kind.CHOICE))
        .isNotEmpty()
        .allSatisfy(setting -> assertThat(page())
            .contains("| `" + setting.name() + "` | "
                + setting.choices().stream()
                    .map(choice -> "`\"" + choice + "\"`")
                    .collect(Collectors.joining(", "))
                + " |"));
  }

  @Test
  void theExampleOfThePageIsRight() throws Exception {
    var page = page();
    int begin = page.indexOf("```toml\n") + "```toml\n".length();

    assertRight(page.substring(begin, page.indexOf("```", begin)));
  }

  @Test
  void theExampleOfTheDesignIsRight() throws Exception {
    try (var in = getClass().getResourceAsStream("design.toml")) {
      assertThat(in).isNotNull();
      assertRight(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void assertRight(String example) throws Exception {
    var file = Files.writeString(home.resolve("config.toml"), example);

    var profile = Profile.load(file, new Surroundings(Map.of(), home, PROVIDERS, TRANSPORTS));

    assertThat(profile.warnings()).isEmpty();
    assertThat(profile.defaultStore().orElseThrow().settings().path("path"))
        .contains(home.resolve("Mail/local"));
    assertThat(profile.transports()).containsOnlyKeys("work");
    var store = profile.choose(List.of("all")).stores().getFirst();
    assertThat(store.name()).isEqualTo("work");
    assertThat(store.far().type()).isEqualTo("imap");
    assertThat(store.farSettings().text("host")).contains("imap.example.org");
    assertThat(store.farSettings().path("tls-ca")).contains(home.resolve("ca.pem"));
    assertThat(store.nearSettings().path("path")).contains(home.resolve("Mail/work"));
    assertThat(store.folders().test(FolderName.INBOX)).isTrue();
    assertThat(store.folders().test(FolderName.parse("Spam"))).isFalse();
  }

  /** The first words of the rows of four columns under a heading. */
  private static List<String> documented(String heading) {
    var page = page();
    int begin = page.indexOf("\n## " + heading + "\n");
    assertThat(begin).as(heading).isNotNegative();
    int end = page.indexOf("\n## ", begin + 1);
    return KEY.matcher(page.substring(begin, end < 0 ? page.length() : end))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static String page() {
    try {
      return Files.readString(Path.of("..", "docs", "configuration.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReplicaProvider provider(Side side) {
    return PROVIDERS.stream().filter(each -> each.side() == side).findFirst().orElseThrow();
  }
}

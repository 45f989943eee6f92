package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.client.Profile.Deletions;
import io.mailtide.client.Profile.Surroundings;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Synchronizer.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
  private static final String STORE = """
      [stores.%1$s]
      type = "imap"
      host = "imap.example.org"
      user = "ann"
      password = "s3cret"
      path = "mail/%1$s"
      """;

  private static final String SENDING = """
      [default-store]
      path = "local"

      [transports.out]
      host = "smtp.example.org"

      """;

  @TempDir
  private Path folder;

  @Test
  void load_everythingGiven() throws Exception {
    var profile = load("""
        state-dir = "~/state"

        [default-store]
        path = "~/Mail/local"

        [stores.work]
        type = "imap"
        host = "imap.example.org"
        port = 1143
        tls = "starttls"
        tls-ca = "ca.pem"
        user = "ann@example.org"
        password-command = "pass show mail/work"
        path = "/srv/mail/work"
        layout = "maildir++"
        folders = ["*", "!Spam"]
        deletions = "pull"
        keep-removed = "2w"
        max-connections = 2
        max-size = "25M"
        max-age = "52w"
        headers-only = true

        [transports.work]
        host = "smtp.example.org"
        user = "ann@example.org"
        password-env = "SMTP_PASSWORD"
        from = ["ann@example.org"]
        sent-to = "work/Sent"

        [groups.all]
        stores = ["work"]
        send = true
        headers-only = true
        every = "604800s"
        """);

    assertThat(profile.stateDirectory()).isEqualTo(home().resolve("state"));
    assertThat(profile.defaultStore().orElseThrow().settings().path("path"))
        .contains(home().resolve("Mail/local"));
    assertThat(profile.warnings()).isEmpty();
    var work = profile.choose(List.of("work")).stores().getFirst();
    assertThat(work.far()).isEqualTo(PaperProvider.IMAP);
    assertThat(work.near()).isEqualTo(PaperProvider.MAILDIR);
    assertThat(work.deletions()).isEqualTo(Deletions.PULL);
    assertThat(work.keepRemoved()).isEqualTo(Duration.ofDays(14));
    assertThat(work.maxConnections()).isEqualTo(2);
    assertThat(work.selection())
        .isEqualTo(
            new Selection(OptionalLong.of(25 << 20), Optional.of(Duration.ofDays(364)), true));
    assertThat(work.folders().test(FolderName.parse("Spam"))).isFalse();
    assertThat(work.folders().test(FolderName.parse("Lists/Java"))).isTrue();
    var far = work.farSettings();
    assertThat(far.store()).isEqualTo("work");
    assertThat(far.text("host")).contains("imap.example.org");
    assertThat(far.number("port")).hasValue(1143);
    assertThat(far.text("tls")).contains("starttls");
    assertThat(far.path("tls-ca")).contains(folder.resolve("ca.pem"));
    assertThat(far.flag("allow-plaintext")).isFalse();
    assertThat(work.nearSettings().path("path")).contains(Path.of("/srv/mail/work"));
    assertThat(work.nearSettings().text("layout")).contains("maildir++");
    var transport = List.copyOf(profile.transports().values()).getFirst();
    assertThat(transport.settings().text("host")).contains("smtp.example.org");
    assertThat(transport.provider().type()).isEqualTo("smtp");
    assertThat(transport.from()).containsExactly("ann@example.org");
    assertThat(transport.sentTo()).contains("work/Sent");
    assertThat(profile.groups().get("all"))
        .isEqualTo(new Profile.Group(List.of("work"), true, true, Optional.of(Duration.ofDays(7))));
  }

  @Test
  void load_sizes_ofAnyNumberOfBytes() throws Exception {
    for (var size : List.of("5000000000", "0005000000000", "999999999999999999")) {
      var profile = load(STORE.formatted("work") + "max-size = \"" + size + "\"\n");

      assertThat(store(profile, "work").selection().bytesMax()).hasValue(Long.parseLong(size));
    }
  }

  @Test
  void load_onlyWhatIsRequired_usesTheDefaults() throws Exception {
    var profile = load(STORE.formatted("work"));

    assertThat(profile.stateDirectory()).isEqualTo(home().resolve(".local/state/mailtide"));
    assertThat(profile.defaultStore()).isEmpty();
    var work = profile.choose(List.of()).stores().getFirst();
    assertThat(work.deletions()).isEqualTo(Deletions.BOTH);
    assertThat(work.keepRemoved()).isEqualTo(Duration.ofDays(30));
    assertThat(work.maxConnections()).isEqualTo(4);
    assertThat(work.selection()).isEqualTo(Selection.ALL);
    assertThat(work.folders().test(FolderName.parse("Spam"))).isTrue();
    assertThat(work.farSettings().number("port")).isEmpty();
    assertThat(work.farSettings().secret("password", new Cancellation())).contains("s3cret");
    assertThat(work.nearSettings().path("path")).contains(folder.resolve("mail/work"));
  }

  /** The launcher changes it for Java, and says what it was. */
  @Test
  void aPasswordCommand_hasTheUsersOwnLocale() throws Exception {
    var file = write(STORE
        .formatted("work")
        .replace("password = \"s3cret\"", "password-command = \"echo ${LC_ALL-none}\""));
    for (var kept : Map.of("", "none", "de_DE", "de_DE").entrySet()) {
      var changed = Map.of("LC_ALL", "C.UTF-8", "MAILTIDE_LC_ALL", kept.getKey());
      var work = store(Profile.load(file, surroundings(changed)), "work");

      assertThat(work.farSettings().secret("password", new Cancellation()))
          .contains(kept.getValue());
    }
    var work = store(Profile.load(file, surroundings(Map.of("LC_ALL", "C.UTF-8"))), "work");
    assertThat(work.farSettings().secret("password", new Cancellation())).contains("C.UTF-8");
  }

  @Test
  void deletions_pulledOnlyWhereTheServersRemovalsCount() {
    assertThat(List.of(Deletions.values()).stream().filter(Deletions::pulled))
        .containsExactly(Deletions.BOTH, Deletions.PULL);
  }

  @Test
  void toString_noSecretInIt() throws Exception {
    var file = write(STORE.formatted("work") + """
        [transports.out]
        host = "smtp.example.org"
        password-command = "echo s3cret"
        """);
    var secrets = surroundings(Map.of("PASS", "s3cret"));

    var profile = Profile.load(file, secrets);

    assertThat(profile.toString()).contains("work", "out").doesNotContain("s3cret");
    assertThat(secrets.toString()).doesNotContain("s3cret");
  }

  @Test
  void configFile_followsXdg() {
    assertThat(surroundings(Map.of()).configFile())
        .isEqualTo(home().resolve(".config/mailtide/config.toml"));
    assertThat(surroundings(Map.of("XDG_CONFIG_HOME", "/etc/me")).configFile())
        .isEqualTo(Path.of("/etc/me/mailtide/config.toml"));
    assertThat(surroundings(Map.of("XDG_CONFIG_HOME", "relative")).configFile())
        .isEqualTo(home().resolve(".config/mailtide/config.toml"));
    assertThat(surroundings(Map.of("XDG_STATE_HOME", "/var/me")).stateDirectory())
        .isEqualTo(Path.of("/var/me/mailtide"));
  }

  @Test
  void choose_storesAndGroups_eachStoreOnceInTheOrderGiven() throws Exception {
    var profile = load(STORE.formatted("a") + STORE.formatted("b") + STORE.formatted("c") + """
        [groups.pair]
        stores = ["c", "b"]
        """);

    assertThat(names(profile, "pair", "a", "b")).containsExactly("c", "b", "a");
    assertThat(names(profile)).containsExactly("a", "b", "c");
    assertThatThrownBy(() -> profile.choose(List.of("pairs")))
        .isInstanceOf(ProfileException.class)
        .hasMessage(profile.file() + ": no store or group `pairs`; did you mean `pair`?");
  }

  @Test
  void choose_nothingNamed_isTheGroupAllWhereThereIsOne() throws Exception {
    var profile = load(STORE.formatted("a") + STORE.formatted("b") + """
        [groups.all]
        stores = ["b"]
        """);

    assertThat(names(profile)).containsExactly("b");
  }

  @Test
  void choose_groupsSayWhetherToSendAndWhatToFetch() throws Exception {
    var profile = load(SENDING + STORE.formatted("a") + STORE.formatted("b") + """
        [groups.quick]
        stores = ["a", "b"]
        headers-only = true

        [groups.whole]
        stores = ["b"]
        send = true
        """);

    assertThat(profile.choose(List.of("quick"))).satisfies(chosen -> {
      assertThat(chosen.headersOnly()).containsExactlyInAnyOrder("a", "b");
      assertThat(chosen.send()).isFalse();
    });
    assertThat(profile.choose(List.of("quick", "whole"))).satisfies(chosen -> {
      assertThat(chosen.headersOnly()).as("b is wanted whole by the other").containsExactly("a");
      assertThat(chosen.send()).isTrue();
    });
    assertThat(profile.choose(List.of("a", "quick")).headersOnly()).containsExactly("b");
    assertThat(profile.choose(List.of("a")).send())
        .as("a store alone sends nothing")
        .isFalse();
  }

  @Test
  void choose_nothingNamed_sendsWhereThatIsPossible() throws Exception {
    assertThat(load(SENDING + STORE.formatted("a")).choose(List.of()).send()).isTrue();
    assertThat(load(STORE.formatted("a")).choose(List.of()).send()).isFalse();
    var all = "[groups.all]\nstores = [\"a\"]\n";
    assertThat(load(SENDING + STORE.formatted("a") + all).choose(List.of()).send())
        .as("the group all says it")
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw----r--"})
  void load_passwordInAFileThatOthersRead_warns(String permissions) throws Exception {
    var file = write(STORE.formatted("work"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

    assertThat(Profile.load(file, surroundings(Map.of())).warnings())
        .extracting(Object::toString)
        .containsExactly(
            file
                + ":5:1: others than its owner may read this file and the password in it; chmod 600 it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw----r--"})
  void load_passwordFileThatOthersRead_warns(String permissions) throws Exception {
    var secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(permissions));
    var profile = load(STORE
        .formatted("work")
        .replace("password =", "password-file =")
        .replace("s3cret", "secret"));

    assertThat(profile.warnings())
        .extracting(Object::toString)
        .containsExactly(
            profile.file() + ":5:1: others than its owner may read " + secret + "; chmod 600 it");
  }

  private static List<String> names(Profile profile, String... names) throws ProfileException {
    return profile.choose(List.of(names)).stores().stream()
        .map(Profile.Store::name)
        .toList();
  }

  private static Profile.Store store(Profile profile, String name) throws Exception {
    return profile.choose(List.of(name)).stores().getFirst();
  }

  /** Four run at once at most, so the connections to a host are shared by as many. */
  @Test
  void load_storesOnOneHost_shareItsConnections() throws Exception {
    var two = load(STORE.formatted("a") + STORE.formatted("b"));
    assertThat(store(two, "a").farSettings().number("max-connections")).hasValue(2);
    assertThat(store(two, "b").farSettings().number("max-connections")).hasValue(2);
    assertThat(store(two, "a").maxConnections()).isEqualTo(4);
    var narrow = load(STORE.formatted("a") + "max-connections = 3\n" + STORE.formatted("b"));
    assertThat(store(narrow, "b").farSettings().number("max-connections")).hasValue(1);
    var other = load(STORE.formatted("a") + STORE.formatted("b").replace("imap.", "mail."));
    assertThat(store(other, "a").farSettings().number("max-connections")).hasValue(4);
    assertThat(store(other, "a").farSettings().text("host")).contains("imap.example.org");
  }

  private Profile load(String text) throws Exception {
    return Profile.load(write(text), surroundings(Map.of()));
  }

  private Path write(String text) throws IOException {
    var file = Files.writeString(folder.resolve("config.toml"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private Surroundings surroundings(Map<String, String> environment) {
    return new Surroundings(environment, home(), PaperProvider.ALL, PaperTransport.ALL);
  }

  private Path home() {
    return folder.resolve("home");
  }
}

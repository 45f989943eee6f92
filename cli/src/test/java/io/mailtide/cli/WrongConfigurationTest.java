package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the types of stores and transports find wrong is told before anything is done. */
class WrongConfigurationTest {
  /** Ten lines; what a case adds begins on the eleventh, in the table of the store. */
  private static final String CONFIGURATION = """
      [default-store]
      path = "~/local"

      [stores.work]
      type = "imap"
      host = "imap.example.org"
      user = "ann"
      password-command = "touch asked"
      path = "~/Mail"

      """;

  private static final String TRANSPORT = "[transports.out]\nhost = \"smtp.example.org\"\n";

  @TempDir
  private Path home;

  /** Lines of a configuration, and where and how one is wrong. */
  record Case(String lines, List<String> told) {
    Case(String lines, String... told) {
      this(lines, List.of(told));
    }
  }

  private static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "sent-folder = \"Sent/\"",
            "11:1: `sent-folder` in [stores.work]: \"Sent/\" is no name of a folder"),
        new Case(
            "junk-folder = \"a//b\"\narchive-folder = \"inbox\"",
            "11:1: `junk-folder` in [stores.work]: \"a//b\" is no name of a folder",
            "12:1: `archive-folder` in [stores.work]: \"inbox\" is another folder already"),
        new Case(
            "sent-folder = \"Mail\"\ntrash-folder = \"Mail\"",
            "12:1: `trash-folder` in [stores.work]: \"Mail\" is another folder already; give each"),
        new Case(
            "tls-fingerprint = \"md5:00\"",
            "11:1: `tls-fingerprint` in [stores.work]: a fingerprint begins with sha256:"),
        new Case(
            "tls-ca = \"ca.pem\"\ntls-fingerprint = \"sha256:" + "0".repeat(64) + "\"",
            "12:1: `tls-fingerprint` in [stores.work]: `tls-ca` is given, too; keep one"),
        new Case(
            "tls = \"none\"", "11:1: `tls` in [stores.work]: \"none\" sends mail and password"),
        new Case(
            TRANSPORT + "tls-fingerprint = \"sha256:0\"",
            "13:1: `tls-fingerprint` in [transports.out]: not a SHA-256 in hexadecimal"),
        new Case(
            TRANSPORT + "user = \"ann\"",
            "13:1: `user` in [transports.out]: no password is given; add one of password, "),
        new Case(
            TRANSPORT + "password-command = \"touch asked\"",
            "11:1: `user` in [transports.out]: it is not given, and a password is"),
        new Case(
            TRANSPORT.replace("smtp", "localhost") + "tls = \"none\"",
            "13:1: `tls` in [transports.out]: \"none\" sends mail and password in the clear"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isToldBeforeAnythingIsDone(Case given) {
    var host = TestHost.in(home).configured(CONFIGURATION + given.lines());
    for (var command : List.of("status", "send", "sync", "sendmail bob@example.net")) {
      var ran = host.run(command.split(" "));
      assertThat(ran.code()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err().lines()).as(command).hasSameSizeAs(given.told());
      assertThat(ran.err()).contains(given.told()).contains("config.toml:1");
    }
    assertThat(home.resolve("local")).doesNotExist();
    assertThat(home.resolve("Mail")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1"})
  void plainTextOnThisMachine_isRight(String host) {
    var text = CONFIGURATION.replace("imap.example.org", host) + "tls = \"none\"\n";
    var ran = TestHost.in(home).configured(text).run("status");
    assertThat(ran.code()).as(ran.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls = \"none\"\nallow-plaintext = true",
        TRANSPORT,
        TRANSPORT + "user = \"ann\"\npassword-env = \"PASS\"",
        "sent-folder = \"Sent\"\ntrash-folder = \"Sent/Old\"\n"
      })
  void whatFitsTogether_isRight(String lines) {
    var ran = TestHost.in(home).configured(CONFIGURATION + lines).run("status");
    assertThat(ran.code()).as(ran.err()).isZero();
  }
}

package io.mailtide.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real Cyrus. Works as root, where mail then belongs to the user {@code mail}, and as any other
 * user. Passwords are checked by Cyrus SASL against a database of its own.
 *
 * <p>It refuses messages with NUL bytes, with line ends other than CRLF or with a header that is
 * none, and puts an {@code X} for each byte of a header that is not ASCII.
 */
public final class Cyrus extends UnpackedServer {
  private static final String USER = "ann";
  private static final String BIN = "usr/lib/cyrus/bin/";

  private final boolean prefixed;

  private Cyrus(Daemon daemon, boolean prefixed) {
    super(daemon);
    this.prefixed = prefixed;
  }

  /**
   * Starts one and returns when it answers.
   *
   * @param prefixed whether all folders but the inbox lie below {@code INBOX.}
   * @param settings further lines of its {@code imapd.conf}
   */
  public static Cyrus start(boolean prefixed, String... settings) {
    Unpacked.check();
    try {
      var directory = Daemon.directory("cyrus");
      var programs = Unpacked.into(
          directory, BIN + "master", BIN + "imapd", BIN + "ctl_cyrusdb", "usr/sbin/saslpasswd2");
      var state = Files.createDirectory(directory.resolve("state"));
      var sockets = Files.createDirectory(state.resolve("socket"));
      var mail = Files.createDirectory(directory.resolve("mail"));
      var passwords = directory.resolve("passwords");
      Daemon.run(
          new ProcessBuilder(
              programs.program("saslpasswd2").toString(),
              "-c",
              "-p",
              "-f",
              passwords.toString(),
              "-u",
              directory.getFileName().toString(),
              USER),
          PASSWORD);
      Daemon.own(state, sockets, mail, passwords);
      Files.writeString(directory.resolve("imapd.conf"), """
          configdirectory: %1$s/state
          defaultpartition: default
          partition-default: %1$s/mail
          cyrus_user: %2$s
          servername: %3$s
          altnamespace: %4$s
          unixhierarchysep: %4$s
          autocreate_quota: 0
          allowplaintext: yes
          sasl_pwcheck_method: auxprop
          sasl_auxprop_plugin: sasldb
          sasl_sasldb_path: %1$s/passwords
          sasl_mech_list: PLAIN SCRAM-SHA-256
          %5$s
          """.formatted(
              directory,
              Daemon.user(),
              directory.getFileName(),
              prefixed ? "no" : "yes",
              String.join("\n", settings)));
      return new Cyrus(
          Daemon.start(directory, (port, _) -> launch(directory, programs, port)), prefixed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process launch(Path directory, Unpacked programs, int port) throws IOException {
    Files.writeString(directory.resolve("cyrus.conf"), """
        START {
          recover cmd="%1$s -C %3$s/imapd.conf -r"
        }
        SERVICES {
          imap cmd="%2$s -C %3$s/imapd.conf" listen="127.0.0.1:%4$d" prefork=1
        }
        """.formatted(
            programs.program("ctl_cyrusdb"), programs.program("imapd"), directory, port));
    // The master ends all of its process group: it gets one for itself.
    var builder = new ProcessBuilder(
            "setsid",
            programs.program("master").toString(),
            "-D",
            "-C",
            directory + "/imapd.conf",
            "-M",
            directory + "/cyrus.conf",
            "-p",
            directory + "/state/pid")
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile());
    builder.environment().putAll(programs.environment());
    return builder.start();
  }

  @Override
  public String mailbox(String folder) {
    return prefixed ? below(folder) : folder;
  }

  /** The name where all folders but the inbox lie below it, and levels are separated by a dot. */
  static String below(String folder) {
    return folder.equals("INBOX") ? folder : "INBOX." + folder.replace('/', '.');
  }

  @Override
  public boolean keeps(byte[] wire) {
    var text = new String(wire, StandardCharsets.ISO_8859_1);
    var end = text.indexOf("\r\n\r\n");
    var header = end < 0 ? text : text.substring(0, end);
    return !text.contains("\0")
        && !text.replace("\r\n", "").contains("\n")
        && header.chars().allMatch(octet -> octet < 0x80)
        && header.lines().allMatch(line -> line.matches("[ \t].*|[!-9;-~]+[ \t]*:.*"));
  }
}

package io.mailtide.testkit.server;

import io.mailtide.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A real Exim that takes mail in by SMTP: on loopback ports that the system chose, in a directory
 * that is deleted at the end. Works as root, where it then runs as the user {@code mail}, and as
 * any other user. It takes whatever the user {@code ann}, password {@code secret}, gives it, but
 * for recipients called {@code nobody} (refused), {@code later} (deferred) and, when the message is
 * there, messages with the word {@code refuse-this} in their subject.
 *
 * <p>It keeps line ends as LF, and ends the last line. It adds nothing, for its trace header is
 * turned off. It takes no message apart and delivers nowhere else.
 */
public final class Exim implements AutoCloseable {
  private static final String NAME = "Debian-exim";

  private static final String CONFIGURATION = """
      exim_path = DIRECTORY/bin/exim4
      exim_user = OWNER
      exim_group = GROUP
      keep_environment = LD_PRELOAD : LD_LIBRARY_PATH : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
      spool_directory = DIRECTORY/spool
      log_file_path = DIRECTORY/%s
      pid_file_path = DIRECTORY/pid
      primary_hostname = localhost
      qualify_domain = localhost
      smtp_banner = Exim in MARK is ready
      local_interfaces = 127.0.0.1
      never_users =
      host_lookup =
      rfc1413_hosts =
      smtp_accept_max = 0
      smtp_accept_queue_per_connection = 0
      message_size_limit = 20M
      queue_only = true
      received_header_text =
      received_headers_max = 1000
      delivery_date_remove = false
      envelope_to_remove = false
      return_path_remove = false
      dsn_advertise_hosts = *
      smtputf8_advertise_hosts = *
      acl_smtp_rcpt = recipient
      acl_smtp_data = message
      SETTINGS
      begin acl
      recipient:
        deny local_parts = nobody
             message = no such user
        defer local_parts = later
              message = not now
        accept authenticated = *
        deny message = sign in first
      message:
        deny condition = ${if match{$h_Subject:}{refuse-this}}
             message = this message is refused
        accept
      begin routers
      all:
        driver = accept
        transport = file
      begin transports
      file:
        driver = appendfile
        file = DIRECTORY/mail/$message_exim_id
        batch_max = 1000
        user = OWNER
        message_prefix =
        message_suffix =
        check_string =
        escape_string =
      begin authenticators
      plain:
        driver = plaintext
        public_name = PLAIN
        server_prompts = :
        server_condition = ${if and{{eq{$auth2}{ann}}{eq{$auth3}{secret}}}}
      login:
        driver = plaintext
        public_name = LOGIN
        server_prompts = Username:: : Password::
        server_condition = ${if and{{eq{$auth1}{ann}}{eq{$auth2}{secret}}}}
      """;

  private final Path directory;
  private final Daemon daemon;
  private final Map<String, String> environment;

  private Exim(Path directory, Daemon daemon, Map<String, String> environment) {
    this.directory = directory;
    this.daemon = daemon;
    this.environment = environment;
  }

  /**
   * Starts one without TLS and returns when it answers.
   *
   * @param settings further lines of the main part of its configuration
   */
  public static Exim start(String... settings) {
    return start(Optional.empty(), settings);
  }

  /** Starts one with TLS, implicit and by STARTTLS, and returns when it answers. */
  public static Exim start(TestCertificates.Leaf leaf, String... settings) {
    return start(Optional.of(leaf), settings);
  }

  private static Exim start(Optional<TestCertificates.Leaf> leaf, String... settings) {
    Unpacked.check();
    try {
      var directory = Daemon.directory("exim");
      var programs = Unpacked.into(directory, "usr/sbin/exim4");
      var lines = new ArrayList<>(List.of(settings));
      if (leaf.isPresent()) {
        var certificate = directory.resolve("certificate.pem");
        var key = directory.resolve("key.pem");
        Files.copy(leaf.get().certificate(), certificate);
        // GnuTLS wants the public key beside the private one, which Java leaves out.
        Daemon.run(
            new ProcessBuilder(
                "openssl", "ec", "-in", leaf.get().key().toString(), "-out", key.toString()),
            "");
        Daemon.own(certificate, key);
        lines.add("tls_certificate = " + certificate);
        lines.add("tls_privatekey = " + key);
      } else {
        lines.add("tls_advertise_hosts =");
      }
      var environment = new LinkedHashMap<>(programs.environment());
      environment.putAll(users(directory, programs));
      for (var name : List.of("spool", "mail")) {
        Daemon.own(Files.createDirectory(directory.resolve(name)));
      }
      Daemon.own(directory);
      var daemon = Daemon.start(directory, (port, tlsPort) -> {
        var ports = "daemon_smtp_ports = " + port + " : " + tlsPort;
        configure(directory, lines, ports, leaf.isPresent() ? tlsPort : 0);
        return launch(directory, environment, "-bdf")
            .redirectOutput(directory.resolve("log").toFile())
            .start();
      });
      return new Exim(directory, daemon, environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void configure(Path directory, List<String> settings, String ports, int tlsPort)
      throws IOException {
    var lines = new ArrayList<>(settings);
    lines.add(ports);
    lines.add("tls_on_connect_ports = " + (tlsPort == 0 ? "" : tlsPort));
    Files.writeString(
        directory.resolve("conf"),
        CONFIGURATION
            .replace("DIRECTORY", directory.toString())
            .replace("MARK", String.valueOf(directory.getFileName()))
            .replace("OWNER", Daemon.user())
            .replace("GROUP", entry()[3])
            .replace("SETTINGS", String.join("\n", lines)));
  }

  /** What /etc/passwd says of the user that the server runs as. */
  private static String[] entry() throws IOException {
    var name = Daemon.user() + ":";
    return Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.split(":", -1))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("/etc/passwd does not know " + name));
  }

  /**
   * The user under whose name Exim was compiled, whom only its package would create: here another
   * name of the user that it runs as, for this one process and those that it starts.
   */
  private static Map<String, String> users(Path directory, Unpacked programs) throws IOException {
    var entry = entry();
    var passwd = directory.resolve("passwd");
    var group = directory.resolve("group");
    var user = NAME + ":x:" + entry[2] + ":" + entry[3] + "::/nonexistent:/bin/false\n";
    Files.writeString(passwd, user + Files.readString(Path.of("/etc/passwd")));
    Files.writeString(
        group, NAME + ":x:" + entry[3] + ":\n" + Files.readString(Path.of("/etc/group")));
    return Map.of(
        "LD_PRELOAD", programs.library("libnss_wrapper.so").toString(),
        "NSS_WRAPPER_PASSWD", passwd.toString(),
        "NSS_WRAPPER_GROUP", group.toString());
  }

  private static ProcessBuilder launch(
      Path directory, Map<String, String> environment, String option) throws IOException {
    var command = new ArrayList<String>();
    if (Daemon.isRoot()) {
      var entry = entry();
      command.addAll(List.of(
          "setpriv",
          "--reuid=" + entry[2],
          "--regid=" + entry[3],
          "--clear-groups",
          "--inh-caps=-all"));
    }
    command.addAll(List.of(directory + "/bin/exim4", "-C", directory + "/conf", option));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder;
  }

  /** The port for clear text and STARTTLS. */
  public int port() {
    return daemon.port(0);
  }

  /** The port for implicit TLS; of use only with a certificate. */
  public int tlsPort() {
    return daemon.port(1);
  }

  /** All messages received so far, in the order in which they were taken; their lines end in LF. */
  public List<byte[]> received() {
    try {
      // It waits until all that was taken lies where it can be read.
      Daemon.run(launch(directory, environment, "-qff"), "");
      try (var files = Files.list(directory.resolve("mail"))) {
        var messages = new ArrayList<byte[]>();
        // Exim's names for messages rise with time.
        for (var file : files.sorted().toList()) {
          messages.add(Files.readAllBytes(file));
        }
        return messages;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the server keeps of the envelope of each message that it has taken, not yet received. */
  public List<String> envelopes() {
    try (var files = Files.list(directory.resolve("spool/input"))) {
      var envelopes = new ArrayList<String>();
      for (var file :
          files.filter(each -> each.toString().endsWith("-H")).sorted().toList()) {
        envelopes.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
      return envelopes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the server logged so far. */
  public String log() {
    try {
      var log = directory.resolve("main");
      return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the server and deletes its directory. */
  @Override
  public void close() {
    daemon.close();
  }
}

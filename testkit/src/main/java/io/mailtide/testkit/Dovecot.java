package io.mailtide.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Dovecot of its own: on a loopback port that the system chose, in a directory that is
 * deleted at the end. Works as root, where mail then belongs to the user {@code mail}, and as any
 * other user.
 *
 * <p>Mail lies in Maildirs in file system layout with plain names: folder {@code A/B} of user
 * {@code ann} is {@code mail/ann/A/B}, and the separator is {@code /}.
 */
public final class Dovecot implements AutoCloseable {
  private static final int ATTEMPTS = 5;
  private static final int POLLS_MAX = 12_000;
  private static final int POLL_MILLIS = 10;
  private static final int STOP_SECONDS_MAX = 60;

  private final Path directory;
  private final int port;
  private final int tlsPort;
  private final String greeting;
  private final Map<String, String> users;
  private final Process process;
  private final Thread killer;
  private @Nullable UserPrincipal mailUser;

  private Dovecot(Builder builder, Path directory, int port, int tlsPort, Process process) {
    this.directory = directory;
    this.port = port;
    this.tlsPort = tlsPort;
    this.greeting = greeting(directory);
    this.users = Map.copyOf(builder.users);
    this.process = process;
    this.killer = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /** Starts one with the user {@code ann}, password {@code secret}, without TLS. */
  public static Dovecot start() {
    return builder().user("ann", "secret").start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The port for clear text and STARTTLS. */
  public int port() {
    return port;
  }

  /** The port for implicit TLS; of use only after {@link Builder#tls}. */
  public int tlsPort() {
    return tlsPort;
  }

  /** Where the user's folders lie. */
  public Path mail(String user) {
    return directory.resolve("mail").resolve(user);
  }

  /**
   * A folder of a user, to put files into, created where missing. Name segments are separated by
   * {@code /}.
   */
  public MaildirFiller fill(String user, String folder) {
    return new MaildirFiller(this, mail(user), folder);
  }

  /** A connection of the test's own, signed in. */
  public ImapTalk talk(String user) {
    return ImapTalk.signIn(port, user, users.getOrDefault(user, ""));
  }

  /** What the server logged so far. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives a directory to the user whom the server's mail processes run as. */
  void own(Path path) throws IOException {
    if (isRoot()) {
      Files.setOwner(path, owner(path));
    }
  }

  private UserPrincipal owner(Path path) throws IOException {
    if (mailUser == null) {
      mailUser = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("mail");
    }
    return mailUser;
  }

  /** Stops the server and deletes its directory. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(killer);
    stop(process);
    delete(directory);
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) {
    try (var paths = Files.walk(directory)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger("mailtide.testkit").log(System.Logger.Level.DEBUG, "left " + directory, e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  /** What the server shall be like. */
  public static final class Builder {
    private final Map<String, String> users = new LinkedHashMap<>();
    private final List<String> settings = new ArrayList<>();
    private String location = "maildir:%h:LAYOUT=fs:UTF-8:INBOX=%h/INBOX";
    private boolean tls;

    private Builder() {}

    public Builder user(String name, String password) {
      users.put(name, password);
      return this;
    }

    /**
     * Stores mail as mdbox instead of Maildir; folders are then filled by {@link ImapTalk#append}.
     */
    public Builder mdbox() {
      location = "mdbox:%h";
      return this;
    }

    /** What the server says it can do, before and after sign-in; it can do more all the same. */
    public Builder capability(String capabilities) {
      return setting("imap_capability = " + capabilities);
    }

    /** Offers STARTTLS and implicit TLS, with a certificate and key in PEM. */
    public Builder tls(Path certificate, Path key) {
      tls = true;
      setting("ssl_cert = <" + certificate.toAbsolutePath());
      return setting("ssl_key = <" + key.toAbsolutePath());
    }

    /** One more line of configuration. */
    public Builder setting(String line) {
      settings.add(line);
      return this;
    }

    /** Starts it and returns when it answers. */
    public Dovecot start() {
      try {
        var directory = Files.createTempDirectory("dovecot");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int attempt = 1; ; attempt++) {
          var ports = freePorts();
          var dovecot = launch(directory, ports[0], ports[1]);
          if (dovecot.answers()) {
            return dovecot;
          }
          var log = Files.exists(directory.resolve("log")) ? dovecot.log() : "no log";
          if (attempt == ATTEMPTS || !log.contains("Address already in use")) {
            dovecot.close();
            throw new IllegalStateException("Dovecot does not start: " + log);
          }
          Runtime.getRuntime().removeShutdownHook(dovecot.killer);
          stop(dovecot.process);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Dovecot launch(Path directory, int port, int tlsPort) throws IOException {
      var mail = Files.createDirectories(directory.resolve("mail"));
      Files.writeString(directory.resolve("conf"), configuration(directory, port, tlsPort));
      var lines = new ArrayList<String>();
      users.forEach((name, password) -> lines.add(name + ":{PLAIN}" + password));
      Files.write(directory.resolve("users"), lines);
      Process process;
      try {
        process = new ProcessBuilder(
                "dovecot", "-F", "-c", directory.resolve("conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
      } catch (IOException e) {
        throw new IllegalStateException(
            "This test needs Dovecot, and there is no program \"dovecot\" on the PATH: install the"
                + " Debian package dovecot-imapd.",
            e);
      }
      var dovecot = new Dovecot(this, directory, port, tlsPort, process);
      dovecot.own(mail);
      for (var user : users.keySet()) {
        dovecot.own(Files.createDirectories(dovecot.mail(user)));
      }
      return dovecot;
    }

    private String configuration(Path directory, int port, int tlsPort) throws IOException {
      var root = isRoot();
      var user = System.getProperty("user.name", "nobody");
      var text = new StringBuilder();
      text.append("base_dir = ").append(directory).append("/run\n");
      text.append("state_dir = ").append(directory).append("/state\n");
      text.append("login_greeting = ").append(greeting(directory)).append('\n');
      text.append("log_path = ").append(directory).append("/log\n");
      text.append("mail_location = ").append(location).append('\n');
      text.append("ssl = ").append(tls ? "yes" : "no").append('\n');
      text.append("""
          protocols = imap
          listen = 127.0.0.1
          disable_plaintext_auth = no
          auth_mechanisms = plain login scram-sha-1 scram-sha-256
          auth_failure_delay = 0
          auth_worker_max_count = 2
          mail_max_userip_connections = 1000
          first_valid_uid = 1
          first_valid_gid = 1
          shutdown_clients = yes
          namespace inbox {
            inbox = yes
            separator = /
          }
          """);
      var group = root ? "mail" : groupOf(directory);
      if (!root) {
        text.append("default_login_user = ").append(user).append('\n');
        text.append("default_internal_user = ").append(user).append('\n');
        text.append("default_internal_group = ").append(group).append('\n');
      }
      var owner = "uid=" + (root ? "mail" : user) + " gid=" + group;
      text.append("passdb {\n  driver = passwd-file\n  args = ")
          .append(directory)
          .append("/users\n}\n");
      text.append("userdb {\n  driver = static\n  args = ").append(owner).append(" home=");
      text.append(directory).append("/mail/%u\n}\n");
      text.append("service anvil {\n").append(root ? "" : "  chroot =\n");
      text.append("  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n");
      text.append("service imap-login {\n").append(root ? "" : "  chroot =\n");
      text.append("  inet_listener imap {\n    port = ").append(port).append("\n  }\n");
      text.append("  inet_listener imaps {\n    port = ").append(tls ? tlsPort : 0);
      text.append("\n  }\n}\n");
      settings.forEach(line -> text.append(line).append('\n'));
      return text.toString();
    }

    private static String groupOf(Path path) throws IOException {
      return Files.readAttributes(path, PosixFileAttributes.class).group().getName();
    }

    /**
     * Two ports that are free now; should someone else take one meanwhile, the start is tried
     * again.
     */
    private static int[] freePorts() throws IOException {
      var loopback = InetAddress.getLoopbackAddress();
      try (var one = new ServerSocket(0, 1, loopback);
          var two = new ServerSocket(0, 1, loopback)) {
        return new int[] {one.getLocalPort(), two.getLocalPort()};
      }
    }
  }

  /** What this server alone greets with: on its port, another one may have been quicker. */
  private static String greeting(Path directory) {
    return "Dovecot in " + directory.getFileName() + " is ready.";
  }

  /** Waits for the greeting; false when the process ended or never came so far. */
  private boolean answers() {
    try {
      for (int poll = 0; poll < POLLS_MAX; poll++) {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return false;
        }
        if (ImapTalk.greeting(port).filter(text -> text.endsWith(greeting)).isPresent()) {
          return true;
        }
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

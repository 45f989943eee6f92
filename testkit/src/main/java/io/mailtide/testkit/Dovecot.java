package io.mailtide.testkit;

import io.mailtide.testkit.server.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real Dovecot of its own: on a loopback port that the system chose, in a directory that is
 * deleted at the end. Works as root, where mail then belongs to the user {@code mail}, and as any
 * other user.
 *
 * <p>Mail lies in Maildirs in file system layout with plain names: folder {@code A/B} of user
 * {@code ann} is {@code mail/ann/A/B}, and the separator is {@code /}.
 */
public final class Dovecot implements ImapServer {
  private final Path directory;
  private final Daemon daemon;
  private final Map<String, String> users;

  private Dovecot(Builder builder, Path directory, Daemon daemon) {
    this.directory = directory;
    this.daemon = daemon;
    this.users = Map.copyOf(builder.users);
  }

  /** Starts one with the user {@code ann}, password {@code secret}, without TLS. */
  public static Dovecot start() {
    return builder().user("ann", "secret").start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The port for clear text and STARTTLS. */
  @Override
  public int port() {
    return daemon.port(0);
  }

  /** The port for implicit TLS; of use only after {@link Builder#tls}. */
  public int tlsPort() {
    return daemon.port(1);
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

  @Override
  public ImapTalk talk(String user) {
    return ImapTalk.signIn(port(), user, users.getOrDefault(user, ""));
  }

  @Override
  public String log() {
    return daemon.log();
  }

  /** Gives a directory to the user whom the server's mail processes run as. */
  void own(Path path) throws IOException {
    Daemon.own(path);
  }

  @Override
  public void close() {
    daemon.close();
  }

  /** What the server shall be like. */
  public static final class Builder {
    private final Map<String, String> users = new LinkedHashMap<>();
    private final List<String> settings = new ArrayList<>();
    private String location = "maildir:%h:LAYOUT=fs:UTF-8:INBOX=%h/INBOX";
    private Path place = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
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

    /** Has its directory within another one, that every user may look into. */
    public Builder within(Path directory) {
      place = directory;
      return this;
    }

    /** Offers STARTTLS and implicit TLS, with a certificate and key in PEM. */
    public Builder tls(Path certificate, Path key) {
      tls = true;
      setting("ssl_cert = <" + certificate.toAbsolutePath());
      return setting("ssl_key = <" + key.toAbsolutePath());
    }

    /** Offers COMPRESS. */
    public Builder compression() {
      return setting("protocol imap {\n  mail_plugins = imap_zlib\n}");
    }

    /** One more line of configuration. */
    public Builder setting(String line) {
      settings.add(line);
      return this;
    }

    /** Starts it and returns when it answers. */
    public Dovecot start() {
      try {
        var directory = Daemon.directory(place, "dovecot");
        var mail = Files.createDirectories(directory.resolve("mail"));
        Daemon.own(mail);
        for (var user : users.keySet()) {
          Daemon.own(Files.createDirectories(mail.resolve(user)));
        }
        var lines = new ArrayList<String>();
        users.forEach((name, password) -> lines.add(name + ":{PLAIN}" + password));
        Files.write(directory.resolve("users"), lines);
        return new Dovecot(
            this,
            directory,
            Daemon.start(directory, (port, tlsPort) -> launch(directory, port, tlsPort)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Process launch(Path directory, int port, int tlsPort) throws IOException {
      Files.writeString(directory.resolve("conf"), configuration(directory, port, tlsPort));
      try {
        return new ProcessBuilder(
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
    }

    private String configuration(Path directory, int port, int tlsPort) throws IOException {
      var root = Daemon.isRoot();
      var user = Daemon.user();
      var text = new StringBuilder();
      text.append("base_dir = ").append(directory).append("/run\n");
      text.append("state_dir = ").append(directory).append("/state\n");
      text.append("login_greeting = Dovecot in ").append(directory.getFileName());
      text.append(" is ready.\n");
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
      var owner = "uid=" + user + " gid=" + group;
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
  }
}

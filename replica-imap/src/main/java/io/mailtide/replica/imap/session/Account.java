package io.mailtide.replica.imap.session;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Settings;
import io.mailtide.net.Endpoint;
import io.mailtide.net.Fingerprint;
import io.mailtide.net.Trust;
import io.mailtide.wire.Secret;
import io.mailtide.wire.sasl.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where and as whom to sign in: the settings of a store, read and checked against each other.
 *
 * @param mayExpose whether the secret itself may be sent without TLS
 * @param removals what becomes of removed messages
 * @param without abilities of the server that are not used, though it offers them
 */
public record Account(
    Endpoint server,
    Protection protection,
    Trust trust,
    Credentials credentials,
    boolean mayExpose,
    Removals removals,
    List<String> without) {
  public static final String HOST = "host";
  public static final String PORT = "port";
  public static final String TLS = "tls";
  public static final String TLS_CA = "tls-ca";
  public static final String TLS_FINGERPRINT = "tls-fingerprint";
  public static final String ALLOW_PLAINTEXT = "allow-plaintext";
  public static final String USER = "user";
  public static final String AUTH = "auth";
  public static final String PASSWORD = "password";
  public static final String MAX_CONNECTIONS = "max-connections";
  public static final String REMOVALS = "removals";
  public static final String WITHOUT = "without";

  /** How a connection is protected. */
  public enum Protection {
    /** TLS from the first byte (RFC 8314). */
    IMPLICIT(993),
    /** TLS begun in plain text; without it nothing is said. */
    STARTTLS(143),
    NONE(143);

    private final int port;

    Protection(int port) {
      this.port = port;
    }
  }

  /** What becomes of messages removed on this machine. */
  public enum Removals {
    /** What is usual at the server: the user says nothing of it. */
    USUAL,
    EXPUNGE,
    TRASH
  }

  /** Reads and checks the settings; asks for the secret. */
  public static Account of(Settings settings) throws FaultException {
    var protection =
        Protection.valueOf(settings.text(TLS).orElse("implicit").toUpperCase(Locale.ROOT));
    var host = settings.text(HOST).orElse("");
    long port = settings.number(PORT).orElse(protection.port);
    if (host.isBlank() || port < 1 || port > 0xFFFF) {
      throw wrong(settings, "no such server: " + host + ":" + port, "Check host and port.");
    }
    var server = new Endpoint(host, (int) port);
    boolean mayExpose = settings.flag(ALLOW_PLAINTEXT) || Settings.isLoopback(host);
    if (protection == Protection.NONE && !mayExpose) {
      throw wrong(
          settings,
          "tls = \"none\" would send mail and password in plain text to " + host,
          "Use tls = \"implicit\" or \"starttls\"; or set allow-plaintext = true if you mean it.");
    }
    var removals =
        Removals.valueOf(settings.text(REMOVALS).orElse("usual").toUpperCase(Locale.ROOT));
    return new Account(
        server,
        protection,
        trust(settings),
        credentials(settings, server),
        mayExpose,
        removals,
        settings.words(WITHOUT));
  }

  /** The same when one more ability of the server is not used. */
  public Account without(String ability) {
    var more = new ArrayList<>(without);
    more.add(ability);
    return new Account(
        server, protection, trust, credentials, mayExpose, removals, List.copyOf(more));
  }

  private static Trust trust(Settings settings) throws FaultException {
    var authorities = settings.path(TLS_CA);
    var fingerprint = settings.text(TLS_FINGERPRINT);
    if (authorities.isPresent() && fingerprint.isPresent()) {
      throw wrong(settings, "both tls-ca and tls-fingerprint are given", "Leave one of them out.");
    }
    if (fingerprint.isEmpty()) {
      return authorities.map(Trust::authorities).orElseGet(Trust::system);
    }
    try {
      return Trust.pinned(Fingerprint.parse(fingerprint.get()));
    } catch (IllegalArgumentException e) {
      throw wrong(settings, "tls-fingerprint: " + e.getMessage(), "Write it as sha256:HEX.");
    }
  }

  private static Credentials credentials(Settings settings, Endpoint server) throws FaultException {
    var user = settings.text(USER).orElse("");
    var secret = settings.secret(PASSWORD);
    if (user.isEmpty() || secret.isEmpty()) {
      throw wrong(
          settings,
          user.isEmpty() ? "no user is given" : "no password is given",
          "Give user, and one of password, password-command, password-env and password-file.");
    }
    var kept = Secret.of(secret.get());
    return settings.text(AUTH).orElse("password").equals("token")
        ? new Credentials.Token(user, kept, server.host(), server.port())
        : new Credentials.Password(user, kept);
  }

  private static FaultException wrong(Settings settings, String said, String next) {
    return new FaultException(Fault.of(
        Fault.Kind.CONFIGURATION,
        Fault.Reach.REPLICA,
        "reading the configuration of store " + settings.store(),
        said,
        next));
  }

  /** For people: who signs in where. */
  @Override
  public String toString() {
    return server + " as " + credentials.user();
  }
}

package io.mailtide.account;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.engine.Settings.Wrong;
import io.mailtide.net.Endpoint;
import io.mailtide.net.Fingerprint;
import io.mailtide.net.Trust;
import io.mailtide.wire.Secret;
import io.mailtide.wire.sasl.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a server is reached, and as whom to sign in: settings that stores and transports share, read
 * and checked against each other.
 *
 * @param credentials absent: nobody signs in
 * @param mayExpose whether the secret itself may be sent without TLS
 */
public record Access(
    Endpoint server,
    Protection protection,
    Trust trust,
    Optional<Credentials> credentials,
    boolean mayExpose) {
  private static final String HOST = "host";
  private static final String PORT = "port";
  private static final String TLS = "tls";
  private static final String TLS_CA = "tls-ca";
  private static final String TLS_FINGERPRINT = "tls-fingerprint";
  private static final String ALLOW_PLAINTEXT = "allow-plaintext";
  private static final String USER = "user";
  private static final String AUTH = "auth";
  private static final String PASSWORD = "password";
  private static final String SECRETS =
      "password, password-command, password-env and password-file";

  /** How a connection is protected. */
  public enum Protection {
    /** TLS from the first byte (RFC 8314). */
    IMPLICIT,
    /** TLS begun in plain text; without it nothing is said. */
    STARTTLS,
    NONE
  }

  /**
   * What a protocol has of its own in this.
   *
   * @param implicitPort where TLS comes first
   * @param plainPort where it does not
   * @param anonymous whether one may also go without signing in
   */
  public record Protocol(int implicitPort, int plainPort, boolean anonymous) {
    /** What can be set, for {@link Access#of}. */
    public List<Setting> settings() {
      var ports = "its port; default: %d, or %d by tls".formatted(implicitPort, plainPort);
      var whom = "whom to sign in as";
      var secret = "the password or token";
      return List.of(
          Setting.required(HOST, Kind.TEXT, "name or address of the server"),
          Setting.optional(PORT, Kind.NUMBER, ports),
          Setting.choice(
              TLS, List.of("implicit", "starttls", "none"), "how the connection is protected"),
          Setting.optional(
              TLS_CA, Kind.PATH, "PEM file of the authorities to trust instead of the system's"),
          Setting.optional(
              TLS_FINGERPRINT, Kind.TEXT, "the one certificate to trust, as sha256:HEX"),
          Setting.optional(ALLOW_PLAINTEXT, Kind.BOOLEAN, "let tls = \"none\" leave this machine"),
          new Setting(USER, Kind.TEXT, !anonymous, List.of(), whom),
          Setting.choice(
              AUTH,
              List.of("password", "token"),
              "what the secret is: a password, or an OAuth token"),
          new Setting(PASSWORD, Kind.SECRET, !anonymous, List.of(), secret));
    }

    private int port(Protection protection) {
      return protection == Protection.IMPLICIT ? implicitPort : plainPort;
    }
  }

  /** What is wrong with the settings, taken together; asks for no secret. */
  public static List<Wrong> check(Settings settings, Protocol protocol) {
    var found = new ArrayList<Wrong>();
    if (settings.text(TLS).filter("none"::equals).isPresent() && !mayExpose(settings)) {
      found.add(new Wrong(
          TLS,
          "\"none\" sends mail and password in the clear; if that is meant, add "
              + "allow-plaintext = true"));
    }
    var fingerprint = settings.text(TLS_FINGERPRINT);
    try {
      var _ = fingerprint.map(Fingerprint::parse);
    } catch (IllegalArgumentException e) {
      found.add(new Wrong(TLS_FINGERPRINT, e.getMessage() + "; write it as sha256:HEX"));
    }
    if (fingerprint.isPresent() && settings.has(TLS_CA)) {
      found.add(new Wrong(TLS_FINGERPRINT, "`tls-ca` is given, too; keep one"));
    }
    if (protocol.anonymous() && settings.has(USER) != settings.has(PASSWORD)) {
      found.add(new Wrong(
          USER,
          settings.has(USER)
              ? "no password is given; add one of " + SECRETS
              : "it is not given, and a password is"));
    }
    return found;
  }

  /** Keeps whoever opens something from settings that are wrong. */
  public static void refuse(Settings settings, List<Wrong> found) throws FaultException {
    if (!found.isEmpty()) {
      var first = found.getFirst();
      throw wrong(settings, first.name() + ": " + first.said(), "Correct it, and run again.");
    }
  }

  private static boolean mayExpose(Settings settings) {
    return settings.flag(ALLOW_PLAINTEXT)
        || settings.text(HOST).filter(Settings::isLoopback).isPresent();
  }

  /**
   * Reads and checks the settings; asks for the secret.
   *
   * @param cancellation ends that
   */
  public static Access of(Settings settings, Protocol protocol, Cancellation cancellation)
      throws FaultException {
    refuse(settings, check(settings, protocol));
    var protection =
        Protection.valueOf(settings.text(TLS).orElse("implicit").toUpperCase(Locale.ROOT));
    var host = settings.text(HOST).orElse("");
    long port = settings.number(PORT).orElse(protocol.port(protection));
    if (host.isBlank() || port < 1 || port > 0xFFFF) {
      throw wrong(settings, "no such server: " + host + ":" + port, "Check host and port.");
    }
    var server = new Endpoint(host, (int) port);
    return new Access(
        server,
        protection,
        trust(settings),
        credentials(settings, server, protocol.anonymous(), cancellation),
        mayExpose(settings));
  }

  private static Trust trust(Settings settings) {
    var fingerprint = settings.text(TLS_FINGERPRINT);
    return fingerprint.isPresent()
        ? Trust.pinned(Fingerprint.parse(fingerprint.get()))
        : settings.path(TLS_CA).map(Trust::authorities).orElseGet(Trust::system);
  }

  private static Optional<Credentials> credentials(
      Settings settings, Endpoint server, boolean anonymous, Cancellation cancellation)
      throws FaultException {
    var user = settings.text(USER).orElse("");
    var secret = settings.secret(PASSWORD, cancellation);
    if (anonymous && user.isEmpty() && secret.isEmpty()) {
      return Optional.empty();
    }
    if (user.isEmpty() || secret.isEmpty()) {
      throw wrong(
          settings,
          user.isEmpty() ? "no user is given" : "no password is given",
          "Give user, and one of " + SECRETS + ".");
    }
    var kept = Secret.of(secret.get());
    return Optional.of(
        settings.text(AUTH).orElse("password").equals("token")
            ? new Credentials.Token(user, kept, server.host(), server.port())
            : new Credentials.Password(user, kept));
  }

  private static FaultException wrong(Settings settings, String said, String next) {
    return new FaultException(Fault.of(
        Fault.Kind.CONFIGURATION,
        Fault.Reach.REPLICA,
        "reading the configuration of " + settings.store(),
        said,
        next));
  }

  /** For people: who signs in where. */
  @Override
  public String toString() {
    return server + credentials.map(known -> " as " + known.user()).orElse("");
  }
}

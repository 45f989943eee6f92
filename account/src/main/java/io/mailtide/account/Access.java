package io.mailtide.account;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.net.Endpoint;
import io.mailtide.net.Fingerprint;
import io.mailtide.net.Trust;
import io.mailtide.wire.Secret;
import io.mailtide.wire.sasl.Credentials;
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

  /** Reads and checks the settings; asks for the secret. */
  public static Access of(Settings settings, Protocol protocol) throws FaultException {
    var protection =
        Protection.valueOf(settings.text(TLS).orElse("implicit").toUpperCase(Locale.ROOT));
    var host = settings.text(HOST).orElse("");
    long port = settings.number(PORT).orElse(protocol.port(protection));
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
    return new Access(
        server,
        protection,
        trust(settings),
        credentials(settings, server, protocol.anonymous()),
        mayExpose);
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

  private static Optional<Credentials> credentials(
      Settings settings, Endpoint server, boolean anonymous) throws FaultException {
    var user = settings.text(USER).orElse("");
    var secret = settings.secret(PASSWORD);
    if (anonymous && user.isEmpty() && secret.isEmpty()) {
      return Optional.empty();
    }
    if (user.isEmpty() || secret.isEmpty()) {
      throw wrong(
          settings,
          user.isEmpty() ? "no user is given" : "no password is given",
          "Give user, and one of password, password-command, password-env and password-file.");
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

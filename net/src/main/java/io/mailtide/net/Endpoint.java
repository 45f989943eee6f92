package io.mailtide.net;

import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;

/**
 * Where to connect to.
 *
 * @param host a name or an address literal (IPv6 without brackets), not empty
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
  public Endpoint {
    if (host.isBlank() || port < 1 || port > 0xFFFF) {
      throw new IllegalArgumentException("no such endpoint: " + host + ":" + port);
    }
  }

  /**
   * The name for the server to choose its certificate by; none for an address (RFC 6066 section 3).
   */
  Optional<SNIServerName> serverName() {
    if (host.contains(":") || host.matches("[0-9.]+")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SNIHostName(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

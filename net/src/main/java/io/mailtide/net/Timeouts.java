package io.mailtide.net;

import java.time.Duration;

/**
 * How long each phase may last; all greater than zero. For COMMAND, BODY and UPLOAD it is the
 * longest silence, not the whole.
 */
public record Timeouts(
    Duration connect,
    Duration handshake,
    Duration greeting,
    Duration command,
    Duration body,
    Duration acceptance,
    Duration logout) {
  /** Long enough for a slow server under load, short enough for a person who watches. */
  public static final Timeouts DEFAULT = new Timeouts(
      Duration.ofSeconds(30),
      Duration.ofSeconds(30),
      Duration.ofSeconds(60),
      Duration.ofMinutes(3),
      Duration.ofMinutes(1),
      Duration.ofMinutes(10),
      Duration.ofSeconds(5));

  public Timeouts {
    for (var each :
        new Duration[] {connect, handshake, greeting, command, body, acceptance, logout}) {
      if (!each.isPositive()) {
        throw new IllegalArgumentException("a time limit must be greater than zero: " + each);
      }
    }
  }

  public Duration of(Phase phase) {
    return switch (phase) {
      case CONNECT -> connect;
      case HANDSHAKE -> handshake;
      case GREETING -> greeting;
      case COMMAND, UPLOAD -> command;
      case BODY -> body;
      case ACCEPTANCE -> acceptance;
      case LOGOUT -> logout;
    };
  }
}

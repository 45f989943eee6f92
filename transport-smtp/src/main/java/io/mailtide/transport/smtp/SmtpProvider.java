package io.mailtide.transport.smtp;

import io.mailtide.account.Access;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Wrong;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.TransportProvider;
import io.mailtide.net.Timeouts;
import java.time.Duration;
import java.util.List;

/** Message submission by SMTP (RFC 5321, RFC 6409). Found as a service. */
public final class SmtpProvider implements TransportProvider {
  private static final Access.Protocol PROTOCOL = new Access.Protocol(465, 587, true);

  /** As RFC 5321 section 4.5.3.2 has them, but for the time to connect. */
  private static final Timeouts TIMEOUTS = new Timeouts(
      Duration.ofSeconds(30),
      Duration.ofSeconds(30),
      Duration.ofMinutes(5),
      Duration.ofMinutes(5),
      Duration.ofMinutes(1),
      Duration.ofMinutes(10),
      Duration.ofSeconds(5));

  private final Timeouts timeouts;

  public SmtpProvider() {
    this(TIMEOUTS);
  }

  /** With other time limits: for tests. */
  SmtpProvider(Timeouts timeouts) {
    this.timeouts = timeouts;
  }

  @Override
  public String type() {
    return "smtp";
  }

  @Override
  public List<Setting> settings() {
    return PROTOCOL.settings();
  }

  @Override
  public List<Wrong> check(Settings settings) {
    return Access.check(settings, PROTOCOL);
  }

  /** Connects and signs in, in the calling thread. */
  @Override
  public Transport open(Settings settings, Context context) throws FaultException {
    return Opening.open(Access.of(settings, PROTOCOL, context.cancellation()), context, timeouts);
  }
}

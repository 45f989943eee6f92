package io.mailtide.transport.smtp;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Handover;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.net.Timeouts;
import io.mailtide.testkit.settings.GivenSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A transport to open, and what is handed over to it. */
final class Fixture {
  private static final Duration BRIEF = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofMinutes(2);

  private final Map<String, Object> values = new HashMap<>();
  private SmtpProvider provider = new SmtpProvider();
  final Cancellation cancellation = new Cancellation();
  Environment environment = Environment.system();

  /** How often a message was about to be committed. */
  final AtomicInteger committed = new AtomicInteger();

  /** Counts that. */
  final Handover handover = _ -> committed.incrementAndGet();

  private Fixture() {}

  /** At this machine, without TLS, nobody signing in. */
  static Fixture at(int port) {
    return new Fixture().with("host", "127.0.0.1").with("port", (long) port).with("tls", "none");
  }

  Fixture with(String name, Object value) {
    values.put(name, value);
    return this;
  }

  Fixture signingIn() {
    return with("user", "ann").with("password", "secret");
  }

  /** The server has hardly any time for its words. */
  Fixture hasty() {
    provider = new SmtpProvider(new Timeouts(LONG, LONG, BRIEF, BRIEF, LONG, BRIEF, LONG));
    return this;
  }

  /** Who cancels is hardly kept waiting. */
  Fixture impatient() {
    provider = new SmtpProvider(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, BRIEF));
    return this;
  }

  Transport open() throws FaultException {
    return provider.open(
        new GivenSettings("out", values), new Context(environment, cancellation, notice -> {}));
  }

  /** The fault that opening ends with. */
  Fault fault() {
    try (var _ = open()) {
      throw new AssertionError("opened");
    } catch (FaultException e) {
      return e.fault();
    }
  }

  static Envelope envelope(String... recipients) {
    return new Envelope("ann@example.org", List.of(recipients), Reports.USUAL);
  }

  /** A message whose line ends, LF, are sent as CRLF; a character a byte. */
  static Content content(String text) {
    return exactly(text.replace("\n", "\r\n"));
  }

  /** A message as it is; a character a byte. */
  static Content exactly(String text) {
    return sink -> {
      sink.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
      return true;
    };
  }

  Outcome submit(Transport transport, Envelope envelope, String text) throws FaultException {
    return transport.submit(envelope, content(text), handover);
  }

  /** The words of each recipient's reply, with the verdict. */
  static List<String> replies(Outcome outcome) {
    if (outcome instanceof Outcome.Answered(var replies)) {
      for (var reply : replies) {
        if (reply.fault().isPresent() == (reply.verdict() == Verdict.TAKEN)) {
          throw new AssertionError("a fault without a refusal or the other way round: " + reply);
        }
      }
      return replies.stream().map(reply -> reply.verdict() + " " + reply.said()).toList();
    }
    throw new AssertionError("not answered: " + outcome);
  }
}

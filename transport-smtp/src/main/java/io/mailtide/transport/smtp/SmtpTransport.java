package io.mailtide.transport.smtp;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.send.Transport;
import io.mailtide.wire.smtp.Extensions;

/** A session with a server that takes messages. One thread. */
final class SmtpTransport implements Transport {
  private final Connection connection;
  private final Extensions extensions;
  private final ServerMake make;

  /** Whether the server may still hold the beginnings of an earlier message. */
  private boolean begun;

  SmtpTransport(Connection connection, Extensions extensions, ServerMake make) {
    this.connection = connection;
    this.extensions = extensions;
    this.make = make;
  }

  @Override
  public Outcome submit(Envelope envelope, Content content, Handover handover)
      throws FaultException {
    var letter = Letter.of(content);
    var recipients = new Recipients(connection.access(), envelope);
    var manner = Manner.of(letter, envelope, recipients, extensions);
    if (manner.isEmpty()) {
      return recipients.outcome();
    }
    Faults.check(connection);
    boolean done = false;
    try {
      var submission = new Submission(connection, letter, recipients, manner.get(), handover);
      var outcome = submission.run(begun, extensions.has(Extensions.PIPELINING));
      begun = submission.isBegun();
      done = true;
      return outcome;
    } finally {
      if (!done) {
        connection.close();
      }
    }
  }

  @Override
  public boolean isUsable() {
    return !connection.isClosed();
  }

  @Override
  public boolean filesSentCopy() {
    return make.filesSentCopy();
  }

  @Override
  public Traffic traffic() {
    return connection.traffic();
  }

  @Override
  public void close() {
    connection.quit();
  }
}

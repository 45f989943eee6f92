package io.mailtide.transport.smtp;

import io.mailtide.account.Access;
import io.mailtide.account.AccessFaults;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.Traffic;
import io.mailtide.net.Link;
import io.mailtide.net.NetException;
import io.mailtide.net.Phase;
import io.mailtide.net.Pump;
import io.mailtide.net.Timeouts;
import io.mailtide.wire.smtp.Command;
import io.mailtide.wire.smtp.Reply;
import io.mailtide.wire.smtp.ReplyReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a server: sends commands and the bytes of messages, and hands on replies. One
 * thread.
 *
 * <p>What goes wrong closes it, for then nobody can tell which reply belongs to what; so does a
 * server that says that it closes. After that every use fails.
 */
final class Connection implements AutoCloseable {
  private final Access access;
  private final Link link;
  private final Pump<Reply> pump;
  private final Cancellation cancellation;
  private final long patienceMillis;
  private Cancellation.Registration registration;
  private ReplyReader reader = new ReplyReader();
  private boolean closed;
  private long roundTrips;

  /** Connects, with TLS where that comes first. */
  Connection(Access access, Context context, Timeouts timeouts) throws FaultException {
    this.access = access;
    link = new Link(
        access.server(), access.trust(), timeouts, context.environment().monotonic());
    pump = new Pump<>(link, reader);
    patienceMillis = timeouts.of(Phase.LOGOUT).toMillis();
    cancellation = context.cancellation();
    registration = cancellation.onRequest(link::cancel);
    try {
      if (access.protection() == Access.Protection.IMPLICIT) {
        link.connectTls();
        roundTrips++;
      } else {
        link.connect();
      }
      roundTrips++;
    } catch (NetException e) {
      throw broken(e);
    }
  }

  /** Begins TLS, when the server has just agreed to; whatever it said before is void. */
  void startTls() throws FaultException {
    if (!reader.isDrained()) {
      close();
      throw new FaultException(AccessFaults.injected(access));
    }
    try {
      roundTrips++;
      reader = new ReplyReader();
      pump.startTls(reader);
    } catch (NetException e) {
      throw broken(e);
    }
  }

  boolean isSecure() {
    return link.isSecure();
  }

  /** Sends a command, and waits for the reply; that the server closes is thrown. */
  Reply ask(Command command) throws FaultException {
    send(List.of(command));
    return answer();
  }

  /** Sends commands at one go. */
  void send(List<? extends Command> commands) throws FaultException {
    for (var command : commands) {
      link.transcript().sent(command);
      put(command.bytes(), Phase.COMMAND);
    }
    flush(Phase.COMMAND);
    roundTrips++;
  }

  /** Waits for the reply to a command; that the server closes is thrown. */
  Reply answer() throws FaultException {
    var reply = await(Phase.COMMAND);
    if (reply.code() == Reply.CLOSING) {
      throw new FaultException(Faults.closing(access, reply));
    }
    return reply;
  }

  /** Waits for a reply, whatever it is. */
  Reply await(Phase phase) throws FaultException {
    try {
      return noted(pump.await(link.deadline(phase)));
    } catch (NetException e) {
      throw broken(e);
    }
  }

  /**
   * The reply that has come already, where there is one. One that nobody has asked for, before
   * anything is sent, tells that the server closes, or that its replies cannot be told apart.
   */
  Optional<Reply> early() throws FaultException {
    try {
      var reply = pump.poll(Phase.UPLOAD);
      return reply.isPresent() ? Optional.of(noted(reply.get())) : reply;
    } catch (NetException e) {
      throw broken(e);
    }
  }

  /**
   * From here on the server may take the message, and whose answer does not come is in doubt: who
   * cancels now is kept waiting for it a little, as long as for a farewell.
   */
  void beginHandover() {
    registration.close();
    var soon = CompletableFuture.delayedExecutor(patienceMillis, TimeUnit.MILLISECONDS);
    registration = cancellation.onRequest(() -> soon.execute(link::cancel));
  }

  /** The server has answered: who cancels is not kept waiting any more. */
  void endHandover() {
    registration.close();
    if (!closed) {
      registration = cancellation.onRequest(link::cancel);
    }
  }

  /** What a server said that takes no more bytes, as far as it can still be heard. */
  Optional<Reply> lastWords() {
    try {
      return early();
    } catch (FaultException e) {
      return Optional.empty();
    }
  }

  void countRoundTrip() {
    roundTrips++;
  }

  private Reply noted(Reply reply) {
    if (reply.code() == Reply.CLOSING) {
      close();
    }
    return reply;
  }

  /** Puts bytes of a message with what is to be sent. */
  void put(ByteBuffer bytes) throws FaultException {
    put(bytes, Phase.UPLOAD);
  }

  private void put(ByteBuffer bytes, Phase phase) throws FaultException {
    try {
      pump.put(bytes, phase);
    } catch (NetException e) {
      throw unsent(e);
    }
  }

  /** Sends all bytes that were put there. */
  void flush() throws FaultException {
    flush(Phase.UPLOAD);
  }

  private void flush(Phase phase) throws FaultException {
    try {
      pump.flush(phase);
    } catch (NetException e) {
      throw unsent(e);
    }
  }

  /** Not closed yet: the server may have said why it takes no more. */
  private static FaultException unsent(NetException e) {
    return new FaultException(AccessFaults.of(e.failure()), e);
  }

  private FaultException broken(NetException e) {
    close();
    return new FaultException(AccessFaults.of(e.failure()), e);
  }

  Access access() {
    return access;
  }

  boolean isClosed() {
    return closed;
  }

  Traffic traffic() {
    return new Traffic(link.bytesIn(), link.bytesOut(), roundTrips);
  }

  /** Says goodbye without waiting for the answer, and closes. */
  void quit() {
    if (!closed) {
      try {
        put(Command.Bare.QUIT.bytes(), Phase.LOGOUT);
        flush(Phase.LOGOUT);
      } catch (FaultException e) {
        System.getLogger("mailtide.smtp").log(System.Logger.Level.DEBUG, "goodbye not heard", e);
      }
    }
    close();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      registration.close();
      link.close();
    }
  }
}

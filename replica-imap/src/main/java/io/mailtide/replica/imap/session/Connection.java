package io.mailtide.replica.imap.session;

import io.mailtide.account.Access;
import io.mailtide.account.AccessFaults;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.Traffic;
import io.mailtide.net.Link;
import io.mailtide.net.NetException;
import io.mailtide.net.NetFailure;
import io.mailtide.net.Phase;
import io.mailtide.net.Pump;
import io.mailtide.net.Timeouts;
import io.mailtide.wire.imap.Capabilities;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Dialect;
import io.mailtide.wire.imap.Limits;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseReader;
import io.mailtide.wire.imap.Segment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connection to a server: sends commands without waiting, and hands on what comes. One thread.
 *
 * <p>Whatever goes wrong closes it, for then nobody can tell which answer belongs to which command;
 * after that every use fails. A server that asks to be left alone is sent no further command.
 */
public final class Connection implements AutoCloseable {
  /** The server's ability to compress (RFC 4978). */
  public static final String COMPRESSION = "COMPRESS=DEFLATE";

  private final Account account;
  private final Link link;
  private final Context context;
  private final Cancellation.Registration registration;
  private ResponseReader reader = new ResponseReader(Limits.DEFAULT);
  private final Pump<Response> pump;
  private final CompressionChoice compression;
  private final LookAhead lookAhead = new LookAhead(this);
  private Capabilities capabilities = Capabilities.NONE;
  private boolean utf8;
  /** Whether the bytes of a message are coming. */
  private boolean inBody;

  private Optional<Fault> throttled = Optional.empty();
  private boolean signedIn;
  private boolean closed;
  private boolean ended;
  private int tags;
  private long roundTrips;

  /** Connects, with TLS where that comes first. */
  Connection(Account account, Context context, Line line) throws FaultException {
    this.account = account;
    this.context = context;
    link = new Link(
        account.server(),
        account.access().trust(),
        Timeouts.DEFAULT,
        context.environment().monotonic());
    compression = new CompressionChoice(link, line);
    pump = new Pump<>(link, reader);
    registration = context.cancellation().onRequest(link::cancel);
    try {
      if (account.access().protection() == Access.Protection.IMPLICIT) {
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

  public boolean isSecure() {
    return link.isSecure();
  }

  /** What the server said last of its abilities. */
  public Capabilities capabilities() {
    return capabilities;
  }

  /** Waits for the first words of the server. */
  public Response greeting() throws FaultException {
    roundTrips++;
    return receive(Phase.GREETING);
  }

  /** Begins TLS, when the server has just agreed to; whatever it said before is void. */
  public void startTls() throws FaultException {
    if (!reader.isDrained()) {
      close();
      throw new FaultException(AccessFaults.injected(account.access()));
    }
    try {
      roundTrips++;
      reader = new ResponseReader(Limits.DEFAULT);
      pump.startTls(reader);
      capabilities = Capabilities.NONE;
    } catch (NetException e) {
      throw broken(e);
    }
  }

  /** All is known of the server that is asked when signing in. */
  void signedIn() {
    signedIn = true;
  }

  /**
   * Whether what is said may soon be compressed: the server offers it and was not asked, and the
   * line is not known to be fast.
   */
  public boolean mayCompress() {
    return capabilities.has(COMPRESSION) && compression.mayCome();
  }

  /**
   * Whether the line is so slow that what is said had better be compressed. That may begin when no
   * command is on its way, and not before signing in (RFC 4978 section 3).
   */
  boolean wantsCompression() {
    return signedIn && capabilities.has(COMPRESSION) && compression.isWanted();
  }

  /** Compresses what is said from now on, if the server agrees; no command is on its way. */
  void compress(Exchange.Handler handler) throws FaultException {
    compression.asked();
    if (run(Command.Bare.COMPRESS_DEFLATE, handler).condition() == Condition.OK) {
      compression.begun();
      pump.startCompression();
    }
  }

  /** What is sent before its turn. */
  public LookAhead lookAhead() {
    return lookAhead;
  }

  /** Runs one command to its end. */
  public Response.Tagged run(Command command, Exchange.Handler handler) throws FaultException {
    return run(List.of(command), 1, handler).getFirst();
  }

  /**
   * Runs commands to their ends, sending ahead.
   *
   * @param window how many may be on their way at once
   * @param handler told of all that is not the end of a command, whichever command it belongs to
   * @return the ends, in order of the commands
   */
  public List<Response.Tagged> run(
      List<? extends Command> commands, int window, Exchange.Handler handler)
      throws FaultException {
    // What is run on the way, to come back or to compress, has no follower.
    var follower = lookAhead.takeFollower();
    lookAhead.comeBack();
    return new Exchange(this, commands, handler, follower).run(window);
  }

  public String nextTag() {
    return "m" + ++tags;
  }

  public void countRoundTrip() {
    roundTrips++;
  }

  /** Sends what is part of a command under way, and waits for the next word about it. */
  public Response converse(Segment segment) throws FaultException {
    add(segment);
    flush();
    roundTrips++;
    return receive();
  }

  /** Sends a command whose course the caller follows by {@link #receive}. */
  public String begin(Command command) throws FaultException {
    lookAhead.comeBack();
    if (throttled.isPresent()) {
      throw new FaultException(throttled.get());
    }
    var tag = nextTag();
    for (var segment : command.print(tag, dialect())) {
      add(segment);
    }
    flush();
    roundTrips++;
    return tag;
  }

  /** The next response, whatever it is; a farewell is thrown as a fault. */
  public Response receive() throws FaultException {
    return receive(inBody ? Phase.BODY : Phase.COMMAND);
  }

  private Response receive(Phase phase) throws FaultException {
    try {
      return noted(pump.await(link.deadline(phase)));
    } catch (NetException e) {
      throw broken(e);
    }
  }

  /** The next response if it has come already; a farewell is thrown as a fault. */
  public Optional<Response> poll() throws FaultException {
    Optional<Response> response;
    try {
      response = pump.poll(Phase.UPLOAD);
    } catch (NetException e) {
      throw broken(e);
    }
    return response.isPresent() ? Optional.of(noted(response.get())) : response;
  }

  private Response noted(Response response) throws FaultException {
    switch (response) {
      case Response.Capability(var list) -> capabilities = list.without(account.without());
      case Response.Enabled(var list) -> enabled(list);
      case Response.Untagged untagged -> {
        note(untagged.code(), untagged.text());
        if (untagged.condition() == Condition.BYE) {
          ended = true;
          close();
          throw explained(new FaultException(Faults.farewell(doing(), untagged)));
        }
      }
      case Response.BodyBegin _ -> inBody = true;
      case Response.BodyEnd _ -> inBody = false;
      case Response.Tagged tagged -> {
        compression.commandEnded();
        note(tagged.code(), tagged.text());
        throttled = throttled.or(() -> Faults.throttled(doing(), tagged));
      }
      case Response _ -> {}
    }
    return response;
  }

  private void note(Optional<ResponseCode> code, String text) {
    if (code.isEmpty()) {
      return;
    }
    if (code.get() instanceof ResponseCode.CapabilityList(var list)) {
      capabilities = list.without(account.without());
    } else if (code.get().equals(new ResponseCode.Plain(ResponseCode.Name.ALERT))) {
      context.notices().notice(account.server().host() + " says: " + text);
    }
  }

  private void enabled(Capabilities list) {
    if (list.has("UTF8=ACCEPT") || list.has("UTF8=ONLY") || list.has("IMAP4rev2")) {
      utf8 = true;
      reader.utf8Names(true);
    }
  }

  public Dialect dialect() {
    return new Dialect(Dialect.Literals.of(capabilities), utf8);
  }

  /** Puts it with what is to be sent. */
  public void add(Segment segment) throws FaultException {
    link.transcript().sent(segment);
    add(segment.bytes(), Phase.COMMAND);
  }

  /** Puts bytes of a message with what is to be sent. */
  public void add(ByteBuffer bytes) throws FaultException {
    add(bytes, Phase.UPLOAD);
  }

  private void add(ByteBuffer bytes, Phase phase) throws FaultException {
    try {
      pump.put(bytes, phase);
    } catch (NetException e) {
      throw unsent(e);
    }
  }

  /** Sends all that was put there. */
  public void flush() throws FaultException {
    flush(Phase.COMMAND);
  }

  private void flush(Phase phase) throws FaultException {
    try {
      pump.flush(phase);
    } catch (NetException e) {
      throw unsent(e);
    }
  }

  /** Not closed yet: the server may have said why it takes no more. */
  private FaultException unsent(NetException e) {
    return explained(new FaultException(AccessFaults.of(e.failure()), e));
  }

  private FaultException broken(NetException e) {
    compression.broken(e.failure());
    ended |= e.failure() instanceof NetFailure.ClosedByPeer;
    close();
    return explained(new FaultException(AccessFaults.of(e.failure()), e));
  }

  /** The end of a connection, by what the server said before it (quirk 3). */
  FaultException explained(FaultException end) {
    var kind = end.fault().kind();
    return throttled.isPresent() && (kind == Kind.NETWORK || kind == Kind.TIMEOUT)
        ? new FaultException(throttled.get(), end)
        : end;
  }

  /** What the server said when it asked to be left alone. */
  Optional<Fault> throttled() {
    return throttled;
  }

  private String doing() {
    return "talking to " + account;
  }

  /** Who is at the other end, and as whom, for people. */
  public Account account() {
    return account;
  }

  public Context context() {
    return context;
  }

  /** How long was waited for answers so far, in all. */
  Duration waited() {
    return link.waited();
  }

  /** Whether it is of no more use. */
  public boolean isClosed() {
    return closed;
  }

  /** Whether the server ended it. */
  boolean isEnded() {
    return ended;
  }

  public Traffic traffic() {
    return new Traffic(link.bytesIn(), link.bytesOut(), roundTrips);
  }

  /** Says goodbye without waiting for the answer, and closes. */
  public void logout() {
    if (!closed) {
      try {
        for (var segment : Command.Bare.LOGOUT.print(nextTag(), dialect())) {
          add(segment);
        }
        flush(Phase.LOGOUT);
      } catch (FaultException e) {
        System.getLogger("mailtide.imap").log(System.Logger.Level.DEBUG, "goodbye not heard", e);
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

package io.mailtide.replica.imap.session;

import io.mailtide.account.AccessFaults;
import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.FaultException;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Commands run to their ends, sent ahead of the answers. Whatever goes wrong closes the connection,
 * for then nobody can tell which answer belongs to which command.
 */
public final class Exchange {
  private final Connection connection;
  private final List<? extends Command> commands;
  private final Handler handler;

  /** To be sent right behind the last command. */
  private Optional<LookAhead.Rejoin> follower;

  private final Map<String, Integer> waiting = new HashMap<>();
  private final Map<Integer, Response.Tagged> ends = new HashMap<>();

  /** Takes what the server says on the way. */
  @FunctionalInterface
  public interface Handler {
    /** All that is not the end of a command, whichever command it belongs to. */
    void accept(Response response) throws FaultException;

    /** The end of a command, told as soon as it comes. */
    default void ended(int command, Response.Tagged end) throws FaultException {}

    /** Whether commands not sent yet shall be; those that are on their way are waited for. */
    default boolean goesOn() {
      return true;
    }

    /**
     * Gives the bytes of a message that a command adds.
     *
     * @param message its place in the command
     */
    default void write(int command, int message, ByteSink sink) throws FaultException {
      throw new IllegalStateException("no message for command " + command);
    }
  }

  /** @param follower to be sent right behind the last command */
  Exchange(
      Connection connection,
      List<? extends Command> commands,
      Handler handler,
      Optional<LookAhead.Rejoin> follower) {
    this.follower = follower;
    this.connection = connection;
    this.commands = commands;
    this.handler = handler;
  }

  /**
   * Runs them.
   *
   * @param window how many may be on their way at once
   * @return the ends, in order of the commands; one that was not sent has none
   */
  public List<Response.Tagged> run(int window) throws FaultException {
    boolean done = false;
    int sent = 0;
    try {
      while (mayGoOn(sent) || !waiting.isEmpty()) {
        boolean compressing = connection.wantsCompression();
        if (compressing && waiting.isEmpty()) {
          connection.compress(handler);
          compressing = false;
        }
        for (; !compressing && mayGoOn(sent) && waiting.size() < window; sent++) {
          if (sent % window == 0) {
            connection.countRoundTrip();
          }
          send(sent);
        }
        if (sent == commands.size() && follower.isPresent()) {
          connection.lookAhead().sendAlong(follower.get());
          follower = Optional.empty();
        }
        if (!waiting.isEmpty()) {
          connection.flush();
          take(connection.receive());
        }
      }
      if (isWanted(sent) && connection.throttled().isPresent()) {
        throw new FaultException(connection.throttled().get());
      }
      done = true;
    } finally {
      if (!done) {
        connection.close();
      }
    }
    var inOrder = new ArrayList<Response.Tagged>();
    for (int index = 0; index < commands.size(); index++) {
      Optional.ofNullable(ends.get(index)).ifPresent(inOrder::add);
    }
    return inOrder;
  }

  private boolean mayGoOn(int sent) {
    return isWanted(sent) && connection.throttled().isEmpty();
  }

  private boolean isWanted(int sent) {
    return sent < commands.size() && handler.goesOn();
  }

  private void take(Response response) throws FaultException {
    if (response instanceof Response.Tagged tagged) {
      var index = waiting.remove(tagged.tag());
      if (index == null) {
        throw new FaultException(AccessFaults.protocol(
            "talking to " + connection.account().server(), "an answer to a command never sent"));
      }
      ends.put(index, tagged);
      handler.ended(index, tagged);
    } else {
      handler.accept(response);
    }
  }

  private void send(int index) throws FaultException {
    var tag = connection.nextTag();
    waiting.put(tag, index);
    try {
      var next = new ArrayList<Segment>();
      int message = 0;
      for (var segment : commands.get(index).print(tag, connection.dialect())) {
        next.add(segment);
        if (segment.follows() > 0) {
          var body = new Body(tag, List.copyOf(next), segment.follows());
          next.clear();
          handler.write(index, message++, body);
          if (!body.end()) {
            return;
          }
        }
      }
      announce(tag, next);
    } catch (FaultException e) {
      throw hearOut(e);
    }
  }

  /** Sends segments; false when the server has refused the command instead of waiting for more. */
  private boolean announce(String tag, List<Segment> segments) throws FaultException {
    for (var segment : segments) {
      connection.add(segment);
      if (segment.awaits() && !isAwaited(tag)) {
        return false;
      }
    }
    return true;
  }

  private boolean isAwaited(String tag) throws FaultException {
    connection.flush();
    connection.countRoundTrip();
    while (waiting.containsKey(tag)) {
      var response = connection.receive();
      if (response instanceof Response.Continuation) {
        return true;
      }
      take(response);
    }
    return false;
  }

  /**
   * Takes what a server said before it ended a connection that can be written to no more: its
   * farewell says why, and better than the failure does.
   */
  private FaultException hearOut(FaultException failure) {
    try {
      for (var said = connection.poll(); said.isPresent(); said = connection.poll()) {
        take(said.get());
      }
      return connection.explained(failure);
    } catch (FaultException e) {
      return e.getCause() == null ? e : connection.explained(failure);
    }
  }

  /**
   * The bytes of one message on their way. It is announced to the server when the first byte comes,
   * so that one that is not there any more does no harm. The server's words are listened to all the
   * while; whatever they are, what was announced must be sent.
   */
  private final class Body implements ByteSink {
    private final String tag;
    private final List<Segment> announcement;
    private final long size;
    private long count;
    private boolean refused;

    Body(String tag, List<Segment> announcement, long size) {
      this.tag = tag;
      this.announcement = announcement;
      this.size = size;
    }

    @Override
    public void write(ByteBuffer bytes) throws FaultException {
      if (count == 0 && bytes.hasRemaining()) {
        refused = !announce(tag, announcement);
      }
      count += bytes.remaining();
      if (refused || count > size) {
        bytes.position(bytes.limit());
        return;
      }
      connection.add(bytes);
      for (var said = connection.poll(); said.isPresent(); said = connection.poll()) {
        take(said.get());
      }
    }

    /** Whether the command goes on. */
    boolean end() throws FaultException {
      if (count == 0) {
        waiting.remove(tag);
        return false;
      }
      if (!refused && count != size) {
        throw new FaultException(Faults.cutShort(size, count));
      }
      return !refused;
    }
  }
}

package io.mailtide.replica.imap.session;

import io.mailtide.account.AccessFaults;
import io.mailtide.engine.FaultException;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.Fetch;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Response.Tagged;
import io.mailtide.wire.imap.Segment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Commands that are sent before their turn, and whose answers stay on the line until they are
 * wanted. A command that is sent otherwise has them passed over, and the server brought back to
 * where it was.
 */
public final class LookAhead {
  /**
   * Commands take no more room than that on their way: a server that waits for its answers to be
   * taken reads nothing, and who sends to it then waits, too.
   */
  private static final int BYTES_MAX = 1 << 14;

  /**
   * So many messages are asked for while it is open whether what is said is compressed: what was
   * asked for before comes as it is.
   */
  private static final int UNDECIDED_MAX = 200;

  private final Connection connection;

  /** What is not answered yet, in the order in which it was sent. */
  private final Deque<Sent> onTheWay = new ArrayDeque<>();

  private int commandsOnTheWay;
  private int bytesOnTheWay;
  private long messagesOnTheWay;
  private int passedOver;

  private Rejoin rejoin = () -> {};

  /** What to send behind the last of the commands that are run next. */
  private Optional<Rejoin> follower = Optional.empty();

  /** Whether commands that are run are on their way, and what is sent goes along with them. */
  private boolean following;

  /** Commands since a round trip was counted. */
  private int inTrip;

  LookAhead(Connection connection) {
    this.connection = connection;
  }

  /**
   * What is done about the line: brings the server back to where it was, after it was sent ahead in
   * vain; or sends something.
   */
  @FunctionalInterface
  public interface Rejoin {
    void run() throws FaultException;
  }

  /** Commands that were sent before their turn. */
  public static final class Sent {
    private final List<String> tags;
    private final int bytes;
    private final long messages;
    private boolean onTheWay = true;

    private Sent(List<String> tags, int bytes, long messages) {
      this.tags = tags;
      this.bytes = bytes;
      this.messages = messages;
    }

    /** Whether the answers are still to be taken. */
    public boolean isOnTheWay() {
      return onTheWay;
    }
  }

  /**
   * Sends commands that change nothing.
   *
   * @param window how many may be on their way, for counting round trips
   * @return absent when one of them would wait for the server to go on; nothing is sent then
   */
  public Optional<Sent> send(List<? extends Command> commands, int window) throws FaultException {
    var tags = new ArrayList<String>();
    var segments = new ArrayList<Segment>();
    for (var command : commands) {
      var tag = connection.nextTag();
      tags.add(tag);
      segments.addAll(command.print(tag, connection.dialect()));
    }
    if (segments.stream().anyMatch(segment -> segment.awaits() || segment.follows() > 0)) {
      return Optional.empty();
    }
    int bytes =
        segments.stream().mapToInt(segment -> segment.bytes().remaining()).sum();
    for (var segment : segments) {
      connection.add(segment);
    }
    if (!following && (onTheWay.isEmpty() || inTrip >= window)) {
      connection.countRoundTrip();
      inTrip = 0;
    }
    inTrip += tags.size();
    var sent = new Sent(tags, bytes, messages(commands));
    onTheWay.add(sent);
    commandsOnTheWay += tags.size();
    bytesOnTheWay += bytes;
    messagesOnTheWay += sent.messages;
    return Optional.of(sent);
  }

  /** How many messages they ask for whole. */
  private static long messages(List<? extends Command> commands) {
    long messages = 0;
    for (var command : commands) {
      if (command instanceof Fetch fetch && fetch.items().contains(FetchItem.MESSAGE)) {
        messages += fetch.messages().count().orElse(0);
      }
    }
    return messages;
  }

  /**
   * Whether more may be sent: there is room, and nothing is to be done about the line first.
   *
   * @param window how many commands may be on their way
   */
  public boolean isOpen(int window) {
    return !connection.isClosed()
        && commandsOnTheWay < window
        && bytesOnTheWay < BYTES_MAX
        && (messagesOnTheWay < UNDECIDED_MAX || !connection.mayCompress())
        && connection.throttled().isEmpty()
        && !connection.wantsCompression();
  }

  /** How many commands are on their way. */
  public int commands() {
    return commandsOnTheWay;
  }

  /**
   * Has something sent ahead in the same flight as the commands that are run next, right behind the
   * last of them.
   */
  public void follow(Rejoin sending) {
    follower = Optional.of(sending);
  }

  /** Nothing follows any more. */
  public void unfollow() {
    follower = Optional.empty();
  }

  /** Has the other side hear of what is on its way. */
  public void flush() throws FaultException {
    if (!onTheWay.isEmpty() && !connection.isClosed()) {
      connection.flush();
    }
  }

  /**
   * Does what can only be done while nothing is on its way: compression begins, where it pays.
   *
   * @param handler told of what the server says meanwhile
   */
  public void settle(Exchange.Handler handler) throws FaultException {
    if (onTheWay.isEmpty() && !connection.isClosed() && connection.wantsCompression()) {
      connection.compress(handler);
    }
  }

  /** What is to follow the commands that are about to be run, and no others. */
  Optional<Rejoin> takeFollower() {
    var taken = follower;
    follower = Optional.empty();
    return taken;
  }

  /** Has it sent along with commands that are on their way. */
  void sendAlong(Rejoin sending) throws FaultException {
    following = true;
    try {
      sending.run();
    } finally {
      following = false;
    }
  }

  /** How often answers were passed over so far. */
  int passedOver() {
    return passedOver;
  }

  /**
   * Takes the answers to what is on its way; what was sent before that is passed over.
   *
   * @param handler told of all that is not the end of a command
   * @return the ends, in order of the commands
   */
  public List<Tagged> take(Sent wanted, Exchange.Handler handler) throws FaultException {
    while (!onTheWay.element().equals(wanted)) {
      passOne();
    }
    return receive(handler);
  }

  /** Passes over all that is on its way. */
  public void passOver() throws FaultException {
    while (!onTheWay.isEmpty()) {
      passOne();
    }
  }

  private void passOne() throws FaultException {
    passedOver++;
    receive(_ -> {});
  }

  /** What to do before a command that is sent otherwise while others are ahead of their turn. */
  public void onReturn(Rejoin way) {
    rejoin = way;
  }

  /** Before a command that nobody told of. */
  void comeBack() throws FaultException {
    if (!onTheWay.isEmpty()) {
      passOver();
      rejoin.run();
    }
  }

  /** Takes the answers to what was sent first. */
  private List<Tagged> receive(Exchange.Handler handler) throws FaultException {
    var sent = onTheWay.remove();
    sent.onTheWay = false;
    commandsOnTheWay -= sent.tags.size();
    bytesOnTheWay -= sent.bytes;
    messagesOnTheWay -= sent.messages;
    var ends = new ArrayList<Tagged>();
    boolean done = false;
    try {
      connection.flush();
      while (ends.size() < sent.tags.size()) {
        var response = connection.receive();
        if (!(response instanceof Tagged end)) {
          handler.accept(response);
        } else if (end.tag().equals(sent.tags.get(ends.size()))) {
          ends.add(end);
        } else {
          throw new FaultException(AccessFaults.protocol(
              "talking to " + connection.account().server(),
              "an answer to another command than the one that comes next"));
        }
      }
      done = true;
    } finally {
      if (!done) {
        connection.close();
      }
    }
    return ends;
  }
}

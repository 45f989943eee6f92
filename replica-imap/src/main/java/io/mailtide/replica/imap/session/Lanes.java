package io.mailtide.replica.imap.session;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.ReplicaProvider.Notices;
import io.mailtide.engine.Traffic;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The connections of an account: the one that everything can be done over, and more over which only
 * answers are read, where these are worth signing in again.
 *
 * <p>They are, when answers have to be waited for although as much was asked as may be on its way:
 * then it is the line, or the server's one process, that holds things up. On a fast line none is
 * ever opened. They are opened one after the other, each by a thread of its own, so that nobody
 * waits for it. A server that refuses one, or ends one, is not asked for more.
 *
 * <p>One thread, that of the run, but for what is said to be done elsewhere.
 */
public final class Lanes implements AutoCloseable {
  /** A thread each, for there are few. */
  public static final Executor BACKGROUND =
      task -> Thread.ofPlatform().daemon().name("further connection").start(task);

  /** To sign in takes some six round trips; as long was waited before it is worth it. */
  public static final Duration WORTH = Duration.ofMillis(400);

  private static final System.Logger LOG = System.getLogger("mailtide.imap");

  private final Account account;
  private final Context context;
  private final Terms terms;
  private final Line line;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** Ends what is being opened, with the run or with this. */
  private final Cancellation ending = new Cancellation();

  private final Cancellation.Registration registration;
  private final Session first;
  private final List<Lane> more = new ArrayList<>();
  private final Offer offer = new Offer();
  private int connectionsMax;

  /** What those that are not open any more add to the losses. */
  private long dismissed;

  /** Of those that are not open any more; and the longest chain of round trips of any. */
  private Traffic before = Traffic.NONE;

  /** From when on it is measured how long answers are waited for, and how long they were then. */
  private Instant since;

  private Duration waitedThen = Duration.ZERO;

  /**
   * A connection more.
   *
   * @param behind round trips of the first connection when this one was asked for
   */
  private record Lane(Session session, long behind) {}

  /**
   * How further connections are opened, and what later ones must know of them.
   *
   * @param background runs what signs in
   * @param worth how long answers were waited for before it is worth it
   * @param onBrokenCompression called, in any thread, when a compressed connection breaks
   * @param onRefused called, in any thread, when the server does not bear more than one connection
   */
  public record Terms(
      Executor background, Duration worth, Runnable onBrokenCompression, Runnable onRefused) {}

  private Lanes(Account account, Context context, Terms terms) throws FaultException {
    this.account = account;
    this.context = context;
    this.terms = terms;
    line = new Line(terms.onBrokenCompression());
    Notices notices = text -> {
      said.add(text);
      context.notices().notice(text);
    };
    first = SignIn.open(
        account, new Context(context.environment(), context.cancellation(), notices), line);
    registration = context.cancellation().onRequest(ending::request);
    since = context.environment().monotonic().instant();
    // Where one connection may not see yet what another one sees, or numbers are not to be relied
    // on, answers of several cannot be put together.
    boolean steady = !first.profile().has(Workaround.LATE_CHANGES)
        && !first.profile().has(Workaround.UNSTEADY_UIDS);
    connectionsMax = steady ? account.connectionsMax() : 1;
  }

  /** Connects and signs in, once. */
  public static Lanes open(Account account, Context context, Terms terms) throws FaultException {
    return new Lanes(account, context, terms);
  }

  /** The connection that everything can be done over. */
  public Session first() {
    return first;
  }

  /** All that are ready, the first one first. */
  public List<Session> all() {
    offer.take().ifPresent(lane -> {
      more.add(lane);
      measure();
    });
    var all = new ArrayList<Session>();
    all.add(first);
    more.forEach(lane -> all.add(lane.session()));
    return all;
  }

  /** Whether a connection is the first, or open beside it. */
  public boolean has(Session session) {
    return session.equals(first)
        || more.stream().anyMatch(lane -> lane.session().equals(session));
  }

  /** How often answers on their way were passed over, or went with their connection. */
  public long losses() {
    long losses = dismissed + first.ahead().passedOver();
    for (var lane : more) {
      losses += lane.session().ahead().passedOver();
    }
    return losses;
  }

  /** From now on it is measured how long answers are waited for. */
  public void measure() {
    since = context.environment().monotonic().instant();
    waitedThen = waited();
  }

  private Duration waited() {
    var waited = first.connection().waited();
    for (var lane : more) {
      waited = waited.plus(lane.session().connection().waited());
    }
    return waited;
  }

  /** More is to be asked, and as much as may be is on its way: opens one more where it pays. */
  public void crowded() {
    if (1 + more.size() >= connectionsMax || offer.isUnderWay()) {
      return;
    }
    var waited = waited().minus(waitedThen);
    var passed = Duration.between(since, context.environment().monotonic().instant());
    if (waited.compareTo(terms.worth()) < 0 || waited.multipliedBy(2).compareTo(passed) < 0) {
      return;
    }
    long behind = first.connection().traffic().roundTrips();
    offer.begin();
    terms.background().execute(() -> open(behind));
  }

  /** In a thread of its own. */
  private void open(long behind) {
    Notices notices = text -> {
      if (said.add(text)) {
        context.notices().notice(text);
      }
    };
    try {
      var session = SignIn.open(account, new Context(context.environment(), ending, notices), line);
      session.ahead().settle(_ -> {}); // compresses, where the line is known to be slow
      if (!offer.put(new Lane(session, behind))) {
        session.connection().close();
      }
    } catch (FaultException e) {
      offer.refused();
      if (!ending.requested()) {
        terms.onRefused().run();
      }
      LOG.log(System.Logger.Level.DEBUG, "no further connection", e);
    }
  }

  /**
   * Closes all but the first: one that lies idle while that one changes things may be ended by the
   * server.
   */
  public void dismiss() {
    all();
    for (var lane : more) {
      lane.session().connection().logout();
    }
    before = counted();
    dismissed = losses() + more.size() - first.ahead().passedOver();
    more.clear();
  }

  /** Bytes of all of them; of round trips those of the longest chain, for they go side by side. */
  public Traffic traffic() {
    return counted().plus(first.connection().traffic()).plus(longer());
  }

  /** Of all but the first. */
  private Traffic counted() {
    var bytes = before;
    long trips = before.roundTrips();
    for (var lane : more) {
      var traffic = lane.session().connection().traffic();
      trips = Math.max(trips, lane.behind() + traffic.roundTrips());
      bytes = bytes.plus(new Traffic(traffic.bytesIn(), traffic.bytesOut(), 0));
    }
    return new Traffic(bytes.bytesIn(), bytes.bytesOut(), trips);
  }

  /** What is to be added to both, so that the longer chain counts and the other one does not. */
  private Traffic longer() {
    return new Traffic(
        0, 0, -Math.min(counted().roundTrips(), first.connection().traffic().roundTrips()));
  }

  /** Says goodbye on all. Where the server ended one of several, one is to do from now on. */
  @Override
  public void close() {
    boolean several = all().size() > 1 || offer.isUnderWay();
    boolean ended = all().stream().anyMatch(session -> session.connection().isEnded());
    offer.close();
    registration.close();
    if (several && ended && !context.cancellation().requested()) {
      terms.onRefused().run();
    }
    dismiss();
    ending.request();
    first.connection().logout();
  }

  /** A connection that is being opened, and handed over. */
  private static final class Offer {
    private boolean closed;
    private boolean underWay;
    private Optional<Lane> ready = Optional.empty();

    synchronized void begin() {
      underWay = true;
    }

    /** Whether nobody need begin: one is being opened, waits to be taken, or will not be had. */
    synchronized boolean isUnderWay() {
      return underWay;
    }

    /** False when nobody wants it any more. */
    synchronized boolean put(Lane lane) {
      ready = closed ? Optional.empty() : Optional.of(lane);
      return !closed;
    }

    synchronized void refused() {
      closed = true;
    }

    synchronized Optional<Lane> take() {
      var lane = ready;
      if (lane.isPresent()) {
        ready = Optional.empty();
        underWay = false;
      }
      return lane;
    }

    synchronized void close() {
      closed = true;
    }
  }
}

package io.mailtide.client;

import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Job;
import io.mailtide.engine.send.Outbox.Listener;
import io.mailtide.engine.send.Outbox.Outcome;
import io.mailtide.engine.send.Outbox.Place;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Submission;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The Outbox of the default store: what is handed in to be sent, and what waits there. Holds no
 * connection and opens no file while nothing is asked of it. Safe for use by several threads.
 */
public final class OutgoingMail {
  /** What its events call it: it stands beside the stores. */
  public static final String NAME = "Outbox";

  private static final Logger LOGGER = System.getLogger(OutgoingMail.class.getName());
  private static final Duration KEEP_DROPPED = Duration.ofDays(30);
  private static final int STRAYS_NAMED = 3;

  private final Profile profile;
  private final Environment environment;
  private final ReentrantLock flushing = new ReentrantLock();

  OutgoingMail(Profile profile, Environment environment) {
    this.profile = profile;
    this.environment = environment;
  }

  /**
   * Hands a message in, and returns when a power cut takes it away no more. It is sent by the next
   * flush.
   *
   * @return its id
   * @throws FaultException and nothing is queued: {@code NO_RECIPIENTS}; {@code INVALID} for a
   *     malformed address or header; {@code CONFIGURATION} without a default store, or a transport
   *     for its sender; what the local store and the state can come to
   */
  public long submit(Submission submission) throws FaultException {
    return Outbox.submit(job(new Cancellation()), submission);
  }

  /**
   * What is in the Outbox, in the order in which it was handed in; asks no server and does not wait
   * for a flush that is under way.
   *
   * @throws FaultException when the state cannot be read
   */
  public List<Message> waiting() throws FaultException {
    return Outbox.waiting(profile.stateDirectory()).stream().map(Message::of).toList();
  }

  /**
   * Says what lies in the folder Outbox of the default store and was not handed in, so that it will
   * never be sent; absent where there is nothing of that kind. Asks no server.
   *
   * @throws FaultException when the state, or the default store, cannot be read
   */
  public Optional<SyncError> strays() throws FaultException {
    var path = profile.defaultStore().flatMap(local -> local.settings().path("path"));
    if (profile.defaultStore().isEmpty() || path.filter(Files::notExists).isPresent()) {
      return Optional.empty(); // opening it would make it
    }
    var job = job(new Cancellation());
    var keys = Outbox.strays(job.stateDirectory(), job.store());
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    var names = keys.stream().limit(STRAYS_NAMED).map(MessageKey::value).toList();
    var more = keys.size() - names.size();
    var fault = Fault.of(
            Fault.Kind.NO_RECIPIENTS,
            Fault.Reach.FOLDER,
            "looking into the folder Outbox",
            (keys.size() == 1 ? "a file" : keys.size() + " files")
                + " there that nobody handed in, so to whom is not known: "
                + String.join(", ", names) + (more > 0 ? " and " + more + " more" : ""),
            "Such mail is not sent. mailtide sendmail -t < FILE hands it in, with the recipients of"
                + " its header; then remove it there.")
        .in(Outbox.FOLDER);
    return Optional.of(SyncError.of(NAME, fault, Severity.WARNING));
  }

  /**
   * Opens what was taken out of the default store and is still kept. What was in the Outbox comes
   * back into its folder Drafts: nobody knows any more to whom it was to go.
   *
   * @throws FaultException {@code BUSY} while the Outbox is being sent; {@code CONFIGURATION}
   *     without a default store; what opening it can come to
   */
  public UndoArea undoArea() throws FaultException {
    var job = job(new Cancellation());
    return new UndoArea(Outbox.undoArea(job.stateDirectory(), job.store()), Outbox::backInto);
  }

  /**
   * Flushes in the calling thread, which is a platform thread, for SQLite pins a virtual one. Where
   * another thread of this session flushes, it waits for that first.
   */
  Outcome flush(Outbox.Request request, Listener listener, Cancellation cancellation) {
    try {
      var job = job(cancellation);
      while (!flushing.tryLock(100, TimeUnit.MILLISECONDS)) {
        cancellation.check();
      }
      try {
        return Outbox.flush(job, request, listener);
      } finally {
        flushing.unlock();
      }
    } catch (FaultException e) {
      return failed(e.fault());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(Cancellation.fault());
    }
  }

  private static Outcome failed(Fault fault) {
    return new Outcome(List.of(fault), 0, 0, 0, Traffic.NONE);
  }

  private Job job(Cancellation cancellation) throws FaultException {
    var local = profile
        .defaultStore()
        .orElseThrow(() -> new FaultException(Fault.of(
                Fault.Kind.CONFIGURATION,
                Fault.Reach.REPLICA,
                "opening the Outbox",
                "no default store is configured in " + profile.file(),
                "Add a table [default-store] with a path: the Outbox is there.")
            .in(Outbox.FOLDER)));
    var context = new ReplicaProvider.Context(
        environment, cancellation, text -> LOGGER.log(Level.INFO, () -> NAME + ": " + text));
    return new Job(
        profile.stateDirectory(),
        () -> local.open(context),
        profile.transports().values().stream()
            .map(transport -> way(transport, context))
            .toList(),
        KEEP_DROPPED,
        environment,
        cancellation);
  }

  private Way way(Profile.Transport transport, ReplicaProvider.Context context) {
    var sentTo = transport.sentToStore().flatMap(name -> {
      var folder = transport.sentTo().orElseThrow().substring(name.length() + 1);
      var store = Optional.ofNullable(profile.stores().get(name));
      return store.map(known -> place(known, FolderName.parse(folder), context));
    });
    return new Way(
        transport.name(),
        transport.from(),
        () -> transport.openTransport(context),
        sentTo,
        sentTo.map(List::of).orElseGet(() -> sentFolders(context)));
  }

  /** Where servers file what they are given to send, as far as it is known. */
  private List<Place> sentFolders(ReplicaProvider.Context context) {
    var places = new ArrayList<Place>();
    for (var store : profile.stores().values()) {
      var name = store.farSettings().text("sent-folder").orElse("Sent");
      places.add(place(store, FolderName.parse(name), context));
    }
    return places;
  }

  private static Place place(
      Profile.Store store, FolderName folder, ReplicaProvider.Context context) {
    return new Place(store.name(), () -> store.openNear(context), folder);
  }

  /**
   * A message of the Outbox, or of what has just left it.
   *
   * @param id names it for people, and for {@code mailtide send --retry} and {@code --drop}
   * @param state {@code queued}, {@code submitting}, {@code sent}, {@code in-doubt} or {@code held}
   * @param transport the way it goes
   * @param sender from whom, as servers are told; may be empty
   * @param subject as people read it; may be empty
   * @param size in bytes
   * @param tries how often it was tried
   * @param nextTry not before then, where it is queued
   * @param trouble why it is still here, and what to do, where something went wrong
   */
  public record Message(
      String store,
      long id,
      String state,
      String transport,
      String sender,
      List<Recipient> recipients,
      String messageId,
      String subject,
      long size,
      Instant submitted,
      int tries,
      Optional<Instant> nextTry,
      Optional<SyncError> trouble)
      implements SyncEvent {
    public Message {
      recipients = List.copyOf(recipients);
    }

    static Message of(Outgoing message) {
      return new Message(
          NAME,
          message.id(),
          state(message.state()),
          message.transport(),
          message.envelope().sender(),
          message.recipients().stream().map(Recipient::of).toList(),
          message.messageId(),
          UndoArea.Entry.readable(message.subject()),
          message.size(),
          message.submitted(),
          message.tries(),
          message.state() == Outgoing.State.QUEUED
              ? Optional.of(message.nextTry())
              : Optional.empty(),
          message.trouble().map(fault -> SyncError.of(NAME, fault, Severity.ERROR)));
    }

    /** Where it is filed and still to leave, it is sent to all who look. */
    private static String state(Outgoing.State state) {
      return switch (state) {
        case FILED -> "sent";
        case QUEUED, SUBMITTING, SENT, IN_DOUBT, HELD, DROPPED ->
          state.name().toLowerCase(Locale.ROOT).replace('_', '-');
      };
    }
  }

  /**
   * What is known of a recipient.
   *
   * @param verdict {@code taken}, {@code deferred} or {@code refused}; absent where nothing was
   *     said
   * @param said what the server said; may be empty
   */
  public record Recipient(String address, Optional<String> verdict, String said) {
    static Recipient of(Outgoing.Recipient recipient) {
      return new Recipient(
          recipient.address(),
          recipient.verdict().map(verdict -> verdict.name().toLowerCase(Locale.ROOT)),
          recipient.said());
    }
  }

  /** What went wrong with the Outbox, in the words of all errors. */
  public static SyncError error(FaultException e) {
    return SyncError.of(NAME, e.fault(), Severity.ERROR);
  }
}

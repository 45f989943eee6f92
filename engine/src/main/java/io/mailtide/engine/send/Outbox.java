package io.mailtide.engine.send;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer.HeldUndoArea;
import io.mailtide.engine.Synchronizer.Opener;
import io.mailtide.engine.Traffic;
import io.mailtide.engine.outgoing.Flush;
import io.mailtide.engine.outgoing.Journal;
import io.mailtide.engine.outgoing.Strays;
import io.mailtide.engine.outgoing.Submitter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The outgoing mail of a default store: the engine's front door for sending. */
public final class Outbox {
  /** The folder that holds what waits to be sent; also what its errors call the Outbox. */
  public static final FolderName FOLDER = FolderName.parse("Outbox");

  /** The folder of the default store for sent mail. */
  public static final FolderName SENT = FolderName.parse("Sent");

  /** The folder of the default store that what was dropped comes back into. */
  public static final FolderName DRAFTS = FolderName.parse("Drafts");

  private Outbox() {}

  /**
   * Takes a message in, in the calling thread, and returns when it is sure to be sent: a power cut
   * takes it away no more. Several may do so at once, in several processes, also while a flush is
   * under way.
   *
   * <p>Nothing of the message is changed, but: fields Date, Message-ID and From are put before it
   * where there are none.
   *
   * @return its id
   * @throws FaultException and nothing is queued: {@link Fault.Kind#NO_RECIPIENTS};
   *     {@link Fault.Kind#INVALID} for a malformed address or header;
   *     {@link Fault.Kind#CONFIGURATION} when no way leads out for its sender; what the default
   *     store and the state can come to
   */
  public static long submit(Job job, Submission submission) throws FaultException {
    return new Submitter(job).submit(submission);
  }

  /**
   * Sends what is due, in the calling thread, and returns when that is over. Never throws for what
   * can be expected: the outcome says how it ended. One flush at a time: another comes to
   * {@link Fault.Kind#BUSY}.
   *
   * <p>Messages leave in the order in which they were handed in, those of one way after those of
   * another; one that fails never keeps the others. Killed at any moment, the next flush goes on
   * without sending anything twice: what may have been taken is in doubt, and stays until a person
   * or the server says what became of it.
   */
  public static Outcome flush(Job job, Request request, Listener listener) {
    return new Flush(job, request, listener).run();
  }

  /**
   * What is in the Outbox, in the order in which it was handed in, without keeping others from it.
   *
   * @throws FaultException {@link Fault.Kind#STATE_DAMAGED}, {@link Fault.Kind#STATE_NEWER} or
   *     {@link Fault.Kind#DISK}
   */
  public static List<Outgoing> waiting(Path stateDirectory) throws FaultException {
    return Journal.waiting(stateDirectory);
  }

  /**
   * What lies in the folder {@link #FOLDER} and was not handed in, by its keys: it is never sent,
   * for nobody knows to whom. Changes nothing, and keeps nobody from anything.
   *
   * @throws FaultException as {@link #waiting}, and what opening the default store can come to
   */
  public static List<MessageKey> strays(Path stateDirectory, Opener store) throws FaultException {
    return Strays.find(stateDirectory, store);
  }

  /**
   * The undo area of the default store. While it is held, nothing is sent. What was in the Outbox
   * is to come back {@linkplain #backInto elsewhere}.
   *
   * @throws FaultException {@link Fault.Kind#BUSY} while a flush is under way; what opening the
   *     default store can come to
   */
  public static HeldUndoArea undoArea(Path stateDirectory, Opener store) throws FaultException {
    return Journal.undoArea(stateDirectory, store);
  }

  /**
   * The folder that a message of the undo area comes back into: not into the Outbox, where it would
   * lie and never be sent, for its envelope is forgotten.
   */
  public static FolderName backInto(FolderName folder) {
    return folder.equals(FOLDER) ? DRAFTS : folder;
  }

  /**
   * What an Outbox works with.
   *
   * @param stateDirectory where state lives; created where missing
   * @param store opens the default store
   * @param ways the ways of sending; of those that fit a sender, the first is taken
   * @param keepRemoved how long the undo area of the default store keeps what was dropped
   */
  public record Job(
      Path stateDirectory,
      Opener store,
      List<Way> ways,
      Duration keepRemoved,
      Environment environment,
      Cancellation cancellation) {
    public Job {
      ways = List.copyOf(ways);
    }
  }

  /**
   * A way of sending.
   *
   * @param from messages from these addresses go this way; where it is empty, and so for no other
   *     way, those that no other takes do
   * @param sentTo where the sent copy is filed; absent: in the default store, unless the other side
   *     files it
   * @param proofs where a copy shows up that the server has filed
   */
  public record Way(
      String name,
      List<String> from,
      Opening transport,
      Optional<Place> sentTo,
      List<Place> proofs) {
    public Way {
      from = List.copyOf(from);
      proofs = List.copyOf(proofs);
    }
  }

  /** Opens a transport; called once or more in a flush, for a lost connection is made again. */
  @FunctionalInterface
  public interface Opening {
    Transport open() throws FaultException;
  }

  /**
   * A folder of a store.
   *
   * @param store the name of a store, which has a state
   * @param near opens its near side
   */
  public record Place(String store, Opener near, FolderName folder) {}

  /**
   * What to do.
   *
   * @param retry messages to try again first
   * @param drop ids of messages to take out of the Outbox; where there are any, nothing is sent
   * @param dryRun only tell what would be sent or taken out
   */
  public record Request(Retry retry, List<Long> drop, boolean dryRun) {
    /** Sends what is due. */
    public static final Request FLUSH = new Request(Retry.NONE, List.of(), false);

    public Request {
      drop = List.copyOf(drop);
    }
  }

  /**
   * Messages to try again by a person's word; who has taken one never gets it again.
   *
   * @param ids these, whatever keeps them
   * @param held whether all that are held, too; those in doubt have to be named
   * @param to addresses, or lists of them as in a header, in place of those recipients of the one
   *     message named that have not taken it; where there are none, they stay
   * @param from the sender of the one message named from now on, {@code <>} for nobody; absent: it
   *     stays, or is read anew from its header where it was before
   */
  public record Retry(List<Long> ids, boolean held, List<String> to, Optional<String> from) {
    /** None. */
    public static final Retry NONE = of(List.of());

    public Retry {
      ids = List.copyOf(ids);
      to = List.copyOf(to);
      if ((!to.isEmpty() || from.isPresent()) && (held || ids.size() != 1)) {
        throw new IllegalArgumentException("addresses are those of one message");
      }
    }

    /** These, as they are addressed. */
    public static Retry of(List<Long> ids) {
      return new Retry(ids, false, List.of(), Optional.empty());
    }

    public boolean isEmpty() {
      return ids.isEmpty() && !held;
    }
  }

  /** Is told how a flush goes. */
  public interface Listener extends SyncListener {
    /** What became of a message, so far. */
    void handled(Outgoing message);
  }

  /**
   * How a flush ended.
   *
   * @param failures what kept ways, or all of it, from being used
   * @param sent messages that all of their recipients have taken
   * @param dropped messages that were taken out as the request says
   * @param left messages that stay in the Outbox
   * @param traffic what was exchanged
   */
  public record Outcome(List<Fault> failures, long sent, long dropped, long left, Traffic traffic) {
    public Outcome {
      failures = List.copyOf(failures);
    }
  }
}

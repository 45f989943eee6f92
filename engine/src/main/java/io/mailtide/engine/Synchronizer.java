package io.mailtide.engine;

import io.mailtide.engine.run.Runner;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.UndoSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Brings two replicas in step: the engine's front door. */
public final class Synchronizer {
  private Synchronizer() {}

  /**
   * Loads what every run needs, so that the first one of a process need not. Any thread; never
   * throws, for what is wrong shows in the run.
   */
  public static void preload() {
    Database.preload();
  }

  /**
   * Runs one synchronisation in the calling thread and returns when it is over. Never throws for
   * what can be expected: the outcome says how it ended.
   */
  public static Outcome run(Job job, SyncListener listener) {
    return new Runner(job, listener).run();
  }

  /**
   * Opens the undo area of a store's near side.
   *
   * @throws FaultException {@link Fault.Kind#BUSY} while a run is at work on the store;
   *     {@link Fault.Kind#UNSUPPORTED} where its near side keeps none
   */
  public static HeldUndoArea undoArea(Path stateDirectory, String store, Opener near)
      throws FaultException {
    return UndoSession.open(stateDirectory, store, near);
  }

  /** An undo area that is held: no run begins on its store until it is closed. */
  public interface HeldUndoArea extends Replica.UndoArea, AutoCloseable {
    /** Does not throw. */
    @Override
    void close();
  }

  /** Opens a replica; called once or more in a run, for a lost connection is made again. */
  @FunctionalInterface
  public interface Opener {
    Replica open() throws FaultException;
  }

  /**
   * What a run may change. Applied when actions are emitted, never while they are decided.
   *
   * @param near whether messages and flags of the near side may change
   * @param nearRemovals what becomes of removals that would spread to the near side
   * @param far whether messages and flags of the far side may change
   * @param farRemovals what becomes of removals that would spread to the far side
   */
  public record Allowed(boolean near, Removals nearRemovals, boolean far, Removals farRemovals) {
    /** What becomes of removals that would spread to a side. */
    public enum Removals {
      CARRY_OUT,
      /** Not in this run: they wait for one that goes that way. */
      WAIT,
      /** Never, by the user's wish: the message stays there, and is no longer tied. */
      NEVER
    }

    /** Whether messages may come to that side, and flags change there. */
    public boolean on(Side side) {
      return side == Side.NEAR ? near : far;
    }

    /** What becomes of removals that would spread to that side. */
    public Removals removals(Side side) {
      return side == Side.NEAR ? nearRemovals : farRemovals;
    }
  }

  /**
   * Which new messages are carried across; what is in step stays in step, whatever becomes of it.
   *
   * @param bytesMax the size of the largest, as the side states it where it is; absent: no limit
   * @param ageMax how long ago the oldest arrived there; absent: no limit
   * @param headersOnly whether of far messages only the header comes here; else those that came so
   *     before are completed
   */
  public record Selection(OptionalLong bytesMax, Optional<Duration> ageMax, boolean headersOnly) {
    /** All messages, whole. */
    public static final Selection ALL =
        new Selection(OptionalLong.empty(), Optional.empty(), false);

    /** Whether some messages may be left out. */
    public boolean isLimited() {
      return bytesMax.isPresent() || ageMax.isPresent();
    }
  }

  /** Which folders take part in a run. */
  @FunctionalInterface
  public interface FolderFilter {
    /** All of them. */
    FolderFilter ALL = said("all", _ -> true);

    /** Whether this one takes part. */
    boolean test(FolderName name);

    /**
     * What it accepts, in words of its own: filters that say the same accept the same. Empty where
     * that cannot be said; then no run takes it for that of an earlier one.
     */
    default Optional<String> said() {
      return Optional.empty();
    }

    /** Only what another one accepts, too. */
    default FolderFilter and(FolderFilter other) {
      Predicate<FolderName> both = name -> test(name) && other.test(name);
      return said()
          .flatMap(mine -> other.said().map(its -> mine.length() + " " + mine + its))
          .map(said -> said(said, both))
          .orElse(both::test);
    }

    /** One that says what it accepts. */
    static FolderFilter said(String said, Predicate<FolderName> accepts) {
      return new FolderFilter() {
        @Override
        public boolean test(FolderName name) {
          return accepts.test(name);
        }

        @Override
        public Optional<String> said() {
          return Optional.of(said);
        }
      };
    }
  }

  /**
   * What to do.
   *
   * @param store the store's name: names its state and lock files
   * @param stateDirectory where state lives; created where missing
   * @param folders which far folders take part
   * @param selection which new messages are carried across
   * @param hierarchyDown whether folders that the far side's user made, renamed or removed follow
   *     near
   * @param hierarchyUp whether folders that the near side's user made, renamed or removed follow
   *     far
   * @param allowed what may be changed of messages; where neither side may, only folders follow
   * @param full compare everything, whatever the checkpoints say
   * @param dryRun only tell what would be done; nothing changes on either side nor in the state
   * @param allowMassDelete let the run pass the brake
   * @param keepRemoved how long the undo area keeps what was removed
   */
  public record Job(
      String store,
      Path stateDirectory,
      Opener near,
      Opener far,
      FolderFilter folders,
      Selection selection,
      boolean hierarchyDown,
      boolean hierarchyUp,
      Allowed allowed,
      boolean full,
      boolean dryRun,
      boolean allowMassDelete,
      Duration keepRemoved,
      Environment environment,
      Cancellation cancellation) {}

  /**
   * How a run ended.
   *
   * @param failure what ended it early; absent: it came to its end
   * @param copied messages copied from the far side
   * @param sent messages copied to the far side
   * @param moved messages moved from folder to folder on one side, as they were on the other
   * @param flagged messages whose flags changed
   * @param removed messages removed, from either side
   * @param failed messages or folders that could not be brought in step and are retried later
   * @param withheld changes that wait for a run that may carry them out
   * @param leftOut messages that are not carried across, for they are too large or too old
   * @param far what was exchanged with the far side
   */
  public record Outcome(
      Optional<Fault> failure,
      long copied,
      long sent,
      long moved,
      long flagged,
      long removed,
      long failed,
      long withheld,
      long leftOut,
      Traffic far) {}
}

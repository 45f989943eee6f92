package io.mailtide.engine;

import io.mailtide.engine.run.Runner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the state says of a store.
 *
 * @param lastRun the last run that ended; absent where none did yet
 * @param folders the folders kept in step, by name
 * @param ledger what failed and is tried again
 */
public record StoreStatus(
    Optional<LastRun> lastRun, List<FolderStatus> folders, List<LedgerEntry> ledger) {

  /**
   * Reads the status, without keeping others from the store.
   *
   * @return absent where the store was never synchronised
   * @throws FaultException {@link Fault.Kind#STATE_DAMAGED}, {@link Fault.Kind#STATE_NEWER} or
   *     {@link Fault.Kind#DISK}
   */
  public static Optional<StoreStatus> read(Path stateDirectory, String store)
      throws FaultException {
    return Runner.status(stateDirectory, store);
  }

  /**
   * A run that ended.
   *
   * @param result one of {@code done}, {@code partial}, {@code failed}, {@code cancelled}
   * @param detail why it failed, for people; empty when it did not
   * @param copied messages copied from the far side
   * @param sent messages copied to the far side
   * @param moved messages moved to another folder
   * @param flagged messages whose flags changed
   * @param removed messages removed from either side
   * @param failed messages or folders that could not be brought in step
   * @param withheld changes that wait for a run that goes their way
   */
  public record LastRun(
      Instant started,
      Instant ended,
      String result,
      String detail,
      long copied,
      long sent,
      long moved,
      long flagged,
      long removed,
      long failed,
      long withheld) {
    public Duration duration() {
      return Duration.between(started, ended);
    }

    /** The same at another time. */
    public LastRun at(Instant from, Instant to) {
      return new LastRun(
          from, to, result, detail, copied, sent, moved, flagged, removed, failed, withheld);
    }
  }

  /**
   * A folder kept in step.
   *
   * @param messages how many messages are in step
   */
  public record FolderStatus(FolderName name, long messages) {}

  /**
   * Something that failed and is tried again.
   *
   * @param side the side that the message is on
   * @param message its key there; absent when the whole folder failed
   * @param tries how often it was tried
   * @param nextTry not before then
   */
  public record LedgerEntry(
      FolderName folder,
      Side side,
      Optional<MessageKey> message,
      Fault.Kind kind,
      String why,
      String advice,
      Instant since,
      int tries,
      Instant nextTry) {}
}

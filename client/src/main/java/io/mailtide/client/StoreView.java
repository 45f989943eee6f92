package io.mailtide.client;

import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Side;
import io.mailtide.engine.StoreStatus;
import io.mailtide.engine.StoreStatus.LastRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a store on this machine.
 *
 * @param lastRun the last run that ended; absent where none did yet
 * @param folders the folders kept in step, by name
 * @param troubles what failed and is tried again
 * @param unreadable why nothing is known, where the state cannot be read
 */
public record StoreView(
    String store,
    Optional<LastRun> lastRun,
    List<Folder> folders,
    List<Trouble> troubles,
    Optional<SyncError> unreadable) {
  public StoreView {
    folders = List.copyOf(folders);
    troubles = List.copyOf(troubles);
  }

  /**
   * A folder kept in step.
   *
   * @param messages how many messages are in step
   */
  public record Folder(String name, long messages) {}

  /**
   * Something that failed and is tried again.
   *
   * @param error what failed and why, and what to do
   * @param since when it failed first
   * @param tries how often it was tried
   * @param nextTry not before then
   */
  public record Trouble(SyncError error, Instant since, int tries, Instant nextTry) {}

  /** How many messages are in step, over all folders. */
  public long messages() {
    return folders.stream().mapToLong(Folder::messages).sum();
  }

  static StoreView of(String store, StoreStatus status) {
    return new StoreView(
        store,
        status.lastRun(),
        status.folders().stream()
            .map(folder -> new Folder(folder.name().text(), folder.messages()))
            .toList(),
        status.ledger().stream().map(entry -> trouble(store, entry)).toList(),
        Optional.empty());
  }

  static StoreView neverSynchronised(String store) {
    return new StoreView(store, Optional.empty(), List.of(), List.of(), Optional.empty());
  }

  static StoreView unreadable(String store, Fault fault) {
    return new StoreView(
        store,
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.of(SyncError.of(store, fault, Severity.ERROR)));
  }

  private static Trouble trouble(String store, StoreStatus.LedgerEntry entry) {
    var key = entry.message();
    var fault = Fault.of(
            entry.kind(),
            key.isPresent() ? Fault.Reach.MESSAGE : Fault.Reach.FOLDER,
            key.map(
                    entry.side() == Side.NEAR
                        ? "local message %s"::formatted
                        : "the server's message %s"::formatted)
                .orElse("the whole folder"),
            entry.why(),
            entry.advice())
        .in(entry.folder());
    return new Trouble(
        SyncError.of(store, key.map(fault::about).orElse(fault), Severity.ERROR),
        entry.since(),
        entry.tries(),
        entry.nextTry());
  }
}

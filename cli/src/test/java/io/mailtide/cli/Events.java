package io.mailtide.cli;

import io.mailtide.client.SyncEvent.Code;
import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Events as a run would send them. */
final class Events {
  static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private Events() {}

  static Instant at(long millis) {
    return START.plusMillis(millis);
  }

  static SyncProgress connecting(String store) {
    return new SyncProgress(
        store, Phase.CONNECTING, "Connecting", Optional.empty(), 0, 1, 0, 0, 0, 0, 0, 0);
  }

  /** A task that has not begun; the step is empty where it begins at once. */
  static SyncProgress turn(String task, String step) {
    return new SyncProgress(task, Phase.WAITING, step, Optional.empty(), 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** A flush of the Outbox, with so many of 12 messages handled. */
  static SyncProgress sending(long done) {
    return new SyncProgress(
        "Outbox",
        Phase.SENDING,
        "Sending",
        Optional.of("Outbox"),
        done * 4,
        49,
        0,
        0,
        done,
        12,
        done * 1000,
        12_000);
  }

  static SyncProgress comparing(String store, String folder, long done) {
    return new SyncProgress(
        store,
        Phase.COMPARING,
        "Comparing",
        Optional.of(folder),
        done * 16,
        129,
        done,
        8,
        0,
        0,
        0,
        0);
  }

  /** The position in percent of 6,046 messages and 33.1 MB. */
  static SyncProgress copying(String store, String folder, long percent) {
    return new SyncProgress(
        store,
        Phase.TRANSFERRING,
        "Copying",
        Optional.of(folder),
        percent * 100,
        10_000,
        8,
        8,
        6046 * percent / 100,
        6046,
        33_100_000 * percent / 100,
        33_100_000);
  }

  /** The same position, in another phase and of so much more work. */
  static SyncProgress again(Phase phase, SyncProgress here, long more) {
    return new SyncProgress(
        here.store(),
        phase,
        "Again",
        here.folder(),
        here.index(),
        here.indexMax() + more,
        here.foldersDone(),
        here.folders(),
        here.messagesDone(),
        here.messages(),
        here.bytesDone(),
        here.bytes());
  }

  static SyncError error(String store, String said) {
    return new SyncError(
        store,
        Optional.of("INBOX"),
        Optional.of("12"),
        new Code("MAPI_E_NO_ACCESS", 0x80070005),
        "refused",
        Severity.ERROR,
        "fetching message 12",
        said,
        "It is tried again.");
  }

  static StoreDone done(String store, long copied, long flagged, long removed, long failed) {
    var code =
        failed == 0 ? new Code("S_OK", 0) : new Code("MAPI_W_PARTIAL_COMPLETION", 0x00040680);
    return new StoreDone(
        store,
        code,
        failed == 0 ? 0 : 1,
        copied,
        0,
        0,
        flagged,
        removed,
        failed,
        0,
        0,
        34_000_000,
        4000,
        17,
        Duration.ofMillis(2300));
  }

  /** The same, with changes that wait and messages that are left out. */
  static StoreDone waiting(StoreDone done, long withheld, long leftOut) {
    return new StoreDone(
        done.store(),
        done.code(),
        done.exitCode(),
        done.copied(),
        done.sent(),
        done.moved(),
        done.flagged(),
        done.removed(),
        done.failed(),
        withheld,
        leftOut,
        done.bytesIn(),
        done.bytesOut(),
        done.roundTrips(),
        done.duration());
  }

  static StoreDone refused(String store) {
    return new StoreDone(
        store,
        new Code("MAPI_E_LOGON_FAILED", 0x80040111),
        3,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        200,
        40,
        3,
        Duration.ofMillis(120));
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.SyncListener.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts what a run does, over all of its attempts, and tells the listener. No number ever falls.
 */
public final class Tally {
  /** Two messages or folders that follow each other, twice each. */
  private static final int SUSPICIONS_MAX = 4;

  /** The same of messages that are sent: each is found in two steps, and then tried twice. */
  private static final int SUSPICIONS_SENT_MAX = 8;

  private static final int SENT_AT_ONCE_MAX = 1_000;
  private static final int FEWER = 32;

  private final SyncListener listener;
  private Phase phase = Phase.CONNECTING;
  private Optional<FolderName> folder = Optional.empty();
  private long foldersDone;
  private long folders;
  private long messagesDone;
  private long messages;
  private long bytesDone;
  private long bytes;
  private long copied;
  private long sent;
  private long moved;
  private long flagged;
  private long removed;
  private long setAside;
  private long broughtAtSuspicion;
  private final List<Withdrawal> suspects = new ArrayList<>();
  private int sentAtOnce = SENT_AT_ONCE_MAX;
  private boolean triedAlone;
  private final Map<FolderName, Integer> cuts = new HashMap<>();
  private final Map<FolderName, Long> withheld = new HashMap<>();

  public Tally(SyncListener listener) {
    this.listener = listener;
  }

  public void phase(Phase next) {
    phase = next;
    folder = Optional.empty();
    tell();
  }

  public void fault(Fault fault) {
    listener.fault(fault);
  }

  /** How many folders there are: told with the phase that begins then. */
  void folders(long listed) {
    folders = Math.max(folders, listed);
  }

  void inFolder(FolderName name) {
    folder = Optional.of(name);
    tell();
  }

  void compared(long done) {
    foldersDone = Math.min(Math.max(foldersDone, done), folders);
    tell();
  }

  /** What is left to do from now on: known, and told, with the phase that begins it. */
  void toDo(long moreMessages, long moreBytes) {
    messages = Math.max(messages, messagesDone + moreMessages);
    bytes = Math.max(bytes, bytesDone + moreBytes);
  }

  /**
   * Bytes of a body arrived; servers are wrong about sizes, so they count up to what was planned.
   */
  void arrived(long more) {
    bytesDone = Math.min(bytes, bytesDone + more);
    tell();
  }

  void done(long more) {
    messagesDone = Math.min(messages, messagesDone + more);
    tell();
  }

  void copyMore(long more) {
    copied += more;
  }

  void sendOne() {
    sent++;
  }

  void moveOne() {
    moved++;
  }

  void flagOne() {
    flagged++;
  }

  void removeOne() {
    removed++;
  }

  /** Entered in the ledger: the next attempt goes on behind it. */
  void setAsideOne() {
    setAside++;
  }

  /**
   * The connection ended where one message or folder may be to blame: another attempt is worth it,
   * unless it did so several times with nothing brought in between. Then the line is to blame.
   *
   * @param clear takes it back that this one is to blame
   */
  void suspect(Withdrawal clear) throws FaultException {
    suspect(clear, SUSPICIONS_MAX);
  }

  private void suspect(Withdrawal clear, int most) throws FaultException {
    if (brought() != broughtAtSuspicion) {
      suspects.clear();
    }
    suspects.add(clear);
    if (suspects.size() <= most) {
      setAside++;
    } else {
      for (var suspect : suspects) {
        suspect.run();
      }
    }
    broughtAtSuspicion = brought();
  }

  /** How many messages may be sent at once: one of those of the last time may be to blame. */
  int sentAtOnce() {
    return sentAtOnce;
  }

  /**
   * The connection ended where so many were sent, and nothing was heard of any. Fewer are sent next
   * time, until the one to blame is sent alone.
   *
   * @param setAside enters that one in the ledger, which has it tried once more before it waits
   * @param clear takes that back
   */
  void suspectSent(int messages, Withdrawal setAside, Withdrawal clear) throws FaultException {
    if (messages > 1) {
      sentAtOnce = Math.max(1, messages / FEWER);
      suspect(() -> sentAtOnce = SENT_AT_ONCE_MAX, SUSPICIONS_SENT_MAX);
      return;
    }
    setAside.run();
    sentAtOnce = triedAlone ? SENT_AT_ONCE_MAX : 1;
    triedAlone = !triedAlone;
    suspect(clear, SUSPICIONS_SENT_MAX);
  }

  /** Takes a suspicion back. */
  @FunctionalInterface
  interface Withdrawal {
    void run() throws FaultException;
  }

  /** The connection ended while the folder was compared; how often it did by now. */
  int cutIn(FolderName name) {
    return cuts.merge(name, 1, Integer::sum);
  }

  /** How often the connection ended while the folder was compared. */
  int cutsIn(FolderName name) {
    return cuts.getOrDefault(name, 0);
  }

  /** What waits in a folder, by what was last seen of it. */
  void withhold(FolderName name, long changes) {
    withheld.put(name, changes);
  }

  void newAttempt() {
    withheld.clear();
  }

  public long copied() {
    return copied;
  }

  public long sent() {
    return sent;
  }

  public long moved() {
    return moved;
  }

  /**
   * How much was brought in step so far, of whatever kind, or set aside so that the rest goes on.
   */
  long brought() {
    return copied + sent + moved + flagged + removed + setAside;
  }

  public long flagged() {
    return flagged;
  }

  public long removed() {
    return removed;
  }

  public long withheld() {
    return withheld.values().stream().mapToLong(Long::longValue).sum();
  }

  private void tell() {
    listener.progress(new Progress(
        phase, folder, foldersDone, folders, messagesDone, messages, bytesDone, bytes));
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.Auditor.Count;
import io.mailtide.engine.Auditor.Finding;
import io.mailtide.engine.Auditor.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.SyncListener.Phase;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.Audits;
import io.mailtide.engine.state.Audits.Changed;
import io.mailtide.engine.state.Audits.Flagged;
import io.mailtide.engine.state.Audits.Surplus;
import io.mailtide.engine.state.Audits.Taker;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One audit over one pair of open replicas and a copy of the state, in the run's thread: lists
 * everything, reads everything, then tells what differs. Changes neither side; the copy is its own.
 */
final class Audit {
  private final Memory memory;
  private final Audits audits;
  private final Hierarchy hierarchy;
  private final AuditReader reader;
  private final Tally tally;
  private final Taker<Finding> taker;
  private final Wrongs wrongs = new Wrongs();
  private final Map<FolderName, Folder> both = new LinkedHashMap<>();
  private long differences;
  private long pending;
  private long failed;

  Audit(Job job, Database copy, Replica near, Replica far, Tally tally, Taker<Finding> taker)
      throws FaultException {
    this.memory = Memory.of(copy);
    this.audits = new Audits(copy);
    this.tally = tally;
    this.taker = taker;
    hierarchy = new Hierarchy(job, memory, near, far);
    reader = new AuditReader(job, memory, audits, near, far, tally);
  }

  /** What a repair has to mend, by the numbers and keys of the state. */
  static final class Wrongs {
    /** Ties to what is gone. */
    final Map<FolderName, List<Long>> ties = new LinkedHashMap<>();

    /** Far messages that are tied to near ones which are not the same. */
    final Map<FolderName, List<Sighting>> changed = new LinkedHashMap<>();

    /** Near messages that are there too often, and that the state does not know. */
    final Map<FolderName, List<MessageKey>> doubled = new LinkedHashMap<>();

    /** Near headers of these, in whose places whole messages come. */
    final Map<FolderName, List<MessageKey>> replaced = new LinkedHashMap<>();

    /** Folders that the state knows and a side lacks. */
    final List<FolderName> folders = new ArrayList<>();

    /** Folders to observe anew as a whole. */
    final List<FolderName> unobserved = new ArrayList<>();
  }

  Wrongs wrongs() {
    return wrongs;
  }

  Count count() {
    return new Count(
        both.size(), reader.count(Side.NEAR), reader.count(Side.FAR), differences, pending, failed);
  }

  void run() throws FaultException {
    tally.phase(Phase.LISTING);
    hierarchy.list();
    var names = hierarchy.names();
    tally.folders(names.size());
    tally.phase(Phase.COMPARING);
    var compared = 0;
    for (var name : names) {
      inFolder(name, () -> observe(name));
      tally.compared(++compared);
    }
    reader.plan(both.values());
    tally.phase(Phase.READING);
    for (var folder : List.copyOf(both.values())) {
      inFolder(folder.name(), () -> reader.read(folder));
    }
    tally.phase(Phase.FINISHING);
    for (var folder : both.values()) {
      audits.loosen(folder);
    }
    for (var folder : both.values()) {
      tell(folder);
    }
  }

  private interface Part {
    void run() throws FaultException;
  }

  /** What fails for one folder keeps no other from being compared. */
  private void inFolder(FolderName name, Part part) throws FaultException {
    tally.inFolder(name);
    try {
      part.run();
    } catch (FaultException e) {
      if (e.fault().reach() == Reach.REPLICA) {
        throw e;
      }
      tally.fault(e.fault().in(name));
      both.remove(name);
      failed++;
    }
  }

  private void observe(FolderName name) throws FaultException {
    var known = hierarchy.known(name);
    var near = isThere(name, Side.NEAR);
    var far = isThere(name, Side.FAR);
    if (near && far) {
      var folder = known.isPresent() ? known.get() : memory.state().add(name);
      reader.observe(folder);
      both.put(name, folder);
    } else if (near || far) {
      var lacking = near ? Side.FAR : Side.NEAR;
      var what = "the folder is not " + where(lacking)
          + (known.isPresent() ? ", though it was" : ": it is new since the last run");
      if (known.isPresent()) {
        wrongs.folders.add(name);
      }
      tell(new Finding(
          Kind.FOLDER_MISSING,
          name,
          lacking,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          known.isEmpty(),
          what));
    }
  }

  /** One that is known and was not listed is asked for by its name. */
  private boolean isThere(FolderName name, Side side) throws FaultException {
    return hierarchy.listed(side, name).isPresent()
        || (hierarchy.known(name).isPresent() && !hierarchy.isGone(name, side));
  }

  private static String where(Side side) {
    return side == Side.NEAR ? "here" : "at the server";
  }

  private void tell(Finding finding) throws FaultException {
    differences++;
    pending += finding.pending() ? 1 : 0;
    taker.take(finding);
  }

  private void tell(Folder folder) throws FaultException {
    var name = folder.name();
    var before = differences - pending;
    audits.unreadable(
        folder,
        found -> tell(finding(
            Kind.UNREADABLE,
            name,
            found.side(),
            found.key(),
            Optional.empty(),
            false,
            found.side() == Side.FAR
                ? "the server lists the message and does not hand it over"
                : "the file cannot be read")));
    audits.changed(folder, found -> changed(name, found));
    audits.surplus(folder, found -> surplus(name, found));
    audits.flagged(folder, found -> flagged(name, found));
    if (differences - pending > before) {
      wrongs.unobserved.add(name);
    }
  }

  private static Finding finding(
      Kind kind,
      FolderName folder,
      Side side,
      MessageKey key,
      Optional<Digest> digest,
      boolean pending,
      String what) {
    return finding(kind, folder, side, key, side, digest, pending, what);
  }

  /** @param at the side where the message is, by its key */
  private static Finding finding(
      Kind kind,
      FolderName folder,
      Side side,
      MessageKey key,
      Side at,
      Optional<Digest> digest,
      boolean pending,
      String what) {
    return new Finding(
        kind,
        folder,
        side,
        at == Side.NEAR ? Optional.of(key) : Optional.empty(),
        at == Side.FAR ? Optional.of(key) : Optional.empty(),
        digest.map(Digest::hex),
        pending,
        what);
  }

  private void changed(FolderName folder, Changed found) throws FaultException {
    var byFar = found.nearDigest().equals(found.agreed());
    if (byFar && found.sent()) {
      var what = "the server keeps the message otherwise than it was sent; both stay as they are";
      var digest = Optional.of(found.farDigest());
      tell(finding(Kind.CHANGED, folder, Side.FAR, found.farSeen().key(), digest, false, what));
      return;
    }
    wrongs.changed.computeIfAbsent(folder, _ -> new ArrayList<>()).add(found.farSeen());
    if (found.headersOnly()) {
      wrongs.replaced.computeIfAbsent(folder, _ -> new ArrayList<>()).add(found.near());
    }
    tell(new Finding(
        Kind.CHANGED,
        folder,
        byFar ? Side.FAR : Side.NEAR,
        Optional.of(found.near()),
        Optional.of(found.farSeen().key()),
        Optional.of((byFar ? found.farDigest() : found.nearDigest()).hex()),
        false,
        byFar
            ? "the message at the server is not the one that was agreed on"
            : found.farDigest().equals(found.agreed())
                ? "the file is not the message that was agreed on"
                : "neither the file nor the message at the server is what was agreed on"));
  }

  private void surplus(FolderName folder, Surplus found) throws FaultException {
    var lacking = found.side().other();
    var digest = Optional.of(found.digest());
    if (found.movedTo().isPresent()) {
      var what = "it was moved to " + found.movedTo().get() + " " + where(lacking);
      tell(finding(Kind.MISSING, folder, lacking, found.key(), found.side(), digest, true, what));
      return;
    }
    var known = found.row().isPresent();
    if (known) {
      wrongs
          .ties
          .computeIfAbsent(folder, _ -> new ArrayList<>())
          .add(found.row().getAsLong());
    }
    var pending = !known && found.news();
    if (!found.there()) {
      var what = "the message is not " + where(lacking)
          + (known
              ? ", though it was: lost, or removed since the last run"
              : pending ? ": it is new since the last run" : ", and no run would notice");
      tell(
          finding(Kind.MISSING, folder, lacking, found.key(), found.side(), digest, pending, what));
      return;
    }
    if (!known && found.side() == Side.NEAR) {
      wrongs.doubled.computeIfAbsent(folder, _ -> new ArrayList<>()).add(found.key());
    }
    var what = "the message is " + where(found.side()) + " more often than "
        + where(lacking)
        + (found.side() == Side.FAR
            ? "; nothing is removed there: remove it with a mail program if it is too many"
            : "");
    tell(finding(Kind.DOUBLED, folder, found.side(), found.key(), digest, pending, what));
  }

  /** Flags that differ and are what was agreed on are no difference: a side cannot hold them. */
  private void flagged(FolderName folder, Flagged found) throws FaultException {
    var nearNext = found.nearNow().changed(found.farAgreed(), found.farNow());
    var farNext = found.farNow().changed(found.nearAgreed(), found.nearNow());
    if (nearNext.equals(found.nearNow()) && farNext.equals(found.farNow())) {
      return;
    }
    tell(new Finding(
        Kind.FLAGS,
        folder,
        farNext.equals(found.farNow()) ? Side.FAR : Side.NEAR,
        Optional.of(found.near()),
        Optional.of(found.far()),
        Optional.empty(),
        found.news(),
        "its flags are [" + found.nearNow() + "] here and [" + found.farNow() + "] at the server"));
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.plan.Action.Merge;
import io.mailtide.engine.plan.Action.Move;
import io.mailtide.engine.plan.Action.Remove;
import io.mailtide.engine.plan.Planner;
import io.mailtide.engine.run.FolderPlan.Step;
import io.mailtide.engine.state.Journal.AgreedFlags;
import io.mailtide.engine.state.Journal.Moved;
import io.mailtide.engine.state.Journal.Outcome;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Changes messages that both sides agreed on: flags, removals, moves. Each act may be repeated, so
 * it needs no intent; its outcome is recorded once it is durable, for a rename that a power cut
 * undoes would else look like the user's own change.
 */
final class Changes {
  private static final int BATCH = 500;

  /** More messages are found sooner by going through their folder. */
  private static final int TOLD_MAX = 2_000;

  /** So many messages are named in a fault. */
  private static final int NAMED_MAX = 5;

  private final Job job;
  private final Memory memory;
  private final Tally tally;

  Changes(Job job, Memory memory, Tally tally) {
    this.job = job;
    this.memory = memory;
    this.tally = tally;
  }

  /** Where a folder's changes are made: an editor a side; a side without one must not be needed. */
  record Editors(Optional<DeliveringEditor> near, Optional<? extends FolderEditor> far) {
    FolderEditor of(Side side) {
      return side == Side.NEAR ? near.orElseThrow() : far.orElseThrow();
    }

    void harden() throws FaultException {
      if (near.isPresent()) {
        near.get().harden();
      }
    }
  }

  /** Tells the near side how what is changed there looked. */
  private static void tell(List<Step> steps, Editors editors) {
    if (steps.size() <= TOLD_MAX) {
      editors.near().ifPresent(near -> near.shown(FolderPlan.shownNear(steps)));
    }
  }

  /** Carries out steps about flags, and those that only the state needs to know of. */
  void merge(Folder folder, List<Step> steps, Editors editors) throws FaultException {
    tell(steps, editors);
    inBatches(steps, batch -> {
      var outcomes = new ArrayList<Outcome>();
      var merges = new ArrayList<Step>();
      for (var step : batch) {
        switch (step.action()) {
          case Merge _ -> merges.add(step);
          case Action.Forget _, Action.Untie _ -> outcomes.add(Outcome.of(step.action()));
          case Remove _, Move _ -> throw new IllegalArgumentException("not about flags: " + step);
        }
      }
      var far = setFlags(merges, Side.FAR, editors);
      var near = setFlags(merges, Side.NEAR, editors);
      for (var step : merges) {
        outcome(step, near, far).ifPresent(outcomes::add);
      }
      if (!near.isEmpty()) {
        editors.harden();
      }
      if (near.isEmpty() && far.isEmpty() && merges.size() == batch.size()) {
        memory.journal().agree(folder, outcomes);
      } else {
        memory.journal().settle(folder, outcomes);
      }
      tally.done(batch.size());
    });
  }

  /** Gives messages of one side their flags; what each has now. */
  private Map<MessageKey, Flags> setFlags(List<Step> merges, Side side, Editors editors)
      throws FaultException {
    var changes = new ArrayList<FlagChange>();
    var before = new LinkedHashMap<MessageKey, Flags>();
    for (var step : merges) {
      var wish = ((Merge) step.action()).wish(side);
      var key = step.trio().part(side).key();
      if (wish.changes() && key.isPresent()) {
        changes.add(FlagChange.between(key.get(), wish.from(), wish.to()));
        before.put(key.get(), wish.from());
      }
    }
    if (changes.isEmpty()) {
      return Map.of();
    }
    var now = editors.of(side).setFlags(changes);
    now.forEach((key, flags) -> {
      if (!Optional.of(flags).equals(Optional.ofNullable(before.get(key)))) {
        tally.flagOne();
      }
    });
    return now;
  }

  /** What came of a merge; absent where a message was gone, which the next run finds out about. */
  private static Optional<Outcome> outcome(
      Step step, Map<MessageKey, Flags> near, Map<MessageKey, Flags> far) {
    var merge = (Merge) step.action();
    var trio = step.trio();
    var nearNow = trio.near().key().map(near::get);
    var farNow = trio.far().key().map(far::get);
    if ((merge.near().changes() && nearNow.isEmpty())
        || (merge.far().changes() && farNow.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(new Outcome(
        merge,
        Planner.agreed(trio, merge, Side.NEAR, nearNow, farNow),
        Planner.agreed(trio, merge, Side.FAR, nearNow, farNow),
        nearNow,
        farNow));
  }

  /**
   * Asks the far side whether the messages that are to be removed there are still those that were
   * agreed on, before anything is done in the folder.
   *
   * @return false when they are not: then all of the folder is to be observed and paired anew
   */
  boolean areStillThere(Folder folder, List<Step> steps, FolderEditor far) throws FaultException {
    var rows = new LinkedHashMap<MessageKey, Long>();
    for (var step : steps) {
      if (step.action() instanceof Remove remove && remove.side() == Side.FAR) {
        rows.put(remove.key(), remove.row());
      }
    }
    return rows.isEmpty() || areStillThere(folder, rows, far);
  }

  /** A key that names another message: none of the folder's keys can be relied on any more. */
  private boolean areStillThere(Folder folder, Map<MessageKey, Long> rows, FolderEditor far)
      throws FaultException {
    var others = new ArrayList<String>();
    for (var entry : far.statedSizes(rows.keySet()).entrySet()) {
      var row = rows.get(entry.getKey());
      if (row != null && !memory.farContents().mayBe(row, entry.getValue())) {
        others.add("%s has %d bytes now".formatted(entry.getKey().value(), entry.getValue()));
      }
    }
    if (others.isEmpty()) {
      return true;
    }
    tally.fault(Fault.of(
            Kind.CHANGED,
            Reach.FOLDER,
            "looking once more at messages before they are removed or moved at the server",
            "%d of %d are others by now than those agreed on, though the numbers are the same: %s"
                .formatted(
                    others.size(),
                    rows.size(),
                    String.join(", ", others.subList(0, Math.min(others.size(), NAMED_MAX)))),
            "None of them was touched. Both sides are paired again by content; what was removed or"
                + " moved here and is still there may come back.")
        .in(folder.name()));
    var generation = memory.state().folder(folder.id()).far().generation().orElseThrow();
    memory.state().farGenerationChanged(folder, generation);
    return false;
  }

  /** Carries out removals. */
  void remove(Folder folder, List<Step> steps, Editors editors) throws FaultException {
    tell(steps, editors);
    inBatches(steps, batch -> {
      for (var side : Side.values()) {
        var removals = batch.stream()
            .map(step -> (Remove) step.action())
            .filter(remove -> remove.side() == side)
            .toList();
        if (removals.isEmpty()) {
          continue;
        }
        if (side == Side.NEAR) {
          memory.removals().intend(removals.stream().map(Remove::row).toList());
        }
        editors.of(side).remove(removals.stream().map(Remove::key).toList());
        if (side == Side.NEAR) {
          editors.harden();
        }
        memory.journal().settle(folder, removals.stream().map(Outcome::of).toList());
        removals.forEach(_ -> tally.removeOne());
      }
      tally.done(batch.size());
    });
  }

  /**
   * Moves messages between folders of a side; the folders are there.
   *
   * @return those that were gone by then, or are others
   */
  List<Move> move(List<Move> moves, Replica near, Replica far, Function<FolderName, Folder> folders)
      throws FaultException {
    var vanished = new ArrayList<Move>();
    record Way(Side side, FolderName from, FolderName to) {}
    var ways = new LinkedHashMap<Way, List<Move>>();
    for (var move : moves) {
      ways.computeIfAbsent(new Way(move.side(), move.from(), move.to()), _ -> new ArrayList<>())
          .add(move);
    }
    var sources = new HashMap<FolderName, FolderEditor>();
    for (var entry : ways.entrySet()) {
      var way = entry.getKey();
      if (way.side() == Side.NEAR) {
        // To find messages in a local folder lists all of it: once, wherever they all go.
        var source = sources.get(way.from());
        if (source == null) {
          source = editor(near, Side.NEAR, folders.apply(way.from()));
          sources.put(way.from(), source);
        }
        moveNear(entry.getValue(), source, near, folders, vanished);
      } else {
        moveFar(entry.getValue(), far, folders, vanished);
      }
    }
    return vanished;
  }

  private void moveNear(
      List<Move> moves,
      FolderEditor source,
      Replica near,
      Function<FolderName, Folder> folders,
      List<Move> vanished)
      throws FaultException {
    var to = moves.getFirst().to();
    var there = editor(near, Side.NEAR, folders.apply(to));
    inBatches(moves, batch -> {
      var keys = source.move(batch.stream().map(Move::key).toList(), to);
      if (source instanceof DeliveringEditor delivering) {
        delivering.harden();
      }
      var moved = new ArrayList<Moved>();
      for (var move : batch) {
        var key = Optional.ofNullable(keys.get(move.key()));
        if (key.isPresent()) {
          moved.add(movedNear(move, key.get(), there, folders));
        } else {
          vanished.add(move);
        }
      }
      record(moved, batch);
    });
  }

  private void moveFar(
      List<Move> moves, Replica far, Function<FolderName, Folder> folders, List<Move> vanished)
      throws FaultException {
    var from = folders.apply(moves.getFirst().from());
    inBatches(moves, batch -> {
      var editor = editor(far, Side.FAR, from);
      if (!areStillThere(from, rows(batch), editor)) {
        vanished.addAll(batch);
        return;
      }
      var keys =
          editor.move(batch.stream().map(Move::key).toList(), batch.getFirst().to());
      var moved = new ArrayList<Moved>();
      for (var move : batch) {
        moved.add(movedFar(move, Optional.ofNullable(keys.get(move.key())), folders));
      }
      record(moved, batch);
    });
  }

  private void record(List<Moved> moved, List<Move> batch) throws FaultException {
    memory.journal().moved(moved);
    moved.forEach(_ -> tally.moveOne());
    tally.done(batch.size());
  }

  private static Map<MessageKey, Long> rows(List<Move> moves) {
    return moves.stream().collect(Collectors.toMap(Move::key, Move::row));
  }

  private FolderEditor editor(Replica replica, Side side, Folder folder) throws FaultException {
    var opened = replica.open(folder.name(), Access.CHANGE);
    if (side == Side.FAR) {
      FolderWork.requireSame(memory.state().folder(folder.id()), opened);
    }
    return opened.editor().orElseThrow(() -> readOnly(side, folder.name()));
  }

  static FaultException readOnly(Side side, FolderName folder) {
    return new FaultException(Fault.of(
            Kind.NO_ACCESS,
            Reach.FOLDER,
            "taking changes into the folder " + (side == Side.NEAR ? "here" : "at the server"),
            "it may only be read",
            "What changed on the other side stays there. Ask for the right to write, or leave the"
                + " folder out with `folders`.")
        .in(folder));
  }

  private Moved movedFar(
      Move move, Optional<MessageKey> there, Function<FolderName, Folder> folders)
      throws FaultException {
    var to = folders.apply(move.to());
    var agreed = carried(memory.journal().agreed(move.row()), flags(to, move.across()));
    return new Moved(move.row(), to, move.across(), there, agreed);
  }

  /**
   * What is agreed on a message that the near side's user moved. A keyword that it does not show
   * any more was not cleared by that: a Maildir numbers keywords folder by folder, and who moves a
   * file moves the numbers. So it is no news to the far side, and is news from there.
   */
  private static AgreedFlags carried(AgreedFlags agreed, Flags shown) {
    var lost = agreed.near().minus(shown).keywords();
    return new AgreedFlags(agreed.near().minus(lost), agreed.far().minus(lost));
  }

  private Moved movedNear(
      Move move, MessageKey there, FolderEditor editor, Function<FolderName, Folder> folders)
      throws FaultException {
    var from = folders.apply(move.from());
    var to = folders.apply(move.to());
    var agreed = memory.journal().agreed(move.row());
    // What found no place there is not what a user cleared.
    var kept = new AgreedFlags(editor.representable(agreed.near()), agreed.far());
    var shown = editor.representable(flags(from, move.key()));
    memory.observations().moved(from, move.key(), to, there, shown);
    memory.ledger().forget(from, Side.NEAR, move.key());
    return new Moved(move.row(), to, there, Optional.of(move.across()), kept);
  }

  private Flags flags(Folder folder, MessageKey near) throws FaultException {
    return memory
        .observations()
        .seen(folder, Side.NEAR, near)
        .map(Sighting::flags)
        .orElse(Flags.NONE);
  }

  private interface Part<T> {
    void run(List<T> batch) throws FaultException;
  }

  private <T> void inBatches(List<T> all, Part<T> part) throws FaultException {
    for (var from = 0; from < all.size(); from += BATCH) {
      job.cancellation().check();
      part.run(all.subList(from, Math.min(all.size(), from + BATCH)));
    }
  }
}

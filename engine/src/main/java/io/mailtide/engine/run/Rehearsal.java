package io.mailtide.engine.run;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.SyncListener.Act;
import io.mailtide.engine.SyncListener.Planned;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.run.FolderPlan.Step;
import io.mailtide.engine.state.State.Renaming;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Tells what a run would do, in the order in which it would do it, and does none of it. */
final class Rehearsal {
  private static final int PAGE = 1_000;

  private final Memory memory;
  private final SyncListener listener;
  private final Instant now;

  Rehearsal(Memory memory, SyncListener listener, Instant now) {
    this.memory = memory;
    this.listener = listener;
    this.now = now;
  }

  void rename(Renaming rename) {
    listener.planned(
        Planned.of(Act.RENAME_FOLDER, rename.side(), rename.from(), Optional.of(rename.to())));
  }

  void create(FolderName name, Side side) {
    listener.planned(Planned.of(Act.CREATE_FOLDER, side, name, Optional.empty()));
  }

  void tell(List<Action.Move> moves, Collection<FolderPlan> plans) throws FaultException {
    for (var move : moves) {
      message(Act.MOVE, move.side(), move.from(), move.key(), Optional.of(move.to()));
    }
    for (var plan : plans) {
      tell(plan);
    }
  }

  private void tell(FolderPlan plan) throws FaultException {
    var name = plan.folder().name();
    for (var step : plan.steps()) {
      switch (step.action()) {
        case Action.Merge merge -> {
          flags(name, step, merge, Side.NEAR);
          flags(name, step, merge, Side.FAR);
        }
        case Action.Remove remove ->
          message(Act.REMOVE, remove.side(), name, remove.key(), Optional.empty());
        case Action.Forget _, Action.Untie _, Action.Move _ -> {}
      }
    }
    completions(plan);
    for (var to : Side.values()) {
      var comes = (to == Side.NEAR ? plan.toCopy() : plan.toSend()).messages() > 0;
      if (comes) {
        copies(plan, to);
      }
      var known = plan.folder().part(to).generation().isPresent();
      var kept = plan.steps().stream().anyMatch(step -> step.action() instanceof Action.Untie);
      if (!plan.there(to)
          && known
          && !kept
          && !plan.comes(to)
          && plan.nearWaits() + plan.farWaits() == 0) {
        listener.planned(Planned.of(Act.REMOVE_FOLDER, to.other(), name, Optional.empty()));
      }
    }
  }

  private void flags(FolderName name, Step step, Action.Merge merge, Side side) {
    var wish = merge.wish(side);
    if (wish.changes()) {
      listener.planned(new Planned(
          Act.FLAG,
          side,
          name,
          step.trio().part(side).key(),
          Optional.empty(),
          wish.to().minus(wish.from()),
          wish.from().minus(wish.to()),
          OptionalLong.empty()));
    }
  }

  private void copies(FolderPlan plan, Side to) throws FaultException {
    var folder = plan.folder();
    Optional<MessageKey> after = Optional.empty();
    for (; ; ) {
      var page = memory.observations().toCopy(folder, to.other(), now, after, PAGE);
      for (var sighting : page) {
        copy(folder.name(), to, sighting);
      }
      if (page.size() < PAGE) {
        return;
      }
      after = Optional.of(page.getLast().key());
    }
  }

  private void completions(FolderPlan plan) throws FaultException {
    if (plan.toComplete().messages() == 0) {
      return;
    }
    Optional<MessageKey> after = Optional.empty();
    for (; ; ) {
      var page = memory.completions().page(plan.folder(), now, after, PAGE);
      for (var copy : page) {
        copy(plan.folder().name(), Side.NEAR, copy.far());
      }
      if (page.size() < PAGE) {
        return;
      }
      after = Optional.of(page.getLast().far().key());
    }
  }

  private void copy(FolderName name, Side to, Sighting sighting) {
    listener.planned(new Planned(
        Act.COPY,
        to,
        name,
        Optional.of(sighting.key()),
        Optional.empty(),
        sighting.flags(),
        Flags.NONE,
        sighting.size()));
  }

  private void message(
      Act act, Side side, FolderName folder, MessageKey key, Optional<FolderName> to) {
    listener.planned(new Planned(
        act, side, folder, Optional.of(key), to, Flags.NONE, Flags.NONE, OptionalLong.empty()));
  }
}

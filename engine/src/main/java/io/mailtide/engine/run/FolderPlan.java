package io.mailtide.engine.run;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.plan.Trio;
import io.mailtide.engine.state.Observations.Amount;
import io.mailtide.engine.state.State.Folder;
import java.util.List;
import java.util.Optional;

/**
 * What a run will do in one folder.
 *
 * @param steps changes to messages agreed on
 * @param toCopy far messages never agreed on
 * @param withheld changes decided and not allowed
 * @param strangers near messages never agreed on
 * @param known messages agreed on before
 * @param near how far the near side is observed, if it tells and stays as it is
 * @param far how far the far side is observed once all of this is done; absent: must be observed
 *     again
 * @param farGone whether the folder itself is gone on the far side
 */
record FolderPlan(
    Folder folder,
    List<Step> steps,
    Amount toCopy,
    long withheld,
    long strangers,
    long known,
    Optional<Checkpoint> near,
    Optional<Checkpoint> far,
    boolean farGone) {

  /** An action and what it was decided from. */
  record Step(Trio trio, Action action) {}

  long removals() {
    return steps.stream().filter(step -> step.action() instanceof Action.Remove).count();
  }

  /** The same without its removals, which are then found again by the next run. */
  FolderPlan withoutRemovals() {
    var others =
        steps.stream().filter(step -> !(step.action() instanceof Action.Remove)).toList();
    return new FolderPlan(
        folder,
        others,
        toCopy,
        withheld + steps.size() - others.size(),
        strangers,
        known,
        near,
        removals() == 0 ? far : folder.far().checkpoint(),
        false);
  }

  long messages() {
    return steps.size() + toCopy.messages();
  }
}

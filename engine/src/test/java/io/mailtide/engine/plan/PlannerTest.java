package io.mailtide.engine.plan;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.NEVER;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.plan.Trio.Absent;
import io.mailtide.engine.plan.Trio.Part;
import io.mailtide.engine.plan.Trio.Present;
import io.mailtide.engine.plan.Trio.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every state of one message with up to two flags, on both sides, agreed and now. */
class PlannerTest {
  private static final Allowed BOTH = new Allowed(true, CARRY_OUT, true, CARRY_OUT);
  private static final Allowed PULL = new Allowed(true, CARRY_OUT, false, WAIT);
  private static final Allowed PUSH = new Allowed(false, WAIT, true, CARRY_OUT);
  private static final List<Flags> FLAGS =
      List.of(Flags.NONE, Flags.of("a"), Flags.of("b"), Flags.of("a", "b"));

  private static List<Trio> all() {
    var nows = new ArrayList<Seen>(FLAGS.stream().map(Present::new).toList());
    nows.add(new Absent());
    var trios = new ArrayList<Trio>();
    for (var agreed : FLAGS) {
      for (var near : nows) {
        for (var far : nows) {
          trios.add(new Trio(1, part("n", agreed, near), part("7", agreed, far)));
        }
      }
    }
    return trios;
  }

  private static Part part(String key, Flags agreed, Seen now) {
    return new Part(Optional.of(new MessageKey(key)), agreed, now);
  }

  /** Carries a decision out on the message itself; absent: forgotten or untied. */
  private static Optional<Trio> carriedOut(Trio trio, Optional<Action> action) {
    if (action.isEmpty()) {
      return Optional.of(trio);
    }
    return switch (action.get()) {
      case Action.Forget _, Action.Remove _, Action.Untie _, Action.Move _ -> Optional.empty();
      case Action.Merge merge ->
        Optional.of(merged(trio, merge, shown(merge.near()), shown(merge.far())));
    };
  }

  private static Optional<Flags> shown(Action.Wish wish) {
    return wish.changes() ? Optional.of(wish.to()) : Optional.empty();
  }

  private static Trio merged(
      Trio trio, Action.Merge merge, Optional<Flags> near, Optional<Flags> far) {
    return new Trio(
        1,
        part(
            "n",
            Planner.agreed(trio, merge, Side.NEAR, near, far),
            new Present(near.orElse(merge.near().from()))),
        part(
            "7",
            Planner.agreed(trio, merge, Side.FAR, near, far),
            new Present(far.orElse(merge.far().from()))));
  }

  private static Flags now(Part part) {
    return ((Present) part.now()).flags();
  }

  private static boolean present(Trio trio) {
    return trio.near().now() instanceof Present && trio.far().now() instanceof Present;
  }

  @Test
  void bothDirections_flagByFlag_aChangeOnEitherSideReachesBoth() {
    for (var trio : all()) {
      if (!present(trio)) {
        continue;
      }
      var agreed = trio.near().agreed();
      var after = carriedOut(trio, Planner.decide(trio, BOTH).action()).orElseThrow();
      for (var flag : List.of("a", "b")) {
        var near = now(trio.near()).contains(flag);
        var far = now(trio.far()).contains(flag);
        var expected = near == far ? near : !agreed.contains(flag);
        assertThat(now(after.near()).contains(flag)).as("%s in %s", flag, trio).isEqualTo(expected);
        assertThat(now(after.far()).contains(flag)).as("%s in %s", flag, trio).isEqualTo(expected);
      }
    }
  }

  @Test
  void aRemoval_winsOverAnyFlags_andIsCarriedAcross() {
    for (var trio : all()) {
      var decision = Planner.decide(trio, BOTH);
      if (trio.near().now() instanceof Absent && trio.far().now() instanceof Present) {
        assertThat(decision.action()).contains(new Action.Remove(1, Side.FAR, new MessageKey("7")));
      }
      if (trio.near().now() instanceof Present && trio.far().now() instanceof Absent) {
        assertThat(decision.action())
            .contains(new Action.Remove(1, Side.NEAR, new MessageKey("n")));
      }
      if (trio.near().now() instanceof Absent && trio.far().now() instanceof Absent) {
        assertThat(decision.action()).contains(new Action.Forget(1));
      }
    }
  }

  @Test
  void nothingIsRemovedThatNobodyRemoved() {
    for (var trio : all()) {
      if (present(trio)) {
        assertThat(Planner.decide(trio, BOTH).action().stream())
            .allMatch(action -> action instanceof Action.Merge);
      }
    }
  }

  @Test
  void decidingAgainAfterwards_findsNothingToDo() {
    for (var allowed : List.of(BOTH, PULL, PUSH)) {
      for (var trio : all()) {
        carriedOut(trio, Planner.decide(trio, allowed).action())
            .ifPresent(after -> assertThat(Planner.decide(after, allowed).action())
                .as("%s", trio)
                .isEmpty());
      }
    }
  }

  @Test
  void sidesSwapped_theDecisionIsSwapped() {
    for (var trio : all()) {
      assertThat(Planner.decide(swapped(trio), BOTH).action().map(PlannerTest::withoutKeys))
          .isEqualTo(Planner.decide(trio, BOTH)
              .action()
              .map(PlannerTest::swapped)
              .map(PlannerTest::withoutKeys));
    }
  }

  private static Trio swapped(Trio trio) {
    return new Trio(
        1,
        new Part(trio.near().key(), trio.far().agreed(), trio.far().now()),
        new Part(trio.far().key(), trio.near().agreed(), trio.near().now()));
  }

  private static Action swapped(Action action) {
    return switch (action) {
      case Action.Remove remove ->
        new Action.Remove(remove.row(), remove.side().other(), remove.key());
      case Action.Merge merge -> new Action.Merge(merge.row(), merge.far(), merge.near());
      case Action.Untie untie -> new Action.Untie(untie.row(), untie.gone().other());
      case Action.Forget _, Action.Move _ -> action;
    };
  }

  private static Action withoutKeys(Action action) {
    return action instanceof Action.Remove remove
        ? new Action.Remove(remove.row(), remove.side(), new MessageKey("any"))
        : action;
  }

  private static boolean touchesFar(Action action) {
    return switch (action) {
      case Action.Remove remove -> remove.side() == Side.FAR;
      case Action.Merge merge -> merge.far().changes();
      case Action.Untie _, Action.Forget _, Action.Move _ -> false;
    };
  }

  @Test
  void pullOnly_theFarSideIsNeverTouched_andWhatWaitsIsFoundByALaterPush() {
    for (var trio : all()) {
      var pulled = Planner.decide(trio, PULL);
      assertThat(pulled.action().filter(PlannerTest::touchesFar)).isEmpty();
      var after = carriedOut(trio, pulled.action());
      if (after.isEmpty() || !present(trio)) {
        continue;
      }
      // A push later brings both sides to where a two-way run would have brought them at once.
      var pushed =
          carriedOut(after.get(), Planner.decide(after.get(), BOTH).action()).orElseThrow();
      var atOnce = carriedOut(trio, Planner.decide(trio, BOTH).action()).orElseThrow();
      assertThat(now(pushed.near())).as("%s", trio).isEqualTo(now(atOnce.near()));
      assertThat(now(pushed.far())).as("%s", trio).isEqualTo(now(atOnce.far()));
    }
  }

  @Test
  void oneSideThatFails_isFoundAgainByTheNextRun() {
    for (var trio : all()) {
      if (!(Planner.decide(trio, BOTH).action().orElse(null) instanceof Action.Merge merge)) {
        continue;
      }
      for (var failed : Side.values()) {
        var after = merged(
            trio,
            merge,
            failed == Side.NEAR ? Optional.empty() : shown(merge.near()),
            failed == Side.FAR ? Optional.empty() : shown(merge.far()));
        var again = carriedOut(after, Planner.decide(after, BOTH).action()).orElseThrow();
        assertThat(now(again.near()))
            .as("%s, %s failed", trio, failed)
            .isEqualTo(merge.near().to());
        assertThat(now(again.far()))
            .as("%s, %s failed", trio, failed)
            .isEqualTo(merge.far().to());
      }
    }
  }

  @Test
  void whatAnotherProgramDidMeanwhile_isFoundAgain() {
    for (var trio : all()) {
      if (!(Planner.decide(trio, BOTH).action().orElse(null) instanceof Action.Merge merge)
          || !merge.near().changes()) {
        continue;
      }
      var near = merge.near().to().plus(Flags.of("c"));
      var after = merged(trio, merge, Optional.of(near), shown(merge.far()));
      var again = carriedOut(after, Planner.decide(after, BOTH).action()).orElseThrow();
      assertThat(now(again.far())).as("%s", trio).isEqualTo(merge.far().to().plus(Flags.of("c")));
    }
  }

  @Test
  void aFlagThatASideDoesNotTake_isNotTriedAgain_norTakenForItsUsersChange() {
    var trio = new Trio(
        1,
        part("n", Flags.NONE, new Present(Flags.of("a"))),
        part("7", Flags.NONE, new Present(Flags.NONE)));
    var merge = (Action.Merge) Planner.decide(trio, BOTH).action().orElseThrow();
    var after = merged(trio, merge, Optional.empty(), Optional.of(Flags.NONE));
    assertThat(Planner.decide(after, BOTH).action()).isEmpty();
  }

  @Test
  void pullOnly_aLocalRemovalWaits() {
    var trio = new Trio(
        1, part("n", Flags.NONE, new Absent()), part("7", Flags.NONE, new Present(Flags.NONE)));
    assertThat(Planner.decide(trio, PULL))
        .isEqualTo(new Planner.Decision(Optional.empty(), true, false));
  }

  @Test
  void removalsNotPulled_theMessageStaysAndIsUntied() {
    var trio = new Trio(
        1, part("n", Flags.NONE, new Present(Flags.NONE)), part("7", Flags.NONE, new Absent()));
    var keep = new Allowed(true, NEVER, true, CARRY_OUT);
    assertThat(Planner.decide(trio, keep).action()).contains(new Action.Untie(1, Side.FAR));
    var untied = new Trio(
        1,
        part("n", Flags.NONE, new Present(Flags.of("x"))),
        new Part(Optional.empty(), Flags.NONE, new Absent()));
    assertThat(Planner.decide(untied, BOTH).action()).isEmpty();
  }

  @Test
  void aKeywordThatASideCannotHold_isNotARemovalByItsUser() {
    var rare = Flags.of("rare");
    var trio = new Trio(
        1, part("n", Flags.NONE, new Present(Flags.of("a"))), part("7", rare, new Present(rare)));
    assertThat(Planner.decide(trio, BOTH).action())
        .contains(new Action.Merge(
            1,
            new Action.Wish(Flags.of("a"), Flags.of("a"), true),
            new Action.Wish(rare, Flags.of("a", "rare"), true)));
  }
}

package io.mailtide.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
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
  private static final Allowed BOTH = new Allowed(true, true, true, true);
  private static final Allowed PULL = new Allowed(true, true, false, false);
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
  private static Optional<Trio> carriedOut(Trio trio, List<Action> actions) {
    var result = trio;
    for (var action : actions) {
      switch (action) {
        case Action.Forget _, Action.Remove _ -> {
          return Optional.empty();
        }
        case Action.Untie _ -> {
          return Optional.empty();
        }
        case Action.Agree agree ->
          result = new Trio(
              1,
              part("n", agree.near(), result.near().now()),
              part("7", agree.far(), result.far().now()));
        case Action.SetFlags set -> {
          var agreed = Planner.agreedAfter(
              result.part(set.side()).agreed(), set.from(), set.to(), set.across());
          var changed = part(set.side() == Side.NEAR ? "n" : "7", agreed, new Present(set.to()));
          var other = result.part(set.side().other());
          var across = new Part(other.key(), set.across(), other.now());
          result =
              set.side() == Side.NEAR ? new Trio(1, changed, across) : new Trio(1, across, changed);
        }
      }
    }
    return Optional.of(result);
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
      var after = carriedOut(trio, Planner.decide(trio, BOTH).actions()).orElseThrow();
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
        assertThat(decision.actions())
            .containsExactly(new Action.Remove(1, Side.FAR, new MessageKey("7")));
      }
      if (trio.near().now() instanceof Present && trio.far().now() instanceof Absent) {
        assertThat(decision.actions())
            .containsExactly(new Action.Remove(1, Side.NEAR, new MessageKey("n")));
      }
      if (trio.near().now() instanceof Absent && trio.far().now() instanceof Absent) {
        assertThat(decision.actions()).containsExactly(new Action.Forget(1));
      }
    }
  }

  @Test
  void nothingIsRemovedThatNobodyRemoved() {
    for (var trio : all()) {
      if (present(trio)) {
        assertThat(Planner.decide(trio, BOTH).actions())
            .noneMatch(
                action -> action instanceof Action.Remove || action instanceof Action.Forget);
      }
    }
  }

  @Test
  void decidingAgainAfterwards_findsNothingToDo() {
    for (var allowed : List.of(BOTH, PULL)) {
      for (var trio : all()) {
        carriedOut(trio, Planner.decide(trio, allowed).actions())
            .ifPresent(after -> assertThat(Planner.decide(after, allowed).actions())
                .as("%s", trio)
                .isEmpty());
      }
    }
  }

  @Test
  void sidesSwapped_theDecisionIsSwapped() {
    for (var trio : all()) {
      var swapped = new Trio(
          1,
          new Part(trio.near().key(), trio.far().agreed(), trio.far().now()),
          new Part(trio.far().key(), trio.near().agreed(), trio.near().now()));
      var here =
          Planner.decide(trio, BOTH).actions().stream().map(PlannerTest::side).toList();
      var there = Planner.decide(swapped, BOTH).actions().stream()
          .map(PlannerTest::side)
          .toList();
      assertThat(there)
          .containsExactlyInAnyOrderElementsOf(
              here.stream().map(side -> side.map(Side::other)).toList());
    }
  }

  private static Optional<Side> side(Action action) {
    return switch (action) {
      case Action.Remove remove -> Optional.of(remove.side());
      case Action.SetFlags set -> Optional.of(set.side());
      case Action.Untie untie -> Optional.of(untie.gone());
      case Action.Agree _, Action.Forget _ -> Optional.empty();
    };
  }

  @Test
  void pullOnly_theFarSideIsNeverTouched_andWhatWaitsIsFoundByALaterPush() {
    for (var trio : all()) {
      var pulled = Planner.decide(trio, PULL);
      assertThat(pulled.actions()).noneMatch(action -> side(action).equals(Optional.of(Side.FAR)));
      var after = carriedOut(trio, pulled.actions());
      if (after.isEmpty() || !present(trio)) {
        continue;
      }
      // A push later brings both sides to where a two-way run would have brought them at once.
      var pushed =
          carriedOut(after.get(), Planner.decide(after.get(), BOTH).actions()).orElseThrow();
      var atOnce = carriedOut(trio, Planner.decide(trio, BOTH).actions()).orElseThrow();
      assertThat(now(pushed.near())).as("%s", trio).isEqualTo(now(atOnce.near()));
      assertThat(now(pushed.far())).as("%s", trio).isEqualTo(now(atOnce.far()));
    }
  }

  @Test
  void pullOnly_aLocalRemovalWaits() {
    var trio = new Trio(
        1, part("n", Flags.NONE, new Absent()), part("7", Flags.NONE, new Present(Flags.NONE)));
    assertThat(Planner.decide(trio, PULL)).isEqualTo(new Planner.Decision(List.of(), 1));
  }

  @Test
  void removalsNotPulled_theMessageStaysAndIsUntied() {
    var trio = new Trio(
        1, part("n", Flags.NONE, new Present(Flags.NONE)), part("7", Flags.NONE, new Absent()));
    var keep = new Allowed(true, false, false, false);
    assertThat(Planner.decide(trio, keep).actions()).containsExactly(new Action.Untie(1, Side.FAR));
    var untied = new Trio(
        1,
        part("n", Flags.NONE, new Present(Flags.of("x"))),
        new Part(Optional.empty(), Flags.NONE, new Absent()));
    assertThat(Planner.decide(untied, PULL)).isEqualTo(new Planner.Decision(List.of(), 0));
  }

  @Test
  void aKeywordThatASideCannotHold_isNotARemovalByItsUser() {
    var rare = Flags.of("rare");
    var trio = new Trio(
        1, part("n", Flags.NONE, new Present(Flags.of("a"))), part("7", rare, new Present(rare)));
    assertThat(Planner.decide(trio, BOTH).actions())
        .containsExactly(new Action.SetFlags(
            1, Side.FAR, new MessageKey("7"), rare, Flags.of("a", "rare"), Flags.of("a")));
  }
}

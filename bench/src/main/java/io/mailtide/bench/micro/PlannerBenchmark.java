package io.mailtide.bench.micro;

import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.plan.Planner;
import io.mailtide.engine.plan.Trio;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Deciding what to do about one message that was agreed on. */
@State(Scope.Thread)
public class PlannerBenchmark {
  private static final Flags SEEN = Flags.of("\\Seen");
  private static final Flags FLAGGED = Flags.of("\\Flagged", "work");

  private final Allowed allowed = new Allowed(true, Removals.CARRY_OUT, true, Removals.CARRY_OUT);
  private final Trio inStep = new Trio(
      1, part("near", SEEN, new Trio.Present(SEEN)), part("7", SEEN, new Trio.Present(SEEN)));
  private final Trio changed = new Trio(
      1,
      part("near", SEEN, new Trio.Present(FLAGGED)),
      part("7", SEEN, new Trio.Present(Flags.NONE)));
  private final Trio removed =
      new Trio(1, part("near", SEEN, new Trio.Present(SEEN)), part("7", SEEN, new Trio.Absent()));

  private static Trio.Part part(String key, Flags agreed, Trio.Seen now) {
    return new Trio.Part(Optional.of(new MessageKey(key)), agreed, now);
  }

  /** Nothing is to be done. */
  @Benchmark
  public Planner.Decision inStep() {
    return Planner.decide(inStep, allowed);
  }

  /** Both sides changed flags. */
  @Benchmark
  public Planner.Decision changed() {
    return Planner.decide(changed, allowed);
  }

  /** The server's user removed it. */
  @Benchmark
  public Planner.Decision removed() {
    return Planner.decide(removed, allowed);
  }
}

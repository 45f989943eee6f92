package io.mailtide.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Side;
import io.mailtide.engine.plan.Action;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.infra.Blackhole;

/** What is timed does what it shall; the timing is JMH's affair. */
class MicroBenchmarksTest {
  private final Blackhole sink = new Blackhole(
      "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");

  @Test
  void all_areListed() throws Exception {
    try (var list = getClass().getResourceAsStream("/META-INF/BenchmarkList")) {
      assertThat(list).isNotNull();
      assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
          .contains(ParserBenchmark.class.getName(), PlannerBenchmark.class.getName());
    }
  }

  @Test
  void parser_understandsEverything_eachTime() {
    var parser = new ParserBenchmark();
    for (var time = 1; time <= 2; time++) {
      parser.flags(sink);
      parser.bodies(sink);
    }
  }

  @Test
  void planner_decidesAsNamed() {
    var planner = new PlannerBenchmark();
    assertThat(planner.inStep().action()).isEmpty();
    assertThat(planner.changed().action()).containsInstanceOf(Action.Merge.class);
    assertThat(planner.removed().action())
        .get()
        .isInstanceOfSatisfying(
            Action.Remove.class, remove -> assertThat(remove.side()).isEqualTo(Side.NEAR));
  }
}

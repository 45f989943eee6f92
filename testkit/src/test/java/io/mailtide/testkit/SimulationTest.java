package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.simulation.Campaign;
import org.junit.jupiter.api.Test;

/** The engine in lives that the simulation draws; {@code ./build simulate} plays more of them. */
class SimulationTest {
  private static final long SEEDS = 2_000;

  @Test
  void whatMustAlwaysHold_holdsForEverySeed() throws InterruptedException {
    var campaign = new Campaign(1, SEEDS);
    campaign.run().ifPresent(failure -> {
      throw new AssertionError(failure);
    });
    assertThat(campaign.played()).isEqualTo(SEEDS);
  }
}

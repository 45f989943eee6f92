package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link ContractTest} cannot bring about from outside. */
class BackgroundSyncTest {
  @Test
  void each_oneThatThrows_keepsNoOtherFromItsEnd() {
    var done = new ArrayList<Integer>();
    BackgroundSync.each(
        "work",
        List.of(
            () -> done.add(1),
            () -> {
              throw new InternalError("no thread");
            },
            () -> {
              throw new IllegalStateException("closed");
            },
            () -> done.add(2)));
    assertThat(done).containsExactly(1, 2);
  }
}

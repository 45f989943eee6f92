package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptsTest {
  @Test
  void aSignalReachesWhoListens() throws Exception {
    var seen = new CountDownLatch(1);
    try (var _ = Interrupts.system().listen(seen::countDown, () -> {})) {
      new ProcessBuilder("kill", "-INT", String.valueOf(ProcessHandle.current().pid()))
          .start()
          .waitFor();
      assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}

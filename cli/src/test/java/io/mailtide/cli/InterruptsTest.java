package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptsTest {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;

  @Test
  void aSignalReachesWhoListens() throws Exception {
    reaches("TERM");
    if (!ignored(SIGINT)) {
      reaches("INT");
    }
    if (!ignored(SIGHUP)) {
      reaches("HUP");
    }
  }

  /** Who logs out is hung up on, and terminated: that is no wish to stop at once. */
  @Test
  void aHangUpIsNeverTheSecond() {
    var told = new ArrayList<String>();
    var asking = new Interrupts.Asking(() -> told.add("first"), () -> told.add("second"));
    asking.ask();
    asking.interrupted();
    asking.ask();
    assertThat(told).containsExactly("first");
    asking.interrupted();
    assertThat(told).containsExactly("first", "second");
  }

  private static void reaches(String signal) throws Exception {
    var seen = new CountDownLatch(1);
    try (var _ = Interrupts.system().listen(seen::countDown, () -> {})) {
      var kill = "kill -" + signal + " " + ProcessHandle.current().pid();
      new ProcessBuilder("sh", "-c", kill).start().waitFor();
      assertThat(seen.await(5, TimeUnit.MINUTES)).as(signal).isTrue();
    }
  }

  /** A shell without job control starts what runs in the background so, and it stays so. */
  private static boolean ignored(int signal) throws IOException {
    var mask = Files.readString(Path.of("/proc/self/status"))
        .replaceFirst("(?s).*SigIgn:\\s*(\\w+).*", "$1");
    return new BigInteger(mask, 16).testBit(signal - 1);
  }
}

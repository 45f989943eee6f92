package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.FaultProxy.Direction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PumpTest {
  @TempDir
  Path home = Path.of("");

  @Test
  void firstInterrupt_stopsCleanlyAndTheNextRunGoesOn()
      throws IOException, InterruptedException, ExecutionException {
    try (var dovecot = Dovecot.builder().user("ann", "secret-word").start();
        var proxy = FaultProxy.before("127.0.0.1", dovecot.port())) {
      try (var inbox = dovecot.fill("ann", "INBOX")) {
        var text = ("Subject: x\n\n" + "text\n".repeat(20_000)).getBytes(StandardCharsets.US_ASCII);
        inbox.add(text, List.of(), Instant.EPOCH);
      }
      proxy.stallAfter(Direction.TO_CLIENT, 50_000);
      var interrupt = new CompletableFuture<Runnable>();
      var host = TestHost.in(home).store(proxy.port()).interruptedBy((first, _) -> {
        interrupt.complete(first);
        return () -> {};
      });
      var running = CompletableFuture.supplyAsync(() -> host.run("sync", "--json"));
      proxy.awaitStall();
      interrupt.get().run();
      var ran = running.get();
      assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(130);
      assertThat(ran.out())
          .contains("MAPI_E_USER_CANCEL", "the next run goes on")
          .endsWith("\"exitCode\":130}\n");
      proxy.heal();
      var next = TestHost.in(home).run("sync");
      assertThat(next.code()).as(next.err()).isZero();
      assertThat(next.out()).contains("1 message copied");
    }
  }
}

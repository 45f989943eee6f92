package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.Profile.Surroundings;
import io.mailtide.client.SyncEvent;
import io.mailtide.engine.Environment;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.FaultProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PumpTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir
  Path home = Path.of("");

  /** A terminal that takes nothing for now, as one does whose other end nobody reads. */
  private static final class Stuck extends OutputStream {
    final CountDownLatch writing = new CountDownLatch(1);
    final CountDownLatch free = new CountDownLatch(1);

    @Override
    public void write(int next) {
      writing.countDown();
      try {
        free.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void secondInterrupt_whileTheTerminalTakesNothing_stopsAllTheSame()
      throws InterruptedException, ExecutionException {
    var stuck = new Stuck();
    var out = new PrintStream(stuck, true, StandardCharsets.UTF_8);
    var interrupt = new CompletableFuture<Runnable>();
    var host = new Host(
        InputStream.nullInputStream(),
        out,
        out,
        new Surroundings(Map.of(), home, List.of(), List.of()),
        Environment.system(),
        Optional::empty,
        (_, second) -> {
          interrupt.complete(second);
          return () -> {};
        });
    var view = new TerminalView(
        out,
        out,
        new TextView.Manner(false, false, false, Map.of()),
        () -> new Bars.Look(80, 24, false, true));
    var work = new Pump.Work() {
      @Override
      public int run(Consumer<SyncEvent> listener) throws InterruptedException {
        stuck.free.await();
        return 0;
      }

      @Override
      public void cancel() {}
    };
    var hanging = Thread.ofPlatform().daemon().start(() -> out.print("x"));
    stuck.writing.await();
    var running = new FutureTask<>(() -> new Pump(host, view).run(work));
    Thread.ofPlatform().daemon().start(running);
    var second = Thread.ofPlatform().daemon().start(interrupt.get());
    assertThat(second.join(LONG)).as("it does not wait for the terminal").isTrue();
    stuck.free.countDown();
    assertThat(running.get()).isZero();
    hanging.join();
  }

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

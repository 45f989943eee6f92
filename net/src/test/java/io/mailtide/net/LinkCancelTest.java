package io.mailtide.net;

import static io.mailtide.net.Fixture.PATIENT;
import static io.mailtide.net.Fixture.expect;
import static io.mailtide.net.Fixture.expectEnd;
import static io.mailtide.net.Fixture.failure;
import static io.mailtide.net.Fixture.leaf;
import static io.mailtide.net.Fixture.link;
import static io.mailtide.net.Fixture.send;
import static io.mailtide.net.Fixture.testAuthority;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.TestCertificates.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On platform threads and on virtual ones. */
class LinkCancelTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_whileConnecting(boolean virtual) throws Exception {
    try (var full = new FullListener();
        var link = link(full.port(), testAuthority(), PATIENT)) {
      var blocked = blocked(virtual, () -> failure(link::connect));
      link.cancel();
      assertCancelled(blocked, Phase.CONNECT);
    }
  }

  /**
   * The clock is read between the last look at the cancellation and the wait, so only a wake-up can
   * end this one.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_wakesTheReader(boolean virtual) throws Exception {
    var connected = new AtomicBoolean();
    var waits = new CountDownLatch(1);
    var now = InstantSource.system().instant();
    InstantSource clock = () -> {
      if (connected.get()) {
        waits.countDown();
      }
      return now;
    };
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link =
            new Link(new Endpoint(peer.host(), peer.port()), testAuthority(), PATIENT, clock)) {
      link.connect();
      connected.set(true);
      var deadline = new Deadline(Phase.COMMAND, Duration.ofDays(1), now.plus(Duration.ofDays(1)));
      var target = ByteBuffer.allocate(1);
      var blocked = blocked(virtual, () -> failure(() -> link.read(target, deadline)));
      waits.await();
      link.cancel();
      link.cancel();
      assertCancelled(blocked, Phase.COMMAND);
      assertThat(failure(() -> expectEnd(link))).isInstanceOf(NetFailure.Cancelled.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_whileWriting(boolean virtual) throws Exception {
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var more = ByteBuffer.allocate(1 << 26);
      var blocked =
          blocked(virtual, () -> failure(() -> link.write(more, link.deadline(Phase.COMMAND))));
      link.cancel();
      assertCancelled(blocked, Phase.COMMAND);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_whileSettingUpTls(boolean virtual) throws Exception {
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      var blocked = blocked(virtual, () -> failure(link::connectTls));
      peer.awaitStall();
      link.cancel();
      assertThat(blocked.get()).isInstanceOf(NetFailure.Cancelled.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interrupt_whileReading(boolean virtual) throws Exception {
    try (var peer = ScriptedPeer.playing(script -> script.stall());
        var link = link(peer, testAuthority(), PATIENT)) {
      link.connect();
      var task = new FutureTask<>(() -> failure(() -> expectEnd(link)));
      var thread = start(virtual, task);
      thread.interrupt();
      assertCancelled(task, Phase.COMMAND);
    }
  }

  @Test
  void cancel_beforeConnecting() throws IOException {
    try (var link = link(1, testAuthority(), PATIENT)) {
      link.cancel();
      assertThat(failure(link::connect)).isInstanceOf(NetFailure.Cancelled.class);
    }
  }

  @Test
  void cancel_whileBytesKeepComing() throws Exception {
    try (var peer = ScriptedPeer.playing(script -> {
      try {
        while (true) {
          script.send(new byte[1 << 16]);
        }
      } catch (IOException e) {
        // The link was closed, as it should be.
        return;
      }
    })) {
      var link = link(peer, testAuthority(), PATIENT);
      link.connect();
      var reading = blocked(
          false,
          () -> failure(() -> {
            var target = ByteBuffer.allocate(1 << 10);
            while (link.read(target.clear(), link.deadline(Phase.BODY)) > 0) {}
          }));
      while (link.bytesIn() < 1 << 20) {
        Thread.onSpinWait();
      }
      link.cancel();
      assertCancelled(reading, Phase.BODY);
      link.close();
    }
  }

  /** More links wait than there are carrier threads: each still gets its bytes. */
  @Test
  void read_manyOnVirtualThreads() throws Exception {
    int count = 16;
    var scripts = new ScriptedPeer.Script[count];
    Arrays.fill(scripts, (ScriptedPeer.Script) script -> {
      script.startTls(leaf(Kind.GOOD)).stall().send("* OK\r\n").expect("a");
    });
    try (var peer = ScriptedPeer.playing(scripts)) {
      var trust = testAuthority();
      List<FutureTask<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tasks.add(blocked(true, () -> {
          try (var link = link(peer, trust, PATIENT)) {
            link.connectTls();
            expect(link, "* OK\r\n");
            send(link, "a\r\n");
            return 1;
          }
        }));
      }
      peer.awaitStall();
      var release = new FutureTask<>(() -> {
        peer.release();
        return 1;
      });
      Thread.ofVirtual().start(release);
      release.get();
      for (var task : tasks) {
        assertThat(task.get()).isEqualTo(1);
      }
    }
  }

  private static void assertCancelled(FutureTask<NetFailure> blocked, Phase phase)
      throws InterruptedException, ExecutionException, TimeoutException {
    assertThat(blocked.get())
        .isInstanceOfSatisfying(
            NetFailure.Cancelled.class, found -> assertThat(found.phase()).isEqualTo(phase));
  }

  /** Starts it and goes on, whether it blocks by then or not: both must end the same. */
  private static <T> FutureTask<T> blocked(boolean virtual, Callable<T> call) {
    var task = new FutureTask<>(call);
    start(virtual, task);
    return task;
  }

  private static Thread start(boolean virtual, Runnable task) {
    return virtual
        ? Thread.ofVirtual().start(task)
        : Thread.ofPlatform().daemon().start(task);
  }
}

package io.mailtide.mapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class SyncDoneTest {
  private final SyncDone event = new SyncDone();

  @Test
  void await_returnsTheFirstResultSignalled() throws Exception {
    var waiter = new FutureTask<>(event::await);
    Thread.startVirtualThread(waiter);
    assertThat(event.isSignalled()).isFalse();
    assertThat(event.result()).isEmpty();
    assertThat(event.await(Duration.ofNanos(1))).isEmpty();
    event.signal(HResult.MAPI_E_TIMEOUT);
    event.signal(HResult.S_OK);
    assertThat(waiter.get()).isEqualTo(HResult.MAPI_E_TIMEOUT);
    assertThat(event.isSignalled()).isTrue();
    assertThat(event.result()).contains(HResult.MAPI_E_TIMEOUT);
    assertThat(event.await(Duration.ofDays(1))).contains(HResult.MAPI_E_TIMEOUT);
  }

  @Test
  void completion_isNotCompletableByTheClientAndDoesNotHoldUpTheProvider() throws Exception {
    var release = new CountDownLatch(1);
    var seen = new CompletableFuture<HResult>();
    event.completion().thenAccept(result -> {
      try {
        release.await();
        seen.complete(result);
      } catch (InterruptedException e) {
        seen.completeExceptionally(e);
      }
    });
    event.completion().toCompletableFuture().complete(HResult.MAPI_E_CANCEL);
    event.signal(HResult.S_OK);
    assertThat(seen).isNotDone();
    release.countDown();
    assertThat(seen.get()).isEqualTo(HResult.S_OK);
  }

  @Test
  void close_stopsNothingAndRefusesLaterWaiting() throws Exception {
    event.close();
    event.close();
    assertThatIllegalStateException().isThrownBy(event::await);
    event.signal(HResult.S_OK);
    assertThat(event.await()).isEqualTo(HResult.S_OK);
  }
}

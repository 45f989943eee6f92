package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.SyncRunner.Ended;
import io.mailtide.engine.Cancellation;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** The contract, held against a provider that is made for this test and does nothing by itself. */
class TestProviderTest extends ContractTest {
  private final LinkedBlockingQueue<Held> runs = new LinkedBlockingQueue<>();
  private final BackgroundSync background =
      new BackgroundSync("work", this::run, GuardedCallback.Limits.USUAL);

  @Override
  MailStore open(MailStore.Options options) {
    return new MailStore("work", options, background);
  }

  @Override
  Held next() throws InterruptedException {
    return Recorder.arrived(runs);
  }

  private Ended run(
      Set<SyncFlag> flags,
      MailStore.Options options,
      SyncRunner.Reporter reporter,
      Cancellation cancellation) {
    assertThat(flags).isNotEmpty();
    var end = new CompletableFuture<Void>();
    runs.add(new Held(Thread.currentThread(), end));
    end.join();
    reporter.progress(() -> "Working", 7, 7, Optional.empty());
    return new Ended(
        cancellation.requested() ? HResult.MAPI_E_USER_CANCEL : HResult.S_OK, Optional.empty());
  }
}

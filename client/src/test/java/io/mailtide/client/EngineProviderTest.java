package io.mailtide.client;

import io.mailtide.engine.Side;
import io.mailtide.mapi.MapiException;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, held against the real provider: session, engine, state, and mail in memory. */
class EngineProviderTest extends ContractTest {
  private final LinkedBlockingQueue<Held> runs = new LinkedBlockingQueue<>();

  @TempDir
  private Path directory;

  private Session session;

  @BeforeEach
  void openSession() {
    var far = new MemoryProvider(new MemoryStore(Side.FAR), Side.FAR, _ -> hold(), _ -> {});
    session = Session.open(MemoryProvider.profile(
        directory, MemoryProvider.store("work", new MemoryStore(Side.NEAR), far)));
  }

  @Override
  MailStore open(MailStore.Options options) {
    try {
      return session.openStore("work", options);
    } catch (MapiException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  Held next() throws InterruptedException {
    return Recorder.arrived(runs);
  }

  /** Each run connects once: there it is held. */
  private void hold() {
    var end = new CompletableFuture<Void>();
    runs.add(new Held(Thread.currentThread(), end));
    end.join();
  }
}

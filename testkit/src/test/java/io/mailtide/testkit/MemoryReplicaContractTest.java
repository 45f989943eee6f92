package io.mailtide.testkit;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import java.time.Instant;

/** The in-memory replica keeps what the engine relies on. */
class MemoryReplicaContractTest extends ReplicaContract {
  private final MemoryStore store = new MemoryStore(Side.NEAR);

  @Override
  protected Replica open() {
    return store.open(_ -> {});
  }

  @Override
  protected MessageKey deliver(FolderName folder, String crlfBody, Flags flags) {
    return store.put(folder, crlfBody, flags, Instant.EPOCH);
  }

  @Override
  protected void reflag(FolderName folder, MessageKey key, Flags flags) {
    store.setFlags(folder, key, flags);
  }

  @Override
  protected void delete(FolderName folder, MessageKey key) {
    store.remove(folder, key);
  }
}

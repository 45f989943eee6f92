package io.mailtide.testkit;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import org.junit.jupiter.api.Nested;

/** The replica in memory, as a server. */
final class MemoryUploadContractTest {
  @Nested
  final class TellingKeys extends Contract {
    @Override
    protected boolean tellsKeys() {
      return true;
    }
  }

  @Nested
  final class KeepingKeysSecret extends Contract {
    KeepingKeysSecret() {
      store.keepKeysSecret();
    }

    @Override
    protected boolean tellsKeys() {
      return false;
    }
  }

  abstract static class Contract extends UploadContract {
    final MemoryStore store = new MemoryStore(Side.FAR);

    Contract() {
      store.create(FolderName.INBOX);
      store.limitSize(SIZE_MAX);
    }

    @Override
    protected Replica open() throws FaultException {
      return store.open(call -> {});
    }

    @Override
    protected void delete(FolderName folder, MessageKey key) {
      store.remove(folder, key);
    }

    @Override
    protected void reflag(FolderName folder, MessageKey key, Flags flags) {
      store.setFlags(folder, key, flags);
    }
  }
}

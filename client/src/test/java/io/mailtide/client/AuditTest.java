package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.engine.Side;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  @TempDir
  private Path directory;

  private List<SyncEvent> audit(String... names) throws InterruptedException {
    var stores = new ArrayList<Profile.Store>();
    for (var name : names) {
      stores.add(MemoryProvider.store(name, new MemoryStore(Side.NEAR), new MemoryStore(Side.FAR)));
    }
    var profile = MemoryProvider.profile(directory, stores.toArray(Profile.Store[]::new));
    var events = new ArrayList<SyncEvent>();
    assertThat(new Audit(profile, new Audit.Request(stores, List.of(), false)).run(events::add))
        .isZero();
    return events;
  }

  @Test
  void severalStores_areToldFirst_inOrder() throws Exception {
    assertThat(audit("work", "home", "list").subList(0, 3))
        .allSatisfy(event -> assertThat(event)
            .isInstanceOfSatisfying(
                SyncProgress.class, told -> assertThat(told.phase()).isEqualTo(Phase.WAITING)))
        .extracting(SyncEvent::store, event -> ((SyncProgress) event).step())
        .containsExactly(
            tuple("work", ""),
            tuple("home", "Waiting for its turn"),
            tuple("list", "Waiting for its turn"));
  }

  @Test
  void oneStore_beginsAtOnce() throws Exception {
    assertThat(((SyncProgress) audit("work").getFirst()).phase()).isEqualTo(Phase.CONNECTING);
  }
}

package io.mailtide.client;

import io.mailtide.client.Profile.Deletions;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Side;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens replicas on mail in memory. The gate is passed before each opening, the hook before each
 * call of a replica.
 */
record MemoryProvider(MemoryStore mail, Side side, MemoryStore.Hook gate, MemoryStore.Hook hook)
    implements ReplicaProvider {
  @Override
  public String type() {
    return "memory";
  }

  @Override
  public List<Setting> settings() {
    return List.of();
  }

  @Override
  public Replica open(Settings settings, Context context) throws FaultException {
    gate.before("open");
    return mail.open(hook);
  }

  /** A store whose far side lets everything pass. */
  static Profile.Store store(String name, MemoryStore near, MemoryStore far) {
    return store(name, near, new MemoryProvider(far, Side.FAR, _ -> {}, _ -> {}));
  }

  static Profile.Store store(String name, MemoryStore near, ReplicaProvider far) {
    var settings = new StoreSettings(name, "store `" + name + "`", Map.of(), Map.of());
    return new Profile.Store(
        name,
        far,
        settings,
        new MemoryProvider(near, Side.NEAR, _ -> {}, _ -> {}),
        settings,
        _ -> true,
        Selection.ALL,
        Deletions.BOTH,
        Duration.ofDays(30),
        1);
  }

  /** The same store at a server of this name. */
  static Profile.Store at(String host, int connectionsMax, Profile.Store store) {
    return new Profile.Store(
        store.name(),
        store.far(),
        new StoreSettings(store.name(), "store", Map.of("host", host), Map.of()),
        store.near(),
        store.nearSettings(),
        store.folders(),
        store.selection(),
        store.deletions(),
        store.keepRemoved(),
        connectionsMax);
  }

  static Profile profile(Path directory, Profile.Store... stores) {
    var byName = new LinkedHashMap<String, Profile.Store>();
    for (var store : stores) {
      byName.put(store.name(), store);
    }
    return new Profile(
        directory.resolve("config.toml"),
        directory.resolve("state"),
        Optional.empty(),
        byName,
        Map.of(),
        Map.of(),
        List.of());
  }
}

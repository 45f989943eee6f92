package io.mailtide.client;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checked values of a configuration table.
 *
 * @param label what the table is about, for messages: "store `work`"
 * @param values by key: {@link String}, {@link Long}, {@link Boolean}, {@link Path},
 *     {@link Secret}, or {@link List} of texts
 */
record StoreSettings(
    String store, String label, Map<String, Object> values, Map<String, String> environment)
    implements Settings {
  StoreSettings {
    values = Map.copyOf(values);
  }

  static StoreSettings ofDefaultStore(Path path) {
    var label = "the default store";
    return new StoreSettings(label, label, Map.of("path", path), Map.of());
  }

  @Override
  public Optional<String> text(String name) {
    return value(name, String.class);
  }

  @Override
  public OptionalLong number(String name) {
    return value(name, Long.class).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  @Override
  public boolean flag(String name) {
    return value(name, Boolean.class).orElse(false);
  }

  @Override
  public Optional<Path> path(String name) {
    return value(name, Path.class);
  }

  @Override
  public List<String> words(String name) {
    return value(name, List.class).stream()
        .flatMap(words -> ((List<?>) words).stream())
        .map(String::valueOf)
        .toList();
  }

  @Override
  public boolean has(String name) {
    return values.containsKey(name);
  }

  @Override
  public Optional<String> secret(String name, Cancellation cancellation) throws FaultException {
    var secret = value(name, Secret.class);
    return secret.isEmpty()
        ? Optional.empty()
        : Optional.of(secret.get().fetch(name + " of " + label, environment, cancellation));
  }

  private <T> Optional<T> value(String name, Class<T> type) {
    var value = values.get(name);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  /**
   * Others' settings, but for a number.
   *
   * @param name its key
   * @param limit what it is
   */
  record Limited(Settings others, String name, int limit) implements Settings {
    @Override
    public String store() {
      return others.store();
    }

    @Override
    public Optional<String> text(String key) {
      return others.text(key);
    }

    @Override
    public OptionalLong number(String key) {
      return key.equals(name) ? OptionalLong.of(limit) : others.number(key);
    }

    @Override
    public boolean flag(String key) {
      return others.flag(key);
    }

    @Override
    public Optional<Path> path(String key) {
      return others.path(key);
    }

    @Override
    public List<String> words(String key) {
      return others.words(key);
    }

    @Override
    public boolean has(String key) {
      return others.has(key);
    }

    @Override
    public Optional<String> secret(String key, Cancellation cancellation) throws FaultException {
      return others.secret(key, cancellation);
    }
  }

  /** The keys; what they hold is nobody's business. */
  @Override
  public String toString() {
    return label + " " + values.keySet().stream().sorted().toList();
  }
}

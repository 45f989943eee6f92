package io.mailtide.testkit.settings;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Settings as a test gives them.
 *
 * @param store whose they are
 * @param values by name: text, {@code Long}, {@code Boolean} or {@code Path}; words are a text with
 *     spaces between them, and secrets a text
 */
public record GivenSettings(String store, Map<String, Object> values) implements Settings {
  @Override
  public Optional<String> text(String name) {
    return Optional.ofNullable((String) values.get(name));
  }

  @Override
  public OptionalLong number(String name) {
    return values.containsKey(name)
        ? OptionalLong.of((Long) values.get(name))
        : OptionalLong.empty();
  }

  @Override
  public boolean flag(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }

  @Override
  public Optional<Path> path(String name) {
    return Optional.ofNullable((Path) values.get(name));
  }

  @Override
  public List<String> words(String name) {
    return values.get(name) instanceof String words ? List.of(words.split(" ")) : List.of();
  }

  @Override
  public boolean has(String name) {
    return values.containsKey(name);
  }

  @Override
  public Optional<String> secret(String name, Cancellation cancellation) {
    return text(name);
  }
}

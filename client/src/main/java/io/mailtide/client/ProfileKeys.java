package io.mailtide.client;

import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.engine.send.TransportProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The keys of the configuration, table by table. */
final class ProfileKeys {
  static final String MAX_CONNECTIONS = "max-connections";

  static final List<String> ROOT =
      List.of("state-dir", "default-store", "stores", "transports", "groups");

  static final List<String> DEFAULT_STORE = List.of("path");

  static final List<String> GROUP = List.of("stores", "send", "headers-only", "every");

  /** The keys of every store; its type and the local side add theirs. */
  private static final List<String> STORE = List.of(
      "type",
      "folders",
      "deletions",
      "keep-removed",
      MAX_CONNECTIONS,
      "max-size",
      "max-age",
      "headers-only");

  /** The keys of every transport; its type adds its own. */
  private static final List<String> TRANSPORT = List.of("from", "sent-to");

  private ProfileKeys() {}

  static List<String> store(ReplicaProvider far, ReplicaProvider near) {
    var keys = new ArrayList<>(STORE);
    keys.addAll(named(far.settings()));
    keys.addAll(named(near.settings()));
    return keys.stream().distinct().toList();
  }

  static List<String> transport(TransportProvider provider) {
    var keys = new ArrayList<>(TRANSPORT);
    keys.addAll(named(provider.settings()));
    return List.copyOf(keys);
  }

  /** The ways to give a secret, of which one is used. */
  static List<String> family(Setting secret) {
    return Stream.of("", "-command", "-env", "-file")
        .map(way -> secret.name() + way)
        .toList();
  }

  /** With a password, signing in by OAuth is known, though not in this version. */
  private static List<String> named(List<Setting> settings) {
    return settings.stream()
        .flatMap(setting -> setting.kind() == Kind.SECRET
            ? Stream.concat(family(setting).stream(), Stream.of("oauth"))
            : Stream.of(setting.name()))
        .toList();
  }
}

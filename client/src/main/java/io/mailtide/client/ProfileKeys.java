package io.mailtide.client;

import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The keys of the configuration, table by table. */
final class ProfileKeys {
  static final List<String> ROOT =
      List.of("state-dir", "default-store", "stores", "transports", "groups");

  static final List<String> DEFAULT_STORE = List.of("path");

  static final List<String> GROUP = List.of("stores", "send", "every");

  /** The keys of every store; its type and the local side add theirs. */
  private static final List<String> STORE = List.of(
      "type",
      "folders",
      "deletions",
      "keep-removed",
      "max-connections",
      "max-size",
      "max-age",
      "headers-only");

  /** The keys of a transport, but for {@code from} and {@code sent-to}. */
  static final List<Setting> TRANSPORT_SETTINGS = List.of(
      Setting.required("host", Kind.TEXT, "the server's name or address"),
      Setting.optional("port", Kind.NUMBER, "the server's port"),
      Setting.choice("tls", List.of("implicit", "starttls", "none"), "how the line is protected"),
      Setting.optional("tls-ca", Kind.PATH, "certificates to trust, as PEM"),
      Setting.optional("tls-fingerprint", Kind.TEXT, "the one certificate to trust"),
      Setting.optional("allow-plaintext", Kind.BOOLEAN, "allows tls = \"none\" to other machines"),
      Setting.optional("user", Kind.TEXT, "who to sign in as"),
      Setting.optional("password", Kind.SECRET, "what to sign in with"));

  private ProfileKeys() {}

  static List<String> store(ReplicaProvider far, ReplicaProvider near) {
    var keys = new ArrayList<>(STORE);
    keys.addAll(named(far.settings()));
    keys.addAll(named(near.settings()));
    return keys.stream().distinct().toList();
  }

  static List<String> transport() {
    var keys = new ArrayList<>(named(TRANSPORT_SETTINGS));
    keys.addAll(List.of("from", "sent-to"));
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

package io.mailtide.client;

import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.TransportProvider;
import java.util.List;

/** Declares settings, and opens nothing. */
record PaperTransport(String type, List<Setting> settings) implements TransportProvider {
  static final List<TransportProvider> ALL = List.of(new PaperTransport(
      "smtp",
      List.of(
          Setting.required("host", Kind.TEXT, "the server's name or address"),
          Setting.choice(
              "tls", List.of("implicit", "starttls", "none"), "how the line is protected"),
          Setting.optional("allow-plaintext", Kind.BOOLEAN, "allows plain text"),
          Setting.optional("user", Kind.TEXT, "who to sign in as"),
          Setting.optional("password", Kind.SECRET, "what to sign in with"))));

  /** Complains of one value beside another. */
  @Override
  public List<Settings.Wrong> check(Settings settings) {
    return settings.text("tls").filter("none"::equals).isPresent()
            && !settings.flag("allow-plaintext")
        ? List.of(new Settings.Wrong("tls", "not so"))
        : List.of();
  }

  @Override
  public Transport open(Settings settings, ReplicaProvider.Context context) {
    throw new AssertionError("not in this test");
  }
}

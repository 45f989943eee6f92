package io.mailtide.client;

import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.engine.Side;
import java.util.List;

/** Declares settings, and opens nothing. */
record PaperProvider(String type, Side side, List<Setting> settings) implements ReplicaProvider {
  /** A server type with a setting of each kind. */
  static final PaperProvider IMAP = new PaperProvider(
      "imap",
      Side.FAR,
      List.of(
          Setting.required("host", Kind.TEXT, "the server's name"),
          Setting.optional("port", Kind.NUMBER, "the server's port"),
          Setting.choice(
              "tls", List.of("implicit", "starttls", "none"), "how the line is protected"),
          Setting.optional("tls-ca", Kind.PATH, "certificates to trust"),
          Setting.optional("allow-plaintext", Kind.BOOLEAN, "allows plain text"),
          Setting.required("user", Kind.TEXT, "who to sign in as"),
          Setting.required("password", Kind.SECRET, "what to sign in with")));

  static final PaperProvider POP = new PaperProvider("pop3", Side.FAR, List.of());

  static final PaperProvider MAILDIR = new PaperProvider(
      "maildir",
      Side.NEAR,
      List.of(
          Setting.required("path", Kind.PATH, "the local directory"),
          Setting.choice(
              "layout", List.of("nested", "maildir++"), "how folders become directories")));

  static final List<ReplicaProvider> ALL = List.of(IMAP, POP, MAILDIR);

  /** Complains of one value beside another. */
  @Override
  public List<Settings.Wrong> check(Settings settings) {
    return settings.text("tls").filter("none"::equals).isPresent()
            && !settings.flag("allow-plaintext")
        ? List.of(new Settings.Wrong("tls", "not so"))
        : List.of();
  }

  @Override
  public Replica open(Settings settings, Context context) {
    throw new AssertionError("not in this test");
  }
}

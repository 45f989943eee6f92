package io.mailtide.bench;

import io.mailtide.testkit.Dovecot;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One user's mail on both sides.
 *
 * @param home where a tool keeps its configuration, its state and the mail it delivers
 */
record Account(Dovecot dovecot, String user, Path home) {
  /** The tree that a tool delivers into. */
  Path mail() {
    return Tool.mail(home);
  }

  Contents local() throws IOException {
    return Contents.of(mail());
  }

  Contents served() throws IOException {
    return Contents.of(dovecot.mail(user));
  }
}

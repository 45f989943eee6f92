package io.mailtide.testkit.server;

import io.mailtide.testkit.ImapServer;
import io.mailtide.testkit.ImapTalk;

/** A server of {@link Unpacked} programs, with one user. */
abstract sealed class UnpackedServer implements ImapServer permits Courier, Cyrus {
  static final String PASSWORD = "secret";

  private final Daemon daemon;

  UnpackedServer(Daemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public final int port() {
    return daemon.port(0);
  }

  @Override
  public final ImapTalk talk(String user) {
    return ImapTalk.signIn(port(), user, PASSWORD);
  }

  @Override
  public final String log() {
    return daemon.log();
  }

  @Override
  public final void close() {
    daemon.close();
  }
}

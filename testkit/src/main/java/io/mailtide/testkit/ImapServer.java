package io.mailtide.testkit;

import io.mailtide.testkit.server.Courier;
import io.mailtide.testkit.server.Cyrus;

/**
 * A real IMAP server of a test's own, without TLS, with the user {@code ann}, password
 * {@code secret}. It listens on a loopback port that the system chose and keeps all it has in a
 * directory that is deleted at the end.
 */
public interface ImapServer extends AutoCloseable {
  /**
   * A {@link Cyrus} with folder names as its makers have them: {@code A/B}.
   *
   * @param settings further lines of its {@code imapd.conf}
   */
  static ImapServer cyrus(String... settings) {
    return Cyrus.start(false, settings);
  }

  /**
   * A {@link Cyrus} with folder names as Debian has them: {@code INBOX.A.B}.
   *
   * @param settings further lines of its {@code imapd.conf}
   */
  static ImapServer prefixedCyrus(String... settings) {
    return Cyrus.start(true, settings);
  }

  /** A {@link Courier}. */
  static ImapServer courier() {
    return Courier.start();
  }

  int port();

  /** A connection of the test's own, signed in. */
  ImapTalk talk(String user);

  /** What the server calls a folder of the user; name segments are separated by {@code /}. */
  default String mailbox(String folder) {
    return folder;
  }

  /** Whether the server takes a message in wire form, and gives it back byte for byte. */
  default boolean keeps(byte[] wire) {
    return true;
  }

  /** What the server logged so far. */
  String log();

  /** Stops the server and deletes its directory. */
  @Override
  void close();
}

package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;

/** What a user signs in with. */
public sealed interface Credentials {
  /** Whom to sign in as. */
  String user();

  /** A name and a password. */
  record Password(String user, Secret<String> password) implements Credentials {}

  /**
   * An OAuth 2.0 access token, good at this moment.
   *
   * @param host the server that it is for, as connected to
   * @param port likewise
   */
  record Token(String user, Secret<String> token, String host, int port) implements Credentials {}

  /**
   * The certificate that the client has shown in TLS.
   *
   * @param user whom to act as; empty: whoever the certificate stands for
   */
  record Certificate(String user) implements Credentials {}
}

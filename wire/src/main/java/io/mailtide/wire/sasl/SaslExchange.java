package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;
import java.util.Optional;

/**
 * One attempt to sign in, without input or output (RFC 4422 section 3). All bytes are as they are
 * before base64. For one thread, once.
 *
 * <ol>
 *   <li>Where there is an {@linkplain #initial initial response}, send it with the command if the
 *       protocol lets it, else in answer to the server's first, empty challenge. (In IMAP an empty
 *       one with the command is written {@code =}, RFC 4959 section 3.)
 *   <li>Answer each further challenge by {@link #respond}, also while it is {@linkplain #said bad
 *       news}.
 *   <li>When the server reports success, call {@link #complete}; before that returns, nobody is
 *       signed in.
 * </ol>
 */
public sealed interface SaslExchange
    permits ExternalExchange, LoginExchange, OauthExchange, PlainExchange, ScramExchange {
  SaslMechanism mechanism();

  /**
   * What the client says first; absent where the server has the first word. The same at each call.
   */
  Optional<Secret<byte[]>> initial();

  /**
   * Answers a challenge.
   *
   * @throws SaslException when there is no answer to it: cancel the exchange, or close the
   *     connection
   */
  Secret<byte[]> respond(byte[] challenge) throws SaslException;

  /**
   * To be called when the server reports success.
   *
   * @throws SaslException when that cannot be: the server has not proven what the mechanism makes
   *     it prove. Close the connection
   */
  void complete() throws SaslException;

  /** What the server told within the mechanism about a refusal, for people; empty where nothing. */
  String said();
}

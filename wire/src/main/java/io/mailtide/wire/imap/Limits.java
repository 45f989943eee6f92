package io.mailtide.wire.imap;

/**
 * How much of the server's words is held in memory at once, so that no server can fill it. Bodies
 * of messages are handed on as they come, and have no limit here.
 *
 * @param responseBytesMax length of one response with its literals but without bodies. A SEARCH
 *     that finds a million messages is 8 MB long
 * @param literalBytesMax length of one literal that is not a body
 * @param literalsMax how many of them one response may have
 * @param nestingMax how deep parentheses may stand in parentheses
 * @param itemsMax how many members any list may have, other than a list of message numbers
 */
public record Limits(
    int responseBytesMax, int literalBytesMax, int literalsMax, int nestingMax, int itemsMax) {
  /** What serves every server seen. */
  public static final Limits DEFAULT = new Limits(16 << 20, 1 << 20, 1_000, 64, 10_000);
}

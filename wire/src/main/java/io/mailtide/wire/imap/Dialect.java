package io.mailtide.wire.imap;

/**
 * How commands are written for the server at hand.
 *
 * @param literals whether a literal can be sent without asking first
 * @param utf8Names whether mailbox names are sent in UTF-8: once ENABLE switched on UTF8=ACCEPT or
 *     IMAP4rev2
 */
public record Dialect(Literals literals, boolean utf8Names) {
  /** What every server understands. */
  public static final Dialect PLAIN = new Dialect(Literals.SYNCHRONISING, false);

  /** Which literals can be sent without waiting for the server (RFC 7888). */
  public enum Literals {
    /** None. */
    SYNCHRONISING,
    /** Those of at most 4096 bytes (LITERAL-, IMAP4rev2). */
    SHORT,
    /** All (LITERAL+). */
    ALL;

    /** By what the server says it can do. */
    public static Literals of(Capabilities capabilities) {
      if (capabilities.has("LITERAL+")) {
        return ALL;
      }
      boolean some = capabilities.has("LITERAL-") || capabilities.has("IMAP4rev2");
      return some ? SHORT : SYNCHRONISING;
    }

    boolean needWait(long length) {
      return switch (this) {
        case SYNCHRONISING -> true;
        case SHORT -> length > 4096;
        case ALL -> false;
      };
    }
  }
}

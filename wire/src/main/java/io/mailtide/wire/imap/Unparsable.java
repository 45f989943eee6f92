package io.mailtide.wire.imap;

/**
 * The bytes do not follow the grammar; kept cheap, without a stack trace, for servers make it
 * happen.
 */
class Unparsable extends Exception {
  private static final long serialVersionUID = 1L;

  /** What should have come, and where in the grammar. */
  final String expected;

  Unparsable(String expected) {
    super(expected, null, false, false);
    this.expected = expected;
  }

  /** The bytes follow the grammar as far as they go, and end where a literal begins. */
  static final class Incomplete extends Unparsable {
    private static final long serialVersionUID = 1L;

    Incomplete(String expected) {
      super(expected);
    }
  }

  /** A limit is passed: the connection cannot go on. */
  static final class Exceeded extends Unparsable {
    private static final long serialVersionUID = 1L;

    Exceeded(String expected) {
      super(expected);
    }
  }
}

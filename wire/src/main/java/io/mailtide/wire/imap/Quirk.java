package io.mailtide.wire.imap;

import java.util.EnumMap;
import java.util.Map;

/**
 * A way in which servers break the rules, and which is understood all the same. The reader counts
 * which it met, so that a session can learn what its server is like.
 */
public enum Quirk {
  /** A line ends with LF alone. */
  BARE_LINE_FEED,
  /** Blanks where none belong, too many, or a blank line. */
  STRAY_BLANK,
  /** A closing parenthesis too many. */
  STRAY_PARENTHESIS,
  /** A word of the protocol not in capitals. */
  LOWER_CASE_WORD,
  /** A response code without the {@code * OK} before it. */
  STATUS_WITHOUT_PREFIX,
  /** A status without the text that must follow. */
  STATUS_WITHOUT_TEXT,
  /** A response code that is known, but not with such arguments; kept as text. */
  CODE_MALFORMED,
  /** Sets in COPYUID or APPENDUID that are empty, or not in order. */
  COPYUID_EMPTY,
  /** {@code LITERAL +} for {@code LITERAL+}. */
  LITERAL_PLUS_PARTED,
  /** A word in a CAPABILITY line that is none: commas, quotation marks, parentheses. */
  CAPABILITY_ODD,
  /** A mailbox name with blanks or worse, and no quotation marks. */
  NAME_UNQUOTED,
  /** A mailbox name that is not encoded as the session's names are. */
  NAME_NOT_ENCODED,
  /** A backslash in a quoted string that quotes nothing. */
  BACKSLASH_UNQUOTED,
  /** A flag with {@code ]} in it, which cannot be sent back. */
  FLAG_WITH_BRACKET,
  /** {@code 9.37e+06} for a whole number. */
  NUMBER_AS_FLOAT,
  /** Zero for a UID, UIDNEXT or UIDVALIDITY: taken as unknown. */
  NUMBER_ZERO,
  /** A modification sequence below 1 or above 63 bits: taken as unknown. */
  MODSEQ_OUT_OF_RANGE,
  /** {@code * 0 FETCH}. */
  FETCH_OF_ZERO,
  /** An INTERNALDATE that is no date, for instance {@code 00-Jan-0000}: taken as unknown. */
  DATE_UNUSABLE,
  /** A VANISHED that cannot be read, so that nothing may be concluded from it. */
  VANISHED_MALFORMED,
  /** {@code *} in a set of messages that a server names. */
  RANGE_OPEN;

  /** Counts quirks. */
  static final class Tally {
    private final EnumMap<Quirk, Long> counts = new EnumMap<>(Quirk.class);
    private long total;

    void met(Quirk quirk) {
      counts.merge(quirk, 1L, Long::sum);
      total++;
    }

    /** How many were met, of any kind. */
    long total() {
      return total;
    }

    Map<Quirk, Long> counts() {
      return new EnumMap<>(counts);
    }
  }
}

package io.mailtide.wire.imap;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The bytes of one response, literals and all, and a place in them: what all rules of the grammar
 * are read with.
 *
 * <p>Methods that read a rule leave the place behind it, or throw and leave it anywhere.
 */
final class Cursor {
  private static final int FIRST_SIZE = 8192;
  private static final boolean[] ATOM = new boolean[256];

  static {
    // ATOM-CHAR = <any CHAR except "(" / ")" / "{" / SP / CTL / "%" / "*" / DQUOTE / "\" / "]">;
    // and any beyond ASCII.
    Arrays.fill(ATOM, 0x21, 256, true);
    for (char special : "(){%*\"\\]\u007F".toCharArray()) {
      ATOM[special] = false;
    }
  }

  final Limits limits;
  final Quirk.Tally quirks;
  byte[] bytes = new byte[FIRST_SIZE];

  /** Where reading goes on. */
  int at;

  /** How many bytes there are. */
  int end;

  Cursor(Limits limits, Quirk.Tally quirks) {
    this.limits = limits;
    this.quirks = quirks;
  }

  /** Drops all bytes, and the memory that an unusually long response took. */
  void clear() {
    at = 0;
    end = 0;
    if (bytes.length > 32 * FIRST_SIZE) {
      bytes = new byte[FIRST_SIZE];
    }
  }

  /** Makes room for so many bytes more, within the limit. */
  void reserve(int more) throws Unparsable.Exceeded {
    if (more > limits.responseBytesMax() - end) {
      throw new Unparsable.Exceeded(
          "a response of at most " + limits.responseBytesMax() + " bytes");
    }
    if (end + more > bytes.length) {
      int grown = Math.max(end + more, Math.min(2 * bytes.length, limits.responseBytesMax()));
      bytes = Arrays.copyOf(bytes, grown);
    }
  }

  boolean atEnd() {
    return at >= end;
  }

  /** The next byte, not yet passed; -1 at the end. */
  int peek() {
    return at < end ? bytes[at] & 0xFF : -1;
  }

  boolean at(char c) {
    return at < end && bytes[at] == c;
  }

  /** Passes this character if it is next. */
  boolean take(char c) {
    if (at(c)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(char c, String rule) throws Unparsable {
    if (!take(c)) {
      throw fail(rule + ": '" + c + "'");
    }
  }

  /** SP, at least one; more are a quirk. */
  void space(String rule) throws Unparsable {
    if (!at(' ') && !at('\t')) {
      throw fail(rule + ": a blank");
    }
    at++;
    strayBlanks();
  }

  /** Passes blanks where the grammar has none. */
  void strayBlanks() {
    if (at(' ') || at('\t')) {
      quirks.met(Quirk.STRAY_BLANK);
      while (at(' ') || at('\t')) {
        at++;
      }
    }
  }

  /** The end of a line. */
  void expectEnd(String rule) throws Unparsable {
    strayBlanks();
    if (!atEnd()) {
      throw fail(rule + ": the end of the line");
    }
  }

  /** Passes an atom without reading it; the place does not move when there is none. */
  void skipAtom() {
    while (at < end && ATOM[bytes[at] & 0xFF]) {
      at++;
    }
  }

  /** A word of the protocol, in capitals. */
  String word(String rule) throws Unparsable {
    int start = at;
    skipAtom();
    if (at == start) {
      throw fail(rule);
    }
    var word = text(start, at);
    var upper = word.toUpperCase(Locale.ROOT);
    if (!upper.equals(word)) {
      quirks.met(Quirk.LOWER_CASE_WORD);
    }
    return upper;
  }

  /** Passes the word if it is what stands between the places, in any case. */
  boolean isWord(int start, int stop, String upper) {
    if (stop - start != upper.length()) {
      return false;
    }
    boolean lower = false;
    for (int i = 0; i < upper.length(); i++) {
      int b = bytes[start + i];
      if (b >= 'a' && b <= 'z') {
        b -= 32;
        lower = true;
      }
      if (b != upper.charAt(i)) {
        return false;
      }
    }
    if (lower) {
      quirks.met(Quirk.LOWER_CASE_WORD);
    }
    return true;
  }

  /** Passes NIL if it is next and a word of its own. */
  boolean takeNil() {
    int start = at;
    skipAtom();
    if (isWord(start, at, "NIL")) {
      return true;
    }
    at = start;
    return false;
  }

  // number64 = 1*DIGIT, at most 63 bits
  /** A number, also one written as a float. */
  long number(String rule) throws Unparsable {
    int start = at;
    long value = exact(rule);
    return at('.') || at('e') || at('E') ? floating(start, rule) : value;
  }

  /** A number in digits alone, for what a rounded number would harm. */
  long exact(String rule) throws Unparsable {
    long value = digitsOrTooBig(rule);
    if (value < 0) {
      throw fail(rule + ": a number of at most 63 bits");
    }
    return value;
  }

  /** A number; -1 when it has more than 63 bits. */
  long digitsOrTooBig(String rule) throws Unparsable {
    int start = at;
    long value = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      int digit = bytes[at++] - '0';
      boolean fits = value >= 0 && value <= (Long.MAX_VALUE - digit) / 10;
      value = fits ? value * 10 + digit : -1;
    }
    if (at == start) {
      throw fail(rule + ": a number");
    }
    return value;
  }

  /**
   * A number written as a float, of which the digits before the point or exponent are passed
   * already.
   */
  long floating(int start, String rule) throws Unparsable {
    skipAtom();
    try {
      double value = Double.parseDouble(text(start, at));
      if (value < 0 || value > 1L << 53 || value != Math.rint(value)) {
        throw fail(rule + ": a whole number");
      }
      quirks.met(Quirk.NUMBER_AS_FLOAT);
      return (long) value;
    } catch (NumberFormatException none) {
      throw fail(rule + ": a number");
    }
  }

  // quoted  = DQUOTE *QUOTED-CHAR DQUOTE
  // literal = "{" number64 ["+"] "}" CRLF *CHAR8; literal8 = "~{" number64 "}" CRLF *OCTET
  // string  = quoted / literal
  byte[] string(String rule) throws Unparsable {
    return switch (peek()) {
      case '"' -> quoted(rule);
      case '{', '~' -> {
        int start = skipLiteral(rule);
        yield Arrays.copyOfRange(bytes, start, at);
      }
      default -> throw fail(rule + ": a string");
    };
  }

  boolean atString() {
    int next = peek();
    return next == '"' || next == '{' || (next == '~' && at + 1 < end && bytes[at + 1] == '{');
  }

  private byte[] quoted(String rule) throws Unparsable {
    int start = ++at;
    boolean escapes = false;
    while (!at('"')) {
      if (at('\\')) {
        escapes = true;
        at++;
      }
      if (atEnd() || at('\r') || at('\n')) {
        throw fail(rule + ": the end of a quoted string");
      }
      at++;
    }
    int stop = at++;
    return escapes ? unescaped(start, stop) : Arrays.copyOfRange(bytes, start, stop);
  }

  private byte[] unescaped(int start, int stop) {
    var plain = new byte[stop - start];
    int length = 0;
    for (int i = start; i < stop; i++) {
      if (bytes[i] == '\\' && (bytes[i + 1] == '\\' || bytes[i + 1] == '"')) {
        i++;
      } else if (bytes[i] == '\\') {
        quirks.met(Quirk.BACKSLASH_UNQUOTED);
      }
      plain[length++] = bytes[i];
    }
    return Arrays.copyOf(plain, length);
  }

  /** Passes the head of a literal, up to its first byte, and gives its length. */
  long literalLength(String rule) throws Unparsable {
    take('~');
    expect('{', rule);
    long length = exact(rule + " > literal");
    take('+');
    expect('}', rule);
    take('\r');
    expect('\n', rule);
    return length;
  }

  // nstring = string / nil; astring = 1*ASTRING-CHAR / string
  /** A string, or NIL or any other atom as it stands. */
  byte[] astring(String rule) throws Unparsable {
    if (atString()) {
      return string(rule);
    }
    int start = at;
    while (at < end && (ATOM[bytes[at] & 0xFF] || bytes[at] == ']')) {
      at++;
    }
    if (at == start) {
      throw fail(rule + ": a word or string");
    }
    return Arrays.copyOfRange(bytes, start, at);
  }

  /** Reads members until the closing parenthesis; the opening one is passed already. */
  void list(String rule, Member member) throws Unparsable {
    strayBlanks();
    for (int count = 0; !take(')'); count++) {
      if (count >= limits.itemsMax()) {
        throw new Unparsable.Exceeded(
            rule + ": at most " + limits.itemsMax() + " members of a list");
      }
      member.read();
      if (!at(')')) {
        blanksBetween(rule);
      }
    }
  }

  /** One blank between two members, or a stray one before the closing parenthesis. */
  void blanksBetween(String rule) throws Unparsable {
    space(rule);
    if (at(')')) {
      quirks.met(Quirk.STRAY_BLANK);
    }
  }

  /** One member of a list. */
  @FunctionalInterface
  interface Member {
    void read() throws Unparsable;
  }

  /** Passes any one value: atom, number, string or list of such. */
  void skipValue(String rule) throws Unparsable {
    int depth = 0;
    do {
      if (take('(')) {
        depth++;
        if (depth > limits.nestingMax()) {
          throw new Unparsable.Exceeded(
              rule + ": at most " + limits.nestingMax() + " levels of parentheses");
        }
      } else if (depth > 0 && take(')')) {
        depth--;
      } else if (atString()) {
        skipString(rule);
      } else if (depth > 0 && (at(' ') || at('\t'))) {
        at++;
      } else {
        skipWord(rule);
      }
    } while (depth > 0);
  }

  private void skipString(String rule) throws Unparsable {
    if (at('"')) {
      quoted(rule);
      return;
    }
    skipLiteral(rule);
  }

  /** Passes a literal; returns where its content begins. */
  private int skipLiteral(String rule) throws Unparsable {
    long length = literalLength(rule);
    if (length > end - at) {
      throw new Unparsable.Incomplete(rule + ": a literal");
    }
    at += (int) length;
    return at - (int) length;
  }

  private void skipWord(String rule) throws Unparsable {
    int start = at;
    while (at < end && (ATOM[bytes[at] & 0xFF] || "\\*%]".indexOf(bytes[at]) >= 0)) {
      at++;
    }
    if (at == start) {
      throw fail(rule + ": a value");
    }
  }

  /** The bytes between the places, as text. */
  String text(int start, int stop) {
    return new String(bytes, start, stop - start, StandardCharsets.UTF_8);
  }

  /** What is left, as text. */
  String rest() {
    int start = at;
    at = end;
    return text(start, end);
  }

  Unparsable fail(String expected) {
    return new Unparsable(expected);
  }
}

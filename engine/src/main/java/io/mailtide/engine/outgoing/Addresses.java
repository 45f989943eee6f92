package io.mailtide.engine.outgoing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads lists of addresses (RFC 5322 section 3.4, with UTF-8 as in RFC 6532): names, comments,
 * quoted strings, groups, routes and empty members are read over; what is left is what an envelope
 * holds (RFC 5321 section 4.1.2). A pure function of the text, which is one line.
 */
final class Addresses {
  private static final int LOCAL_MAX = 64;
  private static final int DOMAIN_MAX = 255;

  /** Some programs put commas and brackets into them, where none may be. */
  private static final Pattern ENCODED_WORD =
      Pattern.compile("=\\?[^?\\s]+\\?[BbQq]\\?[^?\\s]*\\?=");

  private static final String SPECIALS = "()<>[]:;@\\,\"";
  private static final Pattern DOMAIN =
      Pattern.compile("[\\w\\-\\x{80}-\\x{10FFFF}]+(\\.[\\w\\-\\x{80}-\\x{10FFFF}]+)*");
  private static final char END = '\0';

  private final String text;
  private final List<String> found = new ArrayList<>();
  private int at;

  private Addresses(String text) {
    this.text = text;
  }

  /** What is no address, and why, for people. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /** The addresses in a list, in order, as often as they are there. */
  static List<String> in(String text) throws Malformed {
    if (text.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
      throw new Malformed("it has control characters");
    }
    var list = new Addresses(text);
    list.members(false);
    return list.found;
  }

  /** The one address that a text holds. */
  static String one(String text) throws Malformed {
    var found = in(text);
    if (found.size() != 1) {
      throw new Malformed(
          found.isEmpty() ? "it is empty" : "it holds " + found.size() + " addresses");
    }
    return found.getFirst();
  }

  private void members(boolean inGroup) throws Malformed {
    for (; ; ) {
      var next = peek();
      if (next == ',') {
        at++;
      } else if (next == END || (inGroup && next == ';')) {
        return;
      } else {
        member(inGroup);
      }
    }
  }

  private void member(boolean inGroup) throws Malformed {
    var begin = at;
    var words = words();
    switch (peek()) {
      case '@' -> add(words.toString());
      case '<' -> {
        at++;
        route();
        var local = words();
        if (peek() != '@') {
          throw new Malformed(peek() == '>' ? noDomain(local) : unexpected());
        }
        add(local.toString());
        take('>');
      }
      case ':' -> {
        if (inGroup || words.isEmpty()) {
          throw new Malformed(unexpected());
        }
        at++;
        members(true);
        take(';');
      }
      case ',', ';', END ->
        throw new Malformed(words.isEmpty() ? unexpected() : noDomain(text.substring(begin, at)));
      default -> throw new Malformed(unexpected());
    }
    var next = peek();
    if (next != ',' && next != END && next != ';') {
      throw new Malformed(unexpected());
    }
    if (next == ';' && !inGroup) {
      at++; // after a group, or between addresses, as some programs write them
    }
  }

  private static String noDomain(CharSequence local) {
    var name = local.toString().strip();
    return name.isEmpty() ? "there is no address in <>" : "`" + name + "` has no domain";
  }

  private String unexpected() throws Malformed {
    return peek() == END
        ? "it ends too early"
        : "`" + text.charAt(at) + "` is out of place before `" + clip(text.substring(at)) + "`";
  }

  private static String clip(String rest) {
    return rest.length() <= 20 ? rest : rest.substring(0, 20) + "…";
  }

  /** The words up to the next special character: atoms, dots and quoted strings, without blanks. */
  private StringBuilder words() throws Malformed {
    var words = new StringBuilder();
    var atEnd = false;
    for (; ; ) {
      var before = at;
      var next = peek();
      // Two words that no dot joins are a name; a mark between them keeps them from being a local
      // part.
      if (atEnd
          && at > before
          && next != '.'
          && words.charAt(words.length() - 1) != '.'
          && (next == '"' || SPECIALS.indexOf(next) < 0)
          && next != END) {
        words.append(' ');
      }
      if (next == '"') {
        words.append(quoted());
      } else if (next == END || SPECIALS.indexOf(next) >= 0) {
        return words;
      } else {
        words.append(atom());
      }
      atEnd = true;
    }
  }

  private String atom() {
    var encoded = ENCODED_WORD.matcher(text).region(at, text.length());
    var begin = at;
    if (encoded.lookingAt()) {
      at = encoded.end();
    } else {
      while (at < text.length()
          && SPECIALS.indexOf(text.charAt(at)) < 0
          && !blank(text.charAt(at))) {
        at++;
      }
    }
    return text.substring(begin, at);
  }

  private String quoted() throws Malformed {
    var begin = at++;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= text.length()) {
      throw new Malformed("a quotation mark is missing");
    }
    at++;
    return text.substring(begin, at);
  }

  /** An obsolete route: {@code @a,@b:} before the address. It is no part of it. */
  private void route() throws Malformed {
    if (peek() == '@') {
      at = text.indexOf(':', at) + 1;
      if (at == 0) {
        throw new Malformed("a route has no end");
      }
    }
  }

  private void add(String local) throws Malformed {
    take('@');
    var domain = peek() == '[' ? literal() : words().toString();
    if (local.getBytes(StandardCharsets.UTF_8).length > LOCAL_MAX
        || domain.getBytes(StandardCharsets.UTF_8).length > DOMAIN_MAX) {
      throw new Malformed("it is longer than addresses can be");
    }
    if (!isLocal(local)) {
      throw new Malformed("`" + local + "` cannot stand before @");
    }
    if (!domain.startsWith("[") && !DOMAIN.matcher(domain).matches()) {
      throw new Malformed("`" + domain + "` is no domain");
    }
    found.add(local + "@" + domain);
  }

  /** A dot-atom or a quoted string (RFC 5321: Local-part). */
  private static boolean isLocal(String local) {
    if (local.startsWith("\"")) {
      return local.matches("\"([^\"\\\\]|\\\\.)*\"");
    }
    return !local.isEmpty()
        && local.chars().noneMatch(c -> c == ' ' || c == '"')
        && !local.startsWith(".")
        && !local.endsWith(".")
        && !local.contains("..");
  }

  private String literal() throws Malformed {
    var end = text.indexOf(']', at);
    var literal = end < 0 ? "" : text.substring(at, end + 1);
    if (!literal.matches("\\[[A-Za-z0-9.:-]+\\]")) {
      throw new Malformed("`" + clip(text.substring(at)) + "` is no domain");
    }
    at = end + 1;
    return literal;
  }

  private void take(char wanted) throws Malformed {
    if (peek() != wanted) {
      throw new Malformed(peek() == END ? "`" + wanted + "` is missing at its end" : unexpected());
    }
    at++;
  }

  /** The next character that is neither blank nor in a comment. */
  private char peek() throws Malformed {
    while (at < text.length()) {
      var c = text.charAt(at);
      if (c == '(') {
        comment();
      } else if (blank(c)) {
        at++;
      } else {
        return c;
      }
    }
    return END;
  }

  private void comment() throws Malformed {
    var depth = 0;
    for (; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '\\' -> at++;
        case '(' -> depth++;
        case ')' -> {
          if (--depth == 0) {
            at++;
            return;
          }
        }
        default -> {}
      }
    }
    throw new Malformed("a comment has no end");
  }

  private static boolean blank(char c) {
    return c == ' ' || c == '\t';
  }
}

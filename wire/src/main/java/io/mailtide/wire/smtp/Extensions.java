package io.mailtide.wire.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a server says it can do beyond the basics, in its answer to EHLO (RFC 5321 section 4.1.1.1).
 *
 * @param keywords each in capitals, with what follows it
 */
public record Extensions(Map<String, String> keywords) {
  /** None at all. */
  public static final Extensions NONE = new Extensions(Map.of());

  public static final String STARTTLS = "STARTTLS";
  public static final String PIPELINING = "PIPELINING";
  public static final String EIGHT_BIT = "8BITMIME";
  public static final String UTF8 = "SMTPUTF8";
  public static final String CHUNKING = "CHUNKING";
  public static final String BINARY = "BINARYMIME";
  public static final String DSN = "DSN";
  public static final String SIZE = "SIZE";
  private static final String AUTH = "AUTH";

  public Extensions {
    keywords = Map.copyOf(keywords);
  }

  /** Those of an answer to EHLO; its first line is the server's name and greeting. */
  public static Extensions of(Reply reply) {
    var keywords = new TreeMap<String, String>();
    for (var line : reply.lines().subList(1, reply.lines().size())) {
      var words = line.strip().split("[ \t]+", 2);
      var keyword = words[0].toUpperCase(Locale.ROOT);
      // As servers wrote it before RFC 2554, and some still do.
      int equals = keyword.startsWith(AUTH + "=") ? AUTH.length() : -1;
      var value = words.length > 1 ? words[1] : "";
      if (equals >= 0) {
        value = keyword.substring(equals + 1) + " " + value;
        keyword = AUTH;
      }
      keywords.merge(keyword, value, (one, other) -> one + " " + other);
    }
    return new Extensions(keywords);
  }

  public boolean has(String keyword) {
    return keywords.containsKey(keyword);
  }

  /** The mechanisms to sign in by (RFC 4954), in capitals. */
  public List<String> mechanisms() {
    var names = new ArrayList<String>();
    for (var name : keywords.getOrDefault(AUTH, "").strip().split("[ \t]+", -1)) {
      if (!name.isEmpty()) {
        names.add(name.toUpperCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** The largest message that is taken, in bytes (RFC 1870); absent where none is named. */
  public OptionalLong sizeMax() {
    var size = keywords.getOrDefault(SIZE, "").strip();
    if (!size.matches("[0-9]{1,18}")) {
      return OptionalLong.empty();
    }
    long max = Long.parseLong(size);
    return max == 0 ? OptionalLong.empty() : OptionalLong.of(max);
  }
}

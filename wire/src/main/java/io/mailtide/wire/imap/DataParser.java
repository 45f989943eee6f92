package io.mailtide.wire.imap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads what is said of the server and of the open mailbox: CAPABILITY, ENABLED, ID, FLAGS, SEARCH,
 * ESEARCH, VANISHED.
 */
final class DataParser {
  private final Cursor cursor;

  DataParser(Cursor cursor) {
    this.cursor = cursor;
  }

  // capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev1" *(SP capability)
  /** The words up to the end of the line, or up to this character. */
  Capabilities capabilities(char terminator) throws Unparsable {
    var words = new ArrayList<String>();
    while (true) {
      blanks();
      int start = cursor.at;
      boolean odd = false;
      while (!cursor.atEnd() && cursor.peek() > ' ' && !cursor.at(terminator)) {
        odd |= ",\"()".indexOf(cursor.peek()) >= 0;
        cursor.at++;
      }
      if (cursor.at == start) {
        if (!cursor.atEnd() && !cursor.at(terminator)) {
          throw cursor.fail("capability-data: a word");
        }
        return Capabilities.of(words);
      }
      if (words.size() >= cursor.limits.itemsMax()) {
        throw new Unparsable.Exceeded(
            "capability-data: at most " + cursor.limits.itemsMax() + " words");
      }
      capability(cursor.text(start, cursor.at), odd, words);
    }
  }

  private void capability(String word, boolean odd, List<String> words) {
    if (odd) {
      cursor.quirks.met(Quirk.CAPABILITY_ODD);
      word = word.replaceAll("[,\"()]", "");
    }
    boolean parted = (word.equals("+") || word.equals("-"))
        && !words.isEmpty()
        && words.getLast().equalsIgnoreCase("LITERAL");
    if (parted) {
      cursor.quirks.met(Quirk.LITERAL_PLUS_PARTED);
      words.set(words.size() - 1, "LITERAL" + word);
    } else if (!word.isEmpty()) {
      words.add(word);
    }
  }

  private void blanks() {
    if (cursor.take(' ')) {
      cursor.strayBlanks();
    }
  }

  Response capability() throws Unparsable {
    return new Response.Capability(capabilities('\n'));
  }

  // enable-data = "ENABLED" *(SP capability)
  Response enabled() throws Unparsable {
    return new Response.Enabled(capabilities('\n'));
  }

  // flag-list = "(" [flag *(SP flag)] ")"; the "]" that no flag may have is a quirk
  static List<String> flagList(Cursor cursor, String rule) throws Unparsable {
    cursor.expect('(', rule);
    var flags = new ArrayList<String>();
    cursor.list(rule, () -> flags.add(flag(cursor, rule)));
    return List.copyOf(flags);
  }

  private static String flag(Cursor cursor, String rule) throws Unparsable {
    int start = cursor.at;
    boolean bracket = false;
    while (cursor.peek() > ' ' && !cursor.at(')') && !cursor.at('(')) {
      bracket |= cursor.at(']');
      cursor.at++;
    }
    if (cursor.at == start) {
      throw cursor.fail(rule + ": a flag");
    }
    if (bracket) {
      cursor.quirks.met(Quirk.FLAG_WITH_BRACKET);
    }
    return cursor.text(start, cursor.at);
  }

  // nz-number = digit-nz *DIGIT, at most 32 bits
  /** A number that names something; 0 where it cannot be known: zero, or rounded to a float. */
  static long name(Cursor cursor, String rule) throws Unparsable {
    int start = cursor.at;
    long value = cursor.exact(rule);
    if (cursor.at('.') || cursor.at('e') || cursor.at('E')) {
      cursor.floating(start, rule);
      return 0;
    }
    if (value > Uid.MAX) {
      throw cursor.fail(rule + ": at most " + Uid.MAX);
    }
    if (value == 0) {
      cursor.quirks.met(Quirk.NUMBER_ZERO);
    }
    return value;
  }

  // sequence-set = (seq-number / seq-range) *("," (seq-number / seq-range))
  static UidSet set(Cursor cursor, String rule) throws Unparsable {
    var builder = UidSet.builder();
    do {
      long first = setNumber(cursor, rule);
      builder.add(first, cursor.take(':') ? setNumber(cursor, rule) : first);
    } while (cursor.take(','));
    return builder.build();
  }

  private static long setNumber(Cursor cursor, String rule) throws Unparsable {
    if (cursor.take('*')) {
      cursor.quirks.met(Quirk.RANGE_OPEN);
      return UidSet.STAR;
    }
    long number = cursor.exact(rule);
    if (number < 1 || number > Uid.MAX) {
      throw cursor.fail(rule + ": a number from 1 to " + Uid.MAX);
    }
    return number;
  }

  // mailbox-data = "FLAGS" SP flag-list
  Response flags() throws Unparsable {
    cursor.space("FLAGS");
    var flags = flagList(cursor, "FLAGS > flag-list");
    cursor.expectEnd("FLAGS");
    return new Response.Flags(flags);
  }

  // id-response = "ID" SP id-params-list
  // id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
  Response id() throws Unparsable {
    cursor.space("ID");
    var fields = new HashMap<String, String>();
    if (!cursor.takeNil()) {
      cursor.expect('(', "ID > id-params-list");
      cursor.list("ID > id-params-list", () -> {
        var name = utf8(cursor.astring("ID > id-params-list > name"));
        cursor.space("ID > id-params-list");
        if (!cursor.takeNil()) {
          fields.put(
              name.toLowerCase(Locale.ROOT), utf8(cursor.astring("ID > id-params-list > value")));
        }
      });
    }
    cursor.expectEnd("ID");
    return new Response.Id(fields);
  }

  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  // mailbox-data = "SEARCH" *(SP nz-number) [SP search-sort-mod-seq]
  // search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")"
  Response search() throws Unparsable {
    var found = UidSet.builder();
    Optional<ModSeq> modSeq = Optional.empty();
    while (true) {
      blanks();
      if (cursor.atEnd()) {
        return new Response.Search(found.build(), modSeq);
      }
      if (cursor.take('(')) {
        int start = cursor.at;
        cursor.skipAtom();
        if (!cursor.isWord(start, cursor.at, "MODSEQ")) {
          throw cursor.fail("SEARCH > search-sort-mod-seq: MODSEQ");
        }
        cursor.space("SEARCH > search-sort-mod-seq");
        modSeq = StatusParser.modSeq(cursor, "SEARCH > search-sort-mod-seq");
        cursor.expect(')', "SEARCH > search-sort-mod-seq");
        continue;
      }
      long number = cursor.exact("SEARCH");
      if (number > Uid.MAX) {
        throw cursor.fail("SEARCH: at most " + Uid.MAX);
      }
      if (number == 0) {
        cursor.quirks.met(Quirk.NUMBER_ZERO);
      } else {
        found.add(number, number);
      }
    }
  }

  // esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
  // search-correlator = SP "(" "TAG" SP tag-string ")"
  Response esearch() throws Unparsable {
    var answer = new SearchAnswer();
    blanks();
    if (cursor.take('(')) {
      if (!cursor.word("ESEARCH > search-correlator").equals("TAG")) {
        throw cursor.fail("ESEARCH > search-correlator: TAG");
      }
      cursor.space("ESEARCH > search-correlator");
      answer.tag = Optional.of(utf8(cursor.astring("ESEARCH > search-correlator > tag-string")));
      cursor.expect(')', "ESEARCH > search-correlator");
      blanks();
    }
    while (!cursor.atEnd()) {
      answer.item(cursor.word("ESEARCH > search-return-data"));
      if (!cursor.atEnd()) {
        cursor.space("ESEARCH > search-return-data");
      }
    }
    return answer.response();
  }

  /** The parts of an ESEARCH response as they come. */
  private final class SearchAnswer {
    Optional<String> tag = Optional.empty();
    boolean uids;
    OptionalLong count = OptionalLong.empty();
    OptionalLong min = OptionalLong.empty();
    OptionalLong max = OptionalLong.empty();
    Optional<UidSet> all = Optional.empty();
    Optional<ModSeq> modSeq = Optional.empty();

    // search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set /
    //   "COUNT" SP number / ...
    void item(String name) throws Unparsable {
      if (name.equals("UID")) {
        uids = true;
        return;
      }
      var rule = "ESEARCH > search-return-data > " + name;
      cursor.space(rule);
      switch (name) {
        case "COUNT" -> count = OptionalLong.of(cursor.number(rule));
        case "MIN" -> min = positive(name(cursor, rule));
        case "MAX" -> max = positive(name(cursor, rule));
        case "ALL" -> all = Optional.of(set(cursor, rule));
        case "MODSEQ" -> modSeq = StatusParser.modSeq(cursor, rule);
        default -> cursor.skipValue(rule);
      }
    }

    private OptionalLong positive(long number) {
      return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }

    Response response() {
      return new Response.ESearch(tag, uids, count, min, max, all, modSeq);
    }
  }

  // expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids
  Response vanished() throws Unparsable {
    try {
      cursor.space("VANISHED");
      boolean earlier = cursor.take('(');
      if (earlier) {
        if (!cursor.word("VANISHED > EARLIER").equals("EARLIER")) {
          throw cursor.fail("VANISHED: EARLIER");
        }
        cursor.expect(')', "VANISHED > EARLIER");
        cursor.space("VANISHED");
      }
      var uids = set(cursor, "VANISHED > known-uids");
      cursor.expectEnd("VANISHED");
      return new Response.Vanished(earlier, uids);
    } catch (Unparsable malformed) {
      cursor.quirks.met(Quirk.VANISHED_MALFORMED);
      throw malformed;
    }
  }
}

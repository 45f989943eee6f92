package io.mailtide.wire.imap;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads FETCH responses, as far as they have come: a body's bytes go past it, and so it stops where
 * one begins and goes on behind it.
 */
final class FetchParser {
  private final Cursor cursor;
  private final Queue<Response> ready;
  private final FlagCache flagCache = new FlagCache();

  private long sequence;
  private Optional<Uid> uid = Optional.empty();
  private Optional<List<String>> flags = Optional.empty();
  private Optional<ModSeq> modSeq = Optional.empty();
  private Optional<Instant> internalDate = Optional.empty();
  private OptionalLong size = OptionalLong.empty();
  private @Nullable Map<String, String> others;

  /**
   * @param cursor the bytes
   * @param ready takes the events that are read on the way
   */
  FetchParser(Cursor cursor, Queue<Response> ready) {
    this.cursor = cursor;
    this.ready = ready;
  }

  // message-data = nz-number SP "FETCH" SP msg-att
  /** Begins a response at its parenthesis. */
  void start(long sequence) throws Unparsable {
    this.sequence = sequence;
    if (sequence == 0) {
      cursor.quirks.met(Quirk.FETCH_OF_ZERO);
    }
    uid = Optional.empty();
    flags = Optional.empty();
    modSeq = Optional.empty();
    internalDate = Optional.empty();
    size = OptionalLong.empty();
    others = null;
    cursor.expect('(', "msg-att");
    cursor.strayBlanks();
  }

  // msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
  /**
   * Reads on. The place is behind the last whole item when this throws.
   *
   * @return true when the response is read to its end; false when a body's bytes come next
   */
  boolean read() throws Unparsable {
    int items = 0;
    while (true) {
      if (cursor.at(' ')) {
        cursor.blanksBetween("msg-att");
      }
      if (cursor.take(')')) {
        break;
      }
      if (items++ >= cursor.limits.itemsMax()) {
        throw new Unparsable.Exceeded("msg-att: at most " + cursor.limits.itemsMax() + " items");
      }
      int item = cursor.at;
      try {
        if (!item()) {
          return false;
        }
      } catch (Unparsable.Incomplete literal) {
        cursor.at = item;
        throw literal;
      }
    }
    while (cursor.take(')')) {
      cursor.quirks.met(Quirk.STRAY_PARENTHESIS);
    }
    cursor.expectEnd("msg-att");
    return true;
  }

  /** What has been read. */
  Response.Fetch result() {
    return new Response.Fetch(
        sequence,
        uid,
        flags,
        modSeq,
        internalDate,
        size,
        others == null ? Map.of() : Collections.unmodifiableMap(others));
  }

  // msg-att-dynamic = "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")" /
  //   "MODSEQ" SP "(" mod-sequence-value ")"
  // msg-att-static  = "INTERNALDATE" SP date-time / "RFC822.SIZE" SP number64 /
  //   "UID" SP uniqueid / ...
  /** Reads one item; false when a body's bytes come next. */
  private boolean item() throws Unparsable {
    int start = cursor.at;
    cursor.skipAtom();
    int stop = start;
    while (stop < cursor.at && cursor.bytes[stop] != '[') {
      stop++;
    }
    cursor.at = stop;
    if (start == stop) {
      throw cursor.fail("msg-att: the name of an item");
    }
    if (cursor.isWord(start, stop, "UID")) {
      cursor.space("msg-att > UID");
      uid = uid();
    } else if (cursor.isWord(start, stop, "FLAGS")) {
      cursor.space("msg-att > FLAGS");
      flags = Optional.of(flags());
    } else if (cursor.isWord(start, stop, "MODSEQ")) {
      cursor.space("msg-att > MODSEQ");
      modSeq = modSeq();
    } else if (cursor.isWord(start, stop, "INTERNALDATE")) {
      cursor.space("msg-att > INTERNALDATE");
      internalDate = internalDate();
    } else if (cursor.isWord(start, stop, "RFC822.SIZE")) {
      cursor.space("msg-att > RFC822.SIZE");
      size = OptionalLong.of(cursor.number("msg-att > RFC822.SIZE"));
    } else if (isBody(start, stop)) {
      return body(start);
    } else {
      other(start);
    }
    return true;
  }

  private Optional<Uid> uid() throws Unparsable {
    long value = DataParser.name(cursor, "msg-att > UID > uniqueid");
    return value == 0 ? Optional.empty() : Optional.of(new Uid(value));
  }

  // flag-list = "(" [flag *(SP flag)] ")"
  private List<String> flags() throws Unparsable {
    int start = cursor.at;
    int stop = start;
    while (stop < cursor.end && cursor.bytes[stop] != ')') {
      stop++;
    }
    var known = flagCache.find(cursor.bytes, start, stop);
    if (known != null) {
      cursor.at = stop + 1;
      return known;
    }
    long bracketsBefore = cursor.quirks.total();
    var read = DataParser.flagList(cursor, "msg-att > FLAGS");
    if (cursor.quirks.total() == bracketsBefore) {
      flagCache.keep(cursor.bytes, start, stop, read);
    }
    return read;
  }

  // fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"
  private Optional<ModSeq> modSeq() throws Unparsable {
    cursor.expect('(', "msg-att > MODSEQ");
    var value = StatusParser.modSeq(cursor, "msg-att > MODSEQ > mod-sequence-value");
    cursor.expect(')', "msg-att > MODSEQ");
    return value;
  }

  private Optional<Instant> internalDate() throws Unparsable {
    int start = cursor.at + 1;
    cursor.skipValue("msg-att > INTERNALDATE > date-time");
    var read = InternalDate.read(cursor.bytes, start, cursor.at - 1);
    if (read.isEmpty()) {
      cursor.quirks.met(Quirk.DATE_UNUSABLE);
    }
    return read;
  }

  // msg-att-static =/ "BODY" section ["<" number ">"] SP nstring /
  //   "BINARY" section-binary SP (nstring / literal8) / "RFC822" [".HEADER" / ".TEXT"] SP nstring
  private boolean isBody(int start, int stop) {
    if (cursor.at('[')) {
      return cursor.isWord(start, stop, "BODY") || cursor.isWord(start, stop, "BINARY");
    }
    return cursor.isWord(start, stop, "RFC822")
        || cursor.isWord(start, stop, "RFC822.HEADER")
        || cursor.isWord(start, stop, "RFC822.TEXT");
  }

  private boolean body(int start) throws Unparsable {
    section();
    var item = itemName(start);
    cursor.space("msg-att > " + item);
    if (cursor.at('"')) {
      var content = cursor.string("msg-att > " + item);
      ready.add(new Response.BodyBegin(sequence, uid, item, OptionalLong.of(content.length)));
      if (content.length > 0) {
        ready.add(new Response.BodyPiece(ByteBuffer.wrap(content)));
      }
      ready.add(new Response.BodyEnd());
      return true;
    }
    if (cursor.takeNil()) {
      ready.add(new Response.BodyBegin(sequence, uid, item, OptionalLong.empty()));
      ready.add(new Response.BodyEnd());
      return true;
    }
    long length = cursor.literalLength("msg-att > " + item + " > nstring");
    ready.add(new Response.BodyBegin(sequence, uid, item, OptionalLong.of(length)));
    return false;
  }

  /** Passes a section and the origin of a part, where there are such. */
  private void section() throws Unparsable {
    if (cursor.take('[')) {
      while (!cursor.take(']')) {
        if (cursor.atString()) {
          cursor.skipValue("msg-att > BODY > section");
        } else if (cursor.atEnd()) {
          throw cursor.fail("msg-att > BODY > section: ']'");
        } else {
          cursor.at++;
        }
      }
    }
    if (cursor.take('<')) {
      cursor.number("msg-att > BODY > origin");
      cursor.expect('>', "msg-att > BODY > origin");
    }
  }

  private String itemName(int start) {
    if (cursor.at - start == 6 && cursor.isWord(start, cursor.at, "BODY[]")) {
      return "BODY[]";
    }
    return cursor.text(start, cursor.at).toUpperCase(Locale.ROOT);
  }

  private void other(int start) throws Unparsable {
    section();
    var name = itemName(start);
    cursor.space("msg-att > " + name);
    int value = cursor.at;
    cursor.skipValue("msg-att > " + name);
    if (others == null) {
      others = new TreeMap<>();
    }
    others.put(name, cursor.text(value, cursor.at));
  }

  /**
   * Knows the lists of flags seen lately by their bytes, for most messages of a mailbox carry one
   * of a few.
   */
  private static final class FlagCache {
    private static final int SIZE = 256;
    private static final int LENGTH_MAX = 256;

    private final byte[][] texts = new byte[SIZE][];
    private final @Nullable List<String>[] lists = newLists();

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable List<String>[] newLists() {
      return new List[SIZE];
    }

    @Nullable
    List<String> find(byte[] bytes, int start, int stop) {
      int slot = slot(bytes, start, stop);
      byte[] text = texts[slot];
      return text != null && Arrays.equals(text, 0, text.length, bytes, start, stop)
          ? lists[slot]
          : null;
    }

    void keep(byte[] bytes, int start, int stop, List<String> list) {
      if (stop - start <= LENGTH_MAX) {
        int slot = slot(bytes, start, stop);
        texts[slot] = Arrays.copyOfRange(bytes, start, stop);
        lists[slot] = list;
      }
    }

    private static int slot(byte[] bytes, int start, int stop) {
      int hash = 1;
      for (int i = start; i < stop; i++) {
        hash = 31 * hash + bytes[i];
      }
      return (hash ^ hash >>> 8 ^ hash >>> 16) & SIZE - 1;
    }
  }
}

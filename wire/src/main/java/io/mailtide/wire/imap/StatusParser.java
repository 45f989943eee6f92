package io.mailtide.wire.imap;

import io.mailtide.wire.imap.Response.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads status responses and their codes (RFC 9051 section 7.1). */
final class StatusParser {
  private final Cursor cursor;

  StatusParser(Cursor cursor) {
    this.cursor = cursor;
  }

  // response-tagged = tag SP resp-cond-state CRLF
  Response tagged() throws Unparsable {
    int start = cursor.at;
    while (!cursor.atEnd() && !cursor.at(' ')) {
      cursor.at++;
    }
    var tag = cursor.text(start, cursor.at);
    cursor.space("response-tagged");
    var condition = condition(cursor.word("response-tagged > resp-cond-state: OK, NO or BAD"));
    if (condition.isEmpty() || condition.get().compareTo(Condition.BAD) > 0) {
      throw cursor.fail("response-tagged > resp-cond-state: OK, NO or BAD");
    }
    var code = codeAndBlank();
    return new Response.Tagged(tag, condition.get(), code, cursor.rest());
  }

  static Optional<Condition> condition(String word) {
    return switch (word) {
      case "OK" -> Optional.of(Condition.OK);
      case "NO" -> Optional.of(Condition.NO);
      case "BAD" -> Optional.of(Condition.BAD);
      case "PREAUTH" -> Optional.of(Condition.PREAUTH);
      case "BYE" -> Optional.of(Condition.BYE);
      default -> Optional.empty();
    };
  }

  // resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text; resp-cond-bye = "BYE" SP resp-text
  Response untagged(Condition condition) throws Unparsable {
    var code = codeAndBlank();
    return new Response.Untagged(condition, code, cursor.rest());
  }

  // resp-text = ["[" resp-text-code "]" SP] [text]
  private Optional<ResponseCode> codeAndBlank() throws Unparsable {
    if (cursor.atEnd()) {
      cursor.quirks.met(Quirk.STATUS_WITHOUT_TEXT);
      return Optional.empty();
    }
    if (!cursor.at('[')) {
      cursor.space("resp-text");
    }
    return code();
  }

  /** The code, if there is one, and the blank behind it. */
  Optional<ResponseCode> code() throws Unparsable {
    int start = cursor.at;
    if (!cursor.take('[')) {
      return Optional.empty();
    }
    Optional<ResponseCode> code;
    try {
      code = Optional.of(known());
    } catch (Unparsable.Exceeded limit) {
      throw limit;
    } catch (Unparsable malformed) {
      cursor.quirks.met(Quirk.CODE_MALFORMED);
      cursor.at = start + 1;
      code = raw();
    }
    if (code.isEmpty()) {
      cursor.at = start;
    }
    cursor.take(' ');
    return code;
  }

  /** Name and text up to the bracket; absent when no bracket closes it. */
  private Optional<ResponseCode> raw() throws Unparsable {
    int start = cursor.at;
    int stop = start;
    while (stop < cursor.end && cursor.bytes[stop] != ']') {
      stop++;
    }
    if (stop == cursor.end) {
      return Optional.empty();
    }
    cursor.skipAtom();
    int name = cursor.at;
    cursor.take(' ');
    var text = cursor.text(Math.min(cursor.at, stop), stop);
    cursor.at = start;
    var word = name == start ? "" : cursor.word("resp-text-code");
    cursor.at = stop + 1;
    return Optional.of(new ResponseCode.Other(word, text));
  }

  // resp-text-code = "ALERT" / "BADCHARSET" [...] / capability-data / "PARSE" /
  //   "PERMANENTFLAGS" SP ... / "UIDNEXT" SP nz-number / "UIDVALIDITY" SP nz-number /
  // resp-code-apnd / resp-code-copy / ...
  private ResponseCode known() throws Unparsable {
    int start = cursor.at;
    cursor.strayBlanks();
    var name = cursor.word("resp-text-code");
    var plain = ResponseCode.Name.ofWord(name);
    if (plain.isPresent() && cursor.take(']')) {
      return new ResponseCode.Plain(plain.get());
    }
    Optional<? extends ResponseCode> code = switch (name) {
      case "CAPABILITY" ->
        Optional.of(new ResponseCode.CapabilityList(new DataParser(cursor).capabilities(']')));
      case "PERMANENTFLAGS" -> permanentFlags();
      case "UIDVALIDITY" ->
        argument(name).map(value -> new ResponseCode.Validity(new UidValidity(value)));
      case "UIDNEXT" -> argument(name).map(value -> new ResponseCode.NextUid(new Uid(value)));
      case "UNSEEN" -> argument(name).map(ResponseCode.FirstUnseen::new);
      case "HIGHESTMODSEQ" -> highestModSeq();
      case "APPENDUID" -> appendUid();
      case "COPYUID" -> copyUid();
      case "MODIFIED" -> {
        cursor.space("resp-text-code > MODIFIED");
        yield Optional.of(
            new ResponseCode.Modified(DataParser.set(cursor, "resp-text-code > MODIFIED")));
      }
      default -> Optional.empty();
    };
    if (code.isPresent()) {
      cursor.strayBlanks();
      cursor.expect(']', "resp-text-code > " + name);
      return code.get();
    }
    cursor.at = start;
    return raw().orElseThrow(() -> cursor.fail("resp-text-code: ']'"));
  }

  /** A number that names something; absent where it cannot be known. */
  private Optional<Long> argument(String name) throws Unparsable {
    cursor.space("resp-text-code > " + name);
    long value = DataParser.name(cursor, "resp-text-code > " + name);
    return value == 0 ? Optional.empty() : Optional.of(value);
  }

  private Optional<ResponseCode> highestModSeq() throws Unparsable {
    cursor.space("resp-text-code > HIGHESTMODSEQ");
    return modSeq(cursor, "resp-text-code > HIGHESTMODSEQ > mod-sequence-value")
        .map(ResponseCode.HighestModSeq::new);
  }

  // mod-sequence-valzer = "0" / mod-sequence-value
  /** A modification sequence; absent when it is none: zero, negative or too big. */
  static Optional<ModSeq> modSeq(Cursor cursor, String rule) throws Unparsable {
    boolean negative = cursor.take('-');
    long value = cursor.digitsOrTooBig(rule);
    if (negative || value < 0) {
      cursor.quirks.met(Quirk.MODSEQ_OUT_OF_RANGE);
      return Optional.empty();
    }
    return value == 0 ? Optional.empty() : Optional.of(new ModSeq(value));
  }

  // "PERMANENTFLAGS" SP "(" [flag-perm *(SP flag-perm)] ")"; flag-perm = flag / "\*"
  private Optional<ResponseCode> permanentFlags() throws Unparsable {
    cursor.space("resp-text-code > PERMANENTFLAGS");
    var flags = new ArrayList<>(DataParser.flagList(cursor, "resp-text-code > PERMANENTFLAGS"));
    boolean open = flags.removeAll(List.of("\\*"));
    return Optional.of(new ResponseCode.PermanentFlags(flags, open));
  }

  // resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
  private Optional<ResponseCode> appendUid() throws Unparsable {
    var validity = argument("APPENDUID");
    var uids = uidsOrNone("APPENDUID");
    return validity.map(value -> new ResponseCode.AppendUid(new UidValidity(value), uids));
  }

  // resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
  // A set in another order than ascending would lose which message is which: taken as none.
  private Optional<ResponseCode> copyUid() throws Unparsable {
    var validity = argument("COPYUID");
    var source = uidsOrNone("COPYUID");
    var target = uidsOrNone("COPYUID");
    return validity.map(value -> new ResponseCode.CopyUid(new UidValidity(value), source, target));
  }

  private UidSet uidsOrNone(String name) throws Unparsable {
    while (cursor.take(' ')) {}
    if (cursor.take('"')) {
      cursor.expect('"', "resp-text-code > " + name);
    } else if (!cursor.at(']')) {
      int start = cursor.at;
      var set = DataParser.set(cursor, "resp-text-code > " + name + " > uid-set");
      if (isAscending(cursor.text(start, cursor.at))) {
        return set;
      }
    }
    cursor.quirks.met(Quirk.COPYUID_EMPTY);
    return UidSet.EMPTY;
  }

  /** Whether the numbers of a set, which may have no {@code *}, stand in order. */
  private static boolean isAscending(String set) {
    long last = 0;
    for (var number : set.split("[,:]", -1)) {
      long next = number.equals("*") ? -1 : Long.parseLong(number);
      if (next < last) {
        return false;
      }
      last = next;
    }
    return true;
  }
}

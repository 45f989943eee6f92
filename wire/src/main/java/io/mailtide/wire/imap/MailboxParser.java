package io.mailtide.wire.imap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads what is said of mailboxes by name: LIST, STATUS, NAMESPACE. */
final class MailboxParser {
  private final Cursor cursor;

  /** Whether names are UTF-8, else modified UTF-7. */
  private boolean utf8;

  MailboxParser(Cursor cursor) {
    this.cursor = cursor;
  }

  void utf8(boolean on) {
    utf8 = on;
  }

  // mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
  //   [SP mbox-list-extended]
  Response list() throws Unparsable {
    cursor.space("LIST");
    var attributes = DataParser.flagList(cursor, "LIST > mbx-list-flags");
    cursor.space("LIST");
    var delimiter = delimiter("LIST > delimiter");
    cursor.space("LIST");
    int start = cursor.at;
    try {
      var name = name(cursor.astring("LIST > mailbox"));
      var extended = new Extended();
      if (!cursor.atEnd()) {
        extended.read();
      }
      cursor.expectEnd("LIST");
      return new Response.ListEntry(
          attributes, delimiter, name, extended.childInfo, extended.oldName);
    } catch (Unparsable.Exceeded limit) {
      throw limit;
    } catch (Unparsable unquoted) {
      cursor.at = start;
      return new Response.ListEntry(
          attributes, delimiter, unquoted(cursor.end), List.of(), Optional.empty());
    }
  }

  // DQUOTE QUOTED-CHAR DQUOTE / nil; a lone backslash between the quotation marks means itself
  private Optional<Character> delimiter(String rule) throws Unparsable {
    if (cursor.takeNil()) {
      return Optional.empty();
    }
    byte[] b = cursor.bytes;
    int at = cursor.at;
    boolean backslash = cursor.end - at > 3
        && b[at] == '"'
        && b[at + 1] == '\\'
        && b[at + 2] == '"'
        && b[at + 3] == ' ';
    if (backslash) {
      cursor.at += 3;
      cursor.quirks.met(Quirk.BACKSLASH_UNQUOTED);
      return Optional.of('\\');
    }
    var text = cursor.string(rule);
    if (text.length > 1) {
      throw cursor.fail(rule + ": one character");
    }
    return text.length == 0 ? Optional.empty() : Optional.of((char) (text[0] & 0xFF));
  }

  private MailboxName name(byte[] spelling) {
    var name = MailboxName.received(new String(spelling, StandardCharsets.ISO_8859_1), utf8);
    if (name.isRespelt()) {
      cursor.quirks.met(Quirk.NAME_NOT_ENCODED);
    }
    return name;
  }

  /** All up to there is the name, without quotation marks around it. */
  private MailboxName unquoted(int stop) throws Unparsable {
    var text = new String(cursor.bytes, cursor.at, stop - cursor.at, StandardCharsets.ISO_8859_1);
    if (text.isEmpty() || text.indexOf('\n') >= 0) {
      throw cursor.fail("LIST > mailbox");
    }
    cursor.at = stop;
    cursor.quirks.met(Quirk.NAME_UNQUOTED);
    boolean marks = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    var spelling = marks ? text.substring(1, text.length() - 1) : text;
    return name(spelling.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The extended data of a LIST response (RFC 5258). */
  private final class Extended {
    private List<String> childInfo = List.of();
    private Optional<MailboxName> oldName = Optional.empty();

    // mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"
    // mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val
    void read() throws Unparsable {
      cursor.space("LIST");
      cursor.expect('(', "LIST > mbox-list-extended");
      cursor.list("LIST > mbox-list-extended", () -> {
        var tag = DataParser.utf8(cursor.astring("LIST > mbox-list-extended-item-tag"));
        cursor.space("LIST > mbox-list-extended-item");
        if (tag.equalsIgnoreCase("CHILDINFO")) {
          childInfo = words();
        } else if (tag.equalsIgnoreCase("OLDNAME")) {
          cursor.expect('(', "LIST > OLDNAME");
          oldName = Optional.of(name(cursor.astring("LIST > OLDNAME > mailbox")));
          cursor.expect(')', "LIST > OLDNAME");
        } else {
          cursor.skipValue("LIST > tagged-ext-val");
        }
      });
    }

    // childinfo-extended-item = "CHILDINFO" SP "(" list-select-base-opt-quoted
    //   *(SP list-select-base-opt-quoted) ")"
    private List<String> words() throws Unparsable {
      var words = new ArrayList<String>();
      cursor.expect('(', "LIST > CHILDINFO");
      cursor.list(
          "LIST > CHILDINFO", () -> words.add(DataParser.utf8(cursor.astring("LIST > CHILDINFO"))));
      return words;
    }
  }

  // mailbox-data = "STATUS" SP mailbox SP "(" [status-att-list] ")"
  Response status() throws Unparsable {
    cursor.space("STATUS");
    int start = cursor.at;
    MailboxName name;
    try {
      name = name(cursor.astring("STATUS > mailbox"));
      cursor.space("STATUS");
      cursor.expect('(', "STATUS > status-att-list");
    } catch (Unparsable unquoted) {
      cursor.at = start;
      name = unquoted(lastList());
      cursor.at += 2;
    }
    var items = new StatusItems();
    cursor.list("STATUS > status-att-list", items::read);
    cursor.expectEnd("STATUS");
    return items.response(name);
  }

  /** Where the last parenthesis opens, and the blank before it. */
  private int lastList() throws Unparsable {
    for (int i = cursor.end - 2; i > cursor.at; i--) {
      if (cursor.bytes[i] == ' ' && cursor.bytes[i + 1] == '(') {
        return i;
      }
    }
    throw cursor.fail("STATUS > mailbox");
  }

  /** The items of a STATUS response as they come. */
  private final class StatusItems {
    private final Map<String, String> others = new HashMap<>();
    private OptionalLong messages = OptionalLong.empty();
    private OptionalLong recent = OptionalLong.empty();
    private OptionalLong unseen = OptionalLong.empty();
    private OptionalLong deleted = OptionalLong.empty();
    private OptionalLong size = OptionalLong.empty();
    private OptionalLong uidNext = OptionalLong.empty();
    private OptionalLong uidValidity = OptionalLong.empty();
    private Optional<ModSeq> highestModSeq = Optional.empty();

    // status-att-val = ("MESSAGES" SP number) / ("UIDNEXT" SP nz-number) /
    //   ("UIDVALIDITY" SP nz-number) / ...
    void read() throws Unparsable {
      var item = cursor.word("STATUS > status-att");
      var rule = "STATUS > status-att-val > " + item;
      cursor.space(rule);
      switch (item) {
        case "MESSAGES" -> messages = OptionalLong.of(cursor.number(rule));
        case "RECENT" -> recent = OptionalLong.of(cursor.number(rule));
        case "UNSEEN" -> unseen = OptionalLong.of(cursor.number(rule));
        case "DELETED" -> deleted = OptionalLong.of(cursor.number(rule));
        case "SIZE" -> size = OptionalLong.of(cursor.number(rule));
        case "UIDNEXT" -> uidNext = uid(rule);
        case "UIDVALIDITY" -> uidValidity = uid(rule);
        case "HIGHESTMODSEQ" -> highestModSeq = StatusParser.modSeq(cursor, rule);
        default -> {
          int start = cursor.at;
          cursor.skipValue(rule);
          others.put(item, cursor.text(start, cursor.at));
        }
      }
    }

    private OptionalLong uid(String rule) throws Unparsable {
      long value = DataParser.name(cursor, rule);
      return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    Response response(MailboxName name) {
      return new Response.MailboxStatus(
          name,
          messages,
          recent,
          unseen,
          deleted,
          size,
          uidNext.isPresent() ? Optional.of(new Uid(uidNext.getAsLong())) : Optional.empty(),
          uidValidity.isPresent()
              ? Optional.of(new UidValidity(uidValidity.getAsLong()))
              : Optional.empty(),
          highestModSeq,
          others);
    }
  }

  // namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace
  Response namespace() throws Unparsable {
    cursor.space("NAMESPACE");
    var personal = roots();
    cursor.space("NAMESPACE");
    var otherUsers = roots();
    cursor.space("NAMESPACE");
    var shared = roots();
    cursor.expectEnd("NAMESPACE");
    return new Response.Namespace(personal, otherUsers, shared);
  }

  // namespace = nil / "(" 1*namespace-descr ")"
  // namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
  //   [namespace-response-extensions] ")"
  private List<Response.Namespace.Root> roots() throws Unparsable {
    var roots = new ArrayList<Response.Namespace.Root>();
    if (cursor.takeNil()) {
      return roots;
    }
    cursor.expect('(', "NAMESPACE > namespace");
    while (!cursor.take(')')) {
      if (roots.size() >= cursor.limits.itemsMax()) {
        throw new Unparsable.Exceeded(
            "NAMESPACE > namespace: at most " + cursor.limits.itemsMax() + " members");
      }
      cursor.expect('(', "NAMESPACE > namespace-descr");
      var prefix = name(cursor.astring("NAMESPACE > namespace-descr > prefix"));
      cursor.space("NAMESPACE > namespace-descr");
      roots.add(new Response.Namespace.Root(
          prefix, delimiter("NAMESPACE > namespace-descr > delimiter")));
      while (cursor.take(' ')) {
        cursor.skipValue("NAMESPACE > namespace-response-extension");
      }
      cursor.expect(')', "NAMESPACE > namespace-descr");
      cursor.strayBlanks();
    }
    return roots;
  }
}

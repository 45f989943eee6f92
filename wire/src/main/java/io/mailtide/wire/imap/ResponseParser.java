package io.mailtide.wire.imap;

import java.util.Locale;
import java.util.Queue;

/** Reads whole responses, telling by their first words what they are. */
final class ResponseParser {
  private static final String FETCH = "FETCH";

  private final Cursor cursor;
  private final Queue<Response> ready;
  private final FetchParser fetch;
  private final MailboxParser mailboxes;
  private final StatusParser statuses;
  private final DataParser data;
  private Fetching fetching = Fetching.UNKNOWN;

  /** What is known of the response at hand, before it is whole. */
  private enum Fetching {
    UNKNOWN,
    /** Its first items are read. */
    YES,
    /** It is another response, or one that makes no sense. */
    NO
  }

  ResponseParser(Cursor cursor, Queue<Response> ready) {
    this.cursor = cursor;
    this.ready = ready;
    fetch = new FetchParser(cursor, ready);
    mailboxes = new MailboxParser(cursor);
    statuses = new StatusParser(cursor);
    data = new DataParser(cursor);
  }

  void utf8(boolean on) {
    mailboxes.utf8(on);
  }

  /**
   * Whether a literal may stand in the response that begins so: not in those that are text for
   * people.
   */
  boolean mayHoldLiteral() {
    int first = 0;
    while (first < cursor.end && cursor.bytes[first] == ' ') {
      first++;
    }
    if (first == cursor.end || cursor.bytes[first] != '*') {
      return false;
    }
    int before = cursor.at;
    cursor.at = first + 1;
    while (cursor.take(' ')) {}
    int start = cursor.at;
    boolean code = cursor.at('[');
    cursor.skipAtom();
    var word = cursor.text(start, Math.min(cursor.at, start + 8));
    cursor.at = before;
    return !code && StatusParser.condition(word.toUpperCase(Locale.ROOT)).isEmpty();
  }

  /**
   * Reads as much as can be read of a response that a literal interrupts.
   *
   * @return whether the literal is a body, to be handed on as it comes
   */
  boolean interrupted() throws Unparsable.Exceeded {
    try {
      if (fetching == Fetching.UNKNOWN) {
        fetching = startsFetch() ? Fetching.YES : Fetching.NO;
      }
      return fetching == Fetching.YES && !fetch.read();
    } catch (Unparsable.Incomplete literal) {
      return false;
    } catch (Unparsable.Exceeded limit) {
      throw limit;
    } catch (Unparsable malformed) {
      fetching = Fetching.NO;
      return false;
    }
  }

  /** Reads the response, now whole. */
  void complete() throws Unparsable {
    var known = fetching;
    fetching = Fetching.UNKNOWN;
    try {
      if (known == Fetching.YES || (known == Fetching.UNKNOWN && startsFetch())) {
        if (!fetch.read()) {
          throw cursor.fail("msg-att > nstring > literal");
        }
        ready.add(fetch.result());
        return;
      }
    } catch (Unparsable.Exceeded limit) {
      throw limit;
    } catch (Unparsable malformed) {
      ready.add(malformed("FETCH", malformed));
      return;
    }
    cursor.at = 0;
    response();
  }

  private Response malformed(String keyword, Unparsable cause) {
    return new Response.Malformed(keyword, cause.expected, cursor.text(0, cursor.end));
  }

  /** Passes the words that a FETCH response begins with, if it is one. */
  private boolean startsFetch() throws Unparsable {
    cursor.at = 0;
    if (!isFetch()) {
      return false;
    }
    cursor.strayBlanks();
    cursor.expect('*', "response-data");
    cursor.space("response-data");
    long sequence = cursor.number("message-data");
    cursor.space("message-data");
    int start = cursor.at;
    cursor.skipAtom();
    cursor.isWord(start, cursor.at, "FETCH");
    cursor.space("FETCH");
    fetch.start(sequence);
    return true;
  }

  /** Looks ahead, and counts no quirks: what is no FETCH is read from its beginning again. */
  private boolean isFetch() {
    int i = pass(0, ' ', ' ');
    if (i == cursor.end || cursor.bytes[i] != '*') {
      return false;
    }
    int number = pass(i + 1, ' ', ' ');
    int blank = pass(number, '0', '9');
    int word = pass(blank, ' ', ' ');
    boolean matches = blank > number && word > blank && cursor.end - word > FETCH.length();
    for (int k = 0; matches && k < FETCH.length(); k++) {
      matches = Character.toUpperCase(cursor.bytes[word + k]) == FETCH.charAt(k);
    }
    return matches && cursor.bytes[word + FETCH.length()] == ' ';
  }

  private int pass(int from, char first, char last) {
    int i = from;
    while (i < cursor.end && cursor.bytes[i] >= first && cursor.bytes[i] <= last) {
      i++;
    }
    return i;
  }

  // response = *(continue-req / response-data) response-done
  private void response() throws Unparsable {
    cursor.strayBlanks();
    switch (cursor.peek()) {
      case -1 -> cursor.quirks.met(Quirk.STRAY_BLANK);
      case '*' -> {
        cursor.at++;
        untagged();
      }
      case '+' -> {
        cursor.at++;
        cursor.take(' ');
        ready.add(new Response.Continuation(cursor.rest()));
      }
      case '[' -> {
        cursor.quirks.met(Quirk.STATUS_WITHOUT_PREFIX);
        ready.add(statuses.untagged(Response.Condition.OK));
      }
      default -> ready.add(statuses.tagged());
    }
  }

  // response-data = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data /
  //   capability-data / ...) CRLF
  private void untagged() throws Unparsable {
    cursor.space("response-data");
    int next = cursor.peek();
    if (next >= '0' && next <= '9') {
      numbered();
      return;
    }
    if (next == '[') {
      cursor.quirks.met(Quirk.STATUS_WITHOUT_PREFIX);
      ready.add(statuses.untagged(Response.Condition.OK));
      return;
    }
    var keyword = cursor.word("response-data: a word");
    try {
      ready.add(named(keyword));
    } catch (Unparsable.Exceeded limit) {
      throw limit;
    } catch (Unparsable malformed) {
      ready.add(malformed(keyword, malformed));
    }
  }

  private Response named(String keyword) throws Unparsable {
    var condition = StatusParser.condition(keyword);
    if (condition.isPresent()) {
      return statuses.untagged(condition.get());
    }
    return switch (keyword) {
      case "CAPABILITY" -> data.capability();
      case "ENABLED" -> data.enabled();
      case "ESEARCH" -> data.esearch();
      case "FLAGS" -> data.flags();
      case "ID" -> data.id();
      case "LIST" -> mailboxes.list();
      case "NAMESPACE" -> mailboxes.namespace();
      case "SEARCH" -> data.search();
      case "STATUS" -> mailboxes.status();
      case "VANISHED" -> data.vanished();
      default -> {
        cursor.take(' ');
        yield new Response.Other(keyword, cursor.rest());
      }
    };
  }

  // mailbox-data = number SP "EXISTS" / number SP "RECENT"
  // message-data = nz-number SP ("EXPUNGE" / ...)
  private void numbered() throws Unparsable {
    String keyword = "";
    try {
      int start = cursor.at;
      long number = cursor.number("message-data");
      boolean exact = pass(start, '0', '9') == cursor.at;
      cursor.space("message-data");
      keyword = cursor.word("message-data: a word");
      if (keyword.equals("EXPUNGE") && (number == 0 || !exact)) {
        throw cursor.fail("EXPUNGE: a number above zero");
      }
      ready.add(numbered(number, keyword));
    } catch (Unparsable malformed) {
      ready.add(malformed(keyword, malformed));
    }
  }

  private Response numbered(long number, String keyword) throws Unparsable {
    return switch (keyword) {
      case "FETCH" -> throw cursor.fail("FETCH > msg-att: '('");
      case "EXISTS" -> new Response.Exists(number);
      case "RECENT" -> new Response.Recent(number);
      case "EXPUNGE" -> new Response.Expunge(number);
      default -> {
        cursor.take(' ');
        yield new Response.Other(keyword, number + " " + cursor.rest());
      }
    };
  }
}

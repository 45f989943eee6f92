package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode.Name;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Known answers: what each response of the RFCs means. */
final class ResponsesTest {
  private static Response read(String line) {
    var events = Transcript.of(line + "\n");
    assertThat(events).hasSize(1);
    return (Response) events.getFirst();
  }

  private static ResponseCode code(String code) {
    var status = (Response.Untagged) read("* OK [" + code + "] text");
    assertThat(status.text()).isEqualTo("text");
    return status.code().orElseThrow();
  }

  private static <T> Optional<T> none() {
    return Optional.empty();
  }

  private static OptionalLong of(long number) {
    return OptionalLong.of(number);
  }

  @Test
  void statuses() {
    assertThat(read("* OK IMAP4rev1 ready"))
        .isEqualTo(new Response.Untagged(Condition.OK, none(), "IMAP4rev1 ready"));
    assertThat(read("* BYE Autologout"))
        .isEqualTo(new Response.Untagged(Condition.BYE, none(), "Autologout"));
    assertThat(read("* PREAUTH in"))
        .isEqualTo(new Response.Untagged(Condition.PREAUTH, none(), "in"));
    assertThat(read("A44 NO gr\u00C3\u00BCn"))
        .isEqualTo(new Response.Tagged("A44", Condition.NO, none(), "grün"));
    assertThat(read("b.1 BAD [ALERT] no {5}"))
        .isEqualTo(new Response.Tagged(
            "b.1", Condition.BAD, Optional.of(new ResponseCode.Plain(Name.ALERT)), "no {5}"));
    assertThat(read("+ idling")).isEqualTo(new Response.Continuation("idling"));
    assertThat(read("+ {5}")).isEqualTo(new Response.Continuation("{5}"));
  }

  @ParameterizedTest
  @EnumSource(Name.class)
  void plainCodes(Name name) {
    assertThat(code(name.word())).isEqualTo(new ResponseCode.Plain(name));
    assertThat(code(name.word() + " more")).isEqualTo(new ResponseCode.Other(name.word(), "more"));
  }

  @Test
  void codesWithArguments() {
    assertThat(code("CAPABILITY IMAP4rev1 IDLE"))
        .isEqualTo(new ResponseCode.CapabilityList(Capabilities.of("IDLE", "imap4rev1")));
    assertThat(code("PERMANENTFLAGS (\\Seen \\*)"))
        .isEqualTo(new ResponseCode.PermanentFlags(List.of("\\Seen"), true));
    assertThat(code("PERMANENTFLAGS ()"))
        .isEqualTo(new ResponseCode.PermanentFlags(List.of(), false));
    assertThat(code("UIDVALIDITY 3857529045"))
        .isEqualTo(new ResponseCode.Validity(new UidValidity(3857529045L)));
    assertThat(code("UIDNEXT 4392")).isEqualTo(new ResponseCode.NextUid(new Uid(4392)));
    assertThat(code("UNSEEN 12")).isEqualTo(new ResponseCode.FirstUnseen(12));
    assertThat(code("HIGHESTMODSEQ 715194045007"))
        .isEqualTo(new ResponseCode.HighestModSeq(new ModSeq(715194045007L)));
    assertThat(code("HIGHESTMODSEQ 9223372036854775807"))
        .isEqualTo(new ResponseCode.HighestModSeq(new ModSeq(Long.MAX_VALUE)));
    assertThat(code("APPENDUID 38505 3955"))
        .isEqualTo(new ResponseCode.AppendUid(new UidValidity(38505), UidSet.parse("3955")));
    assertThat(code("COPYUID 38505 304,319:320 3956:3958"))
        .isEqualTo(new ResponseCode.CopyUid(
            new UidValidity(38505), UidSet.parse("304,319:320"), UidSet.parse("3956:3958")));
    assertThat(code("MODIFIED 7,9")).isEqualTo(new ResponseCode.Modified(UidSet.parse("7,9")));
    assertThat(code("BADCHARSET (UTF-8)"))
        .isEqualTo(new ResponseCode.Other("BADCHARSET", "(UTF-8)"));
    assertThat(code("X-NEW")).isEqualTo(new ResponseCode.Other("X-NEW", ""));
  }

  @Test
  void server() {
    assertThat(read("* CAPABILITY IMAP4rev1 AUTH=PLAIN"))
        .isEqualTo(new Response.Capability(Capabilities.of("AUTH=PLAIN", "IMAP4rev1")));
    assertThat(read("* ENABLED QRESYNC"))
        .isEqualTo(new Response.Enabled(Capabilities.of("QRESYNC")));
    assertThat(read("* ID (\"Name\" \"Cyrus\" \"os\" NIL)"))
        .isEqualTo(new Response.Id(Map.of("name", "Cyrus")));
    assertThat(read("* ID NIL")).isEqualTo(new Response.Id(Map.of()));
    var root = new Response.Namespace.Root(MailboxName.of("INBOX."), Optional.of('.'));
    var flat = new Response.Namespace.Root(MailboxName.of("#x"), none());
    assertThat(read(
            "* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#x\" NIL)(\"INBOX.\" \".\" \"X\" (\"y\")))"))
        .isEqualTo(new Response.Namespace(List.of(root), List.of(), List.of(flat, root)));
  }

  @Test
  void capabilities_answerQuestions() {
    var capabilities = ((Response.Capability)
            read("* CAPABILITY IMAP4rev1 AUTH=PLAIN auth=login APPENDLIMIT=5"))
        .capabilities();
    assertThat(capabilities.has("imap4REV1")).isTrue();
    assertThat(capabilities.has("IDLE")).isFalse();
    assertThat(capabilities.values("AUTH")).containsExactly("LOGIN", "PLAIN");
    assertThat(capabilities.value("APPENDLIMIT")).contains("5");
    assertThat(capabilities.value("IDLE")).isEmpty();
    assertThat(capabilities).hasToString("APPENDLIMIT=5 AUTH=LOGIN AUTH=PLAIN IMAP4REV1");
  }

  @Test
  void mailboxes() {
    var entry = (Response.ListEntry)
        read("* LIST (\\Noselect \\Sent) \"/\" \"Entw&APw-rfe\" (\"CHILDINFO\" (\"SUBSCRIBED\") "
            + "X (1 (2)) \"OLDNAME\" (old))");
    assertThat(entry)
        .isEqualTo(new Response.ListEntry(
            List.of("\\Noselect", "\\Sent"),
            Optional.of('/'),
            MailboxName.of("Entwürfe"),
            List.of("SUBSCRIBED"),
            Optional.of(MailboxName.of("old"))));
    assertThat(entry.has("\\noselect")).isTrue();
    assertThat(entry.has("\\Noinferiors")).isFalse();
    assertThat(read("* LIST () NIL {3}\na\"b"))
        .isEqualTo(
            new Response.ListEntry(List.of(), none(), MailboxName.of("a\"b"), List.of(), none()));
    assertThat(read("* STATUS a (MESSAGES 1 RECENT 2 UNSEEN 3 DELETED 4 SIZE 5 UIDNEXT 6 "
            + "UIDVALIDITY 7 HIGHESTMODSEQ 8 MAILBOXID (F9))"))
        .isEqualTo(new Response.MailboxStatus(
            MailboxName.of("a"),
            of(1),
            of(2),
            of(3),
            of(4),
            of(5),
            Optional.of(new Uid(6)),
            Optional.of(new UidValidity(7)),
            Optional.of(new ModSeq(8)),
            Map.of("MAILBOXID", "(F9)")));
  }

  @Test
  void openMailbox() {
    assertThat(read("* 172 EXISTS")).isEqualTo(new Response.Exists(172));
    assertThat(read("* 0 RECENT")).isEqualTo(new Response.Recent(0));
    assertThat(read("* 44 EXPUNGE")).isEqualTo(new Response.Expunge(44));
    assertThat(read("* FLAGS (\\Seen a)")).isEqualTo(new Response.Flags(List.of("\\Seen", "a")));
    assertThat(read("* VANISHED 405,407,410:420"))
        .isEqualTo(new Response.Vanished(false, UidSet.parse("405,407,410:420")));
    assertThat(read("* VANISHED (EARLIER) 41,43:116"))
        .isEqualTo(new Response.Vanished(true, UidSet.parse("41,43:116")));
  }

  @Test
  void searches() {
    assertThat(read("* SEARCH 84 2 83"))
        .isEqualTo(new Response.Search(UidSet.parse("2,83:84"), none()));
    assertThat(read("* SEARCH")).isEqualTo(new Response.Search(UidSet.EMPTY, none()));
    assertThat(read("* SEARCH 2 (MODSEQ 9)"))
        .isEqualTo(new Response.Search(UidSet.parse("2"), Optional.of(new ModSeq(9))));
    assertThat(read("* ESEARCH (TAG \"A282\") UID MIN 2 MAX 99 COUNT 3 ALL 2,99 MODSEQ 5 X (1 2)"))
        .isEqualTo(new Response.ESearch(
            Optional.of("A282"),
            true,
            of(3),
            of(2),
            of(99),
            Optional.of(UidSet.parse("2,99")),
            Optional.of(new ModSeq(5))));
    assertThat(read("* ESEARCH COUNT 0"))
        .isEqualTo(new Response.ESearch(
            none(), false, of(0), OptionalLong.empty(), OptionalLong.empty(), none(), none()));
  }

  @Test
  void fetches() {
    assertThat(
            read("* 12 FETCH (UID 4 FLAGS (\\Seen a) MODSEQ (624140003) INTERNALDATE \"17-Jul-1996 "
                + "02:44:25 -0700\""
                + " RFC822.SIZE 4286 EMAILID (M1) ENVELOPE (\"a)\" NIL (({2}\n)()))))"))
        .isEqualTo(new Response.Fetch(
            12,
            Optional.of(new Uid(4)),
            Optional.of(List.of("\\Seen", "a")),
            Optional.of(new ModSeq(624140003)),
            Optional.of(Instant.parse("1996-07-17T09:44:25Z")),
            of(4286),
            Map.of("EMAILID", "(M1)", "ENVELOPE", "(\"a)\" NIL (({2}\r\n)()))")));
    assertThat(read("* 3 FETCH ()"))
        .isEqualTo(
            new Response.Fetch(3, none(), none(), none(), none(), OptionalLong.empty(), Map.of()));
  }

  @Test
  void fetch_knowsNothingOfTheOneBefore() {
    var full = "* 1 FETCH (UID 4 FLAGS (a) MODSEQ (6) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
        + "RFC822.SIZE 7 X 8)\n";
    assertThat(Transcript.of(full + "* 2 FETCH ()\n").getLast())
        .isEqualTo(
            new Response.Fetch(2, none(), none(), none(), none(), OptionalLong.empty(), Map.of()));
  }

  @Test
  void equalFlags_areTheSameList() {
    var events = Transcript.of("* 1 FETCH (FLAGS (\\Seen a))\n* 2 FETCH (FLAGS (\\Seen a))\n");
    assertThat(((Response.Fetch) events.get(0)).flags().orElseThrow())
        .isSameAs(((Response.Fetch) events.get(1)).flags().orElseThrow());
  }

  @Test
  void whatIsNotNeeded_isKeptAsText() {
    assertThat(read("* QUOTA \"\" (STORAGE 10 512)"))
        .isEqualTo(new Response.Other("QUOTA", "\"\" (STORAGE 10 512)"));
    assertThat(read("* 5 XMOVED now")).isEqualTo(new Response.Other("XMOVED", "5 now"));
  }

  @Test
  void whatMakesNoSense_saysWhereAndEndsNothing() {
    assertThat(read("* 1 FETCH (UID x)"))
        .isEqualTo(new Response.Malformed(
            "FETCH", "msg-att > UID > uniqueid: a number", "* 1 FETCH (UID x)"));
    assertThat(read("* LIST rubbish"))
        .isEqualTo(new Response.Malformed("LIST", "LIST > mbx-list-flags: '('", "* LIST rubbish"));
    assertThat(read("* 0 EXPUNGE")).isInstanceOf(Response.Malformed.class);
    assertThat(read("* 7")).isInstanceOf(Response.Malformed.class);
    assertThat(read("* SEARCH 1 x")).isInstanceOf(Response.Malformed.class);
    assertThat(read("* STATUS a (MESSAGES)")).isInstanceOf(Response.Malformed.class);
    assertThat(read("* STATUS a (UIDNEXT 4294967296)")).isInstanceOf(Response.Malformed.class);
  }
}

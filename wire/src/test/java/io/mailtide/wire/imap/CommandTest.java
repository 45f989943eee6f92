package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.wire.Secret;
import io.mailtide.wire.imap.Command.Append;
import io.mailtide.wire.imap.Command.Bare;
import io.mailtide.wire.imap.Command.FetchItem;
import io.mailtide.wire.imap.Command.ListMailboxes;
import io.mailtide.wire.imap.Command.ListOption;
import io.mailtide.wire.imap.Command.Manage;
import io.mailtide.wire.imap.Command.Numbering;
import io.mailtide.wire.imap.Command.SearchKey;
import io.mailtide.wire.imap.Command.SearchResult;
import io.mailtide.wire.imap.Command.Select;
import io.mailtide.wire.imap.Command.StatusItem;
import io.mailtide.wire.imap.Command.Store;
import io.mailtide.wire.imap.Command.Transfer;
import io.mailtide.wire.imap.Command.Upload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CommandTest {
  private static final Dialect UTF8 = new Dialect(Dialect.Literals.SYNCHRONISING, true);

  /** All bytes, secrets too, with a mark where the server must be waited for. */
  private static String wire(Command command, Dialect dialect) {
    return command.print("A1", dialect).stream()
        .map(segment -> StandardCharsets.ISO_8859_1.decode(segment.bytes())
            + (segment.awaits() ? "<wait>" : "")
            + (segment.follows() > 0 ? "<" + segment.follows() + " bytes>" : ""))
        .collect(Collectors.joining());
  }

  private static String wire(Command command) {
    return wire(command, Dialect.PLAIN);
  }

  private static String shown(Command command) {
    return command.print("A1", Dialect.PLAIN).stream()
        .map(Segment::toString)
        .collect(Collectors.joining());
  }

  @Test
  void bareCommands_areAWord_orTwo() {
    for (var command : Bare.values()) {
      assertThat(wire(command)).isEqualTo("A1 " + command.name().replace('_', ' ') + "\r\n");
    }
    assertThat(wire(Bare.COMPRESS_DEFLATE)).isEqualTo("A1 COMPRESS DEFLATE\r\n");
    assertThat(Segment.DONE).hasToString("DONE\r\n");
  }

  @Test
  void id_quotesItsFields() {
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", "Mailtide");
    fields.put("version", "0.\"1\\");
    assertThat(wire(new Command.Id(fields)))
        .isEqualTo("A1 ID (\"name\" \"Mailtide\" \"version\" \"0.\\\"1\\\\\")\r\n");
    assertThat(wire(new Command.Id(Collections.emptyNavigableMap()))).isEqualTo("A1 ID NIL\r\n");
  }

  @Test
  void enable_namesCapabilities() {
    assertThat(wire(new Command.Enable(List.of("CONDSTORE", "QRESYNC"))))
        .isEqualTo("A1 ENABLE CONDSTORE QRESYNC\r\n");
  }

  @Test
  void login_hidesThePasswordAndNothingElse() {
    var login = new Command.Login("ann@example.org", Secret.of("pass\"word"));
    assertThat(wire(login)).isEqualTo("A1 LOGIN \"ann@example.org\" \"pass\\\"word\"\r\n");
    assertThat(shown(login)).isEqualTo("A1 LOGIN \"ann@example.org\" ***\r\n");
    assertThat(login.toString()).doesNotContain("pass\"word");
  }

  @Test
  void login_sendsWhatCannotBeQuotedAsALiteral() {
    var login = new Command.Login("ann", Secret.of("gr\u00FCn\r\nA2 LOGOUT"));
    assertThat(wire(login))
        .isEqualTo("A1 LOGIN \"ann\" {16}\r\n<wait>gr\u00C3\u00BCn\r\nA2 LOGOUT\r\n");
    assertThat(shown(login)).isEqualTo("A1 LOGIN \"ann\" {16}\r\n***\r\n");
    var plus = new Dialect(Dialect.Literals.ALL, false);
    assertThat(wire(login, plus))
        .isEqualTo("A1 LOGIN \"ann\" {16+}\r\ngr\u00C3\u00BCn\r\nA2 LOGOUT\r\n");
  }

  @Test
  void literals_waitByWhatTheServerCanDo() {
    var shortName = new Command.Login("\u00FC", Secret.of(""));
    var longName = new Command.Login("x".repeat(4_097), Secret.of(""));
    var minus = new Dialect(Dialect.Literals.of(Capabilities.of("LITERAL-")), false);
    assertThat(wire(shortName, minus)).contains("{2+}\r\n").doesNotContain("<wait>");
    assertThat(wire(longName, minus)).contains("{4097}\r\n<wait>");
    var plus = new Dialect(Dialect.Literals.of(Capabilities.of("literal+", "IMAP4rev2")), false);
    assertThat(wire(longName, plus)).contains("{4097+}\r\n").doesNotContain("<wait>");
    assertThat(Dialect.Literals.of(Capabilities.of("IMAP4rev2"))).isEqualTo(Dialect.Literals.SHORT);
    assertThat(Dialect.Literals.of(Capabilities.NONE)).isEqualTo(Dialect.Literals.SYNCHRONISING);
  }

  @Test
  void authenticate_hidesWhatIsSaid() {
    var secret = Secret.of("\0ann\0pw".getBytes(StandardCharsets.US_ASCII));
    var plain = new Command.Authenticate("PLAIN", Optional.of(secret));
    assertThat(wire(plain)).isEqualTo("A1 AUTHENTICATE PLAIN AGFubgBwdw==\r\n");
    assertThat(shown(plain)).isEqualTo("A1 AUTHENTICATE PLAIN ***\r\n");
    assertThat(wire(new Command.Authenticate("PLAIN", Optional.empty())))
        .isEqualTo("A1 AUTHENTICATE PLAIN\r\n");
    assertThat(wire(new Command.Authenticate("EXTERNAL", Optional.of(Secret.of(new byte[0])))))
        .isEqualTo("A1 AUTHENTICATE EXTERNAL =\r\n");
    assertThat(Segment.answer(secret)).hasToString("***");
    assertThat(StandardCharsets.US_ASCII.decode(Segment.answer(secret).bytes()).toString())
        .isEqualTo("AGFubgBwdw==\r\n");
    assertThat(Segment.CANCEL).hasToString("*\r\n");
  }

  @Test
  void list_plainAndExtended() {
    assertThat(wire(ListMailboxes.plain("", "*"))).isEqualTo("A1 LIST \"\" \"*\"\r\n");
    var extended = new ListMailboxes(
        List.of(ListOption.SUBSCRIBED, ListOption.RECURSIVEMATCH),
        "",
        List.of("INBOX", "Entw\u00FCrfe/%"),
        List.of(ListOption.SPECIAL_USE, ListOption.CHILDREN),
        List.of(StatusItem.MESSAGES, StatusItem.HIGHESTMODSEQ));
    assertThat(wire(extended))
        .isEqualTo("A1 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"INBOX\" \"Entw&APw-rfe/%\")"
            + " RETURN (SPECIAL-USE CHILDREN STATUS (MESSAGES HIGHESTMODSEQ))\r\n");
  }

  @Test
  void status_namesTheItems() {
    var status = new Command.Status(
        MailboxName.of("Entw\u00FCrfe"), List.of(StatusItem.MESSAGES, StatusItem.UIDNEXT));
    assertThat(wire(status)).isEqualTo("A1 STATUS \"Entw&APw-rfe\" (MESSAGES UIDNEXT)\r\n");
    assertThat(wire(status, UTF8))
        .isEqualTo("A1 STATUS \"Entw\u00C3\u00BCrfe\" (MESSAGES UIDNEXT)\r\n");
  }

  @Test
  void select_asksForChanges() {
    var name = MailboxName.of("a\"b");
    assertThat(wire(new Select(Select.Access.READ_ONLY, name, Select.Tracking.Simple.NONE)))
        .isEqualTo("A1 EXAMINE \"a\\\"b\"\r\n");
    assertThat(wire(new Select(Select.Access.READ_WRITE, name, Select.Tracking.Simple.CONDSTORE)))
        .isEqualTo("A1 SELECT \"a\\\"b\" (CONDSTORE)\r\n");
    var resync = new Select.Tracking.Resync(
        new UidValidity(67890007), new ModSeq(20050715194045000L), UidSet.parse("41:211,214:541"));
    assertThat(wire(new Select(
            Select.Access.READ_WRITE, MailboxName.INBOX, resync))) // RFC 7162 section 3.2.5
        .isEqualTo("A1 SELECT \"INBOX\" (QRESYNC (67890007 20050715194045000 41:211,214:541))\r\n");
    var all = new Select.Tracking.Resync(new UidValidity(1), new ModSeq(2), UidSet.EMPTY);
    assertThat(wire(new Select(Select.Access.READ_ONLY, MailboxName.INBOX, all)))
        .isEqualTo("A1 EXAMINE \"INBOX\" (QRESYNC (1 2))\r\n");
  }

  @Test
  void fetch_asksForItemsAndChanges() {
    var all =
        new Command.Fetch(Numbering.UID, UidSet.ALL, List.of(FetchItem.values()), Optional.empty());
    assertThat(wire(all))
        .isEqualTo(
            "A1 UID FETCH 1:* (UID FLAGS MODSEQ INTERNALDATE RFC822.SIZE EMAILID X-GM-MSGID BODY.PEEK[]"
                + " BODY.PEEK[HEADER] BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)])\r\n");
    var since = Optional.of(new Command.Fetch.ChangedSince(new ModSeq(12345), true));
    assertThat(wire(new Command.Fetch(
            Numbering.UID, UidSet.parse("300:500"), List.of(FetchItem.FLAGS), since)))
        .isEqualTo(
            "A1 UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)\r\n"); // RFC 7162 section
    // 3.2.6
    var changed = Optional.of(new Command.Fetch.ChangedSince(new ModSeq(12345), false));
    assertThat(wire(
            new Command.Fetch(Numbering.SEQUENCE, UidSet.LAST, List.of(FetchItem.UID), changed)))
        .isEqualTo("A1 FETCH * (UID) (CHANGEDSINCE 12345)\r\n");
  }

  @Test
  void search_plainAndExtended() {
    assertThat(wire(new Command.Search(Numbering.UID, List.of(), List.of(new SearchKey.All()))))
        .isEqualTo("A1 UID SEARCH ALL\r\n");
    var keys = List.<SearchKey>of(
        new SearchKey.Uids(UidSet.parse("1:9")), new SearchKey.From(new ModSeq(7)));
    assertThat(wire(new Command.Search(Numbering.SEQUENCE, List.of(SearchResult.values()), keys)))
        .isEqualTo("A1 SEARCH RETURN (ALL COUNT MIN MAX) UID 1:9 MODSEQ 7\r\n");
  }

  @Test
  void search_deleted() {
    assertThat(wire(new Command.Search(Numbering.UID, List.of(), List.of(new SearchKey.Deleted()))))
        .isEqualTo("A1 UID SEARCH DELETED\r\n");
  }

  @Test
  void manage_namesTheMailbox() {
    assertThat(wire(new Command.CreateForUse(MailboxName.of("a"), "\\Sent")))
        .isEqualTo("A1 CREATE \"a\" (USE (\\Sent))\r\n");
    for (var verb : Manage.Verb.values()) {
      assertThat(wire(new Manage(verb, MailboxName.of("Entw\u00FCrfe/a\"b"))))
          .isEqualTo("A1 " + verb + " \"Entw&APw-rfe/a\\\"b\"\r\n");
    }
    assertThat(wire(new Command.Rename(MailboxName.of("a"), MailboxName.of("\u00FC")), UTF8))
        .isEqualTo("A1 RENAME \"a\" \"\u00C3\u00BC\"\r\n");
  }

  /** RFC 9051 section 6.3.12, RFC 3502 section 6.3.11, RFC 7888 section 4. */
  @Test
  void append_leavesRoomForTheMessages() {
    var one = new Upload(List.of("\\Seen"), Instant.parse("1994-02-07T21:52:25Z"), 310);
    var two = new Upload(List.of(), Instant.parse("2024-12-31T23:59:59.9Z"), 5_000);
    var append = new Append(MailboxName.of("saved-messages"), List.of(one, two));
    var first = "A1 APPEND \"saved-messages\" (\\Seen) \" 7-Feb-1994 21:52:25 +0000\" ";
    var second = " \"31-Dec-2024 23:59:59 +0000\" ";
    assertThat(wire(append))
        .isEqualTo(
            first + "{310}\r\n<wait><310 bytes>" + second + "{5000}\r\n<wait><5000 bytes>\r\n");
    assertThat(wire(append, new Dialect(Dialect.Literals.SHORT, false)))
        .isEqualTo(first + "{310+}\r\n<310 bytes>" + second + "{5000}\r\n<wait><5000 bytes>\r\n");
    assertThat(wire(append, new Dialect(Dialect.Literals.ALL, false)))
        .isEqualTo(first + "{310+}\r\n<310 bytes>" + second + "{5000+}\r\n<5000 bytes>\r\n");
  }

  @Test
  void append_ofALargeMessage_asksFirst() {
    var upload = new Upload(List.of(), Instant.EPOCH, 1L << 33);
    var append = new Append(MailboxName.INBOX, List.of(upload));
    assertThat(wire(append, new Dialect(Dialect.Literals.ALL, false)))
        .endsWith(" {8589934592}\r\n<wait><8589934592 bytes>\r\n");
  }

  @Test
  void append_yearsThatCannotBeWritten_areBroughtNear() {
    assertThat(InternalDate.print(Instant.MIN)).isEqualTo(" 1-Jan-0001 00:00:00 +0000");
    assertThat(InternalDate.print(Instant.MAX)).isEqualTo("31-Dec-9999 23:59:59 +0000");
  }

  @Test
  void store_setsAndClears() {
    var set = UidSet.parse("2,4:7");
    var flags = List.of("\\Seen", "$Forwarded");
    assertThat(wire(new Store(set, Store.Change.SET, flags)))
        .isEqualTo("A1 UID STORE 2,4:7 +FLAGS (\\Seen $Forwarded)\r\n");
    assertThat(wire(new Store(set, Store.Change.CLEAR, flags)))
        .isEqualTo("A1 UID STORE 2,4:7 -FLAGS (\\Seen $Forwarded)\r\n");
    assertThat(wire(new Store(set, Store.Change.SET_SILENTLY, List.of("\\Deleted"))))
        .isEqualTo("A1 UID STORE 2,4:7 +FLAGS.SILENT (\\Deleted)\r\n");
  }

  @Test
  void messages_goElsewhereOrForGood() {
    var set = UidSet.parse("3:5");
    for (var way : Transfer.Way.values()) {
      assertThat(wire(new Transfer(way, set, MailboxName.of("Bin"))))
          .isEqualTo("A1 UID " + way + " 3:5 \"Bin\"\r\n");
    }
    assertThat(wire(new Command.UidExpunge(set))).isEqualTo("A1 UID EXPUNGE 3:5\r\n");
  }

  @Test
  void changes_refuseToChangeNothing() {
    assertThatThrownBy(() -> new Append(MailboxName.INBOX, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Upload(List.of(), Instant.EPOCH, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Store(UidSet.EMPTY, Store.Change.SET, List.of("\\Seen")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Store(UidSet.ALL, Store.Change.SET, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Transfer(Transfer.Way.COPY, UidSet.EMPTY, MailboxName.INBOX))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Command.UidExpunge(UidSet.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void commands_refuseToAskForNothing() {
    assertThatThrownBy(() -> new Command.Fetch(
            Numbering.UID, UidSet.EMPTY, List.of(FetchItem.UID), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Command.Fetch(Numbering.UID, UidSet.ALL, List.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Command.Status(MailboxName.INBOX, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SearchKey.Uids(UidSet.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Command.Search(Numbering.UID, List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ListMailboxes(List.of(), "", List.of(), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void segment_givesEachCallerAViewOfItsOwn() {
    var segment = Bare.NOOP.print("A1", Dialect.PLAIN).getFirst();
    segment.bytes().get();
    assertThat(segment.bytes().remaining()).isEqualTo("A1 NOOP\r\n".length());
    assertThat(segment.bytes().isReadOnly()).isTrue();
  }
}

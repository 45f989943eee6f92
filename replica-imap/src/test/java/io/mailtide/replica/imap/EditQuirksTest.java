package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Sent;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers were seen to do to one who changes. The numbers are those of the list of quirks. */
final class EditQuirksTest {
  static final String EXCHANGE = "The Microsoft Exchange IMAP4 service is ready.";
  private static final FolderName ARCHIVE = FolderName.parse("Archive");

  /** What a test does with a replica. */
  interface Use {
    void of(Replica replica) throws FaultException;
  }

  private interface Change {
    void of(FolderEditor editor) throws FaultException;
  }

  static Fixture play(Answers server, Use use) throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(server)) {
      var fixture = Fixture.at(peer.port());
      try (var replica = fixture.open()) {
        use.of(replica);
      }
      return fixture;
    }
  }

  /** Changes the INBOX. */
  private static Fixture change(Answers server, Change change) throws IOException, FaultException {
    return play(
        server, replica -> change.of(Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE))));
  }

  private static Fault refused(Answers server, Change change) throws IOException, FaultException {
    return fault(
        server, replica -> change.of(Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE))));
  }

  /** The fault that something ends with. */
  static Fault fault(Answers server, Use use) throws IOException, FaultException {
    var faults = new ArrayList<Fault>();
    play(
        server,
        replica -> faults.add(
            catchThrowableOfType(FaultException.class, () -> use.of(replica)).fault()));
    return faults.getFirst();
  }

  static Answers server(String capabilities) {
    return Answers.server(capabilities)
        .mailbox(3, "UIDVALIDITY 7,UIDNEXT 31,PERMANENTFLAGS (\\Seen \\Flagged \\Deleted \\*)")
        .on("STATUS \"Archive\" (UIDVALIDITY)", "* STATUS Archive (UIDVALIDITY 9)\n%t OK")
        .on("CHECK", "%t OK")
        .on("NOOP", "%t OK");
  }

  private static MessageKey key(long uid) {
    return new MessageKey(Long.toString(uid));
  }

  private static FlagChange add(long uid, String... flags) {
    return new FlagChange(key(uid), Flags.of(flags), Flags.NONE);
  }

  static List<String> heard(Answers server, String command) {
    return server.heard().stream().filter(line -> line.startsWith(command)).toList();
  }

  @Test
  void open_readOnly_hasNoEditor() throws IOException, FaultException {
    var server = server("IMAP4rev1").on("SELECT", "* 0 EXISTS\n%t OK [READ-ONLY] look only");
    play(
        server,
        replica ->
            assertThat(replica.open(FolderName.INBOX, Access.CHANGE).editor()).isEmpty());
  }

  @Test
  void open_mayOnlyBeRead_isOpenedSo() throws IOException, FaultException {
    var server = server("IMAP4rev1").on("SELECT", "%t NO [NOPERM] not for writing");
    play(server, replica -> {
      var folder = replica.open(FolderName.INBOX, Access.CHANGE);
      assertThat(folder.editor()).isEmpty();
      assertThat(folder.generation().value()).isEqualTo("7");
    });
  }

  /** 10; and a server that says nothing lets the system flags be changed (RFC 9051 section 7.1). */
  @ParameterizedTest
  @CsvSource({
    "PERMANENTFLAGS (\\Seen \\*), \\Seen ok $Forwarded",
    "PERMANENTFLAGS (\\Seen ok), \\Seen ok",
    "PERMANENTFLAGS (), ''",
    "UIDNEXT 31, \\Seen \\Flagged"
  })
  void representable_byPermanentFlags(String code, String expected)
      throws IOException, FaultException {
    change(server("IMAP4rev1").mailbox(0, "UIDVALIDITY 7," + code), editor -> {
      var wanted = Flags.of(
          "\\Seen",
          "\\Flagged",
          "\\Recent",
          "ok",
          "$Forwarded",
          "b(d",
          "b]d",
          "b\"d",
          "b%d",
          "\u00FC",
          "\\Own");
      assertThat(editor.representable(wanted)).isEqualTo(Flags.parse(expected));
    });
  }

  /**
   * 70: told in part, unasked, without flags, before they were changed, or not at all; what is not
   * told is asked for.
   */
  @Test
  void setFlags_answersOfAllSorts_tellWhatThereIs() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("UID STORE 1:5 +FLAGS (\\Seen)", """
            * 1 FETCH (FLAGS (\\Seen) UID 1)
            * 9 FETCH (UID 9 FLAGS ())
            * 2 FETCH (FLAGS (\\Seen))
            * 3 FETCH (UID 3 MODSEQ (9))
            * 4 FETCH (UID 4 FLAGS ())
            * 1 FETCH (UID 1 FLAGS (\\Seen \\Answered))
            * 5 FETCH (UID 5 FLAGS (\\Seen \\Flagged))
            %t OK""")
        .on("UID STORE 5 -FLAGS (\\Flagged)", "%t OK")
        .on("UID FETCH 2:5 (UID FLAGS)", """
            * 2 FETCH (UID 2 FLAGS (\\Seen))
            * 3 FETCH (UID 3 FLAGS (\\Flagged))
            * 5 FETCH (UID 5 FLAGS (\\Seen))
            %t OK""");
    var both = new FlagChange(key(5), Flags.of("\\Seen"), Flags.of("\\Flagged"));
    change(
        server,
        editor -> assertThat(editor.setFlags(List.of(
                add(1, "\\Seen"), add(2, "\\Seen"), add(3, "\\Seen"), add(4, "\\Seen"), both)))
            .isEqualTo(Map.of(
                key(1), Flags.of("\\Seen", "\\Answered"),
                key(2), Flags.of("\\Seen"),
                key(3), Flags.of("\\Flagged"),
                key(5), Flags.of("\\Seen"))));
  }

  /** 77. */
  @Test
  void setFlags_manyMessages_inShortLines() throws IOException, FaultException {
    var server = server("IMAP4rev1").on("UID STORE", "%t OK").on("UID FETCH", "%t OK");
    var changes = new ArrayList<FlagChange>();
    var keywords = new ArrayList<String>();
    for (int count = 0; count < 200; count++) {
      keywords.add("keyword-" + count);
    }
    for (long uid = 1; uid < 3_000; uid += 2) {
      changes.add(new FlagChange(key(uid), Flags.of(keywords), Flags.of("\\Seen")));
    }
    change(server, editor -> assertThat(editor.setFlags(changes)).isEmpty());
    assertThat(server.heard()).allSatisfy(line -> assertThat(line).hasSizeLessThan(1_000));
    assertThat(heard(server, "UID STORE"))
        .anyMatch(line -> line.contains("keyword-199"))
        .anyMatch(line -> line.contains("2999"));
  }

  /** 10: a keyword that is refused is one that cannot be held; a system flag is not. */
  @Test
  void setFlags_keywordRefused_othersAreSet() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("UID STORE 1 +FLAGS (\\Seen todo)", "%t NO keyword not supported")
        .on("UID STORE 1 +FLAGS (\\Seen)", "* 1 FETCH (UID 1 FLAGS (\\Seen))\n%t OK")
        .on("UID STORE 1 +FLAGS (todo)", "%t NO keyword not supported");
    var fixture = change(server, editor -> {
      assertThat(editor.setFlags(List.of(add(1, "\\Seen", "todo"))))
          .isEqualTo(Map.of(key(1), Flags.of("\\Seen")));
      assertThat(editor.representable(Flags.of("todo", "other"))).isEqualTo(Flags.of("other"));
    });
    assertThat(fixture.notices).hasSize(1).allMatch(notice -> notice.contains("todo"));
  }

  @ParameterizedTest
  @CsvSource({
    "%t NO no, REFUSED, FOLDER",
    "%t NO [NOPERM] no, NO_ACCESS, FOLDER",
    "%t NO [INUSE] later, REFUSED, FOLDER",
    "'%t BAD Suggested Backoff Time: 9 milliseconds', THROTTLED, REPLICA"
  })
  void setFlags_refused_isFoundAgain(String answer, Kind kind, Reach reach)
      throws IOException, FaultException {
    var fault = refused(
        server("IMAP4rev1").on("UID STORE", answer),
        editor -> editor.setFlags(List.of(add(1, "\\Seen"))));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.reach()).isEqualTo(reach);
  }

  /** 47, 67: UID EXPUNGE refused, or without effect; the plain one, where nobody else is hit. */
  @ParameterizedTest
  @ValueSource(strings = {"%t NO no such command", "%t BAD what?", "%t OK done"})
  void remove_uidExpungeOfNoUse_plainOneWhenAlone(String answer)
      throws IOException, FaultException {
    var server = server("IMAP4rev1 UIDPLUS")
        .on("UID STORE 2:3 +FLAGS.SILENT (\\Deleted)", "%t OK")
        .on("UID EXPUNGE", answer)
        .on("UID SEARCH UID", "* SEARCH 2 3\n%t OK", "* SEARCH\n%t OK")
        .on("UID FETCH 2:3 (UID)", "* 2 FETCH (UID 2)\n%t OK", "%t OK")
        .on("UID SEARCH DELETED", "* SEARCH 2 3\n%t OK")
        .on("UID FETCH 1:* (UID FLAGS)", "* 1 FETCH (UID 1 FLAGS ())\n%t OK")
        .on("EXPUNGE", "* 2 EXPUNGE\n* 2 EXPUNGE\n%t OK");
    change(server, editor -> editor.remove(Fixture.keys(2, 3)));
    assertThat(heard(server, "EXPUNGE")).hasSize(1);
  }

  /** Another program's mark is nobody's leave: by SEARCH or by FETCH, whichever shows it. */
  @ParameterizedTest
  @CsvSource({
    "'* SEARCH 1 2', '* 1 FETCH (UID 2 FLAGS (\\Deleted))'",
    "'* SEARCH', '* 1 FETCH (UID 1 FLAGS (\\Deleted))'"
  })
  void remove_anotherMarkedToo_removesNone(String search, String fetch)
      throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("UID STORE 2 +FLAGS.SILENT (\\Deleted)", "%t OK")
        .on("UID SEARCH UID", "* SEARCH 2\n%t OK")
        .on("UID FETCH 2 (UID)", "* 2 FETCH (UID 2)\n%t OK")
        .on("UID SEARCH DELETED", search + "\n%t OK")
        .on("UID FETCH 1:* (UID FLAGS)", fetch + "\n%t OK");
    var fault = refused(server, editor -> editor.remove(Fixture.keys(2)));
    assertThat(fault.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(fault.reach()).isEqualTo(Reach.FOLDER);
    assertThat(fault.next()).contains("marked");
    assertThat(heard(server, "EXPUNGE")).isEmpty();
  }

  /** 16, and numbers of another generation, or not in pairs. */
  @ParameterizedTest
  @CsvSource({
    "COPYUID 9 1:2 41:42, 2",
    "COPYUID 9  , 0",
    "'COPYUID 9 \"\" \"\"', 0",
    "COPYUID 8 1:2 41:42, 0",
    "COPYUID 9 1:2 41, 0",
    "'COPYUID 9 2,1 41:42', 0"
  })
  void move_tellsKeysThatMakeSense(String code, int told) throws IOException, FaultException {
    var server = server("IMAP4rev1 MOVE")
        .on("UID MOVE 1:2 \"Archive\"", "* OK [" + code + "] so\n* 1 EXPUNGE\n* 1 EXPUNGE\n%t OK");
    change(
        server,
        editor -> assertThat(editor.move(Fixture.keys(1, 2), ARCHIVE))
            .isEqualTo(told == 0 ? Map.of() : Map.of(key(1), key(41), key(2), key(42))));
  }

  /** 6: learnt from a failed try. */
  @ParameterizedTest
  @ValueSource(strings = {"%t NO MOVE failed", "%t BAD what?"})
  void move_refused_copiesAndRemoves(String answer) throws IOException, FaultException {
    var server = server("IMAP4rev1 MOVE UIDPLUS")
        .on("UID MOVE", answer)
        .on("UID COPY 1:2 \"Archive\"", "%t OK [COPYUID 9 1:2 41:42]")
        .on("UID STORE 1:2 +FLAGS.SILENT (\\Deleted)", "%t OK")
        .on("UID EXPUNGE 1:2", "* 1 EXPUNGE\n* 1 EXPUNGE\n%t OK")
        .on("UID SEARCH", "* SEARCH\n%t OK")
        .on("UID FETCH", "%t OK");
    change(
        server,
        editor -> assertThat(editor.move(Fixture.keys(1, 2), ARCHIVE))
            .isEqualTo(Map.of(key(1), key(41), key(2), key(42))));
  }

  /** 6: not tried where the user says so. */
  @Test
  void move_switchedOff_copiesAndRemoves() throws IOException, FaultException {
    var server = server("IMAP4rev1 MOVE UIDPLUS")
        .on("UID COPY 1 \"Archive\"", "%t OK")
        .on("UID STORE", "%t OK")
        .on("EXPUNGE", "* 1 EXPUNGE\n%t OK")
        .on("UID SEARCH UID", "* SEARCH 1\n%t OK", "* SEARCH\n%t OK")
        .on("UID SEARCH DELETED", "* SEARCH\n%t OK", "* SEARCH 1\n%t OK")
        .on("UID FETCH", "%t OK");
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).with("without", "move UIDPLUS").open()) {
      Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE)).move(Fixture.keys(1), ARCHIVE);
    }
    assertThat(heard(server, "UID MOVE")).isEmpty();
    assertThat(heard(server, "UID EXPUNGE")).isEmpty();
    assertThat(heard(server, "EXPUNGE")).hasSize(1);
  }

  /** 6: not even tried where it is known to fail. */
  @Test
  void move_exchange_copiesAndRemoves() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1 MOVE UIDPLUS", EXCHANGE)
        .mailbox(3, "UIDVALIDITY 7")
        .on("STATUS", "%t OK")
        .on("UID COPY", "%t OK")
        .on("UID STORE", "%t OK")
        .on("UID EXPUNGE", "%t OK")
        .on("UID SEARCH", "* SEARCH\n%t OK")
        .on("UID FETCH", "%t OK");
    change(server, editor -> assertThat(editor.move(Fixture.keys(1), ARCHIVE)).isEmpty());
    assertThat(heard(server, "UID MOVE")).isEmpty();
  }

  /** A copy whose original cannot be removed would be a second message. */
  @Test
  void move_cannotBeFinished_isNotBegun() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("UID SEARCH DELETED", "* SEARCH 3\n%t OK")
        .on("UID FETCH 1:* (UID FLAGS)", "* 3 FETCH (UID 3 FLAGS (\\Deleted))\n%t OK");
    var fault = refused(server, editor -> editor.move(Fixture.keys(1), ARCHIVE));
    assertThat(fault.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(heard(server, "UID COPY")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "%t NO [TRYCREATE] no such mailbox, NOT_FOUND, FOLDER",
    "%t NO [OVERQUOTA] full, QUOTA, FOLDER",
    "%t NO [NOPERM] no, NO_ACCESS, FOLDER"
  })
  void move_refusedForGood_copiesNothing(String answer, Kind kind, Reach reach)
      throws IOException, FaultException {
    var server = server("IMAP4rev1 MOVE UIDPLUS").on("UID MOVE", answer);
    var fault = refused(server, editor -> editor.move(Fixture.keys(1), ARCHIVE));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.reach()).isEqualTo(reach);
  }

  /** 73. */
  @ParameterizedTest
  @CsvSource({
    "IDENTITY, BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)],"
        + " 'BODY[HEADER.FIELDS (\"Message-Id\" DATE FROM SUBJECT)]'",
    "IDENTITY, BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)], BODY[HEADER]",
    "HEADER, BODY.PEEK[HEADER], body[header]"
  })
  void fetch_part_takesWhatIsGiven(Part part, String asked, String given)
      throws IOException, FaultException {
    var bodies = new Bodies();
    var server = server("IMAP4rev1")
        .on(
            "UID FETCH 1 (UID INTERNALDATE " + asked + ")",
            "* 1 FETCH (UID 1 " + given + " {9}\nDate: x\n)\n%t OK");
    play(server, replica -> replica.open(FolderName.INBOX).fetch(Fixture.keys(1), part, bodies));
    assertThat(bodies.taken).containsOnlyKeys("1");
    assertThat(bodies.taken.values()).extracting(Bodies.Taken::size).containsExactly(9L);
  }

  /** The Trash by its use, then by its name; 47 and 57: asked for in vain. */
  @ParameterizedTest
  @CsvSource({
    "'* LIST (\\Trash) \"/\" Papierkorb\n* LIST () \"/\" Trash\n%t OK', Papierkorb",
    "'* LIST () \"/\" \"Deleted Items\"\n* LIST () \"/\" A/Trash\n%t OK', Deleted Items",
    "'* LIST () \"/\" A/Trash\n%t OK', Trash",
    "%t BAD what is RETURN, Bin"
  })
  void remove_toTrash_findsIt(String list, String trash) throws IOException, FaultException {
    var server = server("IMAP4rev1 MOVE SPECIAL-USE")
        .on("LIST", "* LIST () \"/\" INBOX\n* LIST () \"/\" Bin\n%t OK")
        .on("LIST \"\" \"*\" RETURN (SPECIAL-USE)", list)
        .on("CREATE \"Trash\"", "%t OK")
        .on("SUBSCRIBE", "%t OK")
        .on("STATUS", "%t OK")
        .on("UID MOVE 2 \"" + trash + "\"", "* 2 EXPUNGE\n%t OK");
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).with("removals", "trash").open()) {
      Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE)).remove(Fixture.keys(2));
    }
    assertThat(heard(server, "UID MOVE")).hasSize(1);
  }
}

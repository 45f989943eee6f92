package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What servers were seen to do, played to the replica. The numbers are those of the list of quirks.
 */
final class QuirksTest {
  private static final String CHANGES = "IMAP4rev1 ENABLE CONDSTORE QRESYNC ESEARCH";
  private static final Map<FolderName, Observed> KNOWN = Map.of(
      FolderName.INBOX,
      new Observed(new Generation("7"), new Checkpoint("validity 7 next 11 messages 3 modseq 50")));

  private interface Use {
    void of(Replica replica) throws FaultException;
  }

  private static Fixture play(Answers server, Use use) throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(server)) {
      var fixture = Fixture.at(peer.port());
      try (var replica = fixture.open()) {
        use.of(replica);
      }
      return fixture;
    }
  }

  private static Memory remembering(long... uids) {
    var memory = new Memory();
    for (long uid : uids) {
      memory.messages.put(uid, Flags.NONE);
    }
    memory.observed = Optional.ofNullable(KNOWN.get(FolderName.INBOX));
    return memory;
  }

  private static void scan(Replica replica, Memory memory) throws FaultException {
    replica.folders(Map.of());
    memory.scan(replica.open(FolderName.INBOX));
  }

  private static Answers resync() {
    return Answers.server(CHANGES).on("ENABLE QRESYNC", "* ENABLED QRESYNC CONDSTORE\n%t OK done");
  }

  /** Only equal numbers, all of them, prove that nothing changed. 30, 50, 69 among them. */
  @ParameterizedTest
  @CsvSource({
    "MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, true",
    "MESSAGES 2 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "MESSAGES 3 UIDNEXT 12 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "MESSAGES 3 UIDNEXT 10 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "MESSAGES 3 UIDNEXT 11 UIDVALIDITY 8 HIGHESTMODSEQ 50, false",
    "MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 51, false",
    "MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 49, false",
    "MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 0, false",
    "MESSAGES 3 UIDNEXT 0 UIDVALIDITY 0 HIGHESTMODSEQ 50, false",
    "MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7, false"
  })
  void folders_statusProvesIt_onlyThenUnchanged(String status, boolean unchanged)
      throws IOException, FaultException {
    play(
        resync().on("STATUS", "* STATUS INBOX (" + status + ")\n%t OK done"),
        replica -> assertThat(replica.folders(KNOWN))
            .containsExactly(new FolderSummary(FolderName.INBOX, unchanged)));
  }

  @Test
  void folders_statusRefused_isNotUnchanged() throws IOException, FaultException {
    play(
        resync().on("STATUS", "%t NO not this one"),
        replica -> assertThat(replica.folders(KNOWN))
            .containsExactly(new FolderSummary(FolderName.INBOX, false)));
  }

  /** 56, 57. */
  @ParameterizedTest
  @ValueSource(strings = {"%t OK nothing", "%t BAD what is RETURN", "* LIST () \"/\" Other\n%t OK"})
  void folders_extendedListOfNoUse_takesThePlainOne(String answer)
      throws IOException, FaultException {
    play(
        Answers.server("IMAP4rev1 LIST-EXTENDED LIST-STATUS").on("LIST \"\" \"*\" RETURN", answer),
        replica -> assertThat(replica.folders(KNOWN))
            .containsExactly(new FolderSummary(FolderName.INBOX, false)));
  }

  /** 56. */
  @Test
  void appearance_extendedListOfNoUse_isNotAskedForAgain() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1 LIST-EXTENDED LIST-STATUS CONDSTORE")
        .on("LIST \"\" \"*\" RETURN", "%t BAD what is RETURN")
        .on("STATUS", "%t NO not this one");
    play(server, replica -> {
      assertThat(replica.appearance()).isEmpty();
      assertThat(replica.folders(KNOWN))
          .containsExactly(new FolderSummary(FolderName.INBOX, false));
    });
    assertThat(server.heard().stream().filter(command -> command.contains("RETURN")))
        .hasSize(1);
  }

  /** 12, 29, 59, 85. */
  @Test
  void folders_oddNames_areFolders() throws IOException, FaultException {
    play(
        Answers.server("IMAP4rev1 NAMESPACE")
            .on("NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\n%t OK done")
            .on("LIST", """
                * LIST () "." inbox
                * LIST () "." INBOX.Sent
                * LIST () "." INBOX.Lists.Ruby
                * LIST () "." INBOX.inbox
                * LIST (\\Noselect) "." INBOX.Shared
                * LIST () "." "INBOX.a/b&-c"
                * LIST () NIL Flat.One
                %t OK done"""),
        replica -> assertThat(replica.folders(Map.of()))
            .extracting(summary -> summary.name().text())
            .containsExactlyInAnyOrder(
                "INBOX", "Sent", "Lists/Ruby", "INBOX/inbox", "a%2Fb&c", "Flat.One"));
  }

  @Test
  void open_notListed_isNotFound() throws IOException, FaultException {
    play(Answers.server("IMAP4rev1").on("EXAMINE", "%t NO no such mailbox"), replica -> {
      var thrown =
          catchThrowableOfType(FaultException.class, () -> replica.open(FolderName.parse("Gone")));
      assertThat(thrown.fault().kind()).isEqualTo(Kind.NOT_FOUND);
    });
  }

  /** 60, 62: one folder that will not open leaves the others alone. */
  @Test
  void open_refused_isAFaultOfTheFolder() throws IOException, FaultException {
    play(
        Answers.server("IMAP4rev1")
            .on("LIST", "* LIST () \"/\" INBOX\n* LIST () \"/\" Shared\n%t OK done")
            .on("EXAMINE \"Shared\"", "%t NO [NOPERM] not yours")
            .mailbox(0, "UIDVALIDITY 7"),
        replica -> {
          replica.folders(Map.of());
          var thrown = catchThrowableOfType(
              FaultException.class, () -> replica.open(FolderName.parse("Shared")));
          assertThat(thrown.fault().kind()).isEqualTo(Kind.NO_ACCESS);
          assertThat(thrown.fault().reach()).isEqualTo(Reach.FOLDER);
          assertThat(replica.open(FolderName.INBOX).generation()).isEqualTo(new Generation("7"));
        });
  }

  /** 61. */
  @Test
  void open_courier_selects() throws IOException, FaultException {
    var server = Answers.greeting("* OK [CAPABILITY IMAP4rev1] Courier-IMAP ready.")
        .on("LOGIN", "%t OK in")
        .on("CAPABILITY", "* CAPABILITY IMAP4rev1\n%t OK")
        .on("LIST", "* LIST () \".\" \"INBOX\"\n%t OK")
        .on("SELECT", "* 0 EXISTS\n* OK [UIDVALIDITY 9] so\n%t OK");
    play(server, replica -> scan(replica, new Memory()));
    assertThat(server.heard()).contains("SELECT \"INBOX\"");
  }

  /** 71, 60. */
  @Test
  void scan_empty_asksNothing() throws IOException, FaultException {
    var memory = new Memory();
    var server = Answers.server("IMAP4rev1").mailbox(0, "UIDVALIDITY 7,UIDNEXT 1");
    play(server, replica -> scan(replica, memory));
    assertThat(memory.last.orElseThrow().complete()).isTrue();
    assertThat(server.heard()).noneMatch(command -> command.contains("FETCH"));
  }

  /** 58, 70, 61: unordered, repeated and unasked lines, and a message in two lines. */
  @Test
  void scan_disorderlyAnswers_tellOfEachOnce() throws IOException, FaultException {
    var memory = new Memory();
    play(
        Answers.server("IMAP4rev1").mailbox(3, "UIDVALIDITY 7,UIDNEXT 31").on("UID FETCH 1:*", """
                * 0 FETCH (UID 5 FLAGS ())
                * 3 FETCH (UID 30 FLAGS (\\Seen) RFC822.SIZE 9)
                * 1 FETCH (RFC822.SIZE 7 UID 10 FLAGS (\\Answered))
                * 1 FETCH (FLAGS (\\Seen))
                * 2 FETCH (UID 20)
                * 2 FETCH (UID 20 FLAGS ())
                * 3 FETCH (UID 30 FLAGS ())
                %t OK"""),
        replica -> scan(replica, memory));
    assertThat(memory.messages).containsKeys(10L, 20L, 30L);
    assertThat(memory.messages.get(30L)).isEqualTo(Flags.of("\\Seen"));
    assertThat(memory.last.orElseThrow().complete()).isTrue();
  }

  /** 13, 35, 60: fewer than there are prove no absence. */
  @Test
  void scan_fewerThanThereAre_isNotComplete() throws IOException, FaultException {
    var memory = new Memory();
    var fixture = play(
        Answers.server("IMAP4rev1")
            .mailbox(3, "UIDVALIDITY 7,UIDNEXT 31")
            .on("UID FETCH 1:*", "* 1 FETCH (UID 10 FLAGS ())\n%t OK"),
        replica -> scan(replica, memory));
    assertThat(memory.last.orElseThrow().complete()).isFalse();
    assertThat(memory.last.orElseThrow().checkpoint()).isEmpty();
    assertThat(fixture.notices).hasSize(1);
  }

  @Test
  void scan_vanished_onlyKnownOnes() throws IOException, FaultException {
    var memory = remembering(2, 5, 8);
    play(
        resync()
            .mailbox(2, "UIDVALIDITY 7,UIDNEXT 12,HIGHESTMODSEQ 60")
            .on(
                "UID FETCH 1:10 (UID FLAGS) (CHANGEDSINCE 50 VANISHED)",
                "* VANISHED (EARLIER) 1,3:6\n* 1 FETCH (UID 8 FLAGS (\\Seen) MODSEQ (59))\n%t OK")
            .on("UID FETCH 11:*", "* 2 FETCH (UID 8 FLAGS (\\Seen) RFC822.SIZE 4)\n%t OK")
            .on("UID SEARCH", "* ESEARCH (TAG \"%t\") UID ALL 2,8\n%t OK"),
        replica -> scan(replica, memory));
    assertThat(memory.lastVanished).containsExactly(5L);
    assertThat(memory.messages).containsKeys(2L, 8L);
    assertThat(memory.observed.orElseThrow().checkpoint().value())
        .isEqualTo("validity 7 next 12 messages 2 modseq 60");
  }

  /** 44, 83: a VANISHED that cannot be meant removes nothing; all is listed instead. */
  @ParameterizedTest
  @ValueSource(
      strings = {"* VANISHED (EARLIER) 2:*", "* VANISHED (EARLIER) ?!", "* VANISHED (EARLIER)"})
  void scan_vanishedOpenOrBroken_listsEverything(String vanished)
      throws IOException, FaultException {
    var memory = remembering(2, 5, 8);
    play(
        resync()
            .mailbox(3, "UIDVALIDITY 7,UIDNEXT 11,HIGHESTMODSEQ 60")
            .on("UID FETCH 1:10", vanished + "\n%t OK")
            .on(
                "UID FETCH 1:* (UID FLAGS RFC822.SIZE)",
                "* 1 FETCH (UID 2 FLAGS ())\n* 2 FETCH (UID 5 FLAGS ())\n* 3 FETCH (UID 8 FLAGS ())\n%t OK"),
        replica -> scan(replica, memory));
    assertThat(memory.messages).containsOnlyKeys(2L, 5L, 8L);
    assertThat(memory.last.orElseThrow().complete()).isTrue();
  }

  /** A server that names too much as vanished is found out by the count, and asked again. */
  @Test
  void scan_vanishedAgainstTheCount_asksWhatIsThere() throws IOException, FaultException {
    var memory = remembering(2, 5, 8);
    play(
        resync()
            .mailbox(3, "UIDVALIDITY 7,UIDNEXT 11,HIGHESTMODSEQ 60")
            .on("UID FETCH 1:10", "* VANISHED (EARLIER) 1:10\n%t OK")
            .on("UID SEARCH", "* ESEARCH (TAG \"x\") UID ALL 2,5,8\n%t OK"),
        replica -> scan(replica, memory));
    assertThat(memory.lastVanished).isEmpty();
  }

  /** 55: a SEARCH that does not agree with the count is not believed. */
  @Test
  void scan_searchWrong_listsByFetch() throws IOException, FaultException {
    var memory = remembering(2, 5, 8);
    play(
        Answers.server("IMAP4rev1 CONDSTORE")
            .mailbox(2, "UIDVALIDITY 7,UIDNEXT 11,HIGHESTMODSEQ 60")
            .on("UID FETCH 1:10 (UID FLAGS) (CHANGEDSINCE 50)", "%t OK")
            .on("UID SEARCH ALL", "* SEARCH\n%t OK")
            .on("UID FETCH 1:* (UID)", "* 1 FETCH (UID 2)\n* 2 FETCH (UID 8)\n%t OK"),
        replica -> scan(replica, memory));
    assertThat(memory.lastVanished).containsExactly(5L);
  }

  /** 30, 50: counters that go back. */
  @ParameterizedTest
  @ValueSource(
      strings = {"UIDNEXT 10,HIGHESTMODSEQ 60", "UIDNEXT 11,HIGHESTMODSEQ 49", "UIDNEXT 11,NOMODSEQ"
      })
  void scan_counterWentBack_listsEverything(String codes) throws IOException, FaultException {
    var memory = remembering(2, 5, 8);
    play(
        resync()
            .mailbox(1, "UIDVALIDITY 7," + codes)
            .on("UID FETCH 1:* (UID FLAGS RFC822.SIZE)", "* 1 FETCH (UID 5 FLAGS ())\n%t OK"),
        replica -> scan(replica, memory));
    assertThat(memory.last.orElseThrow().complete()).isTrue();
    assertThat(memory.messages).containsOnlyKeys(5L);
  }

  /** 13, 36, 42, 52, 70: what is not given, or not asked for, harms nothing else. */
  @Test
  void fetch_missingAndUnasked_areLeftOut() throws IOException, FaultException {
    var bodies = new Bodies();
    var server = Answers.server("IMAP4rev1")
        .mailbox(5, "UIDVALIDITY 7,UIDNEXT 31")
        .on("UID FETCH 1:3,5", """
                * 1 FETCH (UID 1 BODY[] {3}
                abc INTERNALDATE "01-Jan-2020 00:00:00 +0000")
                * 2 FETCH (UID 2 BODY[] NIL)
                * 4 FETCH (UID 4 BODY[] {3}
                xyz)
                * 3 FETCH (UID 3 FLAGS ())
                * 9 FETCH (BODY[] {3}
                xyz UID 9)
                %t NO [UNAVAILABLE] some""")
        .on("UID FETCH 2 ", "%t OK nothing")
        .on("UID FETCH 3 ", "%t NO [UNAVAILABLE] not this one")
        .on("UID FETCH 5 ", "* 5 FETCH (BODY[] {2}\nhi UID 5)\n%t OK");
    play(server, replica -> {
      replica.folders(Map.of());
      replica.open(FolderName.INBOX).fetch(Fixture.keys(1, 2, 3, 5), bodies);
    });
    assertThat(bodies.taken).containsOnlyKeys("1", "5");
    assertThat(bodies.taken)
        .hasEntrySatisfying("1", taken -> assertThat(taken.arrived()).isPresent());
    assertThat(bodies.abandoned).isEqualTo(1);
  }

  /** 17. */
  @Test
  void fetch_substituteNote_isNotTheMessage() throws IOException, FaultException {
    var bodies = new Bodies();
    var note =
        "From: x\r\nSubject: Retrieval using the IMAP4 protocol failed for the following message: 7\r\n\r\n";
    play(
        Answers.greeting(
                "* OK [CAPABILITY IMAP4rev1] The Microsoft Exchange IMAP4 service is ready.")
            .on("LOGIN", "%t OK in")
            .on("CAPABILITY", "* CAPABILITY IMAP4rev1\n%t OK")
            .on("LIST", "* LIST () \"/\" INBOX\n%t OK")
            .mailbox(1, "UIDVALIDITY 7")
            .on(
                "UID FETCH 7",
                "* 1 FETCH (UID 7 BODY[] {" + note.length() + "}\n" + note.replace("\r", "")
                    + ")\n%t OK"),
        replica -> {
          replica.folders(Map.of());
          replica.open(FolderName.INBOX).fetch(Fixture.keys(7), bodies);
        });
    assertThat(bodies.taken).isEmpty();
    assertThat(bodies.abandoned).isPositive();
  }

  /** 3. */
  @Test
  void fetch_throttled_isAFaultOfTheAccount() throws IOException, FaultException {
    play(
        Answers.server("IMAP4rev1")
            .mailbox(1, "UIDVALIDITY 7")
            .on(
                "UID FETCH 7",
                "%t BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds"),
        replica -> {
          replica.folders(Map.of());
          var folder = replica.open(FolderName.INBOX);
          var thrown = catchThrowableOfType(
              FaultException.class, () -> folder.fetch(Fixture.keys(7), new Bodies()));
          assertThat(thrown.fault().kind()).isEqualTo(Kind.THROTTLED);
          assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
          assertThat(thrown.fault().said()).contains("299961");
          assertThat(thrown.fault().next()).contains("300 seconds");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "'* 1 FETCH (UID 7 BODY[] {9}\nabc', NETWORK",
    "'* BYE shutting down', NETWORK",
    "'* 1 FETCH (UID 7 BODY[] {99999999999999999999}', PROTOCOL"
  })
  void fetch_connectionEnds_abandonsTheBody(String answer, Kind kind)
      throws IOException, FaultException {
    var bodies = new Bodies();
    try (var peer = ScriptedPeer.playing(Answers.server("IMAP4rev1")
            .mailbox(1, "UIDVALIDITY 7")
            .on("UID FETCH 7", answer + (answer.contains("abc") ? "" : "\n") + Answers.CUT));
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      var folder = replica.open(FolderName.INBOX);
      var thrown =
          catchThrowableOfType(FaultException.class, () -> folder.fetch(Fixture.keys(7), bodies));
      assertThat(thrown.fault().kind()).isEqualTo(kind);
      assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
      assertThat(bodies.taken).isEmpty();
      assertThat(bodies.abandoned).isEqualTo(answer.contains("abc") ? 1 : 0);
    }
  }

  /** What SEARCH leaves out and FETCH shows is there; what is refused proves nothing. */
  @ParameterizedTest
  @CsvSource({
    "%t OK, '* 1 FETCH (UID 2)\n%t OK', 1",
    "%t NO no, %t OK, 2",
    "'* SEARCH 1 2\n%t OK', %t OK, 0",
    "%t OK, %t NO no, 0"
  })
  void confirmGone_onlyWhatBothWaysMiss(String search, String fetch, int gone)
      throws IOException, FaultException {
    play(
        Answers.server("IMAP4rev1")
            .mailbox(1, "UIDVALIDITY 7")
            .on("UID SEARCH UID 1:2", search)
            .on("UID FETCH 1:2 (UID)", fetch),
        replica -> {
          replica.folders(Map.of());
          assertThat(replica.open(FolderName.INBOX).confirmGone(Set.copyOf(Fixture.keys(1, 2))))
              .hasSize(gone);
        });
  }
}

package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.replica.imap.Fixture.Sent;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers were seen to do to one who uploads. The numbers are those of the list of quirks. */
final class UploadQuirksTest {
  private static final String PLUS = "IMAP4rev1 UIDPLUS LITERAL+";
  private static final String MULTI = PLUS + " MULTIAPPEND";
  private static final String DATE = "\" 1-Feb-2003 04:05:06 +0000\"";
  private static final String ONE = "Subject: one\r\n\r\nHello\r\n";
  private static final String TWO = "Subject: two\r\n\r\nHello, Hello\r\n";

  private static Answers server(String capabilities) {
    return Answers.server(capabilities)
        .mailbox(0, "UIDVALIDITY 7,UIDNEXT 31,PERMANENTFLAGS (\\Seen \\*)")
        .on("UID FETCH 31:* (UID)", "%t OK")
        .on("CHECK", "%t OK")
        .on("NOOP", "%t OK");
  }

  private static Sent upload(Answers server, Outgoing... messages)
      throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      return Sent.to(replica.open(FolderName.INBOX, Access.CHANGE), messages);
    }
  }

  /** The fault that an upload ends with, and what was told before. */
  private record Ended(Sent sent, FaultException thrown) {}

  private static Ended ended(Answers server, Outgoing... messages)
      throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      var editor = Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE));
      var sent = new Sent();
      var thrown =
          catchThrowableOfType(FaultException.class, () -> editor.upload(List.of(messages), sent));
      return new Ended(sent, thrown);
    }
  }

  private static List<String> appends(Answers server) {
    return server.heard().stream()
        .filter(command -> command.startsWith("APPEND"))
        .toList();
  }

  @Test
  void upload_batchedWhereOffered() throws IOException, FaultException {
    var server = server(MULTI).on("APPEND", "%t OK [APPENDUID 7 31:32] done");
    var sent = upload(server, Sent.message("a", ONE, "\\Seen", "ok"), Sent.message("b", TWO));
    assertThat(sent.stored).isEqualTo(Map.of("a", Optional.of("31"), "b", Optional.of("32")));
    assertThat(server.literals()).containsExactly(ONE, TWO);
    assertThat(appends(server))
        .containsExactly("APPEND \"INBOX\" (\\Seen ok) " + DATE + " {23+}| " + DATE + " {30+}|");
  }

  /** 25: one UID is one message's; the other is looked for, and may be nowhere. */
  @ParameterizedTest
  @CsvSource({"'', 31", "'* 2 FETCH (UID 32)\n', 32"})
  void upload_oneUidToldTwice_theOtherIsLookedFor(String other, String key)
      throws IOException, FaultException {
    var header = "Message-ID: <1@example.org>\n\n";
    var server = server(PLUS)
        .on("APPEND", "%t OK [APPENDUID 7 31] done")
        .on("UID FETCH 31:* (UID)", "* 1 FETCH (UID 31)\n" + other + "%t OK")
        .on("UID FETCH 32 ", "* 2 FETCH (UID 32 BODY[HEADER] {31}\n" + header + ")\n%t OK");
    var message = header.replace("\n", "\r\n") + "Hello\r\n";
    var sent = upload(server, Sent.message("a", message), Sent.message("b", message));
    assertThat(sent.stored).isEqualTo(Map.of("a", Optional.of("31"), "b", Optional.of(key)));
  }

  /** One that the server does not take is found by sending each alone. */
  @Test
  void upload_batchRefused_goesOneByOne() throws IOException, FaultException {
    var server = server(MULTI)
        .on(
            "APPEND",
            "%t NO message 2 is bad",
            "%t OK [APPENDUID 7 31] done",
            "%t NO bad",
            "%t OK [APPENDUID 7 32] done");
    var sent = upload(
        server, Sent.message("a", ONE), Sent.message("b", TWO), Sent.message("c", ONE + "!"));
    assertThat(sent.stored).isEqualTo(Map.of("a", Optional.of("31"), "c", Optional.of("32")));
    assertThat(sent.refused).containsOnlyKeys("b");
    assertThat(sent.fault("b").said()).isEqualTo("bad");
    assertThat(appends(server)).hasSize(4);
  }

  /** 1, 27, 79: refused one by one, with what may be the cause. */
  @ParameterizedTest
  @CsvSource({
    "%t BAD [TOOBIG] Message too large, 'It has'",
    "%t NO [LIMIT] size, 'It has'",
    "%t BAD Command Argument Error. 11, a line of 1'200 bytes",
    "%t NO, NUL",
    "%t NO, not ASCII",
    "%t NO, other than CRLF"
  })
  void upload_oneRefused_othersGoOn(String answer, String advice)
      throws IOException, FaultException {
    var bad = "X: \u00e4\0" + "y".repeat(1_195) + "\r\n\r\na\nb";
    var server = server(PLUS).on("APPEND", answer, "%t OK [APPENDUID 7 31] done");
    var sent = upload(server, Sent.message("a", bad), Sent.message("b", TWO));
    assertThat(sent.stored).isEqualTo(Map.of("b", Optional.of("31")));
    var fault = sent.fault("a");
    assertThat(fault.reach()).isEqualTo(Reach.MESSAGE);
    assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
    assertThat(fault.next()).containsIgnoringCase(advice.replace("'", ","));
    assertThat(fault.folder()).contains(FolderName.INBOX);
  }

  /** 27, RFC 7889: what is too large is not even sent. */
  @ParameterizedTest
  @ValueSource(strings = {"APPENDLIMIT=23", "APPENDLIMIT"})
  void upload_aboveTheLimit_isNotSent(String limit) throws IOException, FaultException {
    var server = server(PLUS + " " + limit)
        .on("STATUS \"INBOX\" (APPENDLIMIT)", "* STATUS INBOX (APPENDLIMIT 23)\n%t OK")
        .on("APPEND", "%t OK [APPENDUID 7 31] done");
    var sent =
        upload(server, Sent.message("a", TWO), Sent.message("b", ONE), Sent.message("c", ""));
    assertThat(sent.stored).containsOnlyKeys("b");
    assertThat(sent.refused).containsOnlyKeys("a", "c");
    assertThat(sent.fault("a").said()).contains("30").contains("23");
    assertThat(appends(server)).hasSize(1);
  }

  /** 3: the account pauses; nothing was told of the message. */
  @ParameterizedTest
  @CsvSource({
    "'%t BAD Request is throttled. Suggested Backoff Time: 3000 milliseconds', THROTTLED, REPLICA",
    "%t NO [OVERQUOTA] full, QUOTA, FOLDER",
    "%t NO Server Unavailable. 15, QUOTA, FOLDER",
    "%t NO [TRYCREATE] no such mailbox, NOT_FOUND, FOLDER",
    "%t NO [NOPERM] no, NO_ACCESS, FOLDER",
    "%t NO [UNAVAILABLE] later, REFUSED, FOLDER"
  })
  void upload_refusedForAll_stops(String answer, Kind kind, Reach reach)
      throws IOException, FaultException {
    var server = server("IMAP4rev1").on("APPEND", answer);
    var many = new ArrayList<Outgoing>();
    for (int count = 0; count < 300; count++) {
      many.add(Sent.message("m" + count, ONE));
    }
    var ended = ended(server, many.toArray(Outgoing[]::new));
    assertThat(ended.thrown().fault().kind()).isEqualTo(kind);
    assertThat(ended.thrown().fault().reach()).isEqualTo(reach);
    assertThat(ended.sent().refused).isEmpty();
    assertThat(ended.sent().stored).isEmpty();
    assertThat(appends(server)).hasSizeLessThanOrEqualTo(26);
  }

  /** 68: with what is small enough already stored. */
  @Test
  void upload_overQuotaInABatch_storesWhatFits() throws IOException, FaultException {
    var server = server(MULTI)
        .on("APPEND", "%t NO [OVERQUOTA] full", "%t OK [APPENDUID 7 31]", "%t NO [OVERQUOTA] full");
    var ended = ended(server, Sent.message("a", ONE), Sent.message("b", TWO));
    assertThat(ended.sent().stored).containsOnlyKeys("a");
    assertThat(ended.thrown().fault().kind()).isEqualTo(Kind.QUOTA);
  }

  /** 3: a batch refused so is not tried again in pieces. */
  @Test
  void upload_batchThrottled_stopsAtOnce() throws IOException, FaultException {
    var server = server(MULTI).on("APPEND", "%t NO [THROTTLED] slow down");
    var ended = ended(server, Sent.message("a", ONE), Sent.message("b", TWO));
    assertThat(ended.thrown().fault().kind()).isEqualTo(Kind.THROTTLED);
    assertThat(appends(server)).hasSize(1);
  }

  /** 2: the server has had enough; another connection goes on behind what was refused. */
  @Test
  void upload_serverClosesAfterErrors_toldBefore() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("APPEND", "%t BAD Command Argument Error. 10", "* BYE too many errors" + Answers.CUT);
    var ended = ended(server, Sent.message("a", ONE), Sent.message("b", TWO));
    assertThat(ended.sent().refused).containsOnlyKeys("a");
    assertThat(ended.thrown().fault().reach()).isEqualTo(Reach.REPLICA);
    assertThat(ended.thrown().fault().kind()).isEqualTo(Kind.NETWORK);
  }

  /** 25, 47, 72, 82: a number that cannot be meant is none, and the server is made to look. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%t OK done",
        "%t OK [APPENDUID 31 7] swapped",
        "%t OK [APPENDUID 7 30] an old one",
        "%t OK [APPENDUID 7 31:32] two",
        "%t OK [APPENDUID 7 ] none"
      })
  void upload_numberOfNoUse_isNotTold(String answer) throws IOException, FaultException {
    var server = server(PLUS).on("APPEND", answer);
    var sent = upload(server, Sent.message("a", ONE));
    assertThat(sent.stored).isEqualTo(Map.of("a", Optional.empty()));
    assertThat(server.heard()).contains("CHECK");
  }

  /** 37: the command ends with CRLF, whatever the message ends with. */
  @Test
  void upload_messageWithoutLineEnd_isSentAsItIs() throws IOException, FaultException {
    var server = server("IMAP4rev1").on("APPEND", "%t OK [APPENDUID 7 31]");
    upload(server, Sent.message("a", "Subject: a\r\n\r\nno end"));
    assertThat(server.literals()).containsExactly("Subject: a\r\n\r\nno end");
    assertThat(appends(server)).containsExactly("APPEND \"INBOX\" " + DATE + " {20}|");
  }

  /** 10: what the mailbox does not keep is not sent. */
  @Test
  void upload_sendsFlagsThatAreKept() throws IOException, FaultException {
    var server = server(PLUS)
        .mailbox(0, "UIDVALIDITY 7,PERMANENTFLAGS (\\Seen $Forwarded)")
        .on("APPEND", "%t OK");
    upload(server, Sent.message("a", ONE, "\\Seen", "\\Flagged", "todo", "$forwarded"));
    assertThat(appends(server))
        .containsExactly("APPEND \"INBOX\" ($Forwarded \\Seen) " + DATE + " {23+}|");
  }

  @Test
  void upload_literalRefused_sendsNoneOfIt() throws IOException, FaultException {
    var server = server("IMAP4rev1 UIDPLUS MULTIAPPEND")
        .refusing("APPEND \"INBOX\" " + DATE + " {30}", "%t NO too large")
        .on("APPEND", "%t OK [APPENDUID 7 31]");
    var sent = upload(server, Sent.message("a", TWO), Sent.message("b", ONE));
    assertThat(sent.refused).containsOnlyKeys("a");
    assertThat(sent.stored).isEqualTo(Map.of("b", Optional.of("31")));
    assertThat(server.literals()).containsExactly(ONE);
  }

  /** What is not there, or not as announced, is found before the server hears of it. */
  @Test
  void upload_smallOnesGoneOrChanged_harmNothing() throws IOException, FaultException {
    var server = server(PLUS).on("APPEND", "%t OK [APPENDUID 7 31]");
    var sent = upload(
        server,
        Sent.gone("gone", 10),
        Sent.message("shorter", ONE.length() + 1, Sent.message("x", ONE).content()),
        Sent.message("longer", ONE.length() - 1, Sent.message("x", ONE).content()),
        Sent.message("a", ONE));
    assertThat(sent.vanished).containsExactly("gone");
    assertThat(sent.refused).containsOnlyKeys("shorter", "longer");
    assertThat(sent.refused.values()).allSatisfy(fault -> {
      assertThat(fault.kind()).isEqualTo(Kind.CHANGED);
      assertThat(fault.reach()).isEqualTo(Reach.MESSAGE);
    });
    assertThat(sent.stored).containsOnlyKeys("a");
    assertThat(server.literals()).containsExactly(ONE);
  }

  @Test
  void upload_largeOneGone_harmsNothing() throws IOException, FaultException {
    var server = server(PLUS).on("APPEND", "%t OK [APPENDUID 7 31]");
    var sent = upload(server, Sent.gone("gone", 2 << 20), Sent.message("a", ONE));
    assertThat(sent.vanished).containsExactly("gone");
    assertThat(sent.stored).containsOnlyKeys("a");
  }

  /** A large message that changes while it is sent costs the connection, and nothing else. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void upload_largeOneChanged_failsAlone(int difference) throws IOException, FaultException {
    var bytes = new byte[2 << 20];
    try (var peer = ScriptedPeer.playing(conversation -> {
          greet(conversation);
          conversation.expectMatching("m. APPEND .*");
          conversation.send("+ go on\r\n");
          conversation.bytes(bytes.length - (1 << 17));
          conversation.stall();
        });
        var replica = Fixture.at(peer.port()).open()) {
      var editor = Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE));
      var sent = new Sent();
      var message = Sent.message(
          "a",
          bytes.length,
          Sent.message("x", new byte[bytes.length + difference]).content());
      var thrown =
          catchThrowableOfType(FaultException.class, () -> editor.upload(List.of(message), sent));
      assertThat(thrown.fault().kind()).isEqualTo(Kind.CHANGED);
      assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
      assertThat(sent.fault("a").reach()).isEqualTo(Reach.MESSAGE);
      assertThat(catchThrowableOfType(FaultException.class, () -> replica.open(FolderName.INBOX)))
          .isNotNull();
    }
  }

  static void greet(io.mailtide.testkit.Conversation conversation) throws IOException {
    conversation.send("* OK [CAPABILITY IMAP4rev1 LITERAL+] ready\r\n");
    conversation.expectMatching("m1 LOGIN .*");
    conversation.send("m1 OK in\r\n").expect("m2 CAPABILITY");
    conversation.send("* CAPABILITY IMAP4rev1 LITERAL+\r\nm2 OK\r\n");
    conversation.expect("m3 LIST \"\" \"\"");
    conversation.send("* LIST (\\Noselect) \"/\" \"\"\r\nm3 OK\r\n").expect("m4 SELECT \"INBOX\"");
    conversation.send("* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nm4 OK [READ-WRITE]\r\n");
  }

  /**
   * A server that answers in the midst of a message is heard, and the message is sent to its end.
   */
  @Test
  void upload_refusedInTheMidst_goesOn() throws IOException, FaultException {
    var large = new byte[4 << 20];
    try (var peer = ScriptedPeer.playing(conversation -> {
          greet(conversation);
          conversation.expectMatching("m. APPEND .*");
          conversation.send("+ go on\r\n").bytes(1 << 20);
          conversation.send("* 3 EXISTS\r\nm5 NO disk full\r\n").bytes(3 << 20);
          conversation.expect("").expectMatching("m. APPEND .*");
          conversation.bytes(ONE.length());
          conversation.expect("").send("m6 OK done\r\n").expect("m7 CHECK").send("m7 OK\r\n");
          conversation.expect("m8 LOGOUT");
        });
        var replica = Fixture.at(peer.port()).open()) {
      var sent = Sent.to(
          replica.open(FolderName.INBOX, Access.CHANGE),
          Sent.message("a", large),
          Sent.message("b", ONE));
      assertThat(sent.refused).containsOnlyKeys("a");
      assertThat(sent.stored).containsOnlyKeys("b");
    }
  }

  /** A farewell in the midst of a message says why, though the rest can be sent to nobody. */
  @Test
  void upload_farewellInTheMidst_isHeard() throws IOException, FaultException {
    var large = new byte[64 << 20];
    try (var peer = ScriptedPeer.playing(conversation -> {
          greet(conversation);
          conversation.expectMatching("m. APPEND .*");
          conversation.send("+ go on\r\n").bytes(1 << 20);
          conversation.send("m5 NO [TOOBIG] too large\r\n* BYE not that\r\n").stall();
        });
        var replica = Fixture.at(peer.port()).open()) {
      var editor = Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE));
      var sent = new Sent();
      var thrown = catchThrowableOfType(
          FaultException.class, () -> editor.upload(List.of(Sent.message("a", large)), sent));
      assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
      assertThat(thrown.fault().said()).contains("not that");
      assertThat(sent.refused).containsOnlyKeys("a");
    }
  }
}

package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbers that servers were seen to give, and what is made of them. The numbers of the tests are
 * those of the list of quirks.
 */
final class ScanQuirksTest {
  private static final String LISTED = "UID FETCH 1:* (UID FLAGS RFC822.SIZE)";

  private static void scan(Answers server, Memory memory) throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      memory.scan(replica.open(FolderName.INBOX));
    }
  }

  private static Memory remembering(String validity, long... uids) {
    var memory = new Memory();
    for (long uid : uids) {
      memory.messages.put(uid, Flags.NONE);
    }
    memory.observed = Optional.of(new Observed(
        new Generation(validity),
        new Checkpoint("validity %s next 11 messages 3 modseq 50".formatted(validity))));
    return memory;
  }

  /** 38: UIDs jump, and what is said of positions makes no sense: only UIDs count. */
  @Test
  void row38_uidsJumpAndPositionsLie_uidsCount() throws IOException, FaultException {
    var memory = new Memory();
    var server = Answers.server("IMAP4rev1")
        .mailbox(3, "UIDVALIDITY 7,UIDNEXT 4000000001")
        .on(LISTED, """
            * 1 FETCH (UID 7 FLAGS ())
            * 1 FETCH (UID 90000 FLAGS (\\Seen))
            * 9 FETCH (UID 4000000000 FLAGS ())
            %t OK""");
    scan(server, memory);
    assertThat(memory.messages).containsOnlyKeys(7L, 90_000L, 4_000_000_000L);
    assertThat(memory.last.orElseThrow().complete()).isTrue();
    assertThat(server.heard()).noneMatch(line -> line.matches("(FETCH|STORE|COPY|SEARCH).*"));
  }

  /** 42: the only way of asking that works everywhere, and marks nothing as seen. */
  @Test
  void row42_wholeMessages_areAskedForByBodyPeek() throws IOException, FaultException {
    var bodies = new Bodies();
    var server = Answers.server("IMAP4rev1")
        .mailbox(1, "UIDVALIDITY 7")
        .on("UID FETCH 1 (UID INTERNALDATE BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {1}\nx)\n%t OK");
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      replica.open(FolderName.INBOX).fetch(Fixture.keys(1), bodies);
    }
    assertThat(bodies.taken).containsOnlyKeys("1");
    assertThat(server.heard()).noneMatch(line -> line.contains("RFC822"));
  }

  /** 49: without UIDNEXT, the highest UID seen tells how far it is. */
  @Test
  void row49_noUidNext_highestUidCounts() throws IOException, FaultException {
    var memory = new Memory();
    var server = Answers.server("IMAP4rev1")
        .mailbox(2, "UIDVALIDITY 7")
        .on(LISTED, "* 1 FETCH (UID 4 FLAGS ())\n* 2 FETCH (UID 9 FLAGS ())\n%t OK");
    scan(server, memory);
    assertThat(memory.observed.orElseThrow().checkpoint().value())
        .isEqualTo("validity 7 next 10 messages 2 modseq 0");
  }

  /** 53, 69: what cannot be a number of that kind is no reason to believe that nothing changed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UIDVALIDITY 7,UIDNEXT 11,HIGHESTMODSEQ -1",
        "UIDVALIDITY 7,UIDNEXT 0,HIGHESTMODSEQ 50",
        "UIDVALIDITY 7,UIDNEXT 1.1e+01,HIGHESTMODSEQ 50"
      })
  void row53_row54_row69_numbersThatCannotBe_listEverything(String codes)
      throws IOException, FaultException {
    var memory = remembering("7", 2, 5, 8);
    var server = Answers.server("IMAP4rev1 CONDSTORE")
        .mailbox(1, codes)
        .on(LISTED, "* 1 FETCH (UID 5 FLAGS () MODSEQ (-1))\n%t OK");
    scan(server, memory);
    assertThat(memory.messages).containsOnlyKeys(5L);
    assertThat(memory.last.orElseThrow().complete()).isTrue();
  }

  /** 69: under no UIDVALIDITY, nothing may be concluded from what was there before. */
  @Test
  void row69_uidValidityZero_listsEverything() throws IOException, FaultException {
    var memory = remembering("0", 2, 5, 8);
    var server = Answers.server("IMAP4rev1 CONDSTORE")
        .mailbox(1, "UIDVALIDITY 0,UIDNEXT 11,HIGHESTMODSEQ 50")
        .on(LISTED, "* 1 FETCH (UID 5 FLAGS ())\n%t OK");
    scan(server, memory);
    assertThat(memory.messages).containsOnlyKeys(5L);
  }

  /** 54: a UID that was rounded names no message; one more is there than was told. */
  @Test
  void row54_roundedUid_provesNoAbsence() throws IOException, FaultException {
    var memory = remembering("7", 2, 5);
    var server =
        Answers.server("IMAP4rev1").mailbox(2, "UIDVALIDITY 7,UIDNEXT 11").on(LISTED, """
            * 1 FETCH (UID 2 FLAGS () RFC822.SIZE 9.37e+06)
            * 2 FETCH (UID 5e+00 FLAGS ())
            %t OK""");
    scan(server, memory);
    assertThat(memory.messages).containsOnlyKeys(2L, 5L);
    assertThat(memory.last.orElseThrow().complete()).isFalse();
  }

  /** 60: of several counts the last is true. */
  @Test
  void row60_severalExists_lastCounts() throws IOException, FaultException {
    var memory = new Memory();
    var server = Answers.server("IMAP4rev1")
        .on("EXAMINE", """
            * 500 EXISTS
            * 1000 EXISTS
            * 2 EXISTS
            * OK [UIDVALIDITY 7] so
            %t OK [READ-ONLY] open""")
        .on(LISTED, "* 1 FETCH (UID 4 FLAGS ())\n* 2 FETCH (UID 9 FLAGS ())\n%t OK");
    scan(server, memory);
    assertThat(memory.last.orElseThrow().complete()).isTrue();
  }

  /** 52: the first farewell ends it, however many follow. */
  @Test
  void row52_endlessFarewell_endsAtTheFirst() throws IOException {
    try (var peer = ScriptedPeer.playing(conversation -> {
      conversation.send("* OK [CAPABILITY IMAP4rev1] ready\r\n").expectMatching("m1 LOGIN .*");
      try {
        for (int count = 0; count < 1_000_000; count++) {
          conversation.send("* BYE see you\r\n");
        }
      } catch (IOException closed) {
        return;
      }
      throw new AssertionError("nobody left");
    })) {
      var fault = Fixture.at(peer.port()).fault();
      assertThat(fault.kind()).isEqualTo(Kind.NETWORK);
      assertThat(fault.said()).contains("see you");
    }
  }

  private static String shown(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .filter(uid -> uid != 500)
        .mapToObj("* 1 FETCH (UID %d FLAGS ())\n"::formatted)
        .collect(Collectors.joining("", "", "%t OK"));
  }

  /** These are known, of which the server showed 1,000. */
  private static Memory capped(long last) {
    var memory = new Memory();
    LongStream.rangeClosed(1, last).forEach(uid -> memory.messages.put(uid, Flags.NONE));
    memory.observed = Optional.of(new Observed(
        new Generation("7"),
        new Checkpoint("validity 7 next %d messages 1000 modseq 50".formatted(last + 1))));
    return memory;
  }

  /** 33: what is older than all that a full window shows is not gone, and the user hears of it. */
  @ParameterizedTest
  @ValueSource(strings = {"IMAP4rev1 X-GM-EXT-1", "IMAP4rev1 X-GM-EXT-1 CONDSTORE"})
  void row33_cappedFolder_olderOnesAreNotTakenForRemoved(String abilities)
      throws IOException, FaultException {
    var search = shown(11, 1_011).replaceAll("[^U]*UID (\\d+)[^U]*", " $1");
    var server = Answers.server(abilities)
        .mailbox(1_000, "UIDVALIDITY 7,UIDNEXT 1012,HIGHESTMODSEQ 60")
        .on("UID FETCH 1:* ", shown(11, 1_011))
        .on("UID FETCH 1:1", "%t OK")
        .on("UID FETCH 1001:*", shown(1_001, 1_011))
        .on("UID SEARCH ALL", "* SEARCH" + search + "\n%t OK")
        .on("UID SEARCH UID 1,500", "* SEARCH\n%t OK")
        .on("UID FETCH 1,500 ", "%t OK");
    var memory = capped(1_000);
    try (var peer = ScriptedPeer.playing(server)) {
      var fixture = Fixture.at(peer.port());
      try (var replica = fixture.open()) {
        memory.scan(replica.open(FolderName.INBOX));
        assertThat(memory.lastVanished).containsExactly(500L);
        assertThat(memory.messages).hasSize(1_010);
        var folder = replica.open(FolderName.INBOX);
        memory.scan(folder);
        assertThat(memory.lastVanished).isEmpty();
        assertThat(memory.messages).hasSize(1_010);
        var keys = Set.copyOf(Fixture.keys(1, 500));
        assertThat(folder.confirmGone(keys)).isEqualTo(Set.copyOf(Fixture.keys(500)));
      }
      assertThat(fixture.notices).hasSize(1).allMatch(notice -> notice.contains("newest 1,000"));
    }
  }

  /** 33: where it was not capped after all, what went is found out once it shows. */
  @Test
  void row33_notCappedAnyMore_removedOnesAreFoundOut() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1 X-GM-EXT-1 CONDSTORE")
        .mailbox(1_001, "UIDVALIDITY 7,UIDNEXT 1008,HIGHESTMODSEQ 60")
        .on("UID FETCH 1:1006 ", "%t OK")
        .on("UID FETCH 1007:*", shown(1_007, 1_007))
        .on("UID SEARCH ALL", "* SEARCH\n%t OK")
        .on("UID FETCH 1:* (UID)", shown(6, 1_007));
    var memory = capped(1_006);
    memory.messages.remove(500L);
    scan(server, memory);
    assertThat(memory.lastVanished).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  /** It would be counted, and asked for by SEARCH. */
  @Test
  void openedAgain_whatVanishedFromTheMailboxBefore_isNothingOfThisOne()
      throws IOException, FaultException {
    var memory = remembering("7", 2, 5, 8);
    var then = memory.observed;
    var opened = """
        * 3 EXISTS
        * OK [UIDVALIDITY 7] so
        * OK [UIDNEXT 11] so
        * OK [HIGHESTMODSEQ 60] so
        %t OK [READ-WRITE] open""";
    var server = Answers.server("IMAP4rev1 ENABLE CONDSTORE QRESYNC")
        .on("ENABLE", "* ENABLED QRESYNC CONDSTORE\n%t OK done")
        .on("SELECT", opened, "* VANISHED 6\n* OK [CLOSED] the other\n" + opened)
        .on("UID FETCH 1:10 (UID FLAGS)", "* VANISHED (EARLIER) 6\n%t OK")
        .on("UID STORE", "* 1 FETCH (UID 2 FLAGS (\\Seen))\n%t OK");
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      var folder = replica.open(FolderName.INBOX, Access.CHANGE);
      memory.scan(folder);
      var change = new FlagChange(Fixture.keys(2).getFirst(), Flags.of("\\Seen"), Flags.NONE);
      folder.editor().orElseThrow().setFlags(List.of(change));
      memory.observed = then;
      memory.scan(folder);
    }
    assertThat(server.heard()).noneMatch(line -> line.startsWith("UID SEARCH"));
    assertThat(memory.messages).containsOnlyKeys(2L, 5L, 8L);
  }

  /** 36: where a message is not to be had now, it is asked for once more, alone, and no more. */
  @Test
  void row36_unavailable_isAskedForAloneAndLeft() throws IOException, FaultException {
    var bodies = new Bodies();
    var server = Answers.server("IMAP4rev1")
        .mailbox(2, "UIDVALIDITY 7")
        .on("UID FETCH", "%t NO [UNAVAILABLE] UID FETCH Server error");
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      replica.open(FolderName.INBOX).fetch(Fixture.keys(1, 2), bodies);
      assertThat(bodies.taken).isEmpty();
    }
    assertThat(server.heard().stream().filter(line -> line.startsWith("UID FETCH")))
        .extracting(line -> line.substring(0, line.indexOf('(')))
        .containsExactly("UID FETCH 1:2 ", "UID FETCH 1 ", "UID FETCH 2 ");
  }

  /** 4, 60: a mailbox whose opening ends the connection is a fault that a new one gets past. */
  @Test
  void row60_openingEndsTheConnection_isAFaultOfTheReplica() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1").on("EXAMINE", Answers.CUT);
    try (var peer = ScriptedPeer.playing(server);
        Replica replica = Fixture.at(peer.port()).open()) {
      var thrown = catchThrowableOfType(FaultException.class, () -> replica.open(FolderName.INBOX));
      assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
    }
  }
}

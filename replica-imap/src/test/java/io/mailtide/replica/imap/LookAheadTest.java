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
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.Replica.Expected.Fetched;
import io.mailtide.engine.Replica.Expected.Scanned;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.replica.imap.Fixture.Sent;
import io.mailtide.testkit.Conversation;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told to come is asked for before its turn, and what comes is right whatever was told. */
final class LookAheadTest {
  private static final List<FolderName> NAMES = names("A", "B", "C", "D", "E");

  private Optional<Dovecot> server = Optional.empty();

  @AfterEach
  void stop() {
    server.ifPresent(Dovecot::close);
  }

  private static List<FolderName> names(String... names) {
    return List.of(names).stream().map(FolderName::parse).toList();
  }

  private static Scanned everything(FolderName name) {
    return new Scanned(name, Optional.empty(), false);
  }

  private static Fetched whole(FolderName name, long... uids) {
    return new Fetched(name, Fixture.keys(uids), Part.WHOLE);
  }

  /** A server that lets in everybody, and has folders. */
  private static void greet(Conversation peer, String... folders) throws IOException {
    peer.send("* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n");
    answer(peer, "CAPABILITY", "* CAPABILITY IMAP4rev1\r\n");
    var list = new StringBuilder();
    for (var folder : folders) {
      list.append("* LIST () \"/\" ").append(folder).append("\r\n");
    }
    answer(peer, "LIST .*", "* LIST () \"/\" INBOX\r\n" + list);
  }

  private static void answer(Conversation peer, String command, String answer) throws IOException {
    var tag = peer.expectMatching("(\\S+) " + command).group(1);
    peer.send(answer + tag + " OK done\r\n");
  }

  private static String tag(Conversation peer, String command) throws IOException {
    return peer.expectMatching("(\\S+) " + command).group(1);
  }

  private static String opened(String tag, int messages, int validity) {
    return "* %d EXISTS\r\n* OK [UIDVALIDITY %d] so\r\n%s OK [READ-ONLY] open\r\n"
        .formatted(messages, validity, tag);
  }

  @Test
  void scansToCome_areAskedForBeforeTheFirstAnswer() throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(talk -> {
          greet(talk, "A", "B", "C");
          var tags = new ArrayList<String>();
          for (var folder : List.of("A", "B", "C")) {
            tags.add(tag(talk, "EXAMINE \"" + folder + "\""));
            tags.add(tag(talk, "UID FETCH 1:\\* \\(UID FLAGS RFC822.SIZE\\)"));
          }
          for (int at = 0; at < 3; at++) {
            talk.send(opened(tags.get(2 * at), 1, 7 + at)
                + "* 1 FETCH (UID %d FLAGS () RFC822.SIZE 9)\r\n%s OK\r\n"
                    .formatted(at + 1, tags.get(2 * at + 1)));
          }
          talk.line();
        });
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      var three = NAMES.subList(0, 3);
      Fixture.expect(replica, three.stream().map(LookAheadTest::everything).toList());
      for (int at = 0; at < 3; at++) {
        var memory = new Memory();
        var folder = replica.open(three.get(at));
        assertThat(folder.generation().value()).isEqualTo(Integer.toString(7 + at));
        assertThat(memory.scan(folder).complete()).isTrue();
        assertThat(memory.messages).containsOnlyKeys(at + 1L);
      }
    }
  }

  /** But for two questions about one folder: servers may answer both at once. */
  @Test
  void messagesToCome_areAskedForBeforeTheFirstAnswer_andAFolderIsOpenedOnce()
      throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(talk -> {
          greet(talk, "A", "B");
          var first = tag(talk, "EXAMINE \"A\"");
          var one = tag(talk, "UID FETCH 1:2 .*BODY.PEEK\\[]\\)");
          talk.send(opened(first, 3, 7)
              + "* 1 FETCH (UID 1 BODY[] {1}\r\na)\r\n* 2 FETCH (UID 2 BODY[] {2}\r\nbb)\r\n"
              + one + " OK\r\n");
          var two = tag(talk, "UID FETCH 5 .*BODY.PEEK\\[]\\)");
          var second = tag(talk, "EXAMINE \"B\"");
          var three = tag(talk, "UID FETCH 3 .*BODY.PEEK\\[HEADER]\\)");
          talk.send("* 3 FETCH (UID 5 BODY[] {3}\r\nccc)\r\n" + two + " OK\r\n"
              + opened(second, 1, 8) + "* 1 FETCH (UID 3 BODY[HEADER] {4}\r\ndddd)\r\n" + three
              + " OK\r\n");
          talk.line();
        });
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      var a = NAMES.get(0);
      var b = NAMES.get(1);
      Fixture.expect(
          replica,
          List.of(whole(a, 1, 2), whole(a, 5), new Fetched(b, Fixture.keys(3), Part.HEADER)));
      var bodies = new Bodies();
      var folder = replica.open(a);
      folder.fetch(Fixture.keys(1, 2), bodies);
      folder.fetch(Fixture.keys(5), bodies);
      replica.open(b).fetch(Fixture.keys(3), Part.HEADER, bodies);
      var sizes = new TreeMap<String, Long>();
      bodies.taken.forEach((key, taken) -> sizes.put(key, taken.size()));
      assertThat(sizes).isEqualTo(Map.of("1", 1L, "2", 2L, "5", 3L, "3", 4L));
    }
  }

  /** Between opening a folder and fetching from it, the near side is changed. */
  @Test
  void messagesOfAFolderThatStayedOpen_areAskedForWhenItIsOpened()
      throws IOException, FaultException, InterruptedException {
    var asked = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(talk -> {
          greet(talk, "A");
          var open = tag(talk, "EXAMINE \"A\"");
          var scan = tag(talk, "UID FETCH 1:\\* .*");
          talk.send(opened(open, 1, 7) + "* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 1)\r\n" + scan
              + " OK\r\n");
          var fetch = tag(talk, "UID FETCH 1 .*BODY.PEEK\\[]\\)");
          asked.countDown();
          talk.send("* 1 FETCH (UID 1 BODY[] {1}\r\na)\r\n" + fetch + " OK\r\n");
          talk.line();
        });
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      var a = NAMES.getFirst();
      Fixture.expect(replica, List.of(everything(a)));
      new Memory().scan(replica.open(a));
      Fixture.expect(replica, List.of(whole(a, 1)));
      var folder = replica.open(a);
      assertThat(asked.await(10, TimeUnit.SECONDS)).as("before it is fetched").isTrue();
      var bodies = new Bodies();
      folder.fetch(Fixture.keys(1), bodies);
      assertThat(bodies.taken).hasSize(1);
    }
  }

  /** Folders with messages of their own: so many, and of sizes that tell whose they are. */
  private Dovecot filled(String capabilities) {
    var builder = Dovecot.builder().user("ann", "secret");
    var dovecot = (capabilities.isEmpty() ? builder : builder.capability(capabilities)).start();
    server = Optional.of(dovecot);
    for (int at = 0; at < NAMES.size(); at++) {
      SyntheticMail.fill(
          dovecot, "ann", NAMES.get(at).text(), at == 3 ? 0 : 4 + at, 1_000 * (at + 1), at);
    }
    return dovecot;
  }

  private static List<Memory> scanned(Fixture account) throws FaultException {
    var memories = new ArrayList<Memory>();
    try (var replica = account.open()) {
      replica.folders(Map.of());
      for (var name : NAMES) {
        var memory = new Memory();
        memory.scan(replica.open(name));
        memories.add(memory);
      }
    }
    return memories;
  }

  private static List<Memory> copied(List<Memory> memories) {
    var copies = new ArrayList<Memory>();
    for (var memory : memories) {
      var copy = new Memory();
      copy.messages.putAll(memory.messages);
      copy.observed = memory.observed;
      copies.add(copy);
    }
    return copies;
  }

  private static Optional<Checkpoint> since(Memory memory) {
    return memory.observed.map(Observed::checkpoint);
  }

  /**
   * Changes of all kinds: in A flags, in B all removed, in C a new mailbox, D not, in E new mail.
   */
  private static void change(Dovecot dovecot) {
    try (var talk = dovecot.talk("ann")) {
      talk.send("SELECT A");
      talk.send("UID STORE 2 +FLAGS (\\Flagged)");
      talk.send("SELECT B");
      talk.send("UID STORE 1:* +FLAGS (\\Deleted)");
      talk.send("EXPUNGE");
      talk.send("CLOSE");
      talk.send("DELETE C");
      talk.send("CREATE C");
      talk.append("C", SyntheticMail.message(9, 1, 700), "", Instant.EPOCH);
      talk.append("E", SyntheticMail.message(9, 2, 800), "\\Seen", Instant.EPOCH);
      talk.send("SELECT E");
      talk.send("UID STORE 3 +FLAGS (\\Deleted)");
      talk.send("EXPUNGE");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "IMAP4rev1 ENABLE CONDSTORE ESEARCH", "IMAP4rev1"})
  void scans_toldOrNot_findTheSame(String capabilities) throws FaultException {
    var dovecot = filled(capabilities);
    var account = Fixture.at(dovecot.port());
    var untold = scanned(account);
    var told = copied(untold);
    change(dovecot);
    try (var replica = account.open()) {
      replica.folders(Map.of());
      for (int at = 0; at < NAMES.size(); at++) {
        untold.get(at).scan(replica.open(NAMES.get(at)));
      }
    }
    long trips;
    try (var replica = account.open()) {
      replica.folders(Map.of());
      long before = replica.traffic().roundTrips();
      var coming = new ArrayList<Scanned>();
      for (int at = 0; at < NAMES.size(); at++) {
        coming.add(new Scanned(NAMES.get(at), since(told.get(at)), false));
      }
      Fixture.expect(replica, coming);
      for (int at = 0; at < NAMES.size(); at++) {
        told.get(at).scan(replica.open(NAMES.get(at)));
      }
      trips = replica.traffic().roundTrips() - before;
    }
    for (int at = 0; at < NAMES.size(); at++) {
      var name = NAMES.get(at).text();
      assertThat(told.get(at).messages).as(name).isEqualTo(untold.get(at).messages);
      assertThat(told.get(at).observed).as(name).isEqualTo(untold.get(at).observed);
    }
    assertThat(told.get(0).messages.get(2L)).isEqualTo(Flags.of("\\Flagged"));
    assertThat(told.get(1).messages).isEmpty();
    assertThat(told.get(2).messages).containsOnlyKeys(1L);
    assertThat(told.get(4).messages).hasSize(8).doesNotContainKey(3L);
    assertThat(trips).as("the folder numbered anew is asked for anew").isLessThanOrEqualTo(6);
  }

  /** Whatever is done between, each question is about the folder that it was put to. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whatIsDoneOtherwise_isDoneInTheRightFolder(boolean scans) throws FaultException {
    var dovecot = filled("");
    var account = Fixture.at(dovecot.port());
    var whole = new TreeMap<String, Map<String, Bodies.Taken>>();
    try (var replica = account.open()) {
      replica.folders(Map.of());
      for (var name : NAMES) {
        var bodies = new Bodies();
        replica.open(name).fetch(Fixture.keys(1, 2, 3, 4), bodies);
        whole.put(name.text(), bodies.taken);
      }
    }
    try (var replica = account.open()) {
      replica.folders(Map.of());
      var coming = new ArrayList<Expected>();
      for (var name : NAMES) {
        coming.add(scans ? everything(name) : whole(name, 1, 2));
      }
      Fixture.expect(replica, coming);
      for (var name : List.of(NAMES.get(0), NAMES.get(1), NAMES.get(4))) {
        var folder = replica.open(name);
        var gone = Set.of(new MessageKey("1"), new MessageKey("77"));
        assertThat(folder.confirmGone(gone)).containsExactly(new MessageKey("77"));
        var bodies = new Bodies();
        folder.fetch(Fixture.keys(1, 2), bodies);
        folder.fetch(Fixture.keys(3, 4), bodies);
        assertThat(bodies.taken).as(name.text()).isEqualTo(whole.get(name.text()));
        var memory = new Memory();
        memory.scan(folder);
        assertThat(memory.messages).as(name.text()).hasSize(4 + NAMES.indexOf(name));
      }
    }
  }

  @Test
  void openedOtherwise_leavesNothingOfWhatWasExpected() throws FaultException {
    var dovecot = filled("");
    try (var replica = Fixture.at(dovecot.port()).open()) {
      replica.folders(Map.of());
      Fixture.expect(replica, NAMES.stream().map(LookAheadTest::everything).toList());
      var a = NAMES.getFirst();
      assertThat(replica.open(a).editor()).isEmpty();
      var folder = replica.open(a, Access.CHANGE);
      var changed = Sent.editor(folder)
          .setFlags(
              List.of(new FlagChange(new MessageKey("2"), Flags.of("\\Answered"), Flags.NONE)));
      assertThat(changed.get(new MessageKey("2"))).isEqualTo(Flags.of("\\Answered"));
      var memory = new Memory();
      memory.scan(folder);
      assertThat(memory.messages).hasSize(4);
      assertThat(memory.messages.get(2L)).isEqualTo(Flags.of("\\Answered"));
      var next = new Memory();
      next.scan(replica.open(NAMES.get(1)));
      assertThat(next.messages).hasSize(5);
    }
  }

  @Test
  void aFolderGoneMeanwhile_failsAlone() throws FaultException {
    var dovecot = filled("");
    try (var replica = Fixture.at(dovecot.port()).open()) {
      replica.folders(Map.of());
      try (var talk = dovecot.talk("ann")) {
        talk.send("DELETE B");
      }
      Fixture.expect(replica, NAMES.stream().map(LookAheadTest::everything).toList());
      var memory = new Memory();
      memory.scan(replica.open(NAMES.get(0)));
      assertThat(memory.messages).hasSize(4);
      var fault = catchThrowableOfType(FaultException.class, () -> replica.open(NAMES.get(1)))
          .fault();
      assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
      assertThat(fault.reach()).isEqualTo(Reach.FOLDER);
      var next = new Memory();
      next.scan(replica.open(NAMES.get(2)));
      assertThat(next.messages).hasSize(6);
    }
  }

  @Test
  void aLineThatIsCut_isTheFaultOfTheFolderWhoseAnswerWasCut() throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(talk -> {
          greet(talk, "A", "B");
          var first = tag(talk, "EXAMINE \"A\"");
          var scan = tag(talk, "UID FETCH 1:\\* .*");
          talk.send(opened(first, 1, 7) + "* 1 FETCH (UID 4 FLAGS () RFC822.SIZE 9)\r\n" + scan
              + " OK\r\n* 3 EXISTS\r\n");
        });
        var replica = Fixture.at(peer.port()).open()) {
      replica.folders(Map.of());
      Fixture.expect(replica, List.of(everything(NAMES.get(0)), everything(NAMES.get(1))));
      var memory = new Memory();
      memory.scan(replica.open(NAMES.get(0)));
      assertThat(memory.messages).containsOnlyKeys(4L);
      var fault = catchThrowableOfType(FaultException.class, () -> replica.open(NAMES.get(1)))
          .fault();
      assertThat(fault.kind()).isEqualTo(Kind.NETWORK);
      assertThat(fault.reach()).isEqualTo(Reach.REPLICA);
    }
  }
}

package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.Conversation;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several connections to one account: what is read is the same, whichever it comes over. */
final class LanesTest {
  /** More than are asked for at once. */
  private static final List<FolderName> FOLDERS =
      IntStream.range(0, 160).mapToObj(at -> FolderName.parse("F" + at)).toList();

  private Optional<Dovecot> server = Optional.empty();

  @AfterEach
  void stop() {
    server.ifPresent(Dovecot::close);
  }

  /** A clock that stands still: nothing is ever waited for longer than it is worth. */
  private static final class Still implements Environment {
    @Override
    public InstantSource clock() {
      return InstantSource.fixed(Instant.parse("2026-11-22T08:00:00Z"));
    }

    @Override
    public RandomGenerator random() {
      return Environment.system().random();
    }

    @Override
    public void sleep(Duration duration) {}
  }

  /** A server of 160 folders with a message each, whose UID is the folder's number and 1. */
  private static class Host {
    final List<String> opened = new ArrayList<>();
    boolean over;
    private String folder = "";

    void play(Conversation peer) throws IOException {
      try {
        talk(peer);
      } catch (SocketException e) {
        over = true; // the other side may go while answers are on their way
      }
    }

    private void talk(Conversation peer) throws IOException {
      peer.send("* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n* OK [ALERT] be kind\r\n");
      while (!over) {
        var line = peer.lineOrEnd();
        if (line.isEmpty()) {
          return;
        }
        int space = line.get().indexOf(' ');
        answer(peer, line.get().substring(space + 1));
        if (!over) {
          peer.send(line.get().substring(0, space) + " OK done\r\n");
        }
      }
    }

    private void answer(Conversation peer, String command) throws IOException {
      if (command.startsWith("EXAMINE")) {
        folder = command.split("\"", -1)[1];
        opened.add(folder);
        peer.send("* 1 EXISTS\r\n* OK [UIDVALIDITY %d] so\r\n".formatted(validity()));
      } else if (command.startsWith("LIST")) {
        for (var name : FOLDERS) {
          peer.send("* LIST () \"/\" " + name.text() + "\r\n");
        }
        peer.send("* LIST () \"/\" INBOX\r\n");
      } else if (command.startsWith("CAPABILITY")) {
        peer.send("* CAPABILITY IMAP4rev1\r\n");
      } else if (command.startsWith("UID FETCH") && hasMail()) {
        fetch(peer, command);
      } else if (command.startsWith("UID SEARCH") && hasMail()) {
        peer.send("* SEARCH " + uid() + "\r\n");
      }
    }

    long uid() {
      return Long.parseLong(folder.substring(1)) + 1;
    }

    boolean hasMail() {
      return true;
    }

    long validity() {
      return 7;
    }

    void fetch(Conversation peer, String command) throws IOException {
      var what = command.contains("BODY") ? "BODY[] {4}\r\nmail" : "FLAGS () RFC822.SIZE 4";
      peer.send("* 1 FETCH (UID %d %s)\r\n".formatted(uid(), what));
    }
  }

  private static Fixture at(int port, long connections) {
    var account = Fixture.at(port).with("max-connections", connections).eager();
    account.environment = new Still();
    return account;
  }

  private static List<Long> scanned(Replica replica) throws FaultException {
    replica.folders(Map.of());
    Fixture.expect(
        replica,
        FOLDERS.stream()
            .map(name -> new Expected.Scanned(name, Optional.empty(), false))
            .toList());
    var uids = new ArrayList<Long>();
    for (var name : FOLDERS) {
      var memory = new Memory();
      memory.scan(replica.open(name));
      uids.addAll(memory.messages.keySet());
    }
    return uids;
  }

  private static List<Long> all() {
    return LongStream.rangeClosed(1, FOLDERS.size()).boxed().toList();
  }

  @Test
  void scansThatHaveToBeWaitedFor_goOverSeveralConnections() throws IOException, FaultException {
    long alone;
    try (var peer = ScriptedPeer.playing(new Host()::play);
        var replica = at(peer.port(), 1).open()) {
      scanned(replica);
      alone = replica.traffic().roundTrips();
    }
    var hosts = List.of(new Host(), new Host(), new Host());
    try (var peer =
        ScriptedPeer.playing(hosts.get(0)::play, hosts.get(1)::play, hosts.get(2)::play)) {
      var account = at(peer.port(), 3);
      try (var replica = account.open()) {
        assertThat(scanned(replica)).isEqualTo(all());
        assertThat(replica.traffic().bytesIn()).isGreaterThan(160L * 100);
        assertThat(replica.traffic().roundTrips())
            .as("side by side")
            .isLessThanOrEqualTo(alone + 4);
      }
      assertThat(account.notices).as("said on each").hasSize(1);
    }
    var opened = hosts.stream().flatMap(host -> host.opened.stream()).toList();
    assertThat(opened).doesNotHaveDuplicates().hasSize(FOLDERS.size());
    hosts.forEach(host -> assertThat(host.opened).isNotEmpty());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4})
  void oneConnection_isAllThatIsOpened_orAllThatIsWorthIt(long most)
      throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(new Host()::play)) {
      var account =
          most == 1 ? at(peer.port(), 1) : Fixture.at(peer.port()).with("max-connections", most);
      account.environment = new Still();
      try (var replica = account.open()) {
        assertThat(scanned(replica)).isEqualTo(all());
      }
    }
  }

  /** Quirk 24. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "* BYE Too many simultaneous connections",
        "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello"
      })
  void refused_itGoesOnQuietly_andNoneIsAskedForAgain(String greeting)
      throws IOException, FaultException {
    try (var peer = ScriptedPeer.playing(
        new Host()::play,
        talk -> {
          talk.send(greeting + "\r\n");
          if (greeting.startsWith("* OK")) {
            var tag = talk.expectMatching("(\\S+) AUTHENTICATE PLAIN .*").group(1);
            talk.send(tag + " NO [LIMIT] not so many\r\n");
          }
          talk.readToEnd();
        },
        new Host()::play)) {
      var account = at(peer.port(), 4);
      for (int run = 0; run < 2; run++) {
        try (var replica = account.open()) {
          assertThat(scanned(replica)).isEqualTo(all());
        }
      }
      assertThat(account.notices).hasSize(2).containsOnly("127.0.0.1 says: be kind");
    }
  }

  @Test
  void cutInTheMiddleOfABody_isAsTheEndOfTheOnlyOne_andOneIsUsedThen()
      throws IOException, FaultException {
    var cut = new Host() {
      @Override
      void fetch(Conversation peer, String command) throws IOException {
        peer.send("* 1 FETCH (UID %d BODY[] {4}\r\nma".formatted(uid()));
        peer.halfClose().readToEnd();
        over = true;
      }
    };
    try (var peer = ScriptedPeer.playing(new Host()::play, cut::play, new Host()::play)) {
      var account = at(peer.port(), 2);
      var taken = new Bodies();
      try (var replica = account.open()) {
        var fault = catchThrowableOfType(FaultException.class, () -> fetchRest(replica, taken))
            .fault();
        assertThat(fault.kind()).isEqualTo(Kind.NETWORK);
        assertThat(fault.reach()).isEqualTo(Reach.REPLICA);
        assertThat(taken.abandoned).isEqualTo(1);
      }
      assertThat(taken.taken).hasSizeLessThan(FOLDERS.size());
      try (var replica = account.open()) {
        fetchRest(replica, taken);
      }
      assertThat(taken.taken).as("each once").hasSize(FOLDERS.size());
    }
  }

  private static void fetchRest(Replica replica, Bodies taken) throws FaultException {
    replica.folders(Map.of());
    var rest = FOLDERS.stream()
        .map(name ->
            new Expected.Fetched(name, Fixture.keys(FOLDERS.indexOf(name) + 1L), Part.WHOLE))
        .filter(what -> !taken.taken.containsKey(what.keys().getFirst().value()))
        .toList();
    Fixture.expect(replica, rest);
    for (var what : rest) {
      replica.open(what.folder()).fetch(what.keys(), taken);
    }
  }

  /** Gives what it is asked for, with this text. */
  private static Host giving(String text, long validity) {
    return new Host() {
      @Override
      void fetch(Conversation peer, String command) throws IOException {
        for (var range : command.split(" ", -1)[2].split(",", -1)) {
          var ends = range.split(":", -1);
          long last = Long.parseLong(ends[ends.length - 1]);
          for (long uid = Long.parseLong(ends[0]); uid <= last; uid++) {
            peer.send("* 1 FETCH (UID %d BODY[] {5}\r\n%s)\r\n".formatted(uid, text));
          }
        }
      }

      @Override
      long validity() {
        return validity;
      }
    };
  }

  /** There, the same numbers are those of other messages. */
  @Test
  void messages_areNotTakenFromAConnectionWhereTheFolderIsNumberedAnew()
      throws IOException, FaultException {
    var other = giving("wrong", 8);
    try (var peer = ScriptedPeer.playing(giving("right", 7)::play, other::play);
        var replica = at(peer.port(), 2).open()) {
      replica.folders(Map.of());
      var taken = new Bodies();
      fetchInTurns(replica, FOLDERS.subList(0, 1), 1_200, taken);
      assertThat(other.opened).as("asked there, too").containsExactly("F0");
      assertThat(taken.taken).hasSize(1_200);
      assertThat(taken.taken.values().stream().map(Bodies.Taken::sha256).distinct())
          .hasSize(1);
    }
  }

  /** Each folder's in parts of 300. */
  private static void fetchInTurns(
      Replica replica, List<FolderName> names, int count, Bodies... taken) throws FaultException {
    var coming = new ArrayList<Expected.Fetched>();
    for (var name : names) {
      for (int from = 1; from <= count; from += 300) {
        var keys = Fixture.keys(
            LongStream.rangeClosed(from, Math.min(count, from + 299)).toArray());
        coming.add(new Expected.Fetched(name, keys, Part.WHOLE));
      }
    }
    Fixture.expect(replica, coming);
    for (int at = 0; at < names.size(); at++) {
      var name = names.get(at);
      var folder = replica.open(name);
      for (var what : coming.stream().filter(one -> one.folder().equals(name)).toList()) {
        folder.fetch(what.keys(), taken[at]);
      }
    }
  }

  /** One connection may not see yet what another one has told of. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gone_isWhatNoConnectionShows(boolean shown) throws IOException, FaultException {
    var gone = new AtomicBoolean();
    var first = new Host() {
      @Override
      boolean hasMail() {
        return !gone.get();
      }
    };
    var other = new Host() {
      @Override
      boolean hasMail() {
        return shown || !gone.get();
      }
    };
    try (var peer = ScriptedPeer.playing(first::play, other::play);
        var replica = at(peer.port(), 2).open()) {
      scanned(replica);
      var folder = replica.open(FOLDERS.get(3));
      gone.set(true);
      var key = new MessageKey("4");
      assertThat(folder.confirmGone(Set.of(key))).isEqualTo(shown ? Set.of() : Set.of(key));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 1})
  void messagesOfOneFolder_overSeveralConnections_comeOnceAndWhole(int most)
      throws IOException, FaultException {
    var dovecot = Dovecot.builder()
        .user("ann", "secret")
        .setting("mail_max_userip_connections = " + most)
        .start();
    server = Optional.of(dovecot);
    var names = FOLDERS.subList(0, 2);
    SyntheticMail.fill(dovecot, "ann", "F0", 1_500, 3_000, 1);
    SyntheticMail.fill(dovecot, "ann", "F1", 1_500, 2_000, 2);
    var alone = new Bodies[] {new Bodies(), new Bodies()};
    try (var replica = Fixture.at(dovecot.port()).with("max-connections", 1L).open()) {
      replica.folders(Map.of());
      fetchInTurns(replica, names, 1_500, alone);
    }
    try (var proxy = FaultProxy.before("127.0.0.1", dovecot.port());
        var replica = at(proxy.port(), 4).open()) {
      replica.folders(Map.of());
      var shared = new Bodies[] {new Bodies(), new Bodies()};
      fetchInTurns(replica, names, 1_500, shared);
      for (int at = 0; at < 2; at++) {
        assertThat(shared[at].taken).hasSize(1_500).isEqualTo(alone[at].taken);
      }
      assertThat(proxy.connections()).as("though one more may be refused").isGreaterThan(1);
      assertThat(replica.open(names.getFirst(), Access.CHANGE).editor()).isPresent();
    }
  }
}

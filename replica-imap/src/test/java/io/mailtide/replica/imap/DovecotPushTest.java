package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.replica.imap.Fixture.Sent;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.SyntheticMail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes at a real Dovecot, once with all its abilities and once with less and less of them. It
 * tells the UIDs of what is added, whatever it says of its abilities.
 */
@Execution(ExecutionMode.CONCURRENT)
final class DovecotPushTest {
  private static final String ALL = "";
  private static final String NO_MULTIAPPEND =
      "IMAP4rev1 ENABLE CONDSTORE QRESYNC UIDPLUS MOVE ESEARCH LITERAL+";
  private static final String LITERAL_MINUS = "IMAP4rev1 UIDPLUS MULTIAPPEND LITERAL-";
  private static final String PLAIN = "IMAP4rev1";

  private static Dovecot server(String capabilities) {
    var builder = Dovecot.builder().user("ann", "secret");
    return (capabilities.isEmpty() ? builder : builder.capability(capabilities)).start();
  }

  private static ReplicaFolder inbox(Replica replica) throws FaultException {
    return replica.open(FolderName.INBOX, Access.CHANGE);
  }

  private static MessageKey key(long uid) {
    return new MessageKey(Long.toString(uid));
  }

  @ParameterizedTest
  @ValueSource(strings = {ALL, NO_MULTIAPPEND, LITERAL_MINUS, PLAIN})
  void upload_realMail_isByteExactWithFlagsAndDates(String capabilities) throws FaultException {
    var placed = Corpus.placed(3).stream().limit(700).toList();
    var messages = new ArrayList<Outgoing>();
    var expected = new ArrayList<String>();
    for (var one : placed) {
      var wire = one.message().wire();
      messages.add(Sent.message(
          "%05d".formatted(messages.size()), wire, one.flags().toArray(String[]::new)));
      expected.add("%s %d %s %s"
          .formatted(ImapTalk.sha256(wire), wire.length, new TreeSet<>(one.flags()), Sent.ARRIVED));
    }
    try (var dovecot = server(capabilities);
        var talk = dovecot.talk("ann")) {
      Sent sent;
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var folder = inbox(replica);
        sent = Sent.to(folder, messages.toArray(Outgoing[]::new));
        var memory = new Memory();
        memory.scan(folder);
        assertThat(memory.messages).hasSize(placed.size());
      }
      var held = talk.held("INBOX");
      assertThat(held)
          .extracting(
              one -> "%s %d %s %s".formatted(one.sha256(), one.size(), one.flags(), one.arrived()))
          .containsExactlyElementsOf(expected);
      var keys = new TreeMap<String, Optional<String>>();
      for (int index = 0; index < held.size(); index++) {
        var uid = Long.toString(held.get(index).uid());
        keys.put("%05d".formatted(index), Optional.of(uid));
      }
      assertThat(sent.stored).isEqualTo(keys);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ALL, PLAIN})
  void setFlags_changesEachByItself_andTellsWhatThereIs(String capabilities) throws FaultException {
    try (var dovecot = server(capabilities);
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 300, 500, 1);
      talk.send("SELECT INBOX");
      talk.send("UID STORE 1:300 FLAGS (\\Seen old)");
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var folder = inbox(replica);
        talk.send("UID STORE 5 +FLAGS (\\Answered)");
        var changes = new ArrayList<FlagChange>();
        var expected = new HashMap<MessageKey, Flags>();
        for (long uid = 1; uid <= 300; uid += 2) {
          changes.add(
              new FlagChange(key(uid), Flags.of("\\Flagged", "$Forwarded"), Flags.of("\\Seen")));
          expected.put(key(uid), Flags.of("\\Flagged", "$Forwarded", "old"));
        }
        for (long uid = 2; uid <= 300; uid += 2) {
          changes.add(
              new FlagChange(key(uid), Flags.NONE, Flags.of("old", "not-there", "bad one")));
          expected.put(key(uid), Flags.of("\\Seen"));
        }
        expected.put(key(5), Flags.of("\\Flagged", "$Forwarded", "old", "\\Answered"));
        changes.add(new FlagChange(key(999), Flags.of("\\Seen"), Flags.NONE));
        assertThat(Sent.editor(folder).setFlags(changes)).isEqualTo(expected);
        assertThat(Sent.editor(folder).representable(Flags.of("\\Seen", "two words", "ü", "ok")))
            .isEqualTo(Flags.of("\\Seen", "ok"));
      }
      var now = new HashMap<MessageKey, Flags>();
      talk.held("INBOX").forEach(one -> now.put(key(one.uid()), Flags.of(one.flags())));
      assertThat(now.get(key(5)))
          .isEqualTo(Flags.of("\\Flagged", "$Forwarded", "old", "\\Answered"));
      assertThat(now.get(key(6))).isEqualTo(Flags.of("\\Seen"));
    }
  }

  @Test
  void setFlags_someSetAndSomeCleared_inOneRoundTrip() throws FaultException {
    try (var dovecot = server(ALL);
        var replica = Fixture.at(dovecot.port()).open()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 3, 500, 1);
      var folder = inbox(replica);
      flag(folder, 2);
      long before = replica.traffic().roundTrips();
      var now = Sent.editor(folder)
          .setFlags(List.of(
              new FlagChange(key(1), Flags.of("\\Answered"), Flags.NONE),
              new FlagChange(key(2), Flags.of("\\Answered"), Flags.of("\\Flagged"))));
      assertThat(replica.traffic().roundTrips() - before).isEqualTo(1);
      assertThat(now).containsOnlyKeys(key(1), key(2));
      assertThat(now.values())
          .allMatch(flags -> flags.contains("\\Answered") && !flags.contains("\\Flagged"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ALL, PLAIN})
  void remove_takesTheseAndNoOthers(String capabilities) throws FaultException {
    try (var dovecot = server(capabilities);
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 10, 500, 1);
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var folder = inbox(replica);
        Sent.editor(folder).remove(Fixture.keys(2, 3, 7, 99));
        Sent.editor(folder).remove(Fixture.keys(2, 3, 7));
        assertThat(talk.held("INBOX"))
            .extracting(ImapTalk.Held::uid)
            .containsExactly(1L, 4L, 5L, 6L, 8L, 9L, 10L);

        talk.send("SELECT INBOX");
        talk.send("UID STORE 4 +FLAGS (\\Deleted)");
        if (capabilities.equals(ALL)) {
          Sent.editor(folder).remove(Fixture.keys(5));
        } else {
          var thrown = catchThrowableOfType(
              FaultException.class, () -> Sent.editor(folder).remove(Fixture.keys(5)));
          assertThat(thrown.fault().kind()).isEqualTo(Kind.UNSUPPORTED);
          assertThat(thrown.fault().reach()).isEqualTo(Reach.FOLDER);
          talk.send("UID STORE 4 -FLAGS (\\Deleted)");
          Sent.editor(folder).remove(Fixture.keys(5));
        }
        assertThat(talk.held("INBOX"))
            .extracting(ImapTalk.Held::uid)
            .containsExactly(1L, 4L, 6L, 8L, 9L, 10L);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ALL, "IMAP4rev1 UIDPLUS", PLAIN})
  void move_keepsFlagsAndTimes(String capabilities) throws FaultException {
    try (var dovecot = server(capabilities);
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 6, 500, 1);
      SyntheticMail.fill(dovecot, "ann", "A/B", 2, 500, 2);
      var before = new HashMap<Long, ImapTalk.Held>();
      talk.held("INBOX").forEach(one -> before.put(one.uid(), one));
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var folder = inbox(replica);
        var moved = Sent.editor(folder).move(Fixture.keys(2, 3, 5, 77), FolderName.parse("A/B"));
        assertThat(moved).isEqualTo(Map.of(key(2), key(3), key(3), key(4), key(5), key(5)));
        assertThat(Sent.editor(folder).move(Fixture.keys(2, 3), FolderName.parse("A/B")))
            .isEmpty();
        var thrown = catchThrowableOfType(
            FaultException.class,
            () -> Sent.editor(folder).move(Fixture.keys(1), FolderName.parse("None")));
        assertThat(thrown.fault().kind()).isEqualTo(Kind.NOT_FOUND);
      }
      assertThat(talk.held("INBOX")).extracting(ImapTalk.Held::uid).containsExactly(1L, 4L, 6L);
      assertThat(talk.held("A/B").subList(2, 5))
          .extracting(ImapTalk.Held::sha256, ImapTalk.Held::flags, ImapTalk.Held::arrived)
          .isEqualTo(List.of(2L, 3L, 5L).stream()
              .map(before::get)
              .map(one ->
                  org.assertj.core.groups.Tuple.tuple(one.sha256(), one.flags(), one.arrived()))
              .toList());
    }
  }

  @Test
  void remove_toTrash_movesAndFromTrashForGood() throws FaultException {
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 4, 500, 1);
      try (var replica = Fixture.at(dovecot.port()).with("removals", "trash").open()) {
        Sent.editor(inbox(replica)).remove(Fixture.keys(2, 3));
        assertThat(talk.held("INBOX")).extracting(ImapTalk.Held::uid).containsExactly(1L, 4L);
        assertThat(talk.held("Trash")).hasSize(2);
        var trash = replica.open(FolderName.parse("Trash"), Access.CHANGE);
        Sent.editor(trash).remove(Fixture.keys(1));
        assertThat(talk.held("Trash")).hasSize(1);
      }
    }
  }

  /**
   * What went since the checkpoint and is forgotten, by another program or by us, is no reason to
   * ask which messages there are: that takes a server long in a large folder.
   */
  @Test
  void scanAgain_afterRemovals_asksNoMore() throws FaultException {
    try (var dovecot = server(ALL);
        var talk = dovecot.talk("ann");
        var replica = Fixture.at(dovecot.port()).open()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 9, 500, 1);
      var memory = new Memory();
      memory.scan(inbox(replica));
      var since = memory.observed.orElseThrow();
      talk.send("SELECT INBOX");
      talk.send("UID STORE 2:3 +FLAGS.SILENT (\\Deleted)");
      talk.send("EXPUNGE");
      memory.scan(inbox(replica));
      assertThat(memory.lastVanished).containsExactly(2L, 3L);
      Sent.editor(inbox(replica)).remove(Fixture.keys(5, 6));
      memory.messages.keySet().removeAll(Set.of(5L, 6L));

      memory.observed = Optional.of(since);
      long before = replica.traffic().roundTrips();
      memory.scan(inbox(replica));

      assertThat(replica.traffic().roundTrips() - before)
          .as("SELECT, UID FETCH")
          .isEqualTo(2);
      assertThat(memory.lastVanished).isEmpty();
      assertThat(memory.messages).containsOnlyKeys(1L, 4L, 7L, 8L, 9L);
      assertThat(memory.observed.orElseThrow().checkpoint().value()).contains("messages 5 ");
    }
  }

  private static Map<MessageKey, Flags> flag(ReplicaFolder folder, long uid) throws FaultException {
    return Sent.editor(folder)
        .setFlags(List.of(new FlagChange(key(uid), Flags.of("\\Flagged"), Flags.NONE)));
  }

  /**
   * A folder that is changed costs the round trips of its changes: it is opened along with the last
   * of those before. Something else that comes after these is done where it belongs.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void foldersToChange_areOpenedAlongWithTheLastChangeBefore(boolean more) throws FaultException {
    try (var dovecot = server(ALL);
        var talk = dovecot.talk("ann");
        var replica = Fixture.at(dovecot.port()).open()) {
      var names =
          List.of("A", "B", "C", "D", "E").stream().map(FolderName::parse).toList();
      for (var name : names) {
        SyntheticMail.fill(dovecot, "ann", name.text(), 4, 500, 1 + names.indexOf(name));
      }
      replica.folders(Map.of());
      var gone = Set.of(key(2));
      var coming =
          names.stream().map(name -> new Expected.Changed(name, gone, 2)).iterator();
      replica.expect(() -> coming.hasNext() ? Optional.of(coming.next()) : Optional.empty());
      long before = replica.traffic().roundTrips();
      for (var name : names) {
        var folder = replica.open(name, Access.CHANGE);
        assertThat(Sent.editor(folder).statedSizes(gone)).containsOnlyKeys(key(2));
        assertThat(flag(folder, 3)).containsOnlyKeys(key(3));
        Sent.editor(folder).remove(gone);
        if (more) {
          flag(folder, 4);
        }
      }
      long trips = replica.traffic().roundTrips() - before;
      for (var name : names) {
        var flagged = talk.held(name.text()).stream()
            .filter(one -> one.flags().contains("\\Flagged"))
            .map(ImapTalk.Held::uid)
            .toList();
        assertThat(flagged).as(name.text()).isEqualTo(more ? List.of(3L, 4L) : List.of(3L));
        assertThat(talk.held(name.text())).hasSize(3);
      }
      if (!more) {
        assertThat(trips).as("STORE, STORE and UID EXPUNGE, each").isEqualTo(1 + 5 * 3);
      }
    }
  }
}

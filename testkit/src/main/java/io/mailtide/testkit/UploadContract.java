package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.engine.UploadingEditor.Outgoing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What the engine relies on in a replica that messages are uploaded to. A test class of each such
 * replica inherits it; the store behind it outlives the replicas that are opened on it, and holds
 * an INBOX.
 */
public abstract class UploadContract {
  /** Larger messages than that are refused. */
  public static final long SIZE_MAX = 100_000;

  private static final FolderName FOLDER = FolderName.parse("Lists/Väter & Söhne");
  private static final FolderName OTHER = FolderName.parse("Archive/2003");
  private static final Instant ARRIVED = Instant.parse("2003-02-01T04:05:06Z");
  private static final String ONE = "Message-ID: <1@x>\r\nSubject: one\r\n\r\nHello\r\n";
  private static final String TWO = "Subject: two\r\n\r\nno end of line";

  /** Opens a replica on the store of this test; the first time, the INBOX in it is empty. */
  protected abstract Replica open() throws FaultException;

  /** Whether the keys of messages uploaded or moved are told. */
  protected abstract boolean tellsKeys();

  /** Whether it refuses messages larger than {@link #SIZE_MAX}. */
  protected boolean refusesLarge() {
    return true;
  }

  /** Whether a folder stays as long as there are others below it. */
  protected boolean keepsFoldersAbove() {
    return false;
  }

  /** Whether it can be told at little cost how all looks. */
  protected boolean tellsLooks() {
    return true;
  }

  /** What the store makes of a message, which should be nothing. */
  protected String stored(String body) {
    return body;
  }

  /** Another program deletes a message for good. */
  protected abstract void delete(FolderName folder, MessageKey key);

  /** Another program changes a message's flags. */
  protected abstract void reflag(FolderName folder, MessageKey key, Flags flags);

  private static ReplicaEditor editor(Replica replica) {
    return replica.editor().orElseThrow();
  }

  private static UploadingEditor editor(ReplicaFolder folder) {
    return (UploadingEditor) folder.editor().orElseThrow();
  }

  private static ReplicaFolder opened(Replica replica) throws FaultException {
    return replica.open(FOLDER, Access.CHANGE);
  }

  private static ReplicaFolder created(Replica replica) throws FaultException {
    editor(replica).create(FOLDER);
    return opened(replica);
  }

  private static Outgoing outgoing(String near, String body, String... flags) {
    var bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return new Outgoing(new MessageKey(near), Flags.of(flags), ARRIVED, bytes.length, sink -> {
      int half = bytes.length / 2;
      sink.write(ByteBuffer.wrap(bytes, 0, half));
      sink.write(ByteBuffer.wrap(bytes, half, bytes.length - half));
      return true;
    });
  }

  /** Keeps what became of messages. */
  private static final class Told implements UploadingEditor.Outcomes {
    final Map<String, Optional<MessageKey>> stored = new TreeMap<>();
    final Map<String, Fault> refused = new TreeMap<>();
    final Set<String> vanished = new HashSet<>();

    MessageKey key(String near) {
      return Optional.ofNullable(stored.get(near)).flatMap(key -> key).orElseThrow();
    }

    @Override
    public void stored(Outgoing message, Optional<MessageKey> key) {
      stored.put(message.near().value(), key);
    }

    @Override
    public void refused(Outgoing message, Fault fault) {
      refused.put(message.near().value(), fault);
    }

    @Override
    public void vanished(Outgoing message) {
      vanished.add(message.near().value());
    }
  }

  private static Told upload(ReplicaFolder folder, Outgoing... messages) throws FaultException {
    var told = new Told();
    editor(folder).upload(List.of(messages), told);
    return told;
  }

  /** Uploads one and finds out its key by a scan. */
  private static MessageKey added(Replica replica, FolderName name, String body, String... flags)
      throws FaultException {
    var before = present(replica.open(name, Access.CHANGE)).keySet();
    var folder = replica.open(name, Access.CHANGE);
    assertThat(upload(folder, outgoing("one", body, flags)).stored).containsOnlyKeys("one");
    var now = new HashSet<>(present(replica.open(name, Access.CHANGE)).keySet());
    now.removeAll(before);
    assertThat(now).hasSize(1);
    return now.iterator().next();
  }

  private static Map<MessageKey, Flags> present(ReplicaFolder folder) throws FaultException {
    return ContractTools.scanAll(folder).present();
  }

  private static FetchedBodies bodies(ReplicaFolder folder, Part part) throws FaultException {
    var bodies = new FetchedBodies();
    folder.fetch(List.copyOf(present(folder).keySet()), part, bodies);
    return bodies;
  }

  @Test
  void upload_isByteExact_withFlagsAndTime() throws FaultException {
    try (var replica = open()) {
      var told = upload(created(replica), outgoing("a", ONE, "\\Seen", "todo"), outgoing("b", TWO));
      assertThat(told.stored).containsOnlyKeys("a", "b");
      assertThat(told.refused).isEmpty();
    }
    try (var replica = open()) {
      var bodies = bodies(opened(replica), Part.WHOLE);
      assertThat(bodies.whole.values()).containsExactlyInAnyOrder(stored(ONE), stored(TWO));
      assertThat(bodies.arrived.values()).containsOnly(ARRIVED);
      assertThat(present(opened(replica)).values())
          .containsExactlyInAnyOrder(Flags.of("\\Seen", "todo"), Flags.NONE);
    }
  }

  @Test
  void appearance_showsWhateverHappens_andNothingElse() throws FaultException {
    try (var replica = open()) {
      created(replica);
      if (!tellsLooks()) {
        assertThat(replica.appearance()).isEmpty();
        return;
      }
      var looks = new ContractTools.Looks(this::open, Set.of());
      var key = added(replica, FOLDER, ONE);
      looks.assertChanged("a message comes");
      reflag(FOLDER, key, Flags.of("\\Flagged"));
      looks.assertChanged("a message is flagged");
      delete(FOLDER, key);
      looks.assertChanged("a message goes");
      editor(replica).create(OTHER);
      looks.assertChanged("a folder comes");
      editor(replica).removeEmpty(OTHER);
      looks.assertChanged("a folder goes");
    }
  }

  @Test
  void upload_tellsTheKeyOfEach_whereItTellsAny() throws FaultException {
    try (var replica = open()) {
      var told = upload(created(replica), outgoing("a", ONE), outgoing("b", TWO));
      var bodies = bodies(opened(replica), Part.WHOLE).whole;
      if (tellsKeys()) {
        assertThat(bodies)
            .containsEntry(told.key("a"), stored(ONE))
            .containsEntry(told.key("b"), stored(TWO));
      } else {
        assertThat(told.stored.values()).containsOnly(Optional.empty());
      }
    }
  }

  @Test
  void upload_oneRefusedOrGone_othersAreStored() throws FaultException {
    try (var replica = open()) {
      var large = ONE + "0123456789".repeat((int) SIZE_MAX / 10);
      var gone = new Outgoing(new MessageKey("gone"), Flags.NONE, ARRIVED, 9, sink -> false);
      var told = upload(
          created(replica), outgoing("a", ONE), gone, outgoing("large", large), outgoing("b", TWO));
      assertThat(told.vanished).containsOnly("gone");
      if (!refusesLarge()) {
        assertThat(told.stored).containsOnlyKeys("a", "b", "large");
        return;
      }
      assertThat(told.stored).containsOnlyKeys("a", "b");
      assertThat(told.refused).containsOnlyKeys("large");
      assertThat(told.refused.values()).allSatisfy(fault -> {
        assertThat(fault.reach()).isEqualTo(Reach.MESSAGE);
        assertThat(fault.next()).isNotEmpty();
      });
      assertThat(bodies(opened(replica), Part.WHOLE).whole.values())
          .containsExactlyInAnyOrder(stored(ONE), stored(TWO));
    }
  }

  @Test
  void upload_many() throws FaultException {
    try (var replica = open()) {
      var messages = new ArrayList<Outgoing>();
      var expected = new ArrayList<String>();
      for (int index = 0; index < 250; index++) {
        expected.add("Subject: " + index + "\r\n\r\n" + "x".repeat(index * 37) + "\r\n");
        messages.add(outgoing("m" + index, expected.getLast()));
      }
      assertThat(upload(created(replica), messages.toArray(Outgoing[]::new)).stored)
          .hasSize(250);
      assertThat(bodies(opened(replica), Part.WHOLE).whole.values())
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void fetch_parts() throws FaultException {
    try (var replica = open()) {
      upload(created(replica), outgoing("a", ONE));
      assertThat(bodies(opened(replica), Part.HEADER).whole.values())
          .containsExactly("Message-ID: <1@x>\r\nSubject: one\r\n\r\n");
      assertThat(bodies(opened(replica), Part.IDENTITY).whole.values())
          .allSatisfy(header -> assertThat(header)
              .containsIgnoringCase("Message-ID: <1@x>\r\n")
              .containsIgnoringCase("Subject: one\r\n"));
    }
  }

  @Test
  void setFlags_eachByItself_andTellsWhatThereIs() throws FaultException {
    try (var replica = open()) {
      created(replica);
      var one = added(replica, FOLDER, ONE, "\\Seen");
      var two = added(replica, FOLDER, TWO, "todo");
      var gone = added(replica, FOLDER, ONE);
      delete(FOLDER, gone);
      var folder = opened(replica);
      reflag(FOLDER, one, Flags.of("\\Seen", "\\Answered"));
      var wanted = Flags.of("\\Flagged", "$Forwarded");
      assertThat(editor(folder).representable(wanted)).isEqualTo(wanted);
      assertThat(editor(folder)
              .setFlags(List.of(
                  new FlagChange(one, wanted, Flags.of("\\Seen")),
                  new FlagChange(two, Flags.NONE, Flags.of("todo")),
                  new FlagChange(gone, wanted, Flags.NONE))))
          .isEqualTo(
              Map.of(one, Flags.of("\\Flagged", "$Forwarded", "\\Answered"), two, Flags.NONE));
      assertThat(present(opened(replica)))
          .isEqualTo(
              Map.of(one, Flags.of("\\Flagged", "$Forwarded", "\\Answered"), two, Flags.NONE));
    }
  }

  @Test
  void remove_mayBeRepeated_andTakesNoOther() throws FaultException {
    try (var replica = open()) {
      created(replica);
      var one = added(replica, FOLDER, ONE);
      var two = added(replica, FOLDER, TWO);
      var folder = opened(replica);
      editor(folder).remove(List.of(one));
      editor(folder).remove(List.of(one));
      assertThat(present(opened(replica))).containsOnlyKeys(two);
      assertThat(opened(replica).confirmGone(Set.of(one, two))).containsExactly(one);
      editor(opened(replica)).remove(List.of(two));
      assertThat(present(opened(replica))).isEmpty();
    }
  }

  @Test
  void move_keepsFlagsAndTime() throws FaultException {
    try (var replica = open()) {
      created(replica);
      editor(replica).create(OTHER);
      var there = added(replica, OTHER, "Subject: there\r\n\r\n");
      var one = added(replica, FOLDER, ONE, "\\Flagged");
      var stays = added(replica, FOLDER, TWO);
      var gone = added(replica, FOLDER, ONE);
      delete(FOLDER, gone);
      var moved = editor(opened(replica)).move(List.of(one, gone), OTHER);
      assertThat(present(opened(replica))).containsOnlyKeys(stays);
      var target = replica.open(OTHER);
      var now = new HashMap<>(present(target));
      now.remove(there);
      assertThat(now.values()).containsExactly(Flags.of("\\Flagged"));
      assertThat(moved)
          .isEqualTo(tellsKeys() ? Map.of(one, now.keySet().iterator().next()) : Map.of());
      assertThat(bodies(replica.open(OTHER), Part.WHOLE).arrived.values()).containsOnly(ARRIVED);
    }
  }

  @Test
  void folders_areCreatedRenamedAndRemoved() throws FaultException {
    try (var replica = open()) {
      var below = FolderName.parse(FOLDER.text() + "/below");
      editor(replica).create(below);
      created(replica);
      created(replica);
      added(replica, below, ONE, "\\Seen");
      var key = added(replica, FOLDER, TWO);
      editor(replica).rename(FOLDER, OTHER);
      var renamedBelow = FolderName.parse(OTHER.text() + "/below");
      assertThat(names(replica)).contains(OTHER, renamedBelow).doesNotContain(FOLDER, below);
      assertThat(present(replica.open(OTHER, Access.CHANGE))).containsOnlyKeys(key);
      assertThat(present(replica.open(renamedBelow)).values()).containsExactly(Flags.of("\\Seen"));

      editor(replica).removeEmpty(OTHER);
      editor(replica).removeEmpty(renamedBelow);
      assertThat(names(replica)).contains(OTHER, renamedBelow);
      editor(replica.open(OTHER, Access.CHANGE)).remove(List.of(key));
      editor(replica).removeEmpty(OTHER);
      editor(replica).removeEmpty(OTHER);
      assertThat(names(replica)).contains(renamedBelow);
      assertThat(names(replica).contains(OTHER)).isEqualTo(keepsFoldersAbove());
      var last = replica.open(renamedBelow, Access.CHANGE);
      assertThat(present(last)).hasSize(1);
      editor(last).remove(List.copyOf(present(last).keySet()));
      editor(replica).removeEmpty(renamedBelow);
      assertThat(names(replica)).doesNotContain(OTHER, renamedBelow);
    }
  }

  private static List<FolderName> names(Replica replica) throws FaultException {
    return replica.folders(Map.of()).stream().map(FolderSummary::name).toList();
  }

  @Test
  void rename_toOneThatIsThere_isACollision() throws FaultException {
    try (var replica = open()) {
      created(replica);
      editor(replica).create(OTHER);
      assertThatThrownBy(() -> editor(replica).rename(FOLDER, OTHER))
          .isInstanceOfSatisfying(FaultException.class, e -> {
            assertThat(e.fault().kind()).isEqualTo(Kind.COLLISION);
            assertThat(e.fault().reach()).isEqualTo(Reach.FOLDER);
          });
      assertThat(names(replica)).contains(FOLDER, OTHER);
    }
  }

  @Test
  void open_toRead_hasNoEditor() throws FaultException {
    try (var replica = open()) {
      created(replica);
      assertThat(replica.open(FOLDER).editor()).isEmpty();
    }
  }

  @Test
  void settle_saysNothing_andPurgesNothing() throws FaultException {
    try (var replica = open()) {
      created(replica);
      var key = added(replica, FOLDER, ONE);
      assertThat(editor(replica).settle(Set.of(FOLDER))).isEmpty();
      editor(replica).purgeRemoved(Instant.parse("2200-01-01T00:00:00Z"));
      assertThat(present(opened(replica))).containsOnlyKeys(key);
    }
  }
}

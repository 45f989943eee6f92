package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Known;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.Sighting;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the engine relies on in a replica that can be changed. A test class of each such replica
 * inherits it; the store behind it outlives the replicas that are opened on it.
 */
public abstract class ReplicaContract {
  private static final FolderName FOLDER = FolderName.parse("Lists/Väter & Söhne");
  private static final Instant ARRIVED = Instant.parse("2003-02-01T04:05:06Z");
  private static final Instant LONG_AFTER = Instant.parse("2200-01-01T00:00:00Z");
  private static final String BODY = "Subject: one\r\n\r\nHello\r\n";

  /** Opens a replica on the store of this test; the first time, the store is empty. */
  protected abstract Replica open() throws FaultException;

  /** Another program delivers a message. */
  protected abstract MessageKey deliver(FolderName folder, String crlfBody, Flags flags);

  /** Another program changes a message's flags. */
  protected abstract void reflag(FolderName folder, MessageKey key, Flags flags);

  /** Another program deletes a message for good. */
  protected abstract void delete(FolderName folder, MessageKey key);

  private static ReplicaEditor editor(Replica replica) {
    return replica.editor().orElseThrow();
  }

  private static DeliveringEditor editor(ReplicaFolder folder) {
    return (DeliveringEditor) folder.editor().orElseThrow();
  }

  private static ReplicaFolder opened(Replica replica) throws FaultException {
    return replica.open(FOLDER, Access.CHANGE);
  }

  private static Optional<Flags> setFlags(
      ReplicaFolder folder, MessageKey key, Flags add, Flags clear) throws FaultException {
    return Optional.ofNullable(
        editor(folder).setFlags(List.of(new FlagChange(key, add, clear))).get(key));
  }

  private ReplicaFolder created(Replica replica) throws FaultException {
    editor(replica).create(FOLDER);
    return opened(replica);
  }

  private static MessageKey staged(DeliveringEditor editor, String body) throws FaultException {
    var staged = editor.stage();
    for (var b : body.getBytes(StandardCharsets.ISO_8859_1)) {
      staged.write(ByteBuffer.wrap(new byte[] {b}));
    }
    staged.end(ARRIVED);
    return staged.key();
  }

  private static MessageKey added(ReplicaFolder folder, String body, Flags flags)
      throws FaultException {
    var key = staged(editor(folder), body);
    editor(folder).harden();
    assertThat(editor(folder).publish(key, flags)).isTrue();
    return key;
  }

  private static String read(ReplicaFolder folder, MessageKey key) throws FaultException {
    var bytes = new ByteArrayOutputStream();
    var there = editor(folder).read(key, part -> {
      while (part.hasRemaining()) {
        bytes.write(part.get());
      }
    });
    return there ? bytes.toString(StandardCharsets.ISO_8859_1) : "not there";
  }

  /** What a scan found. */
  private record Seen(Scan scan, Map<MessageKey, Flags> present, Set<MessageKey> vanished) {}

  private static Seen scan(ReplicaFolder folder, Optional<Checkpoint> since) throws FaultException {
    var present = new HashMap<MessageKey, Flags>();
    var vanished = new HashSet<MessageKey>();
    var scan = folder.scan(since, new NothingKnown(), new ReplicaFolder.Observer() {
      @Override
      public void present(Sighting sighting) {
        assertThat(present.put(sighting.key(), sighting.flags())).isNull();
      }

      @Override
      public void vanished(MessageKey key) {
        vanished.add(key);
      }
    });
    assertThat(scan.complete())
        .as("tells vanished only when incomplete")
        .isIn(vanished.isEmpty(), false);
    return new Seen(scan, present, vanished);
  }

  private static final class NothingKnown implements Known {
    @Override
    public long count() {
      return 0;
    }

    @Override
    public List<MessageKey> between(long first, long last, int limit) {
      return List.of();
    }
  }

  private static Seen scanAll(ReplicaFolder folder) throws FaultException {
    var seen = scan(folder, Optional.empty());
    assertThat(seen.scan().complete()).isTrue();
    return seen;
  }

  /** Whether a replica opened now says that the folder is as it was at the checkpoint. */
  private boolean unchanged(Checkpoint checkpoint) throws FaultException {
    try (var replica = open()) {
      var observed = new Observed(opened(replica).generation(), checkpoint);
      return replica.folders(Map.of(FOLDER, observed)).stream()
          .filter(summary -> summary.name().equals(FOLDER))
          .findFirst()
          .orElseThrow()
          .unchanged();
    }
  }

  private Checkpoint settled(Replica replica) throws FaultException {
    return Optional.ofNullable(editor(replica).settle(Set.of(FOLDER)).get(FOLDER))
        .orElseThrow();
  }

  @Test
  void anEmptyStoreHasNoFolders() throws FaultException {
    try (var replica = open()) {
      assertThat(replica.folders(Map.of())).isEmpty();
    }
  }

  @Test
  void open_noSuchFolder_isNotFound() throws FaultException {
    try (var replica = open()) {
      assertThatThrownBy(() -> opened(replica))
          .isInstanceOfSatisfying(
              FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(Kind.NOT_FOUND));
    }
  }

  @Test
  void create_mayBeRepeated_andTheFolderIsListed() throws FaultException {
    try (var replica = open()) {
      editor(replica).create(FolderName.INBOX);
      created(replica);
      created(replica);
      assertThat(replica.folders(Map.of()))
          .contains(new FolderSummary(FOLDER, false), new FolderSummary(FolderName.INBOX, false));
      assertThat(opened(replica).name()).isEqualTo(FOLDER);
      assertThat(scanAll(opened(replica)).present()).isEmpty();
    }
  }

  @Test
  void removeEmpty_takesOnlyEmptyFolders_andNoneBelow() throws FaultException {
    try (var replica = open()) {
      var below = FolderName.parse(FOLDER.text() + "/below");
      var folder = created(replica);
      editor(replica).create(below);
      var key = added(folder, BODY, Flags.NONE);
      editor(replica).removeEmpty(FOLDER);
      assertThat(read(opened(replica), key)).isEqualTo(BODY);
      editor(opened(replica)).remove(List.of(key));
      editor(replica).removeEmpty(FOLDER);
      editor(replica).removeEmpty(FOLDER);
      assertThat(replica.folders(Map.of())).containsExactly(new FolderSummary(below, false));
    }
  }

  @Test
  void aStagedMessageIsInvisibleUntilPublished() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = staged(editor(folder), BODY);
      assertThat(scanAll(folder).present()).isEmpty();
      assertThat(read(folder, key)).isEqualTo("not there");
      editor(folder).harden();
      assertThat(editor(folder).publish(key, Flags.of("\\Seen"))).isTrue();
      assertThat(scanAll(folder).present()).isEqualTo(Map.of(key, Flags.of("\\Seen")));
      assertThat(read(folder, key)).isEqualTo(BODY);
    }
  }

  @Test
  void publish_mayBeRepeatedByALaterRun_andChangesNothingThen() throws FaultException {
    MessageKey key;
    try (var replica = open()) {
      key = staged(editor(created(replica)), BODY);
    }
    for (var run = 0; run < 2; run++) {
      try (var replica = open()) {
        assertThat(editor(opened(replica)).publish(key, Flags.of("\\Seen"))).isTrue();
      }
    }
    reflag(FOLDER, key, Flags.of("\\Flagged"));
    try (var replica = open()) {
      var folder = opened(replica);
      assertThat(editor(folder).publish(key, Flags.of("\\Seen"))).isTrue();
      assertThat(scanAll(folder).present()).isEqualTo(Map.of(key, Flags.of("\\Flagged")));
    }
  }

  @Test
  void publish_neitherStagedNorThere_saysSo() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = staged(editor(folder), BODY);
      editor(folder).publish(key, Flags.NONE);
      delete(FOLDER, key);
      assertThat(editor(folder).publish(key, Flags.NONE)).isFalse();
      assertThat(scanAll(folder).present()).isEmpty();
    }
  }

  @Test
  void discard_atAnyTime_leavesNothing() throws FaultException {
    try (var replica = open()) {
      var editor = editor(created(replica));
      editor.stage().discard();
      var begun = editor.stage();
      begun.write(ByteBuffer.wrap(new byte[] {'a'}));
      begun.discard();
      var ended = editor.stage();
      ended.end(ARRIVED);
      ended.discard();
      assertThat(editor.publish(ended.key(), Flags.NONE)).isFalse();
    }
  }

  @Test
  void discardStaged_dropsWhatEarlierRunsLeft_andNothingPublished() throws FaultException {
    MessageKey left;
    MessageKey published;
    try (var replica = open()) {
      var folder = created(replica);
      left = staged(editor(folder), BODY);
      published = added(folder, BODY, Flags.NONE);
    }
    try (var replica = open()) {
      var folder = opened(replica);
      editor(folder).discardStaged();
      assertThat(editor(folder).publish(left, Flags.NONE)).isFalse();
      assertThat(scanAll(folder).present()).containsOnlyKeys(published);
    }
  }

  @Test
  void setFlags_tellsWhatTheMessageHasNow_orThatItIsGone() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, Flags.NONE);
      var flags = Flags.of("\\Answered", "\\Flagged", "$Forwarded", "todo");
      assertThat(editor(folder).representable(flags)).isEqualTo(flags);
      assertThat(setFlags(folder, key, flags, Flags.NONE)).contains(flags);
      assertThat(scanAll(folder).present()).isEqualTo(Map.of(key, flags));
      assertThat(setFlags(folder, key, Flags.of("\\Seen"), Flags.of("\\Flagged", "todo")))
          .contains(Flags.of("\\Answered", "$Forwarded", "\\Seen"));
      delete(FOLDER, key);
      assertThat(setFlags(folder, key, flags, Flags.NONE)).isEmpty();
    }
  }

  @Test
  void remove_mayBeRepeated() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, Flags.NONE);
      editor(folder).remove(List.of(key));
      editor(folder).remove(List.of(key));
      assertThat(scanAll(folder).present()).isEmpty();
      assertThat(folder.confirmGone(Set.of(key))).containsExactly(key);
      editor(replica).purgeRemoved(LONG_AFTER);
    }
  }

  @Test
  void confirmGone_knowsWhatIsThere() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var here = added(folder, BODY, Flags.NONE);
      var gone = added(folder, BODY, Flags.NONE);
      delete(FOLDER, gone);
      assertThat(folder.confirmGone(Set.of(here, gone))).containsExactly(gone);
    }
  }

  @Test
  void fetch_givesBodiesAndTimes_andSkipsWhatIsGone() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, Flags.NONE);
      var gone = added(folder, BODY, Flags.NONE);
      delete(FOLDER, gone);
      var bodies = new FetchedBodies();
      folder.fetch(List.of(gone, key), bodies);
      assertThat(bodies.whole).isEqualTo(Map.of(key, BODY));
      assertThat(bodies.arrived).isEqualTo(Map.of(key, ARRIVED));
      assertThat(bodies.begun).isEqualTo(1);
    }
  }

  @Test
  void settle_afterOwnChanges_recognisesTheFolder() throws FaultException {
    Checkpoint checkpoint;
    try (var replica = open()) {
      var folder = created(replica);
      scanAll(folder);
      var removed = added(folder, BODY, Flags.NONE);
      var kept = added(folder, BODY, Flags.of("\\Seen", "todo"));
      editor(folder).remove(List.of(removed));
      setFlags(folder, kept, Flags.of("\\Flagged"), Flags.of("\\Seen"));
      checkpoint = settled(replica);
    }
    assertThat(unchanged(checkpoint)).isTrue();
    try (var replica = open()) {
      var folder = opened(replica);
      var seen = scan(folder, Optional.of(checkpoint));
      assertThat(seen.scan().complete()).isFalse();
      assertThat(seen.present()).isEmpty();
      assertThat(seen.vanished()).isEmpty();
      added(folder, BODY, Flags.NONE);
      assertThat(unchanged(checkpoint)).isFalse();
      checkpoint = settled(replica);
    }
    assertThat(unchanged(checkpoint)).isTrue();
  }

  @Test
  void settle_afterAnotherProgramsChange_saysNothing() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, Flags.NONE);
      scanAll(folder);
      setFlags(folder, key, Flags.of("\\Seen"), Flags.NONE);
      reflag(FOLDER, key, Flags.of("\\Answered"));
      assertThat(editor(replica).settle(Set.of(FOLDER))).isEmpty();
    }
  }

  @Test
  void everyForeignChangeShows() throws FaultException {
    try (var replica = open()) {
      scanAll(created(replica));
      var checkpoint = settled(replica);
      var key = deliver(FOLDER, BODY, Flags.NONE);
      checkpoint = assertShows(replica, checkpoint, Map.of(key, Flags.NONE));
      reflag(FOLDER, key, Flags.of("\\Flagged"));
      checkpoint = assertShows(replica, checkpoint, Map.of(key, Flags.of("\\Flagged")));
      assertThat(read(opened(replica), key)).isEqualTo(BODY);
      delete(FOLDER, key);
      assertShows(replica, checkpoint, Map.of());
    }
  }

  private Checkpoint assertShows(Replica replica, Checkpoint since, Map<MessageKey, Flags> messages)
      throws FaultException {
    assertThat(unchanged(since)).isFalse();
    var seen = scan(opened(replica), Optional.of(since));
    assertThat(seen.present()).isEqualTo(messages);
    if (messages.isEmpty() && !seen.scan().complete()) {
      assertThat(seen.vanished()).hasSize(1);
    }
    return settled(replica);
  }
}

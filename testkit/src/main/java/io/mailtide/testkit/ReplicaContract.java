package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.UndoArea;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the engine relies on in a replica that can be changed. A test class of each such replica
 * inherits it; the store behind it outlives the replicas that are opened on it.
 */
public abstract class ReplicaContract extends ChangeContract {
  private static UndoArea undoArea(Replica replica) {
    return replica.undoArea().orElseThrow();
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
  void publishBeside_givesTheOthersFlags_andMayBeRepeated() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var header = addedHeader(folder, Flags.of("\\Seen", "\\Flagged"));
      var whole = staged(editor(folder), BODY);
      for (var times = 0; times < 2; times++) {
        assertThat(editor(folder).publishBeside(whole, header)).isTrue();
        assertThat(scanAll(folder).present().get(whole)).isEqualTo(Flags.of("\\Seen", "\\Flagged"));
      }
      editor(folder).drop(List.of(header));
      editor(folder).drop(List.of(header));
      assertThat(editor(folder).publishBeside(whole, header)).isTrue();
      assertThat(scanAll(folder).present()).containsOnlyKeys(whole);
      assertThat(read(folder, whole)).isEqualTo(BODY);
    }
  }

  @Test
  void publishBeside_theOtherIsGone_doesNothing() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var header = addedHeader(folder, Flags.NONE);
      var whole = staged(editor(folder), BODY);
      editor(folder).remove(List.of(header));
      assertThat(editor(folder).publishBeside(whole, header)).isFalse();
      assertThat(scanAll(folder).present()).isEmpty();
    }
  }

  @Test
  void aHeaderOnlyCopy_isSeenAsSuch_andAWholeMessageIsNot() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var header = addedHeader(folder, Flags.NONE);
      added(folder, BODY, Flags.NONE);
      assertThat(headersOnly(folder)).containsExactly(header);
    }
  }

  @Test
  void aHeaderOnlyCopy_thatIsMoved_staysOne() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var header = addedHeader(folder, Flags.NONE);
      var other = FolderName.parse("Other");
      editor(replica).create(other);
      var moved = editor(folder).move(List.of(header), other).get(header);
      assertThat(headersOnly(replica.open(other, Access.CHANGE))).containsExactly(moved);
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
  void theUndoArea_listsWhatWasRemoved() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var message = String.join(
          "\r\n",
          "From: =?utf-8?q?J=C3=BCrgen?=",
          " <j@example.org>",
          "subject:one",
          "From: other",
          "X-Date: no",
          "",
          "Date: no");
      var key = added(folder, message, MARKED);
      added(folder, BODY, Flags.NONE);
      editor(folder).remove(List.of(key));
      assertThat(undoArea(replica).list()).singleElement().satisfies(removed -> {
        assertThat(removed.folder()).isEqualTo(FOLDER);
        assertThat(removed.removed()).isBefore(LONG_AFTER);
        assertThat(removed.size()).isBetween(1L, (long) message.length());
        assertThat(removed.from()).isEqualTo("=?utf-8?q?J=C3=BCrgen?= <j@example.org>");
        assertThat(removed.subject()).isEqualTo("one");
        assertThat(removed.date()).isEmpty();
      });
    }
  }

  @Test
  void whatIsRestored_isANewMessageInItsFolder() throws FaultException {
    var body = "Subject: bare\n\r\nline end\r\n";
    MessageKey removed;
    try (var replica = open()) {
      var folder = created(replica);
      removed = added(folder, body, MARKED.plus(Flags.of("\\Deleted")));
      var other = added(folder, BODY, Flags.NONE);
      editor(folder).remove(List.of(removed, other));
    }
    try (var replica = open()) {
      var area = undoArea(replica);
      var ids = area.list().stream()
          .filter(one -> one.subject().equals("bare"))
          .map(Replica.Removed::id)
          .toList();
      assertThat(area.restore(ids)).containsExactlyElementsOf(ids);
      assertThat(area.restore(ids)).isEmpty();
      assertThat(area.list()).hasSize(1);
      var folder = opened(replica);
      var seen = scanAll(folder).present();
      assertThat(seen).hasSize(1).containsValue(MARKED).doesNotContainKey(removed);
      var bodies = new FetchedBodies();
      folder.fetch(List.copyOf(seen.keySet()), bodies);
      assertThat(bodies.whole).containsValue(body);
      assertThat(bodies.arrived).containsValue(ARRIVED);
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

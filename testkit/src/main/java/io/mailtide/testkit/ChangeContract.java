package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Part;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The part of the {@link ReplicaContract} about moving, renaming and reading in part. */
abstract class ChangeContract extends ContractTools {
  private static final FolderName OTHER = FolderName.parse("Lists/Other");
  private static final FolderName BELOW = FolderName.parse(FOLDER.text() + "/below");
  private static final FolderName RENAMED = FolderName.parse("Work/2003");
  private static final FolderName RENAMED_BELOW = FolderName.parse("Work/2003/below");

  /** Opens the folder to move to, in which other keywords came first. */
  private static ReplicaFolder other(Replica replica) throws FaultException {
    editor(replica).create(OTHER);
    var other = replica.open(OTHER, Access.CHANGE);
    added(other, BODY, Flags.of("another", "more"));
    return replica.open(OTHER, Access.CHANGE);
  }

  private static void assertKind(FaultException e, Kind kind) {
    assertThat(e.fault().kind()).isEqualTo(kind);
  }

  @Test
  void beginPublishing_whoeverLooksNextFindsThem_andTheFolderSettles() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var editor = editor(folder);
      var before = added(folder, BODY, Flags.NONE);
      var wanted = new LinkedHashMap<MessageKey, Flags>();
      for (var message = 0; message < 200; message++) {
        wanted.put(staged(editor, BODY), Flags.of("\\Seen"));
      }
      var all = new HashMap<>(wanted);
      all.put(before, Flags.NONE);
      var lost = staged(editor, BODY);
      editor.harden();
      wanted.put(before, Flags.of("\\Flagged")); // there already: it stays as it is
      wanted.put(new MessageKey(lost.value() + "0"), Flags.NONE);
      var publishing = editor.beginPublishing(wanted);
      var meanwhile = staged(editor, BODY);
      assertThat(scanAll(folder).present()).isEqualTo(all);
      assertThat(publishing.await()).isEqualTo(all.keySet());
      editor.publish(meanwhile, Flags.NONE);
      all.put(meanwhile, Flags.NONE);
      assertThat(unchanged(settled(replica))).isTrue();
      assertThat(scanAll(folder).present()).isEqualTo(all);
    }
  }

  @Test
  void move_keepsContentFlagsKeywordsAndTimes() throws FaultException {
    try (var replica = open()) {
      var before = scanAll(other(replica)).present();
      var folder = created(replica);
      var marked = added(folder, BODY, MARKED);
      var plain = added(folder, "Subject: two\r\n\r\n\n\r\n", Flags.NONE);
      var stays = added(folder, BODY, Flags.NONE);
      var gone = added(folder, BODY, Flags.NONE);
      delete(FOLDER, gone);
      var moved = editor(folder).move(List.of(gone, marked, plain), OTHER);
      assertThat(moved).containsOnlyKeys(marked, plain);
      assertThat(scanAll(opened(replica)).present()).containsOnlyKeys(stays);
      var other = replica.open(OTHER, Access.CHANGE);
      var expected = new HashMap<>(before);
      expected.put(moved.get(marked), MARKED);
      expected.put(moved.get(plain), Flags.NONE);
      assertThat(scanAll(other).present()).isEqualTo(expected);
      var bodies = new FetchedBodies();
      other.fetch(List.copyOf(moved.values()), bodies);
      assertThat(bodies.whole)
          .isEqualTo(
              Map.of(moved.get(marked), BODY, moved.get(plain), "Subject: two\r\n\r\n\n\r\n"));
      assertThat(bodies.arrived.values()).containsOnly(ARRIVED);
    }
  }

  @Test
  void appearance_showsWhateverHappens_andNothingElse() throws FaultException {
    try (var replica = open()) {
      created(replica);
    }
    var looks = new Looks(this::open, Set.of(FOLDER, OTHER));
    var key = deliver(FOLDER, BODY, Flags.NONE);
    looks.assertChanged("a message comes");
    reflag(FOLDER, key, Flags.of("\\Flagged"));
    looks.assertChanged("a message is flagged");
    delete(FOLDER, key);
    looks.assertChanged("a message goes");
    try (var replica = open()) {
      editor(replica).create(OTHER);
    }
    looks.assertChanged("a folder comes");
    try (var replica = open()) {
      editor(replica).rename(OTHER, RENAMED);
    }
    looks.assertChanged("a folder is renamed");
    try (var replica = open()) {
      editor(replica).removeEmpty(RENAMED);
    }
    looks.assertChanged("a folder goes");
  }

  @Test
  void folders_afterTheAppearance_areWhatWasSeenForIt() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      added(folder, BODY, Flags.NONE);
      scanAll(folder);
      var observed = Map.of(FOLDER, new Observed(folder.generation(), settled(replica)));
      assertThat(replica.appearance()).isPresent();
      deliver(FOLDER, BODY, Flags.NONE);
      assertThat(replica.folders(observed)).containsExactly(new FolderSummary(FOLDER, true));
      assertThat(replica.folders(observed)).containsExactly(new FolderSummary(FOLDER, false));
    }
  }

  @Test
  void move_mayBeRepeated() throws FaultException {
    try (var replica = open()) {
      var before = scanAll(other(replica)).present().size();
      var folder = created(replica);
      var key = added(folder, BODY, MARKED);
      var moved = editor(folder).move(List.of(key), OTHER);
      assertThat(editor(folder).move(List.of(key), OTHER)).isEmpty();
      assertThat(scanAll(replica.open(OTHER)).present())
          .hasSize(before + 1)
          .containsEntry(moved.get(key), MARKED);
    }
  }

  @Test
  void move_toAFolderThatIsNotThere_isNotFound_andMovesNothing() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, MARKED);
      assertThatThrownBy(() -> editor(folder).move(List.of(key), OTHER))
          .isInstanceOfSatisfying(FaultException.class, e -> {
            assertKind(e, Kind.NOT_FOUND);
            assertThat(e.fault().folder()).contains(OTHER);
          });
      assertThat(scanAll(opened(replica)).present()).isEqualTo(Map.of(key, MARKED));
    }
  }

  @Test
  void settle_afterAMove_recognisesBothFolders() throws FaultException {
    var both = Set.of(FOLDER, OTHER);
    Map<FolderName, Observed> observed = new HashMap<>();
    try (var replica = open()) {
      scanAll(other(replica));
      var folder = created(replica);
      var keys = List.of(added(folder, BODY, MARKED), added(folder, BODY, Flags.NONE));
      scanAll(folder);
      editor(folder).move(keys, OTHER);
      var settled = editor(replica).settle(both);
      assertThat(settled).containsOnlyKeys(both);
      for (var at : settled.entrySet()) {
        var generation = replica.open(at.getKey()).generation();
        observed.put(at.getKey(), new Observed(generation, at.getValue()));
      }
    }
    try (var replica = open()) {
      assertThat(replica.folders(observed))
          .containsExactlyInAnyOrder(
              new FolderSummary(FOLDER, true), new FolderSummary(OTHER, true));
    }
  }

  @Test
  void rename_takesMailAndFoldersBelowAlong_andKeysStay() throws FaultException {
    MessageKey key;
    MessageKey below;
    try (var replica = open()) {
      key = added(created(replica), BODY, MARKED);
      editor(replica).create(BELOW);
      below = added(replica.open(BELOW, Access.CHANGE), BODY, Flags.NONE);
      editor(replica).rename(FOLDER, RENAMED);
    }
    try (var replica = open()) {
      assertThat(replica.folders(Map.of()))
          .containsExactlyInAnyOrder(
              new FolderSummary(RENAMED, false), new FolderSummary(RENAMED_BELOW, false));
      assertThat(scanAll(replica.open(RENAMED)).present()).isEqualTo(Map.of(key, MARKED));
      assertThat(scanAll(replica.open(RENAMED_BELOW)).present())
          .isEqualTo(Map.of(below, Flags.NONE));
    }
  }

  @Test
  void rename_ontoAFolderThatExists_isACollision_andChangesNothing() throws FaultException {
    try (var replica = open()) {
      created(replica);
      editor(replica).create(BELOW);
      editor(replica).create(RENAMED);
      editor(replica).create(RENAMED_BELOW);
      var before = replica.folders(Map.of());
      assertThatThrownBy(() -> editor(replica).rename(FOLDER, RENAMED))
          .isInstanceOfSatisfying(FaultException.class, e -> assertKind(e, Kind.COLLISION));
      assertThat(replica.folders(Map.of())).isEqualTo(before);
    }
  }

  @Test
  void rename_ofInboxOrOfNothing_isRefused() throws FaultException {
    try (var replica = open()) {
      editor(replica).create(FolderName.INBOX);
      assertThatThrownBy(() -> editor(replica).rename(FolderName.INBOX, RENAMED))
          .isInstanceOfSatisfying(FaultException.class, e -> assertKind(e, Kind.UNSUPPORTED));
      assertThatThrownBy(() -> editor(replica).rename(FOLDER, RENAMED))
          .isInstanceOfSatisfying(FaultException.class, e -> assertKind(e, Kind.NOT_FOUND));
      assertThat(replica.folders(Map.of()))
          .containsExactly(new FolderSummary(FolderName.INBOX, false));
    }
  }

  @Test
  void settle_afterARename_recognisesTheFolderByItsNewName() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      scanAll(folder);
      added(folder, BODY, MARKED);
      editor(replica).rename(FOLDER, RENAMED);
      var settled = editor(replica).settle(Set.of(RENAMED));
      var observed =
          new Observed(folder.generation(), Objects.requireNonNull(settled.get(RENAMED)));
      try (var later = open()) {
        assertThat(later.folders(Map.of(RENAMED, observed)))
            .containsExactly(new FolderSummary(RENAMED, true));
      }
    }
  }

  @Test
  void settle_afterAnotherProgramsChangeAndARename_saysNothing() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, Flags.NONE);
      scanAll(folder);
      reflag(FOLDER, key, Flags.of("\\Answered"));
      editor(replica).rename(FOLDER, RENAMED);
      assertThat(editor(replica).settle(Set.of(RENAMED))).isEmpty();
    }
  }

  @Test
  void fetch_ofHeaders_endsWithTheEmptyLine() throws FaultException {
    var longLine = "X-Long: " + "long ".repeat(60_000) + "\r\n";
    var headers = Map.of(
        "Subject: one\r\nFrom: ann\r\n\r\n",
        "Hello\r\n\r\nthere\r\n",
        "Subject: no body\r\n\r\n",
        "",
        "Subject: neither body nor empty line\r\n",
        "",
        "Subject: no line end",
        "",
        "\r\n",
        "no header\r\n",
        "Subject: mixed\n\n",
        "\r\nbody\r\n\r\n",
        "Subject: mixed\r\n\n",
        "body\n\r\n",
        "Subject: CR\r\n\r\r\nis no empty line\r\n\r\n",
        "body",
        longLine + longLine + "\r\n",
        "body\r\n\r\n");
    try (var replica = open()) {
      var folder = created(replica);
      var expected = new HashMap<MessageKey, String>();
      for (var message : headers.entrySet()) {
        var key = added(folder, message.getKey() + message.getValue(), Flags.NONE);
        expected.put(key, message.getKey());
      }
      var bodies = new FetchedBodies();
      folder.fetch(List.copyOf(expected.keySet()), Part.HEADER, bodies);
      assertThat(bodies.whole).isEqualTo(expected);
      assertThat(bodies.arrived.values()).containsOnly(ARRIVED);
    }
  }

  @Test
  void fetch_ofIdentities_givesTheFieldsThatTellMessagesApart() throws FaultException {
    var fields = List.of(
        "Message-ID: <1@example.org>\r\n",
        "Date: Sat, 1 Feb 2003 04:05:06 +0000\r\n",
        "From: Ann <ann@example.org>\r\n",
        "Subject: one\r\n two\r\n");
    var message = String.join("", fields) + "X-Other: 1\r\n\r\nSubject: body\r\n";
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, message, Flags.NONE);
      var bodies = new FetchedBodies();
      folder.fetch(List.of(key), Part.IDENTITY, bodies);
      assertThat(Optional.ofNullable(bodies.whole.get(key)).orElseThrow())
          .contains(fields)
          .doesNotContain("body");
    }
  }

  @Test
  void setFlags_leavesWhatAnotherProgramChangedMeanwhile() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, Flags.of("\\Seen"));
      assertThat(scanAll(folder).present()).isEqualTo(Map.of(key, Flags.of("\\Seen")));
      reflag(FOLDER, key, Flags.of("\\Answered"));
      assertThat(setFlags(folder, key, Flags.of("\\Flagged"), Flags.of("\\Seen")))
          .contains(Flags.of("\\Answered", "\\Flagged"));
      assertThat(scanAll(opened(replica)).present())
          .isEqualTo(Map.of(key, Flags.of("\\Answered", "\\Flagged")));
    }
  }

  @Test
  void openedToRead_aFolderHasNoEditor_andKeepsNoMark() throws FaultException {
    try (var replica = open()) {
      var folder = created(replica);
      var key = added(folder, BODY, MARKED);
      scanAll(folder);
      var checkpoint = settled(replica);
      var read = replica.open(FOLDER);
      assertThat(read.editor()).isEmpty();
      assertThat(scanAll(read).present()).isEqualTo(Map.of(key, MARKED));
      var bodies = new FetchedBodies();
      read.fetch(List.of(key), bodies);
      assertThat(bodies.whole).isEqualTo(Map.of(key, BODY));
      assertThat(read.confirmGone(Set.of(key))).isEmpty();
      assertThat(unchanged(checkpoint)).isTrue();
    }
  }
}

package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.Side;
import io.mailtide.testkit.FetchedBodies;
import io.mailtide.testkit.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * However many messages are changed, in however many batches: each folder is listed once at most.
 */
class ListingsTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");

  @TempDir
  Path root;

  private Maildir replica;

  @BeforeEach
  void open() throws FaultException {
    replica = (Maildir) new TestMaildir(root).open();
    replica.create(FolderName.INBOX);
    replica.create(ARCHIVE);
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private List<MessageKey> put(FolderName name, int many) throws IOException {
    for (var i = 0; i < many; i++) {
      Files.createFile(root.resolve(name.text()).resolve("cur/" + i + "." + name.text() + ":2,"));
    }
    return IntStream.range(0, many)
        .mapToObj(i -> new MessageKey(i + "." + name.text()))
        .toList();
  }

  private FolderEditor editor(FolderName name) throws FaultException {
    return replica.open(name, Access.CHANGE).editor().orElseThrow();
  }

  private List<FolderName> folders(int many) throws FaultException {
    var names =
        IntStream.range(0, many).mapToObj(i -> FolderName.parse("F" + i)).toList();
    for (var name : names) {
      replica.create(name);
    }
    return names;
  }

  @Test
  void move_inManyBatches_listsBothFoldersOnce() throws FaultException, IOException {
    var keys = put(FolderName.INBOX, 20);
    var editor = editor(FolderName.INBOX);
    for (var key : keys) {
      assertThat(editor.move(List.of(key), ARCHIVE)).hasSize(1);
    }
    assertThat(replica.listings().made()).isEqualTo(2);
  }

  @Test
  void move_fromManyFoldersToOne_listsEachOnce() throws FaultException, IOException {
    for (var name : folders(10)) {
      var keys = put(name, 2);
      assertThat(editor(name).move(keys, ARCHIVE)).hasSize(2);
      var _ = editor(ARCHIVE); // as a run does, to know what it can hold
    }
    assertThat(replica.listings().made()).isEqualTo(11);
  }

  @Test
  void move_fromOneFolderToMany_listsEachOnce() throws FaultException, IOException {
    var keys = put(FolderName.INBOX, 10);
    var editor = editor(FolderName.INBOX);
    var targets = folders(10);
    for (var i = 0; i < targets.size(); i++) {
      assertThat(editor.move(List.of(keys.get(i)), targets.get(i))).hasSize(1);
    }
    assertThat(replica.listings().made()).isEqualTo(11);
  }

  @Test
  void move_toAFolderThatAnotherProgramChangedSince_findsTheBaseNameTaken()
      throws FaultException, IOException {
    var keys = put(FolderName.INBOX, 2);
    var editor = editor(FolderName.INBOX);
    assertThat(editor.move(keys.subList(0, 1), ARCHIVE)).containsValue(keys.getFirst());
    var settled = Files.getLastModifiedTime(root.resolve("Archive/cur"));
    do {
      Files.writeString(root.resolve("Archive/cur/1.INBOX:2,F"), "theirs");
    } while (Files.getLastModifiedTime(root.resolve("Archive/cur")).equals(settled)
        && Files.deleteIfExists(root.resolve("Archive/cur/1.INBOX:2,F")));
    assertThat(editor.move(keys.subList(1, 2), ARCHIVE)).doesNotContainValue(keys.getLast());
    assertThat(root.resolve("Archive/cur/1.INBOX:2,F")).hasContent("theirs");
  }

  /** What the run saw tells where messages are, also after they were renamed here. */
  @Test
  void messagesWhoseFlagsWereShown_areFoundWithoutAListing() throws FaultException, IOException {
    var keys = put(FolderName.INBOX, 3);
    var fresh = new MessageKey("fresh");
    Files.createFile(root.resolve("INBOX/new/fresh"));
    var editor = DeliveringEditor.of(replica.open(FolderName.INBOX, Access.CHANGE));
    editor.shown(Map.of(keys.get(0), Flags.NONE, keys.get(1), Flags.NONE, fresh, Flags.NONE));
    for (var flag : List.of("\\Seen", "\\Flagged")) {
      var changes = Stream.of(keys.get(0), fresh)
          .map(key -> new FlagChange(key, Flags.of(flag), Flags.NONE))
          .toList();
      assertThat(editor.setFlags(changes)).hasSize(2);
    }
    editor.remove(List.of(keys.get(1)));
    assertThat(replica.listings().made()).isZero();
    assertThat(root.resolve("INBOX/cur"))
        .isDirectoryContaining("glob:**/0.INBOX:2,FS")
        .isDirectoryContaining("glob:**/fresh:2,FS")
        .isDirectoryNotContaining("glob:**/1.INBOX:2,*");
    editor.remove(List.of(keys.get(1)));
    assertThat(replica.listings().made()).as("to be sure that it is gone").isPositive();
  }

  @Test
  void messagesThatAnotherProgramRenamedSince_areFoundByAListing()
      throws FaultException, IOException {
    var keys = put(FolderName.INBOX, 2);
    var editor = DeliveringEditor.of(replica.open(FolderName.INBOX, Access.CHANGE));
    editor.shown(Map.of(keys.get(0), Flags.of("todo"), keys.get(1), Flags.of("\\Seen")));
    Files.move(root.resolve("INBOX/cur/1.INBOX:2,"), root.resolve("INBOX/cur/1.INBOX:2,FS"));
    var change = new FlagChange(keys.get(1), Flags.of("\\Draft"), Flags.of("\\Seen"));
    assertThat(editor.setFlags(List.of(change)))
        .containsExactly(Map.entry(keys.get(1), Flags.of("\\Draft", "\\Flagged")));
    assertThat(replica.listings().made()).isEqualTo(1);
    assertThat(root.resolve("INBOX/dovecot-keywords")).doesNotExist();
  }

  /** The engine tells what it saw. */
  @Test
  void flagsAndRemovalsFromTheOtherSide_listNoFolderToFindMessages(@TempDir Path state)
      throws IOException {
    var far = new MemoryStore(Side.FAR);
    var keys = IntStream.range(0, 4)
        .mapToObj(number -> far.put(
            FolderName.INBOX, "Subject: %d\r\n\r\n".formatted(number), Flags.NONE, Instant.EPOCH))
        .toList();
    var near = new TestMaildir(root);
    assertThat(near.synchronise(state, far).copied()).isEqualTo(4);
    far.setFlags(FolderName.INBOX, keys.get(0), Flags.of("\\Seen"));
    far.remove(FolderName.INBOX, keys.get(1));
    var outcome = near.synchronise(state, far);
    assertThat(outcome.flagged()).isEqualTo(1);
    assertThat(outcome.removed()).isEqualTo(1);
    assertThat(near.listings()).isZero();
    try (var files = Files.list(root.resolve("INBOX/cur"))) {
      assertThat(files).singleElement().asString().endsWith(":2,S");
    }
  }

  /** As when messages under many labels are taken from the folders that have them already. */
  @Test
  void foldersReadInTurn_areListedOnceEach() throws FaultException, IOException {
    var names = folders(5);
    for (var name : names) {
      put(name, 3);
      settle(name);
    }
    for (var round = 0; round < 3; round++) {
      for (var name : names) {
        var bodies = new FetchedBodies();
        replica.open(name).fetch(List.of(new MessageKey(round + "." + name.text())), bodies);
      }
    }
    assertThat(replica.listings().made()).isEqualTo(5);
  }

  @Test
  void aFolderThatNobodyTouched_isNotListedAgainToSettleIt() throws FaultException, IOException {
    put(FolderName.INBOX, 2);
    settle(FolderName.INBOX);
    var seen = scanned(FolderName.INBOX);
    Files.createFile(root.resolve("INBOX/cur/unseen:2,")); // as only a listing would show
    settle(FolderName.INBOX);
    assertThat(replica.settle(Set.of(FolderName.INBOX)))
        .containsExactly(Map.entry(FolderName.INBOX, seen.checkpoint().orElseThrow()));
  }

  @Test
  void aFolderThatMightChangeUnseen_isNotSettledByAScan() throws FaultException, IOException {
    put(FolderName.INBOX, 2);
    touch(FolderName.INBOX, "2100-01-01T00:00:00Z");
    scanned(FolderName.INBOX);
    assertThat(replica.settle(Set.of(FolderName.INBOX))).isEmpty();
  }

  private Scan scanned(FolderName name) throws FaultException {
    return TestMaildir.scan(replica.open(name), new HashMap<>());
  }

  /** So that no later change can leave the same times behind. */
  private void settle(FolderName name) throws IOException {
    touch(name, "2020-01-01T00:00:00Z");
  }

  private void touch(FolderName name, String time) throws IOException {
    for (var part : List.of("new", "cur")) {
      Files.setLastModifiedTime(
          root.resolve(name.text()).resolve(part), FileTime.from(Instant.parse(time)));
    }
  }
}

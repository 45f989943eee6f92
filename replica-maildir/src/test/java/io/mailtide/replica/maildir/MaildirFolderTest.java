package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.replica.maildir.disk.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where messages lie, and what other programs and crashes may do meanwhile. */
class MaildirFolderTest {
  private static final Instant ARRIVED = Instant.parse("2001-02-03T04:05:06Z");

  @TempDir
  Path root;

  private Path inbox;
  private Replica replica;
  private ReplicaFolder folder;
  private DeliveringEditor editor;

  @BeforeEach
  void open() throws FaultException {
    inbox = root.resolve("INBOX");
    replica = new TestMaildir(root).open();
    replica.editor().orElseThrow().create(FolderName.INBOX);
    reopen();
  }

  private void reopen() throws FaultException {
    folder = replica.open(FolderName.INBOX, Access.CHANGE);
    editor = (DeliveringEditor) folder.editor().orElseThrow();
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private static MessageKey stage(DeliveringEditor editor) throws FaultException {
    var staged = editor.stage();
    staged.write(ByteBuffer.wrap(new byte[] {'x'}));
    staged.end(ARRIVED);
    return staged.key();
  }

  private Optional<Flags> setFlags(MessageKey key, Flags add, Flags clear) throws FaultException {
    return Optional.ofNullable(
        editor.setFlags(List.of(new FlagChange(key, add, clear))).get(key));
  }

  private MessageKey deliver(Flags flags) throws FaultException {
    var key = stage(editor);
    editor.harden();
    assertThat(editor.publish(key, flags)).isTrue();
    return key;
  }

  private List<String> files(String part) throws IOException {
    try (var files = Files.list(inbox.resolve(part))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void messagesWithoutFlagsAreNew_othersAreInCur() throws FaultException, IOException {
    var fresh = deliver(Flags.NONE);
    var seen = deliver(Flags.of("\\Seen", "\\Flagged", "todo"));
    assertThat(files("new")).containsExactly(fresh.value());
    assertThat(files("cur")).containsExactly(seen + ":2,FSa");
    assertThat(files("tmp")).isEmpty();
    setFlags(fresh, Flags.of("\\Answered"), Flags.NONE);
    setFlags(seen, Flags.NONE, Flags.of("\\Seen", "\\Flagged", "todo"));
    assertThat(files("cur")).containsExactlyInAnyOrder(fresh + ":2,R", seen + ":2,");
    assertThat(Files.getLastModifiedTime(inbox.resolve("cur/" + fresh + ":2,R")).toInstant())
        .isEqualTo(ARRIVED);
  }

  @Test
  void setFlags_thatAMessageHasAlready_renamesNothing() throws FaultException, IOException {
    Files.createFile(inbox.resolve("cur/1.other:2,SFX"));
    assertThat(setFlags(new MessageKey("1.other"), Flags.of("\\Seen"), Flags.of("\\Draft")))
        .contains(Flags.of("\\Seen", "\\Flagged"));
    assertThat(files("cur")).containsExactly("1.other:2,SFX");
    setFlags(new MessageKey("1.other"), Flags.NONE, Flags.of("\\Flagged"));
    assertThat(files("cur")).containsExactly("1.other:2,SX");
  }

  @Test
  void discardStaged_leavesThisRunsFilesAndThoseOfOthers() throws FaultException, IOException {
    Files.createFile(inbox.resolve("tmp/1234.M1P2.mutt"));
    MessageKey left;
    try (var earlier = new TestMaildir(root).open()) {
      left = stage(DeliveringEditor.of(earlier.open(FolderName.INBOX, Access.CHANGE)));
    }
    var mine = stage(editor);
    assertThat(files("tmp")).contains(left.value());
    editor.discardStaged();
    assertThat(files("tmp")).containsExactlyInAnyOrder("1234.M1P2.mutt", mine.value());
  }

  @Test
  void remove_keepsFileNameAndTimeInTheUndoArea_untilPurged() throws FaultException, IOException {
    var key = deliver(Flags.of("\\Seen"));
    editor.remove(List.of(key));
    var days = root.resolve(".mailtide/removed");
    Path kept;
    try (var found = Files.find(days, 9, (_, attributes) -> attributes.isRegularFile())) {
      kept = found.findFirst().orElseThrow();
    }
    assertThat(days.relativize(kept).toString()).matches("\\d{4}-\\d\\d-\\d\\d/INBOX/cur/.*");
    assertThat(kept.getFileName()).hasToString(key + ":2,S");
    assertThat(Files.getLastModifiedTime(kept).toInstant()).isEqualTo(ARRIVED);
    var day = LocalDate.parse(days.relativize(kept).getName(0).toString());
    var over = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    var other = Files.createDirectories(days.resolve("notes"));
    replica.editor().orElseThrow().purgeRemoved(over.minusSeconds(1));
    assertThat(kept).exists();
    replica.editor().orElseThrow().purgeRemoved(over);
    assertThat(kept).doesNotExist();
    assertThat(other).exists();
    Files.delete(other);
    replica.editor().orElseThrow().purgeRemoved(over);
    assertThat(root.resolve(".mailtide")).doesNotExist();
  }

  @Test
  void remove_ofWhatWasRemovedAndRestored_keepsBoth() throws FaultException, IOException {
    for (var i = 0; i < 2; i++) {
      Files.createFile(inbox.resolve("cur/1.again:2,S"));
      editor.remove(List.of(new MessageKey("1.again")));
      reopen();
    }
    try (Stream<Path> kept =
        Files.find(root.resolve(".mailtide"), 9, (_, attributes) -> attributes.isRegularFile())) {
      assertThat(kept).hasSize(2);
    }
  }

  @Test
  void aMessageThatMuttRenamesAllTheTime_isAlwaysFound() throws Exception {
    var keys = new ArrayList<MessageKey>();
    for (var i = 0; i < 20; i++) {
      keys.add(deliver(Flags.NONE));
    }
    var stop = new AtomicBoolean();
    var mutt = new Thread(() -> renameAllTheTime(keys, stop));
    mutt.start();
    try {
      for (var round = 0; round < 60; round++) {
        reopen();
        var seen = new HashMap<MessageKey, Flags>();
        if (TestMaildir.scan(folder, seen).complete()) {
          assertThat(seen).containsOnlyKeys(keys);
        }
        for (var key : keys) {
          assertThat(setFlags(key, Flags.of("\\Seen"), Flags.NONE)).isPresent();
          assertThat(editor.read(key, bytes -> bytes.position(bytes.limit()))).isTrue();
        }
      }
      for (var key : keys) {
        editor.remove(List.of(key));
      }
    } finally {
      stop.set(true);
      mutt.join();
    }
    assertThat(files("new")).isEmpty();
    assertThat(files("cur")).isEmpty();
  }

  private void renameAllTheTime(List<MessageKey> keys, AtomicBoolean stop) {
    var random = RandomGenerator.of("L64X128MixRandom");
    while (!stop.get()) {
      var key = keys.get(random.nextInt(keys.size()));
      for (var from : List.of(
          "new/" + key, "cur/" + key + ":2,", "cur/" + key + ":2,S", "cur/" + key + ":2,FS")) {
        try {
          var to = "cur/" + key + (random.nextBoolean() ? ":2,S" : ":2,FS");
          Files.move(inbox.resolve(from), inbox.resolve(to));
        } catch (NoSuchFileException | java.nio.file.FileAlreadyExistsException _) {
          // It is called otherwise just now.
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @Test
  void scan_ofAFolderTouchedJustNow_givesNoCheckpoint() throws FaultException, IOException {
    var times = new HashMap<Instant, Boolean>();
    var touched = Instant.parse("2030-01-01T00:00:00.5Z");
    for (var millis : new long[] {0, 19, 20, 500}) {
      times.put(touched.plusMillis(millis), millis >= 20);
    }
    assertCheckpoints(touched, times);
    var whole = Instant.parse("2030-01-01T00:00:00Z");
    assertCheckpoints(whole, Map.of(whole.plusMillis(2_019), false, whole.plusMillis(2_020), true));
  }

  private void assertCheckpoints(Instant touched, Map<Instant, Boolean> times)
      throws FaultException, IOException {
    for (var part : new String[] {"new", "cur"}) {
      Files.setLastModifiedTime(inbox.resolve(part), FileTime.from(touched));
    }
    for (var time : times.entrySet()) {
      try (var later = new TestMaildir(root).open(at(time.getKey()))) {
        var scan = TestMaildir.scan(later.open(FolderName.INBOX, Access.CHANGE), new HashMap<>());
        assertThat(scan.checkpoint().isPresent())
            .as("at %s", time.getKey())
            .isEqualTo(time.getValue());
      }
    }
  }

  @Test
  void appearance_isTold_onceAFurtherChangeIsBoundToShow() throws FaultException, IOException {
    var noon = Instant.parse("2026-01-01T12:00:00Z");
    for (var part : List.of("new", "cur")) {
      Files.setLastModifiedTime(inbox.resolve(part), FileTime.from(noon.plusNanos(1)));
    }
    for (var millis : new int[] {-1_000, 0, 20}) {
      try (var early = new TestMaildir(root).open(at(noon.plusMillis(millis)))) {
        assertThat(early.appearance()).isEmpty();
      }
    }
    try (var late = new TestMaildir(root).open(at(noon.plusMillis(21)))) {
      assertThat(late.appearance()).isPresent();
    }
    Files.setLastModifiedTime(inbox.resolve("cur"), FileTime.from(noon));
    try (var late = new TestMaildir(root).open(at(noon.plusMillis(1_000)))) {
      assertThat(late.appearance()).as("times of whole seconds").isEmpty();
    }
  }

  private static Environment at(Instant time) {
    return new Environment() {
      @Override
      public InstantSource clock() {
        return InstantSource.fixed(time);
      }

      @Override
      public RandomGenerator random() {
        return RandomGenerator.getDefault();
      }

      @Override
      public void sleep(Duration duration) {
        throw new AssertionError(duration);
      }
    };
  }

  /** Else many header-only copies would take hours to be completed. */
  @Test
  void publishBeside_many_neitherWaitsNorListsForEach() throws FaultException {
    var header = deliver(Flags.of("\\Seen"));
    var now = Environment.system().clock().instant();
    try (var hurried = new TestMaildir(root).open(at(now))) { // where a wait fails
      var there = DeliveringEditor.of(hurried.open(FolderName.INBOX, Access.CHANGE));
      for (int i = 0; i < 3; i++) {
        var whole = stage(there);
        there.harden();
        assertThat(there.publishBeside(whole, header)).isTrue();
      }
    }
  }

  @Test
  void beginPublishing_theFolderGoes_saysSo_andNobodyElseHearsOfIt()
      throws FaultException, IOException {
    var wanted = new LinkedHashMap<MessageKey, Flags>();
    wanted.put(stage(editor), Flags.NONE);
    wanted.put(stage(editor), Flags.of("\\Seen"));
    editor.harden();
    Files.delete(inbox.resolve("cur"));
    var publishing = editor.beginPublishing(wanted);
    editor.harden();
    assertThatThrownBy(publishing::await).isInstanceOfSatisfying(FaultException.class, e -> {
      assertThat(e.fault().kind()).isEqualTo(Kind.NOT_FOUND);
      assertThat(e.fault().reach()).isEqualTo(Reach.FOLDER);
    });
    Files.createDirectory(inbox.resolve("cur"));
    assertThat(editor.beginPublishing(wanted).await()).isEqualTo(wanted.keySet());
    var seen = new HashMap<MessageKey, Flags>();
    TestMaildir.scan(folder, seen);
    assertThat(seen).isEqualTo(wanted);
  }

  @Test
  void anUnchangedFolderIsNotListed() throws FaultException, IOException {
    deliver(Flags.of("\\Seen"));
    for (var part : new String[] {"new", "cur"}) {
      Files.setLastModifiedTime(inbox.resolve(part), FileTime.from(ARRIVED.plusNanos(1)));
    }
    var checkpoint = TestMaildir.scan(folder, new HashMap<>()).checkpoint();
    Files.move(inbox.resolve("cur"), inbox.resolve("hidden"));
    Files.move(inbox.resolve("hidden"), inbox.resolve("cur"));
    var observed = new Replica.Observed(folder.generation(), checkpoint.orElseThrow());
    assertThat(replica.folders(Map.of(FolderName.INBOX, observed)).getFirst().unchanged())
        .isTrue();
    Files.writeString(inbox.resolve("dovecot-keywords"), "0 todo\n");
    assertThat(replica.folders(Map.of(FolderName.INBOX, observed)).getFirst().unchanged())
        .isFalse();
    Files.delete(inbox.resolve("dovecot-keywords"));
    Files.move(inbox.resolve("new"), root.resolve("old"));
    Files.createDirectory(inbox.resolve("new"));
    Files.setLastModifiedTime(inbox.resolve("new"), FileTime.from(ARRIVED.plusNanos(1)));
    assertThat(replica.folders(Map.of(FolderName.INBOX, observed)).getFirst().unchanged())
        .isFalse();
  }

  @Test
  void aFolderThatVanishes_isNotFound_andConcernsThatFolder() throws IOException {
    Directories.deleteTree(inbox);
    assertThatThrownBy(() -> stage(editor)).isInstanceOfSatisfying(FaultException.class, e -> {
      assertThat(e.fault().kind()).isEqualTo(Kind.NOT_FOUND);
      assertThat(e.fault().reach()).isEqualTo(Reach.FOLDER);
      assertThat(e.fault().folder()).contains(FolderName.INBOX);
    });
  }

  @Test
  void removeEmpty_leavesWhatIsNotMail() throws FaultException, IOException {
    Files.writeString(inbox.resolve("dovecot-keywords"), "0 todo\n");
    Files.createFile(inbox.resolve("notes.txt"));
    replica.editor().orElseThrow().removeEmpty(FolderName.INBOX);
    assertThat(inbox.resolve("notes.txt")).exists();
    assertThat(inbox.resolve("cur")).doesNotExist();
    assertThat(replica.folders(Map.of())).isEmpty();
    Files.delete(inbox.resolve("notes.txt"));
    replica.editor().orElseThrow().create(FolderName.INBOX);
    replica.editor().orElseThrow().removeEmpty(FolderName.INBOX);
    assertThat(inbox).doesNotExist();
  }

  @Test
  void aPathThatIsNoDirectory_isAFaultOfTheConfiguration_orTheDisk() throws IOException {
    var file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(() -> new TestMaildir(file).open())
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(Kind.CONFIGURATION));
    assertThatThrownBy(() -> new TestMaildir(file.resolve("below")).open())
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(Kind.DISK));
  }
}

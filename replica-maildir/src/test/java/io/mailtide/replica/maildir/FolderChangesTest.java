package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.replica.maildir.disk.Directories;
import io.mailtide.testkit.FetchedBodies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes to messages that another program changes at the same time, or has left in a mess. */
class FolderChangesTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");
  private static final Instant ARRIVED = Instant.parse("2001-02-03T04:05:06Z");

  @TempDir
  Path root;

  private Path inbox;
  private Path archive;
  private Replica replica;

  @BeforeEach
  void open() throws FaultException {
    inbox = root.resolve("INBOX");
    archive = root.resolve("Archive");
    replica = new TestMaildir(root).open();
    replica.editor().orElseThrow().create(FolderName.INBOX);
    replica.editor().orElseThrow().create(ARCHIVE);
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private DeliveringEditor editor() throws FaultException {
    return DeliveringEditor.of(replica.open(FolderName.INBOX, Access.CHANGE));
  }

  private MessageKey put(Path folder, String name, String content) throws IOException {
    var file = Files.writeString(folder.resolve(name), content);
    Files.setLastModifiedTime(file, FileTime.from(ARRIVED));
    return new MessageKey(file.getFileName().toString().replaceFirst(":2,.*", ""));
  }

  private static List<String> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<Path> removed() throws IOException {
    try (Stream<Path> kept =
        Files.find(root.resolve(".mailtide"), 9, (_, attributes) -> attributes.isRegularFile())) {
      return kept.toList();
    }
  }

  /** These keys, and something that happens before the last of them is asked for. */
  private static List<MessageKey> meanwhile(List<MessageKey> keys, Meanwhile happens) {
    return new AbstractList<>() {
      @Override
      public MessageKey get(int index) {
        if (index == keys.size() - 1) {
          try {
            happens.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
        return keys.get(index);
      }

      @Override
      public int size() {
        return keys.size();
      }
    };
  }

  @FunctionalInterface
  private interface Meanwhile {
    void run() throws IOException;
  }

  @Test
  void move_whereTheBaseNameIsTaken_takesAnother() throws FaultException, IOException {
    var key = put(inbox, "cur/1.same:2,S", "mine");
    put(archive, "cur/1.same:2,F", "theirs");
    var moved = editor().move(List.of(key), ARCHIVE).get(key);
    assertThat(archive.resolve("cur/1.same:2,F")).hasContent("theirs");
    assertThat(archive.resolve("cur/" + moved + ":2,S")).hasContent("mine");
    assertThat(files(inbox.resolve("cur"))).isEmpty();
  }

  @Test
  void move_ofAMessageReadAsItIs_keepsThatMark() throws FaultException, IOException {
    var base = "1.R0123456789abcdefQ1mt.host,R=1";
    var key = put(inbox, "cur/" + base + ":2,S", "bare\n");
    put(archive, "cur/" + base + ":2,", "other");
    var moved = editor().move(List.of(key), ARCHIVE).get(key);
    assertThat(moved).asString().isNotEqualTo(base).endsWith(",R=1");
  }

  /** And a letter without a name has none there. */
  @Test
  void move_keepsNewMessagesNew_andLettersThatMeanTheSameEverywhere()
      throws FaultException, IOException {
    var fresh = put(inbox, "new/1.new", "x");
    var read = put(inbox, "cur/2.read:2,", "x");
    Files.writeString(inbox.resolve("dovecot-keywords"), "0 todo\n");
    Files.writeString(archive.resolve("dovecot-keywords"), "0 done\n");
    var marked = put(inbox, "cur/3.marked:2,FNSab", "x");
    editor().move(List.of(fresh, read, marked), ARCHIVE);
    assertThat(files(archive.resolve("new"))).containsExactly("1.new");
    assertThat(files(archive.resolve("cur"))).containsExactly("2.read:2,", "3.marked:2,FNSbz");
    assertThat(archive.resolve("dovecot-keywords")).hasContent("0 done\n1 todo\n");
    assertThat(Files.getLastModifiedTime(archive.resolve("new/1.new")).toInstant())
        .isEqualTo(ARRIVED);
  }

  @Test
  void move_toAFolderWithoutALetterLeft_losesTheKeyword_andRepresentableSaysSo()
      throws FaultException, IOException {
    var full = IntStream.range(0, 26).mapToObj(i -> i + " k" + i + "\n").toList();
    Files.writeString(archive.resolve("dovecot-keywords"), String.join("", full));
    Files.writeString(inbox.resolve("dovecot-keywords"), "0 todo\n1 k7\n");
    var key = put(inbox, "cur/1.marked:2,Sab", "x");
    editor().move(List.of(key), ARCHIVE);
    assertThat(files(archive.resolve("cur"))).containsExactly("1.marked:2,Sh");
    var there = replica.open(ARCHIVE, Access.CHANGE).editor().orElseThrow();
    assertThat(there.representable(Flags.of("\\Seen", "todo", "k7")))
        .isEqualTo(Flags.of("\\Seen", "k7"));
  }

  @Test
  void move_ofAMessageThatMuttRenamesMeanwhile_takesItAsItIsNow()
      throws FaultException, IOException {
    var first = put(inbox, "cur/1.first:2,", "x");
    var second = put(inbox, "new/2.second", "y");
    editor()
        .move(
            meanwhile(
                List.of(first, second),
                () ->
                    Files.move(inbox.resolve("new/2.second"), inbox.resolve("cur/2.second:2,RS"))),
            ARCHIVE);
    assertThat(files(archive.resolve("cur"))).containsExactly("1.first:2,", "2.second:2,RS");
    assertThat(files(inbox.resolve("cur"))).isEmpty();
  }

  @Test
  void move_toAFolderThatVanishesMeanwhile_isNotFound() throws FaultException, IOException {
    var first = put(inbox, "cur/1.first:2,", "x");
    var second = put(inbox, "cur/2.second:2,", "y");
    var editor = editor();
    var keys = meanwhile(List.of(first, second), () -> Directories.deleteTree(archive));
    assertThatThrownBy(() -> editor.move(keys, ARCHIVE))
        .isInstanceOfSatisfying(FaultException.class, e -> {
          assertThat(e.fault().kind()).isEqualTo(Kind.NOT_FOUND);
          assertThat(e.fault().folder()).contains(ARCHIVE);
        });
    assertThat(files(inbox.resolve("cur"))).containsExactly("2.second:2,");
  }

  @Test
  void moves_toAnotherFileSystem_areCopiesThatAreWhole() throws IOException {
    var key = put(inbox, "cur/1.far:2,S", "body");
    var target = archive.resolve("cur/1.far:2,S");
    Directories.carry(inbox.resolve("cur/1.far:2,S"), target, archive.resolve("tmp/spare"));
    assertThat(target).hasContent("body");
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(ARRIVED);
    assertThat(files(archive.resolve("tmp"))).isEmpty();
    assertThat(files(inbox.resolve("cur"))).isEmpty();
    assertThat(key).hasToString("1.far");
  }

  @Test
  void foldersThatAreLinksToAnotherFileSystem_areMovedToAndRemovedFrom()
      throws FaultException, IOException {
    var memory = Path.of("/dev/shm");
    var elsewhere =
        Files.createTempDirectory(Files.isWritable(memory) ? memory : root, "mailtide-test");
    try {
      Directories.deleteTree(archive);
      for (var part : List.of("cur", "new", "tmp")) {
        Files.createDirectory(elsewhere.resolve(part));
      }
      Files.createSymbolicLink(archive, elsewhere);
      var key = put(inbox, "cur/1.far:2,S", "body");
      editor().move(List.of(key), ARCHIVE);
      assertThat(elsewhere.resolve("cur/1.far:2,S")).hasContent("body");
      replica.open(ARCHIVE, Access.CHANGE).editor().orElseThrow().remove(List.of(key));
      assertThat(files(elsewhere.resolve("cur"))).isEmpty();
      assertThat(removed()).singleElement().satisfies(file -> {
        assertThat(file).hasFileName("1.far:2,S").hasContent("body");
        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(ARRIVED);
      });
    } finally {
      Directories.deleteTree(elsewhere);
    }
  }

  @Test
  void setFlags_whereTheMessageIsThereTwice_keepsOne() throws FaultException, IOException {
    var key = put(inbox, "cur/1.twice:2,S", "x");
    var editor = editor();
    assertThat(setFlags(editor, key, Flags.NONE, Flags.NONE)).contains(Flags.of("\\Seen"));
    Files.createLink(inbox.resolve("cur/1.twice:2,FS"), inbox.resolve("cur/1.twice:2,S"));
    assertThat(setFlags(editor, key, Flags.of("\\Flagged"), Flags.NONE))
        .contains(Flags.of("\\Flagged", "\\Seen"));
    assertThat(files(inbox.resolve("cur"))).containsExactly("1.twice:2,FS");
    assertThat(removed()).singleElement().satisfies(file -> assertThat(file).hasContent("x"));
  }

  @Test
  void setFlags_toLettersThatTheNameHasAlready_leavesTheMessageThere()
      throws FaultException, IOException {
    var key = put(inbox, "cur/1.named-since:2,Sa", "x");
    var editor = editor();
    Files.writeString(inbox.resolve("dovecot-keywords"), "0 todo\n");
    assertThat(setFlags(editor, key, Flags.of("todo"), Flags.NONE))
        .contains(Flags.of("\\Seen", "todo"));
    assertThat(files(inbox.resolve("cur"))).containsExactly("1.named-since:2,Sa");
  }

  @Test
  void aKeywordThatDovecotNamedJustNow_isKept() throws FaultException, IOException {
    var names = Files.writeString(inbox.resolve("dovecot-keywords"), "0 todo\n");
    var editor = editor();
    Files.writeString(names, "0 todo\n1 bar\n");
    var key = put(inbox, "cur/1.set:2,b", "x");
    assertThat(setFlags(editor, key, Flags.of("new"), Flags.NONE)).contains(Flags.of("bar", "new"));
    Files.writeString(names, "0 todo\n1 bar\n2 new\n3 late\n");
    editor.move(List.of(put(inbox, "cur/2.moved:2,d", "x")), ARCHIVE);
    assertThat(archive.resolve("dovecot-keywords")).hasContent("0 late\n");
    Files.writeString(names, "0 todo\n1 bar\n2 new\n3 late\n4 last\n");
    editor.remove(List.of(put(inbox, "cur/3.removed:2,e", "x")));
    assertThat(removed())
        .anySatisfy(
            file -> assertThat(file).hasFileName("dovecot-keywords").hasContent("0 last\n"));
    assertThat(files(inbox.resolve("cur"))).containsExactly("1.set:2,bc");
  }

  @Test
  void setFlags_whereAnotherMessageHasThatName_keepsBoth() throws FaultException, IOException {
    var key = put(inbox, "cur/1.twice:2,S", "one");
    var editor = editor();
    assertThat(setFlags(editor, key, Flags.NONE, Flags.NONE)).contains(Flags.of("\\Seen"));
    put(inbox, "cur/1.twice:2,FS", "two");
    assertThat(setFlags(editor, key, Flags.of("\\Flagged"), Flags.NONE))
        .contains(Flags.of("\\Flagged", "\\Seen"));
    assertThat(files(inbox.resolve("cur"))).hasSize(2).contains("1.twice:2,FS");
    assertThat(inbox.resolve("cur/1.twice:2,FS")).hasContent("two");
    assertThat(root.resolve(".mailtide")).doesNotExist();
  }

  private static Optional<Flags> setFlags(
      DeliveringEditor editor, MessageKey key, Flags add, Flags clear) throws FaultException {
    return Optional.ofNullable(
        editor.setFlags(List.of(new FlagChange(key, add, clear))).get(key));
  }

  @Test
  void whatCannotBeReadAsAMessage_doesNotHoldUpTheOthers() throws FaultException, IOException {
    var good = put(inbox, "cur/1.good:2,S", "x\n");
    Files.createDirectory(inbox.resolve("cur/2.directory:2,"));
    Files.createSymbolicLink(inbox.resolve("cur/3.link:2,"), root.resolve("nowhere"));
    var directory = new MessageKey("2.directory");
    var link = new MessageKey("3.link");
    var bodies = new FetchedBodies();
    var folder = replica.open(FolderName.INBOX, Access.CHANGE);
    assertThatThrownBy(() -> folder.fetch(List.of(directory, link, good), bodies))
        .isInstanceOfSatisfying(FaultException.class, e -> {
          assertThat(e.fault().reach()).isEqualTo(Reach.MESSAGE);
          assertThat(e.fault().message()).contains(directory);
        });
    assertThat(bodies.whole).isEqualTo(Map.of(good, "x\r\n"));
    assertThat(bodies.begun).isEqualTo(1);
    for (var key : List.of(directory, link)) {
      assertThatThrownBy(() -> editor().read(key, _ -> {}))
          .isInstanceOfSatisfying(FaultException.class, e -> {
            assertThat(e.fault().reach()).isEqualTo(Reach.MESSAGE);
            assertThat(e.fault().message()).contains(key);
          });
    }
  }

  @Test
  void stagedInAFolderThatGoes_itIsMissing_andTheOthersArrive() throws FaultException, IOException {
    var gone = DeliveringEditor.of(replica.open(ARCHIVE, Access.CHANGE));
    stage(gone, "first");
    var there = stage(editor(), "there");
    Files.move(archive, root.resolve("Elsewhere"));
    var missing = stage(gone, "missing");
    editor().harden();
    assertThatThrownBy(() -> gone.publish(missing, Flags.NONE))
        .isInstanceOfSatisfying(FaultException.class, e -> {
          assertThat(e.fault().kind()).isEqualTo(Kind.NOT_FOUND);
          assertThat(e.fault().reach()).isEqualTo(Reach.FOLDER);
        });
    assertThat(editor().publish(there, Flags.NONE)).isTrue();
    assertThat(files(inbox.resolve("new"))).hasSize(1);
  }

  @Test
  void whatCannotBeWritten_isNotTakenForDurable() throws FaultException, IOException {
    var editor = editor();
    stage(editor, "first");
    var staged = editor.stage();
    staged.write(ByteBuffer.wrap("in its way\r\n".getBytes(StandardCharsets.US_ASCII)));
    Files.createDirectory(
        inbox.resolve("tmp").resolve(UniqueNames.staged(staged.key().value())));
    staged.end(ARRIVED);
    assertThatThrownBy(editor::harden).isInstanceOf(FaultException.class);
    assertThatThrownBy(editor::harden).isInstanceOf(FaultException.class);
  }

  @Test
  void discardedAfterItsEnd_nothingIsLeft() throws FaultException, IOException {
    var editor = editor();
    var kept = stage(editor, "kept");
    for (var number = 0; number < 200; number++) {
      var staged = editor.stage();
      staged.write(ByteBuffer.wrap("dropped\r\n".getBytes(StandardCharsets.US_ASCII)));
      staged.end(ARRIVED);
      staged.discard();
    }
    assertThat(files(inbox.resolve("tmp"))).containsExactly(UniqueNames.staged(kept.value()));
  }

  private static MessageKey stage(DeliveringEditor editor, String text) throws FaultException {
    var staged = editor.stage();
    staged.write(ByteBuffer.wrap((text + "\r\n").getBytes(StandardCharsets.US_ASCII)));
    staged.end(ARRIVED);
    return staged.key();
  }
}

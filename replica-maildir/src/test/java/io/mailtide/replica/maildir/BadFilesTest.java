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
import io.mailtide.testkit.FetchedBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file with which something is wrong concerns its message alone. */
class BadFilesTest {
  private static final MessageKey BAD = new MessageKey("1.bad");
  private static final MessageKey GOOD = new MessageKey("2.good");

  /** With {@code :2,} behind it as long as a name may be. */
  private static final MessageKey LONG = new MessageKey("3." + "x".repeat(250));

  @TempDir
  Path root;

  private TestMaildir maildir = new TestMaildir(root);
  private Path cur;
  private Replica replica;

  @BeforeEach
  void open() throws FaultException, IOException {
    maildir = new TestMaildir(root);
    replica = maildir.open();
    replica.editor().orElseThrow().create(FolderName.INBOX);
    cur = root.resolve("INBOX/cur");
    Files.writeString(cur.resolve(GOOD + ":2,S"), "good\n");
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private DeliveringEditor editor() throws FaultException {
    return DeliveringEditor.of(replica.open(FolderName.INBOX, Access.CHANGE));
  }

  /** A link that leads to itself, and a file that has no beginning. */
  @ParameterizedTest
  @ValueSource(strings = {"1.bad:2,S", "/proc/self/mem"})
  void whatCannotBeOpenedOrRead_holdsNoOtherUp(String target) throws FaultException, IOException {
    Files.createSymbolicLink(cur.resolve(BAD + ":2,S"), Path.of(target));
    var bodies = new FetchedBodies();
    assertThatThrownBy(() -> replica.open(FolderName.INBOX).fetch(List.of(BAD, GOOD), bodies))
        .isInstanceOfSatisfying(FaultException.class, BadFilesTest::assertAboutTheBadOne);
    assertThat(bodies.whole).isEqualTo(Map.of(GOOD, "good\r\n"));
    assertThatThrownBy(() -> editor().read(BAD, bytes -> bytes.position(bytes.limit())))
        .isInstanceOfSatisfying(FaultException.class, BadFilesTest::assertAboutTheBadOne);
  }

  private static void assertAboutTheBadOne(FaultException e) {
    assertThat(e.fault().kind()).isEqualTo(Kind.DISK);
    assertThat(e.fault().reach()).isEqualTo(Reach.MESSAGE);
    assertThat(e.fault().message()).contains(BAD);
    assertThat(e.fault().said()).isNotEmpty();
  }

  @Test
  void aNameWithoutRoomForFlags_keepsThoseItHas() throws FaultException, IOException {
    var file = Files.writeString(cur.resolve(LONG + ":2,"), "long\n");
    var seen = Flags.of("\\Seen");
    var changes =
        List.of(new FlagChange(LONG, seen, Flags.NONE), new FlagChange(GOOD, Flags.NONE, seen));
    assertThat(editor().setFlags(changes)).isEqualTo(Map.of(LONG, Flags.NONE, GOOD, Flags.NONE));
    assertThat(file).exists();
    assertThat(maildir.notices).singleElement().asString().contains(file.toString());
  }

  @Test
  void aNameWithoutRoomForLetters_isAnotherOneInTheUndoArea() throws FaultException, IOException {
    var file = Files.writeString(cur.resolveSibling("new/" + LONG + "y"), "long\n");
    editor().remove(List.of(new MessageKey(LONG + "y")));
    assertThat(file).doesNotExist();
    assertThat(replica.undoArea().orElseThrow().list()).hasSize(1);
  }
}

package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Access;
import io.mailtide.replica.maildir.disk.NativeSync;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said when the disk does not take it. */
class DiskFullTest {
  private static final int FULL = 42;

  @TempDir
  Path root;

  @TempDir
  Path logs;

  /**
   * Fills the disk that the tree is on; ends with {@link #FULL} when that was reported as it should
   * be.
   */
  static final class Filler {
    private Filler() {}

    /** Takes the root of the tree. */
    public static void main(String[] arguments) throws FaultException {
      try (var replica = new TestMaildir(Path.of(arguments[0])).open()) {
        replica.editor().orElseThrow().create(FolderName.INBOX);
        var folder = replica.open(FolderName.INBOX, Access.CHANGE);
        var editor = (DeliveringEditor) folder.editor().orElseThrow();
        while (true) {
          var staged = editor.stage();
          try {
            staged.write(ByteBuffer.allocate(30_000));
            staged.end(Instant.EPOCH);
            editor.harden();
          } catch (FaultException e) {
            staged.discard();
            System.exit(
                e.fault().kind() == Kind.DISK_FULL && e.fault().reach() == Reach.REPLICA
                    ? FULL
                    : 1);
          }
          editor.publish(staged.key(), Flags.of("\\Seen"));
        }
      }
    }
  }

  /**
   * On a small file system of its own, in a name space of its own; where that is not allowed, the
   * translation alone is tested.
   */
  @Test
  void aFullDisk_isDiskFull_andStopsTheReplica() throws IOException, InterruptedException {
    if (!mayMount()) {
      assertThat(said(new NativeSync.SyncFailedException(28)).reach()).isEqualTo(Reach.REPLICA);
      return;
    }
    var script = "mount -t tmpfs -o size=300k none \"$0\" || exit 1; \"$@\"; result=$?; "
        + "test \"$(ls \"$0\"/INBOX/cur | wc -l)\" -gt 5 && test -z \"$(ls \"$0\"/INBOX/tmp)\" "
        + "&& exit $result";
    var process = new ProcessBuilder(
            "unshare",
            "-rm",
            "sh",
            "-c",
            script,
            root.toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            Filler.class.getName(),
            root.toString())
        .redirectErrorStream(true)
        .redirectOutput(logs.resolve("filler.log").toFile())
        .start();
    assertThat(process.waitFor())
        .as(Files.readString(logs.resolve("filler.log")))
        .isEqualTo(FULL);
  }

  private boolean mayMount() throws IOException, InterruptedException {
    var mount = "mount -t tmpfs none \"$0\"";
    return new ProcessBuilder("unshare", "-rm", "sh", "-c", mount, root.toString())
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void whatTheSystemSaysWhenWritingBack_decides() {
    assertThat(said(new NativeSync.SyncFailedException(28)).kind()).isEqualTo(Kind.DISK_FULL);
    assertThat(said(new NativeSync.SyncFailedException(122)).kind()).isEqualTo(Kind.DISK_FULL);
    var broken = said(new NativeSync.SyncFailedException(5));
    assertThat(broken.kind()).isEqualTo(Kind.DISK);
    assertThat(broken.reach()).isEqualTo(Reach.REPLICA);
  }

  @Test
  void aDeniedFolder_concernsThatFolder_andNamesThePath() {
    var fault = said(new AccessDeniedException("/mail/A/cur/x"));
    assertThat(fault.kind()).isEqualTo(Kind.DISK);
    assertThat(fault.reach()).isEqualTo(Reach.FOLDER);
    assertThat(fault.doing()).isEqualTo("writing, " + root);
    assertThat(fault.said()).isEqualTo("permission denied: /mail/A/cur/x");
    assertThat(fault.next()).isNotEmpty();
  }

  private Fault said(IOException e) {
    try {
      Faults.translate("writing", root, Reach.FOLDER, () -> {
        throw e;
      });
      throw new AssertionError("nothing was thrown");
    } catch (FaultException fault) {
      return fault.fault();
    }
  }
}

package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Mail and state on a small file system of their own, in a name space of its own. Where that is not
 * allowed, the simulated disk of {@code BadInputTest} must do.
 */
@Execution(ExecutionMode.CONCURRENT)
class DiskFullTest {
  private static final String MOUNT = "mount -t tmpfs -o size=2m none \"$0\" || exit 99; ";

  /** Runs the program, gives the disk more room, runs it again, and takes the mail out. */
  private static final String TWICE = MOUNT
      + "mkdir \"$0/mail\" \"$0/state\"; \"$@\" 2>\"$0.err\"; echo $? >\"$0.exit\"; "
      + "mount -o remount,size=100m \"$0\"; \"$@\"; second=$?; "
      + "cp -a \"$0/mail\" \"$0.kept\"; exit $second";

  @TempDir
  Path directory;

  @Test
  void aFullDisk_isSaidInALineOrTwo_andMadeGoodByTheNextRun() throws Exception {
    var disk = Files.createDirectory(directory.resolve("disk"));
    if (new ProcessBuilder(inNameSpace(MOUNT, disk, List.of())).start().waitFor() != 0) {
      return;
    }
    Files.createSymbolicLink(directory.resolve("mail"), disk.resolve("mail"));
    Files.createSymbolicLink(directory.resolve("state"), disk.resolve("state"));
    try (var dovecot = Dovecot.start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 60, 100_000, 5);
      var program = Program.at(dovecot.port(), directory);
      var ended = program.run(inNameSpace(TWICE, disk, program.command("sync")));
      var said = text("disk.err");
      assertThat(text("disk.exit")).as(said).isEqualTo("5\n");
      assertThat(said).contains("work: ").doesNotContain("Exception", "\tat ");
      assertThat(said.lines().count()).as(said).isBetween(1L, 2L);
      assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
      try (var talk = dovecot.talk("ann")) {
        assertThat(LocalMail.near(directory.resolve("disk.kept").resolve("INBOX")))
            .isEqualTo(LocalMail.far(talk, "INBOX"));
      }
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }

  private static List<String> inNameSpace(String script, Path disk, List<String> command) {
    var all = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, disk.toString()));
    all.addAll(command);
    return all;
  }
}

package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mailtide undo} lists, restores and refuses. */
class UndoCommandTest {
  @TempDir
  Path home = Path.of("");

  private Path mail = Path.of("");
  private TestHost host = TestHost.in(home);

  @BeforeEach
  void remove() throws IOException {
    mail = home.resolve("Mail");
    host = TestHost.in(home).store(1);
    removed("2026-11-20/INBOX/cur/1.old:2,FST", """
        From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
        Subject: =?utf-8?b?R3LDvMOfZQ==?=
         from here
        Date: Fri, 20 Nov 2026 10:00:00 +0000

        body
        """);
    removed("2026-11-21/Lists/News/cur/2.new:2,", "\nneither sender nor subject\n");
  }

  private void removed(String path, String message) throws IOException {
    var file = mail.resolve(".mailtide/removed").resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, message);
  }

  private List<String> ids() {
    return host.run("undo", "work")
        .out()
        .lines()
        .filter(line -> line.startsWith("  "))
        .map(line -> line.strip().split(" ", 2)[0])
        .toList();
  }

  private static List<String> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void lists_whatWasRemovedLastFirst() {
    var ran = host.run("undo");
    assertThat(ran.code()).as(ran.err()).isZero();
    var lines = ran.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("work: 2 messages removed;");
    assertThat(lines.get(1)).contains("Lists/News", "(nobody): (no subject)");
    assertThat(lines.get(2)).contains("INBOX", "Jürgen <j@example.org>: Grüße from", "Fri, 20 Nov");
  }

  @Test
  void asJson_eachIsAnEvent() {
    var ran = host.run("undo", "--json", "--folder", "INBOX");
    assertThat(ran.out().lines().filter(line -> line.contains("\"removed\"")))
        .singleElement()
        .asString()
        .contains("\"from\":\"Jürgen <j@example.org>\"", "\"restored\":false");
  }

  @Test
  void restore_putsThoseBack() throws IOException {
    var id = ids().get(1);
    var ran = host.run("undo", "work", "--restore", id);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains(id, "work: 1 message restored");
    assertThat(files(mail.resolve("INBOX/cur")))
        .singleElement()
        .asString()
        .doesNotStartWith("1.old")
        .endsWith(":2,FS");
    assertThat(ids()).hasSize(1).doesNotContain(id);
    var again = host.run("undo", "work", "--restore", id);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("no removed message is called " + id);
  }

  @Test
  void restoreAll_putsBackWhatIsListed() throws IOException {
    var ran = host.run("undo", "--restore-all", "--since", "2026-11-21", "--folder", "Lists/*");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(files(mail.resolve("Lists/News/new"))).hasSize(1);
    assertThat(ids()).hasSize(1);
    assertThat(mail.resolve("INBOX")).doesNotExist();
  }

  @Test
  void whatIsNothing_isRefused() {
    assertThat(host.run("undo", "play").code()).isEqualTo(2);
    assertThat(host.run("undo", "--restore-all", "--restore", "1").code()).isEqualTo(2);
    assertThat(host.run("undo", "--since", "yesterday").code()).isEqualTo(2);
  }

  @Test
  void whileTheStoreIsSynchronised_nothingIsListed() throws IOException {
    var state = Files.createDirectories(home.resolve(".local/state/mailtide"));
    try (var lock = FileChannel.open(
        state.resolve("work.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock();
      var ran = host.run("undo");
      assertThat(ran.code()).isEqualTo(5);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("another run of Mailtide is synchronising it");
      assertThat(host.run("undo", "--json").out())
          .containsPattern("\"event\":\"error\".*\"store\":\"work\",.*\"kind\":\"busy\","
              + ".*\"doing\":\"[^\"]+\",\"said\":\"another run[^\"]+\",\"next\":\"[^\"]+\"");
      var restoring = host.run("undo", "--restore", "any");
      assertThat(restoring.code()).isEqualTo(5);
      assertThat(restoring.err()).as("nobody knows").doesNotContain("no removed message");
    }
  }
}

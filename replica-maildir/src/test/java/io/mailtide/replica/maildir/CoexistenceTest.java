package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.testkit.FetchedBodies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real mutt and notmuch at work on the same Maildir: what each does, the other sees. */
class CoexistenceTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");
  private static final long MINUTES_MAX = 5;

  @TempDir
  Path directory;

  private Path mail;
  private Replica replica;
  private final List<MessageKey> keys = new ArrayList<>();

  @BeforeEach
  void deliver() throws FaultException {
    mail = directory.resolve("mail");
    replica = new TestMaildir(mail).open();
    replica.editor().orElseThrow().create(FolderName.INBOX);
    replica.editor().orElseThrow().create(ARCHIVE);
    var folder = replica.open(FolderName.INBOX, Access.CHANGE);
    for (var number = 0; number < 4; number++) {
      keys.add(deliver(folder, number, Flags.of("\\Seen", "todo")));
    }
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private static String message(int number) {
    return "From: ann@example.org\r\nMessage-ID: <%d@example.org>\r\nSubject: number %d\r\n"
            .formatted(number, number)
        + "Date: Sat, 1 Feb 2003 04:05:06 +0000\r\n\r\nbody\r\n";
  }

  private static MessageKey deliver(ReplicaFolder folder, int number, Flags flags)
      throws FaultException {
    var editor = (DeliveringEditor) folder.editor().orElseThrow();
    var staged = editor.stage();
    staged.write(ByteBuffer.wrap(message(number).getBytes(StandardCharsets.UTF_8)));
    staged.end(Instant.parse("2003-02-01T04:05:06Z"));
    assertThat(editor.publish(staged.key(), flags)).isTrue();
    return staged.key();
  }

  private void setFlags(MessageKey key, Flags add) throws FaultException {
    var folder = replica.open(FolderName.INBOX, Access.CHANGE);
    folder.editor().orElseThrow().setFlags(List.of(new FlagChange(key, add, Flags.NONE)));
  }

  private Map<MessageKey, Flags> scan(FolderName name) throws FaultException {
    var found = new HashMap<MessageKey, Flags>();
    var scan = TestMaildir.scan(replica.open(name), found);
    assertThat(scan.complete()).isTrue();
    return found;
  }

  private Observed settled() throws FaultException {
    scan(FolderName.INBOX);
    var checkpoint =
        replica.editor().orElseThrow().settle(Set.of(FolderName.INBOX)).get(FolderName.INBOX);
    return new Observed(Maildir.GENERATION, Objects.requireNonNull(checkpoint));
  }

  private boolean unchanged(Observed since) throws FaultException {
    return replica.folders(Map.of(FolderName.INBOX, since)).stream()
        .anyMatch(folder -> folder.name().equals(FolderName.INBOX) && folder.unchanged());
  }

  private String ran(Map<String, String> variables, String... command)
      throws IOException, InterruptedException {
    var output = directory.resolve("output");
    var builder = new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(output.toFile());
    builder.environment().putAll(variables);
    builder.environment().put("HOME", directory.toString());
    var process = builder.start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("does not end: " + Files.readString(output));
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  /** Has mutt press these keys in the INBOX, on a terminal of its own, and leave it. */
  private void mutt(String keysPressed) throws IOException, InterruptedException {
    var settings = Files.write(
        directory.resolve("muttrc"),
        List.of(
            "set mbox_type=Maildir",
            "set folder=" + mail,
            "set confirmappend=no confirmcreate=no delete=yes move=no mark_old=no",
            "set wait_key=no quit=yes timeout=1",
            "push \"" + keysPressed + "<quit>\""));
    var inbox = mail.resolve("INBOX");
    var command = "mutt -n -F '%s' -f '%s'".formatted(settings, inbox);
    ran(Map.of("TERM", "xterm"), "script", "-qec", command, "/dev/null");
  }

  /** What mutt has written to the archive, without the field that it adds. */
  private List<String> written(Map<MessageKey, Flags> messages) throws FaultException {
    var bodies = new FetchedBodies();
    replica.open(ARCHIVE).fetch(List.copyOf(messages.keySet()), bodies);
    return bodies.whole.values().stream()
        .map(body -> body.replace("Content-Length: 5\r\n", ""))
        .toList();
  }

  private String notmuch(String... arguments) throws IOException, InterruptedException {
    var config = directory.resolve("notmuch-config");
    Files.write(
        config,
        List.of(
            "[database]", "path=" + mail,
            "[new]", "tags=unread;inbox",
            "[maildir]", "synchronize_flags=true"));
    var command = new ArrayList<>(List.of("notmuch"));
    command.addAll(List.of(arguments));
    return ran(Map.of("NOTMUCH_CONFIG", config.toString()), command.toArray(String[]::new));
  }

  @Test
  void whatMuttDoes_isSeen_andNothingElse() throws Exception {
    var before = settled();
    assertThat(unchanged(before)).isTrue();
    mutt("<search>~s 'number 0'<enter><flag-message>"
        + "<search>~s 'number 1'<enter><delete-message>"
        + "<search>~s 'number 2'<enter><save-message>=Archive<enter>");
    assertThat(unchanged(before)).isFalse();
    assertThat(scan(FolderName.INBOX))
        .isEqualTo(Map.of(
            keys.get(0), Flags.of("\\Seen", "todo", "\\Flagged"),
            keys.get(3), Flags.of("\\Seen", "todo")));
    var moved = scan(ARCHIVE);
    assertThat(moved).hasSize(1);
    assertThat(written(moved)).containsExactly(message(2));
  }

  @Test
  void whatWeDo_isSeenByMutt() throws Exception {
    setFlags(keys.get(3), Flags.of("\\Flagged"));
    deliver(replica.open(FolderName.INBOX, Access.CHANGE), 4, Flags.of("\\Flagged"));
    deliver(replica.open(FolderName.INBOX, Access.CHANGE), 5, Flags.NONE);
    mutt("<tag-pattern>~F<enter><tag-prefix><copy-message>=Archive<enter>"
        + "<search>~N<enter><flag-message>");
    assertThat(written(scan(ARCHIVE))).containsExactlyInAnyOrder(message(3), message(4));
    var flagged = scan(FolderName.INBOX).values().stream()
        .filter(flags -> flags.contains("\\Flagged"))
        .count();
    assertThat(flagged).isEqualTo(3);
  }

  @Test
  void whatNotmuchTags_isSeen_andWhatWeDoIsSeenByIt() throws Exception {
    var fresh = deliver(replica.open(FolderName.INBOX, Access.CHANGE), 4, Flags.NONE);
    notmuch("new", "--quiet");
    var before = settled();
    notmuch("tag", "-unread", "+flagged", "--", "id:4@example.org");
    notmuch("tag", "+replied", "--", "id:0@example.org");
    assertThat(unchanged(before)).isFalse();
    assertThat(scan(FolderName.INBOX))
        .isEqualTo(Map.of(
            keys.get(0),
            Flags.of("\\Seen", "todo", "\\Answered"),
            keys.get(1),
            Flags.of("\\Seen", "todo"),
            keys.get(2),
            Flags.of("\\Seen", "todo"),
            keys.get(3),
            Flags.of("\\Seen", "todo"),
            fresh,
            Flags.of("\\Seen", "\\Flagged")));

    setFlags(keys.get(1), Flags.of("$Forwarded"));
    replica
        .open(FolderName.INBOX, Access.CHANGE)
        .editor()
        .orElseThrow()
        .move(List.of(keys.get(2)), ARCHIVE);
    deliver(replica.open(FolderName.INBOX, Access.CHANGE), 5, Flags.of("\\Flagged"));
    notmuch("new", "--quiet");
    assertThat(notmuch("search", "--output=messages", "tag:passed").strip())
        .isEqualTo("id:1@example.org");
    assertThat(notmuch("search", "--output=messages", "folder:Archive").strip())
        .isEqualTo("id:2@example.org");
    assertThat(notmuch("count", "tag:flagged").strip()).isEqualTo("2");
    assertThat(notmuch("count", "--output=files", "*").strip()).isEqualTo("6");
  }
}

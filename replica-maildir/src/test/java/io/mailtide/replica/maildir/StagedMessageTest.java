package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every message comes back as it was, whatever its line ends. */
class StagedMessageTest {
  private static final Instant ARRIVED = Instant.parse("1999-12-31T23:59:58Z");
  private static final byte[][] ATOMS = {
    {'\r', '\n'}, {'\r'}, {'\n'}, {0}, {(byte) 0xE9}, {'a', 'b'}, {'\r', '\r', '\n'}, {'\n', '\r'}
  };

  @TempDir
  Path root;

  private Replica replica;
  private DeliveringEditor editor;

  @BeforeEach
  void open() throws FaultException {
    replica = new TestMaildir(root).open();
    replica.editor().orElseThrow().create(FolderName.INBOX);
    editor = DeliveringEditor.of(replica.open(FolderName.INBOX, Access.CHANGE));
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private MessageKey deliver(byte[] body, int step) throws FaultException {
    var staged = editor.stage();
    for (var from = 0; from < body.length; from += step) {
      staged.write(ByteBuffer.wrap(body, from, Math.min(step, body.length - from)));
    }
    staged.end(ARRIVED);
    assertThat(editor.publish(staged.key(), Flags.NONE)).isTrue();
    return staged.key();
  }

  private Path file(MessageKey key) {
    return root.resolve("INBOX/new").resolve(key.value());
  }

  private byte[] read(MessageKey key) throws FaultException {
    var bytes = new ByteArrayOutputStream();
    assertThat(editor.read(key, part -> {
          var piece = new byte[part.remaining()];
          part.get(piece);
          bytes.writeBytes(piece);
        }))
        .isTrue();
    return bytes.toByteArray();
  }

  private void assertComesBack(byte[] body, String form) throws FaultException, IOException {
    var key = deliver(body, Math.max(1, body.length / 2));
    assertThat(read(key)).isEqualTo(body);
    assertThat(Files.readString(file(key), StandardCharsets.ISO_8859_1)).isEqualTo(form);
    assertThat(Files.getLastModifiedTime(file(key)).toInstant()).isEqualTo(ARRIVED);
  }

  private void assertComesBack(String body, String form) throws FaultException, IOException {
    assertComesBack(body.getBytes(StandardCharsets.ISO_8859_1), form);
  }

  @Test
  void lineEndsThatAreAllCrlf_becomeLf() throws FaultException, IOException {
    assertComesBack("a: b\r\n\r\nc\r\n", "a: b\n\nc\n");
    assertComesBack("no end\r\nof line", "no end\nof line");
    assertComesBack("", "");
    assertComesBack("none at all", "none at all");
  }

  @Test
  void anythingElse_staysAsItComes() throws FaultException, IOException {
    for (var body : new String[] {
      "a\r\nb\nc\r\n",
      "a\nb\n",
      "a\r\nb\rc\r\n",
      "a\r\nb\r",
      "\r",
      "\n",
      "\r\r\n",
      "\n\r",
      "a\r\n\0\r\n\n"
    }) {
      assertComesBack(body, body);
    }
  }

  @Test
  void everyMessageComesBack() throws FaultException {
    var seed = 42L;
    var random = new Random(seed);
    for (var i = 0; i < 1_500; i++) {
      var body = new ByteArrayOutputStream();
      var atoms = random.nextBoolean() ? ATOMS.length : 2;
      for (var length = random.nextInt(12); length > 0; length--) {
        body.writeBytes(ATOMS[random.nextInt(atoms)]);
      }
      var bytes = body.toByteArray();
      assertThat(read(deliver(bytes, random.nextInt(1, 5))))
          .as("seed %d, message %d", seed, i)
          .isEqualTo(bytes);
    }
  }

  @Test
  void everyLargeMessageComesBack_whereverItStopsBeingCrlf() throws FaultException {
    var line = ("x".repeat(76) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    var body = new byte[line.length * 6_000];
    for (var i = 0; i < 6_000; i++) {
      System.arraycopy(line, 0, body, i * line.length, line.length);
    }
    for (var at : new int[] {0, 76, 77, 65_535, 65_536, 131_071, 131_072, body.length - 1}) {
      for (var c : new byte[] {'\n', '\r', 'y'}) {
        var odd = body.clone();
        odd[at] = c;
        assertThat(read(deliver(odd, 10_007))).as("%d at %d", c, at).isEqualTo(odd);
      }
    }
    assertThat(read(deliver(body, 65_536))).isEqualTo(body);
  }

  @Test
  void filesOfOtherPrograms_areReadWithCrlf() throws FaultException, IOException {
    Files.writeString(root.resolve("INBOX/new/1.lf"), "a\nb\n");
    Files.writeString(root.resolve("INBOX/new/1.crlf"), "a\r\nb\r\n");
    Files.writeString(root.resolve("INBOX/new/1.both,R=1"), "a\rb\n");
    assertThat(read(new MessageKey("1.lf"))).asString().isEqualTo("a\r\nb\r\n");
    assertThat(read(new MessageKey("1.crlf"))).asString().isEqualTo("a\r\nb\r\n");
    assertThat(read(new MessageKey("1.both,R=1"))).asString().isEqualTo("a\rb\r\n");
  }
}

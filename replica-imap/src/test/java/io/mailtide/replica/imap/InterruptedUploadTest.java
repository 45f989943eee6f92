package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.replica.imap.Fixture.Sent;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.FaultProxy;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Large uploads, and those that end early. */
final class InterruptedUploadTest {
  private static final byte[] HEAD = "Subject: large\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LINE =
      ("0123456789".repeat(7) + "\r\n").getBytes(StandardCharsets.US_ASCII);
  private static final String SMALL = "Subject: small\r\n\r\n";

  /** A message of so many lines, made as it is asked for. */
  private static Content lines(int count) {
    return sink -> {
      sink.write(ByteBuffer.wrap(HEAD));
      for (int line = 0; line < count; line++) {
        sink.write(ByteBuffer.wrap(LINE));
      }
      return true;
    };
  }

  private static long size(int lines) {
    return HEAD.length + (long) lines * LINE.length;
  }

  private static String sha256(int lines) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(HEAD);
      for (int line = 0; line < lines; line++) {
        digest.update(LINE);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void upload_hundredMegabytes_isByteExact() throws FaultException {
    int lines = 1_500_000;
    assertThat(size(lines)).isGreaterThan(100_000_000);
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann")) {
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var folder = replica.open(FolderName.INBOX, Access.CHANGE);
        var sent = Sent.to(folder, Sent.message("a", size(lines), lines(lines)));
        assertThat(sent.stored).containsOnlyKeys("a");
      }
      assertThat(talk.held("INBOX"))
          .singleElement()
          .satisfies(held -> assertThat(held.sha256()).isEqualTo(sha256(lines)));
    }
  }

  /** The second half is made only when the server has most of the first. */
  @Test
  void upload_large_isNotKeptInMemory() throws IOException, FaultException {
    int half = 40_000;
    int most = (int) size(half) - (1 << 18);
    var heard = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(conversation -> {
          UploadQuirksTest.greet(conversation);
          conversation.expectMatching("m5 APPEND .*");
          conversation.send("+ go on\r\n").bytes(most);
          heard.countDown();
          conversation.bytes((int) size(2 * half) - most);
          conversation.expect("").send("m5 OK [APPENDUID 7 31]\r\n").expect("m6 LOGOUT");
        });
        var replica = Fixture.at(peer.port()).open()) {
      var sent = Sent.to(
          replica.open(FolderName.INBOX, Access.CHANGE), Sent.message("a", size(2 * half), sink -> {
            lines(half).writeTo(sink);
            await(heard);
            for (int line = 0; line < half; line++) {
              sink.write(ByteBuffer.wrap(LINE));
            }
            return true;
          }));
      assertThat(sent.stored).containsOnlyKeys("a");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The server keeps nothing of a message that did not come whole. */
  @Test
  void upload_cutInTheMidst_leavesNothingOfIt() throws IOException, FaultException {
    int lines = 100_000;
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann");
        var proxy = FaultProxy.before("127.0.0.1", dovecot.port());
        var replica = Fixture.at(proxy.port()).open()) {
      var editor = Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE));
      var sent = new Sent();
      var cut = Sent.message("large", size(lines), sink -> {
        sink.write(ByteBuffer.wrap(HEAD));
        for (int line = 0; line < lines; line++) {
          if (line == lines / 2) {
            close(proxy);
          }
          sink.write(ByteBuffer.wrap(LINE));
        }
        return true;
      });
      var messages = List.of(Sent.message("before", SMALL), cut, Sent.message("behind", SMALL));
      var thrown = catchThrowableOfType(FaultException.class, () -> editor.upload(messages, sent));
      assertThat(thrown.fault().kind()).isEqualTo(Kind.NETWORK);
      assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
      assertThat(sent.stored).containsOnlyKeys("before");
      assertThat(sent.refused).isEmpty();
      assertThat(sent.vanished).isEmpty();
      assertThat(talk.held("INBOX")).hasSize(1);
    }
  }

  private static void close(FaultProxy proxy) {
    try {
      proxy.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing is told of a message whose end the server had, and whose fate it did not tell. */
  @Test
  void upload_replyLost_isInDoubt() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1 LITERAL+ UIDPLUS MULTIAPPEND")
        .mailbox(0, "UIDVALIDITY 7,UIDNEXT 31")
        .on("APPEND", Answers.CUT);
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      var editor = Sent.editor(replica.open(FolderName.INBOX, Access.CHANGE));
      var sent = new Sent();
      var messages = List.of(Sent.message("a", SMALL), Sent.message("b", SMALL));
      var thrown = catchThrowableOfType(FaultException.class, () -> editor.upload(messages, sent));
      assertThat(thrown.fault().kind()).isEqualTo(Kind.NETWORK);
      assertThat(thrown.fault().reach()).isEqualTo(Reach.REPLICA);
      assertThat(sent.stored).isEmpty();
      assertThat(sent.refused).isEmpty();
      assertThat(server.literals()).containsExactly(SMALL, SMALL);
    }
  }
}

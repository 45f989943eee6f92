package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is said of Cyrus and Courier, asked of them. */
@Execution(ExecutionMode.CONCURRENT)
final class ImapServerTest {
  private static final Instant ARRIVED = Instant.ofEpochSecond(1_000_000_000);

  private static byte[] wire(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertHolds(ImapServer server, String folder, int step) {
    try (var talk = server.talk("ann")) {
      var mailbox = server.mailbox(folder);
      if (!folder.equals("INBOX")) {
        talk.send("CREATE \"" + mailbox + "\"");
      }
      var sent = new ArrayList<String>();
      var messages = Corpus.messages();
      for (int index = 0; index < messages.size(); index += step) {
        var message = messages.get(index).wire();
        if (server.keeps(message)) {
          talk.append(mailbox, message, "\\Seen todo", ARRIVED);
          sent.add(ImapTalk.sha256(message));
        }
      }
      var held = talk.held(mailbox);
      assertThat(held).extracting(ImapTalk.Held::sha256).isEqualTo(sent);
      assertThat(held).allSatisfy(one -> {
        assertThat(one.flags()).containsExactly("\\Seen", "todo");
        assertThat(one.arrived()).isEqualTo(ARRIVED);
      });
    }
  }

  private static boolean takes(ImapServer server, String text) {
    try (var talk = server.talk("ann")) {
      talk.append("INBOX", wire(text), "", ARRIVED);
      return true;
    } catch (IllegalStateException refused) {
      return false;
    }
  }

  private static boolean isChanged(ImapServer server, String text) {
    try (var talk = server.talk("ann")) {
      talk.append("INBOX", wire(text), "", ARRIVED);
      return !talk.held("INBOX").getLast().sha256().equals(ImapTalk.sha256(wire(text)));
    }
  }

  @Test
  void cyrus_keepsAsItSays() {
    try (var server = ImapServer.cyrus()) {
      assertHolds(server, "INBOX", 60);
      assertHolds(server, "A/B", 600);
      for (var refused : new String[] {"A: b\r\n\r\n\0\r\n", "A: b\r\n\r\nc\nd\r\n", "a b\r\n"}) {
        assertThat(server.keeps(wire(refused))).isFalse();
        assertThat(takes(server, refused)).as(refused).isFalse();
      }
      assertThat(server.keeps(wire("A: \u00e4\r\n\r\n"))).isFalse();
      assertThat(isChanged(server, "A: \u00e4\r\n\r\n")).isTrue();
    }
  }

  @Test
  void courier_keepsAsItSays() {
    try (var server = ImapServer.courier()) {
      assertHolds(server, "INBOX", 60);
      assertHolds(server, "A/B", 600);
      for (var changed : new String[] {"A: b\r\n\r\nc\rd\r\n", "A: b\r\n\r\nc"}) {
        assertThat(server.keeps(wire(changed))).isFalse();
        assertThat(isChanged(server, changed)).as(changed).isTrue();
      }
    }
  }

  @Test
  void wrongPassword_isRefused() {
    try (var cyrus = ImapServer.cyrus();
        var courier = ImapServer.courier()) {
      for (var server : new ImapServer[] {cyrus, courier}) {
        assertThatThrownBy(() -> ImapTalk.signIn(server.port(), "ann", "wrong"))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }
}

package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.SyntheticMail;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The poor server: IMAP4rev1 and little else. */
final class GreenMailTest {
  @Test
  void pull_withoutAnyExtension_findsNewChangedAndGone() throws FaultException {
    var setup = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP);
    setup.setServerStartupTimeout(300_000);
    var mail = new GreenMail(setup);
    mail.start();
    try {
      mail.setUser("ann", "secret");
      int port = mail.getImap().getPort();
      var wire = Corpus.crlf(SyntheticMail.message(1, 1, 3_000));
      var memory = new Memory();
      try (var talk = ImapTalk.signIn(port, "ann", "secret")) {
        for (int count = 0; count < 3; count++) {
          talk.append("INBOX", wire, "\\Seen", Instant.ofEpochSecond(1_000_000_000));
        }
        var bodies = new Bodies();
        try (var replica = Fixture.at(port).open()) {
          assertThat(replica.folders(Map.of()))
              .contains(new FolderSummary(FolderName.INBOX, false));
          var folder = replica.open(FolderName.INBOX);
          assertThat(memory.scan(folder).complete()).isTrue();
          var uids =
              memory.messages.keySet().stream().mapToLong(Long::longValue).toArray();
          folder.fetch(Fixture.keys(uids), bodies);
        }
        assertThat(memory.messages.values()).containsOnly(Flags.of("\\Seen")).hasSize(3);
        assertThat(bodies.taken.values())
            .extracting(Bodies.Taken::sha256)
            .containsOnly(ImapTalk.sha256(wire));

        long first = memory.messages.firstKey();
        long last = memory.messages.lastKey();
        talk.send("SELECT INBOX");
        talk.send("UID STORE " + first + " +FLAGS (\\Deleted)");
        talk.send("EXPUNGE");
        talk.send("UID STORE " + last + " +FLAGS (\\Flagged)");
        talk.append("INBOX", wire, "", Instant.ofEpochSecond(1_000_000_000));
        try (var replica = Fixture.at(port).open()) {
          replica.folders(Fixture.known(FolderName.INBOX, memory));
          var folder = replica.open(FolderName.INBOX);
          memory.scan(folder);
          assertThat(folder.confirmGone(Set.copyOf(Fixture.keys(first, last))))
              .isEqualTo(Set.copyOf(Fixture.keys(first)));
        }
        assertThat(memory.messages).hasSize(3).doesNotContainKey(first);
        assertThat(memory.messages).containsEntry(last, Flags.of("\\Seen", "\\Flagged"));
      }
    } finally {
      mail.stop();
    }
  }
}

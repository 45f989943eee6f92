package io.mailtide.replica.imap;

import static io.mailtide.replica.imap.QuirkyStore.INBOX;
import static io.mailtide.replica.imap.QuirkyStore.PLAIN;
import static io.mailtide.replica.imap.QuirkyStore.assertDone;
import static io.mailtide.replica.imap.QuirkyStore.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.replica.imap.session.ServerProfile;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.wire.imap.Capabilities;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How makes of servers are recognised, and what is done differently there. The numbers are those of
 * the list of quirks.
 */
final class ProviderQuirksTest {
  private static final String EXCHANGE = "The Microsoft Exchange IMAP4 service is ready.";
  private static final String GMAIL = PLAIN + " X-GM-EXT-1 SPECIAL-USE";
  private static final FolderName ALL = FolderName.parse("[Gmail]/All Mail");
  private static final FolderName WORK = FolderName.parse("Work");

  @TempDir
  private Path directory = Path.of("");

  private QuirkyStore store = new QuirkyStore(directory);

  @BeforeEach
  void begin() {
    store = new QuirkyStore(directory);
  }

  @ParameterizedTest
  @CsvSource({
    "IMAP4rev1 X-GM-EXT-1, Gimap ready, '', imap.example.org, GMAIL",
    "IMAP4rev1 XAPPLEPUSHSERVICE, ready, '', p1-imap.mail.me.com, ICLOUD",
    "IMAP4rev1 XAPPLEPUSHSERVICE, ready, '', imap.example.org, GENERIC",
    "IMAP4rev1, The Microsoft Exchange IMAP4 service is ready., '', outlook.office365.com, OUTLOOK",
    "IMAP4rev1, The Microsoft Exchange IMAP4 service is ready., '', mail.example.org, EXCHANGE",
    "IMAP4rev1, ready, '', outlook.office365.com, GENERIC",
    "IMAP4rev1, ready, gluon, 127.0.0.1, PROTON",
    "IMAP4rev1, Proton Mail Bridge, '', 127.0.0.1, PROTON",
    "IMAP4rev1, GMX IMAP server ready, '', imap.gmx.net, GMX",
    "IMAP4rev1, Yandex IMAP4rev1, '', imap.yandex.com, YANDEX",
    "IMAP4rev1, Coremail System IMap Server Ready, '', imap.163.com, COREMAIL",
    "IMAP4rev1, ready, Courier-IMAP, imap.example.org, COURIER",
    "IMAP4rev1, ready, '', IMAP.mail.YAHOO.com, YAHOO",
    "IMAP4rev1, ready, '', imap.aol.com, YAHOO",
    "IMAP4rev1, ready, '', notyahoo.com, GENERIC",
    "IMAP4rev1 XYMHIGHESTMODSEQ, ready, '', imap.example.org, YAHOO",
    "IMAP4rev1, Dovecot ready., Dovecot, imap.example.org, GENERIC"
  })
  void of_whatItSaysAndWhereItIs_recognises(
      String capabilities, String greeting, String name, String host, ServerProfile expected) {
    assertThat(ServerProfile.of(
            Capabilities.of(capabilities.split(" ", -1)), greeting, Map.of("name", name), host))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(Workaround.class)
  void workaround_hasASourceAndAServer(Workaround workaround) {
    assertThat(workaround.rows()).isNotEmpty();
    assertThat(ServerProfile.values()).anyMatch(profile -> profile.has(workaround));
  }

  /** 44: at iCloud; 39: at Yahoo. */
  @Test
  void row44_row39_changesNotToBeBelieved_areNotAskedFor() {
    assertThat(ServerProfile.ICLOUD.has(Workaround.NO_QRESYNC)).isTrue();
    assertThat(ServerProfile.YAHOO.has(Workaround.NO_CONDSTORE)).isTrue();
  }

  /** 44, 46: QRESYNC is not switched on, and changes are asked for without VANISHED. */
  @Test
  void row44_noQresync_isNotEnabled() throws Exception {
    var abilities = "IMAP4rev1 ENABLE CONDSTORE QRESYNC";
    var server = Answers.greeting("* OK [CAPABILITY " + abilities + "] Proton Mail Bridge ready")
        .on("LOGIN", "%t OK in")
        .on("CAPABILITY", "* CAPABILITY " + abilities + "\n%t OK done")
        .on("ENABLE CONDSTORE", "* ENABLED CONDSTORE\n%t OK done")
        .on("LIST", "* LIST () \"/\" INBOX\n%t OK done")
        .on("STATUS", "%t NO not now")
        .mailbox(2, "UIDVALIDITY 7,UIDNEXT 3,HIGHESTMODSEQ 9")
        .on("UID FETCH 1:*", "* 1 FETCH (UID 1 FLAGS ())\n* 2 FETCH (UID 2 FLAGS ())\n%t OK")
        .on("UID FETCH 1:2 (UID FLAGS) (CHANGEDSINCE 9)", "%t OK");
    var memory = new Memory();
    scan(server, memory);
    server.mailbox(2, "UIDVALIDITY 7,UIDNEXT 3,HIGHESTMODSEQ 12");
    scan(server, memory);
    assertThat(server.heard()).noneMatch(line -> line.contains("QRESYNC"));
    assertThat(server.heard()).noneMatch(line -> line.contains("VANISHED"));
    assertThat(memory.messages).containsOnlyKeys(1L, 2L);
  }

  private static List<String> scan(Answers server, Memory memory) throws Exception {
    try (var peer = ScriptedPeer.playing(server)) {
      var fixture = Fixture.at(peer.port());
      try (var replica = fixture.open()) {
        replica.folders(Fixture.known(INBOX, memory));
        memory.scan(replica.open(INBOX));
      }
      return fixture.notices;
    }
  }

  /** 13: calendar, contacts and files are left out, and what a user has under such a name stays. */
  @Test
  void row13_nonMailFolders_areLeftOut() throws IOException {
    for (var name : List.of("Calendar", "Calendar/Birthdays", "Contacts", "Files", "Calendars")) {
      store.server.put(name, message(1));
    }
    var outcome = store.run(store.greeting(EXCHANGE, "IMAP4rev1 UIDPLUS"));
    assertThat(outcome.failure()).isEmpty();
    assertThat(store.near.folderNames()).containsExactly(FolderName.parse("Calendars"), INBOX);
    assertThat(store.heard).noneMatch(line -> line.contains("\"Contacts\""));
    outcome = store.run(store.greeting("ready", PLAIN));
    assertThat(outcome.failure()).isEmpty();
    assertThat(store.near.folderNames()).contains(FolderName.parse("Contacts"));
    store.run(store.greeting(EXCHANGE, "IMAP4rev1 UIDPLUS"));
    assertThat(store.texts(FolderName.parse("Contacts"))).containsExactly(message(1));
    assertThat(store.server.texts("Contacts")).containsExactly(message(1));
  }

  private void gmail() throws IOException {
    store.server.box("[Gmail]/All Mail").attributes.add("\\All");
    store.server.box("[Gmail]/Bin").attributes.add("\\Trash");
    for (var name : List.of("INBOX", "Work", "[Gmail]/All Mail")) {
      store.server.put(name, message(1));
      store.server.put(name, message(2));
    }
    assertThat(store.run(store.greeting("Gimap ready", GMAIL)).failure()).isEmpty();
  }

  /** 26: what is removed from a label loses that label, and nothing else. */
  @Test
  void row26_removedFromALabel_staysInAllMail() throws IOException {
    gmail();
    store.removeFirst(WORK);
    assertThat(store.run(store.greeting("Gimap ready", GMAIL)).failure()).isEmpty();
    assertThat(store.server.texts("Work")).containsExactly(message(2));
    assertThat(store.server.texts("[Gmail]/All Mail")).hasSize(2);
    assertThat(store.server.texts("[Gmail]/Bin")).isEmpty();
    assertThat(store.notices).hasSize(1).allMatch(notice -> notice.contains("Auto-Expunge"));
  }

  /** 26: what is removed from All Mail goes to the Trash, by which alone it is removed. */
  @Test
  void row26_removedFromAllMail_goesToTheTrash() throws IOException {
    gmail();
    store.removeFirst(ALL);
    assertThat(store.run(store.greeting("Gimap ready", GMAIL)).failure()).isEmpty();
    assertThat(store.server.texts("[Gmail]/All Mail")).containsExactly(message(2));
    assertThat(store.server.texts("[Gmail]/Bin")).containsExactly(message(1));
    assertThat(store.run(store.greeting("Gimap ready", GMAIL)).failure()).isEmpty();
    assertThat(store.texts(FolderName.parse("[Gmail]/Bin"))).containsExactly(message(1));
    assertThat(store.run(store.greeting("Gimap ready", GMAIL)).failure()).isEmpty();
    assertThat(store.heavy()).isEmpty();
  }

  /** 26: the user's own word goes before what is usual there. */
  @ParameterizedTest
  @ValueSource(strings = {"trash", "expunge"})
  void row26_removalsConfigured_areAsTheUserSays(String removals) throws IOException {
    store.settings.put("removals", removals);
    gmail();
    store.removeFirst(ALL);
    store.removeFirst(WORK);
    assertThat(store.run(store.greeting("Gimap ready", GMAIL)).failure()).isEmpty();
    assertThat(store.server.texts("[Gmail]/All Mail")).containsExactly(message(2));
    assertThat(store.server.texts("[Gmail]/Bin")).hasSize(removals.equals("trash") ? 2 : 0);
    assertThat(store.notices).isEmpty();
  }

  /** 46, 50: where a UID may name another message by now, nothing is removed for good. */
  @ParameterizedTest
  @ValueSource(strings = {"Proton Mail Bridge ready", "GMX ready"})
  void row46_row50_removedHere_goesToTheTrash(String greeting) throws IOException {
    store.server.box("Trash").attributes.add("\\Trash");
    store.server.put("INBOX", message(1));
    assertThat(store.run(store.greeting(greeting, PLAIN)).failure()).isEmpty();
    store.removeFirst(INBOX);
    assertThat(store.run(store.greeting(greeting, PLAIN)).failure()).isEmpty();
    assertThat(store.server.texts("INBOX")).isEmpty();
    assertThat(store.server.texts("Trash")).containsExactly(message(1));
  }

  /** 30: changes show later than the counter says: what was just counted is asked for once more. */
  @Test
  void row30_changeShowsLate_isSeen() throws Exception {
    var abilities = "IMAP4rev1 CONDSTORE X-GM-EXT-1";
    var server = Answers.server(abilities)
        .mailbox(1, "UIDVALIDITY 7,UIDNEXT 3,HIGHESTMODSEQ 10")
        .on("STATUS", "* STATUS INBOX (MESSAGES 1 UIDNEXT 3 UIDVALIDITY 7 HIGHESTMODSEQ 20)\n%t OK")
        .on("UID FETCH 1:*", "* 1 FETCH (UID 2 FLAGS ())\n%t OK")
        .on(
            "UID FETCH 1:2 (UID FLAGS) (CHANGEDSINCE 10)",
            "%t OK",
            "* 1 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (20))\n%t OK");
    var memory = new Memory();
    scan(server, memory);
    server.mailbox(1, "UIDVALIDITY 7,UIDNEXT 3,HIGHESTMODSEQ 20");
    scan(server, memory);
    assertThat(memory.messages).containsEntry(2L, Flags.NONE);
    scan(server, memory);
    assertThat(memory.messages).containsEntry(2L, Flags.of("\\Seen"));
    try (var peer = ScriptedPeer.playing(server);
        var replica = Fixture.at(peer.port()).open()) {
      assertThat(replica.folders(Fixture.known(INBOX, memory)).getFirst().unchanged())
          .as("settled")
          .isTrue();
    }
  }

  /** 35: what a full window does not show is not gone, and the user hears of it. */
  @Test
  void row35_newestMessagesOnly_noneIsTakenForRemoved() throws Exception {
    var lines = new StringBuilder();
    for (int uid = 101; uid <= 10_100; uid++) {
      lines.append("* %d FETCH (UID %d FLAGS ())\n".formatted(uid - 100, uid));
    }
    var server = Answers.server("IMAP4rev1 XYMHIGHESTMODSEQ")
        .mailbox(10_000, "UIDVALIDITY 7,UIDNEXT 10101")
        .on("UID FETCH 1:*", lines + "%t OK");
    var memory = new Memory();
    for (long uid = 1; uid <= 10_000; uid++) {
      memory.messages.put(uid, Flags.NONE);
    }
    var notices = scan(server, memory);
    assertThat(memory.messages).hasSize(10_100);
    assertThat(memory.last.orElseThrow().complete()).isFalse();
    assertThat(notices).hasSize(1).allMatch(notice -> notice.contains("newest 10,000"));
  }

  /** A message of this number, as the server keeps it. */
  private static MailServer.Mail mail(int number) {
    return new MailServer.Mail(message(number), new TreeSet<>(), MailServer.DATE);
  }

  /** What was fetched whole in the last run, message by message. */
  private List<String> fetched() {
    return store.heard.stream()
        .filter(command -> command.contains("BODY.PEEK[]"))
        .toList();
  }

  /** 25: a message under many labels is fetched once, whenever each label is met. */
  @ParameterizedTest
  @ValueSource(strings = {GMAIL, PLAIN + " OBJECTID"})
  void row25_messageUnderManyLabels_isFetchedOnce(String abilities) throws IOException {
    for (var label : List.of("INBOX", "Family", "Work")) {
      store.server.put(label, message(1));
    }
    store.server.put("Work", message(22));
    assertDone(store.run(store.greeting("ready", abilities)));
    store.assertSame();
    assertThat(fetched())
        .containsExactly(
            "UID FETCH 1 (UID INTERNALDATE BODY.PEEK[])",
            "UID FETCH 2 (UID INTERNALDATE BODY.PEEK[])");
    store.server.put("Later", message(22));
    assertDone(store.run(store.greeting("ready", abilities)));
    store.assertSame();
    assertThat(fetched()).isEmpty();
    assertDone(store.run(store.greeting("ready", abilities)));
    assertThat(store.heavy()).isEmpty();
  }

  /** 25: what is said to be the same and is of another size is not. */
  @Test
  void row25_sameIdAndAnotherSize_isFetched() throws IOException {
    store.server.naming = _ -> 1;
    store.server.put("INBOX", message(1));
    assertDone(store.run(store.greeting("ready", GMAIL)));
    store.server.put("Work", message(22));
    assertDone(store.run(store.greeting("ready", GMAIL)));
    store.assertSame();
    assertThat(fetched()).hasSize(1);
  }

  /** Messages of these numbers arrive at the server. */
  private void arrive(int... numbers) {
    for (int number : numbers) {
      store.server.put("INBOX", message(number));
    }
  }

  /** 46: a UID is given to another message, and nothing says so. */
  @ParameterizedTest
  @ValueSource(strings = {PLAIN, "IMAP4rev1 LITERAL+"})
  void row46_uidNamesAnotherMessage_thatOneStays(String abilities) throws IOException {
    arrive(1, 2, 3);
    assertDone(store.run());
    var mail = store.server.box("INBOX").mail;
    mail.put(4L, Objects.requireNonNull(mail.get(1L)));
    mail.put(1L, mail(11));
    store.server.box("INBOX").next = 5;
    store.removeFirst(INBOX);
    store.removeFirst(INBOX);
    assertDone(store.run(store.greeting("ready", abilities)));
    assertThat(store.faults).extracting(Fault::kind).containsExactly(Fault.Kind.CHANGED);
    assertThat(store.faults.getFirst().said()).contains("1 of 2", "1 has 68 bytes");
    assertThat(store.server.texts("INBOX"))
        .containsExactly(message(11), message(2), message(3), message(1));
    store.assertSame();
    store.assertAtRest();
    store.removeFirst(INBOX);
    assertDone(store.run());
    assertThat(store.faults).isEmpty();
    assertThat(store.server.texts("INBOX")).hasSize(3);
    store.assertSame();
  }

  /** 46: nor is another message moved in place of one that came from here. */
  @Test
  void row46_uidNamesAnotherMessage_thatOneIsNotMoved() throws IOException {
    store.put(INBOX, 1);
    store.put(INBOX, 2);
    store.server.box("Work");
    assertDone(store.run());
    store.server.box("INBOX").mail.put(1L, mail(11));
    store.near.move(INBOX, store.near.mail(INBOX).getFirst().key(), WORK);
    assertDone(store.run());
    assertThat(store.faults).extracting(Fault::kind).containsExactly(Fault.Kind.CHANGED);
    assertThat(store.server.texts("INBOX")).containsExactly(message(11), message(2));
    assertDone(store.run());
    store.assertSame();
    store.assertAtRest();
    assertThat(store.texts(INBOX)).containsExactly(message(11), message(2));
    assertThat(store.texts(WORK)).containsExactly(message(1));
  }

  /** 46, 8: where sizes mean nothing, they keep nothing from being removed. */
  @Test
  void row46_row8_sizesWrongByMake_areNotAskedFor() throws IOException {
    arrive(1, 2);
    var exchange = "The Microsoft Exchange IMAP4 service is ready.";
    assertDone(store.run(store.greeting(exchange, PLAIN)));
    store.server.sizeError = 17;
    store.removeFirst(INBOX);
    assertDone(store.run(store.greeting(exchange, PLAIN)));
    assertThat(store.faults).isEmpty();
    assertThat(store.server.texts("INBOX")).containsExactly(message(2));
  }
}

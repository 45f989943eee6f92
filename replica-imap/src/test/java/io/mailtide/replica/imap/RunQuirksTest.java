package io.mailtide.replica.imap;

import static io.mailtide.replica.imap.QuirkyStore.INBOX;
import static io.mailtide.replica.imap.QuirkyStore.PLAIN;
import static io.mailtide.replica.imap.QuirkyStore.assertDone;
import static io.mailtide.replica.imap.QuirkyStore.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.replica.imap.MailServer.Telling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What servers were seen to do, and where a store ends that is kept in step with one: both sides
 * the same, nothing lost, nothing doubled, and a second run with nothing to do. The numbers are
 * those of the list of quirks.
 */
final class RunQuirksTest {
  private static final FolderName WORK = FolderName.parse("Work");

  @TempDir
  private Path directory = Path.of("");

  private QuirkyStore store = new QuirkyStore(directory);

  @BeforeEach
  void begin() {
    store = new QuirkyStore(directory);
  }

  /** One run brings both sides together, and there they stay. */
  private void assertInStep() throws IOException {
    assertDone(store.run());
    store.assertSame();
    store.assertAtRest();
  }

  /** What failed is due again. */
  private void aDayLater() {
    store.now = store.now.plusSeconds(90_000);
  }

  /** Messages of these numbers arrive at the server. */
  private void arrive(String folder, int first, int last) {
    for (int number = first; number <= last; number++) {
      store.server.put(folder, message(number));
    }
  }

  /** One was left out, and the others came. */
  private static void assertOneFailed(Outcome outcome) {
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isEqualTo(1);
  }

  private static void assertNothingCarried(Outcome outcome) {
    assertThat(outcome.copied() + outcome.sent() + outcome.removed() + outcome.moved())
        .isZero();
  }

  /** 8: stated sizes are wrong by any amount. */
  @Test
  void row8_sizesAreWrong_messagesAreCopiedByteForByte() throws IOException {
    store.server.sizeError = 17;
    store.server.put("INBOX", message(1));
    store.put(INBOX, 2);
    assertDone(store.run());
    assertThat(store.texts(INBOX)).containsExactly(message(1), message(2));
    store.assertSame();
    store.assertAtRest();
  }

  /** 9. */
  @Test
  void row9_flagLostAtAppend_isSetAgain() throws IOException {
    store.server.lostFlags.add("\\Flagged");
    store.put(INBOX, 1, "\\Flagged", "\\Seen");
    assertDone(store.run());
    assertThat(store.server.box("INBOX").mail.firstEntry().getValue().flags())
        .containsExactly("\\Flagged", "\\Seen");
    assertThat(store.near.mail(INBOX).getFirst().flags())
        .isEqualTo(Flags.of("\\Seen", "\\Flagged"));
    store.assertAtRest();
  }

  /** 13, 36, 52: listed, and not handed over: a finding about that one, and no removal. */
  @Test
  void row13_listedButNotFetchable_isAFinding() throws IOException {
    store.server.put("INBOX", message(1));
    store.server.unfetchable.add(store.server.put("INBOX", message(2)));
    store.server.put("INBOX", message(3));
    for (int run = 0; run < 3; run++) {
      var outcome = store.run();
      assertOneFailed(outcome);
      assertThat(outcome.removed()).isZero();
      assertThat(store.texts(INBOX)).containsExactly(message(1), message(3));
      assertThat(store.server.texts("INBOX")).hasSize(3);
    }
    store.server.unfetchable.clear();
    aDayLater();
    assertDone(store.run());
    store.assertSame();
  }

  /** 18, 42, 52: handed over empty, which only a message is of whose size that is. */
  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "{0}\n"})
  void row52_bodyIsEmpty_isAFinding(String empty) throws IOException {
    store.server.put("INBOX", message(1));
    store.server.put("INBOX", message(2));
    store.server.put("INBOX", "");
    var body = "* 2 FETCH (UID 2 BODY[] " + empty + ")\n* 3 FETCH (UID 3 BODY[] \"\")\n%t OK";
    var first = store.server.answer("SELECT \"INBOX\"", List.of())
        + store.server.answer("UID FETCH 1:1 (UID INTERNALDATE BODY.PEEK[])", List.of());
    var whole = first.substring(first.indexOf("* 1 FETCH"), first.lastIndexOf("%t")) + body;
    assertOneFailed(
        store.run(store.greeting("ready", PLAIN).on("UID FETCH 1:3 (UID INTERNALDATE", whole)));
    assertThat(store.texts(INBOX)).containsExactly("", message(1));
    assertThat(store.server.texts("INBOX")).hasSize(3);
    aDayLater();
    assertInStep();
  }

  /** 19, 80: the server alters what it is given; the two are one message for all that. */
  @ParameterizedTest
  @EnumSource(
      value = Telling.class,
      names = {"KEYS", "NOTHING"})
  void row19_messageIdChangedAtAppend_isNotDoubled(Telling telling) throws IOException {
    store.server.telling = telling;
    store.server.storing = text -> text.replace("<1@example.org>", "<XYZ@outlook.example>");
    store.put(INBOX, 1);
    assertDone(store.run());
    assertThat(store.server.texts("INBOX")).hasSize(1);
    assertThat(store.texts(INBOX)).hasSize(1);
    store.assertAtRest();
    assertThat(store.texts(INBOX)).hasSize(1);
    assertThat(store.server.texts("INBOX")).hasSize(1);
  }

  /** 80. */
  @ParameterizedTest
  @EnumSource(
      value = Telling.class,
      names = {"KEYS", "NOTHING"})
  void row80_receivedAddedAtAppend_isNotDoubled(Telling telling) throws IOException {
    store.server.telling = telling;
    store.server.storing = text -> "Received: by example.org\n" + text;
    store.server.dating = _ -> "05-May-2005 05:05:05 +0000";
    store.put(INBOX, 1);
    assertDone(store.run());
    assertThat(store.notices).hasSize(1).allMatch(notice -> notice.contains("altered 1 of"));
    store.assertAtRest();
    assertThat(store.notices).isEmpty();
    assertThat(store.texts(INBOX)).containsExactly(message(1));
    assertThat(store.server.texts("INBOX")).hasSize(1);
  }

  /** 80: a size alone proves nothing where sizes are always wrong. */
  @Test
  void row80_row8_sizesWrongByMake_areNoAlteration() throws IOException {
    store.server.sizeError = 17;
    store.put(INBOX, 1);
    var exchange = "The Microsoft Exchange IMAP4 service is ready.";
    assertDone(store.run(store.greeting(exchange, PLAIN)));
    assertThat(store.notices).isEmpty();
  }

  /** 25: a message that is there already is merged with it, under a new UID. */
  @ParameterizedTest
  @EnumSource(
      value = Telling.class,
      names = {"KEYS", "NOTHING"})
  void row25_knownMessageMerged_isKeptOnBothSides(Telling telling) throws IOException {
    store.server.telling = telling;
    store.server.merges = true;
    store.server.put("INBOX", message(1));
    assertDone(store.run());
    store.put(INBOX, 1);
    assertDone(store.run());
    assertDone(store.run());
    store.assertAtRest();
    store.assertSame();
    assertThat(store.texts(INBOX)).containsExactly(message(1));
  }

  /** 25: of messages that are the same the server keeps the first, and tells its UID for all. */
  @Test
  void row25_sameMessagesKeptOnce_areSentOnceAndStay() throws IOException {
    store.server.keepsOne = true;
    store.put(INBOX, 1);
    store.put(INBOX, 1);
    store.put(INBOX, 2);
    assertDone(store.run());
    store.assertAtRest();
    assertThat(store.texts(INBOX)).containsExactly(message(1), message(1), message(2));
    assertThat(store.server.texts("INBOX")).containsExactly(message(1), message(2));
  }

  /** 45, 25: one message in several folders is several, each with a life of its own. */
  @Test
  void row45_sameMessageInTwoFolders_areTwo() throws IOException {
    store.server.put("INBOX", message(1));
    store.server.put("Work", message(1));
    assertDone(store.run());
    store.assertSame();
    assertThat(store.texts(WORK)).containsExactly(message(1));
    store.server.box("Work").mail.clear();
    assertDone(store.run());
    store.assertSame();
    assertThat(store.texts(INBOX)).containsExactly(message(1));
    assertThat(store.texts(WORK)).isEmpty();
    store.assertAtRest();
  }

  /** 46: all is numbered anew; what is there is known by its content. */
  @Test
  void row46_uidValidityChanged_nothingIsCarriedOrRemoved() throws IOException {
    arrive("INBOX", 1, 5);
    arrive("Work", 11, 15);
    assertDone(store.run());
    store.server.renumber();
    store.server.put("INBOX", message(7));
    var outcome = store.run();
    assertDone(outcome);
    assertThat(outcome.copied()).isEqualTo(1);
    assertThat(outcome.removed() + outcome.sent()).isZero();
    store.assertSame();
    store.assertAtRest();
  }

  /** 47, 59, 82: UIDs of what is added are not told, or wrongly. */
  @ParameterizedTest
  @EnumSource(
      value = Telling.class,
      names = {"NOTHING", "SWAPPED"})
  void row47_keysNotTold_areFoundByContent(Telling telling) throws IOException {
    store.server.telling = telling;
    store.server.delimiter = "NIL";
    store.put(INBOX, 1);
    store.put(INBOX, 2, "\\Seen");
    assertDone(store.run());
    store.assertSame();
    store.removeFirst(INBOX);
    assertDone(store.run());
    assertThat(store.server.texts("INBOX")).containsExactly(message(2));
    store.assertSame();
    store.assertAtRest();
  }

  /** 47: UID EXPUNGE is refused. */
  @Test
  void row47_uidExpungeRefused_plainOneRemoves() throws IOException {
    arrive("INBOX", 1, 2);
    assertDone(store.run());
    store.removeFirst(INBOX);
    assertDone(store.run(store.greeting("ready", PLAIN).on("UID EXPUNGE", "%t BAD unknown")));
    assertThat(store.server.texts("INBOX")).containsExactly(message(2));
    store.assertSame();
    store.assertAtRest();
  }

  /** 49, 69: no UIDNEXT; UIDVALIDITY 0 is no generation to rely on. */
  @Test
  void row49_row69_noUidNextAndNoUidValidity_staysInStep() throws IOException {
    store.server.tellsNext = false;
    store.server.tellsValidity = false;
    store.server.put("INBOX", message(1));
    store.put(INBOX, 2);
    assertDone(store.run());
    store.assertSame();
    store.server.put("INBOX", message(3));
    assertInStep();
    store.server.tellsValidity = true;
    var outcome = store.run();
    assertDone(outcome);
    assertNothingCarried(outcome);
    store.assertSame();
  }

  /** 50: UIDNEXT and with it UIDs go back, under the same UIDVALIDITY. */
  @Test
  void row50_uidsGivenAgain_nothingIsLost() throws IOException {
    arrive("INBOX", 1, 3);
    assertDone(store.run());
    store.server.box("INBOX").mail.pollLastEntry();
    store.server.box("INBOX").next = 3;
    assertDone(store.run());
    store.assertSame();
    store.server.put("INBOX", message(4));
    assertInStep();
  }

  /** 2: the server has had enough of errors; the next connection goes on behind what failed. */
  @Test
  void row2_closedAfterErrors_goesOnBehindThem() throws IOException {
    for (int number = 1; number <= 12; number++) {
      store.put(INBOX, number);
    }
    var connections = new Answers[5];
    for (int index = 0; index < connections.length; index++) {
      var refusals = new ArrayList<String>();
      for (int count = 0; count < 5; count++) {
        refusals.add("%t BAD Command Argument Error. 11");
      }
      refusals.add("* BYE too many errors" + Answers.CUT);
      connections[index] =
          store.greeting("ready", PLAIN).on("APPEND", refusals.toArray(String[]::new));
    }
    connections[4] = store.greeting("ready", PLAIN);
    var outcome = store.run(connections);
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isEqualTo(10);
    assertThat(store.server.texts("INBOX")).containsExactly(message(11), message(12));
    aDayLater();
    assertInStep();
  }

  /** 60: a folder that ends the session of whoever opens it keeps no other from being in step. */
  @Test
  void row60_folderEndsTheSession_othersGoOn() throws IOException {
    store.server.put("INBOX", message(1));
    store.server.put("Shared", message(2));
    store.server.put("Work", message(3));
    var connections = new Answers[3];
    for (int index = 0; index < connections.length; index++) {
      connections[index] = store.greeting("ready", PLAIN).on("EXAMINE \"Shared\"", Answers.CUT);
    }
    var outcome = store.run(connections);
    assertOneFailed(outcome);
    assertThat(store.texts(INBOX)).containsExactly(message(1));
    assertThat(store.texts(WORK)).containsExactly(message(3));
    assertInStep();
  }

  /** 36: a message whose fetching ends the connection keeps no other from coming. */
  @Test
  void row36_fetchingEndsTheConnection_othersCome() throws IOException {
    arrive("INBOX", 1, 4);
    var whole = store.server.answer("SELECT \"INBOX\"", List.of())
        + store.server.answer("UID FETCH 1:1 (UID INTERNALDATE BODY.PEEK[])", List.of());
    var first = whole.substring(whole.indexOf("* 1 FETCH"), whole.lastIndexOf("%t")) + Answers.CUT;
    var outcome = store.run(
        store.greeting("ready", PLAIN).on("UID FETCH 1:4 (UID INTERNALDATE", first),
        store.greeting("ready", PLAIN).on("UID FETCH 2:4 (UID INTERNALDATE", Answers.CUT),
        store.greeting("ready", PLAIN).on("UID FETCH 2:4 (UID INTERNALDATE", Answers.CUT),
        store.greeting("ready", PLAIN));
    assertOneFailed(outcome);
    assertThat(store.texts(INBOX)).containsExactly(message(1), message(3), message(4));
    aDayLater();
    assertInStep();
  }

  /** A rename stays a rename, by UIDVALIDITY, keys and content: nothing is fetched or removed. */
  @Test
  void folderRenamedThere_isRenamedHere() throws IOException {
    arrive("Work", 1, 3);
    assertDone(store.run());
    store.server.answer("RENAME \"Work\" \"Old\"", List.of());
    var outcome = store.run();
    assertDone(outcome);
    assertNothingCarried(outcome);
    assertThat(store.near.folderNames()).containsExactly(INBOX, FolderName.parse("Old"));
    store.assertSame();
    store.assertAtRest();
  }

  /** 72. */
  @Test
  void row72_addedShowsAfterCheck_isNotAddedAgain() throws IOException {
    store.server.hidesUntilCheck = true;
    store.server.telling = Telling.NOTHING;
    store.put(INBOX, 1);
    assertDone(store.run());
    assertThat(store.heard).contains("CHECK");
    store.assertSame();
    store.assertAtRest();
  }
}

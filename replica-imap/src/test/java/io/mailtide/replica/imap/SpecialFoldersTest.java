package io.mailtide.replica.imap;

import static io.mailtide.replica.imap.QuirkyStore.INBOX;
import static io.mailtide.replica.imap.QuirkyStore.PLAIN;
import static io.mailtide.replica.imap.QuirkyStore.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Synchronizer.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders for sent mail, drafts and the like, called here what the user says. */
final class SpecialFoldersTest {
  private static final FolderName SENT = FolderName.parse("Sent");
  private static final FolderName THERE = FolderName.parse("Gesendet");

  @TempDir
  private Path directory = Path.of("");

  private QuirkyStore store = new QuirkyStore(directory);

  @BeforeEach
  void begin() {
    store = new QuirkyStore(directory);
    store.settings.put("sent-folder", "Sent");
  }

  private Outcome run() throws IOException {
    var outcome = store.run(store.greeting("ready", PLAIN + " SPECIAL-USE CREATE-SPECIAL-USE"));
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    return outcome;
  }

  private void assertAtRest() throws IOException {
    run();
    assertThat(store.heavy()).isEmpty();
  }

  /** What is in the server's folder is here, and what is filed here goes there. */
  @ParameterizedTest
  @CsvSource({"Gesendet, \\Sent", "Sent Items, ''", "Gesendet, \\SENT"})
  void folderOfThatUse_isCalledSoHere(String name, String attribute) throws IOException {
    store.server.box(name).attributes.add(attribute);
    store.server.put(name, message(1));
    store.server.put(name + "/2024", message(3));
    store.put(SENT, 2);
    run();
    assertThat(store.near.folderNames())
        .containsExactly(INBOX, SENT, FolderName.parse("Sent/2024"));
    assertThat(store.texts(SENT)).containsExactly(message(1), message(2));
    assertThat(store.server.texts(name)).containsExactly(message(1), message(2));
    assertThat(store.server.boxes).containsOnlyKeys("INBOX", name, name + "/2024");
    assertAtRest();
  }

  /** 47, 57: where uses are not told when asked for, the names tell. */
  @ParameterizedTest
  @ValueSource(strings = {"%t BAD what?", "%t NO never", "%t OK nothing"})
  void usesRefused_goesByName(String answer) throws IOException {
    store.server.put("Sent Items", message(1));
    var outcome = store.run(store
        .greeting("ready", PLAIN + " SPECIAL-USE")
        .on("LIST \"\" \"*\" RETURN (SPECIAL-USE)", answer));
    assertThat(outcome.failure()).isEmpty();
    assertThat(store.texts(SENT)).containsExactly(message(1));
  }

  @Test
  void noneThere_isMadeForThatUse() throws IOException {
    store.put(SENT, 1);
    run();
    assertThat(store.heard).contains("CREATE \"Sent\" (USE (\\Sent))");
    assertThat(store.server.box("Sent").attributes).containsExactly("\\Sent");
    assertThat(store.server.texts("Sent")).containsExactly(message(1));
    assertAtRest();
  }

  @Test
  void noneThere_serverKnowsNoUses_isMade() throws IOException {
    store.put(SENT, 1);
    assertThat(store.run().failure()).isEmpty();
    assertThat(store.heard).contains("CREATE \"Sent\"");
  }

  /** The folder that is here under the server's name is renamed, without a message on the way. */
  @Test
  void setLater_renamesHere() throws IOException {
    store.settings.clear();
    store.server.box("Gesendet").attributes.add("\\Sent");
    store.server.put("Gesendet", message(1));
    run();
    assertThat(store.texts(THERE)).containsExactly(message(1));
    store.settings.put("sent-folder", "Sent");
    var outcome = run();
    assertThat(outcome.copied() + outcome.sent() + outcome.removed()).isZero();
    assertThat(store.near.folderNames()).containsExactly(INBOX, SENT);
    assertThat(store.texts(SENT)).containsExactly(message(1));
    assertAtRest();
  }

  /** Two folders are never made one. */
  @Test
  void anotherFolderHasTheName_bothKeepTheirs() throws IOException {
    store.server.box("Gesendet").attributes.add("\\Sent");
    store.server.put("Gesendet", message(1));
    store.server.put("Sent", message(2));
    run();
    assertThat(store.texts(THERE)).containsExactly(message(1));
    assertThat(store.texts(SENT)).containsExactly(message(2));
    assertAtRest();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inbox", "a//b", "Trash"})
  void nameThatCannotBe_isAConfigurationFault(String name) {
    var fixture = Fixture.at(143);
    Map.of("sent-folder", name, "trash-folder", "Trash").forEach(fixture::with);
    var fault = fixture.fault();
    assertThat(fault.kind()).isEqualTo(Kind.CONFIGURATION);
    assertThat(List.of(fault.said(), fault.next())).anyMatch(text -> text.contains("folder"));
  }
}

package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.SendReceive.Request;
import io.mailtide.client.SendReceive.Want;
import io.mailtide.client.StoreView.Folder;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.StoreStatus;
import io.mailtide.engine.StoreStatus.LedgerEntry;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreViewTest {
  @TempDir
  private Path directory;

  private final MemoryStore far = new MemoryStore(Side.FAR);

  private Session session(MemoryStore.Hook hook) {
    return Session.open(MemoryProvider.profile(
        directory,
        MemoryProvider.store(
            "work", new MemoryStore(Side.NEAR), new MemoryProvider(far, Side.FAR, _ -> {}, hook))));
  }

  private static void pull(Session session) throws InterruptedException {
    var wants = Set.of(Want.DOWNLOAD_HIERARCHY, Want.DOWNLOAD_CONTENTS);
    new SendReceive(session, new Request(List.of("work"), wants, List.of())).run(_ -> {});
  }

  @Test
  void status_beforeTheFirstRunIsEmpty() {
    assertThat(session(_ -> {}).status("work")).isEqualTo(StoreView.neverSynchronised("work"));
  }

  @Test
  void status_showsTheLastRunTheFoldersAndWhatFailed() throws Exception {
    far.put(FolderName.INBOX, "Subject: a\r\n\r\n", Flags.NONE, Instant.EPOCH);
    far.put(FolderName.parse("Lists"), "Subject: b\r\n\r\n", Flags.NONE, Instant.EPOCH);
    var opened = new AtomicInteger();
    var session = session(call -> {
      if (call.equals("FAR open") && opened.getAndIncrement() == 0) {
        throw new FaultException(Fault.of(
            Fault.Kind.NO_ACCESS, Fault.Reach.FOLDER, "opening it", "not yours", "Ask for it."));
      }
    });
    pull(session);
    var view = session.status("work");
    var last = view.lastRun().orElseThrow();
    assertThat(last.result()).isEqualTo("partial");
    assertThat(last.copied()).isEqualTo(1);
    assertThat(last.ended()).isEqualTo(last.started().plus(last.duration()));
    assertThat(view.folders()).contains(new Folder("Lists", 1));
    assertThat(view.messages()).isEqualTo(1);
    assertThat(view.unreadable()).isEmpty();
    assertThat(view.troubles()).singleElement().satisfies(trouble -> {
      assertThat(trouble.error().text())
          .isEqualTo("work, INBOX: the whole folder: not yours. Ask for it.");
      assertThat(trouble.error().kind()).isEqualTo("no-access");
      assertThat(trouble.tries()).isEqualTo(1);
    });
  }

  @Test
  void status_tellsTheMessagesOfEachSideApart() {
    var entries = List.of(entry(Side.NEAR, "1.local"), entry(Side.FAR, "7"));
    var view = StoreView.of("work", new StoreStatus(Optional.empty(), List.of(), entries));
    assertThat(view.troubles())
        .extracting(trouble -> trouble.error().text())
        .containsExactly(
            "work, INBOX: local message 1.local: too large. Make it smaller.",
            "work, INBOX: the server's message 7: too large. Make it smaller.");
  }

  private static LedgerEntry entry(Side side, String key) {
    return new LedgerEntry(
        FolderName.INBOX,
        side,
        Optional.of(new MessageKey(key)),
        Fault.Kind.REFUSED,
        "too large",
        "Make it smaller.",
        Instant.EPOCH,
        1,
        Instant.EPOCH);
  }

  @Test
  void status_ofADamagedStateSaysSo() throws Exception {
    var session = session(_ -> {});
    pull(session);
    try (var files = Files.list(directory.resolve("state"))) {
      for (var file : files.toList()) {
        Files.writeString(file, "rubbish".repeat(1_000));
      }
    }
    var error = session.status("work").unreadable().orElseThrow();
    assertThat(error.kind()).isEqualTo("state-damaged");
    assertThat(error.exitCode()).isEqualTo(Verdicts.LOCAL);
  }
}

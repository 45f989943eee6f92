package io.mailtide.cli;

import static io.mailtide.cli.Events.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.SyncPlanned;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PlainViewTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private PlainView view(boolean quiet) {
    return view(quiet, Duration.ofDays(30));
  }

  private PlainView view(boolean quiet, Duration kept) {
    return new PlainView(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new TextView.Manner(false, quiet, false, Map.of("work", kept)));
  }

  private void tell(PlainView view) {
    view.accept(Events.connecting("work"), at(0));
    view.accept(Events.comparing("work", "INBOX", 0), at(100));
    view.accept(Events.comparing("work", "Lists", 1), at(200));
    for (int i = 0; i <= 120; i++) {
      view.accept(Events.copying("work", "INBOX", i * 100 / 120), at(1000 + i * 100L));
      view.tick(at(1000 + i * 100L));
    }
    view.accept(Events.error("work", "no such message"), at(13_500));
    view.accept(Events.done("work", 6046, 12, 3, 0), at(14_000));
    view.close();
  }

  @Test
  void piped_phasesALineNowAndThenErrorsAndASummary() {
    tell(view(false));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
            work: connecting
            work: comparing 8 folders
            work: copying 6,046 messages (33.1 MB)
            work: 41 %, 2,478 of 6,046 messages, 13.6 MB of 33.1 MB, INBOX, 2.7 MB/s, 7 s left
            work: 83 %, 5,018 of 6,046 messages, 27.5 MB of 33.1 MB, INBOX, 2.8 MB/s, 2 s left
            work: 6,046 messages copied (33.1 MB) in 2.3 s, \
            12 flags changed, 3 removed (undo keeps those here 30 days), 0 failed
            """);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "error: work, INBOX: fetching message 12: no such message. It is tried again.\n");
  }

  @Test
  void piped_thoseThatWaitSaySo() {
    var view = view(false);
    view.accept(Events.turn("Outbox", ""), at(0));
    view.accept(Events.turn("work", "Waiting for its turn"), at(0));
    view.accept(Events.sending(3), at(10));
    view.tick(at(9000));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
            work: waiting for its turn
            Outbox: sending 12 messages (12.0 kB)
            Outbox: 24 %, 3 of 12 messages, 3.0 kB of 12.0 kB, Outbox, stalled 9 s
            """);
  }

  @Test
  void quiet_onlyErrors() {
    tell(view(true));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("error: ");
  }

  @Test
  void aDryRun_tellsAFolderALine() {
    var view = view(false);
    for (var planned : List.of(
        planned("create-folder", false, "Work", Optional.empty(), OptionalLong.empty()),
        planned("copy", true, "INBOX", Optional.of("7"), OptionalLong.of(2_000)),
        planned("copy", true, "INBOX", Optional.of("8"), OptionalLong.of(1_000)),
        planned("flag", false, "INBOX", Optional.of("9"), OptionalLong.empty()))) {
      view.accept(planned, at(0));
    }
    view.accept(Events.done("work", 0, 0, 0, 0), at(100));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
            work: Work: would make the folder at the server
            work: INBOX: would fetch 2 messages (3.0 kB), change flags at the server: 1 message
            work: dry run: 4 changes to make, nothing was changed
            """);
  }

  private static SyncPlanned planned(
      String act, boolean here, String folder, Optional<String> message, OptionalLong size) {
    return new SyncPlanned(
        "work", act, here, folder, message, Optional.empty(), List.of(), List.of(), size);
  }

  @Test
  void aStall_isToldNowAndThen() {
    var view = view(false);
    view.accept(Events.connecting("work"), at(0));
    for (int second = 1; second <= 12; second++) {
      view.tick(at(second * 1000L));
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("work: connecting\nwork: 0 %, stalled 5 s\nwork: 0 %, stalled 10 s\n");
  }

  @Test
  void theClockIsSetBack_andLinesGoOn() {
    var view = view(false);
    view.accept(Events.comparing("work", "INBOX", 0), at(0));
    view.accept(Events.comparing("work", "Lists", 1), at(-3_600_000));
    view.accept(Events.comparing("work", "Sent", 2), at(-3_595_000));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
            work: comparing 8 folders
            work: compared 1 of 8 folders, Lists
            work: compared 2 of 8 folders, Sent, 30 s left
            """);
  }

  @Test
  void whileItConnectsAgain_thePercentageStays() {
    var view = view(false);
    view.accept(Events.sending(3), at(0));
    view.accept(Events.again(Phase.CONNECTING, Events.sending(3), 0), at(100));
    view.tick(at(6000));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
            Outbox: sending 12 messages (12.0 kB)
            Outbox: connecting
            Outbox: 24 %, 3 of 12 messages, 3.0 kB of 12.0 kB, Outbox, stalled 6 s
            """);
  }

  @Test
  void longComparing_isToldNowAndThen() {
    var view = view(false);
    view.accept(Events.comparing("work", "INBOX", 0), at(0));
    view.accept(Events.comparing("work", "Lists", 1), at(4_900));
    view.accept(Events.comparing("work", "Sent", 2), at(5_000));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("work: comparing 8 folders\nwork: compared 2 of 8 folders, Sent, 15 s left\n");
  }

  @Test
  void nothingToDo_butSomethingWaitsOrIsLeftOut_saysSo() {
    var done = Events.done("work", 0, 0, 0, 0);
    var view = view(false);
    view.accept(Events.waiting(done, 3, 4), at(0));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("work: nothing to do (2.3 s), 0 failed, 3 changes kept for a run")
        .contains("4 ");
  }

  @Test
  void nothingToDo() {
    var view = view(false);
    view.accept(Events.done("work", 0, 0, 0, 0), at(0));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("work: nothing to do (2.3 s)\n");
  }

  @Test
  void howLongTheUndoAreaKeeps_isSaidAsItWasSet() {
    view(false, Duration.ofHours(12)).accept(Events.done("work", 0, 0, 1, 0), at(0));
    view(false, Duration.ofHours(36)).accept(Events.done("work", 0, 0, 1, 0), at(0));
    view(false, Duration.ofDays(1)).accept(Events.done("work", 0, 0, 1, 0), at(0));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .extracting(line -> line.replaceFirst(".*\\(undo keeps those here (.*)\\).*", "$1"))
        .containsExactly("12 h", "1 d 12 h", "1 day");
  }

  @Test
  void failure_saysThatNothingWasChanged() {
    var view = view(false);
    view.accept(Events.refused("work"), at(0));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("work: stopped after 0.1 s: nothing was changed\n");
  }
}

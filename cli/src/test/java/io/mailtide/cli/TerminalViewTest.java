package io.mailtide.cli;

import static io.mailtide.cli.Events.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.cli.Bars.Look;
import io.mailtide.cli.text.Text;
import io.mailtide.client.SyncEvent.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalViewTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final TerminalView view = view(80, 24);

  private TerminalView view(int columns, int rows) {
    return new TerminalView(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new TextView.Manner(false, false, false, Map.of("work", Duration.ofDays(30))),
        () -> new Look(columns, rows, false, true));
  }

  private List<String> screen(int columns, long millis) {
    return view.lines(new Look(columns, 24, false, true), at(millis));
  }

  private void twoSecondsOfCopying() {
    view.accept(Events.connecting("work"), at(0));
    view.accept(Events.comparing("work", "INBOX", 2), at(500));
    view.accept(Events.copying("work", "Lists/Newsletters", 0), at(1000));
    view.accept(Events.copying("work", "Lists/Newsletters", 29), at(2000));
    view.accept(Events.copying("work", "Lists/Newsletters", 58), at(3000));
  }

  @Test
  void goldenScreens_copying() {
    twoSecondsOfCopying();
    view.accept(Events.connecting("home"), at(3000));
    assertThat(screen(120, 3000))
        .containsExactly(
            "work  █████████████░░░░░░░░░░░  58%  Lists/Newsletters  3,506/6,046  "
                + "19.2 MB of 33.1 MB  9.6 MB/s  1 s left",
            "home  ░░░░░░░░░░░░░░░░░░░░░░░░   0%  connecting");
    assertThat(screen(80, 3000))
        .containsExactly(
            "work  █████████░░░░░░░  58%  Lists/Newsletters  3,506/6,046  9.6 MB/s  1 s left",
            "home  ░░░░░░░░░░░░░░░░   0%  connecting");
    assertThat(screen(40, 3000))
        .containsExactly(
            "work  ████░░░░  58%  Lists/N…  1 s left", "home  ░░░░░░░░   0%  connecting");
  }

  @Test
  void goldenScreens_aTaskALine_inTheOrderOfTheRun_whetherItSendsOrWaits() {
    view.accept(Events.turn("Outbox", ""), at(0));
    view.accept(Events.turn("work", "Waiting for its turn"), at(0));
    view.accept(Events.turn("home", ""), at(0));
    view.accept(Events.connecting("home"), at(10));
    view.accept(Events.sending(3), at(20));
    assertThat(screen(80, 20))
        .containsExactly(
            "Outbox  ███░░░░░░░░░░░░░  24%  sending  3/12  3.0 kB of 12.0 kB",
            "work    ░░░░░░░░░░░░░░░░   0%  waiting", "home    ░░░░░░░░░░░░░░░░   0%  connecting");
    assertThat(screen(80, 60_000).get(1)).as("to wait is no stall").endsWith("  waiting");
  }

  @Test
  void goldenScreens_comparing() {
    view.accept(Events.comparing("work", "Lists/Newsletters", 4), at(0));
    assertThat(screen(120, 0))
        .containsExactly(
            "work  ░░░░░░░░░░░░░░░░░░░░░░░░   0%  comparing Lists/Newsletters  4/8 folders");
    assertThat(screen(80, 0))
        .containsExactly("work  ░░░░░░░░░░░░░░░░   0%  comparing Lists/Newsletters  4/8 folders");
    assertThat(screen(40, 0)).containsExactly("work  ░░░░░░░░   0%  comparing Lists/N…");
  }

  @Test
  void aConnectionThatIsMadeAnew_takesNothingBack_butAnotherRunDoes() {
    twoSecondsOfCopying();
    var here = Events.copying("work", "INBOX", 58);
    for (var phase : List.of(Phase.CONNECTING, Phase.LISTING, Phase.COMPARING)) {
      view.accept(Events.again(phase, here, 0), at(4000));
      assertThat(screen(80, 4000).getFirst())
          .startsWith("work  █████████░░░░░░░  58%  ")
          .contains(phase.name().toLowerCase(Locale.ROOT));
    }
    view.accept(Events.again(Phase.TRANSFERRING, here, 500), at(5000));
    assertThat(screen(80, 5000).getFirst()).as("more is found").contains("  58%  ");
    view.accept(Events.copying("work", "INBOX", 70), at(6000));
    assertThat(screen(80, 6000).getFirst()).contains("  70%  ");
    view.accept(Events.connecting("work"), at(7000));
    assertThat(screen(80, 7000)).containsExactly("work  ░░░░░░░░░░░░░░░░   0%  connecting");
  }

  @Test
  void goldenScreens_doneAndErrors() {
    twoSecondsOfCopying();
    view.accept(Events.error("work", "the server\u001b[2J said no"), at(3100));
    view.accept(Events.done("work", 6046, 12, 3, 1), at(3300));
    assertThat(screen(120, 3300))
        .containsExactly(
            "work  ✓ 6,046 messages copied (19.2 MB) in 2.3 s, 12 flags changed, 3 removed "
                + "(undo keeps those here 30 days), 1 faile…",
            "error: work, INBOX: fetching message 12: the server?[2J said no. It is tried again.");
    assertThat(screen(40, 3300))
        .containsExactly(
            "work  ✓ 6,046 messages copied (19.2 MB…", "error: work, INBOX: fetching message 1…");
  }

  @Test
  void noLineIsWiderThanTheTerminal_atAnyWidth() {
    twoSecondsOfCopying();
    view.accept(Events.copying("a-store-with-a-very-long-name", "日本語の長いフォルダ名です", 10), at(3000));
    view.accept(Events.error("work", "日本語".repeat(100)), at(3000));
    for (int width = 1; width < 200; width++) {
      int columns = width;
      assertThat(view.lines(new Look(columns, 24, false, true), at(3000)))
          .allSatisfy(
              line -> assertThat(Text.cells(line)).isLessThanOrEqualTo(Math.max(1, columns - 1)));
    }
  }

  @Test
  void aStallShowsInsteadOfAGuess() {
    twoSecondsOfCopying();
    assertThat(screen(120, 4000).getFirst()).contains("left").doesNotContain("stalled");
    assertThat(screen(120, 15_000).getFirst()).contains("stalled 12 s").doesNotContain("left");
  }

  @Test
  void theClockIsSetBack_andThePictureGoesOn() {
    twoSecondsOfCopying();
    out.reset();
    var hour = 3_600_000L;
    view.tick(at(-hour));
    assertThat(out.toString(StandardCharsets.UTF_8)).as("drawn at once").contains("58%");
    assertThat(screen(120, 4000 - hour).getFirst()).contains("stalled 4 s");
    view.accept(Events.copying("work", "Lists/Newsletters", 70), at(5000 - hour));
    view.accept(Events.copying("work", "Lists/Newsletters", 80), at(6000 - hour));
    assertThat(screen(120, 6000 - hour).getFirst()).contains("  80%  ", "3.3 MB/s  2 s left");
  }

  @Test
  void moreStoresThanRows_theOnesAtWorkAreShown() {
    for (int i = 0; i < 30; i++) {
      view.accept(Events.connecting("store" + i), at(i));
      if (i < 25) {
        view.accept(Events.done("store" + i, 1, 0, 0, 0), at(i));
      }
    }
    var lines = view.lines(new Look(80, 10, false, true), at(100));
    assertThat(lines).hasSize(9);
    assertThat(lines.subList(0, 5)).allSatisfy(line -> assertThat(line).contains("connecting"));
  }

  @Test
  void draws_atMostTenTimesASecond() {
    view.accept(Events.connecting("work"), at(0));
    for (int i = 1; i <= 1000; i++) {
      view.accept(Events.copying("work", "INBOX", i / 10), at(i));
      view.tick(at(i));
    }
    assertThat(out.toString(StandardCharsets.UTF_8).split("\u001b\\[J", -1)).hasSize(12);
  }

  @Test
  void close_showsTheCursorAgainAndLeavesSummaryAndErrors() {
    twoSecondsOfCopying();
    view.accept(Events.error("work", "no"), at(3100));
    view.accept(Events.done("work", 6046, 0, 0, 1), at(3300));
    view.close();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("\u001b[?25l")
        .contains("\u001b[J\u001b[?25hwork: 6,046 messages copied (19.2 MB) in 2.3 s, 1 failed");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("error: work, INBOX: fetching message 12: no. It is tried again.\n");
  }

  @Test
  void stopping_isSaidBelowTheBars() {
    view.accept(Events.connecting("work"), at(0));
    view.stopping();
    assertThat(screen(120, 10).getLast()).startsWith("stopping; nothing is lost");
  }
}

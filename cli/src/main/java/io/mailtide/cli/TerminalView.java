package io.mailtide.cli;

import io.mailtide.cli.text.Ink;
import io.mailtide.cli.text.Text;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.SyncEvent;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Bars on a terminal: a line a store, the latest errors below, drawn in place a few times a second
 * (ECMA-48 sections 8.3.22 and 8.3.39). When all is over, the lines stay as they were last and the
 * errors are repeated in full.
 */
final class TerminalView extends TextView {
  /** Hides the cursor, shows it again. */
  private static final String HIDE = "\u001b[?25l";

  static final String SHOW = "\u001b[?25h";

  private static final String CLEAR_TO_LINE_END = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final Duration BETWEEN_FRAMES = Duration.ofMillis(100);
  private static final int ERRORS_SHOWN = 4;
  private static final int ERRORS_KEPT = 200;

  private final PrintStream out;
  private final Supplier<Bars.Look> look;
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final ArrayDeque<SyncError> errors = new ArrayDeque<>();
  private long errorsNotKept;
  private Instant drawn = Instant.MIN;
  private int linesDrawn;
  private boolean stopping;

  TerminalView(PrintStream out, PrintStream err, Manner manner, Supplier<Bars.Look> look) {
    super(out, err, manner);
    this.out = out;
    this.look = look;
  }

  @Override
  public void accept(SyncEvent event, Instant now) {
    var lane = lanes.computeIfAbsent(event.store(), store -> new Lane(store, now));
    switch (event) {
      case SyncProgress progress -> lane.accept(progress, now);
      case SyncError error -> keep(error);
      case SyncPlanned planned -> plan(planned);
      case AuditFinding finding -> find(finding);
      case AuditDone done -> find(done);
      case OutgoingMail.Message _ -> {}
      case StoreDone done -> lane.accept(done);
    }
    if (lanes.values().stream().allMatch(each -> each.done().isPresent())) {
      draw(now);
    } else {
      tick(now);
    }
  }

  @Override
  public void tick(Instant now) {
    if (isDue(drawn, BETWEEN_FRAMES, now) && !lanes.isEmpty()) {
      draw(now);
    }
  }

  @Override
  public void stopping() {
    stopping = true;
  }

  private void keep(SyncError error) {
    if (errors.size() == ERRORS_KEPT) {
      errors.removeFirst();
      errorsNotKept++;
    }
    errors.add(error);
  }

  private void draw(Instant now) {
    var frame = new StringBuilder(linesDrawn == 0 ? HIDE : "\u001b[" + linesDrawn + "A\r");
    var lines = lines(look.get(), now);
    lines.forEach(line -> frame.append(line).append(CLEAR_TO_LINE_END).append("\r\n"));
    frame.append(CLEAR_BELOW);
    out.print(frame);
    out.flush();
    linesDrawn = lines.size();
    drawn = now;
  }

  /** The picture: as many lines as fit, the stores that are still at work first. */
  List<String> lines(Bars.Look look, Instant now) {
    int room = Math.max(1, look.rows() - 1);
    var bars = new Bars(look, List.copyOf(lanes.values()));
    var shown = lanes.size() < room
        ? lanes.values().stream()
        : Stream.concat(
                lanes.values().stream().filter(lane -> lane.done().isEmpty()),
                lanes.values().stream().filter(lane -> lane.done().isPresent()))
            .limit(room);
    var lines = new ArrayList<>(shown
        .map(lane ->
            bars.line(lane, lane.done().map(done -> summary(lane, done)).orElse(""), now))
        .toList());
    errors.stream()
        .skip(Math.max(0, errors.size() - ERRORS_SHOWN))
        .limit(Math.max(0, room - lines.size()))
        .map(error -> Ink.RED.on(look.colours(), Text.clip(words(error, false), look.room())))
        .forEach(lines::add);
    if (stopping && lines.size() < room) {
      lines.add(Text.clip(STOPPING, look.room()));
    }
    return lines;
  }

  private String summary(Lane lane, StoreDone done) {
    return summary(done, lane.progress().map(SyncProgress::bytesDone).orElse(0L));
  }

  /** The picture gives way to lines that stay. */
  @Override
  public void close() {
    if (linesDrawn == 0) {
      return;
    }
    out.print("\u001b[" + linesDrawn + "A\r" + CLEAR_BELOW + SHOW);
    lanes
        .values()
        .forEach(lane -> lane.done().ifPresent(done -> {
          told(lane.store())
              .forEach(line -> out.println(lane.store() + ": " + Text.harmless(line)));
          var good = !done.code().failed();
          out.println((good ? Ink.GREEN : Ink.RED).on(colours(), lane.store()) + ": "
              + summary(lane, done));
        }));
    out.flush();
    if (errorsNotKept > 0) {
      note("(" + Text.count(errorsNotKept, "earlier error")
          + " left out; mailtide status has them)");
    }
    errors.forEach(this::print);
    linesDrawn = 0;
    lanes.clear();
    errors.clear();
    errorsNotKept = 0;
  }
}

package io.mailtide.cli;

import io.mailtide.cli.text.Text;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.SyncEvent;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Plain lines, for pipes and logs: what begins, now and then how far it is, and how it ended. */
final class PlainView extends TextView {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Map<String, Instant> shown = new LinkedHashMap<>();

  PlainView(PrintStream out, PrintStream err, Manner manner) {
    super(out, err, manner);
  }

  @Override
  public void accept(SyncEvent event, Instant now) {
    var lane = lanes.computeIfAbsent(event.store(), store -> new Lane(store, now));
    switch (event) {
      case SyncProgress progress -> {
        if (lane.accept(progress, now)) {
          tell(lane, begins(progress), now);
        } else {
          tellNowAndThen(lane, now);
        }
      }
      case SyncError error -> print(error);
      case SyncPlanned planned -> plan(planned);
      case AuditFinding finding -> find(finding);
      case AuditDone done -> find(done);
      case OutgoingMail.Message _ -> {}
      case StoreDone done -> {
        lane.accept(done);
        told(done.store()).forEach(line -> tell(lane, line, now));
        var bytes = lane.progress().map(SyncProgress::bytesDone).orElse(0L);
        tell(lane, summary(done, bytes), now);
      }
    }
  }

  @Override
  public void tick(Instant now) {
    lanes.values().stream()
        .filter(lane -> lane.done().isEmpty())
        .forEach(lane -> lane.stalled(now).ifPresent(_ -> tellNowAndThen(lane, now)));
  }

  private void tellNowAndThen(Lane lane, Instant now) {
    var last = shown.getOrDefault(lane.store(), now);
    if (isDue(last, BETWEEN_LINES, now)) {
      lane.progress().ifPresent(here -> tell(lane, position(lane, here, now), now));
    }
  }

  private void tell(Lane lane, String words, Instant now) {
    if (!words.isEmpty()) {
      shown.put(lane.store(), now);
      note(lane.store() + ": " + Text.harmless(words));
    }
  }

  private static String begins(SyncProgress here) {
    return switch (here.phase()) {
      case WORKING -> here.step();
      case WAITING -> here.step().isEmpty() ? "" : "waiting for its turn";
      case CONNECTING -> "connecting";
      case LISTING -> "listing folders";
      case COMPARING -> "comparing " + Text.count(here.folders(), "folder");
      case READING -> counted("reading ", here);
      case TRANSFERRING -> here.messages() == 0 ? "" : counted("copying ", here);
      case SENDING -> here.messages() == 0 ? "" : counted("sending ", here);
      case FINISHING -> "";
    };
  }

  private static String counted(String doing, SyncProgress here) {
    return doing
        + Text.count(here.messages(), "message")
        + (here.bytes() == 0 ? "" : " (" + Text.bytes(here.bytes()) + ")");
  }

  private static String position(Lane lane, SyncProgress here, Instant now) {
    var words = new StringBuilder();
    if (here.phase() == Phase.COMPARING) {
      words.append("compared ").append(Text.count(here.foldersDone())).append(" of ");
      words.append(Text.count(here.folders(), "folder"));
    } else {
      words.append(lane.percent()).append(" %");
    }
    if (here.messages() > 0) {
      words.append(", ").append(Text.count(here.messagesDone())).append(" of ");
      words.append(Text.count(here.messages(), "message"));
    }
    if (here.bytes() > 0) {
      words.append(", ").append(Text.bytes(here.bytesDone())).append(" of ");
      words.append(Text.bytes(here.bytes()));
    }
    here.folder().ifPresent(folder -> words.append(", ").append(folder));
    lane.stalled(now)
        .ifPresentOrElse(still -> words.append(", stalled ").append(Text.whole(still)), () -> {
          lane.rate(now)
              .filter(rate -> rate >= 1)
              .ifPresent(rate ->
                  words.append(", ").append(Text.bytes(Math.round(rate))).append("/s"));
          lane.left(now)
              .ifPresent(left -> words.append(", ").append(Text.whole(left)).append(" left"));
        });
    return words.toString();
  }

  @Override
  public void stopping() {
    note(STOPPING);
  }

  @Override
  public void close() {}
}

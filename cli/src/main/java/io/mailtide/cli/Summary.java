package io.mailtide.cli;

import io.mailtide.cli.text.Text;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncPlanned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a run did, in a line. */
final class Summary {
  private Summary() {}

  /**
   * {@code 6,046 messages copied (33.1 MB) in 2.3 s, 12 flags changed, 3 removed (undo keeps those
   * here 30 days), 0 failed}.
   *
   * @param bytes bytes of the bodies that were copied
   * @param kept how long the undo area keeps what was removed
   */
  static String of(StoreDone done, long bytes, Duration kept) {
    if (done.store().equals(OutgoingMail.NAME)) {
      return sending(done);
    }
    if (done.code().failed()) {
      var did = done(done, bytes, kept);
      var how = done.exitCode() == 130 ? "cancelled" : "stopped";
      return how + " after " + Text.took(done.duration()) + ": "
          + (did.isEmpty() ? "nothing was changed" : String.join(", ", did) + " before that");
    }
    var did = done(done, bytes, kept);
    var failed = failed(done);
    if (did.isEmpty()) {
      return "nothing to do (" + Text.took(done.duration()) + ")"
          + (done.failed() + done.withheld() + done.leftOut() == 0 ? "" : ", " + failed);
    }
    did.set(0, did.getFirst() + " in " + Text.took(done.duration()));
    return String.join(", ", did) + ", " + failed;
  }

  private static String sending(StoreDone done) {
    var did = new ArrayList<String>();
    if (done.sent() > 0) {
      did.add(Text.count(done.sent(), "message") + " sent");
    }
    if (done.removed() > 0) {
      did.add(Text.count(done.removed(), "message") + " taken out");
    }
    if (did.isEmpty() && done.failed() == 0 && !done.code().failed()) {
      return "nothing to send (" + Text.took(done.duration()) + ")";
    }
    var how = done.exitCode() == 130 ? "cancelled, " : done.code().failed() ? "stopped, " : "";
    return how
        + (did.isEmpty() ? "nothing sent" : String.join(", ", did))
        + " in " + Text.took(done.duration())
        + (done.failed() == 0
            ? ""
            : ", " + Text.count(done.failed()) + " left (mailtide status says why)");
  }

  private static List<String> done(StoreDone done, long bytes, Duration kept) {
    var did = new ArrayList<String>();
    if (done.copied() > 0) {
      did.add(Text.count(done.copied(), "message") + " copied (" + Text.bytes(bytes) + ")");
    }
    if (done.sent() > 0) {
      did.add(Text.count(done.sent(), "message") + " sent");
    }
    if (done.moved() > 0) {
      did.add(Text.count(done.moved(), "message") + " moved");
    }
    if (done.flagged() > 0) {
      did.add(Text.count(done.flagged(), "flag") + " changed");
    }
    if (done.removed() > 0) {
      var days = Duration.ofDays(kept.toDays());
      did.add(Text.count(done.removed()) + " removed (undo keeps those here "
          + (kept.equals(days) ? Text.count(kept.toDays(), "day") : Text.whole(kept)) + ")");
    }
    return did;
  }

  private static String failed(StoreDone done) {
    return Text.count(done.failed()) + " failed"
        + (done.failed() == 0 ? "" : " (mailtide status " + done.store() + " says why)")
        + (done.withheld() == 0
            ? ""
            : ", " + Text.count(done.withheld(), "change") + " kept for a run that goes their way")
        + (done.leftOut() == 0
            ? ""
            : ", " + Text.count(done.leftOut(), "message") + " left out by size or age");
  }

  /** What a dry run would do, for people: a line a folder, or with all of it a line a change. */
  static final class Plan {
    private final boolean all;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Map<String, Count>> folders = new LinkedHashMap<>();
    private long changes;

    private static final class Count {
      long messages;
      long bytes;
    }

    /** @param all whether each change is to be shown */
    Plan(boolean all) {
      this.all = all;
    }

    /** How many changes there would be. */
    long changes() {
      return changes;
    }

    void accept(SyncPlanned planned) {
      changes++;
      var where = planned.here() ? "here" : "at the server";
      var to = planned.to().orElse("");
      var outgoing = planned.store().equals(OutgoingMail.NAME);
      var words = switch (planned.act()) {
        case "create-folder" -> "make the folder " + where;
        case "rename-folder" -> "rename the folder to " + to + " " + where;
        case "remove-folder" -> "remove the folder " + where;
        case "copy" -> planned.here() ? "fetch" : "send";
        case "send" -> "send";
        case "flag" -> "change flags " + where + ":";
        case "move" -> "move to " + to + " " + where + ":";
        case "remove" -> outgoing ? "take out" : "remove " + where + ":";
        default -> planned.act() + " " + where + ":";
      };
      // Sending is about one folder, and that is called as the task is.
      var at = outgoing ? "" : planned.folder() + ": ";
      if (planned.message().isEmpty()) {
        lines.add(at + "would " + words);
      } else if (all) {
        lines.add(at + "would " + words + " message " + planned.message().get() + flags(planned));
      } else {
        var count = folders
            .computeIfAbsent(at, _ -> new LinkedHashMap<>())
            .computeIfAbsent(words, _ -> new Count());
        count.messages++;
        count.bytes += planned.size().orElse(0);
      }
    }

    private static String flags(SyncPlanned planned) {
      var signed = new ArrayList<String>();
      planned.add().forEach(flag -> signed.add("+" + flag));
      planned.clear().forEach(flag -> signed.add("-" + flag));
      return signed.isEmpty() ? "" : " (" + String.join(" ", signed) + ")";
    }

    /** All of it, folders first. */
    List<String> lines() {
      var text = new ArrayList<>(lines);
      folders.forEach((at, acts) -> {
        var did = new ArrayList<String>();
        acts.forEach((words, count) -> did.add(words + " " + Text.count(count.messages, "message")
            + (count.bytes == 0 ? "" : " (" + Text.bytes(count.bytes) + ")")));
        text.add(at + "would " + String.join(", ", did));
      });
      return text;
    }
  }

  /** What an audit found, for people: by folder, the first differences of each in full. */
  static final class Findings {
    private static final int SHOWN = 10;

    private final boolean all;
    private final Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
    private final Map<String, List<String>> lines = new LinkedHashMap<>();
    private boolean left;
    private Optional<AuditDone> done = Optional.empty();

    /** @param all whether each difference is to be shown */
    Findings(boolean all) {
      this.all = all;
    }

    /** What is left after a repair takes the place of what was found before. */
    void accept(AuditFinding finding) {
      if (finding.left() && !left) {
        left = true;
        counts.clear();
        lines.clear();
      }
      var kind = finding.kind().replace('-', ' ') + (finding.pending() ? " (pending)" : "");
      counts
          .computeIfAbsent(finding.folder(), _ -> new LinkedHashMap<>())
          .merge(kind, 1L, Long::sum);
      var shown = lines.computeIfAbsent(finding.folder(), _ -> new ArrayList<>());
      if (all || shown.size() < SHOWN) {
        shown.add(line(finding, kind));
      }
    }

    void accept(AuditDone end) {
      done = Optional.of(end);
      if (end.left().isPresent() && end.left().getAsLong() == 0) {
        counts.clear();
        lines.clear();
      }
    }

    private static String line(AuditFinding finding, String kind) {
      var keys = new ArrayList<String>();
      finding.localKey().ifPresent(key -> keys.add("here " + key));
      finding.serverKey().ifPresent(key -> keys.add("server " + key));
      return "  " + kind + ": " + finding.what()
          + (keys.isEmpty() ? "" : " [" + String.join(", ", keys) + "]");
    }

    List<String> lines() {
      var text = new ArrayList<String>();
      counts.forEach((folder, kinds) -> {
        var words = new ArrayList<String>();
        kinds.forEach((kind, count) -> words.add(Text.count(count) + " " + kind));
        text.add(folder + ": " + String.join(", ", words));
        var shown = Objects.requireNonNull(lines.get(folder));
        text.addAll(shown);
        var more = kinds.values().stream().mapToLong(Long::longValue).sum() - shown.size();
        if (more > 0) {
          text.add("  and " + Text.count(more) + " more (all of them: --verbose)");
        }
      });
      return text;
    }

    String summary(StoreDone over) {
      if (over.code().failed() || done.isEmpty()) {
        return (over.exitCode() == 130 ? "cancelled" : "stopped") + " after "
            + Text.took(over.duration());
      }
      var end = done.get();
      var words = new StringBuilder(Text.count(end.differences(), "difference"));
      if (end.pending() > 0) {
        words.append(", of which ").append(Text.count(end.pending()));
        words.append(end.pending() == 1 ? " waits" : " wait").append(" for the next run");
      }
      end.left().ifPresent(some -> words.append(", ").append(Text.count(some)).append(" left"));
      words.append(" (").append(Text.count(end.messagesHere(), "message")).append(" here, ");
      words.append(Text.count(end.messagesThere())).append(" at the server, ");
      words.append(Text.count(end.folders(), "folder")).append(") in ");
      words.append(Text.took(over.duration()));
      if (end.failed() > 0) {
        words.append("; ").append(Text.count(end.failed(), "folder")).append(" not compared");
      } else if (end.differences() > end.pending() && end.left().isEmpty()) {
        words.append("; mailtide verify ").append(over.store()).append(" --repair mends them");
      }
      return words.toString();
    }
  }
}

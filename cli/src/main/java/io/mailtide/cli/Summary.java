package io.mailtide.cli;

import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncPlanned;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run did, in a line. */
final class Summary {
  private Summary() {}

  /**
   * {@code 6,046 messages copied (33.1 MB) in 2.3 s, 12 flags changed, 3 removed (undo keeps those
   * here 30 days), 0 failed}.
   *
   * @param bytes bytes of the bodies that were copied
   * @param keptDays how long the undo area keeps what was removed
   */
  static String of(StoreDone done, long bytes, long keptDays) {
    if (done.code().failed()) {
      var did = done(done, bytes, keptDays);
      var how = done.exitCode() == 130 ? "cancelled" : "stopped";
      return how + " after " + Text.took(done.duration()) + ": "
          + (did.isEmpty() ? "nothing was changed" : String.join(", ", did) + " before that");
    }
    var did = done(done, bytes, keptDays);
    var failed = failed(done);
    if (did.isEmpty()) {
      return "nothing to do (" + Text.took(done.duration()) + ")"
          + (done.failed() == 0 ? "" : ", " + failed);
    }
    did.set(0, did.getFirst() + " in " + Text.took(done.duration()));
    return String.join(", ", did) + ", " + failed;
  }

  private static List<String> done(StoreDone done, long bytes, long keptDays) {
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
      did.add(Text.count(done.removed()) + " removed (undo keeps those here "
          + Text.count(keptDays, "day") + ")");
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
      var words = switch (planned.act()) {
        case "create-folder" -> "make the folder " + where;
        case "rename-folder" -> "rename the folder to " + to + " " + where;
        case "remove-folder" -> "remove the folder " + where;
        case "copy" -> planned.here() ? "fetch" : "send";
        case "flag" -> "change flags " + where + ":";
        case "move" -> "move to " + to + " " + where + ":";
        default -> planned.act() + " " + where + ":";
      };
      if (planned.message().isEmpty()) {
        lines.add(planned.folder() + ": would " + words);
      } else if (all) {
        lines.add(planned.folder() + ": would " + words + " message "
            + planned.message().get() + flags(planned));
      } else {
        var count = folders
            .computeIfAbsent(planned.folder(), _ -> new LinkedHashMap<>())
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
      folders.forEach((folder, acts) -> {
        var did = new ArrayList<String>();
        acts.forEach((words, count) -> did.add(words + " " + Text.count(count.messages, "message")
            + (count.bytes == 0 ? "" : " (" + Text.bytes(count.bytes) + ")")));
        text.add(folder + ": would " + String.join(", ", did));
      });
      return text;
    }
  }
}

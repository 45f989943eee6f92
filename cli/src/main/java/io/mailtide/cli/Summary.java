package io.mailtide.cli;

import io.mailtide.client.SyncEvent.StoreDone;
import java.util.ArrayList;
import java.util.List;

/** What a run did, in a line. */
final class Summary {
  private Summary() {}

  /**
   * {@code 6,046 messages copied (33.1 MB) in 2.3 s, 12 flags changed, 3 removed (kept in undo 30
   * days), 0 failed}.
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
    if (done.flagged() > 0) {
      did.add(Text.count(done.flagged(), "flag") + " changed");
    }
    if (done.removed() > 0) {
      did.add(Text.count(done.removed()) + " removed (kept in undo " + Text.count(keptDays, "day")
          + ")");
    }
    return did;
  }

  private static String failed(StoreDone done) {
    return Text.count(done.failed()) + " failed"
        + (done.failed() == 0 ? "" : " (mailtide status " + done.store() + " says why)")
        + (done.withheld() == 0
            ? ""
            : ", " + Text.count(done.withheld(), "local change")
                + " kept here (this version only pulls)");
  }
}

package io.mailtide.cli;

import io.mailtide.cli.text.Ink;
import io.mailtide.cli.text.Text;
import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.SyncProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A store's line on a terminal. A pure function of the lane, the time and the look. */
final class Bars {
  private static final int NAME_COLUMNS_MAX = 16;
  private static final int FOLDER_COLUMNS_MIN = 8;
  private static final String GAP = "  ";

  private final Look look;
  private final int nameColumns;

  /**
   * How a terminal is to be written to.
   *
   * @param columns its width
   * @param rows its height
   * @param colours whether colours are wanted
   * @param unicode whether it can show more than ASCII
   */
  record Look(int columns, int rows, boolean colours, boolean unicode) {
    /** The last column stays empty: some terminals break the line there. */
    int room() {
      return Math.max(1, columns - 1);
    }
  }

  /**
   * A part of a line: taken in while there is room, lower ranks first; shown in the order of the
   * list.
   */
  private record Piece(int rank, Ink ink, String text) {}

  Bars(Look look, List<Lane> lanes) {
    this.look = look;
    this.nameColumns = Math.min(
        NAME_COLUMNS_MAX,
        lanes.stream().mapToInt(lane -> Text.cells(lane.store())).max().orElse(0));
  }

  String line(Lane lane, String summary, Instant now) {
    var name = Text.pad(Text.clip(lane.store(), nameColumns), nameColumns);
    if (lane.done().isPresent()) {
      var good = !lane.done().get().code().failed();
      var mark = good ? (look.unicode() ? "✓ " : "ok ") : (look.unicode() ? "✗ " : "!! ");
      var room = look.room() - nameColumns - GAP.length() - Text.cells(mark);
      return paint(Ink.STRONG, name)
          + GAP
          + paint(good ? Ink.GREEN : Ink.RED, mark)
          + Text.clip(summary, room);
    }
    int barColumns = look.columns() >= 100 ? 24 : look.columns() >= 60 ? 16 : 8;
    int full = (int) (lane.share() * barColumns);
    var percent = String.format(Locale.ROOT, "%3d%%", lane.percent());
    var line = paint(Ink.STRONG, name) + GAP
        + paint(Ink.GREEN, (look.unicode() ? "█" : "#").repeat(full))
        + paint(Ink.FAINT, (look.unicode() ? "░" : "-").repeat(barColumns - full))
        + " " + percent;
    int room = look.room() - nameColumns - GAP.length() - barColumns - 1 - percent.length();
    return room < 0
        ? Text.clip(name + GAP + percent.strip(), look.room())
        : line + details(lane, now, room);
  }

  private String details(Lane lane, Instant now, int room) {
    var chosen = new ArrayList<Piece>();
    var pieces = pieces(lane, now);
    int used = 0;
    for (var piece :
        pieces.stream().sorted(Comparator.comparingInt(Piece::rank)).toList()) {
      int needs = GAP.length()
          + (piece.rank() == 0
              ? Math.min(FOLDER_COLUMNS_MIN, Text.cells(piece.text()))
              : Text.cells(piece.text()));
      if (used + needs <= room) {
        chosen.add(piece);
        used += needs;
      }
    }
    int spare = room - used;
    return pieces.stream()
        .filter(chosen::contains)
        .map(piece ->
            GAP + paint(piece.ink(), piece.rank() == 0 ? what(piece.text(), spare) : piece.text()))
        .collect(Collectors.joining());
  }

  private static String what(String text, int spare) {
    return Text.clip(text, Math.min(FOLDER_COLUMNS_MIN, Text.cells(text)) + spare);
  }

  private List<Piece> pieces(Lane lane, Instant now) {
    var pieces = new ArrayList<Piece>();
    var here = lane.progress().orElse(null);
    if (here == null) {
      pieces.add(new Piece(0, Ink.CYAN, "waiting"));
    } else {
      pieces.add(new Piece(0, Ink.CYAN, Text.harmless(what(here))));
      numbers(here, pieces);
    }
    var stalled = lane.stalled(now);
    if (stalled.isPresent()) {
      pieces.add(new Piece(1, Ink.YELLOW, "stalled " + Text.whole(stalled.get())));
    } else if (here != null
        && (here.phase() == Phase.READING
            || here.phase() == Phase.TRANSFERRING
            || here.phase() == Phase.SENDING)) {
      lane.rate(now)
          .filter(rate -> rate >= 1)
          .ifPresent(
              rate -> pieces.add(new Piece(4, Ink.PLAIN, Text.bytes(Math.round(rate)) + "/s")));
      lane.left(now)
          .ifPresent(left -> pieces.add(new Piece(2, Ink.PLAIN, Text.whole(left) + " left")));
    }
    return pieces;
  }

  private static String what(SyncProgress here) {
    return switch (here.phase()) {
      case WORKING -> here.step();
      case WAITING -> "waiting";
      case CONNECTING -> "connecting";
      case LISTING -> "listing folders";
      case COMPARING -> here.folder().map(folder -> "comparing " + folder).orElse("comparing");
      case READING -> here.folder().map(folder -> "reading " + folder).orElse("reading");
      case TRANSFERRING -> here.folder().orElse("copying");
      case SENDING -> "sending";
      case FINISHING -> "finishing";
    };
  }

  private static void numbers(SyncProgress here, List<Piece> pieces) {
    switch (here.phase()) {
      case WORKING, WAITING, CONNECTING, LISTING -> {}
      case COMPARING ->
        pieces.add(new Piece(
            3,
            Ink.PLAIN,
            Text.count(here.foldersDone()) + "/" + Text.count(here.folders(), "folder")));
      case READING, TRANSFERRING, SENDING, FINISHING -> {
        if (here.messages() > 0) {
          pieces.add(new Piece(
              3, Ink.PLAIN, Text.count(here.messagesDone()) + "/" + Text.count(here.messages())));
        }
        if (here.bytes() > 0) {
          pieces.add(new Piece(
              5, Ink.PLAIN, Text.bytes(here.bytesDone()) + " of " + Text.bytes(here.bytes())));
        }
      }
    }
  }

  private String paint(Ink ink, String text) {
    return ink.on(look.colours(), text);
  }
}

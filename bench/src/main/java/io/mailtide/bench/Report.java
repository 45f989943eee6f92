package io.mailtide.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A case's figures: a line a tool and kind of work, then how much longer the others took than the
 * first tool.
 */
record Report(List<Figures> figures, List<String> remarks) {
  private static final List<String> COLUMNS = List.of(
      "",
      "median s",
      "min - max",
      "user s",
      "system s",
      "peak MiB",
      "bytes sent",
      "bytes back",
      "round trips",
      "forced",
      "exact");
  private static final double PERCENT = 100;

  static Report of(List<Tool> tools, List<Result> results) {
    var figures = new ArrayList<Figures>();
    var remarks = new ArrayList<String>();
    for (var work : Work.values()) {
      var its = tools.stream()
          .map(tool -> Figures.of(tool.name(), work, results))
          .filter(one -> !one.timed().isEmpty())
          .toList();
      figures.addAll(its);
      its.stream().skip(1).forEach(other -> remarks.add(compared(other, its.getFirst())));
    }
    remarks.add(
        "After every run both sides held the same mail; of mbsync's, what it adds and drops "
            .concat("(X-TUID, CR) is overlooked, of offlineimap's, a message in ten."));
    return new Report(List.copyOf(figures), List.copyOf(remarks));
  }

  private static String compared(Figures other, Figures first) {
    var ratios = other.ratios(first);
    return "%s takes %.2f times as long as %s, %s (%s, round by round)."
        .formatted(
            other.tool(),
            Figures.middle(ratios),
            first.tool(),
            first.work().label(),
            Figures.range(ratios));
  }

  /** For the terminal. */
  String text() {
    var format = "%-26s %9s %19s %8s %8s %8s %13s %13s %11s %9s %6s%n";
    return format.formatted(COLUMNS.toArray())
        + figures.stream()
            .map(one -> format.formatted(cells(one).toArray()))
            .collect(Collectors.joining())
        + remarks.stream().map(one -> one + "%n".formatted()).collect(Collectors.joining());
  }

  /** For a page in Markdown. */
  String markdown() {
    var lines = new ArrayList<String>();
    lines.add(row(COLUMNS));
    lines.add("|---" + "|---:".repeat(COLUMNS.size() - 1) + "|");
    figures.forEach(one -> lines.add(row(cells(one))));
    lines.add("");
    remarks.forEach(one -> lines.add("- " + one));
    return String.join("\n", lines) + "\n";
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static List<String> cells(Figures one) {
    return List.of(
        one.tool() + " " + one.work().label(),
        "%.3f".formatted(Figures.middle(one.seconds())),
        Figures.range(one.seconds()),
        "%.2f".formatted(one.userSeconds()),
        "%.2f".formatted(one.systemSeconds()),
        "%.0f".formatted(one.peakMib()),
        "%,.0f".formatted(one.sent()),
        "%,.0f".formatted(one.back()),
        one.roundTrips(),
        one.forced(),
        "%.1f%%".formatted(PERCENT * one.exactShare()));
  }
}

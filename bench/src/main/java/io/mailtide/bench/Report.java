package io.mailtide.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Figures as a table: a line a tool and kind of work, then how much longer the others took than the
 * first tool.
 */
final class Report {
  private static final double MIB = 1_024 * 1_024;

  private Report() {}

  static void print(PrintStream out, List<Tool> tools, List<Result> results) {
    out.printf(
        "%-24s %9s %19s %9s %12s %12s%n",
        "", "median s", "min - max", "peak MiB", "bytes sent", "bytes back");
    for (var work : Result.Work.values()) {
      for (var tool : tools) {
        var mine = of(results, tool.name(), work);
        out.printf(
            "%-24s %9.3f %19s %9.0f %,12.0f %,12.0f %11s%n",
            tool.name() + " " + work.label(),
            median(mine, result -> result.execution().seconds()),
            range(values(mine, result -> result.execution().seconds())),
            median(mine, result -> result.execution().peakBytes() / MIB),
            median(mine, result -> result.traffic().received()),
            median(mine, result -> result.traffic().sent()),
            mine.stream().allMatch(result -> result.roundTrips().isPresent())
                ? "%.0f".formatted(median(mine, result -> result.roundTrips().orElseThrow()))
                : "untold");
      }
    }
    for (var tool : tools.subList(1, tools.size())) {
      for (var work : Result.Work.values()) {
        var ratios =
            ratios(of(results, tool.name(), work), of(results, tools.getFirst().name(), work));
        out.printf(
            "%s takes %.2f times as long as %s, %s (%s, round by round)%n",
            tool.name(), middle(ratios), tools.getFirst().name(), work.label(), range(ratios));
      }
    }
    out.println("Every run ended with the server's mail; of mbsync's, what it adds and drops "
        + "(X-TUID, CR) is overlooked.");
  }

  private static List<Result> of(List<Result> results, String tool, Result.Work work) {
    return results.stream()
        .filter(result -> result.tool().equals(tool) && result.work() == work)
        .toList();
  }

  private static double[] ratios(List<Result> those, List<Result> these) {
    return those.stream()
        .mapToDouble(that -> that.execution().seconds()
            / these.stream()
                .filter(one -> one.round() == that.round())
                .findFirst()
                .orElseThrow()
                .execution()
                .seconds())
        .sorted()
        .toArray();
  }

  private static double median(List<Result> results, ToDoubleFunction<Result> figure) {
    return middle(values(results, figure));
  }

  private static double[] values(List<Result> results, ToDoubleFunction<Result> figure) {
    return results.stream().mapToDouble(figure).sorted().toArray();
  }

  static double middle(double[] sorted) {
    var half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static String range(double[] sorted) {
    return "%.3f - %.3f".formatted(sorted[0], sorted[sorted.length - 1]);
  }
}

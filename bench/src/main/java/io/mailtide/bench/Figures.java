package io.mailtide.bench;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What all runs of one tool at one kind of work come to. */
record Figures(String tool, Work work, List<Result> timed, List<Result> all) {
  private static final double MIB = 1_024 * 1_024;

  static Figures of(String tool, Work work, List<Result> results) {
    var all = results.stream()
        .filter(result -> result.tool().equals(tool) && result.work() == work)
        .toList();
    return new Figures(
        tool, work, all.stream().filter(one -> one.round() != Result.WARM_UP).toList(), all);
  }

  /** Wall seconds, ascending. */
  double[] seconds() {
    return values(result -> result.execution().seconds());
  }

  double userSeconds() {
    return middle(values(result -> result.execution().usage().user()));
  }

  double systemSeconds() {
    return middle(values(result -> result.execution().usage().system()));
  }

  double peakMib() {
    return middle(values(result -> result.execution().peakBytes() / MIB));
  }

  /** Bytes that the tool sent. */
  double sent() {
    return middle(values(result -> result.traffic().received()));
  }

  /** Bytes that the server sent. */
  double back() {
    return middle(values(result -> result.traffic().sent()));
  }

  String roundTrips() {
    return counted(Result::roundTrips);
  }

  String forced() {
    return counted(Result::forced);
  }

  /** The share of messages kept byte for byte, in the worst run. */
  double exactShare() {
    return all.stream()
        .mapToDouble(
            result -> result.messages() == 0 ? 1 : 1.0 * result.exact() / result.messages())
        .min()
        .orElse(0);
  }

  /** How much longer each run took than the other tool's of the same round, ascending. */
  double[] ratios(Figures other) {
    return timed.stream()
        .mapToDouble(mine -> mine.execution().seconds()
            / other.timed.stream()
                .filter(its -> its.round() == mine.round())
                .findFirst()
                .orElseThrow()
                .execution()
                .seconds())
        .sorted()
        .toArray();
  }

  private double[] values(ToDoubleFunction<Result> figure) {
    return timed.stream().mapToDouble(figure).sorted().toArray();
  }

  private String counted(Function<Result, OptionalLong> count) {
    var counts = all.stream()
        .map(count)
        .filter(OptionalLong::isPresent)
        .mapToDouble(OptionalLong::orElseThrow)
        .sorted()
        .toArray();
    return counts.length == 0 ? "-" : "%,.0f".formatted(middle(counts));
  }

  static double middle(double[] sorted) {
    var half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  static String range(double[] sorted) {
    return "%.3f - %.3f".formatted(sorted[0], sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return tool + " " + work.label() + " " + Arrays.toString(seconds());
  }
}

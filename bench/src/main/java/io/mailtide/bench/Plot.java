package io.mailtide.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Drawings in SVG, without scripts or fonts of their own. */
final class Plot {
  private static final int WIDTH = 760;
  private static final int LEFT = 170;
  private static final int RIGHT = 90;
  private static final int BAR = 22;
  private static final int GAP = 10;
  private static final int TOP = 34;
  private static final List<String> COLOURS =
      List.of("#1b6ca8", "#b5651d", "#5a8f3d", "#777777", "#8a4f9e");

  private Plot() {}

  /** Bars from zero: a tool's median each, and its range; a panel a kind of work. */
  static String bars(List<Figures> figures) {
    var tools = figures.stream().map(Figures::tool).distinct().toList();
    var body = new StringBuilder();
    var y = 0;
    for (var work : Work.values()) {
      var its = figures.stream().filter(one -> one.work() == work).toList();
      if (!its.isEmpty()) {
        y = panel(body, work, its, tools, y);
      }
    }
    return drawing(y + GAP, body.toString());
  }

  private static int panel(
      StringBuilder body, Work work, List<Figures> figures, List<String> tools, int top) {
    var longest = figures.stream()
        .mapToDouble(one -> one.seconds()[one.seconds().length - 1])
        .max()
        .orElseThrow();
    var scale = (WIDTH - LEFT - RIGHT) / longest;
    body.append(text(GAP, top + TOP - GAP, "start", work.label() + ", seconds"));
    var y = top + TOP;
    for (var one : figures) {
      var seconds = one.seconds();
      var median = Figures.middle(seconds);
      var centre = y + BAR / 2.0;
      body.append(text(LEFT - GAP, centre + 5, "end", one.tool()))
          .append(svg(
              "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
              LEFT, y, median * scale, BAR, COLOURS.get(tools.indexOf(one.tool()))))
          .append(line(
              LEFT + seconds[0] * scale,
              centre,
              LEFT + seconds[seconds.length - 1] * scale,
              centre,
              "#000000"))
          .append(text(
              LEFT + seconds[seconds.length - 1] * scale + 6,
              centre + 5,
              "start",
              rounded(median)));
      y += BAR + GAP;
    }
    return y;
  }

  /**
   * One line of a diagram.
   *
   * @param x ascending
   */
  record Series(String label, List<Double> x, List<Double> y) {}

  /** Lines over axes that both grow tenfold a step; all values must be positive. */
  static String curves(String acrossLabel, String upLabel, List<Series> series) {
    var across = new Axis(
        decades(series.stream().flatMap(one -> one.x.stream()).toList()), LEFT, WIDTH - RIGHT * 2);
    var up = new Axis(decades(series.stream().flatMap(one -> one.y.stream()).toList()), 360, TOP);
    var body = new StringBuilder();
    for (var power = across.decades.first; power <= across.decades.last; power++) {
      var x = across.at(Math.pow(10, power));
      body.append(line(x, up.from, x, up.to, "#dddddd"))
          .append(text(x, up.from + 20, "middle", tens(power)));
    }
    for (var power = up.decades.first; power <= up.decades.last; power++) {
      var y = up.at(Math.pow(10, power));
      body.append(line(across.from, y, across.to, y, "#dddddd"))
          .append(text(LEFT - GAP, y + 5, "end", tens(power)));
    }
    body.append(text((across.from + across.to) / 2.0, up.from + 42, "middle", acrossLabel))
        .append(text(GAP, TOP - GAP, "start", upLabel));
    for (var one : series) {
      var colour = COLOURS.get(series.indexOf(one));
      var points = new ArrayList<String>();
      for (var i = 0; i < one.x.size(); i++) {
        var x = across.at(one.x.get(i));
        var y = up.at(one.y.get(i));
        points.add(svg("%.1f,%.1f", x, y));
        body.append(svg("<circle cx='%.1f' cy='%.1f' r='3.5' fill='%s'/>%n", x, y, colour));
      }
      body.append(svg(
              "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>%n",
              String.join(" ", points), colour))
          .append(text(across.to + GAP, up.at(one.y.getLast()) + 5, "start", one.label));
    }
    return drawing(420, body.toString());
  }

  private record Decades(int first, int last) {}

  private static Decades decades(List<Double> values) {
    var logs = values.stream().mapToDouble(Math::log10).summaryStatistics();
    return new Decades((int) Math.floor(logs.getMin()), (int) Math.ceil(logs.getMax()));
  }

  private record Axis(Decades decades, int from, int to) {
    double at(double value) {
      var share = (Math.log10(value) - decades.first) / Math.max(1, decades.last - decades.first);
      return from + (to - from) * share;
    }
  }

  private static String tens(int power) {
    return power < 0
        ? "%s".formatted(Math.pow(10, power))
        : String.format(Locale.ROOT, "%,d", (long) Math.pow(10, power));
  }

  private static String rounded(double seconds) {
    return svg(seconds < 10 ? "%.2f" : "%.0f", seconds);
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return svg(
        "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s'/>%n", x1, y1, x2, y2, colour);
  }

  private static String text(double x, double y, String anchor, String words) {
    return svg(
        "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>%n",
        x, y, anchor, words.replace("&", "&amp;").replace("<", "&lt;"));
  }

  private static String drawing(int height, String body) {
    return svg(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d'"
            + " font-family='sans-serif' font-size='14'>%n"
            + "<rect width='100%%' height='100%%' fill='#ffffff'/>%n%s</svg>%n",
        WIDTH, height, WIDTH, height, body);
  }

  private static String svg(String format, Object... values) {
    return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
  }
}

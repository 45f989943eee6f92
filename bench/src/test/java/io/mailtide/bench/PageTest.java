package io.mailtide.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PageTest {
  @TempDir
  private Path docs;

  @Test
  void section_isWrittenAnew_othersStay() throws Exception {
    var page = new Page(docs);
    page.write("one", "first text\n", "<svg/>");
    page.write("two 50ms", "second text", "<svg/>");
    var both = written();
    page.write("one", "first text\n", "<svg/>");
    assertThat(written()).isEqualTo(both);
    page.write("one", "third text", "<svg></svg>");
    assertThat(written())
        .isEqualTo(both.replace("first text", "third text"))
        .contains("## two 50ms\n\nsecond text\n\n![time, two 50ms](plots/two-50ms.svg)")
        .startsWith("# Benchmark results");
    assertThat(docs.resolve("plots/one.svg")).hasContent("<svg></svg>");
  }

  @Test
  void report_showsToolsBesideEachOther() {
    var report = Report.of(List.of(MAILTIDE, new Tool.Mbsync()), results());
    assertThat(report.markdown())
        .contains(
            "| mailtide pull | 2.000 | 1.000 - 3.000 | 0.50 | 0.25 | 64 | 100 | 2,000 | 7 | 4 |")
        .contains("| mbsync pull | 4.000 | 3.000 - 8.000 |")
        .contains("| 90.0% |")
        .contains(
            "mbsync takes 2.67 times as long as mailtide, pull (1.500 - 4.000, round by round");
  }

  @Test
  void bars_areAsLongAsTheMedians() throws Exception {
    var report = Report.of(List.of(MAILTIDE, new Tool.Mbsync()), results());
    var bars = parsed(Plot.bars(report.figures())).getElementsByTagName("rect");
    // The first one is the ground.
    assertThat(bars.getLength()).isEqualTo(3);
    assertThat(width(bars.item(2))).isEqualTo(2 * width(bars.item(1)));
  }

  @Test
  void curves_growTenfoldAStep() throws Exception {
    var plot = Plot.curves(
        "messages",
        "seconds",
        List.of(new Plot.Series("a < b", List.of(10.0, 100.0, 1_000.0), List.of(0.5, 5.0, 50.0))));
    var drawing = parsed(plot);
    assertThat(drawing.getElementsByTagName("circle").getLength()).isEqualTo(3);
    var points = drawing
        .getElementsByTagName("polyline")
        .item(0)
        .getAttributes()
        .getNamedItem("points")
        .getNodeValue()
        .split("[ ,]", -1);
    assertThat(Double.parseDouble(points[2]) * 2)
        .isCloseTo(Double.parseDouble(points[0]) + Double.parseDouble(points[4]), within(0.3));
    assertThat(Double.parseDouble(points[3]) * 2)
        .isCloseTo(Double.parseDouble(points[1]) + Double.parseDouble(points[5]), within(0.3));
  }

  private static final Tool MAILTIDE = new Tool.Mailtide(List.of());

  /** Three rounds; the round before is only counted. */
  private static List<Result> results() {
    var results = new ArrayList<Result>();
    double[][] seconds = {{99, 99}, {1, 4}, {3, 8}, {2, 3}};
    for (var round = 0; round < seconds.length; round++) {
      results.add(result("mailtide", round, seconds[round][0], 10));
      results.add(result("mbsync", round, seconds[round][1], 9));
    }
    return results;
  }

  private static Result result(String tool, int round, double seconds, int exact) {
    var counted = round == Result.WARM_UP;
    return new Result(
        tool,
        Work.PULL,
        round,
        new Execution(seconds, new Usage(0.5, 0.25), 64L << 20),
        new ServerTraffic(100, 2_000),
        counted ? OptionalLong.of(7) : OptionalLong.empty(),
        counted ? OptionalLong.of(4) : OptionalLong.empty(),
        exact,
        10);
  }

  private String written() throws Exception {
    return Files.readString(docs.resolve("benchmarks-results.md"));
  }

  private static double width(org.w3c.dom.Node bar) {
    return Double.parseDouble(bar.getAttributes().getNamedItem("width").getNodeValue());
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }
}

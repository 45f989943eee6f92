package io.mailtide.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The page with the latest figures of each case, {@code benchmarks-results.md}, and its plots. A
 * section is written anew when its case is run; all others stay.
 */
final class Page {
  private static final String HEAD = """
      # Benchmark results

      Written by `./build bench`, a section a case, each when it was last run;
      [Benchmarks](benchmarks.md) says what is measured and how.
      """;
  private static final Pattern HEADING = Pattern.compile("(?m)^## (.*)$");

  private final Path docs;

  /** @param docs the directory that the page is in */
  Page(Path docs) {
    this.docs = docs;
  }

  /**
   * Writes a section.
   *
   * @param label its heading, and the plot's name
   * @param text in Markdown
   * @param plot in SVG
   */
  void write(String label, String text, String plot) throws IOException {
    var file = docs.resolve("benchmarks-results.md");
    var sections = sections(Files.exists(file) ? Files.readString(file) : "");
    var name = label.replace(' ', '-') + ".svg";
    Files.writeString(Files.createDirectories(docs.resolve("plots")).resolve(name), plot);
    sections.put(label, "\n" + text.strip() + "\n\n![time, " + label + "](plots/" + name + ")\n");
    var page = new StringBuilder(HEAD);
    sections.forEach(
        (heading, its) -> page.append("\n## ").append(heading).append('\n').append(its));
    Files.writeString(file, page.toString().strip() + "\n");
  }

  private static Map<String, String> sections(String page) {
    var sections = new LinkedHashMap<String, String>();
    var heading = HEADING.matcher(page);
    for (var found = heading.find(); found; ) {
      var label = heading.group(1);
      var begin = heading.end() + 1;
      found = heading.find();
      sections.put(
          label,
          page.substring(begin, found ? heading.start() : page.length()).stripTrailing() + "\n");
    }
    return sections;
  }
}

package io.mailtide.tidy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What no committed text may hold, and what its links must do. */
final class Texts {
  /** Assembled from parts, so that this file does not break its own rules. */
  private static final Pattern UNDONE = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

  private static final Pattern REGISTRY = Pattern.compile(String.join(
      "|",
      "npmjs\\.(org|com)",
      "repo1?\\.maven\\.",
      "central\\.sonatype",
      "(deb|security|archive)\\.(debian|ubuntu)\\.",
      "pypi\\.org"));

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z][a-z0-9+.-]*:.*|#.*");

  private Texts() {}

  static List<Violation> undone(SourceFile file) {
    return matching(file, "undone", UNDONE, "belongs into an issue: ");
  }

  static List<Violation> registries(SourceFile file) {
    return matching(file, "registry", REGISTRY, "names a package registry's host: ");
  }

  /**
   * Relative links of a Markdown file that lead nowhere; what stands between code fences is no
   * link.
   */
  static List<Violation> links(SourceFile file, Predicate<Path> exists) {
    var found = new ArrayList<Violation>();
    var lines = file.lines();
    var code = false;
    for (var i = 0; i < lines.size(); i++) {
      if (lines.get(i).stripLeading().startsWith("```")) {
        code = !code;
      }
      var link = LINK.matcher(code ? "" : lines.get(i));
      while (link.find()) {
        var target = link.group(1);
        if (!ELSEWHERE.matcher(target).matches()
            && !exists.test(
                file.path().resolveSibling(target.replaceFirst("#.*", "")).normalize())) {
          found.add(new Violation("link", file.path(), i + 1, "leads nowhere: " + target));
        }
      }
    }
    return found;
  }

  private static List<Violation> matching(
      SourceFile file, String rule, Pattern pattern, String what) {
    var found = new ArrayList<Violation>();
    var lines = file.lines();
    for (var i = 0; i < lines.size(); i++) {
      var match = pattern.matcher(lines.get(i));
      if (match.find()) {
        found.add(new Violation(rule, file.path(), i + 1, what + match.group()));
      }
    }
    return found;
  }
}

package io.mailtide.tidy;

import com.sun.source.tree.MethodTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** How long and how many things may be. */
final class Limits {
  static final int FUNCTION_LINES_MAX = 60;
  static final int FILE_LINES_MAX = 400;
  static final int PACKAGE_FILES_MAX = 25;
  static final int COLUMNS_MAX = 110;

  private Limits() {}

  static List<Violation> functions(JavaFile file) {
    var found = new ArrayList<Violation>();
    for (var method : file.nodes(MethodTree.class)) {
      var lines = file.lastLine(method) - file.firstLine(method) + 1;
      if (lines > FUNCTION_LINES_MAX) {
        var what = method.getName() + " has " + lines + " lines, more than " + FUNCTION_LINES_MAX;
        found.add(file.violation("function", method, what));
      }
    }
    return found;
  }

  static List<Violation> fileLength(SourceFile file) {
    var lines = file.lines().size();
    return lines > FILE_LINES_MAX
        ? List.of(
            new Violation("file", file.path(), 0, lines + " lines, more than " + FILE_LINES_MAX))
        : List.of();
  }

  static List<Violation> columns(SourceFile file) {
    var found = new ArrayList<Violation>();
    var lines = file.lines();
    for (var i = 0; i < lines.size(); i++) {
      var columns = lines.get(i).codePointCount(0, lines.get(i).length());
      if (columns > COLUMNS_MAX) {
        found.add(new Violation(
            "columns", file.path(), i + 1, columns + " columns, more than " + COLUMNS_MAX));
      }
    }
    return found;
  }

  static List<Violation> packages(List<SourceFile> files) {
    var sizes = new TreeMap<Path, Integer>();
    for (var file : files) {
      var directory = file.path().getParent();
      if (file.isJava() && directory != null) {
        sizes.merge(directory, 1, Integer::sum);
      }
    }
    var found = new ArrayList<Violation>();
    sizes.forEach((directory, size) -> {
      if (size > PACKAGE_FILES_MAX) {
        found.add(new Violation(
            "package", directory, 0, size + " files, more than " + PACKAGE_FILES_MAX));
      }
    });
    return found;
  }
}

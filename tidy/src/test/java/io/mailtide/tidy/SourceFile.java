package io.mailtide.tidy;

import java.nio.file.Path;
import java.util.List;

/**
 * A text file of the repository.
 *
 * @param path from the root of the repository
 */
record SourceFile(Path path, String text) {
  static SourceFile of(String path, String text) {
    return new SourceFile(Path.of(path), text);
  }

  List<String> lines() {
    return text.lines().toList();
  }

  String name() {
    return String.valueOf(path.getFileName());
  }

  /** The first directory of its path: its Maven module. Empty for files at the root. */
  String module() {
    return path.getNameCount() > 1 ? path.getName(0).toString() : "";
  }

  boolean isJava() {
    return name().endsWith(".java");
  }

  /** Whether it is part of what is shipped rather than of a test. */
  boolean isMain() {
    return path.getNameCount() > 2 && path.subpath(1, 3).equals(Path.of("src/main"));
  }
}

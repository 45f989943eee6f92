package io.mailtide.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files that people write, without what is built from them or belongs to other tools. */
final class Repository {
  private static final Set<String> NOT_OURS =
      Set.of(".git", ".build", "target", "node_modules", ".idea", ".settings");
  private static final Set<String> NO_NAME_END = Set.of("build", "mailtide", "run", "LICENSE");
  private static final Set<String> TEXT = Set.of(
      "java",
      "md",
      "xml",
      "toml",
      "sh",
      "awk",
      "config",
      "properties",
      "json",
      "yml",
      "txt",
      "conf");

  private Repository() {}

  /** The root: the directory above this module. Surefire runs tests in their module's directory. */
  static Path root() {
    var module = Path.of("").toAbsolutePath();
    var root = module.getParent();
    if (root == null || !Files.exists(root.resolve("ARCHITECTURE.md"))) {
      throw new IllegalStateException(
          "run the tidy tests in their module's directory, not in " + module);
    }
    return root;
  }

  /** All text files that people write. Mail used as test data is not among them. */
  static List<SourceFile> files() {
    var files = new ArrayList<SourceFile>();
    try {
      Files.walkFileTree(root(), new Collector(files));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static boolean isText(Path file) {
    var name = String.valueOf(file.getFileName());
    return TEXT.contains(name.substring(name.lastIndexOf('.') + 1))
        || NO_NAME_END.contains(name)
        || file.toString().contains("META-INF/services/");
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final List<SourceFile> files;

    Collector(List<SourceFile> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      var ours = !NOT_OURS.contains(String.valueOf(directory.getFileName()));
      return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile() && isText(file)) {
        files.add(new SourceFile(
            root().relativize(file), Files.readString(file, StandardCharsets.UTF_8)));
      }
      return FileVisitResult.CONTINUE;
    }
  }
}

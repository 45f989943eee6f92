package io.mailtide.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** A Java file with its syntax tree, as the compiler sees it. */
record JavaFile(SourceFile source, CompilationUnitTree unit, SourcePositions positions) {
  /** Parses these; files that are not Java are left out. */
  static List<JavaFile> parse(List<SourceFile> sources) {
    var byUri = new HashMap<URI, SourceFile>();
    var objects = new ArrayList<JavaFileObject>();
    for (var source : sources) {
      if (source.isJava()) {
        var object = new InMemory(source);
        byUri.put(object.toUri(), source);
        objects.add(object);
      }
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, objects);
    var positions = Trees.instance(task).getSourcePositions();
    var parsed = new ArrayList<JavaFile>();
    try {
      for (var unit : task.parse()) {
        var source = byUri.get(unit.getSourceFile().toUri());
        if (source != null) {
          parsed.add(new JavaFile(source, unit, positions));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return parsed;
  }

  /** All nodes of one kind, in the order of the text. */
  <T extends Tree> List<T> nodes(Class<T> kind) {
    var found = new ArrayList<T>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void scan(@Nullable Tree tree, @Nullable Void nothing) {
        if (kind.isInstance(tree)) {
          found.add(kind.cast(tree));
        }
        return super.scan(tree, null);
      }
    }.scan(unit, null);
    return found;
  }

  long firstLine(Tree tree) {
    return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
  }

  long lastLine(Tree tree) {
    return unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
  }

  Violation violation(String rule, Tree where, String what) {
    return new Violation(rule, source.path(), firstLine(where), what);
  }

  private static final class InMemory extends SimpleJavaFileObject {
    private final String text;

    InMemory(SourceFile source) {
      super(uri(source.path()), Kind.SOURCE);
      text = source.text();
    }

    private static URI uri(Path path) {
      return URI.create("tidy:///" + path.toString().replace(' ', '_'));
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}

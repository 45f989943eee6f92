package io.mailtide.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnionTypeTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What Java code may not do. Names are compared as they are written; the types behind them are not
 * looked up.
 */
final class Bans {
  private static final Set<String> CLOCK_AND_DICE = Set.of(
      "Instant.now",
      "LocalDate.now",
      "LocalDateTime.now",
      "OffsetDateTime.now",
      "ZonedDateTime.now",
      "Clock.systemUTC",
      "Clock.systemDefaultZone",
      "InstantSource.system",
      "System.currentTimeMillis",
      "Thread.sleep",
      "UUID.randomUUID",
      "Math.random",
      "ThreadLocalRandom.current");
  private static final Set<String> CONSOLE = Set.of("System.out", "System.err");
  private static final Set<String> TOO_WIDE = Set.of("Exception", "Throwable");
  private static final Set<String> SKIPPING = Set.of("Disabled", "EnabledOnOs", "DisabledOnOs");

  private Bans() {}

  static List<Violation> clockAndDice(JavaFile file) {
    return named(file, "environment", CLOCK_AND_DICE, " belongs to the real Environment alone");
  }

  static List<Violation> console(JavaFile file) {
    return named(file, "console", CONSOLE, " belongs to the program alone");
  }

  static List<Violation> skipping(JavaFile file) {
    var found = named(
        file,
        "skipping",
        Set.of("Assumptions.assumeTrue", "Assumptions.assumeFalse"),
        " skips a test");
    for (var annotation : file.nodes(AnnotationTree.class)) {
      if (SKIPPING.contains(annotation.getAnnotationType().toString())) {
        found.add(file.violation("skipping", annotation, annotation + " skips a test"));
      }
    }
    for (var line : file.nodes(ImportTree.class)) {
      if (line.isStatic() && line.toString().contains(".Assumptions.")) {
        found.add(file.violation("skipping", line, "an assumption skips a test"));
      }
    }
    return found;
  }

  static List<Violation> wideCatch(JavaFile file) {
    var found = new ArrayList<Violation>();
    for (var caught : file.nodes(CatchTree.class)) {
      for (var type : types(caught.getParameter().getType())) {
        if (TOO_WIDE.contains(type.toString())) {
          found.add(file.violation("catch", caught, "catches every " + type));
        }
      }
    }
    return found;
  }

  private static List<? extends Tree> types(Tree type) {
    return type instanceof UnionTypeTree union ? union.getTypeAlternatives() : List.of(type);
  }

  private static List<Violation> named(JavaFile file, String rule, Set<String> banned, String why) {
    var found = new ArrayList<Violation>();
    for (var select : file.nodes(MemberSelectTree.class)) {
      var name = lastPart(select.getExpression()) + "." + select.getIdentifier();
      if (banned.contains(name)) {
        found.add(file.violation(rule, select, name + why));
      }
    }
    for (var reference : file.nodes(MemberReferenceTree.class)) {
      var name = lastPart(reference.getQualifierExpression()) + "." + reference.getName();
      if (banned.contains(name)) {
        found.add(file.violation(rule, reference, name + why));
      }
    }
    return found;
  }

  /**
   * Of {@code java.time.Instant}, {@code Instant}; so that a full name or an import of a member
   * does not escape.
   */
  private static String lastPart(Tree expression) {
    return expression instanceof MemberSelectTree select
        ? select.getIdentifier().toString()
        : expression.toString();
  }
}

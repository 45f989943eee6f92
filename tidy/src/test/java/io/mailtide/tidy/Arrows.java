package io.mailtide.tidy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who may import whom among our packages. Packages are given below a root, so that examples can
 * have a root of their own.
 */
final class Arrows {
  /**
   * Package to the packages it may import, sub-packages included; a package may always import
   * itself.
   */
  static final Map<String, List<String>> ALLOWED = new TreeMap<>(Map.ofEntries(
      Map.entry("cli", List.of("client", "demo", "mapi", "engine")),
      Map.entry("client", List.of("mapi", "engine")),
      Map.entry("mapi", List.of()),
      Map.entry("engine", List.of()),
      Map.entry("demo", List.of()),
      Map.entry("replica.imap", List.of("account", "engine", "net", "wire")),
      Map.entry("replica.maildir", List.of("engine", "net", "wire")),
      Map.entry("transport.smtp", List.of("account", "engine", "net", "wire")),
      Map.entry("account", List.of("engine", "net", "wire")),
      Map.entry("net", List.of("wire")),
      Map.entry("wire", List.of()),
      Map.entry("testkit", List.of("engine", "net", "wire", "mapi"))));

  private static final String[] OUTSIDE_WORLD = {
    "java.net..",
    "java.nio.file..",
    "java.nio.channels..",
    "java.sql..",
    "javax.net..",
    "java.util.concurrent.."
  };

  private Arrows() {}

  static List<ArchRule> all(String root) {
    var rules = new ArrayList<ArchRule>();
    ALLOWED.forEach((from, to) -> rules.add(onlyImports(root, from, to)));
    rules.add(protocolsApart(root));
    rules.add(noInputOutput(root + ".wire.."));
    rules.add(noInputOutput(root + ".engine.plan.."));
    return rules;
  }

  private static ArchRule onlyImports(String root, String from, List<String> to) {
    var open = new ArrayList<String>();
    open.add(root + "." + from + "..");
    to.forEach(name -> open.add(root + "." + name + ".."));
    return classes()
        .that()
        .resideInAPackage(root + "." + from + "..")
        .should()
        .onlyDependOnClassesThat(oursOnlyIn(root, open))
        .as(from + " imports of ours only " + to)
        .because("imports go down the list of ARCHITECTURE.md only, so that each part can be read, "
            + "tested and replaced"
            + " without those above it")
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> oursOnlyIn(String root, List<String> open) {
    return JavaClass.Predicates.resideOutsideOfPackage(root + "..")
        .or(JavaClass.Predicates.resideInAnyPackage(open.toArray(String[]::new)));
  }

  private static ArchRule protocolsApart(String root) {
    return com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices()
        .matching(root + ".wire.(*)..")
        .should()
        .notDependOnEachOther()
        .because(
            "each protocol stands alone on the base package; one that leans on another cannot change alone")
        .allowEmptyShould(true);
  }

  private static ArchRule noInputOutput(String packages) {
    return noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(OUTSIDE_WORLD)
        .because(
            "protocols and the planner are functions of their input: no socket, file, database or thread")
        .allowEmptyShould(true);
  }
}

package io.mailtide.tidy;

import com.sun.source.tree.DirectiveTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.ProvidesTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What modules export, and whether both ways to find a service agree. */
final class Modules {
  /**
   * The packages that a module offers to others. The program and its measurements offer none but
   * their own.
   */
  static final Map<String, Set<String>> EXPORTED = Map.ofEntries(
      Map.entry("cli", Set.of("io.mailtide.cli")),
      Map.entry("client", Set.of("io.mailtide.client")),
      Map.entry("demo", Set.of("io.mailtide.demo")),
      Map.entry("engine", Set.of("io.mailtide.engine", "io.mailtide.engine.send")),
      Map.entry("mapi", Set.of("io.mailtide.mapi")),
      Map.entry("net", Set.of("io.mailtide.net")),
      Map.entry("picocli", Set.of("picocli")),
      Map.entry("replica-imap", Set.of("io.mailtide.replica.imap")),
      Map.entry("replica-maildir", Set.of("io.mailtide.replica.maildir")),
      Map.entry("testkit", Set.of("io.mailtide.testkit")),
      Map.entry(
          "wire", Set.of("io.mailtide.wire", "io.mailtide.wire.imap", "io.mailtide.wire.sasl")));

  private Modules() {}

  static List<Violation> exports(JavaFile moduleInfo) {
    var module = moduleInfo.source().module();
    var allowed = EXPORTED.getOrDefault(module, Set.of());
    var found = new ArrayList<Violation>();
    for (var directive : directives(moduleInfo)) {
      if (directive instanceof ExportsTree exports
          && !isForTests(exports)
          && !allowed.contains(exports.getPackageName().toString())) {
        var what = "exports " + exports.getPackageName() + ", which is not among "
            + new TreeSet<>(allowed);
        found.add(moduleInfo.violation("exports", exports, what));
      }
    }
    return found;
  }

  /** What is shown to the tests' own module alone is promised to nobody. */
  private static boolean isForTests(ExportsTree exports) {
    var readers = exports.getModuleNames();
    return readers != null
        && readers.stream().allMatch(name -> name.toString().equals("io.mailtide.testkit"));
  }

  /**
   * Each {@code provides} needs a file in {@code META-INF/services} that says the same, and the
   * other way round.
   */
  static List<Violation> services(List<JavaFile> moduleInfos, List<SourceFile> files) {
    var declared = new TreeMap<String, Set<String>>();
    for (var info : moduleInfos) {
      for (var directive : directives(info)) {
        if (directive instanceof ProvidesTree provides) {
          var names = provides.getImplementationNames().stream()
              .map(Object::toString)
              .collect(Collectors.toCollection(TreeSet::new));
          declared.put(info.source().module() + " " + provides.getServiceName(), names);
        }
      }
    }
    var listed = new TreeMap<String, Set<String>>();
    for (var file : files) {
      if (file.isMain() && file.path().toString().contains("META-INF/services/")) {
        var names = file.lines().stream()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
        listed.put(file.module() + " " + file.name(), names);
      }
    }
    var all = new TreeSet<>(declared.keySet());
    all.addAll(listed.keySet());
    var found = new ArrayList<Violation>();
    for (var service : all) {
      var one = declared.getOrDefault(service, Set.of());
      var other = listed.getOrDefault(service, Set.of());
      if (!one.equals(other)) {
        var what = service + ": module-info provides " + one + ", META-INF/services lists " + other;
        found.add(
            new Violation("services", java.nio.file.Path.of(service.split(" ", 2)[0]), 0, what));
      }
    }
    return found;
  }

  private static List<? extends DirectiveTree> directives(JavaFile moduleInfo) {
    var module = moduleInfo.unit().getModule();
    return module == null ? List.of() : module.getDirectives();
  }
}

package io.mailtide.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Holds the compiled classes of all modules against the arrows of ARCHITECTURE.md. */
class ArrowsTest {
  private static final String EXAMPLES = "io.mailtide.tidy.examples";

  @Test
  void imports_goDownOnly() {
    var classes = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.mailtide");
    for (var module : Arrows.ALLOWED.keySet()) {
      assertThat(classes)
          .as("classes of " + module + " are looked at")
          .anyMatch(type -> type.getPackageName().startsWith("io.mailtide." + module));
    }
    Arrows.all("io.mailtide").forEach(rule -> rule.check(classes));
  }

  @Test
  void arrowUpwards_isFound() {
    assertBroken("engine imports of ours only", "engine.KnowsTheContract");
  }

  @Test
  void replicaNamedAbove_isFound() {
    assertBroken("client imports of ours only", "client.NamesReplica");
  }

  @Test
  void protocolLeaningOnAnother_isFound() {
    assertBroken("slices", "wire.imap.LeansOnAnother");
  }

  @Test
  void plannerTouchingFiles_isFound() {
    assertBroken("engine.plan", "engine.plan.ReadsFiles");
  }

  private static void assertBroken(String rule, String culprit) {
    JavaClasses classes = new ClassFileImporter().importPackages(EXAMPLES);
    var broken = Arrows.all(EXAMPLES).stream()
        .filter(candidate -> candidate.getDescription().contains(rule))
        .map((ArchRule candidate) -> candidate.evaluate(classes))
        .filter(result -> result.hasViolation())
        .toList();
    assertThat(broken).hasSize(1);
    assertThat(broken.getFirst().getFailureReport().toString())
        .contains(culprit)
        .contains("because");
  }
}

package io.mailtide.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Shows each rule a bad example and a good one, so that a rule that cannot fail is noticed. */
class RulesTest {
  @Test
  void function_ofSixtyOneLines_isFound() {
    assertThat(Limits.functions(function(Limits.FUNCTION_LINES_MAX))).isEmpty();
    assertThat(Limits.functions(function(Limits.FUNCTION_LINES_MAX + 1)))
        .extracting(Violation::toString)
        .containsExactly("m/src/main/java/A.java:2: work has 61 lines, more than 60");
  }

  @Test
  void file_ofFourHundredAndOneLines_isFound() {
    assertThat(Limits.fileLength(SourceFile.of("A.java", "\n".repeat(Limits.FILE_LINES_MAX))))
        .isEmpty();
    assertThat(Limits.fileLength(SourceFile.of("A.java", "\n".repeat(Limits.FILE_LINES_MAX + 1))))
        .hasSize(1);
  }

  @Test
  void line_tooLong_isFoundWithItsNumber() {
    var good = "x".repeat(Limits.COLUMNS_MAX);
    assertThat(Limits.columns(SourceFile.of("A.java", good + "\n" + good + "x")))
        .extracting(Violation::line)
        .containsExactly(2L);
  }

  @Test
  void package_ofTwentySixFiles_isFound() {
    assertThat(Limits.packages(packageOf(Limits.PACKAGE_FILES_MAX))).isEmpty();
    assertThat(Limits.packages(packageOf(Limits.PACKAGE_FILES_MAX + 1))).hasSize(1);
  }

  @Test
  void clockAndDice_areFoundHoweverTheyAreNamed() {
    var bad = java("""
        class A {
          Object a = Instant.now();
          Object b = java.time.Instant.now();
          java.util.function.Supplier<Object> c = Instant::now;
          void d() throws Exception { Thread.sleep(1); }
          double e = Math.random();
          Object f = java.util.UUID.randomUUID();
          long g = System.currentTimeMillis();
        }
        """);
    assertThat(Bans.clockAndDice(bad))
        .extracting(Violation::line)
        .containsExactlyInAnyOrder(2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(Bans.clockAndDice(
            java("class A { /* Instant.now() */ String s = \"Instant.now()\"; }")))
        .isEmpty();
  }

  @Test
  void console_isFound() {
    assertThat(Bans.console(java("class A { void a() { System.out.println(); } }")))
        .hasSize(1);
    assertThat(Bans.console(java("class A { Object a = (Runnable) System.err::flush; }")))
        .hasSize(1);
    assertThat(Bans.console(java("class A { long a = System.nanoTime(); }"))).isEmpty();
  }

  @Test
  void wideCatch_isFoundAlsoAmongOthers() {
    assertThat(
            Bans.wideCatch(java("class A { void a() { try { a(); } catch (Exception e) { } } }")))
        .hasSize(1);
    assertThat(Bans.wideCatch(
            java("class A { void a() { try { a(); } catch (Error | Throwable e) { } } }")))
        .hasSize(1);
    assertThat(
            Bans.wideCatch(java("class A { void a() { try { a(); } catch (IOException e) { } } }")))
        .isEmpty();
  }

  @Test
  void skippedTest_isFound() {
    assertThat(Bans.skipping(java("class A { @Disabled void a() {} }"))).hasSize(1);
    assertThat(Bans.skipping(java("class A { void a() { Assumptions.assumeTrue(false); } }")))
        .hasSize(1);
    assertThat(Bans.skipping(
            java("import static org.junit.jupiter.api.Assumptions.assumeTrue; class A {}")))
        .isNotEmpty();
    assertThat(Bans.skipping(java("class A { @Test void a() {} }"))).isEmpty();
  }

  @Test
  void undoneWork_isFound() {
    assertThat(Texts.undone(SourceFile.of("a.md", "fine\n// TO" + "DO: later")))
        .extracting(Violation::line)
        .containsExactly(2L);
    assertThat(Texts.undone(SourceFile.of("a.md", "a mastodon"))).isEmpty();
  }

  @Test
  void registry_isFound() {
    assertThat(Texts.registries(SourceFile.of("p.json", "https://registry.npm" + "js.org/x")))
        .hasSize(1);
    assertThat(Texts.registries(SourceFile.of("pom.xml", "http://maven.apache.org/POM/4.0.0")))
        .isEmpty();
  }

  @Test
  void link_leadingNowhere_isFound() {
    var page = SourceFile.of("docs/a.md", """
        [here](b.md#part) [up](../README.md) [there](https://example.org/x) [part](#below)
        ```
        [code](no.md)
        ```
        [lost](gone.md)
        """);
    var there = List.of(Path.of("docs/b.md"), Path.of("README.md"));
    assertThat(Texts.links(page, there::contains)).extracting(Violation::line).containsExactly(5L);
  }

  @Test
  void export_ofAnUnpromisedPackage_isFound() {
    assertThat(Modules.exports(moduleInfo("exports io.mailtide.net;"))).isEmpty();
    assertThat(Modules.exports(moduleInfo("exports io.mailtide.net.tls;"))).hasSize(1);
    assertThat(Modules.exports(moduleInfo("exports io.mailtide.net.tls to io.mailtide.client;")))
        .hasSize(1);
    assertThat(Modules.exports(moduleInfo("exports io.mailtide.net.tls to io.mailtide.testkit;")))
        .isEmpty();
  }

  @Test
  void service_namedOnOneSideOnly_isFound() {
    var info = List.of(moduleInfo("provides a.Service with b.One, b.Two;"));
    assertThat(Modules.services(info, List.of(services("b.Two\nb.One # the first\n"))))
        .isEmpty();
    assertThat(Modules.services(info, List.of(services("b.One\n")))).hasSize(1);
    assertThat(Modules.services(info, List.of())).hasSize(1);
    assertThat(Modules.services(List.of(), List.of(services("b.One\n")))).hasSize(1);
  }

  private static JavaFile function(int lines) {
    return java("class A {\n  void work() {\n" + "    work();\n".repeat(lines - 2) + "  }\n}\n");
  }

  private static List<SourceFile> packageOf(int files) {
    return IntStream.range(0, files)
        .mapToObj(i -> SourceFile.of("m/src/main/java/p/A" + i + ".java", ""))
        .toList();
  }

  private static JavaFile java(String text) {
    return JavaFile.parse(new ArrayList<>(List.of(SourceFile.of("m/src/main/java/A.java", text))))
        .getFirst();
  }

  private static JavaFile moduleInfo(String directive) {
    var text = "module m { " + directive + " }";
    return JavaFile.parse(List.of(SourceFile.of("net/src/main/java/module-info.java", text)))
        .getFirst();
  }

  private static SourceFile services(String text) {
    return SourceFile.of("net/src/main/resources/META-INF/services/a.Service", text);
  }
}

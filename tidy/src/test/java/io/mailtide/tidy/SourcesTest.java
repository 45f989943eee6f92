package io.mailtide.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Holds the repository's sources against the rules. */
class SourcesTest {
  private static final List<SourceFile> FILES = Repository.files();
  private static final List<JavaFile> JAVA = JavaFile.parse(FILES);

  @Test
  void functions_areShort() {
    check(
        each(JAVA, Limits::functions),
        "a function that does not fit on a screen does more than one thing: name its parts");
  }

  @Test
  void files_areShort() {
    check(
        each(javaSources(), Limits::fileLength),
        "a type of more than " + Limits.FILE_LINES_MAX + " lines has more than one job: split it");
  }

  @Test
  void lines_fitTheScreen() {
    check(
        each(code(), Limits::columns),
        "two files must fit beside each other; wrap the line or the comment");
  }

  @Test
  void packages_areSmall() {
    check(
        Limits.packages(FILES),
        "a package of more files than that cannot be kept in mind: give a family its own");
  }

  @Test
  void clockAndDice_comeFromTheEnvironment() {
    check(
        each(JAVA, Bans::clockAndDice),
        "what is not a function of its input comes from the Environment, so that simulation "
            + "and tests replay exactly");
  }

  @Test
  void console_isTheProgramsAlone() {
    var libraries = JAVA.stream()
        .filter(file -> file.source().isMain())
        .filter(file -> !Set.of("cli", "bench").contains(file.source().module()))
        .toList();
    check(
        each(libraries, Bans::console),
        "a library that prints breaks the program's own output, and --json above all");
  }

  @Test
  void catches_nameWhatTheyExpect() {
    var main = JAVA.stream().filter(file -> file.source().isMain()).toList();
    check(each(main, Bans::wideCatch), "whoever catches everything also hides our own mistakes");
  }

  @Test
  void tests_areNotSkipped() {
    check(
        each(JAVA, Bans::skipping),
        "a skipped test proves nothing; what it needs is installed or named by ./build test");
  }

  @Test
  void undoneWork_isInIssues() {
    check(each(FILES, Texts::undone), "notes to oneself are forgotten in sources; issues are not");
  }

  @Test
  void registries_areNotNamed() {
    check(
        each(FILES, Texts::registries),
        "which mirror to use is the machine's business, not the repository's");
  }

  @Test
  void links_leadSomewhere() {
    var root = Repository.root();
    var pages = FILES.stream().filter(file -> file.name().endsWith(".md")).toList();
    check(
        each(pages, page -> Texts.links(page, path -> Files.exists(root.resolve(path)))),
        "a link that leads nowhere sends the reader away");
  }

  @Test
  void modules_exportWhatIsPromised() {
    check(
        each(moduleInfos(), Modules::exports),
        "what is exported is promised; all else can change freely");
  }

  @Test
  void services_areFoundBothWays() {
    check(
        Modules.services(moduleInfos(), FILES),
        "the program runs on the class path and others may run it on the module path: both "
            + "must find the same services");
  }

  @Test
  void repository_isReadWhole() {
    assertThat(FILES)
        .extracting(file -> file.path().toString())
        .contains("build", "pom.xml", "README.md", ".mvn/digest.awk");
    assertThat(JAVA).hasSizeGreaterThan(50);
    assertThat(moduleInfos())
        .extracting(file -> file.source().module())
        .containsAll(Modules.EXPORTED.keySet());
  }

  private static void check(List<Violation> violations, String reason) {
    assertThat(KnownExceptions.without(violations)).as(reason).isEmpty();
  }

  private static <F> List<Violation> each(Collection<F> files, Function<F, List<Violation>> rule) {
    var found = new ArrayList<Violation>();
    files.forEach(file -> found.addAll(rule.apply(file)));
    return found;
  }

  private static List<SourceFile> javaSources() {
    return FILES.stream().filter(SourceFile::isJava).toList();
  }

  /** Java, scripts and build files; tables in Markdown cannot be wrapped. */
  private static List<SourceFile> code() {
    return FILES.stream()
        .filter(file ->
            file.isJava() || Set.of("build", "mailtide", "run", "digest.awk").contains(file.name()))
        .toList();
  }

  private static List<JavaFile> moduleInfos() {
    return JAVA.stream()
        .filter(file -> file.source().isMain() && file.source().name().equals("module-info.java"))
        .toList();
  }
}

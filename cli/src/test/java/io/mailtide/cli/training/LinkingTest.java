package io.mailtide.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.jar.JarInputStream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinkingTest {
  private static final String EXAMPLES = LinkingExamples.class.getName();

  /** Defines the classes that it is given, and leaves all others to the test's. */
  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> classes;

    Loader(Map<String, byte[]> classes) {
      super(LinkingTest.class.getClassLoader());
      this.classes = classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      var content = classes.get(name);
      if (content == null) {
        return super.loadClass(name, resolve);
      }
      var loaded = findLoadedClass(name);
      return loaded == null ? defineClass(name, content, 0, content.length) : loaded;
    }
  }

  @Test
  void whatIsWrittenOutGivesWhatTheVirtualMachineMakes()
      throws ReflectiveOperationException, IOException {
    var original = examples();
    var linked = linked(original);

    assertThat(results(linked)).hasSizeGreaterThan(2000).isEqualTo(results(original));
  }

  @Test
  void nothingIsLeftToBeMadeAtRunTime() throws IOException {
    var original = examples();

    assertThat(made(original))
        .contains(
            EXAMPLES + "$Shape typeSwitch", EXAMPLES + "$Tall equals", EXAMPLES + "$Tall hashCode");
    assertThat(made(linked(original))).containsExactly(EXAMPLES + " typeSwitch");
  }

  @Test
  void aClassWithoutSuchSitesStaysAsItIs() throws IOException {
    assertThat(Linking.linked(content(LinkingExamples.Odd.class.getName()))).isEmpty();
  }

  @Test
  void aJarKeepsItsOtherEntriesAndTheirOrder(@TempDir Path directory)
      throws IOException, ReflectiveOperationException {
    var other = Map.of("META-INF/services/x.Y", "x.Z\n", "version.txt", "1\n");
    var jar = directory.resolve("mailtide-x.jar");
    var untouched = Files.writeString(directory.resolve("other.jar"), "no jar of ours");
    var names = new ArrayList<>(List.of("META-INF/", "META-INF/MANIFEST.MF"));
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      put(out, "META-INF/", "");
      put(out, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: x.Main\n\n");
      for (var entry : other.entrySet()) {
        put(out, entry.getKey(), entry.getValue());
        names.add(entry.getKey());
      }
      for (var entry : examples().entrySet()) {
        var name = entry.getKey().replace('.', '/') + ".class";
        out.putNextEntry(new ZipEntry(name));
        out.write(entry.getValue());
        names.add(name);
      }
    }

    Linking.main(new String[] {directory.toString()});

    var classes = new LinkedHashMap<String, byte[]>();
    try (var in = new JarInputStream(Files.newInputStream(jar));
        var zip = new ZipFile(jar.toFile())) {
      assertThat(in.getManifest().getMainAttributes().getValue("Main-Class")).isEqualTo("x.Main");
      assertThat(zip.stream().map(ZipEntry::getName)).containsExactlyElementsOf(names);
      for (var entry : zip.stream().toList()) {
        var bytes = zip.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".class")) {
          classes.put(entry.getName().replace(".class", "").replace('/', '.'), bytes);
        } else if (other.containsKey(entry.getName())) {
          assertThat(new String(bytes, StandardCharsets.UTF_8))
              .isEqualTo(other.get(entry.getName()));
        }
      }
    }
    assertThat(made(classes)).hasSize(1);
    assertThat(results(classes)).isEqualTo(results(examples()));
    assertThat(directory).isDirectoryContaining(untouched::equals);
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void whatCannotBeReadStaysAsItIs(@TempDir Path directory) throws IOException {
    var jar = directory.resolve("mailtide-x.jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      put(out, "x/Broken.class", "no class");
    }
    var before = Files.readAllBytes(jar);

    assertThatThrownBy(() -> Linking.link(jar)).isInstanceOf(IllegalArgumentException.class);

    assertThat(jar).hasBinaryContent(before);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(jar);
    }
  }

  private static void put(ZipOutputStream out, String name, String text) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The examples as they are compiled, by name. */
  private static Map<String, byte[]> examples() throws IOException {
    var classes = new LinkedHashMap<String, byte[]>();
    classes.put(EXAMPLES, content(EXAMPLES));
    for (var nested : LinkingExamples.class.getDeclaredClasses()) {
      classes.put(nested.getName(), content(nested.getName()));
    }
    return classes;
  }

  private static byte[] content(String name) throws IOException {
    try (InputStream in =
        LinkingTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  private static Map<String, byte[]> linked(Map<String, byte[]> classes) {
    var linked = new LinkedHashMap<String, byte[]>();
    classes.forEach((name, content) -> linked.put(name, Linking.linked(content).orElse(content)));
    return linked;
  }

  @SuppressWarnings("unchecked")
  private static List<String> results(Map<String, byte[]> classes)
      throws ReflectiveOperationException {
    var examples = new Loader(classes).loadClass(EXAMPLES).getConstructor().newInstance();
    assertThat(examples.getClass()).isNotEqualTo(LinkingExamples.class);
    return ((Supplier<List<String>>) examples).get();
  }

  /** The call sites, by class, for which the virtual machine would make what is written out. */
  private static List<String> made(Map<String, byte[]> classes) {
    var found = new ArrayList<String>();
    classes.forEach((name, content) -> {
      var constants = ClassFile.of().parse(content).constantPool();
      StreamSupport.stream(constants.spliterator(), false)
          .filter(InvokeDynamicEntry.class::isInstance)
          .map(InvokeDynamicEntry.class::cast)
          .filter(site -> site.bootstrap()
              .bootstrapMethod()
              .reference()
              .owner()
              .asInternalName()
              .startsWith("java/lang/runtime/"))
          .map(site -> name + " " + site.name())
          .filter(site -> !site.endsWith("toString"))
          .forEach(found::add);
    });
    return found;
  }
}

package io.mailtide.cli.training;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Writes out in the project's classes what the virtual machine would otherwise make anew in each
 * run: the choice of a pattern switch, and a record's {@code equals} and {@code hashCode}. The
 * compiler leaves them to {@code invokedynamic}; the cache of classes keeps what comes of it for
 * lambdas and the joining of strings, and not for these. Started by {@code ./build package}, before
 * the training.
 *
 * <p>What is not known here stays as it is: it works, and only starts later.
 */
public final class Linking {
  /** Constants anew, or those of what was replaced would stay. */
  private static final ClassFile FORMAT =
      ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);

  private static final int PRIVATE_STATIC =
      ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;

  /** A method that does what a call site would be linked to. */
  private record Plain(String name, MethodTypeDesc type, Consumer<CodeBuilder> body) {}

  private Linking() {}

  /** Takes the directory of the program, in which its jars are. */
  public static void main(String[] arguments) throws IOException {
    try (var jars = Files.newDirectoryStream(Path.of(arguments[0]), "mailtide-*.jar")) {
      for (var jar : jars) {
        link(jar);
      }
    }
  }

  /**
   * Rewrites the classes of a jar. It is whole at any time: the new one is written beside it, and
   * put in its place at once. Entries keep their order, for the manifest has to come first.
   */
  public static void link(Path jar) throws IOException {
    var linked = jar.resolveSibling(jar.getFileName() + ".new");
    try {
      try (var from = new ZipFile(jar.toFile());
          var to = new ZipOutputStream(Files.newOutputStream(linked))) {
        for (var entry : from.stream().toList()) {
          copy(from, entry, to);
        }
      }
      Files.move(linked, jar, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(linked);
    }
  }

  private static void copy(ZipFile from, ZipEntry entry, ZipOutputStream to) throws IOException {
    var copied = new ZipEntry(entry.getName());
    copied.setTime(entry.getTime());
    to.putNextEntry(copied);
    try (var in = from.getInputStream(entry)) {
      var content = in.readAllBytes();
      to.write(entry.getName().endsWith(".class") ? linked(content).orElse(content) : content);
    }
    to.closeEntry();
  }

  /** The class with its call sites written out; nothing where it has none that are known here. */
  static Optional<byte[]> linked(byte[] original) {
    var type = FORMAT.parse(original);
    var plain = new TreeMap<Integer, Plain>(); // by the number of the constant
    for (var constant : type.constantPool()) {
      if (constant instanceof InvokeDynamicEntry site) {
        body(site)
            .map(body -> new Plain(
                site.name().stringValue() + "$linked" + site.index(), site.typeSymbol(), body))
            .ifPresent(method -> plain.put(site.index(), method));
      }
    }
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    var owner = type.thisClass().asSymbol();
    var isInterface = type.flags().has(AccessFlag.INTERFACE);
    CodeTransform calls = (code, element) -> {
      if (element instanceof InvokeDynamicInstruction site
          && plain.containsKey(site.invokedynamic().index())) {
        var method = plain.get(site.invokedynamic().index());
        code.invokestatic(owner, method.name(), method.type(), isInterface);
      } else {
        code.with(element);
      }
    };
    var methods = ClassTransform.endHandler(to -> plain
        .values()
        .forEach(method ->
            to.withMethodBody(method.name(), method.type(), PRIVATE_STATIC, method.body())));
    var linked = FORMAT.transformClass(
        type, ClassTransform.transformingMethodBodies(calls).andThen(methods));
    var errors = FORMAT.verify(linked);
    if (!errors.isEmpty()) {
      throw new IllegalStateException(owner.displayName() + ": " + errors.getFirst());
    }
    return Optional.of(linked);
  }

  /** What a call site would be linked to, by who would link it and how it is called. */
  private static Optional<Consumer<CodeBuilder>> body(InvokeDynamicEntry site) {
    var linker = site.bootstrap().bootstrapMethod().reference();
    var constants = site.bootstrap().arguments();
    var how = linker.owner().asInternalName() + "." + linker.name() + " " + site.name();
    return switch (how) {
      case "java/lang/runtime/SwitchBootstraps.typeSwitch typeSwitch" ->
        classes(constants)
            .filter(_ -> !site.typeSymbol().parameterType(0).isPrimitive())
            .map(labels -> code -> choose(code, labels));
      case "java/lang/runtime/ObjectMethods.bootstrap equals" ->
        fields(constants).map(fields -> code -> equal(code, site, fields));
      case "java/lang/runtime/ObjectMethods.bootstrap hashCode" ->
        fields(constants).map(fields -> code -> hash(code, fields));
      default -> Optional.empty();
    };
  }

  private static Optional<List<ClassDesc>> classes(List<LoadableConstantEntry> labels) {
    return labels.stream().allMatch(ClassEntry.class::isInstance)
        ? Optional.of(
            labels.stream().map(label -> ((ClassEntry) label).asSymbol()).toList())
        : Optional.empty();
  }

  /** The fields of a record: after its class and their names come handles that read them. */
  private static Optional<List<FieldRefEntry>> fields(List<LoadableConstantEntry> constants) {
    var fields = constants.stream()
        .skip(2)
        .map(constant -> ((MethodHandleEntry) constant).reference())
        .toList();
    return fields.stream().allMatch(FieldRefEntry.class::isInstance)
        ? Optional.of(fields.stream().map(FieldRefEntry.class::cast).toList())
        : Optional.empty();
  }

  /**
   * {@link java.lang.runtime.SwitchBootstraps#typeSwitch}: the first label from a given one on that
   * fits; -1 for null, and the number of labels where none fits.
   */
  private static void choose(CodeBuilder code, List<ClassDesc> labels) {
    code.aload(0).ifThen(Opcode.IFNULL, none -> none.iconst_m1().ireturn());
    for (int at = 0; at < labels.size(); at++) {
      var next = code.newLabel();
      code.iload(1).loadConstant(at).if_icmpgt(next);
      code.aload(0).instanceOf(labels.get(at)).ifeq(next);
      code.loadConstant(at).ireturn().labelBinding(next);
    }
    code.loadConstant(labels.size()).ireturn();
  }

  /** {@link Record#equals}. */
  private static void equal(CodeBuilder code, InvokeDynamicEntry site, List<FieldRefEntry> fields) {
    var record = site.typeSymbol().parameterType(0);
    var same = code.newLabel();
    var different = code.newLabel();
    code.aload(0).aload(1).if_acmpeq(same);
    code.aload(1).instanceOf(record).ifeq(different);
    code.aload(1).checkcast(record).astore(2);
    for (var field : fields) {
      code.aload(0).getfield(field).aload(2).getfield(field);
      var kind = TypeKind.from(field.typeSymbol());
      switch (kind) {
        case BOOLEAN, BYTE, SHORT, CHAR, INT -> code.if_icmpne(different);
        case LONG -> code.lcmp().ifne(different);
        case FLOAT, DOUBLE -> {
          var both = MethodTypeDesc.of(CD_int, field.typeSymbol(), field.typeSymbol());
          code.invokestatic(helper(kind), "compare", both).ifne(different);
        }
        default -> {
          var both = MethodTypeDesc.of(CD_boolean, CD_Object, CD_Object);
          code.invokestatic(helper(kind), "equals", both).ifeq(different);
        }
      }
    }
    code.labelBinding(same).iconst_1().ireturn();
    code.labelBinding(different).iconst_0().ireturn();
  }

  /**
   * {@link Record#hashCode}, with the numbers that the JDK's own has, though nothing may rely on
   * them.
   */
  private static void hash(CodeBuilder code, List<FieldRefEntry> fields) {
    code.iconst_0();
    for (var field : fields) {
      code.bipush(31).imul().aload(0).getfield(field);
      var kind = TypeKind.from(field.typeSymbol());
      var of = kind == TypeKind.REFERENCE ? CD_Object : field.typeSymbol();
      code.invokestatic(helper(kind), "hashCode", MethodTypeDesc.of(CD_int, of)).iadd();
    }
    code.ireturn();
  }

  /** Whose static methods compare and hash values of a kind. */
  private static ClassDesc helper(TypeKind kind) {
    var type = switch (kind) {
      case BOOLEAN -> Boolean.class;
      case BYTE -> Byte.class;
      case SHORT -> Short.class;
      case CHAR -> Character.class;
      case INT -> Integer.class;
      case LONG -> Long.class;
      case FLOAT -> Float.class;
      case DOUBLE -> Double.class;
      default -> Objects.class;
    };
    return type.describeConstable().orElseThrow();
  }
}

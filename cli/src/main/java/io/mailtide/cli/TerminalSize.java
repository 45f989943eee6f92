package io.mailtide.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How large the terminal is that standard output goes to.
 *
 * @param columns its width, at least 1
 * @param rows its height, at least 1
 */
record TerminalSize(int columns, int rows) {
  /** For where nobody can say. */
  static final TerminalSize USUAL = new TerminalSize(80, 24);

  /**
   * Asks the system; absent where standard output is no terminal, or the system none of those that
   * are known here.
   */
  static Optional<TerminalSize> ask(Map<String, String> environment) {
    return Native.ask()
        .map(size -> size.columns() > 0 && size.rows() > 0 ? size : named(environment));
  }

  private static TerminalSize named(Map<String, String> environment) {
    return new TerminalSize(
        number(environment.get("COLUMNS"), USUAL.columns()),
        number(environment.get("LINES"), USUAL.rows()));
  }

  private static int number(@Nullable String text, int otherwise) {
    return text != null && text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : otherwise;
  }

  /** {@code ioctl(1, TIOCGWINSZ, …)}: the same call says whether it is a terminal and how large. */
  private static final class Native {
    private static final Optional<Long> REQUEST = switch (System.getProperty("os.name")) {
      case "Linux" -> Optional.of(0x5413L);
      case "Mac OS X" -> Optional.of(0x4008_7468L);
      default -> Optional.empty();
    };

    private static final MemoryLayout WINSIZE = MemoryLayout.sequenceLayout(4, JAVA_SHORT);

    /** Linux tells what standard output is; asking that costs less than linking a function. */
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

    /** {@code S_IFMT} and {@code S_IFCHR} of {@code inode(7)}. */
    private static final int TYPE_MASK = 0xF000;

    private static final int CHARACTER_DEVICE = 0x2000;

    static Optional<TerminalSize> ask() {
      if (REQUEST.isEmpty() || isSurelyNoTerminal()) {
        return Optional.empty();
      }
      var linker = Linker.nativeLinker();
      var ioctl = linker.downcallHandle(
          linker.defaultLookup().findOrThrow("ioctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
      return ask(ioctl, REQUEST.get());
    }

    private static boolean isSurelyNoTerminal() {
      try {
        var mode = (int) Files.getAttribute(STANDARD_OUTPUT, "unix:mode");
        return (mode & TYPE_MASK) != CHARACTER_DEVICE
            || Files.isSameFile(STANDARD_OUTPUT, Path.of("/dev/null"));
      } catch (IOException | UnsupportedOperationException _) {
        return false;
      }
    }

    private static Optional<TerminalSize> ask(MethodHandle ioctl, long request) {
      try (var arena = Arena.ofConfined()) {
        var size = arena.allocate(WINSIZE);
        int answer = (int) ioctl.invokeExact(1, request, size);
        return answer == 0
            ? Optional.of(new TerminalSize(
                Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 1)),
                Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 0))))
            : Optional.empty();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("ioctl throws nothing of its own", e);
      }
    }
  }
}

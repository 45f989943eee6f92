package io.mailtide.cli;

import io.mailtide.client.Profile.Surroundings;
import io.mailtide.engine.Environment;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the program runs in; tests bring their own.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param surroundings variables, home and store types
 * @param environment clock and sleep
 * @param terminal how large the terminal of standard output is now; absent where it is none
 * @param interrupts Ctrl-C
 */
record Host(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Surroundings surroundings,
    Environment environment,
    Supplier<Optional<TerminalSize>> terminal,
    Interrupts interrupts) {

  /**
   * This process. What it writes is UTF-8 whatever the locale, for folder names are not bound to
   * it.
   */
  static Host system() {
    var surroundings = Surroundings.system();
    return new Host(
        System.in,
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        surroundings,
        Environment.system(),
        () -> TerminalSize.ask(surroundings.environment()),
        Interrupts.system());
  }

  /**
   * Whether a terminal should be given bars and colours; {@code TERM=dumb} says that it knows no
   * more than lines.
   */
  boolean smart() {
    return !variable("TERM").equals("dumb") && terminal.get().isPresent();
  }

  /** Whether the user wants no colours anywhere (no-color.org). */
  boolean colourless() {
    return !variable("NO_COLOR").isEmpty();
  }

  /** Whether the locale says that more than ASCII can be shown. */
  boolean unicode() {
    for (var name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      if (!variable(name).isEmpty()) {
        var locale = variable(name).toLowerCase(Locale.ROOT);
        return locale.contains("utf-8") || locale.contains("utf8");
      }
    }
    return false;
  }

  /** What the user types to start this program; the launcher knows. */
  String command() {
    return surroundings.environment().getOrDefault("MAILTIDE_COMMAND", "mailtide");
  }

  private String variable(String name) {
    return surroundings.environment().getOrDefault(name, "");
  }
}

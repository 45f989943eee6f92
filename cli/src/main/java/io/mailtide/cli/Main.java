package io.mailtide.cli;

import io.mailtide.client.Session;
import io.mailtide.client.Verdicts;
import io.mailtide.engine.Fault;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code mailtide} program. */
public final class Main {
  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  /** Runs the program within this process, with its standard streams, and gives its exit code. */
  public static int run(List<String> args) {
    var host = Host.system();
    if (args.contains("sync")) {
      Session.preload(host.surroundings().providers());
    } else if (args.contains("sendmail")) {
      Session.preload(List.of());
    }
    int code = run(args, host);
    host.out().flush();
    return code;
  }

  /**
   * Runs the program within this process. Prints no stack trace unless asked to, whatever happens.
   */
  static int run(List<String> given, Host host) {
    var words = SendmailCommand.Words.of(given);
    var args = words.ours();
    var root = new MailtideCommand(new Options());
    var line = new CommandLine(root.spec());
    verbs(words, root.options(), host).forEach(line::addSubcommand);
    line.setOut(new PrintWriter(host.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(host.err(), true, StandardCharsets.UTF_8))
        .setUsageHelpAutoWidth(false);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setParameterExceptionHandler((e, _) -> misused(e, args, host));
    line.setExecutionExceptionHandler((e, _, _) -> failed(e, root.options(), host));
    line.setExecutionStrategy(parsed -> {
      logging(root.options().verbose());
      if (!parsed.hasSubcommand() && !root.options().help() && !root.version()) {
        throw new ParameterException(parsed.commandSpec().commandLine(), "no command was given");
      }
      int code = new CommandLine.RunLast().execute(parsed);
      if (!root.options().help() && !root.version()) {
        end(root.options(), host, code);
      }
      return code;
    });
    try {
      return line.execute(args.toArray(String[]::new));
    } catch (RuntimeException | Error e) {
      return failed(e, root.options(), host);
    }
  }

  /**
   * The commands to choose from: those that are named, whatever the names stand for; all where it
   * is not as plain as that. To look into one takes time that is noticed.
   */
  private static List<CommandSpec> verbs(SendmailCommand.Words words, Options options, Host host) {
    var args = words.ours();
    var all = new LinkedHashMap<String, Supplier<CommandSpec>>();
    all.put("sync", () -> new SyncCommand(options, host).spec());
    all.put("send", () -> new SendCommand(options, host).spec());
    all.put("sendmail", () -> new SendmailCommand(options, host, words).spec());
    all.put("status", () -> new StatusCommand(options, host).spec());
    all.put("undo", () -> new UndoCommand(options, host).spec());
    all.put("verify", () -> new VerifyCommand(options, host).spec());
    all.put("demo", () -> new DemoCommand(options, host).spec());
    var named = new LinkedHashMap<>(all);
    named.keySet().retainAll(args);
    var plain = !named.isEmpty() || args.equals(List.of("--version"));
    var help = args.contains("--help") || args.contains("-h");
    return (plain && !help ? named : all).values().stream().map(Supplier::get).toList();
  }

  private static void end(Options options, Host host, int code) {
    try (var view = options.view(host, Optional.empty())) {
      view.exit(code, host.environment().clock().instant());
    }
  }

  /**
   * The command line is wrong. It may be so wrong that the options are not known, so they are
   * looked for by hand.
   */
  private static int misused(ParameterException e, List<String> args, Host host) {
    var options = new Options();
    var known = args.stream()
        .filter(List.of("--json", "--no-color")::contains)
        .distinct() // given twice, they are refused
        .toArray(String[]::new);
    new CommandLine(new MailtideCommand(options).spec()).parseArgs(known);
    var line = e.getCommandLine();
    var atRoot = line.getParent() == null;
    var help = atRoot
        ? "Commands: " + String.join(", ", line.getSubcommands().keySet()) + ". More: "
            + host.command() + " --help"
        : "What it takes: " + host.command() + " " + line.getCommandName() + " --help";
    var what = e instanceof UnmatchedArgumentException unmatched
        ? unknown(unmatched, atRoot)
        : String.valueOf(e.getMessage());
    try (var view = options.view(host, Optional.empty())) {
      view.trouble(Trouble.usage(what + "\n" + help));
    }
    end(options, host, Verdicts.USAGE);
    return Verdicts.USAGE;
  }

  private static String unknown(UnmatchedArgumentException e, boolean atRoot) {
    var word = e.getUnmatched().getFirst();
    var what = word.startsWith("-")
        ? "there is no option `" + word + "` in this version"
        : atRoot
            ? "there is no command `" + word + "` in this version"
            : "`" + word + "` is one word too many";
    var near = e.getSuggestions().stream()
        .map(suggestion -> suggestion.replaceFirst("=.*", ""))
        .findFirst();
    return what + near.map(suggestion -> "; did you mean `" + suggestion + "`?").orElse("");
  }

  private static int failed(Throwable e, Options options, Host host) {
    var trouble = switch (e) {
      case Trouble expected -> expected;
      case InterruptedException _ -> new Trouble(Fault.Kind.CANCELLED, "interrupted");
      case OutOfMemoryError _ ->
        new Trouble(Fault.Kind.INTERNAL, "out of memory; run again, and report it if it stays so");
      default ->
        new Trouble(
            Fault.Kind.INTERNAL,
            "internal error: " + e.getClass().getSimpleName()
                + (e.getMessage() == null ? "" : ": " + e.getMessage())
                + "\nNothing is lost. "
                + (options.verbose()
                    ? "Please report it with what is above."
                    : "Run again with --verbose and report what it prints."));
    };
    if (options.verbose() && !(e instanceof Trouble)) {
      var trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      host.err().print(trace);
    }
    try (var view = options.view(host, Optional.empty())) {
      view.trouble(trouble);
    }
    end(options, host, trouble.exitCode());
    return trouble.exitCode();
  }

  /**
   * Libraries and our own parts log through one door, and it is shut unless someone wants to look
   * in.
   */
  private static void logging(boolean verbose) {
    LogManager.getLogManager().reset();
    var root = Logger.getLogger("");
    root.setLevel(verbose ? Level.INFO : Level.OFF);
    if (verbose) {
      root.addHandler(new ConsoleHandler());
    }
  }
}

package io.mailtide.cli;

import io.mailtide.client.Profile;
import io.mailtide.client.ProfileException;
import io.mailtide.engine.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The options that every verb has, before or after it. */
final class Options {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Read this configuration; else $XDG_CONFIG_HOME/mailtide/config.toml.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print one JSON event a line (docs/json-events.md).")
  private boolean json;

  @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "Print errors only.")
  private boolean quiet;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print result codes, what goes on inside, and stack traces.")
  private boolean verbose;

  @Option(names = "--no-color", scope = ScopeType.INHERIT, description = "Print without colours.")
  private boolean noColor;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this help.")
  private boolean help;

  boolean verbose() {
    return verbose;
  }

  /** Whether nothing is to be done but to show the help. */
  boolean help() {
    return help;
  }

  boolean colours(Host host) {
    return !noColor && !host.colourless() && host.smart();
  }

  Profile profile(Host host) throws Trouble {
    try {
      return Profile.load(config.orElseGet(host.surroundings()::configFile), host.surroundings());
    } catch (ProfileException e) {
      throw trouble(e);
    }
  }

  /** Stores and groups by their names, or what is taken where none are named. */
  static final class Stores {
    @Parameters(
        arity = "0..*",
        paramLabel = "STORE|GROUP",
        description = "Which stores; default: the group all, else every store.")
    private List<String> names = List.of();

    List<Profile.Store> of(Profile profile) throws Trouble {
      return select(profile, names);
    }
  }

  /** One store or group, or every store. */
  static final class OneOrAll {
    @Parameters(
        arity = "0..1",
        paramLabel = "STORE",
        description = "A store or group; default: every store.")
    private Optional<String> name = Optional.empty();

    List<Profile.Store> of(Profile profile) throws Trouble {
      return name.isEmpty()
          ? List.copyOf(profile.stores().values())
          : select(profile, List.of(name.get()));
    }
  }

  private static List<Profile.Store> select(Profile profile, List<String> names) throws Trouble {
    try {
      return profile.select(names);
    } catch (ProfileException e) {
      throw trouble(e);
    }
  }

  /** Folders by globs. */
  static final class Folders {
    @Option(
        names = "--folder",
        paramLabel = "GLOB",
        description = "Only folders of such names; may be repeated, later ones win, ! leaves out.")
    private List<String> globs = List.of();

    /** As given; none stands for all folders. */
    List<String> globs() {
      return globs;
    }
  }

  static Trouble trouble(ProfileException e) {
    return new Trouble(Fault.Kind.CONFIGURATION, String.valueOf(e.getMessage()));
  }

  /** A view for what follows, by what was asked for and where the output goes. */
  View view(Host host, Optional<Profile> profile) {
    if (json) {
      return new JsonView(host.out(), host.environment());
    }
    var kept = new LinkedHashMap<String, Duration>();
    profile
        .map(Profile::stores)
        .orElse(Map.of())
        .forEach((name, store) -> kept.put(name, store.keepRemoved()));
    var manner = new TextView.Manner(colours(host), quiet, verbose, kept);
    return !quiet && host.smart()
        ? new TerminalView(host.out(), host.err(), manner, () -> look(host))
        : new PlainView(host.out(), host.err(), manner);
  }

  /** A view for what is done with a profile; it shows what the profile warns of. */
  View view(Host host, Profile profile) {
    var view = view(host, Optional.of(profile));
    profile.warnings().forEach(warning -> view.warning(warning.toString()));
    return view;
  }

  private Bars.Look look(Host host) {
    var size = host.terminal().get().orElse(TerminalSize.USUAL);
    return new Bars.Look(size.columns(), size.rows(), colours(host), host.unicode());
  }
}

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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/**
 * The options that every verb has, before or after it.
 *
 * <p>Here and in the verbs, picocli is told what there is by its model and not by annotations:
 * reading these takes longer than all else that it does.
 */
final class Options {
  private final OptionSpec config = OptionSpec.builder("--config")
      .paramLabel("FILE")
      .type(Optional.class)
      .auxiliaryTypes(Path.class)
      .initialValue(Optional.empty())
      .scopeType(ScopeType.INHERIT)
      .description("Read this configuration; else $XDG_CONFIG_HOME/mailtide/config.toml.")
      .build();

  private final OptionSpec json =
      everywhere(flag("Print one JSON event a line (docs/json-events.md).", "--json"));

  private final OptionSpec quiet = everywhere(flag("Print errors only.", "--quiet"));

  private final OptionSpec verbose =
      everywhere(flag("Print result codes, what goes on inside, and stack traces.", "--verbose"));

  private final OptionSpec noColor = everywhere(flag("Print without colours.", "--no-color"));

  private final OptionSpec help =
      everywhere(flag("Print this help.", "-h", "--help").usageHelp(true));

  /** Adds them to the program's command, from which the verbs have them. */
  void addTo(CommandSpec root) {
    List.of(config, json, quiet, verbose, noColor, help).forEach(root::addOption);
  }

  /** An option without a value. */
  static OptionSpec.Builder flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .initialValue(false)
        .description(description);
  }

  private static OptionSpec everywhere(OptionSpec.Builder option) {
    return option.scopeType(ScopeType.INHERIT).build();
  }

  /** Whether a flag was given. */
  static boolean given(OptionSpec flag) {
    return flag.<Boolean>getValue();
  }

  boolean verbose() {
    return given(verbose);
  }

  /** Whether nothing is to be done but to show the help. */
  boolean help() {
    return given(help);
  }

  boolean colours(Host host) {
    return !given(noColor) && !host.colourless() && host.smart();
  }

  Profile profile(Host host) throws Trouble {
    try {
      var file = config.<Optional<Path>>getValue().orElseGet(host.surroundings()::configFile);
      return Profile.load(file, host.surroundings());
    } catch (ProfileException e) {
      throw trouble(e);
    }
  }

  /** Stores and groups by their names, or what is taken where none are named. */
  static final class Stores {
    private final PositionalParamSpec names = PositionalParamSpec.builder()
        .arity("0..*")
        .paramLabel("STORE|GROUP")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .initialValue(List.of())
        .description("Which stores; default: the group all, else every store.")
        .build();

    PositionalParamSpec spec() {
      return names;
    }

    List<Profile.Store> of(Profile profile) throws Trouble {
      return choose(profile).stores();
    }

    /** The same, with what groups say of them. */
    Profile.Chosen choose(Profile profile) throws Trouble {
      return Options.choose(profile, names.getValue());
    }
  }

  /** What the default store is called where a store is to be named: no store can be called so. */
  static final String DEFAULT_STORE = "_default-store";

  /** One store or group, or every store and the default store. */
  static final class OneOrAll {
    private final PositionalParamSpec name = PositionalParamSpec.builder()
        .arity("0..1")
        .paramLabel("STORE")
        .type(Optional.class)
        .auxiliaryTypes(String.class)
        .initialValue(Optional.empty())
        .description("A store or group, or " + DEFAULT_STORE + "; default: all of them.")
        .build();

    PositionalParamSpec spec() {
      return name;
    }

    /** Whether the default store is meant, alone or with all others. */
    boolean defaultStore(Profile profile) throws Trouble {
      var named = name.<Optional<String>>getValue();
      var there = profile.defaultStore().isPresent();
      if (named.equals(Optional.of(DEFAULT_STORE)) && !there) {
        throw new Trouble(
            Fault.Kind.CONFIGURATION,
            "no default store is configured in " + profile.file()
                + "; add a table [default-store] with a path");
      }
      return there && named.orElse(DEFAULT_STORE).equals(DEFAULT_STORE);
    }

    List<Profile.Store> of(Profile profile) throws Trouble {
      var given = name.<Optional<String>>getValue();
      if (given.equals(Optional.of(DEFAULT_STORE))) {
        return List.of();
      }
      return given.isEmpty()
          ? List.copyOf(profile.stores().values())
          : choose(profile, List.of(given.get())).stores();
    }
  }

  private static Profile.Chosen choose(Profile profile, List<String> names) throws Trouble {
    try {
      return profile.choose(names);
    } catch (ProfileException e) {
      throw trouble(e);
    }
  }

  /** Folders by globs. */
  static final class Folders {
    private final OptionSpec globs = OptionSpec.builder("--folder")
        .paramLabel("GLOB")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .initialValue(List.of())
        .description("Only folders of such names; may be repeated, later ones win, ! leaves out.")
        .build();

    OptionSpec spec() {
      return globs;
    }

    /** As given; none stands for all folders. */
    List<String> globs() {
      return globs.getValue();
    }
  }

  static Trouble trouble(ProfileException e) {
    return new Trouble(Fault.Kind.CONFIGURATION, String.valueOf(e.getMessage()));
  }

  /** A view for what follows, by what was asked for and where the output goes. */
  View view(Host host, Optional<Profile> profile) {
    if (given(json)) {
      return new JsonView(host.out(), host.environment());
    }
    var kept = new LinkedHashMap<String, Duration>();
    profile
        .map(Profile::stores)
        .orElse(Map.of())
        .forEach((name, store) -> kept.put(name, store.keepRemoved()));
    var manner = new TextView.Manner(colours(host), given(quiet), verbose(), kept);
    return !given(quiet) && host.smart()
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

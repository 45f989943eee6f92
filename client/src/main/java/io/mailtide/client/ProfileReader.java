package io.mailtide.client;

import io.mailtide.client.Profile.DefaultStore;
import io.mailtide.client.Profile.Deletions;
import io.mailtide.client.Profile.Group;
import io.mailtide.client.Profile.Store;
import io.mailtide.client.Profile.Surroundings;
import io.mailtide.client.Profile.Transport;
import io.mailtide.client.ProfileException.Problem;
import io.mailtide.client.TomlSection.Source;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tomlj.Toml;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;

/** Reads and checks one configuration file; used once. */
final class ProfileReader {
  private static final int FILE_BYTES_MAX = 1 << 20;
  private static final int NESTING_MAX = 16;
  private static final int CONNECTIONS_MAX = 32;

  /** Names of stores become names of state files, also where a file system ignores case. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+");

  private final Path file;
  private final Surroundings surroundings;
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();
  private final Map<Path, String> owners = new LinkedHashMap<>();
  private boolean canSend;

  ProfileReader(Path file, Surroundings surroundings) {
    this.file = file;
    this.surroundings = surroundings;
  }

  Profile read() throws ProfileException {
    var root = TomlSection.root(new Source(file, surroundings.home(), problems), parse());
    root.allow(ProfileKeys.ROOT);
    var stateDirectory = root.path("state-dir").orElseGet(surroundings::stateDirectory);
    var defaultStore = root.section("default-store").flatMap(this::defaultStore);
    var stores = new LinkedHashMap<String, Store>();
    each(
        root,
        "stores",
        (name, section) -> store(name, section).ifPresent(store -> stores.put(name, store)));
    var storeNames = root.section("stores").map(TomlSection::keys).orElse(Set.of());
    if (storeNames.isEmpty()) {
      root.problem("no stores; add a table [stores.NAME] for each account");
    }
    var transports = new LinkedHashMap<String, Transport>();
    each(
        root,
        "transports",
        (name, section) -> transport(name, section, storeNames)
            .ifPresent(transport -> transports.put(name, transport)));
    var groups = new LinkedHashMap<String, Group>();
    canSend = root.has("default-store") && root.has("transports");
    each(root, "groups", (name, section) -> groups.put(name, group(name, section, storeNames)));
    if (!problems.isEmpty()) {
      throw new ProfileException(inOrder(problems));
    }
    return new Profile(
        file, stateDirectory, defaultStore, stores, transports, groups, inOrder(warnings));
  }

  private static List<Problem> inOrder(Collection<Problem> problems) {
    return problems.stream().sorted(Problem::byPlace).toList();
  }

  /** Where the syntax is wrong, nothing else can be trusted: then only that is reported. */
  private TomlParseResult parse() throws ProfileException {
    var parsed = Toml.parse(
        text(), TomlParseOptions.defaults().withoutSource().withMaxNestingDepth(NESTING_MAX));
    if (parsed.hasErrors()) {
      throw new ProfileException(parsed.errors().stream()
          .map(error -> new Problem(
              file,
              error.position().line(),
              error.position().column(),
              "not TOML: " + harmless(String.valueOf(error.getMessage()))))
          .toList());
    }
    return parsed;
  }

  /** What the parser stumbled over may be a password without quotes. */
  private static String harmless(String message) {
    return message
        .replaceFirst("(?s)^Unexpected .*, expected ", "expected ")
        .replaceAll("(?s) '.*'", "");
  }

  private String text() throws ProfileException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        throw whole("longer than 1 MiB, which no configuration is");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw whole(
          "there is no configuration here; README.md shows a short one, and mailtide demo needs none");
    } catch (CharacterCodingException e) {
      throw whole("not text in UTF-8");
    } catch (IOException e) {
      throw whole("cannot be read: " + why(e));
    }
  }

  /** The system's reason, which the exception's own message hides behind the path. */
  static String why(IOException e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  private ProfileException whole(String text) {
    return new ProfileException(List.of(Problem.of(file, text)));
  }

  private Optional<DefaultStore> defaultStore(TomlSection section) {
    section.allow(ProfileKeys.DEFAULT_STORE);
    section.require("path", "the directory of the local Inbox, Outbox and Sent");
    var path = section.path("path");
    path.ifPresent(tree -> claim(tree, "the default store", section));
    return path.map(StoreSettings::ofDefaultStore)
        .flatMap(settings ->
            providers(Side.NEAR).findFirst().map(near -> new DefaultStore(near, settings)));
  }

  private Optional<Store> store(String name, TomlSection section) {
    if (name.equalsIgnoreCase(OutgoingMail.NAME)) {
      section.problem(section + " would be taken for the Outbox; give it another name");
    }
    section.require("type", "what kind of server this is, such as \"imap\"");
    var far = section
        .choice("type", providers(Side.FAR).map(ReplicaProvider::type).toList())
        .flatMap(type ->
            providers(Side.FAR).filter(provider -> provider.type().equals(type)).findFirst());
    var near = providers(Side.NEAR).findFirst();
    var folders = section.texts("folders", FolderGlobs::wrong).map(FolderGlobs::new);
    var deletions = section
        .choice("deletions", List.of("both", "pull", "push", "none"))
        .map(word -> Deletions.valueOf(word.toUpperCase(Locale.ROOT)));
    var keepRemoved = section.duration("keep-removed");
    var connections = number(section, ProfileKeys.MAX_CONNECTIONS);
    if (near.isEmpty()) {
      section.problem("no type of local store is installed");
    }
    if (far.isEmpty() || near.isEmpty()) {
      return Optional.empty();
    }
    section.allow(ProfileKeys.store(far.get(), near.get()));
    var label = "store `" + name + "`";
    var farSettings = settings(name, label, section, far.get().settings(), far.get()::check);
    var nearSettings = settings(name, label, section, near.get().settings(), near.get()::check);
    nearSettings.path("path").ifPresent(tree -> claim(tree, label, section));
    return Optional.of(new Store(
        name,
        far.get(),
        farSettings,
        near.get(),
        nearSettings,
        folders.orElse(FolderGlobs.ALL),
        section.selection(),
        deletions.orElse(Deletions.BOTH),
        keepRemoved.orElse(Duration.ofDays(30)),
        (int) connections.orElse(4)));
  }

  private Optional<Transport> transport(String name, TomlSection section, Set<String> stores) {
    var type = surroundings.transports().stream().findFirst();
    if (type.isEmpty()) {
      section.problem("no way of sending is installed");
      return Optional.empty();
    }
    section.allow(ProfileKeys.transport(type.get()));
    var label = "transport `" + name + "`";
    var settings = settings(name, label, section, type.get().settings(), type.get()::check);
    var from = section.texts(
        "from",
        address -> ADDRESS.matcher(address).matches()
            ? Optional.empty()
            : Optional.of("`" + address + "` in " + section + " is no mail address"));
    var sentTo = section.text("sent-to");
    sentTo.ifPresent(place -> {
      var parts = List.of(place.split("/", -1));
      if (parts.size() < 2 || parts.contains("")) {
        section.problem(
            "sent-to", section.quoted("sent-to") + " must be STORE/FOLDER, such as \"work/Sent\"");
      } else if (!stores.contains(parts.getFirst())) {
        section.problem("sent-to", unknownStore(parts.getFirst(), section, stores));
      }
    });
    return Optional.of(new Transport(name, type.get(), settings, from.orElse(List.of()), sentTo));
  }

  private Group group(String name, TomlSection section, Set<String> stores) {
    section.allow(ProfileKeys.GROUP);
    section.require("stores", "the names of its stores");
    if (stores.contains(name)) {
      section.problem("group `" + name + "` has the name of a store; give it another");
    }
    var members = section.texts(
        "stores",
        store -> stores.contains(store)
            ? Optional.empty()
            : Optional.of(unknownStore(store, section, stores)));
    var send = section.flag("send").orElse(false);
    if (send && !canSend) {
      section.problem(
          "send", section.quoted("send") + " needs a [default-store] and a [transports.NAME]");
    }
    return new Group(
        members.orElse(List.of()),
        send,
        section.flag("headers-only").orElse(false),
        section.duration("every"));
  }

  private static String unknownStore(String name, TomlSection section, Set<String> stores) {
    return "no store " + TomlSection.unknown(name, stores, section);
  }

  /** Each table of a table of tables. */
  private void each(TomlSection root, String key, BiConsumer<String, TomlSection> action) {
    var sections = root.section(key);
    if (sections.isEmpty()) {
      return;
    }
    var names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (var name : sections.get().keys()) {
      var section = sections.get().section(name);
      if (section.isPresent()) {
        if (!NAME.matcher(name).matches()) {
          section.get().problem(section.get() + " is no name: use up to 64 of A-Z a-z 0-9 . _ -");
        }
        if (!names.add(name)) {
          section.get().problem(section.get() + " differs from another only by capitals");
        }
        action.accept(name, section.get());
      }
    }
  }

  private StoreSettings settings(
      String name,
      String label,
      TomlSection section,
      List<Setting> declared,
      Function<Settings, List<Settings.Wrong>> check) {
    var values = new LinkedHashMap<String, Object>();
    for (var setting : declared) {
      value(section, setting).ifPresent(value -> values.put(setting.name(), value));
      if (setting.required() && setting.kind() != Setting.Kind.SECRET) {
        section.require(setting.name(), setting.meaning());
      }
    }
    var settings = new StoreSettings(name, label, values, surroundings.environment());
    for (var wrong : check.apply(settings)) {
      section.problem(wrong.name(), section.quoted(wrong.name()) + ": " + wrong.said());
    }
    return settings;
  }

  private Optional<? extends Object> value(TomlSection section, Setting setting) {
    var name = setting.name();
    return switch (setting.kind()) {
      case TEXT -> section.text(name);
      case NUMBER -> number(section, name).stream().boxed().findFirst();
      case BOOLEAN -> section.flag(name);
      case CHOICE -> section.choice(name, setting.choices());
      case WORDS -> section.texts(name, text -> Optional.empty());
      case PATH -> section.path(name);
      case SECRET -> secret(section, setting);
    };
  }

  private static OptionalLong number(TomlSection section, String name) {
    return switch (name) {
      case "port" -> section.number(name, 1, 65_535);
      case ProfileKeys.MAX_CONNECTIONS -> section.number(name, 1, CONNECTIONS_MAX);
      default -> section.number(name, 0, Integer.MAX_VALUE);
    };
  }

  private Optional<Secret> secret(TomlSection section, Setting setting) {
    var name = setting.name();
    var family = ProfileKeys.family(setting);
    var given = family.stream().filter(section::has).toList();
    if (section.has("oauth")) {
      section.problem(
          "oauth",
          "signing in by OAuth is not in this version; use `" + name
              + "-command` with an app password");
    } else if (given.isEmpty() && setting.required()) {
      section.require(
          name,
          setting.meaning() + " (or one of " + String.join(", ", family.subList(1, family.size()))
              + ")");
    }
    if (given.size() > 1) {
      section.problem(
          given.get(1),
          "`" + given.get(0) + "` and " + section.quoted(given.get(1))
              + " are both given; keep one");
    }
    if (given.isEmpty()) {
      return Optional.empty();
    }
    var key = given.getFirst();
    if (key.equals(name)) {
      if (Secret.othersMayRead(file)) {
        warn(
            section,
            key,
            "others than its owner may read this file and the " + name + " in it; chmod 600 it");
      }
      return section.secret(key).map(Secret.Given::new);
    }
    if (key.endsWith("-command")) {
      return section.secret(key).map(line -> new Secret.Command(line, Secret.COMMAND_TIME));
    }
    if (key.endsWith("-env")) {
      return section.text(key).map(Secret.Variable::new);
    }
    return section.path(key).map(path -> {
      if (Secret.othersMayRead(path)) {
        warn(section, key, "others than its owner may read " + path + "; chmod 600 it");
      }
      return new Secret.InFile(path);
    });
  }

  private void warn(TomlSection section, String key, String text) {
    var at = section.position(key);
    warnings.add(new Problem(file, at.line(), at.column(), text));
  }

  /**
   * Two stores in one directory, or one inside the other, would take each other's mail for their
   * own.
   */
  private void claim(Path tree, String label, TomlSection section) {
    owners.forEach((other, owner) -> {
      if (tree.startsWith(other) || other.startsWith(tree)) {
        section.problem(
            "path",
            section.quoted("path")
                + (tree.equals(other)
                    ? " is also that of "
                    : tree.startsWith(other) ? " lies inside that of " : " contains that of ")
                + owner
                + "; give each a directory of its own");
      }
    });
    owners.putIfAbsent(tree, label);
  }

  private Stream<ReplicaProvider> providers(Side side) {
    return surroundings.providers().stream().filter(provider -> provider.side() == side);
  }
}

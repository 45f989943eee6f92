package io.mailtide.client;

import io.mailtide.client.ProfileException.Problem;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.engine.send.TransportProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A user's configuration, read and checked; {@code docs/configuration.md} describes the file.
 * Immutable. Nothing in it prints a secret.
 *
 * @param file the file it was read from
 * @param stateDirectory where state lives; may not exist yet
 * @param defaultStore the local store that holds Inbox, Outbox and Sent, where one is configured
 * @param stores the external stores by name, in the order of the file; at least one
 * @param transports ways of sending by name, in the order of the file
 * @param groups send/receive groups by name, in the order of the file
 * @param warnings what is not wrong, but should be looked at
 */
public record Profile(
    Path file,
    Path stateDirectory,
    Optional<DefaultStore> defaultStore,
    Map<String, Store> stores,
    Map<String, Transport> transports,
    Map<String, Group> groups,
    List<Problem> warnings) {
  /** The group that is meant where none is named. */
  private static final String ALL = "all";

  public Profile {
    stores = Collections.unmodifiableMap(sharing(stores));
    transports = Collections.unmodifiableMap(new LinkedHashMap<>(transports));
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    warnings = List.copyOf(warnings);
  }

  /** Stores on one host share the connections to it, for some of them run at once. */
  private static Map<String, Store> sharing(Map<String, Store> stores) {
    var onHost = stores.values().stream()
        .filter(store -> store.host().isPresent())
        .collect(Collectors.groupingBy(store -> store.host().get()));
    var shared = new LinkedHashMap<>(stores);
    for (var some : onHost.values()) {
      var least = some.stream().mapToInt(Store::maxConnections).min().orElse(1);
      for (var store : some) {
        shared.put(store.name(), store.limited(Lineup.share(least, some.size())));
      }
    }
    return shared;
  }

  /**
   * Reads a configuration file on this machine. Asks no command and no server; secrets are fetched
   * when they are needed.
   *
   * @throws ProfileException when it is missing, cannot be read or has anything wrong in it
   */
  public static Profile load(Path file) throws ProfileException {
    return load(file, Surroundings.system());
  }

  /** Reads a configuration file in given surroundings; see {@link #load(Path)}. */
  public static Profile load(Path file, Surroundings surroundings) throws ProfileException {
    return new ProfileReader(file.toAbsolutePath().normalize(), surroundings).read();
  }

  /**
   * What these names stand for: the stores in the order given, with what groups say of them. A
   * store that is also named by itself, or by a group that wants whole messages, is wanted whole.
   *
   * @param names names of stores and groups; when empty: the group {@code all}, and where there is
   *     none, every store, and the Outbox where there are a default store to hold it and a
   *     transport
   * @throws ProfileException when there is no store or group of such a name
   */
  public Chosen choose(Collection<String> names) throws ProfileException {
    if (names.isEmpty() && !groups.containsKey(ALL)) {
      return new Chosen(
          List.copyOf(stores.values()),
          Set.of(),
          defaultStore.isPresent() && !transports.isEmpty());
    }
    var chosen = new LinkedHashSet<Store>();
    var whole = new HashSet<String>();
    var send = false;
    for (var name : names.isEmpty() ? List.of(ALL) : names) {
      var store = stores.get(name);
      var group = groups.get(name);
      if (store != null) {
        chosen.add(store);
        whole.add(name);
      } else if (group != null) {
        chosen.addAll(members(group));
        send |= group.send();
        if (!group.headersOnly()) {
          whole.addAll(group.stores());
        }
      } else {
        var known = new LinkedHashSet<>(stores.keySet());
        known.addAll(groups.keySet());
        throw new ProfileException(
            List.of(Problem.of(file, "no store or group " + TomlSection.unknown(name, known))));
      }
    }
    var headersOnly = chosen.stream()
        .map(Store::name)
        .filter(name -> !whole.contains(name))
        .collect(Collectors.toSet());
    return new Chosen(List.copyOf(chosen), headersOnly, send);
  }

  private List<Store> members(Group group) {
    return group.stores().stream()
        .flatMap(name -> Optional.ofNullable(stores.get(name)).stream())
        .distinct()
        .toList();
  }

  /**
   * What a send/receive is about.
   *
   * @param stores the stores, each once
   * @param headersOnly names of those of which only headers are wanted
   * @param send whether the Outbox is flushed
   */
  public record Chosen(List<Store> stores, Set<String> headersOnly, boolean send) {
    public Chosen {
      stores = List.copyOf(stores);
      headersOnly = Set.copyOf(headersOnly);
    }
  }

  /**
   * An external store: a server's mail and its local replica.
   *
   * @param name its name, usable as a file name
   * @param far the provider of the server's side
   * @param farSettings checked against what that provider declares
   * @param near the provider of the local side
   * @param nearSettings checked against what that provider declares
   * @param folders which of the server's folders take part
   * @param selection which new messages are carried across
   * @param deletions which way removals travel
   * @param keepRemoved how long the undo area keeps what was removed
   * @param maxConnections how many connections to the server may be open at once
   */
  public record Store(
      String name,
      ReplicaProvider far,
      Settings farSettings,
      ReplicaProvider near,
      Settings nearSettings,
      FolderFilter folders,
      Selection selection,
      Deletions deletions,
      Duration keepRemoved,
      int maxConnections) {
    /** Connects to the server and signs in. */
    public Replica openFar(ReplicaProvider.Context context) throws FaultException {
      return far.open(farSettings, context);
    }

    /** The same, when so many connections are for this store alone. */
    private Store limited(int connections) {
      return new Store(
          name,
          far,
          new StoreSettings.Limited(farSettings, ProfileKeys.MAX_CONNECTIONS, connections),
          near,
          nearSettings,
          folders,
          selection,
          deletions,
          keepRemoved,
          maxConnections);
    }

    /** The name or address of its server, where it has one. */
    Optional<String> host() {
      return farSettings.text("host").map(host -> host.toLowerCase(Locale.ROOT));
    }

    /** Opens the local replica. */
    public Replica openNear(ReplicaProvider.Context context) throws FaultException {
      return near.open(nearSettings, context);
    }
  }

  /** Which way removals travel. */
  public enum Deletions {
    BOTH,
    PULL,
    PUSH,
    NONE;

    /** Whether what is removed at the server is removed here. */
    public boolean pulled() {
      return this == BOTH || this == PULL;
    }

    /** Whether what is removed here is removed at the server. */
    public boolean pushed() {
      return this == BOTH || this == PUSH;
    }
  }

  /**
   * The local store of outgoing mail.
   *
   * @param near the provider of local stores
   * @param settings checked against what it declares
   */
  public record DefaultStore(ReplicaProvider near, Settings settings) {
    /** Opens it. */
    public Replica open(ReplicaProvider.Context context) throws FaultException {
      return near.open(settings, context);
    }
  }

  /**
   * A way of sending.
   *
   * @param provider what it sends by
   * @param settings how to reach and sign in to the server, checked against what that declares
   * @param from messages from these addresses go this way
   * @param sentTo where the sent copy lives, as {@code STORE/FOLDER}
   */
  public record Transport(
      String name,
      TransportProvider provider,
      Settings settings,
      List<String> from,
      Optional<String> sentTo) {
    public Transport {
      from = List.copyOf(from);
    }

    /** The name of the store that the sent copy is filed in, where it is one. */
    Optional<String> sentToStore() {
      return sentTo.map(place -> place.substring(0, place.indexOf('/')));
    }

    /** Connects to the server and signs in. */
    public io.mailtide.engine.send.Transport openTransport(ReplicaProvider.Context context)
        throws FaultException {
      return provider.open(settings, context);
    }
  }

  /**
   * Stores that are synchronised together.
   *
   * @param stores names of stores; at least one
   * @param send whether the Outbox is flushed first
   * @param headersOnly whether only the headers of new messages are fetched
   * @param every how often, for servers that cannot push
   */
  public record Group(
      List<String> stores, boolean send, boolean headersOnly, Optional<Duration> every) {
    public Group {
      stores = List.copyOf(stores);
    }
  }

  /**
   * What a configuration is read in; tests bring their own.
   *
   * @param environment the environment variables; where the launcher changed {@code LC_ALL} for
   *     Java's sake, and says what it was, it is that again
   * @param home the user's home directory, absolute
   * @param providers the known types of replica
   * @param transports the known types of transport
   */
  public record Surroundings(
      Map<String, String> environment,
      Path home,
      List<ReplicaProvider> providers,
      List<TransportProvider> transports) {
    public Surroundings {
      environment = own(environment);
      providers = List.copyOf(providers);
      transports = List.copyOf(transports);
    }

    /** This machine, this user, and the providers found as services. */
    public static Surroundings system() {
      var home = System.getenv().getOrDefault("HOME", "");
      return new Surroundings(
          System.getenv(),
          Path.of(home.startsWith("/") ? home : System.getProperty("user.home")),
          services(ReplicaProvider.class),
          services(TransportProvider.class));
    }

    /** As the user has them; empty counts as not set. */
    private static Map<String, String> own(Map<String, String> environment) {
      var own = new HashMap<>(environment);
      var locale = own.remove("MAILTIDE_LC_ALL");
      if (locale != null && locale.isEmpty()) {
        own.remove("LC_ALL");
      } else if (locale != null) {
        own.put("LC_ALL", locale);
      }
      return Map.copyOf(own);
    }

    private static <P> List<P> services(Class<P> type) {
      return ServiceLoader.load(type).stream().map(ServiceLoader.Provider::get).toList();
    }

    /** Without the environment, for it may hold secrets. */
    @Override
    public String toString() {
      return "Surroundings[home=" + home + "]";
    }

    /** Where the configuration is when nobody says otherwise (XDG base directories). */
    public Path configFile() {
      return base("XDG_CONFIG_HOME", ".config").resolve("mailtide").resolve("config.toml");
    }

    /** Where state lives when nobody says otherwise (XDG base directories). */
    Path stateDirectory() {
      return base("XDG_STATE_HOME", ".local/state").resolve("mailtide");
    }

    /** The specification has relative paths in these variables ignored. */
    private Path base(String variable, String otherwise) {
      var given = Path.of(environment.getOrDefault(variable, ""));
      return given.isAbsolute() ? given : home.resolve(otherwise);
    }
  }
}

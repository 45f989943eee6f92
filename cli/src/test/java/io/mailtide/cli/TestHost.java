package io.mailtide.cli;

import io.mailtide.client.Profile.Surroundings;
import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.TransportProvider;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.outbox.MemoryMailServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/** Runs the program within the test, as a user with a home of his own. */
final class TestHost {
  private final Path home;
  private final Map<String, String> variables;
  private final Optional<TerminalSize> terminal;
  private final Interrupts interrupts;
  private UnaryOperator<ReplicaProvider> providers = UnaryOperator.identity();
  private List<TransportProvider> transports = Surroundings.system().transports();
  private byte[] input = {};

  /** What a run printed, and its exit code. */
  record Ran(int code, String out, String err) {}

  private TestHost(
      Path home,
      Map<String, String> variables,
      Optional<TerminalSize> terminal,
      Interrupts interrupts) {
    this.home = home;
    this.variables = variables;
    this.terminal = terminal;
    this.interrupts = interrupts;
  }

  static TestHost in(Path home) {
    return new TestHost(home, Map.of("LANG", "C.UTF-8"), Optional.empty(), (_, _) -> () -> {});
  }

  TestHost on(TerminalSize size, Map<String, String> more) {
    return new TestHost(home, more, Optional.of(size), interrupts);
  }

  TestHost interruptedBy(Interrupts source) {
    return new TestHost(home, variables, terminal, source);
  }

  /** Has each store type changed by this. */
  TestHost with(UnaryOperator<ReplicaProvider> change) {
    providers = change;
    return this;
  }

  /** Has mail sent to this server, whatever the configuration says of it. */
  TestHost sendingTo(MemoryMailServer server, MemoryStore.Hook hook) {
    transports = List.of(new TransportProvider() {
      @Override
      public String type() {
        return "memory";
      }

      @Override
      public List<Settings.Setting> settings() {
        return List.of(Settings.Setting.required(
            "host", Settings.Setting.Kind.TEXT, "the server's name or address"));
      }

      @Override
      public Transport open(Settings settings, ReplicaProvider.Context context)
          throws FaultException {
        return server.open(hook);
      }
    });
    return this;
  }

  /** What the next runs read from standard input. */
  TestHost reading(String text) {
    input = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  Path home() {
    return home;
  }

  /** Writes the user's configuration. */
  TestHost configured(String toml) {
    try {
      var file = home.resolve(".config/mailtide/config.toml");
      Files.createDirectories(home.resolve(".config/mailtide"));
      Files.writeString(file, toml);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A store named {@code work} at this port of the loopback interface, without TLS; then more lines
   * of it.
   */
  TestHost store(int port, String... more) {
    return configured("""
        [stores.work]
        type = "imap"
        host = "127.0.0.1"
        port = %d
        tls = "none"
        user = "ann"
        password = "secret-word"
        path = "~/Mail"
        %s
        """.formatted(port, String.join("\n", more)));
  }

  Ran run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var providers = ServiceLoader.load(ReplicaProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .map(this.providers)
        .toList();
    var host = new Host(
        new ByteArrayInputStream(input),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new Surroundings(variables, home, providers, transports),
        Environment.system(),
        () -> terminal,
        interrupts);
    int code = Main.run(List.of(args), host);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.replica.maildir.disk.Durability;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A Maildir tree for a test, opened as the program opens it. */
final class TestMaildir implements Settings {
  final Path root;
  final List<String> notices = new ArrayList<>();
  private final Optional<String> layout;
  private Optional<Maildir> opened = Optional.empty();

  TestMaildir(Path root, String... layout) {
    this.root = root;
    this.layout = List.of(layout).stream().findFirst();
  }

  Replica open() throws FaultException {
    return open(Environment.system());
  }

  Replica open(Environment environment) throws FaultException {
    return new MaildirProvider()
        .open(this, new Context(environment, new Cancellation(), notices::add));
  }

  /** Opened with this way of making things durable. */
  Replica open(Durability durability) {
    var context = new Context(Environment.system(), new Cancellation(), notices::add);
    return new Maildir(
        new FolderPaths(root, layout.isPresent()), context, durability, UniqueNames.of(context));
  }

  /** Keeps it in step with another side, both ways; any fault is an error. */
  Outcome synchronise(Path state, MemoryStore far) {
    var both = new Allowed(true, Removals.CARRY_OUT, true, Removals.CARRY_OUT);
    return Synchronizer.run(
        new Job(
            "store",
            state,
            () -> {
              opened = Optional.of((Maildir) open());
              return opened.get();
            },
            () -> far.open(_ -> {}),
            FolderFilter.ALL,
            Selection.ALL,
            true,
            true,
            both,
            false,
            false,
            false,
            Duration.ofDays(30),
            Environment.system(),
            new Cancellation()),
        new SyncListener() {
          @Override
          public void progress(Progress progress) {}

          @Override
          public void fault(Fault fault) {
            throw new AssertionError(fault.toString());
          }
        });
  }

  /** How many listings were made to find messages in, in the last run. */
  long listings() {
    return opened.orElseThrow().listings().made();
  }

  /** Looks at all of a folder, knowing nothing of it. */
  static Scan scan(ReplicaFolder folder, Map<MessageKey, Flags> into) throws FaultException {
    return folder.scan(Optional.empty(), ReplicaFolder.Known.NOTHING, new ReplicaFolder.Observer() {
      @Override
      public void present(Sighting sighting) {
        assertThat(into.put(sighting.key(), sighting.flags())).isNull();
      }

      @Override
      public void vanished(MessageKey key) {
        throw new AssertionError(key);
      }
    });
  }

  @Override
  public String store() {
    return "test";
  }

  @Override
  public Optional<String> text(String name) {
    return name.equals("layout") ? layout : Optional.empty();
  }

  @Override
  public OptionalLong number(String name) {
    return OptionalLong.empty();
  }

  @Override
  public boolean flag(String name) {
    return false;
  }

  @Override
  public Optional<Path> path(String name) {
    return name.equals("path") ? Optional.of(root) : Optional.empty();
  }

  @Override
  public List<String> words(String name) {
    return List.of();
  }

  @Override
  public boolean has(String name) {
    return text(name).isPresent() || path(name).isPresent();
  }

  @Override
  public Optional<String> secret(String name, Cancellation cancellation) {
    return Optional.empty();
  }
}

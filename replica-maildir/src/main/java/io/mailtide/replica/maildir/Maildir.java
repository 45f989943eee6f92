package io.mailtide.replica.maildir;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.ReplicaProvider.Notices;
import io.mailtide.engine.Traffic;
import io.mailtide.replica.maildir.Contents.Observation;
import io.mailtide.replica.maildir.disk.Buffers;
import io.mailtide.replica.maildir.disk.Durability;
import io.mailtide.replica.maildir.disk.Durability.Hardener;
import io.mailtide.replica.maildir.disk.Writer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A tree of Maildir folders. */
final class Maildir implements Replica, ReplicaEditor {
  /**
   * Base names are never used again, so a key means its message for ever: nothing makes all keys of
   * a folder void at once, not even a folder that was put back from a copy.
   */
  static final Generation GENERATION = new Generation("1");

  /** A folder whose times are further ahead than this is not waited for: its clock is not ours. */
  private static final Duration WAIT_MAX = Duration.ofSeconds(3);

  private final FolderPaths paths;
  private final FolderTree tree;
  private final Tools tools;

  /** What {@link #appearance} saw, until the folders are asked for. */
  private Optional<List<FolderTree.Listed>> looked = Optional.empty();

  Maildir(FolderPaths paths, Context context, Durability durability, UniqueNames names) {
    this.paths = paths;
    this.tree = new FolderTree(paths, durability, context.notices());
    var buffers = new Buffers();
    var writer = new Writer(buffers);
    var hardener = new Hardener(durability, writer);
    this.tools = new Tools(
        paths,
        context.environment(),
        durability,
        hardener,
        names,
        buffers,
        writer,
        new RemovedMail(tree, paths, names, durability, hardener, context.environment()),
        new Contents.Tracking(),
        new Publications(),
        new Messages.Listings(context.environment()),
        new EarlyListings(context.environment(), Messages.Listings.NAMES_MAX),
        context.notices());
  }

  @Override
  public List<FolderSummary> folders(Map<FolderName, Observed> known) throws FaultException {
    return Faults.translate("listing the folders", paths.root(), Reach.REPLICA, () -> {
      var summaries = new ArrayList<FolderSummary>();
      var changed = new TreeMap<FolderName, Path>(); // in the order in which runs ask for them
      var folders = looked.isPresent() ? looked.get() : tree.list();
      looked = Optional.empty();
      for (var folder : folders) {
        var observed = Optional.ofNullable(known.get(folder.name()));
        var same = observed.isPresent() && same(folder.stamps(), observed.get());
        summaries.add(new FolderSummary(folder.name(), same));
        if (observed.isPresent() && !same) {
          changed.put(folder.name(), folder.directory());
        }
      }
      tools.early().begin(List.copyOf(changed.values()));
      return summaries;
    });
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the directories and their stamps, once a further change of any of them is bound to show.
   */
  @Override
  public Optional<Appearance> appearance() throws FaultException {
    return Faults.translate("listing the folders", paths.root(), Reach.REPLICA, () -> {
      var now = tools.environment().clock().instant();
      var folders = tree.list();
      looked = Optional.of(folders);
      var text = new StringBuilder();
      for (var folder : folders) {
        if (!folder.stamps().settled(now)) {
          return Optional.empty();
        }
        text.append(folder.directory())
            .append('\0')
            .append(folder.stamps().text())
            .append('\0');
      }
      return Optional.of(Appearance.of(text.toString()));
    });
  }

  private static boolean same(Stamps now, Observed observed) {
    var before = Observation.of(observed.checkpoint());
    return observed.generation().equals(GENERATION)
        && before.isPresent()
        && before.get().holds(now);
  }

  @Override
  public ReplicaFolder open(FolderName name, Access access) throws FaultException {
    var directory = paths.of(name);
    return Faults.translate("opening the local folder", directory, Reach.FOLDER, () -> {
      tree.require(name, directory);
      tools.publications().enter(directory);
      var messages = tools.listings().of(directory);
      return new OpenFolder(name, access, directory, tools, messages);
    });
  }

  /** What is listed of the folders. */
  Messages.Listings listings() {
    return tools.listings();
  }

  @Override
  public Optional<ReplicaEditor> editor() {
    return Optional.of(this);
  }

  @Override
  public void create(FolderName name) throws FaultException {
    var directory = paths.of(name);
    Faults.translate("creating the local folder", directory, Reach.FOLDER, () -> {
      tree.create(name, directory);
      return name;
    });
  }

  @Override
  public void rename(FolderName from, FolderName to) throws FaultException {
    var directory = paths.of(to);
    Faults.translate(
        "renaming the local folder to " + directory, paths.of(from), Reach.FOLDER, () -> {
          // While what was changed can be found under its name.
          tools.publications().enterAll();
          Hardener.await(tools.hardener().begin());
          tree.rename(from, to);
          tools.tracking().renamed(from, to);
          return to;
        });
  }

  @Override
  public void removeEmpty(FolderName name) throws FaultException {
    var directory = paths.of(name);
    Faults.translate("removing the local folder", directory, Reach.FOLDER, () -> {
      tools.publications().enterAll();
      tree.removeEmpty(directory, tools.names());
      return name;
    });
  }

  /**
   * {@inheritDoc}
   *
   * <p>Waits until no further change can leave the same times behind: some hundredths of a second,
   * a few seconds on file systems that keep whole seconds.
   */
  @Override
  public Map<FolderName, Checkpoint> settle(Set<FolderName> folders) throws FaultException {
    return Faults.translate("making the changes durable", paths.root(), Reach.REPLICA, () -> {
      tools.publications().enterAll();
      Hardener.await(tools.hardener().begin());
      var directories = new HashMap<FolderName, Path>();
      for (var folder : folders) {
        directories.put(folder, paths.of(folder));
      }
      waitFor(directories.values());
      var checkpoints = new HashMap<FolderName, Checkpoint>();
      for (var folder : directories.entrySet()) {
        settled(folder.getKey(), folder.getValue())
            .ifPresent(now -> checkpoints.put(folder.getKey(), now.checkpoint()));
      }
      return checkpoints;
    });
  }

  @Override
  public void hardenAll() throws FaultException {
    Faults.translate("making the changes durable", paths.root(), Reach.REPLICA, () -> {
      tools.durability().begin(paths.root());
      tools.durability().everything();
      Hardener.await(tools.hardener().begin());
      return paths;
    });
  }

  private void waitFor(Iterable<Path> directories) throws IOException, FaultException {
    var now = tools.environment().clock().instant();
    var until = now;
    for (var directory : directories) {
      if (FolderTree.isFolder(directory)) {
        var settlesAt = Stamps.of(directory).settlesAt();
        if (settlesAt.isAfter(until) && settlesAt.isBefore(now.plus(WAIT_MAX))) {
          until = settlesAt;
        }
      }
    }
    if (until.isAfter(now)) {
      sleep(tools.environment(), Duration.between(now, until).plusMillis(1));
    }
  }

  /** Waits, in the run's thread. */
  static void sleep(Environment environment, Duration duration) throws FaultException {
    try {
      environment.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FaultException(Cancellation.fault(), e);
    }
  }

  private Optional<Observation> settled(FolderName name, Path directory)
      throws IOException, FaultException {
    var expected = tools.tracking().expected(name);
    if (expected.isEmpty() || !FolderTree.isFolder(directory)) {
      return Optional.empty();
    }
    var now = tools.environment().clock().instant();
    var before = Stamps.of(directory);
    var seen = tools.tracking().seen(name, before);
    if (seen.isPresent()) {
      return seen;
    }
    if (!before.settled(now)) {
      return Optional.empty();
    }
    var there = new Object() {
      Contents contents = Contents.NONE;
    };
    Messages.each(directory, file -> there.contents = there.contents.plus(file));
    return there.contents.equals(expected.get())
            && Stamps.of(directory).text().equals(before.text())
        ? Optional.of(new Observation(there.contents, before.text()))
        : Optional.empty();
  }

  @Override
  public void purgeRemoved(Instant then) throws FaultException {
    Faults.translate("emptying the undo area", paths.root(), Reach.REPLICA, () -> {
      tools.undo().purge(then);
      return then;
    });
  }

  @Override
  public Optional<UndoArea> undoArea() {
    return Optional.of(tools.undo());
  }

  @Override
  public Traffic traffic() {
    return Traffic.NONE;
  }

  @Override
  public void close() {
    tools.early().close();
    tools.writer().close();
    tools.hardener().close();
  }

  /** What the folders of one replica share. */
  record Tools(
      FolderPaths paths,
      Environment environment,
      Durability durability,
      Hardener hardener,
      UniqueNames names,
      Buffers buffers,
      Writer writer,
      RemovedMail undo,
      Contents.Tracking tracking,
      Publications publications,
      Messages.Listings listings,
      EarlyListings early,
      Notices notices) {}
}

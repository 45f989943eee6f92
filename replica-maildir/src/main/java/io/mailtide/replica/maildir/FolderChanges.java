package io.mailtide.replica.maildir;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.maildir.Publications.Arrival;
import io.mailtide.replica.maildir.Publications.Publication;
import io.mailtide.replica.maildir.disk.Directories;
import io.mailtide.replica.maildir.disk.Durability.Hardener;
import io.mailtide.replica.maildir.disk.Writer;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Changes one open folder. */
final class FolderChanges implements DeliveringEditor {
  private static final Batch BATCH = new Batch(1_000, 32L << 20);

  private final OpenFolder folder;
  private final Path directory;
  private final Path tmp;
  private final Maildir.Tools tools;
  private final Keywords keywords;
  private final Messages messages;

  /** Whether a message was staged here: the first one shows that it can be done. */
  private boolean staged;

  FolderChanges(
      OpenFolder folder,
      Path directory,
      Maildir.Tools tools,
      Keywords keywords,
      Messages messages) {
    this.folder = folder;
    this.directory = directory;
    this.tmp = directory.resolve("tmp");
    this.tools = tools;
    this.keywords = keywords;
    this.messages = messages;
  }

  @Override
  public Staged stage(Part part) throws FaultException {
    return folder.aside("writing a message", () -> {
      begin();
      var writer = staged ? Optional.of(tools.writer()) : Optional.<Writer>empty();
      staged = true;
      return new StagedMessage(
          tmp, tools.names().next(), part, tools.buffers(), tools.durability(), writer);
    });
  }

  private void begin() throws IOException {
    tools.durability().begin(tools.paths().root());
    tools.durability().begin(directory);
  }

  @Override
  public Batch batch() {
    return BATCH;
  }

  @Override
  public Hardening beginHardening() {
    var begun = tools.hardener().begin();
    return () -> folder.aside("making the messages durable", () -> {
      Hardener.await(begun);
      return directory;
    });
  }

  @Override
  public boolean publish(MessageKey key, Flags flags) throws FaultException {
    return folder.translate("delivering a message", () -> {
      begin();
      return publish(MessageFile.delivered(key.value(), keywords.letters(flags, "")));
    });
  }

  private boolean publish(MessageFile file) throws IOException, FaultException {
    tools.writer().await();
    will(file);
    return published(file, moveIn(file));
  }

  /** Before it is moved: so that whatever makes that durable is told in time. */
  private void will(MessageFile file) {
    tools.durability().changed(tmp);
    tools.durability().changed(Directories.parent(file.in(directory)));
  }

  /** Any thread. */
  private Arrival moveIn(MessageFile file) throws IOException {
    var staged = tmp.resolve(UniqueNames.staged(file.base()));
    try {
      Directories.move(staged, file.in(directory));
      return Arrival.MOVED;
    } catch (NoSuchFileException e) {
      if (Files.exists(staged)) {
        throw e;
      }
      return Arrival.NOT_STAGED;
    } catch (FileAlreadyExistsException _) {
      return Arrival.THERE_ALREADY;
    }
  }

  /** Takes note of it; whether the message is there. */
  private boolean published(MessageFile file, Arrival arrival) throws IOException, FaultException {
    if (arrival == Arrival.MOVED) {
      messages.appeared(file);
      tools.tracking().changed(folder.name(), Optional.empty(), Optional.of(file));
    }
    return arrival != Arrival.NOT_STAGED || messages.find(file.base()).isPresent();
  }

  @Override
  public Publishing beginPublishing(SequencedMap<MessageKey, Flags> wanted) throws FaultException {
    return folder.translate("delivering messages", () -> {
      begin();
      var files = new LinkedHashMap<MessageKey, MessageFile>();
      for (var message : wanted.entrySet()) {
        var base = message.getKey().value();
        var file = MessageFile.delivered(base, keywords.letters(message.getValue(), ""));
        files.put(message.getKey(), file);
        will(file);
      }
      var publication =
          new Publication(folder, files, tools.writer(), this::moveIn, this::published);
      tools.publications().begun(directory, publication);
      return publication;
    });
  }

  @Override
  public boolean publishBeside(MessageKey key, MessageKey other) throws FaultException {
    return folder.translate("delivering a message", () -> {
      begin();
      tools.writer().await();
      if (!Files.exists(tmp.resolve(UniqueNames.staged(key.value())))) {
        return messages.find(key.value()).isPresent();
      }
      var beside = messages.find(other.value());
      return beside.isPresent()
          && publish(named(beside.get(), key.value(), beside.get().letters()));
    });
  }

  @Override
  public void drop(Collection<MessageKey> keys) throws FaultException {
    for (var key : keys) {
      folder.translate("deleting a header-only copy", () -> {
        begin();
        return messages.act(key.value(), file -> {
          Files.delete(file.in(directory));
          left(file);
          return key;
        });
      });
    }
  }

  @Override
  public void shown(Map<MessageKey, Flags> flags) {
    flags.forEach((key, shown) -> messages.shown(key.value(), keywords.spell(shown)));
  }

  @Override
  public void discardStaged() throws FaultException {
    folder.translate("clearing away what an earlier run left", () -> {
      FolderTree.discardStaged(directory, tools.names());
      return directory;
    });
  }

  @Override
  public Map<MessageKey, Flags> setFlags(List<FlagChange> changes) throws FaultException {
    var now = new HashMap<MessageKey, Flags>();
    for (var change : changes) {
      setFlags(change).ifPresent(flags -> now.put(change.key(), flags));
    }
    return now;
  }

  private Optional<Flags> setFlags(FlagChange change) throws FaultException {
    return folder.translate("changing flags", () -> {
      begin();
      return messages.act(change.key().value(), file -> {
        var before = flags(file);
        var wanted = before.minus(change.clear()).plus(change.add());
        var letters = keywords.letters(wanted, file.letters());
        var renamed = file.with(letters);
        if (renamed.isTooLong()) {
          tools
              .notices()
              .notice("Left with the flags it has: the name of " + file.in(directory)
                  + " leaves no room for others.");
          return keywords.flags(file.letters());
        }
        if (!keywords.flags(letters).equals(before)) {
          rename(file, renamed);
        }
        var now = keywords.flags(letters);
        // What is cleared may be what a letter without a name stands for, and that stays.
        return keywords.areNameless(letters)
            ? now.plus(Flags.of(keywords.missing(change.clear())))
            : now;
      });
    });
  }

  /** Another program names a letter before it uses it, so a letter without a name may have one. */
  private Flags flags(MessageFile file) throws IOException, FaultException {
    if (keywords.areNameless(file.letters())) {
      keywords.refresh();
    }
    return keywords.flags(file.letters());
  }

  private void rename(MessageFile from, MessageFile to) throws IOException, FaultException {
    if (to.equals(from)) {
      return; // letters that meant nothing mean by now what is wished for
    }
    var source = from.in(directory);
    var target = to.in(directory);
    try {
      Directories.move(source, target);
      tools.tracking().changed(folder.name(), Optional.of(from), Optional.of(to));
    } catch (FileAlreadyExistsException _) {
      dropDouble(from, to);
    }
    messages.appeared(to);
    tools.durability().changed(Directories.parent(source));
    tools.durability().changed(Directories.parent(target));
  }

  /**
   * Two files of one base name are one message: programs that link and unlink instead of renaming
   * leave both when they are killed in between. Where they differ, one of them gets a name of its
   * own, and is another message from now on.
   */
  private void dropDouble(MessageFile extra, MessageFile kept) throws IOException, FaultException {
    if (Files.mismatch(extra.in(directory), kept.in(directory)) < 0) {
      toUndoArea(extra);
    } else {
      var other = new MessageFile(false, tools.names().like(extra.base()), extra.letters());
      Directories.move(extra.in(directory), other.in(directory));
    }
  }

  private void toUndoArea(MessageFile file) throws IOException, FaultException {
    tools.undo().take(folder.name(), directory, file, flags(file));
  }

  @Override
  public void remove(Collection<MessageKey> keys) throws FaultException {
    for (var key : keys) {
      folder.translate("removing a message", () -> {
        begin();
        return messages.act(key.value(), file -> {
          toUndoArea(file);
          left(file);
          return key;
        });
      });
    }
  }

  private void left(MessageFile file) throws IOException {
    messages.disappeared(file);
    tools.tracking().changed(folder.name(), Optional.of(file), Optional.empty());
    tools.durability().changed(Directories.parent(file.in(directory)));
  }

  /** {@inheritDoc} The files keep their base names, unless one is taken there. */
  @Override
  public Map<MessageKey, MessageKey> move(Collection<MessageKey> keys, FolderName to)
      throws FaultException {
    return folder.translate("moving messages to " + to, () -> {
      var there = tools.paths().of(to);
      tools.publications().enter(there);
      if (!FolderTree.isFolder(there)) {
        throw FolderTree.noFolder("moving messages to " + to, to, there);
      }
      begin();
      tools.durability().begin(there);
      var target = new FolderChanges(
          folder,
          there,
          tools,
          new Keywords(there, tools.environment()),
          tools.listings().of(there));
      var moved = new HashMap<MessageKey, MessageKey>();
      for (var key : keys) {
        messages
            .act(key.value(), file -> moveTo(target, to, file))
            .ifPresent(base -> moved.put(key, new MessageKey(base)));
      }
      target.messages.leave();
      return moved;
    });
  }

  private String moveTo(FolderChanges target, FolderName to, MessageFile file)
      throws IOException, FaultException {
    try {
      var flags = flags(file);
      // Else what no name is known of would look as if its user had cleared it on the way.
      var nameless = keywords.areNameless(file.letters()) ? target.keywords.nameless() : "";
      var letters = target.keywords.letters(flags, MessageFile.capitals(file.letters()) + nameless);
      var moved = named(
          file,
          target.messages.listed(file.base()) ? tools.names().like(file.base()) : file.base(),
          letters);
      try {
        moveFile(file, target, moved);
      } catch (FileAlreadyExistsException _) {
        moved = named(file, tools.names().like(file.base()), letters); // it came there just now
        moveFile(file, target, moved);
      }
      left(file);
      target.messages.appeared(moved);
      tools.tracking().changed(to, Optional.empty(), Optional.of(moved));
      tools.durability().changed(Directories.parent(moved.in(target.directory)));
      return moved.base();
    } catch (NoSuchFileException e) {
      if (!FolderTree.isFolder(target.directory)) {
        throw FolderTree.noFolder("moving messages to " + to, to, target.directory);
      }
      throw e;
    }
  }

  private static MessageFile named(MessageFile file, String base, String letters) {
    return file.fresh()
        ? MessageFile.delivered(base, letters)
        : new MessageFile(false, base, letters);
  }

  private void moveFile(MessageFile file, FolderChanges target, MessageFile moved)
      throws IOException {
    Directories.move(
        file.in(directory),
        moved.in(target.directory),
        target.tmp.resolve(tools.names().next()));
  }

  @Override
  public Flags representable(Flags flags) throws FaultException {
    return folder.aside(
        "giving keywords a letter", () -> keywords.flags(keywords.letters(flags, "")));
  }

  @Override
  public boolean read(MessageKey key, ByteSink sink) throws FaultException {
    return folder.read(key, sink);
  }
}

package io.mailtide.replica.maildir;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes one open folder. */
final class FolderChanges implements DeliveringEditor {
  private final OpenFolder folder;
  private final Path directory;
  private final Path tmp;
  private final Maildir.Tools tools;
  private final Keywords keywords;
  private final Messages messages;

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
  public Staged stage() throws FaultException {
    return folder.translate("writing a message", () -> {
      begin();
      return new StagedMessage(tmp, tools.names().next(), tools.buffers(), tools.durability());
    });
  }

  private void begin() throws IOException {
    tools.durability().begin(tools.paths().root());
    tools.durability().begin(directory);
  }

  @Override
  public void harden() throws FaultException {
    folder.translate("making the messages durable", () -> {
      tools.durability().harden();
      return directory;
    });
  }

  @Override
  public boolean publish(MessageKey key, Flags flags) throws FaultException {
    return folder.translate("delivering a message", () -> {
      begin();
      var staged = tmp.resolve(UniqueNames.staged(key.value()));
      var file = MessageFile.delivered(key.value(), keywords.letters(flags, ""));
      try {
        Files.move(staged, file.in(directory));
      } catch (NoSuchFileException e) {
        if (Files.exists(staged)) {
          throw e;
        }
        return messages.find(key.value()).isPresent();
      } catch (FileAlreadyExistsException _) {
        return true;
      }
      messages.appeared(file);
      tools.tracking().changed(folder.name(), Optional.empty(), Optional.of(file));
      tools.durability().changed(tmp);
      tools.durability().changed(Directories.parent(file.in(directory)));
      return true;
    });
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
        var before = keywords.flags(file.letters());
        var wanted = before.minus(change.clear()).plus(change.add());
        var letters = keywords.letters(wanted, file.letters());
        if (!keywords.flags(letters).equals(before)) {
          move(file, file.with(letters));
        }
        return keywords.flags(letters);
      });
    });
  }

  private void move(MessageFile from, MessageFile to) throws IOException {
    var source = from.in(directory);
    var target = to.in(directory);
    Files.move(source, target);
    messages.appeared(to);
    tools.tracking().changed(folder.name(), Optional.of(from), Optional.of(to));
    tools.durability().changed(Directories.parent(source));
    tools.durability().changed(Directories.parent(target));
  }

  @Override
  public void remove(Collection<MessageKey> keys) throws FaultException {
    for (var key : keys) {
      folder.translate("removing a message", () -> {
        begin();
        return messages.act(key.value(), file -> {
          tools
              .undo()
              .take(folder.name(), directory, file, tools.environment().clock().instant());
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
      begin();
      var there = tools.paths().of(to);
      var target = new FolderChanges(
          folder, there, tools, new Keywords(there, tools.environment()), new Messages(there));
      var moved = new HashMap<MessageKey, MessageKey>();
      for (var key : keys) {
        messages
            .act(key.value(), file -> moveTo(target, to, file))
            .ifPresent(base -> moved.put(key, new MessageKey(base)));
      }
      return moved;
    });
  }

  private String moveTo(FolderChanges target, FolderName to, MessageFile file)
      throws IOException, FaultException {
    var base = file.base();
    if (target.messages.find(base).isPresent()) {
      var unique = tools.names().next();
      base = UniqueNames.isAsItIs(base) ? UniqueNames.asItIs(unique) : unique;
    }
    var letters = target.keywords.letters(keywords.flags(file.letters()), "");
    var moved =
        file.fresh() ? MessageFile.delivered(base, letters) : new MessageFile(false, base, letters);
    Files.move(file.in(directory), moved.in(target.directory));
    left(file);
    target.messages.appeared(moved);
    tools.tracking().changed(to, Optional.empty(), Optional.of(moved));
    tools.durability().changed(Directories.parent(moved.in(target.directory)));
    return base;
  }

  @Override
  public Flags representable(Flags flags) throws FaultException {
    return folder.translate(
        "giving keywords a letter", () -> keywords.flags(keywords.letters(flags, "")));
  }

  @Override
  public boolean read(MessageKey key, ByteSink sink) throws FaultException {
    return folder.read(key, sink);
  }
}

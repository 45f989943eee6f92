package io.mailtide.replica.maildir;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.MessageKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Changes one open folder. */
final class FolderChanges implements FolderEditor {
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
  public Optional<Flags> setFlags(MessageKey key, Flags flags) throws FaultException {
    return folder.translate("changing flags", () -> {
      begin();
      return messages.act(key.value(), file -> {
        var letters = keywords.letters(flags, file.letters());
        var now = keywords.flags(letters);
        if (!now.equals(keywords.flags(file.letters()))) {
          move(file, file.with(letters));
        }
        return now;
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
  public void remove(MessageKey key) throws FaultException {
    folder.translate("removing a message", () -> {
      begin();
      return messages.act(key.value(), file -> {
        tools
            .undo()
            .take(folder.name(), directory, file, tools.environment().clock().instant());
        messages.disappeared(file);
        tools.tracking().changed(folder.name(), Optional.of(file), Optional.empty());
        tools.durability().changed(Directories.parent(file.in(directory)));
        return key;
      });
    });
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

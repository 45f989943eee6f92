package io.mailtide.replica.maildir;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.Sighting;
import io.mailtide.replica.maildir.Contents.Observation;
import io.mailtide.replica.maildir.Listing.Odd;
import io.mailtide.replica.maildir.Messages.Visitor;
import io.mailtide.replica.maildir.disk.Directories;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One folder, to be looked at. */
final class OpenFolder implements ReplicaFolder {
  /** How often a folder that changes under the listing is listed again. */
  private static final int PASSES = 5;

  private final FolderName name;
  private final Path directory;
  private final Maildir.Tools tools;
  private final Keywords keywords;
  private final Messages messages;
  private final Access access;

  OpenFolder(FolderName name, Access access, Path directory, Maildir.Tools tools, Messages messages)
      throws IOException, FaultException {
    this.name = name;
    this.access = access;
    this.directory = directory;
    this.tools = tools;
    this.keywords = new Keywords(directory, tools.environment());
    this.messages = messages;
  }

  @Override
  public FolderName name() {
    return name;
  }

  @Override
  public Generation generation() {
    return Maildir.GENERATION;
  }

  @Override
  public Scan scan(Optional<Checkpoint> since, Known known, Observer observer)
      throws FaultException {
    return translate("listing the messages", () -> {
      var observed = since.flatMap(Observation::of);
      if (observed.isPresent() && observed.get().holds(Stamps.of(directory))) {
        tools.tracking().scanned(name, observed.get().contents(), observed);
        return new Scan(false, since);
      }
      return list(observer);
    });
  }

  /**
   * Lists the folder. A directory that changes while it is read may show a file twice or not at
   * all; so it is read again until it held still, and what was seen in any pass is there. If it
   * never does, nothing is said to be gone.
   */
  private Scan list(Observer observer) throws IOException, FaultException {
    var total = new Object() {
      Contents contents = Contents.NONE;
    };
    Visitor present = file -> {
      total.contents = total.contents.plus(file);
      var base = file.base();
      var letters = file.letters();
      observer.present(new Sighting(
          new MessageKey(base),
          keywords.flags(letters),
          OptionalLong.empty(),
          Optional.empty(),
          UniqueNames.isHeadersOnly(base),
          Optional.empty(),
          keywords.areNameless(letters)));
    };
    var first = tools.early().take(directory);
    var seen = first.isPresent() ? first.get() : Listing.of(directory, tools.environment());
    for (var pass = 1; pass <= PASSES; pass++) {
      var listing = pass == 1 ? seen : Listing.of(directory, tools.environment());
      keywords.load();
      if (pass == 1) {
        listing.names().each(present);
      } else {
        listing.names().each(file -> {
          if (!seen.names().put(file)) {
            present.visit(file);
          }
        });
      }
      if (Stamps.of(directory).text().equals(listing.before().text())) {
        messages.use(listing);
        tell(listing.odd());
        // A message that a first pass saw and a last one
        // did not is in this sum and not in the folder.
        var exact = pass == 1 && listing.before().settled(listing.began())
            ? Optional.of(new Observation(total.contents, listing.before().text()))
            : Optional.<Observation>empty();
        tools.tracking().scanned(name, total.contents, exact);
        return new Scan(true, exact.map(Observation::checkpoint));
      }
    }
    return new Scan(false, Optional.empty());
  }

  private void tell(Odd odd) {
    if (odd.files() > 0) {
      tools
          .notices()
          .notice(("Left alone: %d of the files in %s; no message can have such a name as \"%s\". "
                  + "Rename what is to take part.")
              .formatted(odd.files(), directory, odd.example()));
    }
  }

  @Override
  public void fetch(List<MessageKey> keys, Part part, BodySink sink) throws FaultException {
    Optional<FaultException> unreadable = Optional.empty();
    for (var key : keys) {
      try {
        fetch(key, part, sink);
      } catch (FaultException e) {
        if (e.fault().reach() != Reach.MESSAGE) {
          throw e;
        }
        unreadable = unreadable.or(() -> Optional.of(e));
      }
    }
    if (unreadable.isPresent()) {
      throw unreadable.get();
    }
  }

  private void fetch(MessageKey key, Part part, BodySink sink) throws FaultException {
    readOpened(key, opened -> hand(key, opened.channel(), opened.arrived(), part, sink));
  }

  private void hand(MessageKey key, FileChannel channel, Instant arrived, Part part, BodySink sink)
      throws IOException, FaultException {
    var body = sink.begin();
    var whole = false;
    try {
      var asItIs = UniqueNames.isAsItIs(key.value());
      if (part == Part.WHOLE) {
        LineEnds.read(channel, asItIs, tools.buffers(), body::write);
      } else {
        LineEnds.readHeader(channel, asItIs, tools.buffers(), body::write);
      }
      whole = true;
    } finally {
      if (!whole) {
        body.abandon();
      }
    }
    body.end(key, Optional.of(arrived));
  }

  /** A message's file, open: it can be read whatever it is called meanwhile. */
  private record Opened(Path path, FileChannel channel, Instant arrived) {}

  /**
   * Opens a message; empty when it is gone.
   *
   * @throws FaultException that reaches the message, when what bears its name cannot be read
   */
  private Optional<Opened> opened(MessageKey key) throws IOException, FaultException {
    return messages.act(key.value(), file -> {
      var path = file.in(directory);
      try {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
          throw unreadable(key, path, "it is no regular file");
        }
        return new Opened(
            path, FileChannel.open(path), attributes.lastModifiedTime().toInstant());
      } catch (AccessDeniedException _) {
        throw unreadable(key, path, "permission denied");
      } catch (NoSuchFileException e) {
        if (Files.isSymbolicLink(path)) {
          throw unreadable(key, path, "it is a link that leads nowhere");
        }
        throw e;
      } catch (FileSystemException e) {
        if (!Files.isDirectory(Directories.parent(path))) {
          throw e;
        }
        throw unreadable(key, path, Faults.said(e));
      }
    });
  }

  private FaultException unreadable(MessageKey key, Path path, String why) {
    return new FaultException(Fault.of(
            Kind.DISK,
            Reach.MESSAGE,
            "reading a message, " + path,
            why,
            "Make it readable, or move it out of there; the other messages are not held up by it.")
        .in(name)
        .about(key));
  }

  /** Reads a message; false when it is gone. */
  boolean read(MessageKey key, ByteSink sink) throws FaultException {
    var asItIs = UniqueNames.isAsItIs(key.value());
    return readOpened(
        key, opened -> LineEnds.read(opened.channel(), asItIs, tools.buffers(), sink));
  }

  /** Reads what was opened. */
  @FunctionalInterface
  private interface Reader {
    /** Throws an {@link IOException} only about that file. */
    void read(Opened opened) throws IOException, FaultException;
  }

  private boolean readOpened(MessageKey key, Reader reader) throws FaultException {
    return translate("reading a message", () -> {
      var opened = opened(key);
      if (opened.isPresent()) {
        try (var _ = opened.get().channel()) {
          reader.read(opened.get());
        } catch (ClosedByInterruptException e) {
          throw e;
        } catch (IOException e) {
          throw unreadable(key, opened.get().path(), Faults.said(e));
        }
      }
      return opened.isPresent();
    });
  }

  /** {@inheritDoc} Looks in a new listing. */
  @Override
  public Set<MessageKey> confirmGone(Set<MessageKey> keys) throws FaultException {
    return translate("looking for messages again", () -> messages.missing(keys));
  }

  @Override
  public Optional<FolderEditor> editor() {
    return access == Access.READ
        ? Optional.empty()
        : Optional.of(new FolderChanges(this, directory, tools, keywords, messages));
  }

  <T> T translate(String doing, Faults.Attempt<T> attempt) throws FaultException {
    return aside(doing, () -> {
      tools.publications().enter(directory);
      return attempt.run();
    });
  }

  /** For what does not look at the folder's messages: it waits for none that is being published. */
  <T> T aside(String doing, Faults.Attempt<T> attempt) throws FaultException {
    try {
      return Faults.translate(doing, directory, Reach.FOLDER, attempt);
    } catch (FaultException e) {
      throw e.fault().folder().isPresent() ? e : new FaultException(e.fault().in(name), e);
    }
  }
}

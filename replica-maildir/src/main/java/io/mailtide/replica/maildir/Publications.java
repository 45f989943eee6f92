package io.mailtide.replica.maildir;

import io.mailtide.engine.DeliveringEditor.Publishing;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.replica.maildir.disk.Durability.Hardener;
import io.mailtide.replica.maildir.disk.Writer;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * Messages that the writing thread moves to their places, and of which the run's thread has not
 * taken note yet. One thread, the run's.
 */
final class Publications {
  private final Map<Path, List<Publication>> begun = new HashMap<>();

  void begun(Path folder, Publication publication) {
    begun.computeIfAbsent(folder, _ -> new ArrayList<>()).add(publication);
  }

  /** To be called before anybody looks into a folder. */
  void enter(Path folder) {
    var there = begun.remove(folder);
    if (there != null) {
      there.forEach(Publication::enter);
    }
  }

  /** Of all folders. */
  void enterAll() {
    List.copyOf(begun.keySet()).forEach(this::enter);
  }

  /** How a staged message came to its place. */
  enum Arrival {
    MOVED,
    THERE_ALREADY,
    NOT_STAGED
  }

  /** Moves a message to its place. Any thread. */
  @FunctionalInterface
  interface Mover {
    Arrival move(MessageFile file) throws IOException;
  }

  /** Takes note of a message that was moved; whether it is there. */
  @FunctionalInterface
  interface Noting {
    boolean isThere(MessageFile file, Arrival arrival) throws IOException, FaultException;
  }

  /** Messages of one folder. */
  static final class Publication implements Publishing {
    private final OpenFolder folder;
    private final Map<MessageKey, MessageFile> files;
    private final Noting noting;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Future<Void> moved;
    private final Set<MessageKey> there = new HashSet<>();
    private Optional<FaultException> failure = Optional.empty();

    /** Begins to move them, in the order of the files. */
    Publication(
        OpenFolder folder,
        Map<MessageKey, MessageFile> files,
        Writer writer,
        Mover mover,
        Noting noting) {
      this.folder = folder;
      this.files = files;
      this.noting = noting;
      this.moved = writer.each(List.copyOf(files.values()), file -> arrivals.add(mover.move(file)));
    }

    private void enter() {
      try {
        folder.aside("delivering messages", this::see);
      } catch (FaultException e) {
        failure = Optional.of(e);
      }
    }

    private Set<MessageKey> see() throws IOException, FaultException {
      Optional<IOException> failed = Optional.empty();
      try {
        Hardener.await(moved);
      } catch (ClosedByInterruptException e) {
        throw e; // they are being moved yet
      } catch (IOException e) {
        failed = Optional.of(e);
      }
      var arrived = arrivals.iterator();
      for (var file : files.entrySet()) {
        if (arrived.hasNext() && noting.isThere(file.getValue(), arrived.next())) {
          there.add(file.getKey());
        }
      }
      if (failed.isPresent()) {
        throw failed.get();
      }
      return there;
    }

    @Override
    public Set<MessageKey> await() throws FaultException {
      return folder.translate("delivering messages", () -> {
        if (failure.isPresent()) {
          throw failure.get();
        }
        return there;
      });
    }
  }
}

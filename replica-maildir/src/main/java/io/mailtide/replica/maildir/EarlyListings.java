package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Environment.Beside;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Folders that are sure to be asked for are listed before they are, in a thread of its own: whoever
 * asks is still waiting for the other side then. For one thread.
 */
final class EarlyListings implements AutoCloseable {
  private final Environment environment;
  private final long namesMax;
  private final Map<Path, FutureTask<Listing>> begun = new HashMap<>();
  private Optional<Beside<Long>> beside = Optional.empty();
  private volatile boolean over;

  /** @param namesMax when so many names are in memory, no further folder is begun */
  EarlyListings(Environment environment, long namesMax) {
    this.environment = environment;
    this.namesMax = namesMax;
  }

  /** Begins with these, one after the other; what was begun before is dropped. */
  void begin(List<Path> folders) {
    close();
    begun.clear();
    if (!folders.isEmpty()) {
      over = false;
      folders.forEach(folder -> begun.put(folder, new FutureTask<>(() -> list(folder))));
      var tasks = folders.stream().map(begun::get).toList();
      beside = Optional.of(environment.beside(() -> run(tasks)));
    }
  }

  private long run(List<FutureTask<Listing>> tasks) {
    var names = 0L;
    for (var task : tasks) {
      if (!over && names < namesMax) {
        task.run();
        names += task.state() == Future.State.SUCCESS ? task.resultNow().names().size() : 0;
      }
    }
    return names;
  }

  private Listing list(Path folder) throws IOException, FaultException {
    return Listing.of(folder, environment, () -> {
      if (over) {
        throw new CancellationException();
      }
    });
  }

  /** A listing that tells what is in the folder now, where one was begun; it is had once. */
  Optional<Listing> take(Path folder) throws IOException {
    var task = begun.remove(folder);
    if (task == null) {
      return Optional.empty();
    }
    task.run(); // here, where it was not its turn yet
    try {
      var listing = task.get();
      return listing.holds(Stamps.of(folder)) ? Optional.of(listing) : Optional.empty();
    } catch (ExecutionException _) {
      return Optional.empty(); // who lists it now is told why
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    over = true;
    beside.ifPresent(Beside::close);
    beside = Optional.empty();
  }
}

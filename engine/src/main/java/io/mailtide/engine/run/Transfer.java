package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Expectations;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.run.Arrivals.Arrival;
import io.mailtide.engine.run.Arrivals.Taker;
import io.mailtide.engine.run.Arrivals.Twins;
import io.mailtide.engine.state.Journal.Intent;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.Twins.Twin;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Copies far messages, folder by folder; they reach the near side by {@link Deliveries}. */
final class Transfer {
  /**
   * Asked for at once: as many as the far side takes, for it goes on sending while a batch is
   * recorded and published.
   */
  private static final int FETCH_MESSAGES = 4_000;

  private final Job job;
  private final Memory memory;
  private final Hierarchy hierarchy;
  private final Tally tally;
  private final Deliveries deliveries;
  private final LocalCopies localCopies;
  private final Set<FolderName> paired = new HashSet<>();
  private final Map<Long, Chunks> begun = new HashMap<>();

  /** Folders of which something did not arrive. */
  private final Set<Long> missing = new HashSet<>();

  Transfer(
      Job job,
      Memory memory,
      Replica near,
      Hierarchy hierarchy,
      Tally tally,
      Deliveries deliveries) {
    this.job = job;
    this.memory = memory;
    this.hierarchy = hierarchy;
    this.tally = tally;
    this.deliveries = deliveries;
    localCopies = new LocalCopies(job, memory, near, tally, deliveries);
  }

  /** Finishes what an earlier run had staged and recorded in a folder. */
  void recover(Folder folder, ReplicaFolder near) throws FaultException {
    deliveries.recover(memory.journal().left(folder), DeliveringEditor.of(near));
  }

  /** Whether messages were tied to what was here already, so that their flags are to be merged. */
  boolean mustMerge(FolderName folder) {
    return paired.remove(folder);
  }

  /** Drops what a run that was killed had staged in a folder and not recorded. */
  void tidy(ReplicaFolder near) throws FaultException {
    DeliveringEditor.of(near).discardStaged();
  }

  /**
   * What {@link #copy} will fetch of these folders, in this order, as far as that can be told.
   *
   * @param then what comes after all of that
   */
  Expectations expected(Iterator<FolderPlan> plans, Iterator<? extends Expected> then) {
    begun.clear();
    return new Expectations() {
      private Optional<Chunks> current = Optional.empty();

      // What could not be told: what comes behind it would be sent in vain until that is over.
      private BooleanSupplier isOver = () -> true;

      @Override
      public Optional<Expected> next() throws FaultException {
        if (!isOver.getAsBoolean()) {
          return Optional.empty();
        }
        while (current.isPresent() || plans.hasNext()) {
          var chunks = current.isPresent() ? current.get() : chunks(plans.next().folder());
          var chunk = chunks.ahead();
          if (chunk.isPresent()) {
            current = Optional.of(chunks);
            var expected = expected(chunks.folder, chunk.get());
            if (expected.isEmpty()) {
              isOver = chunks.newestIsOver();
            }
            return expected;
          }
          current = Optional.empty();
        }
        return then.hasNext() ? Optional.of(then.next()) : Optional.empty();
      }
    };
  }

  /** Nothing, where some of it may be here already. */
  private Optional<Expected> expected(Folder folder, Chunk chunk) throws FaultException {
    for (var far : chunk.wanted()) {
      if (memory.farContents().isShared(folder, far)
          || memory.farContents().copyOf(far).isPresent()) {
        return Optional.empty();
      }
    }
    var keys = chunk.wanted().stream().map(Sighting::key).toList();
    return Optional.of(new Expected.Fetched(folder.name(), keys, chunk.part()));
  }

  private Chunks chunks(Folder folder) {
    return begun.computeIfAbsent(folder.id(), _ -> new Chunks(folder));
  }

  /** Copies the far messages of a folder that were never agreed on. */
  void copy(FolderPlan plan, ReplicaFolder near, ReplicaFolder far) throws FaultException {
    var folder = plan.folder();
    var editor = DeliveringEditor.of(near);
    var twins = new Twins(folder, memory);
    var chunks = chunks(folder);
    try {
      for (var chunk = chunks.next(); chunk.isPresent(); chunk = chunks.next()) {
        job.cancellation().check();
        copy(folder, chunk.get(), editor, far, twins);
      }
    } finally {
      chunks.over = true;
    }
    begun.remove(folder.id());
  }

  /** What is fetched at once. */
  private record Chunk(List<Sighting> wanted, Part part) {}

  /** What is fetched of a folder, from the first to the last. */
  private final class Chunks {
    private final Folder folder;
    private final Instant now = job.environment().clock().instant();
    private final Queue<Chunk> page = new ArrayDeque<>();
    private final Queue<Chunk> told = new ArrayDeque<>();
    private Optional<MessageKey> after = Optional.empty();
    private int read;
    private int given;
    private boolean over;

    Chunks(Folder folder) {
      this.folder = folder;
    }

    Optional<Chunk> next() throws FaultException {
      given++;
      return told.isEmpty() ? read() : Optional.of(told.remove());
    }

    /** The one after those that this has told before; {@link #next} comes to it in its turn. */
    Optional<Chunk> ahead() throws FaultException {
      var chunk = read();
      chunk.ifPresent(told::add);
      return chunk;
    }

    private Optional<Chunk> read() throws FaultException {
      if (page.isEmpty()) {
        var wanted = memory.observations().toCopy(folder, Side.FAR, now, after, FETCH_MESSAGES);
        if (!wanted.isEmpty()) {
          after = Optional.of(wanted.getLast().key());
          divide(wanted);
        }
      }
      read += page.isEmpty() ? 0 : 1;
      return Optional.ofNullable(page.poll());
    }

    /** Whether the one that was read last is over by the time that this is asked. */
    BooleanSupplier newestIsOver() {
      int number = read;
      return () -> over || given > number;
    }

    private void divide(List<Sighting> wanted) throws FaultException {
      if (!job.selection().headersOnly()) {
        page.add(new Chunk(wanted, Part.WHOLE));
        return;
      }
      var unclear = memory
          .contents()
          .unclear(folder, wanted.getFirst().key(), wanted.getLast().key());
      var parts =
          wanted.stream().collect(Collectors.partitioningBy(one -> unclear.contains(one.key())));
      parts.forEach((whole, some) -> {
        if (!some.isEmpty()) {
          page.add(new Chunk(some, whole ? Part.WHOLE : Part.HEADER));
        }
      });
    }
  }

  private void copy(
      Folder folder, Chunk chunk, DeliveringEditor editor, ReplicaFolder far, Twins twins)
      throws FaultException {
    var part = chunk.part();
    var wanted = chunk.wanted().stream()
        .collect(
            Collectors.toMap(Sighting::key, Function.identity(), (a, _) -> a, LinkedHashMap::new));
    var pairs = new ArrayList<Intent>();
    Taker taker = arrival -> {
      var twin = twins.of(arrival.digest(), arrival.far().flags(), part);
      if (twin.isPresent()) {
        arrival.staged().discard();
        pairs.add(intent(folder, arrival, twin.get()));
      } else if (twins.isRemoved(arrival, part)) {
        arrival.staged().discard();
        tally.done(1);
      } else {
        deliveries.add(intent(folder, arrival, part, editor), editor);
      }
    };
    if (part == Part.WHOLE) {
      localCopies.take(folder, wanted, editor, taker);
    }
    var toFetch = List.copyOf(wanted.keySet());
    var now = job.environment().clock().instant();
    var arrivals = new Arrivals(editor, part, wanted, taker, tally, now);
    Optional<FaultException> cut = Optional.empty();
    try {
      if (!toFetch.isEmpty()) {
        far.fetch(toFetch, part, arrivals);
      }
    } catch (FaultException e) {
      cut = Optional.of(e);
    }
    if (arrivals.refused().isPresent()) {
      throw arrivals.refused().get();
    }
    if (!pairs.isEmpty()) {
      hierarchy.hardenNear();
      // Their flags are merged when the folder is compared again.
      memory.journal().pair(pairs);
      twins.tied();
      paired.add(folder.name());
      tally.done(pairs.size());
    }
    if (cut.isPresent()) {
      if (wanted.size() == toFetch.size()
          && Runner.PASSING.contains(cut.get().fault().kind())) {
        suspect(folder, wanted.firstEntry().getValue(), cut.get().fault());
      }
      throw cut.get();
    }
    if (!wanted.isEmpty()) {
      missed(folder, wanted, far);
    }
  }

  /** Keeps from being sent what may be a copy of what did not arrive. */
  void holdBack(Folder folder) throws FaultException {
    if (missing.remove(folder.id())) {
      memory.contents().holdBack(folder, job.environment().clock().instant(), false);
    }
  }

  static Intent intent(Folder folder, Arrival arrival, Part part, DeliveringEditor editor)
      throws FaultException {
    var far = arrival.far();
    return new Intent(
        folder,
        far.key(),
        arrival.staged().key(),
        editor.representable(far.flags()),
        far.flags(),
        part == Part.WHOLE ? arrival.size() : far.size().orElse(arrival.size()),
        arrival.digest(),
        part != Part.WHOLE);
  }

  private static Intent intent(Folder folder, Arrival arrival, Twin twin) {
    return new Intent(
        folder,
        arrival.far().key(),
        twin.near(),
        twin.nearAgreed(),
        twin.farAgreed(),
        twin.headersOnly() ? arrival.far().size().orElse(arrival.size()) : arrival.size(),
        arrival.digest(),
        twin.headersOnly());
  }

  /**
   * The connection ended before anything came: it may be the first of the messages that the server
   * cannot hand over. The second time it is left to a later run, so that the others come.
   */
  private void suspect(Folder folder, Sighting first, Fault cut) throws FaultException {
    var fault = Fault.of(
            cut.kind(),
            Reach.MESSAGE,
            "fetching a message",
            "the connection ended instead: " + cut.said(),
            "It is tried again later, alone; look at it with a web mail client if it stays so.")
        .in(folder.name())
        .about(first.key());
    memory
        .ledger()
        .enter(folder, Side.FAR, first, fault, job.environment().clock().instant());
    tally.suspect(() -> memory.ledger().forget(folder, Side.FAR, first.key()));
  }

  /**
   * Enters what did not arrive in the ledger, unless it is gone. What is near may be copies of it,
   * which {@link #holdBack} is for.
   */
  void missed(Folder folder, Map<MessageKey, Sighting> wanted, ReplicaFolder far)
      throws FaultException {
    missing.add(folder.id());
    var gone = far.confirmGone(Set.copyOf(wanted.keySet()));
    for (var sighting : wanted.values()) {
      if (gone.contains(sighting.key())) {
        memory.ledger().forget(folder, Side.FAR, sighting.key());
        memory.leftOut().forget(folder, Side.FAR, sighting.key());
        continue;
      }
      var fault = Fault.of(
              Kind.REFUSED,
              Reach.MESSAGE,
              "fetching a message",
              "the server lists the message but does not hand it over",
              "It is tried again later, alone; look at it with a web mail client if it stays so.")
          .in(folder.name())
          .about(sighting.key());
      memory
          .ledger()
          .enter(folder, Side.FAR, sighting, fault, job.environment().clock().instant());
      memory.observations().claim(folder, Side.FAR, sighting.key()); // not again in this run
      tally.fault(fault);
    }
    tally.arrived(wanted.values().stream().mapToLong(s -> s.size().orElse(0)).sum());
    tally.done(wanted.size());
  }
}

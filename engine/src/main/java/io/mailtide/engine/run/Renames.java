package io.mailtide.engine.run;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Known;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.state.State.Folder;
import io.mailtide.engine.state.State.Renaming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds folders that one side renamed: gone there, while another one appeared that holds the same
 * messages under the same keys. What is not as clear is left to the messages, which are moved one
 * by one. However many folders there are, each is opened a few times and not once for each other
 * one.
 */
final class Renames {
  /**
   * How many messages of a folder are looked for under its new name, and how many of them are
   * compared.
   */
  private static final int SAMPLE = 50;

  private static final int COMPARED = 5;

  private final Job job;
  private final Memory memory;
  private final Replica near;
  private final Replica far;
  private final Hierarchy hierarchy;
  private final Pairing pairing;
  private final List<Search> searches;

  /** Of folders that were listed. */
  Renames(Job job, Memory memory, Replica near, Replica far, Hierarchy hierarchy, Pairing pairing) {
    this.job = job;
    this.memory = memory;
    this.near = near;
    this.far = far;
    this.hierarchy = hierarchy;
    this.pairing = pairing;
    searches = Stream.of(Side.values())
        .filter(by -> by == Side.FAR ? job.hierarchyDown() : job.hierarchyUp())
        .map(Search::new)
        .toList();
  }

  /** The next one, the outermost first; none is told twice, whatever became of it. */
  Optional<Renaming> next() throws FaultException {
    for (var search : searches) {
      var found = search.next();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The last one was carried out. */
  void carriedOut(Renaming rename) {
    searches.forEach(search -> search.renamed(rename));
  }

  /**
   * Looks for the folders that were renamed on one side, each new one being opened once: by its
   * generation, and near, where that says nothing, by whose messages are in it.
   */
  private final class Search {
    private final Side by;
    private final Queue<FolderName> gone = new PriorityQueue<>(Search::fromTheTop);
    private final List<FolderName> fresh = new ArrayList<>();
    private final Set<FolderName> met = new HashSet<>();
    private final Set<Renaming> told = new HashSet<>();
    private final Map<Generation, List<FolderName>> byGeneration = new HashMap<>();
    private final Map<Long, List<FolderName>> byMessages = new HashMap<>();
    private final Map<MessageKey, Long> samples = new HashMap<>();
    private final Map<Long, Integer> sampled = new HashMap<>();
    private Optional<FolderName> current = Optional.empty();
    private int opened;
    private int compared;

    Search(Side by) {
      this.by = by;
      for (var name : hierarchy.names()) {
        consider(name);
      }
    }

    private static int fromTheTop(FolderName one, FolderName other) {
      int depths = Integer.compare(one.segments().size(), other.segments().size());
      return depths != 0 ? depths : one.compareTo(other);
    }

    private void consider(FolderName name) {
      if (job.folders().test(name)) {
        if (isGone(name)) {
          gone.add(name);
        }
        if (isFresh(name) && met.add(name)) {
          fresh.add(name);
        }
      }
    }

    private boolean isGone(FolderName name) {
      return !name.equals(FolderName.INBOX) && goneWithAllBelow(name, by);
    }

    private boolean isFresh(FolderName name) {
      return hierarchy.listed(by, name).isPresent()
          && hierarchy.listed(by.other(), name).isEmpty()
          && hierarchy.isFree(name);
    }

    Optional<Renaming> next() throws FaultException {
      for (; ; ) {
        if (current.isEmpty() || !isGone(current.get())) {
          current = nextGone();
          compared = 0;
        }
        if (current.isEmpty()) {
          return Optional.empty();
        }
        var from = current.get();
        var candidates = candidates(hierarchy.known(from).orElseThrow());
        while (compared < candidates.size()) {
          var to = candidates.get(compared++);
          var rename = new Renaming(by.other(), from, to);
          if (isFresh(to) && !told.contains(rename) && isSame(from, to, by)) {
            told.add(rename);
            return Optional.of(rename);
          }
        }
        if (!open()) {
          current = Optional.empty();
        }
      }
    }

    private Optional<FolderName> nextGone() throws FaultException {
      while (!gone.isEmpty()) {
        var name = gone.remove();
        var folder = hierarchy.known(name);
        if (folder.isPresent()
            && isGone(name)
            && !memory.state().sample(folder.get(), by, 1).isEmpty()
            && hierarchy.isGone(name, by)) {
          return Optional.of(name);
        }
      }
      return Optional.empty();
    }

    private List<FolderName> candidates(Folder folder) {
      var alike = by == Side.NEAR
          ? byMessages.get(folder.id())
          : folder.part(by).generation().map(byGeneration::get).orElse(null);
      return alike == null ? List.of() : alike;
    }

    /** Opens the next new folder; false when there is none. */
    private boolean open() throws FaultException {
      while (opened < fresh.size()) {
        var name = fresh.get(opened++);
        if (isFresh(name)) {
          var folder = (by == Side.NEAR ? near : far).open(name);
          if (by == Side.NEAR) {
            look(folder);
          } else {
            byGeneration
                .computeIfAbsent(folder.generation(), _ -> new ArrayList<>())
                .add(name);
          }
          return true;
        }
      }
      return false;
    }

    /** Finds out whose messages a near folder holds. */
    private void look(ReplicaFolder folder) throws FaultException {
      if (sampled.isEmpty()) {
        sample();
      }
      var there = new LinkedHashMap<Long, Integer>();
      folder.scan(Optional.empty(), Known.NOTHING, new Observer() {
        @Override
        public void present(Sighting sighting) {
          Optional.ofNullable(samples.get(sighting.key()))
              .ifPresent(of -> there.merge(of, 1, Integer::sum));
        }

        @Override
        public void vanished(MessageKey key) {}
      });
      there.forEach((of, count) -> {
        if (count * 2 >= sampled.getOrDefault(of, 0)) {
          byMessages.computeIfAbsent(of, _ -> new ArrayList<>()).add(folder.name());
        }
      });
    }

    private void sample() throws FaultException {
      var all = new ArrayList<>(gone);
      current.ifPresent(all::add);
      for (var name : all) {
        var folder = hierarchy.known(name);
        if (folder.isPresent()) {
          var id = folder.get().id();
          var keys = memory.state().sample(folder.get(), by, SAMPLE);
          keys.forEach(key -> samples.put(key, id));
          sampled.put(id, keys.size());
        }
      }
    }

    /** A folder and those below it have another name. */
    void renamed(Renaming rename) {
      hierarchy.knownWithin(rename.to()).forEach(this::consider);
      hierarchy.listedWithin(by, rename.to()).forEach(this::consider);
      var segments = rename.from().segments();
      for (var depth = 1; depth < segments.size(); depth++) {
        consider(new FolderName(segments.subList(0, depth)));
      }
    }
  }

  private boolean goneWithAllBelow(FolderName top, Side by) {
    return hierarchy.known(top).isPresent()
        && hierarchy.listed(by.other(), top).isPresent()
        && hierarchy
            .knownWithin(top)
            .noneMatch(name -> hierarchy.listed(by, name).isPresent());
  }

  private boolean isSame(FolderName from, FolderName to, Side by) throws FaultException {
    var folder = hierarchy.known(from).orElseThrow();
    var sample = memory.state().sample(folder, by, SAMPLE);
    if (sample.isEmpty() || !hierarchy.isGone(from, by)) {
      return false;
    }
    var opened = (by == Side.NEAR ? near : far).open(to);
    if (!folder.part(by).generation().equals(Optional.of(opened.generation()))) {
      return false;
    }
    var there = new HashSet<>(sample);
    there.removeAll(opened.confirmGone(Set.copyOf(sample)));
    return there.size() * 2 >= sample.size() && (by == Side.NEAR || alike(folder, opened, there));
  }

  /**
   * A server may use one UIDVALIDITY for many folders: some of the messages must be the same, as
   * far as they are still here.
   */
  private boolean alike(Folder folder, ReplicaFolder opened, Set<MessageKey> there)
      throws FaultException {
    var keys = there.stream().limit(COMPARED).toList();
    var identities = pairing.identities(opened, keys);
    var same = 0;
    for (var key : keys) {
      var nearKey = memory.state().across(folder, key);
      if (nearKey.isPresent()) {
        var identity = pairing.nearIdentity(folder, nearKey.get());
        if (identity.equals(identities.get(key))) {
          same++;
        } else if (identity.isPresent()) {
          return false;
        }
      }
    }
    return same > 0;
  }
}

package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.DeliveringEditor.Hardening;
import io.mailtide.engine.DeliveringEditor.Publishing;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.state.Journal.Intent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Delivers staged messages in batches that reach over folders, so that it can be stopped anywhere.
 *
 * <p>A batch is filled, then <em>hardened</em>, then its intents are recorded, then it is
 * published. The hardening and the publishing go on while the next batch fills. A hardening covers
 * what began to be published before it: that was the batch before, whose outcomes are therefore
 * recorded in the same commit as the intents. So a batch costs one {@code syncfs} and one commit.
 * Killed before the intents: the staged files are leftovers, and fetched again. Killed after: the
 * next run publishes what is not published yet, for that can be repeated.
 */
final class Deliveries {
  private final Memory memory;
  private final Tally tally;
  private final Failures failures;
  private final Set<FolderName> rescan = new HashSet<>();
  private Filling filling = new Filling();
  private Optional<Hardened> hardening = Optional.empty();
  private Optional<Published> publishing = Optional.empty();
  private List<Intent> published = List.of();

  Deliveries(Memory memory, Tally tally, Failures failures) {
    this.memory = memory;
    this.tally = tally;
    this.failures = failures;
  }

  /** Takes note of what failed for one folder and does not concern the others. */
  @FunctionalInterface
  interface Failures {
    void failed(FolderName folder, FaultException failure) throws FaultException;
  }

  /** Something to be done. */
  @FunctionalInterface
  interface Task {
    void run() throws FaultException;
  }

  /** A batch being filled, and what is to be done once it is published. */
  private static final class Filling {
    final Map<Long, Part> parts = new LinkedHashMap<>();
    final List<Task> afterwards = new ArrayList<>();
    int messages;
    long bytes;

    List<Intent> intents() {
      return parts.values().stream().flatMap(part -> part.intents().stream()).toList();
    }
  }

  private record Part(FolderName folder, DeliveringEditor editor, List<Intent> intents) {}

  private record Hardened(Filling batch, Hardening hardening) {}

  /** A batch being published, as far as that could begin. */
  private record Published(Filling batch, List<Publication> parts) {}

  private record Publication(Part part, Publishing publishing) {}

  /**
   * Whether something went amiss in the folder, so that its far side must be observed again from
   * where it was.
   */
  boolean mustRescan(FolderName folder) {
    return rescan.contains(folder);
  }

  /** Takes a message that is staged whole. */
  void add(Intent intent, DeliveringEditor editor) throws FaultException {
    var folder = intent.folder();
    filling
        .parts
        .computeIfAbsent(folder.id(), _ -> new Part(folder.name(), editor, new ArrayList<>()))
        .intents()
        .add(intent);
    filling.bytes += intent.size();
    var limits = editor.batch();
    if (++filling.messages >= limits.messages() || filling.bytes >= limits.bytes()) {
      turn();
    }
  }

  /** Has something done once all that was taken until now is published. */
  void afterwards(Task task) {
    filling.afterwards.add(task);
  }

  /** Publishes all that was taken. */
  void finish() throws FaultException {
    do {
      turn();
    } while (hardening.isPresent());
  }

  /** Whether anything was taken that is not published yet. */
  boolean hasUnpublished() {
    return filling.messages > 0 || hardening.isPresent() || publishing.isPresent();
  }

  /** Publishes what waited to be hardened, and has hardened what was filled meanwhile. */
  private void turn() throws FaultException {
    if (hardening.isPresent()) {
      var batch = hardening.get().batch();
      hardening.get().hardening().await();
      published();
      memory.journal().advance(published, batch.intents());
      published = List.of();
      publishing = Optional.of(publish(batch));
      hardening = Optional.empty();
    }
    var filled = filling;
    filling = new Filling();
    if (filled.messages > 0) {
      var any = filled.parts.values().iterator().next().editor();
      hardening = Optional.of(new Hardened(filled, any.beginHardening()));
    } else {
      published();
      afterwards(filled);
    }
  }

  private Published publish(Filling batch) throws FaultException {
    var begun = new ArrayList<Publication>();
    for (var part : batch.parts.values()) {
      try {
        begun.add(new Publication(part, publish(part.intents(), part.editor())));
      } catch (FaultException e) {
        failed(part, e);
      }
    }
    return new Published(batch, begun);
  }

  private void failed(Part part, FaultException e) throws FaultException {
    rescan.add(part.folder());
    failures.failed(part.folder(), e);
  }

  /** Sees through what was begun. */
  private void published() throws FaultException {
    if (publishing.isEmpty()) {
      return;
    }
    var batch = publishing.get().batch();
    var there = new ArrayList<Intent>();
    for (var begun : publishing.get().parts()) {
      try {
        there.addAll(there(begun.part().intents(), begun.publishing().await()));
      } catch (FaultException e) {
        failed(begun.part(), e);
      }
    }
    publishing = Optional.empty();
    published = there;
    tally.copyMore(batch.messages);
    tally.done(batch.messages);
    afterwards(batch);
  }

  private static void afterwards(Filling batch) throws FaultException {
    for (var task : batch.afterwards) {
      task.run();
    }
  }

  /** Publishes what an earlier run had staged and recorded. */
  void recover(List<Intent> intents, DeliveringEditor editor) throws FaultException {
    var there = new ArrayList<>(published);
    there.addAll(there(intents, publish(intents, editor).await()));
    published = there;
  }

  private static Publishing publish(List<Intent> intents, DeliveringEditor editor)
      throws FaultException {
    var messages = new LinkedHashMap<MessageKey, Flags>();
    intents.forEach(intent -> messages.put(intent.near(), intent.nearFlags()));
    return editor.beginPublishing(messages);
  }

  /** Those of a folder that are there; of the others, takes note. */
  private List<Intent> there(List<Intent> intents, Set<MessageKey> keys) throws FaultException {
    var there = new ArrayList<Intent>();
    var lost = new ArrayList<Intent>();
    for (var intent : intents) {
      (keys.contains(intent.near()) ? there : lost).add(intent);
    }
    if (!lost.isEmpty()) {
      memory.journal().drop(lost);
      lost.forEach(intent -> tally.fault(Fault.of(
              Kind.CHANGED,
              Reach.MESSAGE,
              "delivering a message",
              "its file was removed from tmp by another program",
              "It is copied again by a later run.")
          .in(intent.folder().name())
          .about(intent.far())));
      rescan.add(intents.getFirst().folder().name());
    }
    return there;
  }

  /** Records what was published, once the caller has made it durable. */
  void settled() throws FaultException {
    memory.journal().advance(published, List.of());
    published = List.of();
  }
}

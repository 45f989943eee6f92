package io.mailtide.testkit.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Allowed.Removals;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A store of some size, whose runs are counted. */
final class Growing {
  static final FolderName INBOX = FolderName.INBOX;
  static final FolderName OLD = FolderName.parse("Old");
  static final FolderName WORK = FolderName.parse("Work");
  private static final Instant ARRIVED = Instant.parse("2020-02-03T04:05:06Z");

  final MemoryStore near = new MemoryStore(Side.NEAR);
  final MemoryStore far = new MemoryStore(Side.FAR);
  final Steps steps = new Steps();

  /** How often each call of a side was made by the last run. */
  final Map<String, Long> calls = new HashMap<>();

  final List<Fault> faults = new ArrayList<>();
  final int size;
  Allowed allowed = new Allowed(true, Removals.CARRY_OUT, true, Removals.CARRY_OUT);
  Selection selection = Selection.ALL;
  private final Path directory;

  Growing(Path directory, int size) {
    this.directory = directory;
    this.size = size;
    for (var name : List.of(INBOX, OLD, WORK)) {
      near.create(name);
      far.create(name);
    }
  }

  MemoryStore at(Side side) {
    return side == Side.NEAR ? near : far;
  }

  /** A message with an identity; all are of the same size. */
  static String message(int number) {
    return "Message-ID: <%08d@example.org>\r\nSubject: %08d\r\n\r\nBody %08d\r\n"
        .formatted(number, number, number);
  }

  /** One that has no identity, of a size of its own. */
  static String nameless(int number) {
    return "Subject: nothing\r\n\r\nBody %d %s\r\n".formatted(number, "x".repeat(number % 60));
  }

  MessageKey put(Side side, FolderName name, String message) {
    return at(side).put(name, message, Flags.NONE, ARRIVED);
  }

  /** Puts a message on both sides. */
  void putBoth(FolderName name, String message) {
    put(Side.NEAR, name, message);
    put(Side.FAR, name, message);
  }

  /** Synchronises, counted; the number of messages is left to the caller. */
  Outcome run() {
    calls.clear();
    faults.clear();
    steps.begin(Duration.ofDays(2));
    MemoryStore.Hook hook = call -> calls.merge(call, 1L, Long::sum);
    return Synchronizer.run(
        new Job(
            "store",
            directory,
            () -> near.open(hook),
            () -> far.open(hook),
            FolderFilter.ALL,
            selection,
            true,
            true,
            allowed,
            false,
            false,
            true,
            Duration.ofDays(30),
            steps,
            new Cancellation()),
        new SyncListener() {
          @Override
          public void progress(Progress progress) {}

          @Override
          public void fault(Fault fault) {
            faults.add(fault);
          }
        });
  }

  /** A run after which both sides are in step. */
  Outcome inStep() {
    var outcome = run();
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.failed()).isZero();
    return outcome;
  }

  void loseState() {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

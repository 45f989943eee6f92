package io.mailtide.testkit;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.NEVER;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Auditor;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.FolderFilter;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.MemoryStore.Mail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Both sides in memory, with what has happened to them. */
final class TwoWayWorld {
  static final FolderName INBOX = FolderName.INBOX;
  static final FolderName WORK = FolderName.parse("Work");
  static final FolderName OLD = FolderName.parse("Old");
  static final Instant ARRIVED = Instant.parse("2020-02-03T04:05:06Z");
  static final Allowed BOTH = new Allowed(true, CARRY_OUT, true, CARRY_OUT);
  static final Allowed PULL = new Allowed(true, CARRY_OUT, false, WAIT);
  static final Allowed PUSH = new Allowed(false, WAIT, true, CARRY_OUT);
  static final Allowed KEEP = new Allowed(true, NEVER, true, NEVER);
  static final Hook QUIET = _ -> {};

  final MemoryStore near = new MemoryStore(Side.NEAR);
  final MemoryStore far = new MemoryStore(Side.FAR);
  final List<Fault> faults = new ArrayList<>();
  final List<SyncListener.Planned> planned = new ArrayList<>();
  final List<SyncListener.Progress> progress = new ArrayList<>();
  final Path directory;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Whether the near side has been looked at before the far one can be asked. */
  boolean nearIsQuick;

  boolean dryRun;

  /** Passed before each commit of the state. */
  Hook commits = QUIET;

  /** How long runs waited. */
  final List<Duration> slept = new ArrayList<>();

  /** What comes while a run waits. */
  Runnable meanwhile = () -> {};

  boolean allowMassDelete = true;
  boolean full;
  Cancellation cancellation = new Cancellation();
  Selection selection = Selection.ALL;
  FolderFilter folders = FolderFilter.ALL;
  Allowed allowed = BOTH;

  TwoWayWorld(Path directory) {
    this.directory = directory;
  }

  Outcome synchronise() {
    return synchronise(QUIET);
  }

  Outcome synchronise(Hook hook) {
    return synchronise(hook, hook);
  }

  /** @param nearHook passed before each call of the near side */
  Outcome synchronise(Hook nearHook, Hook farHook) {
    faults.clear();
    planned.clear();
    progress.clear();
    now = now.plus(Duration.ofMinutes(1));
    return Synchronizer.run(job(nearHook, farHook), new SyncListener() {
      @Override
      public void progress(Progress now) {
        progress.add(now);
      }

      @Override
      public void planned(Planned act) {
        planned.add(act);
      }

      @Override
      public void fault(Fault fault) {
        faults.add(fault);
      }
    });
  }

  private Job job(Hook nearHook, Hook farHook) {
    return new Job(
        "store",
        directory,
        () -> near.open(nearHook),
        () -> far.open(farHook),
        folders,
        selection,
        allowed.near(),
        allowed.far(),
        allowed,
        full,
        dryRun,
        allowMassDelete,
        Duration.ofDays(30),
        new SteppedEnvironment(),
        cancellation);
  }

  /** What an audit finds, a line each. */
  List<String> audit() {
    return audit(false, QUIET).found();
  }

  /** What an audit came to, and what it told. */
  record Audited(Auditor.Outcome outcome, List<String> found, List<String> left) {}

  Audited audit(boolean repair, Hook hook) {
    now = now.plus(Duration.ofMinutes(1));
    progress.clear();
    var found = new ArrayList<String>();
    var left = new ArrayList<String>();
    var outcome = Auditor.run(job(hook, hook), repair, new Auditor.Listener() {
      @Override
      public void finding(Auditor.Finding finding, boolean after) {
        (after ? left : found)
            .add("%s %s %s%s"
                .formatted(
                    finding.kind(),
                    finding.folder(),
                    finding.side(),
                    finding.pending() ? " pending" : ""));
      }

      @Override
      public void progress(Progress now) {
        progress.add(now);
      }

      @Override
      public void fault(Fault fault) {
        faults.add(fault);
      }
    });
    return new Audited(outcome, found, left);
  }

  private final class SteppedEnvironment implements Environment {
    @Override
    public InstantSource clock() {
      return () -> now;
    }

    @Override
    public RandomGenerator random() {
      return new SplittableRandom(1);
    }

    @Override
    public <T> Beside<T> beside(Task<T> task) {
      if (!nearIsQuick) {
        return Environment.super.beside(task);
      }
      var done = Environment.system().beside(task);
      done.close();
      return done;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      slept.add(duration);
      meanwhile.run();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      now = now.plus(duration);
    }

    @Override
    public void beforeCommit() throws FaultException {
      commits.before("commit");
    }
  }

  MemoryStore at(Side side) {
    return side == Side.NEAR ? near : far;
  }

  /** The messages of a folder by content, with flags and times: what both sides must agree on. */
  List<String> shown(Side side, FolderName name) {
    return at(side).mail(name).stream()
        .map(mail -> mail.bytes() + mail.flags() + mail.arrived())
        .sorted()
        .toList();
  }

  List<String> contents(Side side, FolderName name) {
    return at(side).mail(name).stream().map(Mail::bytes).sorted().toList();
  }

  Mail mail(Side side, FolderName name, int number) {
    return at(side).mail(name).stream()
        .filter(mail -> mail.bytes().equals(message(number)))
        .findFirst()
        .orElseThrow();
  }

  void put(Side side, FolderName name, int number, String... flags) {
    at(side).put(name, message(number), Flags.of(flags), ARRIVED.plusSeconds(number));
  }

  void flag(Side side, FolderName name, int number, String... flags) {
    at(side).setFlags(name, mail(side, name, number).key(), Flags.of(flags));
  }

  /** A message's content changes under its key, as on a bad disk: no scan shows it. */
  void rot(Side side, FolderName name, MessageKey key, String bytes) {
    var entries = at(side).folder(name).entries;
    var before = Objects.requireNonNull(entries.get(key));
    var entry = new MemoryEntry(
        bytes.getBytes(StandardCharsets.ISO_8859_1), before.place, before.flags, before.arrived);
    entry.harden();
    entry.changed = before.changed;
    entries.put(key, entry);
  }

  void remove(Side side, FolderName name, int number) {
    at(side).remove(name, mail(side, name, number).key());
  }

  void move(Side side, FolderName from, int number, FolderName to) {
    at(side).move(from, mail(side, from, number).key(), to);
  }

  void loseState() {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  void assertSame() {
    assertThat(near.folderNames()).isEqualTo(far.folderNames());
    for (var name : near.folderNames()) {
      assertThat(shown(Side.NEAR, name)).as("%s", name).isEqualTo(shown(Side.FAR, name));
    }
  }

  /** A message, known by its number. */
  static String message(int number) {
    return "Message-ID: <%d@example.org>\r\nSubject: %d\r\n\r\nBody %d\r\n"
        .formatted(number, number, number);
  }

  /** Stands for {@code kill -9}. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** A run that is killed at its so-manieth call; false when it has fewer. */
  boolean killed(int at) {
    return killed(at, this::synchronise);
  }

  /** Something that is killed at its so-manieth call; false when it has fewer. */
  static boolean killed(int at, Consumer<Hook> doing) {
    var calls = new int[1];
    try {
      doing.accept(_ -> {
        if (++calls[0] == at) {
          throw new Killed();
        }
      });
      return false;
    } catch (Killed e) {
      return true;
    }
  }

  /** A run that is killed at the last of these calls, once they were made in this order. */
  void killedAt(String... calls) {
    Hook kill = at(
        _ -> {
          throw new Killed();
        },
        calls);
    assertThatThrownBy(() -> synchronise(kill)).isInstanceOf(Killed.class);
  }

  /** Does something at the last of these calls, once they were made in this order. */
  static Hook at(Hook event, String... calls) {
    var made = new int[1];
    return call -> {
      if (made[0] < calls.length && call.equals(calls[made[0]]) && ++made[0] == calls.length) {
        event.before(call);
      }
    };
  }

  /** Refuses the first of each of these calls. */
  static Hook refusing(String... calls) {
    var refused = new HashSet<String>();
    return call -> {
      if (List.of(calls).contains(call) && refused.add(call)) {
        throw new FaultException(Fault.of(Kind.REFUSED, Reach.FOLDER, call, "refused", ""));
      }
    };
  }

  /** Whatever happened, two runs in both directions end it: nothing fails, both are the same. */
  void assertSameInTheEnd() {
    allowed = BOTH;
    now = now.plus(Duration.ofDays(2));
    assertThat(synchronise().failure()).isEmpty();
    assertThat(synchronise().failed()).isZero();
    assertSame();
  }

  static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

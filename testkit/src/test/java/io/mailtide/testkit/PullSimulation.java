package io.mailtide.testkit;

import static io.mailtide.engine.Synchronizer.Allowed.Removals.CARRY_OUT;
import static io.mailtide.engine.Synchronizer.Allowed.Removals.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.engine.Synchronizer;
import io.mailtide.engine.Synchronizer.Allowed;
import io.mailtide.engine.Synchronizer.Job;
import io.mailtide.engine.Synchronizer.Outcome;
import io.mailtide.engine.Synchronizer.Selection;
import io.mailtide.testkit.MemoryStore.Mail;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One simulated life of a store, driven by a seed: edits on both sides, runs that are cut, killed
 * and robbed of power at any call, then a quiet run; after it, what must always hold is checked
 * against a plain model. The same seed gives the same life.
 */
final class PullSimulation {
  /** Stands for {@code kill -9}. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final List<FolderName> FOLDERS =
      List.of(FolderName.INBOX, FolderName.parse("Work"), FolderName.parse("Work/Old"));
  private static final List<String> FLAGS =
      List.of("\\Seen", "\\Flagged", "\\Deleted", "label", "far-only");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SplittableRandom random;
  private final Path directory;
  private final MemoryStore near = new MemoryStore(Side.NEAR);
  private final MemoryStore far = new MemoryStore(Side.FAR);
  private long sequence;
  private Instant now = START;
  private boolean calm;

  /** What the model knows: messages whose user removed or changed them near. */
  private final Set<String> removedNear = new HashSet<>();

  private final Set<String> changedNear = new HashSet<>();

  /** Contents that exist near only because their user put them there. */
  private final Set<String> bornNear = new HashSet<>();

  /** Contents that the far side's user removed. */
  private final Set<String> removedFar = new HashSet<>();

  PullSimulation(long seed, Path directory) {
    this.random = new SplittableRandom(seed);
    this.directory = directory;
    if (random.nextInt(3) == 0) {
      far.trackNothing();
    }
    far.create(FolderName.INBOX);
  }

  void run() {
    for (var round = 0; round < 3; round++) {
      for (var edits = random.nextInt(12); edits > 0; edits--) {
        edit();
      }
      for (var runs = random.nextInt(4); runs > 0; runs--) {
        disturbedRun();
      }
      calm = true;
      var outcome = synchronise();
      assertThat(outcome.failure()).isEmpty();
      check();
      var again = synchronise();
      assertThat(again.copied() + again.flagged() + again.removed())
          .as("a second run")
          .isZero();
      calm = false;
    }
  }

  private FolderName someFolder() {
    return FOLDERS.get(random.nextInt(FOLDERS.size()));
  }

  private Flags someFlags() {
    return Flags.of(FLAGS.stream().filter(_ -> random.nextInt(3) == 0).toList());
  }

  private void edit() {
    var name = someFolder();
    switch (random.nextInt(9)) {
      case 0, 1, 2, 3 -> {
        var content =
            "Subject: far %d\r\n\r\n".formatted(++sequence) + "x".repeat(random.nextInt(50));
        far.put(name, content, someFlags(), START.plusSeconds(sequence));
      }
      case 4 -> some(far, name, mail -> far.setFlags(name, mail.key(), someFlags()));
      case 5 ->
        some(far, name, mail -> {
          far.remove(name, mail.key());
          removedFar.add(mail.bytes());
        });
      case 6 ->
        some(near, name, mail -> {
          near.setFlags(name, mail.key(), near(someFlags()));
          changedNear.add(mail.bytes());
        });
      case 7 ->
        some(near, name, mail -> {
          near.remove(name, mail.key());
          removedNear.add(mail.bytes());
        });
      default -> {
        var content = "Subject: near %d\r\n\r\n".formatted(++sequence);
        if (near.folderNames().contains(name)) {
          near.put(name, content, near(someFlags()), START);
          bornNear.add(content);
        }
      }
    }
  }

  private static Flags near(Flags flags) {
    return Flags.of(
        flags.names().stream().filter(flag -> !flag.startsWith("far-")).toList());
  }

  private interface Edit {
    void edit(Mail mail);
  }

  private void some(MemoryStore store, FolderName name, Edit edit) {
    var mail = store.mail(name);
    if (!mail.isEmpty()) {
      edit.edit(mail.get(random.nextInt(mail.size())));
    }
  }

  /** A run that something may happen to at every call. */
  private void disturbedRun() {
    try {
      synchronise();
    } catch (Killed e) {
      if (random.nextInt(2) == 0) {
        near.cutPower(random);
      }
    }
  }

  private void trouble(String call) throws FaultException {
    if (calm) {
      return;
    }
    if (random.nextInt(60) == 0) {
      throw new Killed();
    }
    if (call.startsWith("FAR") && random.nextInt(50) == 0) {
      throw new FaultException(Fault.of(Kind.NETWORK, Reach.REPLICA, call, "connection lost", ""));
    }
    if (call.startsWith("FAR fetch") && random.nextInt(30) == 0) {
      throw new FaultException(Fault.of(Kind.REFUSED, Reach.FOLDER, call, "refused", ""));
    }
    if (call.startsWith("NEAR stage") && random.nextInt(80) == 0) {
      throw new FaultException(Fault.of(Kind.DISK_FULL, Reach.REPLICA, call, "disk full", ""));
    }
    if (random.nextInt(40) == 0) {
      edit();
    }
  }

  private Outcome synchronise() {
    now = now.plus(Duration.ofDays(2));
    var job = new Job(
        "sim",
        directory,
        () -> near.open(this::trouble),
        () -> far.open(this::trouble),
        _ -> true,
        Selection.ALL,
        true,
        false,
        new Allowed(true, CARRY_OUT, false, WAIT),
        random.nextInt(8) == 0,
        false,
        true,
        Duration.ofDays(30),
        new SimulatedEnvironment(),
        new Cancellation());
    return Synchronizer.run(job, new MonotoneListener());
  }

  /** What must always hold, once a run came to its end in calm. */
  private void check() {
    for (var name : FOLDERS) {
      var nearMail = near.mail(name);
      var contents = new ArrayList<>(nearMail.stream().map(Mail::bytes).toList());
      assertThat(contents).as("nothing doubled in %s", name).doesNotHaveDuplicates();
      assertThat(near.staged(name)).as("no leftovers in %s", name).isEmpty();
      var farMail = far.mail(name);
      var byContent = new HashMap<String, Mail>();
      nearMail.forEach(mail -> byContent.put(mail.bytes(), mail));
      for (var mail : farMail) {
        if (removedNear.contains(mail.bytes())) {
          continue;
        }
        var copy = Optional.ofNullable(byContent.remove(mail.bytes()));
        assertThat(copy).as("nothing lost in %s: %s", name, mail).isPresent();
        assertThat(copy.orElseThrow().arrived()).isEqualTo(mail.arrived());
        if (!changedNear.contains(mail.bytes())) {
          assertThat(copy.orElseThrow().flags()).as("%s", mail).isEqualTo(near(mail.flags()));
        }
      }
      farMail.forEach(mail -> byContent.remove(mail.bytes()));
      assertThat(bornNear)
          .as("near mail that is not far was born near, in %s", name)
          .containsAll(byContent.keySet());
      checkUndo(name, byContent);
    }
  }

  /** Near-born mail is still there, and what was removed far went to the undo area, not away. */
  private void checkUndo(FolderName name, Map<String, Mail> onlyNear) {
    for (var mail : near.removed(name)) {
      assertThat(onlyNear).as("a removed message of ours").doesNotContainKey(mail.bytes());
      assertThat(removedFar).as("only what was removed far").contains(mail.bytes());
    }
  }

  private final class SimulatedEnvironment implements Environment {
    @Override
    public InstantSource clock() {
      return () -> now;
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public void sleep(Duration duration) {
      now = now.plus(duration);
    }
  }

  /** Holds progress to its promise. */
  private static final class MonotoneListener implements SyncListener {
    private Progress last = new Progress(Phase.CONNECTING, Optional.empty(), 0, 0, 0, 0, 0, 0);

    @Override
    public void progress(Progress progress) {
      assertThat(progress.foldersDone()).isBetween(last.foldersDone(), progress.folders());
      assertThat(progress.messagesDone()).isBetween(last.messagesDone(), progress.messages());
      assertThat(progress.bytesDone()).isBetween(last.bytesDone(), progress.bytes());
      assertThat(progress.folders()).isGreaterThanOrEqualTo(last.folders());
      assertThat(progress.messages()).isGreaterThanOrEqualTo(last.messages());
      assertThat(progress.bytes()).isGreaterThanOrEqualTo(last.bytes());
      last = progress;
    }

    @Override
    public void fault(Fault fault) {
      assertThat(fault.doing()).isNotEmpty();
    }
  }
}

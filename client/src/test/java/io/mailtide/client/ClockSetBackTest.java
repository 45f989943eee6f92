package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Side;
import io.mailtide.engine.send.Outbox;
import io.mailtide.mapi.SyncFlag;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever sets the clock back in the middle of a run is told no nonsense, and goes on being told.
 */
class ClockSetBackTest {
  @TempDir
  private Path directory;

  private final Environment environment = new Falling();
  private final Profile.Store store =
      MemoryProvider.store("work", new MemoryStore(Side.NEAR), new MemoryStore(Side.FAR));
  private final List<SyncEvent> events = new ArrayList<>();

  /** An hour earlier at each look. */
  private static final class Falling implements Environment {
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");

    @Override
    public InstantSource clock() {
      return () -> now = now.minus(Duration.ofHours(1));
    }

    @Override
    public RandomGenerator random() {
      return Environment.system().random();
    }

    @Override
    public void sleep(Duration duration) {}
  }

  private Duration duration() {
    return ((StoreDone) events.getLast()).duration();
  }

  @Test
  void aSynchronisation_takesNoLessThanNoTime() {
    var flags = Set.of(SyncFlag.SYNC_DOWNLOAD_HIERARCHY, SyncFlag.SYNC_DOWNLOAD_CONTENTS);
    var ended = new EngineRunner(store, directory.resolve("state"), environment)
        .run(
            flags,
            MailStore.Options.NONE,
            new Audit.Reports("work", events::add, environment),
            new Cancellation());
    assertThat(ended.detail().orElseThrow().duration()).isEqualTo(Duration.ZERO);
  }

  @Test
  void anAudit_takesNoLessThanNoTime() throws Exception {
    var request = new Audit.Request(List.of(store), List.of(), false);
    new Audit(MemoryProvider.profile(directory, store), request, environment).run(events::add);
    assertThat(duration()).isEqualTo(Duration.ZERO);
  }

  @Test
  void aFlush_takesNoLessThanNoTime() throws Exception {
    var mail = new OutgoingMail(MemoryProvider.profile(directory, store), environment);
    new Sending(mail, Outbox.Request.FLUSH, environment).run(events::add);
    assertThat(duration()).isEqualTo(Duration.ZERO);
  }

  @Test
  void positions_goOnBeingTold() {
    var reports = new Audit.Reports("work", events::add, environment);
    for (var position = 1; position <= 3; position++) {
      reports.progress(() -> "Reading", position, 3, Optional.of(SyncProgress.waiting("work", "")));
    }
    assertThat(events)
        .extracting(event -> ((SyncProgress) event).index())
        .containsExactly(1L, 2L, 3L);
  }
}

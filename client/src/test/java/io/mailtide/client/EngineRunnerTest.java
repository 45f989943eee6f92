package io.mailtide.client;

import static io.mailtide.mapi.SyncFlag.SYNC_DOWNLOAD_CONTENTS;
import static io.mailtide.mapi.SyncFlag.SYNC_DOWNLOAD_HIERARCHY;
import static io.mailtide.mapi.SyncFlag.SYNC_GLOBAL_HEADERS;
import static io.mailtide.mapi.SyncFlag.SYNC_UPLOAD_CONTENTS;
import static io.mailtide.mapi.SyncFlag.SYNC_UPLOAD_HIERARCHY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.client.SyncRunner.Ended;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.engine.SyncListener;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineRunnerTest {
  private static final Set<SyncFlag> PULL = Set.of(SYNC_DOWNLOAD_HIERARCHY, SYNC_DOWNLOAD_CONTENTS);
  private static final Set<SyncFlag> BOTH = Set.of(
      SYNC_DOWNLOAD_HIERARCHY, SYNC_DOWNLOAD_CONTENTS, SYNC_UPLOAD_HIERARCHY, SYNC_UPLOAD_CONTENTS);
  private static final FolderName LISTS = FolderName.parse("Lists/Java");

  @TempDir
  private Path directory;

  private final MemoryStore near = new MemoryStore(Side.NEAR);
  private final MemoryStore far = new MemoryStore(Side.FAR);
  private final Cancellation cancellation = new Cancellation();
  private final AtomicInteger opened = new AtomicInteger();
  private final Reports reports = new Reports();
  private MemoryStore.Hook farGate = _ -> {};
  private MemoryStore.Hook farHook = _ -> {};

  /** Keeps all that is reported. */
  private static final class Reports implements SyncRunner.Reporter {
    final List<String> steps = new ArrayList<>();
    final List<SyncProgress> progress = new ArrayList<>();
    final List<String> errors = new ArrayList<>();
    final List<SyncError> details = new ArrayList<>();
    final List<SyncPlanned> planned = new ArrayList<>();
    long index;
    long indexMax;

    @Override
    public void progress(
        Supplier<String> step, long at, long atMax, Optional<SyncProgress> detail) {
      steps.add(step.get());
      detail.ifPresent(progress::add);
      index = at;
      indexMax = atMax;
    }

    @Override
    public void detail(SyncEvent event) {
      planned.add((SyncPlanned) event);
    }

    @Override
    public void error(HResult result, String text, Optional<SyncError> detail) {
      errors.add(result.name().orElseThrow() + " " + text);
      detail.ifPresent(details::add);
    }
  }

  private Ended run(Set<SyncFlag> flags, MailStore.Options options) {
    var provider = new MemoryProvider(
        far,
        Side.FAR,
        call -> {
          opened.incrementAndGet();
          farGate.before(call);
        },
        call -> farHook.before(call));
    var store = MemoryProvider.store("work", near, provider);
    return new EngineRunner(store, directory.resolve("state"), Environment.system())
        .run(flags, options, reports, cancellation);
  }

  private Ended pull() {
    return run(PULL, MailStore.Options.NONE);
  }

  private void fill(FolderName folder, int messages) {
    for (int number = 0; number < messages; number++) {
      far.put(folder, "Subject: " + number + "\r\n\r\nbody\r\n", Flags.NONE, Instant.EPOCH);
    }
  }

  private static StoreDone detail(Ended ended) {
    return ended.detail().orElseThrow();
  }

  @Test
  void run_copiesAndSaysSoInWordsAndNumbers() {
    fill(FolderName.INBOX, 3);
    fill(LISTS, 1_200);
    var ended = pull();
    assertThat(ended.result()).isEqualTo(HResult.S_OK);
    assertThat(near.mail(FolderName.INBOX)).hasSize(3);
    assertThat(near.mail(LISTS)).hasSize(1_200);
    assertThat(detail(ended).copied()).isEqualTo(1_203);
    assertThat(detail(ended).exitCode()).isZero();
    assertThat(detail(ended).code()).hasToString("S_OK (0x00000000)");
    assertThat(detail(ended).roundTrips()).isPositive();
    assertThat(reports.steps)
        .contains(
            "Connecting to work",
            "Listing folders",
            "Comparing INBOX",
            "Copying 0 of 1,203 messages",
            "Copying 1,203 of 1,203 messages, Lists/Java",
            "Finishing")
        .endsWith("Done");
    assertThat(reports.errors).isEmpty();
    assertThat(reports.progress).as("numbers with each step").hasSameSizeAs(reports.steps);
    var last = reports.progress.getLast();
    assertThat(last.messagesDone()).isEqualTo(last.messages()).isEqualTo(1_203);
    assertThat(last.foldersDone()).isEqualTo(last.folders()).isEqualTo(2);
    assertThat(last.bytesDone()).isEqualTo(last.bytes()).isPositive();
  }

  @Test
  void progress_isCompleteOnlyAtTheEnd() {
    fill(FolderName.INBOX, 3);
    pull();
    assertThat(List.of(reports.index, reports.indexMax))
        .isEqualTo(List.of(1L + 16 + 3 * 4, 1L + 16 + 3 * 4));
    farGate = _ -> {
      throw new FaultException(Cancellation.fault());
    };
    pull();
    assertThat(reports.index).isLessThan(reports.indexMax);
  }

  @Test
  void progress_fitsInAnUnsignedLong32AndKeepsItsProportion() {
    var view = new EngineRunner.View("work", reports);
    view.progress(new SyncListener.Progress(
        SyncListener.Phase.TRANSFERRING, Optional.empty(), 0, 0, 0, 0, 1L << 50, 1L << 52));
    assertThat(reports.indexMax).isEqualTo(0xFFFF_FFFFL);
    assertThat(reports.index).isBetween(0x3FFF_FFF0L, 0x4000_0000L);
    view.complete();
    assertThat(reports.index).isEqualTo(reports.indexMax);
  }

  @Test
  void upload_takesLocalChangesToTheServer() {
    near.put(FolderName.INBOX, "Subject: mine\r\n\r\nbody\r\n", Flags.NONE, Instant.EPOCH);
    near.create(LISTS);
    fill(FolderName.INBOX, 1);
    var ended = run(Set.of(SYNC_UPLOAD_CONTENTS, SYNC_UPLOAD_HIERARCHY), MailStore.Options.NONE);
    assertThat(ended.result()).isEqualTo(HResult.S_OK);
    assertThat(detail(ended).sent()).isEqualTo(1);
    assertThat(detail(ended).withheld()).as("what would come here waits").isEqualTo(1);
    assertThat(far.mail(FolderName.INBOX)).hasSize(2);
    assertThat(far.folderNames()).contains(LISTS);
    assertThat(near.mail(FolderName.INBOX)).hasSize(1);
    assertThat(reports.errors).isEmpty();
  }

  @Test
  void removals_goWhereTheConfigurationLetsThem() {
    fill(FolderName.INBOX, 30);
    run(BOTH, MailStore.Options.NONE);
    near.remove(FolderName.INBOX, near.mail(FolderName.INBOX).getFirst().key());
    run(BOTH, MailStore.Options.NONE);
    assertThat(far.mail(FolderName.INBOX)).hasSize(29);
  }

  @Test
  void dryRun_tellsAndChangesNothing() {
    near.put(FolderName.INBOX, "Subject: mine\r\n\r\nbody\r\n", Flags.NONE, Instant.EPOCH);
    fill(FolderName.INBOX, 1);
    var ended = run(BOTH, new MailStore.Options(false, true, false, List.of()));
    assertThat(ended.result()).isEqualTo(HResult.S_OK);
    assertThat(reports.planned)
        .extracting(SyncPlanned::act, SyncPlanned::here)
        .containsExactly(tuple("copy", true), tuple("copy", false));
    assertThat(near.mail(FolderName.INBOX)).hasSize(1);
    assertThat(far.mail(FolderName.INBOX)).hasSize(1);
  }

  @Test
  void headersOnly_fetchesNoBodies() {
    fill(FolderName.INBOX, 1);
    var flags = EnumSet.of(SYNC_GLOBAL_HEADERS);
    flags.addAll(PULL);
    var ended = run(flags, MailStore.Options.NONE);
    assertThat(ended.result()).isEqualTo(HResult.S_OK);
    assertThat(near.mail(FolderName.INBOX)).hasSize(1);
    assertThat(far.fetched()).isZero();
    assertThat(run(PULL, MailStore.Options.NONE).result()).isEqualTo(HResult.S_OK);
    assertThat(far.fetched()).as("the next run completes it").isEqualTo(1);
    assertThat(near.mail(FolderName.INBOX).getFirst().bytes())
        .isEqualTo(far.mail(FolderName.INBOX).getFirst().bytes());
  }

  @Test
  void failure_isReportedInFullAndIsTheResult() {
    farGate = _ -> {
      throw new FaultException(Fault.of(
          Fault.Kind.SIGN_IN,
          Fault.Reach.REPLICA,
          "signing in to imap.example.org as ann",
          "Authentication failed",
          "Check the password."));
    };
    var ended = pull();
    assertThat(ended.result()).isEqualTo(HResult.MAPI_E_LOGON_FAILED);
    assertThat(detail(ended).exitCode()).isEqualTo(3);
    assertThat(reports.errors)
        .containsExactly("MAPI_E_LOGON_FAILED work: signing in to imap.example.org as ann:"
            + " Authentication failed. Check the password.");
    assertThat(reports.details.getFirst().severity()).isEqualTo(Severity.ERROR);
    assertThat(reports.details.getFirst().kind()).isEqualTo("sign-in");
  }

  @Test
  void failure_ofOneFolderIsReportedWithItsNameAndTheRestGoesOn() {
    fill(FolderName.INBOX, 1);
    fill(LISTS, 1);
    var first = new AtomicInteger();
    farHook = call -> {
      if (call.equals("FAR open") && first.getAndIncrement() == 0) {
        throw new FaultException(Fault.of(
            Fault.Kind.NO_ACCESS, Fault.Reach.FOLDER, "opening the folder", "Not yours!", "Ask."));
      }
    };
    var ended = pull();
    assertThat(ended.result()).isEqualTo(HResult.MAPI_W_PARTIAL_COMPLETION);
    assertThat(reports.errors)
        .containsExactly("MAPI_E_NO_ACCESS work, INBOX: opening the folder: Not yours! Ask.");
    assertThat(reports.details.getFirst().severity()).isEqualTo(Severity.ERROR);
    assertThat(near.mail(LISTS)).hasSize(1);
  }

  @Test
  void fault_thatReachesASideAndIsNotTheEndIsAWarning() {
    new EngineRunner.View("work", reports)
        .fault(Fault.of(Fault.Kind.NETWORK, Fault.Reach.REPLICA, "reading", "connection lost", ""));
    assertThat(reports.details.getFirst().severity()).isEqualTo(Severity.WARNING);
    assertThat(reports.errors)
        .containsExactly("MAPI_E_NETWORK_ERROR work: reading: connection lost");
  }

  @Test
  void folders_ofTheOptionsNarrowTheChoice() {
    fill(FolderName.INBOX, 1);
    fill(LISTS, 1);
    run(PULL, new MailStore.Options(false, false, false, List.of("Lists/*")));
    assertThat(near.folderNames()).containsExactly(LISTS);
  }

  @Test
  void brake_stopsAMassDeletionUnlessItIsAllowed() {
    fill(FolderName.INBOX, 30);
    pull();
    far.mail(FolderName.INBOX).forEach(mail -> far.remove(FolderName.INBOX, mail.key()));
    var stopped = pull();
    assertThat(stopped.result()).isEqualTo(HResult.MAPI_E_CANCEL);
    assertThat(detail(stopped).exitCode()).isEqualTo(6);
    assertThat(near.mail(FolderName.INBOX)).hasSize(30);
    var allowed = run(PULL, new MailStore.Options(false, false, true, List.of()));
    assertThat(allowed.result()).isEqualTo(HResult.S_OK);
    assertThat(detail(allowed).removed()).isEqualTo(30);
  }

  @Test
  void full_comparesEverything() {
    fill(FolderName.INBOX, 1);
    pull();
    var scans = new AtomicInteger();
    farHook = call -> scans.addAndGet(call.equals("FAR scan") ? 1 : 0);
    pull();
    assertThat(scans).hasValue(0);
    run(PULL, new MailStore.Options(true, false, false, List.of()));
    assertThat(scans).hasPositiveValue();
  }

  @Test
  void cancel_endsTheRunWithTheDocumentedCode() {
    fill(FolderName.INBOX, 5);
    farHook = call -> {
      if (call.equals("FAR fetch")) {
        cancellation.request();
        cancellation.check();
      }
    };
    var ended = pull();
    assertThat(ended.result()).isEqualTo(HResult.MAPI_E_USER_CANCEL);
    assertThat(detail(ended).exitCode()).isEqualTo(130);
    assertThat(reports.details).singleElement().matches(e -> e.severity() == Severity.WARNING);
  }
}

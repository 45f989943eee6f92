package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.SendReceive.Request;
import io.mailtide.client.SendReceive.Want;
import io.mailtide.client.SyncEvent.Phase;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.client.SyncRunner.Ended;
import io.mailtide.engine.Side;
import io.mailtide.mapi.HResult;
import io.mailtide.mapi.SyncFlag;
import io.mailtide.testkit.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several stores in one send/receive: who waits for whom, and what each is asked for. */
class SideBySideTest {
  private static final Set<Want> PULL = Set.of(Want.DOWNLOAD_HIERARCHY, Want.DOWNLOAD_CONTENTS);

  @TempDir
  private Path directory;

  private final List<SyncEvent> events = new ArrayList<>();

  private Profile profile(String host, int connectionsMax, String... names) {
    return MemoryProvider.profile(
        directory,
        Stream.of(names)
            .map(name -> MemoryProvider.at(
                host,
                connectionsMax,
                MemoryProvider.store(name, new MemoryStore(Side.NEAR), new MemoryStore(Side.FAR))))
            .toArray(Profile.Store[]::new));
  }

  private List<Tuple> ends() {
    return events.stream()
        .filter(StoreDone.class::isInstance)
        .map(StoreDone.class::cast)
        .map(done -> Tuple.tuple(done.store(), done.code().name()))
        .toList();
  }

  @Test
  void storesOfOneHost_takeTurns_andThoseThatWaitShowIt() throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var session = new Session(profile("imap.example.org", 2, "a", "b", "c", "d", "e"), _ -> {
      return (_, _, reporter, _) -> {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        reporter.progress(() -> "Half", 1, 2, Optional.empty());
        running.decrementAndGet();
        return new Ended(HResult.S_OK, Optional.empty());
      };
    });
    var request = new Request(List.of("a", "b", "c", "d", "e", "a"), PULL, List.of());
    assertThat(new SendReceive(session, request).run(events::add)).isZero();
    assertThat(most).hasValueLessThanOrEqualTo(2);
    assertThat(ends()).hasSize(5);
    var first = events.subList(0, 5);
    assertThat(first)
        .extracting(SyncEvent::store, event -> ((SyncProgress) event).phase())
        .containsExactly(Stream.of("a", "b", "c", "d", "e")
            .map(name -> Tuple.tuple(name, Phase.WAITING))
            .toArray(Tuple[]::new));
    assertThat(first.stream().filter(event -> !((SyncProgress) event).step().isEmpty()))
        .extracting(SyncEvent::store)
        .containsExactly("c", "d", "e");
  }

  @Test
  void headersOnly_isAskedForWhereTheGroupSaysSo() throws Exception {
    var asked = new ConcurrentHashMap<String, Set<SyncFlag>>();
    var session = new Session(profile("x", 4, "quick", "whole"), store -> (flags, _, _, _) -> {
      asked.put(store.name(), flags);
      return new Ended(HResult.S_OK, Optional.empty());
    });
    var request = new Request(List.of("quick", "whole"), Set.of("quick"), PULL, List.of());
    new SendReceive(session, request).run(events::add);
    assertThat(asked.get("quick")).contains(SyncFlag.SYNC_GLOBAL_HEADERS);
    assertThat(asked.get("whole")).doesNotContain(SyncFlag.SYNC_GLOBAL_HEADERS);
  }

  @Test
  void cancelled_thoseThatWaitNeverBegin() throws Exception {
    var sendReceive = new SendReceive[1];
    var session = new Session(profile("x", 1, "a", "b", "c"), store -> {
      assertThat(store.name()).isEqualTo("a");
      return (_, _, _, cancellation) -> {
        var stopped = new CompletableFuture<Void>();
        cancellation.onRequest(() -> stopped.complete(null));
        sendReceive[0].cancel();
        stopped.join();
        return new Ended(HResult.MAPI_E_USER_CANCEL, Optional.empty());
      };
    });
    sendReceive[0] = new SendReceive(session, new Request(List.of("a", "b", "c"), PULL, List.of()));
    assertThat(sendReceive[0].run(events::add)).isEqualTo(Verdicts.CANCELLED);
    assertThat(ends())
        .containsExactlyInAnyOrder(
            Tuple.tuple("a", "MAPI_E_USER_CANCEL"),
            Tuple.tuple("b", "MAPI_E_USER_CANCEL"),
            Tuple.tuple("c", "MAPI_E_USER_CANCEL"));
  }

  @Test
  void oneThatFails_makesRoomForTheNext() throws Exception {
    var results = Map.of("a", HResult.MAPI_E_LOGON_FAILED, "b", HResult.S_OK);
    var session = new Session(
        profile("x", 1, "a", "b"),
        store -> (_, _, _, _) -> new Ended(
            results.getOrDefault(store.name(), HResult.MAPI_E_CALL_FAILED), Optional.empty()));
    var request = new Request(List.of("nowhere", "a", "b"), PULL, List.of());
    assertThat(new SendReceive(session, request).run(events::add)).isEqualTo(Verdicts.SIGN_IN);
    assertThat(ends())
        .containsExactly(
            Tuple.tuple("nowhere", "MAPI_E_NOT_FOUND"),
            Tuple.tuple("a", "MAPI_E_LOGON_FAILED"),
            Tuple.tuple("b", "S_OK"));
  }
}

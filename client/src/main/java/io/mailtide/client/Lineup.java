package io.mailtide.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which stores of a send/receive may begin. Touches nothing: it is told what begins and ends. One
 * thread.
 *
 * <p>Of those on one host as many run at once as the least of their {@code max-connections} says,
 * and each may use its {@linkplain #share share} of so many connections. Those whose local mail the
 * Outbox files copies in wait for it, so that the copies reach the server in the same run. Whoever
 * cannot begin keeps nobody else waiting.
 */
final class Lineup {
  /** Each may hold some 16 MiB of messages in memory, of a heap of 256 MiB. */
  static final int AT_ONCE_MAX = 4;

  private final Map<String, Member> waiting = new LinkedHashMap<>();
  private final Map<String, Member> running = new LinkedHashMap<>();
  private final Map<String, Integer> hostMax = new LinkedHashMap<>();
  private boolean flushing;

  /**
   * A store.
   *
   * @param host where it connects to, where that is known
   * @param connectionsMax how many connections to that host may be open at once
   * @param afterFlush whether it waits until the Outbox is flushed
   */
  record Member(String store, Optional<String> host, int connectionsMax, boolean afterFlush) {}

  /** @param flushing whether the Outbox is to be flushed first */
  Lineup(List<Member> members, boolean flushing) {
    this.flushing = flushing;
    for (var member : members) {
      waiting.put(member.store(), member);
      member.host().ifPresent(host -> hostMax.merge(host, member.connectionsMax(), Math::min));
    }
  }

  /**
   * How many connections each store on a host may use, whichever of them run at once.
   *
   * @param connectionsMax how many to that host may be open
   * @param stores how many are there
   */
  static int share(int connectionsMax, int stores) {
    return Math.max(1, connectionsMax / Math.min(stores, AT_ONCE_MAX));
  }

  /** Takes those that may begin now, in the order given; from here on they count as running. */
  List<String> next() {
    var begin = new ArrayList<String>();
    for (var member : List.copyOf(waiting.values())) {
      if (running.size() < AT_ONCE_MAX
          && !(flushing && member.afterFlush())
          && member.host().map(this::hasRoom).orElse(true)) {
        waiting.remove(member.store());
        running.put(member.store(), member);
        begin.add(member.store());
      }
    }
    return begin;
  }

  private boolean hasRoom(String host) {
    var there = running.values().stream()
        .filter(member -> member.host().equals(Optional.of(host)))
        .count();
    return there < hostMax.getOrDefault(host, AT_ONCE_MAX);
  }

  /** Takes all that have not begun: they never will. */
  List<String> dismiss() {
    var rest = List.copyOf(waiting.keySet());
    waiting.clear();
    return rest;
  }

  /** A store, or the flush of the Outbox, is over. */
  void over(String task) {
    if (task.equals(OutgoingMail.NAME)) {
      flushing = false;
    } else {
      running.remove(task);
    }
  }

  /** Whether nothing runs and nothing waits. */
  boolean isOver() {
    return !flushing && waiting.isEmpty() && running.isEmpty();
  }
}

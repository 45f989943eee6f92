package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.client.Lineup.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineupTest {
  private static Member at(String store, String host, int max) {
    return new Member(store, Optional.of(host), max, false);
  }

  @Test
  void onOneHost_asManyAsTheLeastLimitSays_andOthersGoPast() {
    var lineup = new Lineup(
        List.of(at("a", "x", 4), at("b", "x", 2), at("c", "x", 4), at("d", "y", 1)), false);
    assertThat(lineup.next()).containsExactly("a", "b", "d");
    assertThat(lineup.next()).isEmpty();
    lineup.over("d");
    assertThat(lineup.next()).as("the other host's place").isEmpty();
    lineup.over("a");
    assertThat(lineup.next()).containsExactly("c");
    assertThat(lineup.isOver()).isFalse();
    lineup.over("b");
    lineup.over("c");
    assertThat(lineup.isOver()).isTrue();
  }

  @Test
  void afterTheFlush_thoseThatGetItsCopies_andTheOthersAtOnce() {
    var lineup = new Lineup(
        List.of(new Member("a", Optional.empty(), 1, true), at("b", "x", 1), at("c", "x", 1)),
        true);
    assertThat(lineup.next()).containsExactly("b");
    lineup.over("b");
    assertThat(lineup.next()).containsExactly("c");
    lineup.over("c");
    assertThat(lineup.next()).isEmpty();
    assertThat(lineup.isOver()).isFalse();
    lineup.over(OutgoingMail.NAME);
    assertThat(lineup.next()).containsExactly("a");
  }

  @Test
  void dismissed_nobodyBeginsAnyMore() {
    var lineup = new Lineup(List.of(at("a", "x", 1), at("b", "x", 1)), false);
    assertThat(lineup.next()).containsExactly("a");
    assertThat(lineup.dismiss()).containsExactly("b");
    lineup.over("a");
    assertThat(lineup.next()).isEmpty();
    assertThat(lineup.isOver()).isTrue();
  }

  @Test
  void whateverTheOrderOfEnds_limitsHoldAndAllHaveTheirTurn() {
    for (var seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var members = new ArrayList<Member>();
      for (var number = 0; number < 1 + random.nextInt(12); number++) {
        members.add(new Member(
            "store" + number,
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of("host" + random.nextInt(3)),
            1 + random.nextInt(3),
            random.nextBoolean()));
      }
      play(new Lineup(members, true), members, random);
    }
  }

  private static void play(Lineup lineup, List<Member> members, Random random) {
    var byName = new HashMap<String, Member>();
    members.forEach(member -> byName.put(member.store(), member));
    var running = new ArrayList<String>(List.of(OutgoingMail.NAME));
    var begun = new ArrayList<String>();
    while (!lineup.isOver()) {
      var next = lineup.next();
      begun.addAll(next);
      running.addAll(next);
      check(running.stream().filter(byName::containsKey).map(byName::get).toList(), members);
      if (running.contains(OutgoingMail.NAME)) {
        assertThat(running).noneMatch(name -> isAfterFlush(byName, name));
      }
      lineup.over(running.remove(random.nextInt(running.size())));
    }
    assertThat(begun)
        .containsExactlyInAnyOrderElementsOf(members.stream().map(Member::store).toList());
  }

  private static boolean isAfterFlush(Map<String, Member> byName, String name) {
    var member = byName.get(name);
    return member != null && member.afterFlush();
  }

  private static void check(List<Member> running, List<Member> all) {
    assertThat(running).hasSizeLessThanOrEqualTo(Lineup.AT_ONCE_MAX);
    for (var member : all) {
      if (member.host().isPresent()) {
        assertThat(running.stream().filter(other -> other.host().equals(member.host())))
            .hasSizeLessThanOrEqualTo(member.connectionsMax());
      }
    }
  }
}

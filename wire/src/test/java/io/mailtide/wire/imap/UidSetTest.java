package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UidSetTest {
  private static final long SEED = 20261121;

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "2,4:7,9,12:* 2,4:7,9,12:*",
        "*:4,5:7 4:*",
        "7:4 4:7",
        "1,2,3 1:3",
        "9,1:3,2:5,4 1:5,9",
        "* *",
        "3,* 3,*",
        "1:* 1:*",
        "5,1:* 1:*",
        "4294967295,* 4294967295,*",
        "4294967294,4294967295 4294967294:4294967295",
      })
  void parse_readsAnyOrderAndPrintsAscending(String text, String printed) {
    assertThat(UidSet.parse(text)).hasToString(printed).isEqualTo(UidSet.parse(printed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ",", "1,", "0", "1:", ":1", "a", "-1", "1:2:3", "4294967296", "1 2", "**", "٣"
      })
  void parse_refusesWhatIsNoSet(String text) {
    assertThatThrownBy(() -> UidSet.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void openSet_hasNoCountAndNoEnd() {
    var open = UidSet.parse("3,12:*");
    assertThat(open.isOpen()).isTrue();
    assertThat(open.count()).isEmpty();
    assertThat(open.last()).isEmpty();
    assertThat(open.first()).contains(new Uid(3));
    assertThat(open.contains(new Uid(3))).isTrue();
    assertThat(open.contains(new Uid(11))).isFalse();
    assertThat(open.contains(new Uid(Uid.MAX))).isTrue();
    assertThat(open.ranges())
        .containsExactly(
            new UidSet.Range(new Uid(3), new Uid(3)),
            new UidSet.Range(new Uid(12), new Uid(Uid.MAX)));
  }

  @Test
  void star_aloneHoldsNoKnownNumber() {
    assertThat(UidSet.LAST).hasToString("*");
    assertThat(UidSet.LAST.isOpen()).isTrue();
    assertThat(UidSet.LAST.contains(new Uid(Uid.MAX))).isFalse();
    assertThat(UidSet.LAST.first()).isEmpty();
    assertThat(UidSet.LAST.ranges()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {"12:* 7 7:12", "3,12:* 20 3,12:20", "* 9 9", "1:5 9 1:5", "1:3,* 2 1:3"})
  void closed_makesTheStarANumber(String open, long highest, String closed) {
    assertThat(UidSet.parse(open).closed(new Uid(highest))).hasToString(closed);
  }

  @Test
  void numbers_ofAHugeRangeStopAtTheLimit() {
    assertThat(UidSet.ALL.numbers(3)).containsExactly(1L, 2L, 3L);
    assertThat(UidSet.parse("2,4:5").numbers(100)).containsExactly(2L, 4L, 5L);
    assertThat(UidSet.parse("1:4294967295").count()).hasValue(Uid.MAX);
  }

  @Test
  void split_keepsEachPieceWithinTheLength() {
    var set = UidSet.parse("1,3,5,7:9,1000000000:2000000000,4000000000:*");
    var pieces = set.split(21);
    assertThat(pieces)
        .extracting(UidSet::toString)
        .containsExactly("1,3,5,7:9", "1000000000:2000000000", "4000000000:*");
    assertThat(UidSet.parse("5,100000000:2000000000").split(21)).hasSize(2);
    assertThat(UidSet.parse("5,10000000:2000000000").split(21)).hasSize(1);
    assertThat(set.split(1_000)).containsExactly(set);
    assertThat(UidSet.EMPTY.split(21)).isEmpty();
    assertThatThrownBy(() -> set.split(20)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void uids_ofAnyOrderGiveTheSameSetAsASortedSet() {
    var random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      var model = new TreeSet<Long>();
      var uids = new ArrayList<Uid>();
      int size = random.nextInt(40);
      for (int i = 0; i < size; i++) {
        var uid = new Uid(1 + random.nextInt(60));
        model.add(uid.value());
        uids.add(uid);
      }
      var set = UidSet.of(uids);
      assertThat(set.numbers(1_000).boxed())
          .as("seed %s round %s", SEED, round)
          .containsExactlyElementsOf(model);
      assertThat(set.count()).hasValue(model.size());
      for (long n = 1; n <= 61; n++) {
        assertThat(set.contains(new Uid(n))).isEqualTo(model.contains(n));
      }
      assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
      if (!set.isEmpty()) {
        assertThat(UidSet.parse(set.toString())).isEqualTo(set).hasSameHashCodeAs(set);
        assertThat(set.first()).contains(new Uid(model.first()));
        assertThat(set.last()).contains(new Uid(model.last()));
      }
      var joined = new ArrayList<Uid>();
      set.split(21).forEach(piece -> piece.numbers(1_000).forEach(n -> joined.add(new Uid(n))));
      assertThat(UidSet.of(joined)).isEqualTo(set);
    }
  }

  @Test
  void factories_giveTheObviousSets() {
    assertThat(UidSet.of(new Uid(5))).hasToString("5");
    assertThat(UidSet.range(new Uid(9), new Uid(5))).hasToString("5:9");
    assertThat(UidSet.from(new Uid(5))).hasToString("5:*");
    assertThat(UidSet.of(List.of())).isEqualTo(UidSet.EMPTY);
  }

  @Test
  void identities_refuseWhatCannotBe() {
    for (long value : new long[] {0, -1, Uid.MAX + 1}) {
      assertThatThrownBy(() -> new Uid(value)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new UidValidity(value)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new ModSeq(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new ModSeq(Long.MAX_VALUE))
        .isGreaterThan(new ModSeq(1))
        .hasToString("9223372036854775807");
    assertThat(new Uid(2)).isGreaterThan(new Uid(1));
  }
}

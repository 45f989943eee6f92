package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Random;

/**
 * Without {@code JAZZER_FUZZ=1} these run over the inputs kept beside them, each a seed or a former
 * finding.
 */
final class WireFuzzTest {
  private static final Limits SMALL = new Limits(2_000, 200, 5, 8, 20);

  /**
   * Any bytes give events or a broken reader, never an exception, and the same however they are
   * split.
   */
  @FuzzTest
  void reader(byte[] bytes) {
    for (var limits : new Limits[] {Limits.DEFAULT, SMALL}) {
      var whole = Transcript.of(bytes, limits, left -> left);
      assertThat(Transcript.of(bytes, limits, left -> 1)).isEqualTo(whole);
      var random = new Random(bytes.length);
      assertThat(Transcript.of(bytes, limits, left -> 1 + random.nextInt(20))).isEqualTo(whole);
    }
  }

  /** What is read as a set prints as the same set, and its pieces join to it. */
  @FuzzTest
  void uidSet(byte[] bytes) {
    UidSet set;
    try {
      set = UidSet.parse(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException none) {
      return;
    }
    assertThat(UidSet.parse(set.toString())).isEqualTo(set);
    assertThat(set.isEmpty()).isFalse();
    var joined = new ArrayList<String>();
    for (var piece : set.split(21)) {
      assertThat(piece.toString()).hasSizeLessThanOrEqualTo(21);
      joined.add(piece.toString());
    }
    assertThat(String.join(",", joined)).isEqualTo(set.toString());
    set.first().ifPresent(first -> assertThat(set.contains(first)).isTrue());
    assertThat(set.closed(new Uid(7)).isOpen()).isFalse();
    set.numbers(100).forEach(number -> assertThat(set.contains(new Uid(number))).isTrue());
  }

  /** Any spelling of a name is sent back as it came, and any text comes back from its spelling. */
  @FuzzTest
  void mailboxName(byte[] bytes) {
    var spelling = new String(bytes, StandardCharsets.ISO_8859_1);
    var text = new String(bytes, StandardCharsets.UTF_8).replace("\0", "");
    for (boolean utf8 : new boolean[] {false, true}) {
      var received = MailboxName.received(spelling, utf8);
      if (!received.isInbox()) {
        assertThat(received.encoded(utf8)).isEqualTo(spelling);
      }
      var name = MailboxName.of(text);
      assertThat(MailboxName.received(name.encoded(utf8), utf8)).isEqualTo(name);
    }
  }
}

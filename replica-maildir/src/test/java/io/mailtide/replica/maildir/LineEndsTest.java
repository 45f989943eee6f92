package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LineEndsTest {
  /** Whatever lies before, between and behind: every length, place and beginning. */
  @Test
  void next_isTheFirstCrOrLf() {
    var random = new Random(1);
    for (int length = 0; length < 40; length++) {
      for (int place = 0; place <= length; place++) {
        var bytes = new byte[length];
        for (int at = 0; at < length; at++) {
          do {
            bytes[at] = (byte) random.nextInt();
          } while (bytes[at] == '\r' || bytes[at] == '\n');
        }
        if (place < length) {
          bytes[place] = (byte) (random.nextBoolean() ? '\r' : '\n');
        }
        for (int from = 0; from <= place; from++) {
          assertThat(LineEnds.next(bytes, from, length)).isEqualTo(place);
          assertThat(LineEnds.next(bytes, from, place)).as("not behind the end").isEqualTo(place);
        }
      }
    }
  }

  /** A byte behind one that is no line end, and no higher than one, is not taken for one either. */
  @Test
  void next_amongControls_goesOn() {
    var bytes = new byte[] {0, 9, 11, 12, 14, -128, -1, 13, 1, 1, 1, 1, 1, 1, 1, 1, 10};
    assertThat(LineEnds.next(bytes, 0, bytes.length)).isEqualTo(7);
    assertThat(LineEnds.next(bytes, 8, bytes.length)).isEqualTo(16);
  }
}

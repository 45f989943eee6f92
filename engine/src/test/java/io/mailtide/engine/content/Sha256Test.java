package io.mailtide.engine.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Sha256Test {
  /** FIPS 180-2 appendix B.1. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static List<Sha256> ways() {
    var ways = new ArrayList<Sha256>();
    ways.add(new Sha256.InJava());
    ways.add(Sha256.begin());
    NativeSha256.begin().ifPresent(ways::add);
    return ways;
  }

  @Test
  void theKnownAnswer() {
    for (var way : ways()) {
      way.update(ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)));
      assertThat(way.end()).isEqualTo(new Digest(ABC));
    }
  }

  @Test
  void everyWay_givesTheSame_howeverTheBytesAreSplit_andLeavesTheBufferAsItWas() {
    var random = new Random(1);
    for (var round = 0; round < 200; round++) {
      var bytes = new byte[random.nextInt(1_000)];
      random.nextBytes(bytes);
      var expected = new Sha256.InJava();
      expected.update(ByteBuffer.wrap(bytes));
      var digest = expected.end();
      for (var way : ways()) {
        for (int from = 0, to; from < bytes.length; from = to) {
          to = from + 1 + random.nextInt(bytes.length - from);
          var part = ByteBuffer.wrap(bytes, from, to - from).slice();
          way.update(part);
          assertThat(part.remaining()).isEqualTo(to - from);
        }
        assertThat(way.end()).isEqualTo(digest);
      }
    }
  }
}

package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameIndexTest {
  @Test
  void behavesAsAMap() throws IOException, FaultException {
    var seed = 7L;
    var random = new Random(seed);
    var index = new NameIndex();
    var map = new HashMap<String, MessageFile>();
    for (var i = 0; i < 60_000; i++) {
      var base = "é%d.R".formatted(random.nextInt(8_000));
      if (random.nextInt(5) == 0) {
        index.remove(base);
        map.remove(base);
      } else {
        var file = MessageFile.delivered(base, random.nextBoolean() ? "" : "FS");
        assertThat(index.put(file)).isEqualTo(map.put(base, file) != null);
      }
      var asked = "é%d.R".formatted(random.nextInt(8_000));
      assertThat(index.get(asked))
          .as("seed " + seed)
          .isEqualTo(Optional.ofNullable(map.get(asked)));
    }
    var visited = new ArrayList<MessageFile>();
    index.each(visited::add);
    assertThat(visited).as("seed " + seed).containsExactlyInAnyOrderElementsOf(map.values());
  }
}

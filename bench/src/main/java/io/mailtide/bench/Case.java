package io.mailtide.bench;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is pulled. */
enum Case {
  /** Small enough for the ordinary tests: it shows that the benchmark itself works. */
  SMOKE("50 generated messages in one folder", 1) {
    @Override
    Contents fill(Dovecot dovecot, long seed) {
      return generated(dovecot, 50, seed);
    }
  },

  REAL6K("6,046 real messages in eight folders", 7) {
    @Override
    Contents fill(Dovecot dovecot, long seed) {
      var placed = Corpus.placed(seed);
      Corpus.fill(dovecot, USER, placed);
      var contents = new Contents.Sum();
      placed.forEach(each -> contents.add(each.message().stored()));
      return contents.end();
    }
  },

  BIG100K("100,000 generated messages of about 5 kB in one folder", 3) {
    @Override
    Contents fill(Dovecot dovecot, long seed) {
      return generated(dovecot, 100_000, seed);
    }
  },

  MANY("20,000 generated messages in 2,000 folders", 3) {
    @Override
    Contents fill(Dovecot dovecot, long seed) {
      var contents = new Contents.Sum();
      for (var folder = 0; folder < MANY_FOLDERS; folder++) {
        var name = folder == 0 ? "INBOX" : "folder %04d".formatted(folder);
        put(dovecot, name, folder * MANY_EACH, MANY_EACH, seed, contents);
      }
      return contents.end();
    }
  };

  static final String USER = "ann";
  static final String PASSWORD = "secret";

  private static final int MANY_FOLDERS = 2_000;
  private static final int MANY_EACH = 10;
  private static final int SIZE_MIN = 2_500;
  private static final int SIZE_SPREAD = 5_000;
  private static final long FIRST_ARRIVAL = 1_500_000_000;

  private final String description;
  private final int runs;

  Case(String description, int runs) {
    this.description = description;
    this.runs = runs;
  }

  static Case named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no case is called " + name));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String description() {
    return description;
  }

  /** How many runs of each tool tell something in bearable time. */
  int runs() {
    return runs;
  }

  /** Puts the mail into the server. */
  abstract Contents fill(Dovecot dovecot, long seed);

  private static Contents generated(Dovecot dovecot, int messages, long seed) {
    var contents = new Contents.Sum();
    put(dovecot, "INBOX", 0, messages, seed, contents);
    return contents.end();
  }

  private static void put(
      Dovecot dovecot, String folder, int before, int messages, long seed, Contents.Sum contents) {
    try (var filler = dovecot.fill(USER, folder)) {
      for (var number = before + 1; number <= before + messages; number++) {
        var message = SyntheticMail.message(seed, number, SIZE_MIN + number % SIZE_SPREAD);
        var flags = number % 4 == 0 ? List.<String>of() : List.of("\\Seen");
        filler.add(message, flags, Instant.ofEpochSecond(FIRST_ARRIVAL + number));
        contents.add(message);
      }
    }
  }
}

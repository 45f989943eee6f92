package io.mailtide.bench;

import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.SyntheticMail;
import java.time.Instant;
import java.util.List;

/** How an account gets its mail: the same seed gives the same. */
@FunctionalInterface
interface Filling {
  void into(Dovecot dovecot, String user, long seed);

  /**
   * The messages of the corpus, over eight folders; a name with quotes is too much for offlineimap.
   */
  static Filling real() {
    return (dovecot, user, seed) -> Corpus.fill(
        dovecot,
        user,
        Corpus.placed(seed).stream()
            .map(each -> new Corpus.Placed(
                each.message(), each.folder().replace("\"", ""), each.flags(), each.arrived()))
            .toList());
  }

  /**
   * Generated messages, three of four read.
   *
   * @param folders how many; the first is INBOX
   * @param each messages in each of them
   */
  static Filling generated(int folders, int each, Size size) {
    return (dovecot, user, seed) -> {
      var number = 0;
      for (var folder = 0; folder < folders; folder++) {
        var name = folder == 0 ? "INBOX" : "folder %05d".formatted(folder);
        try (var filler = dovecot.fill(user, name)) {
          for (var left = each; left > 0; left--) {
            number++;
            filler.add(
                SyntheticMail.message(seed, number, size.of(number)),
                number % 4 == 0 ? List.of() : List.of("\\Seen"),
                Instant.ofEpochSecond(1_500_000_000L + number));
          }
        }
      }
    };
  }

  /** How many bytes a message gets, by its number, which begins at 1. */
  @FunctionalInterface
  interface Size {
    /** What people write: 5 kB on average. */
    Size LETTER = number -> 2_500 + number % 5_000;

    /** What people attach: 1 to 30 MB, as many between 1 and 2 as between 15 and 30. */
    Size ATTACHMENT = number -> (int) (1e6 * Math.pow(30, number * 0.618_034 % 1));

    int of(int number);
  }
}

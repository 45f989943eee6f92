package io.mailtide.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Messages made up from a seed: the same seed gives the same bytes. */
public final class SyntheticMail {
  private static final int LINE = 76;
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final long FIRST_ARRIVAL = 1_600_000_000;

  private SyntheticMail() {}

  /** A message with LF line ends, of this many bytes; at least some hundred. */
  public static byte[] message(long seed, long index, int size) {
    var random = new Random(seed * 1_000_003 + index);
    var head = """
        From: Sender %1$d <sender%1$d@example.org>
        To: ann@example.org
        Subject: Message %1$d of %2$d
        Message-ID: <%1$d.%2$d@example.org>
        Date: Mon, 14 Sep 2020 12:00:00 +0000
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii

        """.formatted(index, seed).getBytes(StandardCharsets.US_ASCII);
    var message = new byte[Math.max(size, head.length)];
    System.arraycopy(head, 0, message, 0, head.length);
    int column = 0;
    for (int at = head.length; at < message.length; at++) {
      boolean ends = column++ == LINE || at == message.length - 1;
      message[at] = (byte) (ends ? '\n' : ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      column = ends ? 0 : column;
    }
    return message;
  }

  /** Fills a server's folder with messages of about this size, read and unread ones in turn. */
  public static void fill(
      Dovecot dovecot, String user, String folder, int count, int size, long seed) {
    try (var filler = dovecot.fill(user, folder)) {
      for (int index = 0; index < count; index++) {
        var bytes = message(seed, index, size - size / 4 + (int) (index % (size / 2 + 1L)));
        filler.add(
            bytes,
            index % 2 == 0 ? List.of("\\Seen") : List.of(),
            Instant.ofEpochSecond(FIRST_ARRIVAL + index));
      }
    }
  }
}

package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InternalDateTest {
  private static final long SEED = 20261121;

  private static Optional<Instant> read(String text) {
    var bytes = text.getBytes(StandardCharsets.US_ASCII);
    return InternalDate.read(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @CsvSource({
    "17-Jul-1996 02:44:25 -0700, 1996-07-17T09:44:25Z", // RFC 3501 section 7.4.2
    " 1-Jan-1970 00:00:00 +0000, 1970-01-01T00:00:00Z",
    "1-feb-2000 05:30:00 +0530, 2000-02-01T00:00:00Z",
    "29-FEB-2024 23:59:60 +0000, 2024-03-01T00:00:00Z",
    "31-Dec-1969 23:59:59 +0000, 1969-12-31T23:59:59Z",
  })
  void read_givesTheMoment(String text, Instant moment) {
    assertThat(read(text)).contains(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-Jan-0000 00:00:00 +0000",
        "",
        "17-Jul-1996",
        "17-Jul-1996 02:44:25",
        "17-Foo-1996 02:44:25 -0700",
        "32-Jul-1996 02:44:25 -0700",
        "17-Jul-1996 24:44:25 -0700",
        "17-Jul-1996 02:60:25 -0700",
        "17-Jul-1996 02:44:25 0700",
        "17-Jul-1996 02:44:25 -0700 ",
        "17/Jul/1996 02:44:25 -0700",
      })
  void read_whatIsNoDateIsAbsent(String text) {
    assertThat(read(text)).isEmpty();
  }

  @Test
  void read_agreesWithTheLibrary() {
    var random = new Random(SEED);
    var format = DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss xx", Locale.ENGLISH);
    for (int round = 0; round < 20_000; round++) {
      var moment = Instant.ofEpochSecond(random.nextLong(-60_000_000_000L, 250_000_000_000L));
      var zone = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-14 * 60, 14 * 60));
      assertThat(read(format.format(moment.atOffset(zone))))
          .as("seed %s round %s", SEED, round)
          .contains(moment);
    }
  }
}

package io.mailtide.wire.imap;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/** INTERNALDATE, read and written without a formatter: it stands in every line of a listing. */
final class InternalDate {
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final int[] DAYS_BEFORE = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final byte[] bytes;
  private final int end;
  private int at;

  private InternalDate(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
  // date-day-fixed = (SP DIGIT) / 2DIGIT; zone = ("+" / "-") 4DIGIT
  /**
   * The time between the places, which are those of the quotation marks' inside; absent when it
   * cannot be.
   */
  static Optional<Instant> read(byte[] bytes, int start, int end) {
    return new InternalDate(bytes, start, end).read();
  }

  /**
   * The text inside the quotation marks, in UTC. A year that has no four digits is brought to the
   * nearest that has.
   */
  static String print(Instant time) {
    var sane = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
    var utc = sane.atOffset(ZoneOffset.UTC);
    int month = 3 * utc.getMonthValue() - 3;
    return "%2d-%s%s-%04d %02d:%02d:%02d +0000"
        .formatted(
            utc.getDayOfMonth(),
            MONTHS.substring(month, month + 1).toUpperCase(Locale.ROOT),
            MONTHS.substring(month + 1, month + 3),
            utc.getYear(),
            utc.getHour(),
            utc.getMinute(),
            utc.getSecond());
  }

  private Optional<Instant> read() {
    while (at < end && bytes[at] == ' ') {
      at++;
    }
    int day = digits(2, '-');
    int month = month();
    int year = digits(4, ' ');
    int hour = digits(2, ':');
    int minute = digits(2, ':');
    int second = digits(2, ' ');
    int sign = at < end ? ",-+".indexOf(bytes[at++]) : 0;
    int zone = digits(4, (char) 0);
    boolean sane = day >= 1
        && day <= 31
        && month >= 0
        && year >= 1
        && hour >= 0
        && hour < 24
        && minute >= 0
        && minute < 60
        && second >= 0
        && second <= 60
        && sign >= 1
        && zone >= 0
        && at == end;
    if (!sane) {
      return Optional.empty();
    }
    long zoneMinutes = zone / 100 * 60L + zone % 100;
    long minutes = (day(year, month, day) * 24 + hour) * 60 + minute;
    long utc = sign == 1 ? minutes + zoneMinutes : minutes - zoneMinutes;
    return Optional.of(Instant.ofEpochSecond(utc * 60 + second));
  }

  /** Days since 1970. */
  private static long day(int year, int month, int day) {
    long past = year - 1L;
    long leaps = past / 4 - past / 100 + past / 400;
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return past * 365
        + leaps
        + DAYS_BEFORE[month]
        + (leap && month >= 2 ? 1 : 0)
        + day
        - 1
        - 719_162;
  }

  /** A number of at most so many digits and what ends it; -1 when there is none. */
  private int digits(int digitsMax, char terminator) {
    int value = -1;
    for (int i = 0; i < digitsMax && at < end && bytes[at] >= '0' && bytes[at] <= '9'; i++) {
      value = Math.max(value, 0) * 10 + bytes[at++] - '0';
    }
    if (terminator == 0) {
      return value;
    }
    return at < end && bytes[at++] == terminator ? value : -1;
  }

  private int month() {
    if (end - at < 4 || bytes[at + 3] != '-') {
      return -1;
    }
    for (int month = 0; month < 12; month++) {
      if ((bytes[at] | 0x20) == MONTHS.charAt(3 * month)
          && (bytes[at + 1] | 0x20) == MONTHS.charAt(3 * month + 1)
          && (bytes[at + 2] | 0x20) == MONTHS.charAt(3 * month + 2)) {
        at += 4;
        return month;
      }
    }
    return -1;
  }
}
